"""The matching is one-to-one, as large as it can be, then as close as it can be, and blind to the order of tables."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.eval import CRITERIA, Criterion, Pairs, match
from geobfdt.eval.matching import best_matching, matched_refs, nearby_pairs

HOLE_M = 0.2


def flat(*depths_m: float) -> Picks:
    return Picks(np.array(depths_m), np.zeros(len(depths_m)), np.zeros(len(depths_m)))


@st.composite
def crowded(draw: st.DrawFn, max_size: int = 5) -> Picks:
    """A few picks in a quarter of a metre, where everything competes with everything."""
    rows = draw(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 12), st.integers(0, 11)), max_size=max_size))
    depth, dip, azimuth = np.array(rows, float).reshape(-1, 3).T
    return Picks(1000.0 + depth / 100, dip, azimuth * 30)


def brute_force(pairs: Pairs, criterion: Criterion) -> tuple[int, int]:
    """(most hits, smallest total distance in 0.1 mm) over every one-to-one choice of pairs."""
    steps = pairs.distance_steps(criterion)
    cost = {(int(i), int(j)): int(d) for i, j, d in zip(pairs.ref, pairs.est, steps, strict=True)}
    refs, ests = sorted({i for i, _ in cost}), sorted({j for _, j in cost})
    for size in range(min(len(refs), len(ests)), 0, -1):
        totals = [
            sum(cost[pair] for pair in zip(some, order, strict=True))
            for some in combinations(refs, size)
            for order in permutations(ests, size)
            if all(pair in cost for pair in zip(some, order, strict=True))
        ]
        if totals:
            return size, min(totals)
    return 0, 0


@pytest.mark.parametrize("depth_m", [100.0, 1000.0, 4123.4567])
@pytest.mark.parametrize("tolerance_m", [0.03, 0.05, 0.08])
def test_a_pick_exactly_a_tolerance_off_is_a_hit_at_any_depth(depth_m: float, tolerance_m: float) -> None:
    ref = flat(depth_m)
    for sign in (-1, 1):
        for excess_m, hits in ((0.0, 1), (0.4e-4, 1), (0.6e-4, 0)):
            est = flat(depth_m + sign * (tolerance_m + excess_m))
            for criterion in CRITERIA:
                assert len(match(ref, est, criterion, tolerance_m, hole_diameter_m=HOLE_M)) == hits


def test_the_closest_pair_is_given_up_for_one_more_hit() -> None:
    pairs = match(flat(0.0, 0.08), flat(0.06, 0.14), "depth", 0.08, hole_diameter_m=HOLE_M)
    assert pairs.ref.tolist() == [0, 1]
    assert pairs.est.tolist() == [0, 1]
    np.testing.assert_allclose(pairs.depth_m, [0.06, 0.06])


def test_a_long_chain_of_competing_picks_is_matched_whole() -> None:
    # Each estimate lies 6 cm above its own plane and 4 cm below the one before: greedily, the last would find nothing.
    depths = 500.0 + 0.1 * np.arange(3000)
    pairs = match(flat(*depths), flat(*(depths + 0.06)), "depth", 0.06, hole_diameter_m=HOLE_M)
    assert len(pairs) == 3000


def test_rows_of_the_callers_tables_are_returned() -> None:
    pairs = match(flat(30.0, 10.0, 20.0), flat(20.01, 99.0, 30.01), "depth", 0.03, hole_diameter_m=HOLE_M)
    assert sorted(zip(pairs.ref.tolist(), pairs.est.tolist(), strict=True)) == [(0, 2), (2, 0)]


def test_steep_planes_at_one_depth_need_the_right_azimuth_for_the_curve() -> None:
    ref, est = Picks([10.0], [60.0], [0.0]), Picks([10.0], [60.0], [30.0])  # type: ignore[arg-type]
    hits = {criterion: len(match(ref, est, criterion, 0.05, hole_diameter_m=HOLE_M)) for criterion in CRITERIA}
    assert hits == {"depth": 1, "curve": 0, "joint": 0}


@pytest.mark.parametrize("tolerance_m", [8.0, 0.0, -0.03, float("nan")])
def test_a_tolerance_that_cannot_be_metres_is_refused(tolerance_m: float) -> None:
    with pytest.raises(InputError, match="give metres"):
        match(flat(1.0), flat(1.0), "depth", tolerance_m, hole_diameter_m=HOLE_M)


def test_an_unknown_criterion_is_refused() -> None:
    with pytest.raises(InputError, match="depth, curve, joint"):
        match(flat(1.0), flat(1.0), "dip", 0.08, hole_diameter_m=HOLE_M)  # type: ignore[arg-type]


@pytest.mark.parametrize("criterion", CRITERIA)
@settings(deadline=None, max_examples=60)
@given(ref=crowded(), est=crowded())
def test_matching_is_one_to_one_maximum_and_closest(criterion: Criterion, ref: Picks, est: Picks) -> None:
    pairs = nearby_pairs(ref, est, 0.06, hole_diameter_m=HOLE_M)
    pairs = pairs[pairs.admissible(criterion, 0.06)]
    hits = best_matching(pairs, criterion)
    assert len(set(hits.ref)) == len(set(hits.est)) == len(hits) == len(matched_refs(pairs))
    assert (len(hits), int(hits.distance_steps(criterion).sum())) == brute_force(pairs, criterion)


@settings(deadline=None, max_examples=60)
@given(ref=st.sets(st.integers(0, 25), max_size=12), est=st.sets(st.integers(0, 25), max_size=12))
def test_pairs_never_cross_in_depth(ref: set[int], est: set[int]) -> None:
    # Crossing and keeping the order often tie in total distance; the least sum of squares keeps the order.
    refs, ests = flat(*(100 + np.array(sorted(ref)) / 100)), flat(*(100 + np.array(sorted(est)) / 100))
    pairs = match(refs, ests, "depth", 0.08, hole_diameter_m=HOLE_M)
    assert np.all(np.diff(pairs.ref) > 0)
    assert np.all(np.diff(pairs.est) > 0)


@pytest.mark.parametrize("criterion", CRITERIA)
@settings(deadline=None, max_examples=40)
@given(ref=crowded(12), est=crowded(12), data=st.data())
def test_the_order_of_rows_does_not_matter(criterion: Criterion, ref: Picks, est: Picks, data: st.DataObject) -> None:
    ref_order = np.array(data.draw(st.permutations(range(len(ref)))), np.intp)
    est_order = np.array(data.draw(st.permutations(range(len(est)))), np.intp)

    def planes(ref: Picks, est: Picks) -> list[tuple[float, ...]]:
        pairs = match(ref, est, criterion, 0.06, hole_diameter_m=HOLE_M)
        sides = (ref[pairs.ref], est[pairs.est])
        return sorted(zip(*((p.depth_m, p.dip_deg, p.azimuth_deg)[k] for p in sides for k in range(3)), strict=True))

    assert planes(ref, est) == planes(ref[ref_order], est[est_order])


@settings(deadline=None, max_examples=40)
@given(ref=crowded(12), est=crowded(12))
def test_a_curve_is_never_closer_than_its_depth(ref: Picks, est: Picks) -> None:
    # What lets the search for candidates look at depths alone.
    pairs = nearby_pairs(ref, est, 0.1, hole_diameter_m=HOLE_M)
    assert np.all(pairs.curve_m >= pairs.depth_m - 1e-12)


@settings(deadline=None, max_examples=40)
@given(ref=crowded(12), est=crowded(12))
def test_the_search_by_depth_finds_what_comparing_all_pairs_finds(ref: Picks, est: Picks) -> None:
    pairs = nearby_pairs(ref, est, 0.05, hole_diameter_m=HOLE_M)
    near = pairs[pairs.admissible("depth", 0.05)]
    distance_m = np.abs(ref.depth_m[:, None] - est.depth_m[None, :])
    assert set(zip(near.ref, near.est, strict=True)) == set(zip(*np.nonzero(distance_m < 0.0500001), strict=True))
