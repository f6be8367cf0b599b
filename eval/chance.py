"""What the same picks would score at random depths."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.picks import Picks
from geobfdt.eval.matching import Pairs, nearby_pairs
from geobfdt.eval.wells import ScoredWell


def random_depths_m(
    count: int, intervals_m: tuple[tuple[float, float], ...], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Depths in metres, shape (count,), uniform over the union of disjoint (top, base) intervals."""
    tops, bases = np.array(intervals_m, float).reshape(-1, 2).T
    ends = np.cumsum(bases - tops)
    along = rng.uniform(0.0, ends[-1], count)  # metres into the intervals laid end to end
    interval = np.minimum(np.searchsorted(ends, along, side="right"), len(ends) - 1)
    return np.asarray(bases[interval] - (ends[interval] - along))


def randomised(est: Picks, intervals_m: tuple[tuple[float, float], ...], rng: np.random.Generator) -> Picks:
    """The same picks at random depths: number, dips, azimuths and kinds stay, their place alone is left to luck."""
    return replace(est, depth_m=random_depths_m(len(est), intervals_m, rng)) if len(est) else est


def chance_pairs(well: ScoredWell, reach_m: float, draws: int, rng: np.random.Generator) -> Pairs:
    """Pairs within a reach in metres between a well's reference and ``draws`` randomisations of its estimated picks.

    Every draw has picks of its own: row k of draw d is ``d * n + k``, for both sides, so that no pair joins two draws
    and one matching of all draws finds the hits of each, which spares most of the time of matching draw by draw.
    """
    parts = []
    for draw in range(draws):
        est = randomised(well.est, well.intervals_m, rng)
        pairs = nearby_pairs(well.ref, est, reach_m, hole_diameter_m=well.hole_diameter_m)
        parts.append(replace(pairs, ref=pairs.ref + draw * len(well.ref), est=pairs.est + draw * len(well.est)))
    return Pairs.concatenate(parts)
