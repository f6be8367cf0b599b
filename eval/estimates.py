"""Figures with the intervals that hold them with 95 % confidence."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Z = 1.959964
"""Standard deviations within which 95 % of what is normally distributed lies."""


@dataclass(frozen=True)
class Estimate:
    """A figure and the interval that holds it with 95 % confidence; NaN where nothing can tell."""

    value: float
    low: float
    high: float


UNTOLD = Estimate(math.nan, math.nan, math.nan)


def wilson(hits: int, of: int, wider: float = 1.0) -> Estimate:
    """A share and its interval by Wilson (1927), for a variance so many times the binomial one: between 0 and 1, and of
    some width also where the share is either. NaN of nothing.
    """
    if not of:
        return UNTOLD
    share, n = hits / of, of / wider
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return Estimate(share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def kappa(table: NDArray[np.integer]) -> Estimate:
    """Cohen's kappa (1960) of counts (n, n) by the names that two give the same things: 0 where they agree as often as
    the frequencies of their names alone would have it. NaN where either gives one name alone.
    """
    n, of_one, of_other = int(table.sum()), table.sum(axis=1), table.sum(axis=0)
    if (of_one > 0).sum() < 2 or (of_other > 0).sum() < 2:
        return UNTOLD
    agree, expected = float(table.trace()) / n, float(of_one @ of_other) / n**2
    value = (agree - expected) / (1 - expected)
    half = _Z * math.sqrt(agree * (1 - agree) / n) / (1 - expected)
    return Estimate(value, max(-1.0, value - half), min(1.0, value + half))
