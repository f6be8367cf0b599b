"""Azimuths that a file gives for the columns of an image: whether they go once around the hole, and where from."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geobfdt.formats.units import degrees_per

MOST_ROUNDED = 0.4
"""Of a column's width: azimuths written more coarsely say too little of their order."""


@dataclass(frozen=True, eq=False)
class Circle:
    """Columns that look evenly all around the hole.

    order      (columns,) which of the azimuths belongs to each column, clockwise
    first_deg  azimuth of the left edge of the first of them, half a column before the azimuth of its centre
    again      which azimuth is that of a column and which the same a whole turn on, 0 and 360 say; None without such.
               The second is not in the order.
    """

    order: NDArray[np.intp]
    first_deg: float
    again: tuple[int, int] | None = None


def circle(azimuths: NDArray[np.float64], unit: str = "") -> Circle:
    """The order of azimuths (columns,) of the centres of columns, in any unit of angle, around the hole.

    They may be off by half of their last decimal, as when 22.5 degrees are written as 23, no more, and give one
    direction at both ends. Raises :class:`ValueError`, a clause for a sentence, when they do not go evenly all around.
    """
    factors = _degrees_per(unit)
    if not factors:
        raise ValueError(f"have the unit {unit!r}, which is neither deg nor rad")
    if not np.isfinite(azimuths).all():
        raise ValueError("are not all given")
    errors = []
    for factor in factors:
        try:
            return _without_again(azimuths, factor)
        except ValueError as error:
            errors.append(error)
    raise errors[0]


def _degrees_per(unit: str) -> tuple[float, ...]:
    """Degrees in what the unit may mean: a German Grad is a degree, an English one a gradian."""
    name = unit.strip().lower()
    if name in ("gon", "gons", "grads", "gradian", "gradians"):
        return (0.9,)
    if name == "grad":
        return (1.0, 0.9)
    factor = degrees_per(unit)
    return () if factor is None else (factor,)


def _without_again(azimuths: NDArray[np.float64], factor: float) -> Circle:
    """The circle of azimuths that may give one direction at both ends, as 0 and 360."""
    first, last = int(np.argmin(azimuths)), int(np.argmax(azimuths))
    rounded = 1e-6 if factor == 1.0 else 0.6 * _last_decimal(azimuths) * factor
    if len(azimuths) < 3 or abs(float(np.ptp(azimuths)) * factor - 360.0) > rounded:
        return _circle(azimuths, factor)
    others = np.delete(np.arange(len(azimuths)), last)
    around = _circle(azimuths[others], factor)
    return Circle(others[around.order], around.first_deg, (first, last))


def _circle(azimuths: NDArray[np.float64], factor: float) -> Circle:
    if np.ptp(azimuths) * factor > 360.0 + 1e-6:
        raise ValueError(
            f"go more than once around the hole, from {_short(azimuths.min())} to {_short(azimuths.max())}"
        )
    folded = np.mod(azimuths * factor, 360.0)
    folded[folded > 360.0 - 1e-6] = 0.0
    order = np.argsort(folded, kind="stable")
    ordered = folded[order]
    step = 360.0 / len(azimuths)
    if len(azimuths) > 1 and np.diff(np.r_[ordered, ordered[0] + 360.0]).min() <= 1e-6:
        raise ValueError(f"give one direction twice ({_short(ordered[np.argmin(np.diff(ordered))])} degrees)")
    offsets = ordered - step * np.arange(len(azimuths))
    middle = (offsets.min() + offsets.max()) / 2
    allowed = min(0.5 * _last_decimal(azimuths) * factor, MOST_ROUNDED * step) + 1e-5 * step
    if np.abs(offsets - middle).max() > allowed:
        gap = float(np.diff(np.r_[ordered, ordered[0] + 360.0]).max())
        raise ValueError(
            f"do not go evenly around the hole: {len(azimuths)} of them from {_short(ordered[0])} to "
            f"{_short(ordered[-1])} degrees leave {_short(gap)} degrees open where {_short(step)} are due"
        )
    first = middle - step / 2
    usual = round(first / (step / 2)) * (step / 2)  # the edge or the middle of a column towards the reference
    return Circle(order, round(usual if abs(first - usual) <= allowed else first, 6) % 360.0)


def apart_deg(one_deg: float, other_deg: float) -> float:
    """How far two directions lie apart, 0 to 180 degrees."""
    return abs(math.remainder(one_deg - other_deg, 360.0))


def _short(value: float) -> str:
    return f"{value:.6g}"


def _last_decimal(values: NDArray[np.float64]) -> float:
    """The unit of the last decimal that the numbers are written with, 1 for whole ones."""
    for decimals in range(6):
        if np.abs(values - np.round(values, decimals)).max() < 1e-9:
            return float(10.0**-decimals)
    return 1e-6
