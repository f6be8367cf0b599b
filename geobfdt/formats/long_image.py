"""Images of delimited text with a line a depth and sector, laid around the hole by a column of azimuths or of sector
numbers where there is one, else in the order of their lines.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.azimuths import circle
from geobfdt.formats.candidates import Candidate, choose
from geobfdt.formats.raw_image import RawImage
from geobfdt.formats.tables import Table
from geobfdt.formats.units import depth_columns

MOST_SECTORS = 1440
"""Of a televiewer; no tool tells more apart around the hole."""

_UNIT = r"(?:[\s_]*[\[(]?(?P<unit>dega?|degrees?|dd|\N{DEGREE SIGN}|rad|radians?)[\])]?)?"
_AZIMUTH = re.compile(
    r"(?:(?:rel(?:ative)?|img|image|pixel|sector|column|button)[\s_]*)?"
    rf"(?:azimuth|azimut|azim|azi|az|angle|ang|theta|bearing|direction|dir|tool_?face|tf){_UNIT}",
    re.IGNORECASE,
)
_SECTOR = re.compile(
    r"(?:img|image|azimuth|az)?[\s_]*(?:sectors?|sect?|bin|columns?|col|button|pixel|channel)"
    r"[\s_]*(?:numbers?|num|no|nr|index|idx|id)?[.#]?",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"#?(?:index|idx|id|number|num|no|nr|n|k|i|line|row|record|sample|scan)[\s_]*(?:numbers?|num|no|nr|index|id)?[.#]?",
    re.IGNORECASE,
)


@dataclass(frozen=True, eq=False)
class _Layout:
    """Which line of the file holds each pixel (rows, sectors), and where the left edge of column 0 looks, None when
    the file does not say.
    """

    lines: NDArray[np.intp]
    first_azimuth_deg: float | None = None


def image_columns_of(table: Table) -> list[str]:
    """Columns that may be the image: numbers, but neither depths nor what only says where a line belongs."""
    depths = depth_columns(table.columns)
    places = (_AZIMUTH, _SECTOR, _COUNT)
    return [
        column
        for column in table.columns
        if column not in depths
        and not any(names.fullmatch(column.strip()) for names in places)
        and table.is_numeric(column)
    ]


def read_long(table: Table, depth_m: NDArray[np.float64], well: str, image: str | None) -> RawImage:
    """Read an image with a line a depth and sector; ``depth_m`` (lines,).

    Its pixels stand where their azimuths say, or the numbers of their sectors, in whatever order the lines are; without
    such a column as many consecutive lines as a depth has are its sectors. Raises :class:`InputError` when azimuths do
    not go evenly all around the hole, differ from depth to depth or could be two things, and as
    :func:`geobfdt.formats.delimited.read_image` does.
    """
    candidates = image_columns_of(table)
    if not candidates:
        raise InputError(
            f"{table.path}: holds depths but no column of numbers to be the image; export the image channel"
        )
    around, by_number = _named(table, _AZIMUTH), _named(table, _SECTOR)
    if not (around or by_number):
        around, by_number = _unnamed(table, depth_m, candidates)
        candidates = [column for column in candidates if column not in (around, by_number)] or candidates
    layout = _layout(table, depth_m, around, by_number)
    sectors = layout.lines.shape[1]
    names = [Candidate(c, sectors, table.units.get(c, ""), laid_out=True) for c in candidates]
    name = choose(names, image, table.path)
    return RawImage(
        table.recorded(name)[layout.lines],
        depth_m[layout.lines[:, 0]],
        name,
        well,
        first_line=table.first_line,
        lines_per_row=sectors,
        first_azimuth_deg=layout.first_azimuth_deg,
    )


def _layout(table: Table, depth_m: NDArray[np.float64], around: str | None, by_number: str | None) -> _Layout:
    column = around or by_number
    if column is None:
        return _Layout(np.arange(len(depth_m)).reshape(-1, sectors_of(table, depth_m)))
    values = table.numbers(column)
    if not np.isfinite(values).all():
        line = table.line(int(np.argmin(np.isfinite(values))))
        raise InputError(f"{table.path}: line {line} has no number in column {column}; mend the line")
    different = _different(values)
    lines = _lines(table, depth_m, values, different, column)
    if by_number == column:
        if not (np.diff(different) == 1).all() or different[0] not in (0, 1):
            raise InputError(
                f"{table.path}: column {column} numbers sectors from {different[0]:g} to {different[-1]:g}, "
                f"{len(different)} of them; export all of the sectors, numbered from 0 or 1"
            )
        return _Layout(lines)
    try:
        found = circle(different, _unit(table, column, different))
    except ValueError as error:
        raise InputError(
            f"{table.path}: the azimuths in column {column} {error}; export the azimuths of all sectors, with decimals"
        ) from None
    return _Layout(lines[:, found.order], found.first_deg)


def _different(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The different values, increasing; of many lines those of the first ones, where they repeat throughout."""
    first = np.unique(values[: 2 * MOST_SECTORS])
    sectors = len(first)
    if len(values) % sectors == 0 and (values.reshape(-1, sectors) == values[:sectors]).all():
        return first
    return np.unique(values)


def _lines(
    table: Table, depth_m: NDArray[np.float64], values: NDArray[np.float64], different: NDArray[np.float64], column: str
) -> NDArray[np.intp]:
    """The lines (rows, sectors) that hold each of the different values, increasing, at each depth."""
    sectors = len(different)
    if sectors > 1 and len(values) % sectors == 0:
        number = np.searchsorted(different, values)
        for lines in _arrangements(number, depth_m, sectors):
            lines = np.take_along_axis(lines, np.argsort(number[lines], axis=1), axis=1)
            if (number[lines] == np.arange(sectors)).all() and (depth_m[lines] == depth_m[lines[:, :1]]).all():
                return lines
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


def _arrangements(number: NDArray[np.intp], depth_m: NDArray[np.float64], sectors: int) -> Iterator[NDArray[np.intp]]:
    """Lines (rows, sectors) as they may stand: depth after depth, sector after sector with all of its depths, or in no
    order at all.
    """
    every = np.arange(len(number))
    yield every.reshape(-1, sectors)
    yield every.reshape(sectors, -1).T
    yield np.lexsort((number, depth_m)).reshape(-1, sectors)


def _named(table: Table, names: re.Pattern[str]) -> str | None:
    """The only column with such a name, None without one; :class:`InputError` when there are several."""
    found = [column for column in table.columns if names.fullmatch(column.strip()) and table.is_numeric(column)]
    if len(found) > 1:
        raise InputError(
            f"{table.path}: columns {' and '.join(found)} could both say where a sector lies; remove all but one"
        )
    return found[0] if found else None


def _unnamed(table: Table, depth_m: NDArray[np.float64], candidates: list[str]) -> tuple[str | None, str | None]:
    """A column of azimuths or one of sector numbers that its name does not tell, but its values, which are the same at
    every depth; the user is told. :class:`InputError` for one that may be either.
    """
    starts = np.flatnonzero(np.r_[True, np.diff(depth_m) != 0])
    sectors = int(starts[1]) if len(starts) > 1 else 0
    if sectors < 4 or len(depth_m) % sectors:
        return None, None
    for column in candidates:
        values = table.recorded(column)
        if not (values.reshape(-1, sectors) == values[:sectors]).all() or len(np.unique(values[:sectors])) < sectors:
            continue
        ordered = np.sort(values[:sectors])
        counts = bool((np.diff(ordered) == 1).all() and ordered[0] in (0, 1))
        directs = _goes_around(ordered, table.units.get(column, ""))
        if counts and directs:
            raise InputError(
                f"{table.path}: column {column} may give azimuths or numbers of sectors; name it AZIMUTH_deg or SECTOR"
            )
        if counts or directs:
            what = "azimuths" if directs else "numbers of sectors"
            warnings.warn(
                f"{table.path}: column {column} has the same values at every depth and was taken for {what}",
                InputWarning,
                stacklevel=2,
            )
            return (column, None) if directs else (None, column)
    return None, None


def _goes_around(values: NDArray[np.float64], unit: str) -> bool:
    try:
        circle(values, unit)
    except ValueError:
        return False
    return True


def _unit(table: Table, column: str, values: NDArray[np.float64]) -> str:
    """The unit of a column of azimuths by its name or the units row; without one it is what goes around the hole."""
    match = _AZIMUTH.fullmatch(column.strip())
    unit = (match["unit"] or "" if match else "") or table.units.get(column, "")
    radians = not unit and np.abs(values).max() < 6.3 and not _goes_around(values, "deg")
    return "rad" if radians and _goes_around(values, "rad") else unit


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
