"""Angles that can be none: values that no angle of their kind has, and azimuths that are turns away."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.picks import wrap_azimuth_deg
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.angle_columns import COLUMNS_OPTION
from geobfdt.formats.tables import Table

TURNS = (-360.0, 1080.0)
"""Azimuths between these are folded; beyond them they are something else."""


def within(
    table: Table, column: str, values: NDArray[np.float64], low: float, high: float, what: str
) -> NDArray[np.float64]:
    """The same angles; :class:`InputError` naming the line of one that lies outside, and ``what`` it should be."""
    wrong = (values < low) | (values > high)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(
            f"{table.path}: line {table.line(row)} has {values[row]:g} in column {column}, outside {low:g} to {high:g} "
            f"degrees; {what}"
        )
    return values


def folded(table: Table, column: str, values: NDArray[np.float64], option: str = COLUMNS_OPTION) -> NDArray[np.float64]:
    """Azimuths (rows,) in [0, 360); those that lay outside are counted in a warning, and none lies turns away."""
    within(table, column, values, *TURNS, f"correct it or, where it is no azimuth, {option}")
    outside = (values < 0) | (values > 360)
    if outside.any():
        warnings.warn(
            f"{table.path}: {outside.sum()} of {len(values)} azimuths in column {column} lie outside 0 to 360 degrees "
            "and were folded into them",
            InputWarning,
            stacklevel=3,
        )
    return wrap_azimuth_deg(values)
