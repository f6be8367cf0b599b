"""Curve: one number against depth, such as gamma ray, beside an image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.names import clean_name
from geobfdt.errors import InputError


@dataclass(frozen=True, eq=False)
class Curve:
    """A curve of a log.

    name, unit, description   as its file has them, "" where it does not
    depth_m  (n,) metres along hole, increasing; depths may repeat
    values   (n,) in its unit, NaN where nothing was measured

    Raises :class:`InputError` when the two do not fit each other and on depths that fall.
    """

    name: str
    unit: str
    description: str
    depth_m: NDArray[np.float64]
    values: NDArray[np.float64]

    def __post_init__(self) -> None:
        for name in ("name", "unit", "description"):
            object.__setattr__(self, name, clean_name(getattr(self, name)))
        for name in ("depth_m", "values"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), np.float64))
        if self.depth_m.shape != self.values.shape or self.depth_m.ndim != 1:
            raise InputError(f"curve {self.name}: {self.values.size} values for {self.depth_m.size} depths")
        if not (np.diff(self.depth_m) >= 0).all():
            raise InputError(f"curve {self.name}: its depths must increase")

    @property
    def range(self) -> tuple[float, float]:
        """(least, most) of its values, NaN where it has none."""
        return float(np.fmin.reduce(self.values, initial=np.nan)), float(np.fmax.reduce(self.values, initial=np.nan))


@dataclass(frozen=True, eq=False)
class Envelope:
    """What a curve covers in bins of depth: their middles (m,), and its least and most in each, NaN where nothing."""

    depth_m: NDArray[np.float64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]


def envelope(curve: Curve, top_m: float, base_m: float, points: int) -> Envelope:
    """What a curve covers between two depths in metres, in ``points`` bins of one height; where it has fewer values
    than that, these themselves with one more beyond each end, so that a line drawn through them runs on.
    """
    first = max(int(np.searchsorted(curve.depth_m, top_m, side="left")) - 1, 0)
    last = min(int(np.searchsorted(curve.depth_m, base_m, side="right")) + 1, len(curve.depth_m))
    depth_m, values = curve.depth_m[first:last], curve.values[first:last]
    if len(values) <= points:
        return Envelope(depth_m, values, values)
    edges_m = np.linspace(top_m, base_m, points + 1)
    place = np.clip(np.searchsorted(edges_m, depth_m, side="right") - 1, 0, points - 1)
    filled, starts = np.unique(place, return_index=True)
    least, most = np.full(points, np.nan), np.full(points, np.nan)
    least[filled], most[filled] = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
    return Envelope((edges_m[:-1] + edges_m[1:]) / 2, least, most)
