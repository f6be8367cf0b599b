"""How far apart the planes of a set lie, measured square to them."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geobfdt.interpretation.bands import CONFIDENCE, Estimate, error_reached, planes_needed

Floats = NDArray[np.float64]

ENOUGH = ((0.1, 0.9), (0.2, 0.8))
"""(error, confidence) that counts are held against, the stricter first: 271 and 41 spacings."""
CLUSTERED = 1.3
"""Variation from which on planes are taken to come in clusters; 20 random spacings exceed it in 1 of 20 wells."""
LEAST_VARIED = 10
"""Of fewer spacings the variation is no measure of anything."""


@dataclass(frozen=True)
class Spacing:
    """Distances between neighbouring planes of a set along its mean pole.

    count      spacings, one fewer than planes
    mean_m     their mean with its band, by the exponential law of random planes; NaN of fewer than two planes
    variation  their standard deviation over their mean: 1 of random planes, less of regular ones, more in clusters; NaN
               of fewer than three spacings
    """

    count: int
    mean_m: Estimate
    variation: float

    @property
    def times(self) -> float:
        """How many times as many spacings are needed as where planes lie at random: the square of the variation, as the
        error of a mean goes with it; 1 where that is not above :data:`CLUSTERED`, or spacings are too few to tell.
        """
        clustered = self.count >= LEAST_VARIED and self.variation > CLUSTERED
        return self.variation**2 if clustered else 1.0

    def verdict(self) -> str:
        """In words, whether there are enough of them (Priest & Hudson 1981; more are needed in clusters)."""
        clustered = f", as they come in clusters of variation {self.variation:.1f}" if self.times > 1 else ""
        for error, confidence in ENOUGH:
            if self.count >= (needed := self._needed(error, confidence)):
                return (
                    f"{self.count} spacings are enough for a mean within {error:.0%} at {confidence:.0%} confidence "
                    f"({needed} needed{clustered})"
                )
        error, confidence = ENOUGH[-1]
        needed = self._needed(error, confidence)
        if self.count < 2:
            return f"{self.count} spacings say nothing about their mean; {needed} are needed for {error:.0%}"
        reached = error_reached(self.count, confidence) * np.sqrt(self.times)
        return (
            f"{self.count} spacings do not suffice: their mean is good to {reached:.0%} at {confidence:.0%} "
            f"confidence; {needed} are needed for {error:.0%}{clustered}"
        )

    def _needed(self, error: float, confidence: float) -> int:
        return ceil(planes_needed(error, confidence) * self.times)


def spacing(depth_m: ArrayLike, cosine: float) -> Spacing:
    """Spacings of planes of one set, by their depths along hole (n,) and the cosine of the angle between the hole and
    their mean pole, by which distances along the hole are multiplied (Terzaghi 1965; Priest 1993, Discontinuity
    Analysis for Rock Engineering).
    """
    from scipy.stats import chi2

    gaps = np.diff(np.sort(np.asarray(depth_m, float), axis=None)) * abs(cosine)
    n = len(gaps)
    if n == 0:
        return Spacing(0, Estimate(np.nan, np.nan, np.nan), np.nan)
    mean, tail = float(gaps.mean()), (1 - CONFIDENCE) / 2
    low, high = (2 * n * mean / chi2.ppf(share, 2 * n) for share in (1 - tail, tail))
    variation = float(gaps.std(ddof=1) / mean) if n > 2 and mean > 0 else np.nan
    return Spacing(n, Estimate(mean, float(low), float(high)), variation)
