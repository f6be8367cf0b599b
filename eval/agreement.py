"""How well two interpreters of one log agree: a symmetric account, in which neither is right.

Conventions
-----------
- ``one, other``: differences are of the other from the one; a positive offset says that the other picks deeper.
- Planes are **in common** where the scorer pairs them (:mod:`geobfdt.eval`), at 8 cm unless told otherwise. The share
  in common is ``2 c / (n_one + n_other)``, F1 by another name, which looks at neither side first; beside it stands each
  side's own.
- A **depth offset** that all picks share is the cable's, the tool's or the software's, no difference of opinion: it is
  fitted apart, and shares are told before and after it. It is looked for up to 50 cm either way, where most pairs of
  like orientation (poles within 10 degrees) are equally far apart, and is then the median over the joint matches there,
  iterated until it stays; its standard error is that of a median. The depths as given decide which picks count.
- **Chance** before the offset is that of the scorer. After it an offset is fitted to every draw of random depths, too:
  a shift that may be chosen finds planes in common where there are none. What is in common is told from chance where it
  is more than in any draw.
- A share's **interval** holds 95 %: Wilson's, of the share of all planes drawn that both have drawn, widened by as much
  as that share varies along the hole more than luck would have it (its variance over up to 20 stretches of equally many
  planes, at least 10). Where agreement is patchy, neighbours are no independent evidence.
- **Spreads** are those of the joint matches after the offset, between the two: a person's own, if both are alike, are
  smaller by the square root of 2. Standard deviations are robust, 1.4826 times the median absolute deviation of depths,
  and of poles along one direction, the median angle over 1.1774 (Rayleigh's law). What lies beyond the tolerance, or
  beyond 10 degrees, is no match and in no spread.
- **Naming** is judged on the same matches: Cohen's kappa and the share named alike are of those that both named.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import AZIMUTH_MIN_DIP_DEG, azimuth_difference_deg, pole_angle_deg
from geobfdt.borehole.picks import KINDS, Picks
from geobfdt.errors import InputError
from geobfdt.eval.agreed import Agreement, Naming, Offset, Shared, Spread
from geobfdt.eval.chance import randomised
from geobfdt.eval.estimates import Estimate, kappa, wilson
from geobfdt.eval.matching import (
    CRITERIA,
    POLE_TOLERANCE_DEG,
    TOLERANCE_M,
    Criterion,
    Pairs,
    best_matching,
    check_tolerance_m,
    matched_refs,
    nearby_pairs,
    within_angle,
)
from geobfdt.eval.metrics import class_confusion
from geobfdt.eval.planes import Planes
from geobfdt.eval.report import CHANCE_DRAWS
from geobfdt.eval.wells import Intervals, ScoredWell, scored_wells

FARTHEST_M = 0.5
"""The largest offset that is looked for; two logs of one hole run further apart are to be put on depth first."""
PEAK_SD_M, PEAK_STEP_M = 0.02, 0.005
"""How far apart in depth the pairs lie that count together for an offset, and the steps that it is looked for in."""
SETTLED_M = 2e-4
"""An offset that moves by less stays: twice the rounding of distances."""
BLOCKS, BLOCK_PLANES, FEWEST_BLOCKS = 20, 10, 5
"""Stretches between which agreement may vary, how many planes each holds at least, and how few say nothing."""
_FEWEST = 3
"""Matches that an offset and spreads are told of."""


def agreement(
    one: Picks,
    other: Picks,
    *,
    hole_diameter_m: float,
    intervals_m: Intervals | None = None,
    tolerance_m: float = TOLERANCE_M,
    seed: int = 0,
    chance_draws: int = CHANCE_DRAWS,
) -> Agreement:
    """How well two interpreters of one log agree; wells' names are not compared.

    Parameters are the picks of both, the hole's diameter in metres, the (top, base) depths in metres that both have
    reviewed (None: all picks count), the tolerance in metres that planes are in common at, and the seed and number of
    the draws behind chance. Raises :class:`InputError` on picks of several wells, and on diameters, tolerances and
    intervals that cannot be.
    """
    tolerance_m = check_tolerance_m(tolerance_m)
    for picks in (one, other):
        if len(set(picks.well)) > 1:
            raise InputError(
                "agreement is told of one log, and these picks are of several wells; compare them one by one"
            )
    sides = replace(one, well=""), replace(other, well="")
    (well,) = scored_wells(*sides, hole_diameter_m, intervals_m)
    offset_m = _offset_m(well, well.est, tolerance_m)
    moved = _moved(well.est, offset_m)
    before, after = (_matches(well, est, tolerance_m) for est in (well.est, moved))
    lucky_before, lucky_after = _lucky(well, tolerance_m, seed, chance_draws)
    joint = after["joint"]
    hits = well.ref[joint.ref], well.est[joint.est]
    return Agreement(
        len(well.ref),
        len(well.est),
        well.length_m,
        tolerance_m,
        _offset(hits, offset_m),
        tuple(_shared(well, name, before[name], lucky_before[name]) for name in CRITERIA),
        tuple(_shared(well, name, after[name], lucky_after[name]) for name in CRITERIA),
        _spread(hits, offset_m),
        _naming(hits),
        seed,
        chance_draws,
    )


def _matches(well: ScoredWell, est: Planes, tolerance_m: float) -> dict[Criterion, Pairs]:
    """The pairs of planes in common by criterion."""
    pairs = nearby_pairs(well.ref, est, tolerance_m, hole_diameter_m=well.hole_diameter_m)
    return {name: best_matching(pairs[pairs.admissible(name, tolerance_m)], name) for name in CRITERIA}


def _moved(planes: Planes, offset_m: float) -> Planes:
    """The planes without the offset that they have."""
    return replace(planes, depth_m=planes.depth_m - offset_m)


def _offset_m(well: ScoredWell, est: Planes, tolerance_m: float) -> float:
    """The offset of the planes ``est`` from the reference's, 0 where too few pairs tell."""
    near = nearby_pairs(well.ref, est, FARTHEST_M + tolerance_m, hole_diameter_m=well.hole_diameter_m)
    near = near[within_angle(near.pole_deg, POLE_TOLERANCE_DEG)]
    apart_m = est.depth_m[near.est] - well.ref.depth_m[near.ref]
    if len(apart_m) < _FEWEST:
        return 0.0
    offset_m = _peak(apart_m)
    for _ in range(20):
        joint = replace(near, depth_m=np.abs(apart_m - offset_m))
        admissible = np.flatnonzero(joint.admissible("joint", tolerance_m))
        if len(admissible) < _FEWEST:
            return 0.0
        matched = best_matching(joint[admissible], "joint")
        step = float(np.median(est.depth_m[matched.est] - well.ref.depth_m[matched.ref])) - offset_m
        offset_m += step
        if abs(step) < SETTLED_M:
            break
    return offset_m


def _peak(apart_m: NDArray[np.float64]) -> float:
    """The offset about which most pairs lie, of several the least."""
    half = round(FARTHEST_M / PEAK_STEP_M)
    margin = 4 * round(PEAK_SD_M / PEAK_STEP_M)
    steps = np.rint(apart_m / PEAK_STEP_M).astype(np.int64) + half + margin
    inside = (steps >= 0) & (steps <= 2 * (half + margin))
    counts = np.bincount(steps[inside], minlength=2 * (half + margin) + 1)
    bell = np.exp(-0.5 * (np.arange(-margin, margin + 1) * PEAK_STEP_M / PEAK_SD_M) ** 2)
    crowd = np.convolve(counts, bell, "valid")
    at_m = np.arange(-half, half + 1) * PEAK_STEP_M
    return float(at_m[np.lexsort((np.abs(at_m), -np.round(crowd, 6)))[0]])


_Draws = dict[Criterion, list[int]]
"""Planes in common in each draw, by criterion."""


def _lucky(well: ScoredWell, tolerance_m: float, seed: int, draws: int) -> tuple[_Draws, _Draws]:
    """Planes in common at random depths, as they are and with an offset fitted to them."""
    before: _Draws = {name: [] for name in CRITERIA}
    after: _Draws = {name: [] for name in CRITERIA}
    rng = np.random.default_rng(seed)
    for _ in range(draws):
        est = randomised(well.est, well.intervals_m, rng)
        for found, offset_m in ((before, 0.0), (after, _offset_m(well, est, tolerance_m))):
            pairs = nearby_pairs(well.ref, _moved(est, offset_m), tolerance_m, hole_diameter_m=well.hole_diameter_m)
            for name in CRITERIA:
                found[name].append(len(matched_refs(pairs[pairs.admissible(name, tolerance_m)])))
    return before, after


def _shared(well: ScoredWell, criterion: Criterion, pairs: Pairs, lucky: list[int]) -> Shared:
    n_one, n_other, common = len(well.ref), len(well.est), len(pairs)
    either = n_one + n_other - common
    wider = _design_effect(well, pairs)
    both = wilson(common, either, wider)
    share = Estimate(*(2 * part / (1 + part) for part in (both.value, both.low, both.high)))
    sides = wilson(common, n_one, wider), wilson(common, n_other, wider)
    chance = most = math.nan
    if lucky and n_one + n_other:
        chance, most = (2 * float(number) / (n_one + n_other) for number in (np.mean(lucky), max(lucky)))
    return Shared(criterion, common, share, *sides, chance, most)


def _design_effect(well: ScoredWell, pairs: Pairs) -> float:
    """How many times the variance of luck the share of planes drawn by both has along the hole, 1 or more."""
    alone_one = np.delete(well.ref.depth_m, pairs.ref)
    alone_other = np.delete(well.est.depth_m, pairs.est)
    middle_m = (well.ref.depth_m[pairs.ref] + well.est.depth_m[pairs.est]) / 2
    depth_m = np.concatenate([middle_m, alone_one, alone_other])
    both = np.zeros(len(depth_m))
    both[: len(pairs)] = 1.0
    size = max(BLOCK_PLANES, math.ceil(len(both) / BLOCKS))
    blocks = len(both) // size
    share = both.mean() if len(both) else 0.0
    if blocks < FEWEST_BLOCKS or not 0 < share < 1:
        return 1.0
    means = both[np.argsort(depth_m, kind="stable")][: blocks * size].reshape(blocks, size).mean(axis=1)
    return max(1.0, float(size * means.var(ddof=1) / (share * (1 - share))))


_Hits = tuple[Planes, Planes]
"""Row k of one was matched with row k of the other."""


def _offset(hits: _Hits, offset_m: float) -> Offset:
    n = len(hits[0])
    if n < _FEWEST:
        return Offset(math.nan, math.nan, n)
    spread_m = _robust_sd(hits[1].depth_m - hits[0].depth_m)
    return Offset(offset_m, math.sqrt(math.pi / 2) * spread_m / math.sqrt(n), n)


def _robust_sd(values: NDArray[np.float64]) -> float:
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))


def _spread(hits: _Hits, offset_m: float) -> Spread:
    one, other = hits
    if len(one) < _FEWEST:
        return Spread(len(one), *[math.nan] * 8)
    depth_m = other.depth_m - one.depth_m - offset_m
    pole_deg = pole_angle_deg(one.dip_deg, one.azimuth_deg, other.dip_deg, other.azimuth_deg)
    dipping = np.minimum(one.dip_deg, other.dip_deg) >= AZIMUTH_MIN_DIP_DEG
    turned_deg = azimuth_difference_deg(other.azimuth_deg, one.azimuth_deg)[dipping]
    pole_median = float(np.median(pole_deg))
    return Spread(
        len(one),
        _robust_sd(depth_m),
        float(np.median(np.abs(depth_m))),
        float(np.percentile(np.abs(depth_m), 95)),
        pole_median / math.sqrt(2 * math.log(2)),
        pole_median,
        float(np.percentile(pole_deg, 95)),
        float(np.median(other.dip_deg - one.dip_deg)),
        float(np.median(turned_deg)) if len(turned_deg) else math.nan,
    )


def _naming(hits: _Hits) -> Naming:
    table = class_confusion(*hits)
    named = np.array(table)[: len(KINDS), : len(KINDS)]
    return Naming(table, int(named.sum()), wilson(int(named.trace()), int(named.sum())), kappa(named))
