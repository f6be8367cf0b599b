"""Which column of a table with a line a depth and sector says where around the hole each line belongs."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.azimuths import circle
from geobfdt.formats.candidates import MOST_SECTORS
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
class Places:
    """Columns that say where the pixel of a line lies, None for those that there are not.

    azimuths  of azimuths: of the middles of sectors, or of edges
    numbers   of numbers of sectors
    edge      half sectors from where the azimuths are to the middle of the sector: 0, 1 of left and -1 of right edges
    """

    azimuths: str | None = None
    numbers: str | None = None
    edge: int = 0


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


def counts_up(different: NDArray[np.float64]) -> bool:
    """Whether values, increasing, are numbers of sectors: from 0 or 1 upwards, none left out."""
    return bool((np.diff(different) == 1).all() and different[0] in (0, 1))


def different_values(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The different values, increasing; of many lines those of the first ones, where they repeat throughout."""
    first = np.unique(values[: 2 * MOST_SECTORS])
    sectors = len(first)
    if len(values) % sectors == 0 and (values.reshape(-1, sectors) == values[:sectors]).all():
        return first
    return np.unique(values)


def named_places(table: Table) -> Places | None:
    """The columns whose names say that they tell where a sector lies, None without any."""
    azimuths, numbers = _named(table, _AZIMUTH), _named(table, _SECTOR)
    if azimuths or numbers:
        return Places(azimuths, numbers)
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
        return Places((left or right)[0], edge=1 if left else -1)
    return None


def _check_edges(table: Table, left: str, right: str) -> None:
    """Right edges must be the left ones of the next sectors."""
    begins, ends = table.numbers(left), table.numbers(right)
    different = different_values(begins)
    unit = unit_of(table, left, different)
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


def unnamed_places(
    table: Table, depth_m: NDArray[np.float64], candidates: list[str], image: str | None
) -> tuple[Places, list[str]]:
    """A column of azimuths or one of sector numbers that its name does not tell, but its values, which are the same at
    every depth, in whatever order; the user is told. Also the columns that are no images for that.

    :class:`InputError` for one that may be either, and for one that is neither but sorts lines otherwise than they
    stand.
    """
    others = [column for column in candidates if image is None or column.lower() != image.lower()]
    order = np.argsort(depth_m, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(depth_m[order]) != 0])
    sectors = int(starts[1]) if len(starts) > 1 else 0
    if len(candidates) < 2 or sectors < 4 or len(depth_m) % sectors:
        return Places(), []
    if not np.array_equal(starts, np.arange(0, len(depth_m), sectors)):
        return Places(), []
    for column in others:
        values = table.recorded(column)[order].reshape(-1, sectors)
        ordered = np.sort(values[0])
        if (np.diff(ordered) <= 0).any() or not np.array_equal(np.sort(values[-1]), ordered):
            continue
        if (np.sort(values, axis=1) == ordered).all():
            return _by_values(table, column, values, ordered), [column]
    return Places(), []


def _by_values(table: Table, column: str, values: NDArray[np.float64], ordered: NDArray[np.float64]) -> Places:
    """What a column says whose values (rows, sectors) are the same at every depth, those ordered."""
    counts, directs = counts_up(ordered), goes_around(ordered, unit_of(table, column, ordered))
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
    return Places(column) if directs else Places(None, column if counts else None)


def goes_around(values: NDArray[np.float64], unit: str) -> bool:
    """Whether they are azimuths all around the hole."""
    try:
        circle(values, unit)
    except ValueError:
        return False
    return True


def unit_of(table: Table, column: str, values: NDArray[np.float64]) -> str:
    """The unit of a column of azimuths by its name or the units row; without one it is what goes around the hole."""
    match = _AZIMUTH.fullmatch(column.strip()) or _NAMED_UNIT.search(column)
    unit = (match["unit"] or "" if match else "") or table.units.get(column, "")
    radians = not unit and np.abs(values).max() < 6.3 and not goes_around(values, "deg")
    return "rad" if radians and goes_around(values, "rad") else unit
