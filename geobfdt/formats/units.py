"""Units written in files: lengths in metres, angles in degrees, the values that mean "nothing measured here".

A depth unit is read from the file, never guessed: a log in feet read as metres is wrong by a factor of three and still
looks like a log.
"""

from __future__ import annotations

import math
import re
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
    **dict.fromkeys(("deg", "dega", "degree", "degrees", "dd", "\N{DEGREE SIGN}", ""), 1.0),
    **dict.fromkeys(("rad", "radian", "radians"), math.degrees(1.0)),
}

DEPTH_UNITS = "m, ft, in, 0.1 in, cm, mm"
"""The depth units to name in messages."""

DEPTH_NAMES = (
    *("TDEP", "CenteredDepth", "Centered_DEPTH", "DEPT", "DEPTH", "MD", "Measured Depth", "Measured_Depth"),
    *("MeasuredDepth", "Adjusted secup", "Adjusted_secup", "secup"),
)
"""Names of depth columns in order of preference, without a unit; case does not matter."""

NULLS = (-9999.0, -999.25)

_DEPTH_HEADER = re.compile(
    r"(?P<name>centered_?depth|tdep|measured[\s_]?depth|(?:adjusted[\s_])?secup|depth|dept|md)"
    r"(?:[\s_]*[\[(]?(?P<unit>0?\.1 ?in|metres?|meters?|m|feet|ft|inch|in|cm|mm)[\])]?)?"
    r"(?:_?MD(?:RF|RT|KB)?)?",
    re.IGNORECASE,
)
_ANGLE_UNIT = re.compile(r"[\[(]\s*(?P<bracketed>[^\])]*?)\s*[\])]\s*$|_(?P<suffix>deg|rad)$", re.IGNORECASE)


def metres_per(unit: str) -> float | None:
    """Metres in one of the unit, None when it is no known unit of length."""
    return _LENGTHS_M.get(" ".join(unit.lower().split()))


def degrees_per(unit: str) -> float | None:
    """Degrees in one of the unit, None when it is no known unit of angle; no unit at all means degrees."""
    return _ANGLES_DEG.get(unit.strip().lower())


def depth_name_and_unit(column: str) -> tuple[str, str] | None:
    """The name and the unit ("" when it has none) of a depth column's header, None for any other column.

    >>> depth_name_and_unit("DEPTH (ft)"), depth_name_and_unit("depth_mMDRF"), depth_name_and_unit("GR")
    (('DEPTH', 'ft'), ('depth', 'm'), None)
    """
    match = _DEPTH_HEADER.fullmatch(column.strip())
    return (match["name"], match["unit"] or "") if match else None


def angle_unit(column: str) -> str:
    """The unit that the name of a column of angles ends with, as in Dip (rad) or dip_deg; "" where it gives none."""
    match = _ANGLE_UNIT.search(column.strip())
    return (match["bracketed"] or match["suffix"] or "") if match else ""


def depth_columns(columns: list[str]) -> list[str]:
    """The depth columns among the columns, the preferred name first."""
    order = [name.lower() for name in DEPTH_NAMES]
    found = {c: parsed[0].lower() for c in columns if (parsed := depth_name_and_unit(c))}
    return sorted(found, key=lambda column: order.index(found[column]))


def without_nulls(values: ArrayLike) -> NDArray[np.float64]:
    """The values as float64, with NaN where a file says "null" as -9999 or -999.25."""
    with np.errstate(invalid="ignore"):  # a signalling NaN is one, too
        return set_nulls(np.array(values, np.float64))


def set_nulls(values: NDArray[Float]) -> NDArray[Float]:
    """NaN in place of such nulls in an array of any precision, which is changed and returned."""
    for null in NULLS:
        values[values == null] = np.nan
    return values
