"""Which reference pick is which estimated pick: admissible pairs and the one-to-one matching among them.

Every function here is about **one well**; :mod:`geobfdt.eval.wells` keeps wells apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import mean_trace_distance, pole_angle_deg, sinusoid_from_plane
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.eval.assignment import closest, largest
from geobfdt.eval.planes import Planes

Criterion = Literal["depth", "curve", "joint"]
CRITERIA: tuple[Criterion, ...] = get_args(Criterion)

TOLERANCE_M = 0.08
"""How far apart interpreters' depths of one plane lie: the tolerance of published scores."""
POLE_TOLERANCE_DEG = 10.0
"""Largest angle between the poles of a pair under the joint criterion."""
DISTANCE_STEP_M = 1e-4
"""Distances are rounded to 0.1 mm before comparison: in float64 ``(z + 0.08) - z`` exceeds 0.08 at some depths."""
ANGLE_STEP_DEG = 1e-6
"""Angles are rounded to this before they are compared, for the same reason."""
TOLERANCE_RANGE_M = (0.001, 1.0)
"""Tolerances outside this range are taken for a mistake of unit: 8 is centimetres given as metres."""

PICKS_AT_ONCE = 100_000
"""Picks of both sides that are paired at once: memory grows with the densest of such stretches, not with the well."""

_Indices = NDArray[np.intp]
_Floats = NDArray[np.float64]


def check_tolerance_m(tolerance_m: float) -> float:
    """The tolerance itself, or :class:`InputError` when it cannot be metres."""
    low, high = TOLERANCE_RANGE_M
    if not low <= tolerance_m <= high:
        raise InputError(f"tolerance of {tolerance_m:g} m is outside {low:g} to {high:g} m; give metres, 0.08 for 8 cm")
    return float(tolerance_m)


@dataclass(frozen=True, eq=False)
class Pairs:
    """p pairs of a reference pick and an estimated pick, every field of shape (p,).

    ref, est    row of the pick in its table
    depth_m     distance in metres between the depths, unsigned
    curve_m     mean distance in metres between the traces over the whole circumference, never less than ``depth_m``
    pole_deg    acute angle in degrees between the poles

    ``pairs[mask]`` and ``pairs[indices]`` select pairs.
    """

    ref: _Indices
    est: _Indices
    depth_m: _Floats
    curve_m: _Floats
    pole_deg: _Floats

    def __len__(self) -> int:
        return len(self.ref)

    def __getitem__(self, rows: NDArray[np.bool_] | _Indices) -> Pairs:
        return Pairs(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})

    @classmethod
    def concatenate(cls, parts: Sequence[Pairs]) -> Pairs:
        """The pairs of at least one part, in the order given."""
        return cls(**{c.name: np.concatenate([getattr(part, c.name) for part in parts]) for c in fields(cls)})

    def distance_steps(self, criterion: Criterion) -> NDArray[np.int64]:
        """Distance under a criterion in whole steps of 0.1 mm: of the curves for "curve", else of the depths."""
        distance_m = self.curve_m if criterion == "curve" else self.depth_m
        return np.rint(distance_m / DISTANCE_STEP_M).astype(np.int64)

    def admissible(self, criterion: Criterion, tolerance_m: float) -> NDArray[np.bool_]:
        """Which pairs a criterion lets match, shape (p,); tolerance in metres, bound included."""
        mask = self.distance_steps(criterion) <= round(tolerance_m / DISTANCE_STEP_M)
        if criterion == "joint":
            mask &= within_angle(self.pole_deg, POLE_TOLERANCE_DEG)
        return mask


def within_angle(angle_deg: _Floats, tolerance_deg: float) -> NDArray[np.bool_]:
    """Which angles are at most the tolerance, both in degrees, after rounding; bound included."""
    return np.asarray(np.rint(angle_deg / ANGLE_STEP_DEG) <= round(tolerance_deg / ANGLE_STEP_DEG))


def canonical_order(picks: Picks) -> _Indices:
    """Rows sorted by well, depth, dip, azimuth, kind and confidence: no score may depend on the order of a table."""
    keys = (picks.confidence, picks.kind, picks.azimuth_deg, picks.dip_deg, picks.depth_m, picks.well)
    return np.lexsort([np.asarray(key) for key in keys])


def nearby_pairs(ref: Picks | Planes, est: Picks | Planes, reach_m: float, *, hole_diameter_m: float) -> Pairs:
    """Every pair whose depths lie within a reach in metres, by ref row; wells are not looked at.

    It holds all pairs that any criterion admits up to that tolerance, because the mean distance between two traces is
    never less than the distance between their depths. Memory grows with the pairs found, not with n_ref x n_est.
    """
    order = np.argsort(est.depth_m, kind="stable")
    depths = est.depth_m[order]
    reach_m = reach_m + DISTANCE_STEP_M  # room for the rounding
    first = np.searchsorted(depths, ref.depth_m - reach_m, side="left")
    count = np.searchsorted(depths, ref.depth_m + reach_m, side="right") - first
    i = np.repeat(np.arange(len(ref)), count)
    j = order[np.arange(count.sum()) + np.repeat(first - np.cumsum(count) + count, count)]

    radius_m = hole_diameter_m / 2.0
    ref_a, ref_b = sinusoid_from_plane(ref.dip_deg[i], ref.azimuth_deg[i])
    est_a, est_b = sinusoid_from_plane(est.dip_deg[j], est.azimuth_deg[j])
    depth_m = np.abs(est.depth_m[j] - ref.depth_m[i])
    curve_m = radius_m * mean_trace_distance(depth_m / radius_m, est_a - ref_a, est_b - ref_b)
    pole_deg = pole_angle_deg(ref.dip_deg[i], ref.azimuth_deg[i], est.dip_deg[j], est.azimuth_deg[j])
    return Pairs(i, j, depth_m, curve_m, pole_deg)


def blocks_by_depth(
    ref_m: _Floats, est_m: _Floats, reach_m: float, at_once: int = PICKS_AT_ONCE
) -> Iterator[tuple[slice, slice]]:
    """Stretches of two sides' depths in metres, both sorted, as slices of either: no pair within the reach leaves one.

    Each holds ``at_once`` picks or a few more; as many as it takes where picks follow each other within the reach.
    """
    depths = np.sort(np.concatenate([ref_m, est_m]), kind="stable")
    # The first picks after a gap that no pair bridges, with room for the rounding.
    tops = depths[1:][np.diff(depths) > reach_m + 2 * DISTANCE_STEP_M]
    wanted = np.searchsorted(tops, depths[at_once::at_once])
    cuts = tops[np.unique(wanted[wanted < len(tops)])]
    ends = ([0, *np.searchsorted(side_m, cuts), len(side_m)] for side_m in (ref_m, est_m))
    for (ref_top, ref_base), (est_top, est_base) in zip(*map(pairwise, ends), strict=True):
        yield slice(ref_top, ref_base), slice(est_top, est_base)


def matched_refs(pairs: Pairs) -> _Indices:
    """Reference rows of some maximum one-to-one matching among the pairs.

    Several times faster than :func:`best_matching`; only the number of rows has a meaning.
    """
    return pairs.ref[largest(pairs.ref, pairs.est)]


def best_matching(pairs: Pairs, criterion: Criterion) -> Pairs:
    """The one-to-one matching among admissible pairs with most hits, then smallest total distance, then least squares.

    On a line many matchings share the smallest total distance; of those the least sum of squares keeps pairs in their
    order of depth, without a look at the orientations that are scored afterwards. Pairs keep their order.
    """
    return pairs[closest(pairs.ref, pairs.est, pairs.distance_steps(criterion))]


def match(ref: Picks, est: Picks, criterion: Criterion, tolerance_m: float, *, hole_diameter_m: float) -> Pairs:
    """One-to-one matching of the picks of one well, with as many hits as any matching can have.

    Parameters are the reference and estimated picks, a criterion ("depth", "curve" or "joint", see
    :mod:`geobfdt.eval`), the tolerance and the hole diameter in metres. Among maximum matchings the one with the
    smallest total distance is taken. The order of the tables' rows does not matter, except between identical rows.
    Returns the matched pairs; every row of either table is in one pair at most.

    Raises :class:`InputError` on a criterion that does not exist and on a tolerance that cannot be metres.
    """
    if criterion not in CRITERIA:
        raise InputError(f"criterion must be one of {', '.join(CRITERIA)}, found {criterion!r}")
    tolerance_m = check_tolerance_m(tolerance_m)
    ref_order, est_order = canonical_order(ref), canonical_order(est)
    pairs = nearby_pairs(ref[ref_order], est[est_order], tolerance_m, hole_diameter_m=hole_diameter_m)
    hits = best_matching(pairs[pairs.admissible(criterion, tolerance_m)], criterion)
    return Pairs(ref_order[hits.ref], est_order[hits.est], hits.depth_m, hits.curve_m, hits.pole_deg)
