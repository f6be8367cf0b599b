"""The hits of every line of a well's table: each group, criterion and tolerance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.picks import KINDS
from geobfdt.eval.assignment import Indices, Mask, closest, largest
from geobfdt.eval.chance import randomised
from geobfdt.eval.matching import CRITERIA, Criterion, blocks_by_depth, nearby_pairs
from geobfdt.eval.planes import Planes
from geobfdt.eval.wells import ScoredWell

POOLED = "all"
"""The group that looks at no kind."""
GROUPS = (*KINDS, POOLED)

Line = tuple[str, Criterion, float]
"""Group, criterion and tolerance in metres."""
Rows = NDArray[np.int32]
_Matching = Callable[[Indices, Indices, NDArray[np.int64]], Mask]


def lines(tolerances_m: Sequence[float]) -> list[Line]:
    """All lines of a table, in its order."""
    return list(product(GROUPS, CRITERIA, tolerances_m))


def group_sizes(planes: Planes) -> dict[str, int]:
    """How many planes are in each group."""
    return {**{kind: int((planes.kind == index).sum()) for index, kind in enumerate(KINDS)}, POOLED: len(planes)}


def hit_rows(well: ScoredWell, tolerances_m: Sequence[float]) -> dict[Line, tuple[Rows, Rows]]:
    """Rows of the reference's and of the estimated planes that are hits, row by row, by line."""
    found: dict[Line, list[tuple[Rows, Rows]]] = {line: [] for line in lines(tolerances_m)}
    for line, ref, est in _matched(well, well.est, tolerances_m, closest):
        found[line].append((ref, est))
    nothing = np.empty(0, np.int32)
    return {
        line: (np.concatenate([nothing, *(ref for ref, _ in parts)]), np.concatenate([nothing, *(e for _, e in parts)]))
        for line, parts in found.items()
    }


def chance_hits(
    well: ScoredWell, tolerances_m: Sequence[float], draws: int, rng: np.random.Generator
) -> dict[Line, float]:
    """Mean number of hits over ``draws`` randomisations of a well's estimated planes, by line; NaN without a draw."""
    hits = dict.fromkeys(lines(tolerances_m), 0)
    for _ in range(draws):
        est = randomised(well.est, well.intervals_m, rng)
        for line, ref, _ in _matched(well, est, tolerances_m, lambda row, column, _: largest(row, column)):
            hits[line] += len(ref)
    return {line: number / draws if draws else np.nan for line, number in hits.items()}


def _matched(
    well: ScoredWell, est: Planes, tolerances_m: Sequence[float], matching: _Matching
) -> Iterator[tuple[Line, Rows, Rows]]:
    """Rows of both sides that a matching joins, by line, a stretch of the well at a time; both sides lie sorted."""
    reach_m = max(tolerances_m)
    for in_ref, in_est in blocks_by_depth(well.ref.depth_m, est.depth_m, reach_m):
        ref_planes, est_planes = well.ref[in_ref], est[in_est]
        pairs = nearby_pairs(ref_planes, est_planes, reach_m, hole_diameter_m=well.hole_diameter_m)
        if not len(pairs):
            continue
        kind = ref_planes.kind[pairs.ref]
        # Pairs of one known kind never compete with those of another: one matching serves both groups.
        alike = pairs[(kind == est_planes.kind[pairs.est]) & (kind < len(KINDS))]
        for criterion, tolerance_m in product(CRITERIA, tolerances_m):
            for some, groups in ((alike, KINDS), (pairs, (POOLED,))):
                at = np.flatnonzero(some.admissible(criterion, tolerance_m))
                at = at[matching(some.ref[at], some.est[at], some.distance_steps(criterion)[at])]
                ref, other = some.ref[at], some.est[at]
                for group in groups:
                    if group != POOLED:
                        mine = ref_planes.kind[some.ref[at]] == KINDS.index(group)
                        ref, other = some.ref[at[mine]], some.est[at[mine]]
                    rows = (ref + in_ref.start).astype(np.int32), (other + in_est.start).astype(np.int32)
                    yield (group, criterion, tolerance_m), *rows
