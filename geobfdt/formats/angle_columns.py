"""Which column of a table holds which angle, of planes or of the hole: judged by all of its columns together.

What a name leaves open (:mod:`geobfdt.formats.angle_names`) the others settle: a dip beside an apparent one is the true
one, and an azimuth belongs to the dip whose name it shares most words with. What stays open is refused, with the names
that could each be meant.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.angle_names import AngleColumn, Said, What, angle_of, counts_from_horizontal, words_of
from geobfdt.formats.tables import Table, listed
from geobfdt.formats.units import angle_unit, depth_columns, metres_per

COLUMNS_OPTION = "name the columns with --columns, - for one to leave out"
SURVEY_COLUMNS_OPTION = "name the survey's columns with --survey-columns, - for one to leave out"
STEADY_DEG = 3.0
"""The dip of the earth's field changes by less along a hole; that of planes by more."""
FEWEST_STEADY = 3


@dataclass(frozen=True)
class PlaneColumns:
    """Columns of dip and of dip direction as an image shows them and against the horizontal, each pair None where a
    table lacks it; ``plain`` ones where nothing says against what. ``struck`` ones have strikes for directions.
    """

    apparent: tuple[str, str] | None = None
    true: tuple[str, str] | None = None
    plain: tuple[str, str] | None = None
    struck: bool = False


def angle_columns(table: Table) -> list[AngleColumn]:
    """The columns of a table that hold angles of planes or of the hole."""
    depths = set(depth_columns(table.columns))
    names = [name for name in table.columns if name not in depths]
    found = (angle_of(name) for name in names if table.is_numeric(name))
    return [column for column in found if column is not None and _may_hold_angles(table, column)]


def _may_hold_angles(table: Table, column: AngleColumn) -> bool:
    """Whether the units of a column are those of angles, or such as nobody here knows and the name leaves no doubt:
    then it is refused for its unit rather than passed over.
    """
    if table.holds_angles(column.name):
        return True
    units = angle_unit(column.name), table.units.get(column.name, "")
    return not column.words and not any(unit and metres_per(unit) for unit in units)


def holds_planes(table: Table) -> bool:
    """Whether a table has a column of dips of planes."""
    return any(column.what in ("dip", "tilt") for column in angle_columns(table))


def plane_columns(table: Table) -> PlaneColumns:
    """The columns of a table's planes. Raises :class:`InputError` naming the columns where several could each be one of
    them, and where there is no dip or no azimuth.
    """
    columns = angle_columns(table)
    dips = _of(columns, "dip") or _of(columns, "tilt")
    if not dips:
        raise InputError(
            f"{table.path}: has no dip column among {listed(table.columns)}{_but_text(table, 'dip')}; name it dip_deg, "
            f"or {COLUMNS_OPTION}"
        )
    by_said = {said: _only(table, f"{said} dip".strip(), [d for d in dips if d.said == said]) for said in _SAID}
    plain, apparent, true = by_said[""], by_said["apparent"], by_said["true"]
    if plain is not None and apparent is not None and true is not None:
        raise _open(table, "true or the apparent dip", (plain, apparent, true))
    if plain is not None and (apparent is not None or true is not None):
        # Beside an apparent dip it is the true one, and the other way round.
        apparent, true, plain = apparent or plain, true or plain, None
    azimuths = _of(columns, "azimuth")
    directions = azimuths or _of(columns, "strike")
    if plain is not None:
        directions = [_from_true_north(column) for column in directions]
    chosen = _with_azimuths(table, {"apparent": apparent, "true": true, "plain": plain}, directions)
    if not chosen:
        beside = [column.name for column in (*directions, *_of(columns, "bearing"))]
        but = f", and {' and '.join(beside)} may be another's" if beside else _but_text(table, "azimuth")
        raise InputError(
            f"{table.path}: has no azimuth column for its dips in {dips[0].name}{but}; name it azimuth_deg, or "
            f"{COLUMNS_OPTION}"
        )
    return PlaneColumns(**chosen, struck=not azimuths)


_SAID: tuple[Said, ...] = ("", "apparent", "true")


def _from_true_north(column: AngleColumn) -> AngleColumn:
    """Beside a dip that says nothing, a true azimuth is one from true north."""
    return replace(column, said="", north=column.north or "true") if column.said == "true" else column


def _with_azimuths(
    table: Table, dips: dict[str, AngleColumn | None], azimuths: list[AngleColumn]
) -> dict[str, tuple[str, str]]:
    """Dip and azimuth by what they are against: azimuths that say it first, then the pairs whose names are most alike,
    that is share most words and differ in fewest. Nothing is left over in silence.
    """
    wanted = {said: dip for said, dip in dips.items() if dip is not None}
    found: dict[str, tuple[str, str]] = {}
    for said in list(wanted):
        named = _only(table, f"{said} azimuth", [a for a in azimuths if a.said == said])
        if named is not None:
            found[said] = (wanted.pop(said).name, named.name)
    left = [azimuth for azimuth in azimuths if not azimuth.said]
    while wanted and left:
        unlike = {(said, a): _unlikeness(dip, a) for said, dip in wanted.items() for a in left}
        likest = [pair for pair in unlike if unlike[pair] == min(unlike.values())]
        said, azimuth = likest[0]
        alike = _filled(table, [a for other, a in likest if other == said])
        if len(alike) > 1:
            raise _open(table, f"azimuth of the dips in {wanted[said].name}", alike)
        azimuth = alike[0]
        of_one = [wanted[other] for other, a in likest if a is azimuth]
        if len(of_one) > 1:
            raise _open(table, f"dip whose azimuth is {azimuth.name}", of_one)
        found[said] = (wanted.pop(said).name, azimuth.name)
        left.remove(azimuth)
    _tell_left_over(table, found, list(wanted.values()), azimuths)
    return found


def _tell_left_over(
    table: Table, found: dict[str, tuple[str, str]], dips: Sequence[AngleColumn], azimuths: Sequence[AngleColumn]
) -> None:
    """Warn of dips and azimuths that found no partner; refuse an azimuth that is that of the same dips from another
    north, or against something no dip is against.
    """
    taken = {name for pair in found.values() for name in pair}
    left = [azimuth for azimuth in azimuths if azimuth.name not in taken and table.frame[azimuth.name].notna().any()]
    rivals = [azimuth for azimuth in left if azimuth.north or (azimuth.said and azimuth.said not in found)]
    if found and rivals:
        of_dips, name = next(iter(found.values()))
        chosen = next(azimuth for azimuth in azimuths if azimuth.name == name)
        raise _open(table, f"azimuth of the dips in {of_dips}", (chosen, *rivals))
    lone = [column.name for column in (*dips, *left)]
    if found and lone:
        pairs = " and ".join(f"{dip} with {azimuth}" for dip, azimuth in found.values())
        warnings.warn(
            f"{table.path}: {' and '.join(lone)} were left aside, and {pairs} taken; if others are meant, "
            f"{COLUMNS_OPTION}",
            InputWarning,
            stacklevel=3,
        )


def _unlikeness(dip: AngleColumn, azimuth: AngleColumn) -> tuple[int, int]:
    return -len(dip.words & azimuth.words), len(dip.words ^ azimuth.words)


def hole_columns(table: Table) -> tuple[str | None, str | None]:
    """The columns of the hole's deviation and azimuth as far as a table of planes names them as the hole's. An
    inclination from the horizontal is none of them, and a warning.
    """
    columns = angle_columns(table)
    deviations = _of(columns, "hole deviation")
    level = [column.name for column in deviations if counts_from_horizontal(column.name)]
    if level:
        warnings.warn(
            f"{table.path}: {' and '.join(level)} counts from the horizontal and was left aside; what is read is the "
            "hole's deviation from the vertical",
            InputWarning,
            stacklevel=3,
        )
    return (
        _name(_only(table, "deviation of the hole", [c for c in deviations if c.name not in level])),
        _name(_only(table, "azimuth of the hole", _of(columns, "hole azimuth"))),
    )


def survey_columns(table: Table, inclination_may_be_dip: bool) -> tuple[str, str]:
    """The columns of inclination and azimuth of a table of stations. A dip is an inclination only where it is said to
    count one, and an azimuth that is not named as the hole's only in a table without planes.
    """
    columns = angle_columns(table)
    dips, option = _of(columns, "dip"), SURVEY_COLUMNS_OPTION
    deviation = _only(table, "deviation of the hole", _of(columns, "hole deviation"), option)
    if deviation is None and not dips:
        deviation = _only(table, "deviation of the hole", _of(columns, "tilt"), option)
    if deviation is None and inclination_may_be_dip:
        deviation = _only(table, "inclination", [*dips, *_of(columns, "plunge"), *_gradients(table)], option)
        dips = []
    if deviation is None:
        but = f", and {dips[0].name} holds dips of planes" if dips else _but_text(table, "hole deviation")
        raise InputError(
            f"{table.path}: has no inclination column of the hole among {listed(table.columns)}{but}; name it "
            f"inclination_deg, say with --inclination what a dip counts, or {option}"
        )
    if counts_from_horizontal(deviation.name) and not inclination_may_be_dip:
        raise InputError(
            f"{table.path}: {deviation.name} counts from the horizontal; say which way with --inclination dip, "
            "dip_down or gradient"
        )
    return deviation.name, _survey_azimuth(table, columns, dips)


def _survey_azimuth(table: Table, columns: Sequence[AngleColumn], dips: Sequence[AngleColumn]) -> str:
    """The azimuths of the hole. A mnemonic means nothing else; any other name of it is contested by every azimuth that
    is not a plane's.
    """
    columns = [column for column in columns if column.north != "high side"]
    named, unnamed, bearings = (_of(columns, what) for what in ("hole azimuth", "azimuth", "bearing"))
    steady = [dip for dip in dips if _is_steady(table, dip)] if unnamed and not named else []
    planes = [dip for dip in dips if dip not in steady]
    if not named and planes and unnamed:
        raise InputError(
            f"{table.path}: the azimuths in {unnamed[0].name} go with the planes' dips in {planes[0].name}, and no "
            f"column gives the hole's; name that hole_azimuth_deg, or {SURVEY_COLUMNS_OPTION}"
        )
    mnemonics = [column for column in _filled(table, named) if column.mnemonic]
    could_be = mnemonics or (named if planes and named else [*named, *unnamed, *bearings])
    azimuth = _only(table, "azimuth of the hole", could_be, SURVEY_COLUMNS_OPTION)
    if azimuth is None:
        raise InputError(
            f"{table.path}: has no azimuth column of the hole among {listed(table.columns)}"
            f"{_but_text(table, 'azimuth')}; name it azimuth_deg, or {SURVEY_COLUMNS_OPTION}"
        )
    if steady:
        warnings.warn(
            f"{table.path}: {steady[0].name} is much the same at all stations and was taken for the dip of the earth's "
            f"field; if they are planes, their azimuths are not the hole's, and {SURVEY_COLUMNS_OPTION}",
            InputWarning,
            stacklevel=4,
        )
    return azimuth.name


def _is_steady(table: Table, dip: AngleColumn) -> bool:
    """Whether a dip of which the name says no more may be that of the earth's field."""
    if dip.said or dip.words:
        return False
    values = table.degrees(dip.name)
    values = values[np.isfinite(values)]
    return len(values) >= FEWEST_STEADY and bool(np.ptp(values) <= STEADY_DEG)


def _of(columns: Iterable[AngleColumn], what: What) -> list[AngleColumn]:
    return [column for column in columns if column.what == what]


def _gradients(table: Table) -> list[AngleColumn]:
    return [
        AngleColumn(name, "hole deviation", "", frozenset())
        for name in table.columns
        if words_of(name)[-1:] == ["gradient"]
    ]


def _filled(table: Table, columns: Sequence[AngleColumn]) -> Sequence[AngleColumn]:
    """Those of the columns that hold anything, the first where none does."""
    if len(columns) < 2:
        return columns
    return [column for column in columns if table.frame[column.name].notna().any()] or columns[:1]


def _only(table: Table, what: str, columns: Sequence[AngleColumn], option: str = COLUMNS_OPTION) -> AngleColumn | None:
    """The one column there is, None without any; of several that are filled :class:`InputError`."""
    columns = _filled(table, columns)
    if len(columns) > 1:
        raise _open(table, what, columns, option)
    return columns[0] if columns else None


def _but_text(table: Table, what: What) -> str:
    """What to add where a column has the right name and holds no numbers."""
    for name in table.columns:
        column = angle_of(name)
        if column is not None and column.what == what and not table.is_numeric(name):
            cell = next(filter(None, table.text(name).tolist()), "")
            return f", and {name} holds text such as {cell[:20]!r}"
    return ""


def _open(table: Table, what: str, columns: Iterable[AngleColumn], option: str = COLUMNS_OPTION) -> InputError:
    names = " and ".join(column.name for column in columns)
    return InputError(f"{table.path}: {names} could each be the {what}; {option}")


def _name(column: AngleColumn | None) -> str | None:
    return None if column is None else column.name
