"""How far a count can be from what it is a sample of: bands about planes per metre, and about sums of weights.

Planes are taken to lie at random along a hole, a Poisson process. Where they come in clusters the truth scatters more
than its band says, which :attr:`geobfdt.interpretation.spacing.Spacing.variation` shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A number with the band that holds the truth with :data:`CONFIDENCE`."""

    value: float
    low: float
    high: float

    def __truediv__(self, by: float) -> Estimate:
        return Estimate(self.value / by, self.low / by, self.high / by)

    def __format__(self, spec: str) -> str:
        return f"{self.value:{spec}} ({self.low:{spec}} to {self.high:{spec}})"

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def poisson_band(count: ArrayLike, confidence: float = CONFIDENCE) -> tuple[Floats, Floats]:
    """(low, high) of the numbers that counts (n,) are samples of, by Poisson's law, exact (Garwood 1936, Biometrika
    28, 437): a truth outside would give the count, or one further off, in less than ``(1 - confidence) / 2`` of wells.
    """
    ones = np.asarray(count, float)
    return weighted_band(ones, ones, 1.0, confidence)


def weighted_band(
    total: ArrayLike, squares: ArrayLike, largest: float, confidence: float = CONFIDENCE
) -> tuple[Floats, Floats]:
    """(low, high) of what sums of weights of planes (n,) are samples of, by a gamma law with their mean and variance
    (Fay & Feuer 1997, Statistics in Medicine 16, 791). Equal weights give :func:`poisson_band`, times the weight.

    total    (n,) sums of weights
    squares  (n,) sums of their squares
    largest  weight of the one plane more that might have been there, which the upper bound allows for
    """
    from scipy.stats import chi2

    total, squares = np.asarray(total, float), np.asarray(squares, float)
    tail = (1 - confidence) / 2
    some = total > 0
    safe, spread = np.where(some, total, 1.0), np.where(some, squares, 1.0)
    low = np.where(some, spread / (2 * safe) * chi2.ppf(tail, 2 * safe**2 / spread), 0.0)
    more, spread = total + largest, squares + largest**2
    high = spread / (2 * more) * chi2.ppf(1 - tail, 2 * more**2 / spread)
    return np.asarray(low), np.asarray(high)


def estimate(weights: ArrayLike, largest: float = 1.0) -> Estimate:
    """The sum of the weights (n,) of planes, with its band; see :func:`weighted_band`."""
    weight = np.asarray(weights, float)
    low, high = weighted_band(weight.sum(), (weight**2).sum(), largest)
    return Estimate(float(weight.sum()), float(low), float(high))


def planes_needed(error: float, confidence: float) -> int:
    """How many spacings must be measured for their mean to come within ``error`` (0.2 of it: 20 %) of the truth with
    ``confidence``: ``(z / error)^2`` where spacings are exponential (Priest & Hudson 1981, Int. J. Rock Mech. Min.
    Sci. 18, 183). 41 for 20 % at 80 %, 271 for 10 % at 90 %.
    """
    from scipy.stats import norm

    return max(1, ceil((norm.ppf((1 + confidence) / 2) / error) ** 2 - 0.5))


def error_reached(count: int, confidence: float) -> float:
    """The error of the mean of ``count`` spacings that :func:`planes_needed` answers to; infinite of none."""
    from scipy.stats import norm

    return float(norm.ppf((1 + confidence) / 2) / np.sqrt(count)) if count else float("inf")
