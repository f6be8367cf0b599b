"""How much fracturing a stretch of hole shows: planes per metre (P10), trace per area of wall (P21), area per volume
of rock (P32), each with its band (letters and digits after Dershowitz & Herda 1992: the dimension of what is measured
in, and of what is measured).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import trace_depths_m
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.interpretation.bands import Estimate, weighted_band
from geobfdt.interpretation.statistics import terzaghi_weights

Floats = NDArray[np.float64]

CUT_DEG = 15.0
"""Planes at a smaller angle to the hole count as if they lay at this one: what programs of the trade begin with."""
NO_CUT_DEG = 1.0
"""As good as no cut: what lies nearer to the axis no image shows whole."""
_AZIMUTHS = 121


@dataclass(frozen=True, eq=False)
class Intensity:
    """One of them in windows around depths (n,), with its band.

    name, unit  "P10", "per m"
    depth_m     (n,) centres of the windows
    value, low, high   (n,) in the unit; low and high bound what the rock has with 95 % confidence
    """

    name: str
    unit: str
    depth_m: Floats
    window_m: float
    value: Floats
    low: Floats
    high: Floats

    def at(self, window: int) -> Estimate:
        return Estimate(float(self.value[window]), float(self.low[window]), float(self.high[window]))


def intensities(log: ImageLog, picks: Picks, window_m: float) -> dict[str, Intensity]:
    """P10, P21, and P32 by Terzaghi with the cut of 15 degrees and as good as without one, of picks on a log, by their
    names; in windows that follow each other by a quarter, and of which one longer than the log is the whole log.

    P32 is the sum of ``1 / cos(dip against the hole)`` over the length (Chiles & de Marsily 1993, in Flow and
    Contaminant Transport in Fractured Rock). The cut biases it low where planes run along the hole, by up to 24 %
    (Ojeda et al. 2023, Geosciences 13, 187); without it a single such plane outweighs all others. Bands:
    :func:`geobfdt.interpretation.bands.weighted_band`. Raises :class:`InputError` on a window without length.
    """
    if not window_m > 0:
        raise InputError(f"a window of {window_m:g} m has no length; give metres, as in 2")
    top, base = log.top_m, log.base_m
    centres = np.array([(top + base) / 2]) if window_m >= base - top else np.arange(top, base + 1e-9, window_m / 4)
    tops, bases = np.maximum(centres - window_m / 2, top), np.minimum(centres + window_m / 2, base)
    length = bases - tops
    inside = picks.within([(top, base)]).sorted()
    found = {}
    for name, weights in (
        ("P10", np.ones(len(inside))),
        (f"P32, cut {CUT_DEG:g}°", terzaghi_weights(inside.dip_deg, 90 - CUT_DEG)),
        (f"P32, cut {NO_CUT_DEG:g}°", terzaghi_weights(inside.dip_deg, 90 - NO_CUT_DEG)),
    ):
        sums = _sums(inside.depth_m, weights, tops, bases)
        unit = "per m" if name == "P10" else "m²/m³"
        found[name] = _intensity(name, unit, centres, window_m, sums, length, weights)
    area = np.pi * log.diameters_m(centres) * length
    diameter = log.diameters_m(inside.depth_m)
    sums = _traces(inside, diameter, tops, bases)
    whole = _perimeters_m(inside, diameter)
    found["P21"] = _intensity("P21", "m/m²", centres, window_m, sums, area, whole)
    return found


def overall(log: ImageLog, picks: Picks) -> dict[str, Estimate]:
    """The same over the whole log."""
    found = intensities(log, picks, 2 * (log.base_m - log.top_m))
    return {name: one.at(0) for name, one in found.items()}


def _intensity(
    name: str, unit: str, centres: Floats, window_m: float, sums: tuple[Floats, Floats], per: Floats, weights: Floats
) -> Intensity:
    # The one plane more that a window might have held: as heavy as the log's are, each counted by its own weight. The
    # heaviest of all, which Fay & Feuer take, would set the upper bound of every window that holds few.
    total = float(weights.sum())
    low, high = weighted_band(*sums, float((weights**2).sum()) / total if total else 1.0)
    return Intensity(name, unit, centres, window_m, sums[0] / per, low / per, high / per)


def _sums(depth_m: Floats, weights: Floats, tops: Floats, bases: Floats) -> tuple[Floats, Floats]:
    """Sums of weights and of their squares of planes, sorted by depth, in every window."""
    first, last = np.searchsorted(depth_m, tops, "left"), np.searchsorted(depth_m, bases, "right")
    one, two = (np.concatenate([[0.0], np.cumsum(values)]) for values in (weights, weights**2))
    return one[last] - one[first], two[last] - two[first]


def _perimeters_m(picks: Picks, diameter_m: Floats) -> Floats:
    """Length of the whole trace of every pick: the perimeter of an ellipse."""
    from scipy.special import ellipe

    cosine = np.cos(np.radians(picks.dip_deg))
    return np.asarray(2 * diameter_m / cosine * ellipe(1 - cosine**2))


def _traces(picks: Picks, diameter_m: Floats, tops: Floats, bases: Floats) -> tuple[Floats, Floats]:
    """Metres of trace in every window, and the sum over planes of their squares."""
    azimuths = np.linspace(0.0, 180.0, _AZIMUTHS)  # from the deepest point up one limb; the other is its mirror image
    total, squares = np.zeros(len(tops)), np.zeros(len(tops))
    flat = np.zeros(1)
    for depth, dip, diameter in zip(picks.depth_m, picks.dip_deg, diameter_m, strict=True):
        z = trace_depths_m(np.array([depth]), np.array([dip]), flat, np.array([diameter]), azimuths)[0, ::-1]
        step = np.hypot(np.diff(z), diameter / 2 * np.radians(180.0 / (_AZIMUTHS - 1)))
        above = np.concatenate([[0.0], 2 * np.cumsum(step)])
        # A level trace has all its length at one depth, where interpolation has nothing to go by.
        z = z + np.linspace(-0.5e-6, 0.5e-6, _AZIMUTHS)
        part = np.interp(bases, z, above) - np.interp(tops, z, above)
        total += part
        squares += part**2
    return total, squares
