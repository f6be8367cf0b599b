"""What the same picks would score at random depths."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geobfdt.eval.planes import Planes


def random_depths_m(
    count: int, intervals_m: tuple[tuple[float, float], ...], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Depths in metres, shape (count,), uniform over the union of disjoint (top, base) intervals."""
    tops, bases = np.array(intervals_m, float).reshape(-1, 2).T
    ends = np.cumsum(bases - tops)
    along = rng.uniform(0.0, ends[-1], count)  # metres into the intervals laid end to end
    interval = np.minimum(np.searchsorted(ends, along, side="right"), len(ends) - 1)
    return np.asarray(bases[interval] - (ends[interval] - along))


def randomised(est: Planes, intervals_m: tuple[tuple[float, float], ...], rng: np.random.Generator) -> Planes:
    """The same planes at random depths, sorted by them: number, dips, azimuths and kinds stay, their place alone is
    left to luck.
    """
    if not len(est):
        return est
    moved = replace(est, depth_m=random_depths_m(len(est), intervals_m, rng))
    return moved[np.argsort(moved.depth_m)]
