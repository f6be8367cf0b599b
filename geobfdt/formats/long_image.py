"""Images of delimited text with a line a depth and sector, laid around the hole by a column of azimuths or of sector
numbers where there is one, else in the order of their lines.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.azimuths import circle
from geobfdt.formats.candidates import Candidate, choose
from geobfdt.formats.line_places import (
    Places,
    counts_up,
    different_values,
    goes_around,
    image_columns_of,
    named_places,
    unit_of,
    unnamed_places,
)
from geobfdt.formats.raw_image import RawImage
from geobfdt.formats.tables import Table


@dataclass(frozen=True, eq=False)
class _Layout:
    """Which line of the file holds each pixel (rows, sectors), -1 where none does, where the left edge of column 0
    looks, None when the file does not say, and the lines (rows, 2) of two sectors in one place, as at 0 and at 360.
    """

    lines: NDArray[np.intp]
    first_azimuth_deg: float | None = None
    again: NDArray[np.intp] | None = None


def read_long(table: Table, depth_m: NDArray[np.float64], well: str, image: str | None) -> RawImage:
    """Read an image with a line a depth and sector; ``depth_m`` (lines,).

    Its pixels stand where their azimuths say, or the numbers of their sectors, in whatever order the lines are, and are
    missing where no line says so; without such a column as many consecutive lines as a depth has are its sectors.
    Raises :class:`InputError` when azimuths do not go evenly all around the hole, differ from depth to depth or could
    be two things, and as :func:`geobfdt.formats.delimited.read_image` does.
    """
    candidates = image_columns_of(table)
    if not candidates:
        raise InputError(
            f"{table.path}: holds depths but no column of numbers to be the image; export the image channel"
        )
    places = named_places(table)
    if places is None:
        places, no_images = unnamed_places(table, depth_m, candidates, image)
        candidates = [column for column in candidates if column not in no_images] or candidates
    layout = _layout(table, depth_m, places)
    sectors = layout.lines.shape[1]
    names = [Candidate(c, sectors, table.units.get(c, ""), laid_out=True) for c in candidates]
    name = choose(names, image, table.path)
    pixels = table.recorded(name)
    if layout.again is not None:
        _check_again(table, pixels[layout.again], places.azimuths or "")
    return RawImage(
        np.where(layout.lines >= 0, pixels[layout.lines], np.nan),
        depth_m[layout.lines.max(axis=1)],
        name,
        well,
        first_line=table.first_line,
        lines_per_row=sectors,
        first_azimuth_deg=layout.first_azimuth_deg,
        edges=bool(places.edge) or layout.again is not None,
    )


def _check_again(table: Table, pixels: NDArray[np.float64], column: str) -> None:
    """Two sectors in one place must hold the same pixels (rows, 2)."""
    differ = int(np.count_nonzero((pixels[:, 0] != pixels[:, 1]) & np.isfinite(pixels).all(axis=1)))
    if differ:
        raise InputError(
            f"{table.path}: column {column} gives one direction twice, as 0 and 360 degrees are, with other pixels in "
            f"{differ} of {len(pixels)} rows; leave one of them out"
        )
    warnings.warn(
        f"{table.path}: column {column} gives one direction twice, as 0 and 360 degrees are; the second was left out",
        InputWarning,
        stacklevel=3,
    )


def _layout(table: Table, depth_m: NDArray[np.float64], places: Places) -> _Layout:
    column = places.azimuths or places.numbers
    if column is None:
        return _Layout(np.arange(len(depth_m)).reshape(-1, sectors_of(table, depth_m)))
    values = table.numbers(column)
    if not np.isfinite(values).all():
        line = table.line(int(np.argmin(np.isfinite(values))))
        raise InputError(f"{table.path}: line {line} has no number in column {column}; mend the line")
    different = different_values(values)
    if places.numbers == column:
        lines = _lines(table, depth_m, values, different, column, even=counts_up(different))
        if not counts_up(different):
            raise InputError(
                f"{table.path}: column {column} numbers sectors from {different[0]:g} to {different[-1]:g}, "
                f"{len(different)} of them; export all of the sectors, numbered from 0 or 1"
            )
        return _Layout(lines)
    unit = unit_of(table, column, different)
    lines = _lines(table, depth_m, values, different, column, even=goes_around(different, unit))
    try:
        found = circle(different, unit)
    except ValueError as error:
        raise InputError(
            f"{table.path}: the azimuths in column {column} {error}; export the azimuths of all sectors, with decimals"
        ) from None
    first_deg = (found.first_deg + places.edge * 180.0 / len(found.order)) % 360.0
    again = None if found.again is None else lines[:, found.again]
    return _Layout(lines[:, found.order], round(first_deg, 6), again)


def _lines(
    table: Table,
    depth_m: NDArray[np.float64],
    values: NDArray[np.float64],
    different: NDArray[np.float64],
    column: str,
    *,
    even: bool,
) -> NDArray[np.intp]:
    """The lines (rows, sectors) that hold each of the different values, increasing, at each depth; -1 where there is
    none, if the values are ``even``, so that they are known to be all of the sectors.
    """
    sectors = len(different)
    if sectors > 1 and len(values) % sectors == 0:
        number = np.searchsorted(different, values)
        for lines in _arrangements(number, depth_m, sectors):
            lines = np.take_along_axis(lines, np.argsort(number[lines], axis=1), axis=1)
            if (number[lines] == np.arange(sectors)).all() and (depth_m[lines] == depth_m[lines[:, :1]]).all():
                return lines
    if even and sectors > 1:
        gapped = _with_gaps(table, depth_m, np.searchsorted(different, values), sectors)
        if gapped is not None:
            return gapped
    sectors_of(table, depth_m)  # which knows files that are cut short
    starts = np.flatnonzero(np.r_[True, np.diff(depth_m) != 0])
    first = np.sort(values[: starts[1]]) if len(starts) > 1 else values
    for start in starts.tolist():
        here = np.sort(values[start : start + len(first)])
        if not np.array_equal(here, first):
            raise InputError(
                f"{table.path}: column {column} has other values at {depth_m[start]:.4f} m, from line "
                f"{table.line(start)}, than at the first depth; give every depth the same sectors"
            )
    raise InputError(
        f"{table.path}: column {column} gives a sector twice at one depth; keep one line a sector, or "
        "leave the column out if it does not say where sectors lie"
    )


def _with_gaps(
    table: Table, depth_m: NDArray[np.float64], number: NDArray[np.intp], sectors: int
) -> NDArray[np.intp] | None:
    """The same where depths lack some of their sectors or lines stand there twice, with a warning; None where most are
    missing, where lines for one pixel differ, and where the file ends within its last depth.
    """
    depths, row = np.unique(depth_m, return_inverse=True)
    pixels, first = np.unique(row * sectors + number, return_index=True)
    again = np.setdiff1d(np.arange(len(number)), first)
    missing = len(depths) * sectors - len(pixels)
    if missing * 2 > len(pixels) or missing + len(again) == 0:
        return None
    lines = np.full(len(depths) * sectors, -1, np.intp)
    lines[pixels] = first
    if missing and missing == int((lines.reshape(-1, sectors)[row[-1]] < 0).sum()):
        return None
    if len(again):
        one = table.frame.iloc[lines[row[again] * sectors + number[again]]].reset_index(drop=True)
        if not one.equals(table.frame.iloc[again].reset_index(drop=True)):
            return None
    said = [f"{missing} of {len(lines)} pixels have no line and are missing"] if missing else []
    said += [f"{len(again)} of {len(number)} lines repeat another and were left out"] if len(again) else []
    warnings.warn(f"{table.path}: {'; '.join(said)}", InputWarning, stacklevel=5)
    return lines.reshape(-1, sectors)


def _arrangements(number: NDArray[np.intp], depth_m: NDArray[np.float64], sectors: int) -> Iterator[NDArray[np.intp]]:
    """Lines (rows, sectors) as they may stand: depth after depth, sector after sector with all of its depths, or in no
    order at all.
    """
    every = np.arange(len(number))
    yield every.reshape(-1, sectors)
    yield every.reshape(sectors, -1).T
    yield np.lexsort((number, depth_m)).reshape(-1, sectors)


def sectors_of(table: Table, depth_m: NDArray[np.float64]) -> int:
    """Lines that each depth takes; :class:`InputError` when they are not the same number throughout."""
    starts = np.flatnonzero(np.r_[True, np.diff(depth_m) != 0])
    counts = np.diff(np.r_[starts, len(depth_m)])
    sectors = int(counts[0])
    if sectors == 1 and (counts == 1).all():
        raise InputError(
            f"{table.path}: has one line a depth and no columns that number the sectors of an image; "
            "export the whole image, as IMG[0], IMG[1] and so on"
        )
    if (counts == sectors).all():
        return sectors
    run = int(np.argmax(counts != sectors))
    line = table.line(int(starts[run]))
    depth = f"the depth {depth_m[starts[run]]:.4f} m from line {line}"
    place = f"{table.path}: {depth} has {counts[run]} sectors, not {sectors}"
    if run == len(counts) - 1 and counts[run] < sectors:
        raise InputError(f"{place}; the file is cut short, copy or export it again")
    raise InputError(f"{place}; every depth needs the same number of lines, and decimals that tell it from the next")
