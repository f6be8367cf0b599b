"""Which column of a table holds which angle, of planes or of the hole: judged by all of its columns together.

A name is taken apart into words (``RES_IMG_Dip_APP``: res, img, dip, app), which say what it is an angle of and, where
they do, whether against the horizontal or as an image shows it. What a name leaves open the others settle: a dip beside
an apparent one is the true one, and an azimuth belongs to the dip whose name it shares most words with. What stays open
is refused, with the names that could each be meant. Mnemonics: CWLS and Schlumberger's curve mnemonic dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from geobfdt.errors import InputError
from geobfdt.formats.tables import TEXT_COLUMNS, Table, listed
from geobfdt.formats.units import depth_columns

What = Literal["dip", "azimuth", "strike", "hole deviation", "hole azimuth"]
Said = Literal["apparent", "true", ""]

_MNEMONICS: dict[str, tuple[What, Said]] = {
    **dict.fromkeys(("dptr", "tdip"), ("dip", "true")),
    **dict.fromkeys(("dpaz", "tazi"), ("azimuth", "true")),
    **dict.fromkeys(("dpap", "adip"), ("dip", "apparent")),
    **dict.fromkeys(("dpaa", "dpaa_naz", "aazi"), ("azimuth", "apparent")),
    **dict.fromkeys(("devi", "devim", "hdev", "hdevi", "dev", "sdev"), ("hole deviation", "")),
    **dict.fromkeys(("hazi", "hazim", "haz", "haz_naz"), ("hole azimuth", "")),
}
_DIP = {"dip", "dips", "tilt"}
_AZIMUTH = {"azimuth", "azimuths", "azim", "azi", "az", "direction", "dir", "dipazimuth", "dipdirection", "dipdir"}
_STRIKE = {"strike"}
_DEVIATION = {"deviation", "inclination", "inclin", "incl", "inc", "drift"}
_BEARING = {"bearing", "trend"}
_HOLE = {"hole", "borehole", "well", "wellbore", "h"}
_APPARENT, _TRUE = {"app", "apparent"}, {"tru", "true"}
_OTHER = {
    *("height", "length", "quality", "type", "class", "code", "sd", "std", "stdev", "error", "err", "confidence"),
    *("number", "no", "id", "count", "set", "group", "colour", "color", "width", "aperture", "radius", "weight"),
    *("name", "comment", "correction", "declination", "grade", "rank", "index", "reference", "ref", "pad", "tool"),
}
_UNITS = {"deg", "dega", "degrees", "degree", "rad", "radians"}
COLUMNS_OPTION = "name the columns with --columns, - for one to leave out"


@dataclass(frozen=True)
class AngleColumn:
    """A column of angles: of what, against what as far as its name says it, and the rest of its words."""

    name: str
    what: What
    said: Said
    words: frozenset[str]


@dataclass(frozen=True)
class PlaneColumns:
    """Columns of dip and of dip direction as an image shows them and against the horizontal, each pair None where a
    table lacks it; ``plain`` ones where nothing says against what; or of dip and strike.
    """

    apparent: tuple[str, str] | None = None
    true: tuple[str, str] | None = None
    plain: tuple[str, str] | None = None
    struck: tuple[str, str] | None = None


def words_of(name: str) -> list[str]:
    """The words of a column's name in lower case, its unit left out: RES_DipAzimuth (deg) is res, dip, azimuth."""
    bare = re.sub(r"[\[(].*?[\])]", " ", name)
    # HAzi and HDev are Techlog's; elsewhere a capital begins a word, but for one that ends a run of them.
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", bare)
    return [word.lower() for word in re.split(r"[^A-Za-z]+", apart) if word and word.lower() not in _UNITS]


def angle_columns(table: Table) -> list[AngleColumn]:
    """The columns of a table that hold angles of planes or of the hole."""
    depths = set(depth_columns(table.columns))
    names = [name for name in table.columns if name not in depths and name.lower() not in TEXT_COLUMNS]
    found = (_angle_column(name) for name in names if table.is_numeric(name) and table.holds_angles(name))
    return [column for column in found if column is not None]


def _angle_column(name: str) -> AngleColumn | None:
    plain = re.sub(r"[\[(].*?[\])]", "", name).strip().lower().removesuffix("_deg")
    if plain in _MNEMONICS:
        what, said = _MNEMONICS[plain]
        return AngleColumn(name, what, said, frozenset())
    words = words_of(name)
    held = set(words)
    sort = _sort(words)
    if sort is None:
        return None
    against: Said = "apparent" if held & _APPARENT else "true" if held & _TRUE else ""
    return AngleColumn(name, sort, against, frozenset(held - _DIP - _AZIMUTH - _APPARENT - _TRUE))


def _sort(words: Sequence[str]) -> What | None:
    held = set(words)
    if held & _OTHER:
        return None
    of_hole = bool(held & _HOLE)
    if held & _STRIKE:
        return "strike"
    if held & _AZIMUTH and not (held & {"direction", "dir"} and not held & (_DIP | _HOLE)):
        return "hole azimuth" if of_hole else "azimuth"
    if held & _BEARING:
        return "hole azimuth"
    if held & _DIP:
        return None if of_hole else "dip"
    if held & _DEVIATION:
        return "hole deviation"
    # A set of picks that is named without a word of angles: JK_TRU, JK_APP.
    return "dip" if len(words) > 1 and words[-1] in ("tru", "app") else None


def holds_planes(table: Table) -> bool:
    """Whether a table has a column of dips of planes."""
    return any(column.what == "dip" for column in angle_columns(table))


def plane_columns(table: Table) -> PlaneColumns:
    """The columns of a table's planes. Raises :class:`InputError` naming the columns where several could each be one of
    them, and where there is no dip or no azimuth.
    """
    columns = angle_columns(table)
    dips = [column for column in columns if column.what == "dip"]
    azimuths = [column for column in columns if column.what == "azimuth"]
    strikes = [column for column in columns if column.what == "strike"]
    if not dips:
        raise _no_dips(table)
    by_said = {said: _only(table, f"{said} dip".strip(), [d for d in dips if d.said == said]) for said in _SAID}
    plain, apparent, true = by_said[""], by_said["apparent"], by_said["true"]
    if plain is not None and apparent is not None and true is not None:
        raise _open(table, "true or the apparent dip", (plain, apparent, true))
    if plain is not None and (apparent is not None or true is not None):
        # Beside an apparent dip it is the true one, and the other way round.
        apparent, true, plain = apparent or plain, true or plain, None
    if not azimuths and plain is not None and strikes:
        struck = _only(table, "strike", strikes)
        assert struck is not None
        return PlaneColumns(struck=(plain.name, struck.name))
    chosen = _with_azimuths(table, {"apparent": apparent, "true": true, "plain": plain}, azimuths)
    if not chosen:
        raise InputError(
            f"{table.path}: has no azimuth column for its dips in {dips[0].name}; name it azimuth_deg, or "
            f"{COLUMNS_OPTION}"
        )
    return PlaneColumns(**chosen)


_SAID: tuple[Said, ...] = ("", "apparent", "true")


def _with_azimuths(
    table: Table, dips: dict[str, AngleColumn | None], azimuths: list[AngleColumn]
) -> dict[str, tuple[str, str]]:
    """Dip and azimuth by what they are against: azimuths that say it first, then the pairs whose names are most alike,
    that is share most words and differ in fewest.
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
        alike = [a for other, a in likest if other == said]
        if len(alike) > 1:
            raise _open(table, f"azimuth of the dips in {wanted[said].name}", alike)
        of_one = [wanted[other] for other, a in likest if a is azimuth]
        if len(of_one) > 1:
            raise _open(table, f"dip whose azimuth is {azimuth.name}", of_one)
        found[said] = (wanted.pop(said).name, azimuth.name)
        left.remove(azimuth)
    return found


def _unlikeness(dip: AngleColumn, azimuth: AngleColumn) -> tuple[int, int]:
    return -len(dip.words & azimuth.words), len(dip.words ^ azimuth.words)


def hole_columns(table: Table) -> tuple[str | None, str | None]:
    """The columns of the hole's deviation and azimuth as far as the table names them as the hole's."""
    columns = angle_columns(table)
    return (
        _name(_only(table, "deviation of the hole", [c for c in columns if c.what == "hole deviation"])),
        _name(_only(table, "azimuth of the hole", [c for c in columns if c.what == "hole azimuth"])),
    )


def survey_columns(table: Table, inclination_may_be_dip: bool) -> tuple[str, str]:
    """The columns of inclination and azimuth of a table of stations. A dip is an inclination only where it is said to
    count one, and an azimuth that is not named as the hole's only in a table without planes.
    """
    columns = angle_columns(table)
    dips = [column for column in columns if column.what == "dip"]
    unnamed = [column for column in columns if column.what == "azimuth"]
    deviation, azimuth = hole_columns(table)
    if deviation is None and inclination_may_be_dip:
        deviation = _name(_only(table, "inclination", [*dips, *_gradients(table)]))
        dips = []
    if deviation is None:
        but = f", and {dips[0].name} holds dips of planes" if dips else ""
        raise InputError(
            f"{table.path}: has no inclination column of the hole among {listed(table.columns)}{but}; name it "
            "inclination_deg, or say with --inclination what a dip counts"
        )
    if azimuth is None and dips and unnamed:
        raise InputError(
            f"{table.path}: the azimuths in {unnamed[0].name} go with the planes' dips in {dips[0].name}, and no "
            "column gives the hole's; name that hole_azimuth_deg"
        )
    azimuth = azimuth or _name(_only(table, "azimuth", unnamed))
    if azimuth is None:
        raise InputError(
            f"{table.path}: has no azimuth column of the hole among {listed(table.columns)}; name it azimuth_deg"
        )
    return deviation, azimuth


def names_a_survey(names: Iterable[str]) -> bool:
    """Whether there are a hole's deviation and azimuth among names of channels."""
    sorts = {column.what for name in names if (column := _angle_column(name)) is not None}
    return "hole deviation" in sorts and bool(sorts & {"hole azimuth", "azimuth"})


def names_planes(names: Iterable[str]) -> bool:
    """Whether there is a dip of planes among names of curves."""
    return any(column is not None and column.what == "dip" for column in map(_angle_column, names))


def _gradients(table: Table) -> list[AngleColumn]:
    return [
        AngleColumn(name, "hole deviation", "", frozenset())
        for name in table.columns
        if words_of(name)[-1:] == ["gradient"]
    ]


def _only(table: Table, what: str, columns: Sequence[AngleColumn]) -> AngleColumn | None:
    """The one column there is, None without any; of several that are filled :class:`InputError`."""
    if len(columns) > 1:
        filled = [column for column in columns if table.frame[column.name].notna().any()]
        columns = filled or columns[:1]
    if len(columns) > 1:
        raise _open(table, what, columns)
    return columns[0] if columns else None


def _no_dips(table: Table) -> InputError:
    for name in table.columns:
        column = _angle_column(name)
        if column is not None and column.what == "dip" and not column.words and not table.holds_angles(name):
            return InputError(
                f"{table.path}: the units row gives {table.units.get(name, '')!r} for column {name}; use deg or rad"
            )
    return InputError(
        f"{table.path}: has no dip column among {listed(table.columns)}; name it dip_deg, or {COLUMNS_OPTION}"
    )


def _open(table: Table, what: str, columns: Iterable[AngleColumn]) -> InputError:
    names = " and ".join(column.name for column in columns)
    return InputError(f"{table.path}: {names} could each be the {what}; {COLUMNS_OPTION}")


def _name(column: AngleColumn | None) -> str | None:
    return None if column is None else column.name
