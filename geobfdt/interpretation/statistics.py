"""What geologists count on picks: planes per metre, corrected for the hole's direction, and the mean of a set.

Planes that lie along a hole are cut rarely, so each pick stands for ``1 / sin(alpha)`` of them, alpha the acute angle
between plane and hole (Terzaghi 1965, Geotechnique 15, 287); with the dip against the hole, ``1 / cos(dip)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geobfdt.borehole.geometry import plane_from_pole, poles
from geobfdt.errors import InputError

Floats = NDArray[np.float64]

STEEPEST_WEIGHED_DEG = 85.0
"""Steeper planes count as one of this dip, 11.47 of them: the weight grows without bound, and with it the noise."""


def terzaghi_weights(dip_deg: ArrayLike, steepest_deg: float = STEEPEST_WEIGHED_DEG) -> Floats:
    """Planes (n,) that each pick stands for, by its dip (n,) **against the hole**: at least 1, and of planes steeper
    than ``steepest_deg`` as many as of those, 11.47 where nothing else is asked for.
    """
    dip = np.minimum(np.asarray(dip_deg, float), steepest_deg)
    return np.asarray(1.0 / np.cos(np.radians(dip)))


@dataclass(frozen=True, eq=False)
class Frequency:
    """Planes per metre along a hole (P10), in windows around depths (n,).

    raw        as counted
    corrected  each pick weighed by :func:`terzaghi_weights`; it estimates the area of planes in a volume, P32
    """

    depth_m: Floats
    window_m: float
    raw: Floats
    corrected: Floats


def frequency(depth_m: ArrayLike, dip_deg: ArrayLike, top_m: float, base_m: float, window_m: float) -> Frequency:
    """P10 of picks, by depth (n,) and dip against the hole (n,), in windows that follow each other by a quarter.

    Windows reach over the ends of the interval by up to a half, and only what lies inside counts as length. Raises
    :class:`InputError` on a window or an interval without length.
    """
    if not window_m > 0 or not base_m > top_m:
        raise InputError(f"P10 of {top_m:g} to {base_m:g} m in windows of {window_m:g} m: both need a length")
    depth, order = np.asarray(depth_m, float), np.argsort(depth_m)
    sums = np.concatenate([[0.0], np.cumsum(terzaghi_weights(dip_deg)[order])])
    centres = np.arange(top_m, base_m + window_m / 8, window_m / 4)
    tops, bases = np.maximum(centres - window_m / 2, top_m), np.minimum(centres + window_m / 2, base_m)
    first, last = np.searchsorted(depth[order], tops, "left"), np.searchsorted(depth[order], bases, "right")
    length = bases - tops
    return Frequency(centres, window_m, (last - first) / length, (sums[last] - sums[first]) / length)


def p10(dip_deg: ArrayLike, length_m: float) -> tuple[float, float]:
    """(raw, Terzaghi-corrected) planes per metre of picks with dips (n,) against the hole, over a length."""
    if not length_m > 0:
        raise InputError(f"P10 needs a length, found {length_m:g} m")
    dip = np.asarray(dip_deg, float)
    return len(dip) / length_m, float(terzaghi_weights(dip).sum()) / length_m


@dataclass(frozen=True)
class FisherMean:
    """Mean plane of a set by Fisher's law (Fisher 1953, Proc. R. Soc. A 217, 295).

    kappa      concentration of the poles, the higher the tighter; infinite for equal ones, NaN of fewer than two
    alpha95_deg  radius of the cone that holds the mean pole with 95 % confidence; NaN where kappa is
    """

    count: int
    dip_deg: float
    azimuth_deg: float
    kappa: float
    alpha95_deg: float


def fisher_mean(dip_deg: ArrayLike, azimuth_deg: ArrayLike, weights: ArrayLike | None = None) -> FisherMean:
    """Mean plane of planes (n,), n at least 1; of a pole and its opposite the one next to the set's axis counts.

    weights  (n,) positive, as of :func:`terzaghi_weights`: the poles are summed by them, and kappa and the cone are
             those of as many equal ones as they are worth, ``(sum w)^2 / sum w^2`` (Kish 1965, Survey Sampling): a few
             heavy poles are no large sample. None: all count alike, which is Fisher's own case
    """
    pole = poles(dip_deg, azimuth_deg)
    n = len(pole)
    if n == 0:
        raise InputError("the mean of a set needs at least one plane")
    weight = np.ones(n) if weights is None else np.asarray(weights, float)
    worth = float(weight.sum() ** 2 / (weight**2).sum())
    # Upright planes have poles on either side; the axis of the whole set says which of the two to take.
    axis = np.linalg.eigh((pole * weight[:, None]).T @ pole)[1][:, -1]
    pole = np.where((pole @ axis < 0)[:, None], -pole, pole)
    resultant = (pole * (weight * worth / weight.sum())[:, None]).sum(0)
    length = float(np.linalg.norm(resultant))
    dip, azimuth = plane_from_pole(resultant / length)
    if n < 2 or worth - 1 < 1e-9:
        return FisherMean(n, float(dip), float(azimuth), float("nan"), float("nan"))
    kappa = (worth - 1) / (worth - length) if worth - length > 1e-12 else float("inf")
    cosine = 1 - (worth - length) / length * (20 ** (1 / (worth - 1)) - 1)
    return FisherMean(n, float(dip), float(azimuth), kappa, float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))))
