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
from geobfdt.formats.candidates import MOST_SECTORS, Candidate, choose
from geobfdt.formats.raw_image import RawImage
from geobfdt.formats.tables import Table
from geobfdt.formats.units import degrees_per, depth_columns

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


_DIRECTION_WORDS = {
    *("az", "azi", "azim", "azimuth", "azimut", "angle", "ang", "theta", "phi", "bearing", "direction", "dir"),
    *("winkel", "richtung", "rumbo", "rotation", "toolface"),
}
_SECTOR_WORDS = {"sector", "sect", "sektor", "bin", "button", "beam", "ray", "pixel", "channel", "column", "col", "no"}
_FROM, _TO = {"from", "start", "begin", "left", "von"}, {"to", "end", "stop", "right", "bis"}
_NAMED_UNIT = re.compile(
    r"(?:[\s_,\[(])(?P<unit>dega?|degrees?|\N{DEGREE SIGN}|rad|radians?|gon|grads?|gradians?)(?![a-z])", re.IGNORECASE
)


@dataclass(frozen=True)
class _Places:
    """Columns that say where the pixel of a line lies, None for those that there are not.

    azimuths  of azimuths: of the middles of sectors, or of edges
    numbers   of numbers of sectors
    edge      half sectors from where the azimuths are to the middle of the sector: 0, 1 of left and -1 of right edges
    """

    azimuths: str | None = None
    numbers: str | None = None
    edge: int = 0


@dataclass(frozen=True, eq=False)
class _Layout:
    """Which line of the file holds each pixel (rows, sectors), -1 where none does, where the left edge of column 0
    looks, None when the file does not say, and the lines (rows, 2) of two sectors in one place, as at 0 and at 360.
    """

    lines: NDArray[np.intp]
    first_azimuth_deg: float | None = None
    again: NDArray[np.intp] | None = None


def names_azimuths(name: str) -> bool:
    """Whether a name has a word for a direction around the hole."""
    return not _DIRECTION_WORDS.isdisjoint(_words(name))


def _words(name: str) -> list[str]:
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
    return [word for word in words if degrees_per(word) is None]


def _of_edges(name: str, which: set[str]) -> bool:
    """Whether a name is that of azimuths of such edges: AZ_FROM, start angle; no angle from north."""
    words = _words(name)
    return names_azimuths(name) and bool({words[0], words[-1]} & which)


def image_columns_of(table: Table) -> list[str]:
    """Columns that may be the image: numbers, but neither depths nor what only says where a line belongs."""
    depths = depth_columns(table.columns)
    places = (_AZIMUTH, _SECTOR, _COUNT)
    return [
        column
        for column in table.columns
        if column not in depths
        and not any(names.fullmatch(column.strip()) for names in places)
        and not _of_edges(column, _FROM | _TO)
        and table.is_numeric(column)
    ]


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
    places = _named_places(table)
    if places is None:
        places, no_images = _unnamed(table, depth_m, candidates, image)
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


def _layout(table: Table, depth_m: NDArray[np.float64], places: _Places) -> _Layout:
    column = places.azimuths or places.numbers
    if column is None:
        return _Layout(np.arange(len(depth_m)).reshape(-1, sectors_of(table, depth_m)))
    values = table.numbers(column)
    if not np.isfinite(values).all():
        line = table.line(int(np.argmin(np.isfinite(values))))
        raise InputError(f"{table.path}: line {line} has no number in column {column}; mend the line")
    different = _different(values)
    if places.numbers == column:
        lines = _lines(table, depth_m, values, different, column, even=_counts(different))
        if not _counts(different):
            raise InputError(
                f"{table.path}: column {column} numbers sectors from {different[0]:g} to {different[-1]:g}, "
                f"{len(different)} of them; export all of the sectors, numbered from 0 or 1"
            )
        return _Layout(lines)
    unit = _unit(table, column, different)
    lines = _lines(table, depth_m, values, different, column, even=_goes_around(different, unit))
    try:
        found = circle(different, unit)
    except ValueError as error:
        raise InputError(
            f"{table.path}: the azimuths in column {column} {error}; export the azimuths of all sectors, with decimals"
        ) from None
    first_deg = (found.first_deg + places.edge * 180.0 / len(found.order)) % 360.0
    again = None if found.again is None else lines[:, found.again]
    return _Layout(lines[:, found.order], round(first_deg, 6), again)


def _counts(different: NDArray[np.float64]) -> bool:
    return bool((np.diff(different) == 1).all() and different[0] in (0, 1))


def _different(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The different values, increasing; of many lines those of the first ones, where they repeat throughout."""
    first = np.unique(values[: 2 * MOST_SECTORS])
    sectors = len(first)
    if len(values) % sectors == 0 and (values.reshape(-1, sectors) == values[:sectors]).all():
        return first
    return np.unique(values)


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


def _named_places(table: Table) -> _Places | None:
    """The columns whose names say that they tell where a sector lies, None without any."""
    azimuths, numbers = _named(table, _AZIMUTH), _named(table, _SECTOR)
    if azimuths or numbers:
        return _Places(azimuths, numbers)
    left, right = ([c for c in table.columns if _of_edges(c, ends) and table.is_numeric(c)] for ends in (_FROM, _TO))
    if len(left) > 1 or len(right) > 1:
        several = left if len(left) > 1 else right
        raise InputError(
            f"{table.path}: columns {' and '.join(several)} could both say where a sector begins or ends; remove all "
            "but one"
        )
    if left and right:
        _check_edges(table, left[0], right[0])
    if left or right:
        return _Places((left or right)[0], edge=1 if left else -1)
    return None


def _check_edges(table: Table, left: str, right: str) -> None:
    """Right edges must be the left ones of the next sectors."""
    begins, ends = table.numbers(left), table.numbers(right)
    different = _different(begins)
    unit = _unit(table, left, different)
    turn = {"rad": 2 * np.pi, "gon": 400.0}.get(unit[:3].lower(), 360.0)
    width = np.mod(ends - begins, turn)
    if not (np.abs(width - turn / len(different)) <= 0.4 * turn / len(different)).all():
        raise InputError(
            f"{table.path}: from {left} to {right} is not the width of one of {len(different)} sectors in every line; "
            "correct them, or leave one of the columns out"
        )


def _named(table: Table, names: re.Pattern[str]) -> str | None:
    """The only column with such a name, None without one; :class:`InputError` when there are several."""
    found = [column for column in table.columns if names.fullmatch(column.strip()) and table.is_numeric(column)]
    if len(found) > 1:
        raise InputError(
            f"{table.path}: columns {' and '.join(found)} could both say where a sector lies; remove all but one"
        )
    return found[0] if found else None


def _unnamed(
    table: Table, depth_m: NDArray[np.float64], candidates: list[str], image: str | None
) -> tuple[_Places, list[str]]:
    """A column of azimuths or one of sector numbers that its name does not tell, but its values, which are the same at
    every depth, in whatever order; the user is told. Also the columns that are no images for that.

    :class:`InputError` for one that may be either, and for one that is neither but sorts lines otherwise than they
    stand.
    """
    others = [column for column in candidates if image is None or column.lower() != image.lower()]
    order = np.argsort(depth_m, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(depth_m[order]) != 0])
    sectors = int(starts[1]) if len(starts) > 1 else 0
    if len(candidates) < 2 or sectors < 4 or not np.array_equal(starts, np.arange(0, len(depth_m), sectors)):
        return _Places(), []
    for column in others:
        values = table.recorded(column)[order].reshape(-1, sectors)
        ordered = np.sort(values[0])
        if (np.diff(ordered) <= 0).any() or not np.array_equal(np.sort(values[-1]), ordered):
            continue
        if (np.sort(values, axis=1) == ordered).all():
            return _by_values(table, column, values, ordered), [column]
    return _Places(), []


def _by_values(table: Table, column: str, values: NDArray[np.float64], ordered: NDArray[np.float64]) -> _Places:
    """What a column says whose values (rows, sectors) are the same at every depth, those ordered."""
    counts, directs = _counts(ordered), _goes_around(ordered, _unit(table, column, ordered))
    if counts and directs and names_azimuths(column) == _SECTOR_WORDS.isdisjoint(_words(column)):
        counts, directs = not names_azimuths(column), names_azimuths(column)
    if counts and directs:
        raise InputError(
            f"{table.path}: column {column} may give azimuths or numbers of sectors; name it AZIMUTH_deg or SECTOR"
        )
    if not (counts or directs) and not (values == values[0]).all():
        raise InputError(
            f"{table.path}: column {column} has the same values at every depth, in an order that changes, but neither "
            "azimuths in degrees all around the hole nor numbers from 0 or 1; give azimuths in degrees, or sort the "
            "lines and leave the column out"
        )
    taken = "azimuths" if directs else "numbers of sectors" if counts else "neither azimuths nor numbers of sectors"
    way = "" if counts or directs else "; sectors were taken in the order of their lines"
    warnings.warn(
        f"{table.path}: column {column} has the same values at every depth and was taken for {taken}{way}",
        InputWarning,
        stacklevel=5,
    )
    return _Places(column) if directs else _Places(None, column if counts else None)


def _goes_around(values: NDArray[np.float64], unit: str) -> bool:
    try:
        circle(values, unit)
    except ValueError:
        return False
    return True


def _unit(table: Table, column: str, values: NDArray[np.float64]) -> str:
    """The unit of a column of azimuths by its name or the units row; without one it is what goes around the hole."""
    match = _AZIMUTH.fullmatch(column.strip()) or _NAMED_UNIT.search(column)
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
