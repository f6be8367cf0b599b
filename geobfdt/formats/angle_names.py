"""What the name of a column says: an angle of what, against what, from which north.

A name is taken apart into words (``RES_IMG_Dip_APP``: res, img, dip, app). Mnemonics: CWLS and Schlumberger's curve
mnemonic dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from geobfdt.formats.units import column_words, is_angle_unit

What = Literal["dip", "azimuth", "strike", "bearing", "tilt", "plunge", "hole deviation", "hole azimuth"]
"""A bearing is an azimuth, a tilt a dip or a deviation, and a plunge a dip, of which the name says no more."""
Said = Literal["apparent", "true", ""]
North = Literal["magnetic", "grid", "true", "high side", ""]
"""What azimuths are said to count from."""

_MNEMONICS: dict[str, tuple[What, Said]] = {
    **dict.fromkeys(("dptr", "tdip"), ("dip", "true")),
    **dict.fromkeys(("dpaz", "tazi"), ("azimuth", "true")),
    **dict.fromkeys(("dpap", "adip"), ("dip", "apparent")),
    **dict.fromkeys(("dpaa", "dpaa_naz", "aazi"), ("azimuth", "apparent")),
    **dict.fromkeys(("dazi",), ("azimuth", "")),
    **dict.fromkeys(("devi", "devim", "hdev", "hdevi", "dev", "sdev", "wdev", "bhdev"), ("hole deviation", "")),
    **dict.fromkeys(("hazi", "hazim", "haz", "haz_naz", "wazi", "devaz", "bhaz"), ("hole azimuth", "")),
}
_DIP = {"dip", "dips", "dipangle", "dipmag", "dipmagnitude"}
_DIP_DIRECTION = {"dipazimuth", "dipazim", "dipazi", "dipaz", "dipdirection", "dipdirn", "dipdir"}
_AZIMUTH = {"azimuth", "azimuths", "azimut", "azim", "azm", "azi", "az", *_DIP_DIRECTION}
_DIRECTION = {"direction", "dirn", "dir"}
_STRIKE = {"strike"}
_DRIFT = {"drift"}
_DEVIATION = {"deviation", "inclination", "inclin", "incl", "inc", *_DRIFT}
_BEARING = {"bearing", "brg", "trend"}
_HOLE = {"hole", "borehole", "well", "wellbore", "bh", "h"}
_APPARENT, _TRUE = {"app", "apparent"}, {"tru", "true"}
_MAGNETIC, _GRID, _HIGH_SIDE = {"magnetic", "mag", "mn"}, {"grid", "gn"}, {"highside", "hs"}
_NORTH = {"north", "n", "tn", "from", "to", "the", "of", "high", "side"} | _MAGNETIC | _GRID | _HIGH_SIDE
_OTHER = {
    *("height", "length", "quality", "type", "class", "code", "sd", "std", "stdev", "error", "err", "confidence"),
    *("number", "no", "id", "count", "set", "group", "colour", "color", "width", "aperture", "radius", "weight"),
    *("name", "comment", "correction", "declination", "grade", "rank", "index", "reference", "ref", "pad", "tool"),
    # What is beside an angle, and not that angle.
    *("correlation", "planarity", "residual", "contrast", "depth", "per", "rate", "uncertainty", "unc", "spread"),
    *("classification", "category", "quadrant", "quad"),
    # Other lines than a plane's or the hole's.
    *("pole", "poles", "normal", "breakout", "breakouts", "hmax", "hmin", "shmax", "shmin", "stress", "relbearing"),
    *("planned", "plan", "proposed", "target", "closure", "section", "toolface", "gravity", "gtf", "mtf"),
}
_PAD = re.compile(r"(?<![A-Za-z])P(AD)?[ _]?\d+[ _]?(AZ|NO)", re.IGNORECASE)
"""P1AZ, P1NO: where pad 1 looks."""
_FROM_HORIZONTAL = {"horizontal", "horiz", "upward", "upwards", "gradient", "elevation"}


@dataclass(frozen=True)
class AngleColumn:
    """A column of angles: of what, against what and from which north as far as its name says it, the rest of its words,
    and whether the name is a mnemonic, which means one thing only.
    """

    name: str
    what: What
    said: Said
    words: frozenset[str]
    north: North = ""
    mnemonic: bool = False


def words_of(name: str) -> list[str]:
    """The words of a column's name in lower case without units of angle: RES_DipAzimuth (deg) is res, dip, azimuth."""
    return [word for word in column_words(name) if not is_angle_unit(word)]


def angle_of(name: str) -> AngleColumn | None:
    """What the name of a column says of the angles in it, None where they are none of a plane or of the hole."""
    plain = re.sub(r"[\[(].*?[\])]", "", name).strip().lower().removesuffix("_deg")
    if plain in _MNEMONICS:
        what, said = _MNEMONICS[plain]
        return AngleColumn(name, what, said, frozenset(), mnemonic=True)
    words = words_of(name)
    held = set(words)
    what_else = None if _PAD.search(name) else _sort(words)
    if what_else is None:
        return None
    against: Said = "apparent" if held & _APPARENT else "true" if held & _TRUE else ""
    rest = held - _DIP - _AZIMUTH - _DIRECTION - _BEARING - _STRIKE - _APPARENT - _TRUE
    north: North = ""
    if what_else in ("azimuth", "bearing", "hole azimuth", "strike"):
        north, rest = _north(held), rest - _NORTH
        against = "" if north == "true" else against
    return AngleColumn(name, what_else, against, frozenset(rest), north)


def _north(held: set[str]) -> North:
    if held & _MAGNETIC:
        return "magnetic"
    if held & _GRID:
        return "grid"
    if held & _HIGH_SIDE or {"high", "side"} <= held:
        return "high side"
    return "true" if "tn" in held or (held & _TRUE and "north" in held) else ""


def _sort(words: Sequence[str]) -> What | None:
    held = set(words)
    if held & _OTHER:
        return None
    if held & {"relative", "rel"} and held & (_AZIMUTH | _BEARING) and _north(held) != "high side":
        return None  # to the tool
    of_hole = bool(held & _HOLE)
    of_plane = bool(held & (_DIP | _DIP_DIRECTION))
    if held & _STRIKE:
        return "strike"
    if held & _AZIMUTH or (held & (_DIRECTION | _BEARING) and (of_hole or of_plane or held & _DRIFT)):
        return "hole azimuth" if of_hole or held & _DRIFT else "azimuth"
    if held & (_BEARING | _DIRECTION):
        return "bearing"
    if held & (_DIP | _DEVIATION) and _is_of_the_field(words):
        return None
    if of_plane:
        return None if of_hole else "dip"
    if of_hole and held & {"dev", "tilt"}:
        return "hole deviation"
    if held & _DEVIATION:
        return "hole deviation"
    if "tilt" in held:
        return "tilt"
    if "plunge" in held:
        return "plunge"
    # A set of picks that is named without a word of angles: JK_TRU, JK_APP.
    return "dip" if len(words) > 1 and words[-1] in ("tru", "app") else None


def _is_of_the_field(words: Sequence[str]) -> bool:
    """Whether a dip or an inclination is that of the earth's magnetic field; a dip mag is the magnitude of one."""
    return "magnetic" in words or words[0] == "mag"


def counts_from_horizontal(name: str) -> bool:
    """Whether the name of an inclination says that it counts from the horizontal."""
    return bool(set(words_of(name)) & _FROM_HORIZONTAL)


def names_a_survey(names: Iterable[str]) -> bool:
    """Whether there are a hole's deviation and azimuth among names of channels."""
    sorts = {column.what for name in names if (column := angle_of(name)) is not None}
    tilted = "tilt" in sorts and "dip" not in sorts
    return ("hole deviation" in sorts or tilted) and bool(sorts & {"hole azimuth", "azimuth"})


def names_planes(names: Iterable[str]) -> bool:
    """Whether there is a dip of planes among names of curves."""
    return any(column is not None and column.what in ("dip", "tilt") for column in map(angle_of, names))
