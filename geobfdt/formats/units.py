"""Units written in files: lengths in metres, angles in degrees, the values that mean "nothing measured here".

A depth unit is read from the file, never guessed: a log in feet read as metres is wrong by a factor of three and still
looks like a log.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Float = TypeVar("Float", bound=np.floating)

_FOOT_M = 0.3048
_LENGTHS_M = {
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters"), 1.0),
    **dict.fromkeys(("ft", "f", "feet", "foot"), _FOOT_M),
    **dict.fromkeys(("ftus", "us ft", "usft"), 1200.0 / 3937.0),
    **dict.fromkeys(("in", "inch", "inches"), _FOOT_M / 12.0),
    # The index unit of many wireline recordings; LAS headers write it as ".1IN".
    **dict.fromkeys(("0.1 in", "0.1in", ".1in", ".1 in"), _FOOT_M / 120.0),
    **dict.fromkeys(("cm",), 0.01),
    **dict.fromkeys(("mm",), 0.001),
}
_ANGLES_DEG = {
    **dict.fromkeys(("deg", "degs", "dega", "degree", "degrees", "dd", ""), 1.0),
    # The ordinal sign and the ring above look like it; the last is one in UTF-8 that was read as Windows' code page.
    **dict.fromkeys(("\N{DEGREE SIGN}", "\N{MASCULINE ORDINAL INDICATOR}", "\N{RING ABOVE}", "\u00e2\u00b0"), 1.0),
    **dict.fromkeys(("rad", "rads", "radian", "radians"), math.degrees(1.0)),
}
_FOREIGN_ANGLES = {"gon", "gons", "grad", "grads", "gradian", "gradians", "mil", "mils", "percent", "pct"}
"""Units that are told from other words of a name, and that nothing here is in."""
_SAID_OF_ANGLES = {
    *("true", "tru", "apparent", "app", "plane", "dip", "direction", "azimuth", "strike", "hole", "borehole", "well"),
    *("magnetic", "mag", "mn", "grid", "gn", "tn", "north", "n", "high", "low", "side", "highside", "hs"),
    *("horizontal", "horiz", "vertical", "vert", "upward", "upwards", "downward", "downwards", "up", "down"),
    *("right", "left", "hand", "handed", "rule", "rhr", "lhr", "from", "to", "the", "of", "against", "rel", "relative"),
}
"""Words that stand in brackets behind the name of an angle and are no unit: Azimuth (true)."""

DEPTH_UNITS = "m, ft, in, 0.1 in, cm, mm"
"""The depth units to name in messages."""

DEPTH_NAMES = (
    *("TDEP", "CenteredDepth", "Centered_DEPTH", "DEPT", "DEPTH", "MD", "Measured Depth", "Measured_Depth"),
    *("MeasuredDepth", "Adjusted secup", "Adjusted_secup", "secup", "BDEP", "MDEPTH", "AHD", "Along Hole Depth"),
    *("Log Depth", "Hole Depth", "Borehole Depth", "Drilled Depth", "Tiefe", "Teufe", "Profondeur", "Profundidad"),
)
"""Names of depth columns in order of preference, without a unit; case does not matter."""
_NAMES = {tuple(re.split(r"[ _]", name.lower())) for name in DEPTH_NAMES}
_DATUM = r"(?:md|rkb|kb|rt|rf|df|gl|bgl|bgs|ags)"
"""What a depth along the hole is counted from: no other one for that."""

NULLS = (-9999.0, -999.25)
_NO_ANGLES = np.array(
    [*(float("9" * n + tail) for n in range(3, 10) for tail in ("", ".25", ".9", ".99")), 32767, 32768]
)
"""What programs write for nothing, with either sign, and no angle is as large."""
_HUGE = 1e20

_DEPTH_HEADER = re.compile(
    r"(?P<name>centered_?depth|tdep|measured[\s_]?depth|(?:adjusted[\s_])?secup|depth|dept|md)"
    r"(?:[\s_]*[\[(]?(?P<unit>0?\.1 ?in|metres?|meters?|m|feet|ft|inch|in|cm|mm)[\])]?)?"
    r"(?:_?MD(?:RF|RT|KB)?)?",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[\[(]([^\])]*)[\])]")


def bare_unit(unit: str) -> str:
    """A unit without the brackets that some programs put around it."""
    return unit.strip().strip("[]()").strip()


def metres_per(unit: str) -> float | None:
    """Metres in one of the unit, None when it is no known unit of length."""
    return _LENGTHS_M.get(" ".join(unit.lower().split()))


def degrees_per(unit: str) -> float | None:
    """Degrees in one of the unit, None when it is no known unit of angle; no unit at all means degrees, and degN and
    degT are degrees from north.
    """
    plain = unit.strip().lower().removesuffix(".")
    return _ANGLES_DEG.get(re.sub(r"(?<=.)\s*(n|t|tn|true)$", "", plain))


@lru_cache(maxsize=4096)
def depth_name_and_unit(column: str) -> tuple[str, str] | None:
    """The name and the unit ("" when it has none) of a depth column's header, None for any other column.

    >>> depth_name_and_unit("DEPTH (ft)"), depth_name_and_unit("depth_mMDRF"), depth_name_and_unit("GR")
    (('DEPTH', 'ft'), ('depth', 'm'), None)
    >>> depth_name_and_unit("Depth MD, m RKB"), depth_name_and_unit("Depth TVD (m)")
    (('Depth', 'm'), None)
    """
    bare = re.sub(r"#\d+$", "", column).strip()
    match = _DEPTH_HEADER.fullmatch(bare)
    return (match["name"], match["unit"] or "") if match else _in_words(bare)


def _in_words(column: str) -> tuple[str, str] | None:
    """The same of a header whose words are a name, what its depths count from and a unit, in any way apart."""
    words = [word for word in re.split(r"[^\w.]+|_|\.(?!1)", column) if word]
    length = next((n for n in (3, 2, 1) if tuple(word.lower() for word in words[:n]) in _NAMES), 0)
    names, units = " ".join(words[:length]), [word.lower() for word in words[length:]]
    if not length and words and re.fullmatch(rf"md{_DATUM}", words[0], re.IGNORECASE):
        names, units = "MD", [word.lower() for word in words[1:]]
    if not names:
        return None
    if len(units) > 1 and units[0] == "in":  # depth in m
        del units[0]
    found = [re.fullmatch(rf"(?P<unit>\D*?){_DATUM}*", word) for word in units]
    told = [match["unit"] for match in found if match is not None and match["unit"]]
    if any(match is None for match in found) or len(told) > 1 or not all(map(metres_per, told)):
        return None
    return names, "".join(told)


def angle_unit(column: str) -> str:
    """The unit that the name of a column of angles gives, as in Dip (rad), Dip (deg, true) or dip_deg; what else stands
    in its brackets but says something of an angle, as in Azimuth (true), is none. "" where it gives none.
    """
    for bracketed in _BRACKETS.findall(column):
        words = [word for word in re.split(r"[\s,;/_-]+", bracketed) if word]
        units = [word for word in words if word.lower() not in _SAID_OF_ANGLES]
        if units:
            return next((word for word in units if degrees_per(word)), " ".join(units))
    last = column_words(column)[-1:]
    return last[0] if last and is_angle_unit(last[0]) else ""


def column_words(column: str) -> list[str]:
    """The words of a column's name in lower case, those in brackets included; numbers divide words and are none."""
    # HAzi and HDev are Techlog's; elsewhere a capital begins a word, but for one that ends a run of them.
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", column)
    return [word.lower() for word in re.split(r"[^A-Za-z]+", apart) if word]


def is_angle_unit(word: str) -> bool:
    """Whether a word of a name is a unit of angle, one that is known here or not."""
    return word in _FOREIGN_ANGLES or (word != "dd" and degrees_per(word) is not None)  # dd: dip direction


def depth_columns(columns: list[str]) -> list[str]:
    """The depth columns among the columns, the preferred name first."""
    order = [re.sub(r"[ _]+", " ", name.lower()) for name in DEPTH_NAMES]
    found = {c: re.sub(r"[ _]+", " ", parsed[0].lower()) for c in columns if (parsed := depth_name_and_unit(c))}
    return sorted(found, key=lambda column: order.index(found[column]))


def without_nulls(values: ArrayLike) -> NDArray[np.float64]:
    """The values as float64, with NaN where a file says "null" as -9999 or -999.25."""
    with np.errstate(invalid="ignore"):  # a signalling NaN is one, too
        return set_nulls(np.array(values, np.float64))


def no_angles(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of some angles in the units of a file are none, but what programs write for nothing."""
    return np.isin(np.abs(values), _NO_ANGLES) | (np.abs(values) >= _HUGE)


def set_nulls(values: NDArray[Float]) -> NDArray[Float]:
    """NaN in place of such nulls in an array of any precision, which is changed and returned."""
    for null in NULLS:
        values[values == null] = np.nan
    return values
