"""Whether the values of columns of angles are what their names make of them: units, strikes, quadrants and north."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.angle_columns import COLUMNS_OPTION, angle_columns
from geobfdt.formats.angle_names import angle_of, words_of
from geobfdt.formats.tables import Table
from geobfdt.formats.units import angle_unit, degrees_per

FEWEST_CERTAIN = 4
"""So many directions that all lie within 2 pi, and apart by more than a quarter of it, are no degrees by chance."""
STRIKE_OFF_DEG = 5.0
"""Strikes are often read to whole degrees, and drawn by hand; the azimuth of another thing is further off."""
_QUADRANTS = {name: 45.0 * k for k, name in enumerate(("N", "NE", "E", "SE", "S", "SW", "W", "NW"))}


def check_directions(table: Table, dip: str, azimuth: str, struck: bool) -> None:
    """Raise :class:`InputError` where columns of dips and of azimuths, or strikes, cannot be read as they are named: in
    radians, at odds with strikes or quadrants beside them. From which north they count is a warning, if not true.
    """
    check_units(table, dip, azimuth)
    check_radians(table, dip, azimuth, math.pi / 2)
    degrees = table.degrees(azimuth)
    if struck:
        if {"left", "lhr", "lhs"} & set(words_of(azimuth)):
            raise InputError(
                f"{table.path}: planes dip to the left of the strikes in {azimuth}, and --strike says to the right; "
                "export azimuths instead"
            )
        degrees = degrees + 90.0
    else:
        _check_strikes(table, azimuth, degrees)
    _check_quadrants(table, azimuth, degrees)
    tell_north(table, azimuth)


def check_units(table: Table, *names: str) -> None:
    """Raise :class:`InputError` on a column whose unit is none of angle."""
    for name in names:
        for unit, where in ((table.units.get(name, ""), "the units row gives"), (angle_unit(name), "its name gives")):
            if degrees_per(unit) is None:
                raise InputError(f"{table.path}: {where} {unit!r} for column {name}; use deg or rad")


def check_radians(table: Table, dip: str, azimuth: str, most_rad: float) -> None:
    """Refuse columns without a unit whose dips, up to ``most_rad``, and azimuths all look like radians, few of which
    are a warning.
    """
    if any(angle_unit(name) or table.units.get(name) for name in (dip, azimuth)):
        return
    angles = np.stack([table.numbers(dip), table.numbers(azimuth)])
    angles = angles[:, np.isfinite(angles).all(0)]
    if angles.shape[1] < 2 or (angles < 0).any() or (angles.max(1) > (most_rad, 2 * math.pi)).any():
        return
    if (angles % 1 == 0).all(1).any() or not np.ptp(angles[1]):
        return
    message = (
        f"{table.path}: {dip} and {azimuth} have no unit and look like radians, up to {angles[0].max():g} and "
        f"{angles[1].max():g}; write it behind their names, as {dip} (rad) or {dip} (deg)"
    )
    if angles.shape[1] >= FEWEST_CERTAIN and np.ptp(angles[1]) > math.pi / 2:
        raise InputError(message)
    warnings.warn(f"{message}; they were read as degrees", InputWarning, stacklevel=4)


def tell_north(table: Table, azimuth: str) -> None:
    """Warn of azimuths of planes that their name says to count from the magnetic north or the high side."""
    north = getattr(angle_of(azimuth), "north", "")
    if north == "magnetic":
        meaning = "magnetic north, and no declination was added"
    elif north == "high side":
        meaning = "the high side of the hole, as --reference high_side says where picks meet an image or a survey"
    else:
        return
    warnings.warn(f"{table.path}: the azimuths in {azimuth} count from {meaning}", InputWarning, stacklevel=4)


def _check_strikes(table: Table, azimuth: str, degrees: NDArray[np.float64]) -> None:
    """Strikes beside azimuths of the same planes lie at right angles to them, to the left or to the right."""
    chosen = angle_of(azimuth)
    for column in angle_columns(table):
        if column.what != "strike" or chosen is None or (column.said, column.north) != (chosen.said, chosen.north):
            continue
        turn = (degrees - table.degrees(column.name)) % 360.0
        turn = turn[np.isfinite(turn)]
        if not len(turn):
            continue
        off = np.abs(turn % 180.0 - 90.0)
        if np.median(off) > STRIKE_OFF_DEG:
            raise InputError(
                f"{table.path}: {azimuth} and {column.name} cannot be azimuth and strike of the same planes, they are "
                f"{np.median(90 - off):.0f} degrees apart and not 90; {COLUMNS_OPTION}"
            )
        if (turn > 180.0).all():
            warnings.warn(
                f"{table.path}: by {azimuth}, which was taken, all planes dip to the left of the strikes in "
                f"{column.name}; if they dip to the right, {COLUMNS_OPTION}",
                InputWarning,
                stacklevel=5,
            )


def _check_quadrants(table: Table, azimuth: str, degrees: NDArray[np.float64]) -> None:
    """A column of quadrants says roughly where planes dip."""
    for name in table.columns:
        if not {"quadrant", "quad"} & set(words_of(name)) or table.is_numeric(name):
            continue
        towards = pd.Series(table.text(name)).str.upper().map(_QUADRANTS).to_numpy(np.float64)
        apart = np.abs((degrees - towards + 180.0) % 360.0 - 180.0)
        against = apart > 90.0  # N may stand for NE
        if against.any():
            raise InputError(
                f"{table.path}: the directions from {azimuth} contradict the quadrants in {name}, first in line "
                f"{table.line(int(np.argmax(against)))}; {COLUMNS_OPTION}"
            )
