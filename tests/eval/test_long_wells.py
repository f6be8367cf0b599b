"""Scoring splits where no pair can be: nothing changes by it, and no step grows with the square of the picks."""

import tracemalloc
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from geobfdt.borehole.picks import KINDS, Picks
from geobfdt.eval import assignment, lines, score
from geobfdt.eval.assignment import closest, largest
from geobfdt.eval.matching import blocks_by_depth, nearby_pairs

HOLE_M = 0.2


def dense(row: NDArray[np.intp], column: NDArray[np.intp], steps: NDArray[np.int64]) -> tuple[int, int, int]:
    """Pairs, total of steps and total of their squares of the best choice, by one matrix of all rows and columns."""
    rows, columns = int(row.max(initial=0)) + 1, int(column.max(initial=0)) + 1
    size, most = rows + columns, int(steps.max(initial=0))
    weight = steps * (size * most**2 + 1) + steps**2
    none = size * (int(weight.max(initial=0)) + 1)
    costs = np.full((rows, columns), none, np.float64)
    costs[row, column] = weight
    of_pair = {(i, j): d for i, j, d in zip(row.tolist(), column.tolist(), steps.tolist(), strict=True)}
    chosen = [of_pair[pair] for pair in zip(*linear_sum_assignment(costs), strict=True) if pair in of_pair]
    return len(chosen), sum(chosen), sum(d**2 for d in chosen)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]]:
    """Pairs of up to 30 rows with up to 30 columns, of few different steps, so that many choices tie."""
    rows, columns = draw(st.integers(1, 30)), draw(st.integers(1, 30))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    row, column = np.nonzero(rng.random((rows, columns)) < draw(st.sampled_from((0.02, 0.06, 0.15, 0.5, 1.0))))
    return row, column, rng.integers(0, draw(st.sampled_from((1, 4, 100))), len(row))


@settings(deadline=None, max_examples=300)
@given(graph=graphs())
def test_block_by_block_is_as_good_as_one_matrix(
    graph: tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]],
) -> None:
    row, column, steps = graph
    chosen, many = closest(row, column, steps), largest(row, column)
    for mask in (chosen, many):
        assert len(set(row[mask])) == len(set(column[mask])) == mask.sum() == dense(row, column, steps)[0]
    best = steps[chosen]
    assert (len(best), int(best.sum()), int((best**2).sum())) == dense(row, column, steps)


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 2**32), density=st.sampled_from((1.0, 5.0, 20.0)))
def test_random_picks_are_matched_as_by_one_matrix(seed: int, density: float) -> None:
    rng = np.random.default_rng(seed)
    ref, est = (
        Picks(np.sort(rng.uniform(0, 60 / density, n)), rng.uniform(0, 80, n), rng.uniform(0, 360, n)) for n in (60, 50)
    )
    pairs = nearby_pairs(ref, est, 0.08, hole_diameter_m=HOLE_M)
    for criterion in ("depth", "curve", "joint"):
        some = pairs[pairs.admissible(criterion, 0.08)]
        steps = some.distance_steps(criterion)
        best = steps[closest(some.ref, some.est, steps)]
        assert (len(best), int(best.sum()), int((best**2).sum())) == dense(some.ref, some.est, steps)


@settings(deadline=None, max_examples=100)
@given(
    ref=st.lists(st.integers(0, 300)).map(sorted),
    est=st.lists(st.integers(0, 300)).map(sorted),
    at_once=st.integers(1, 9),
)
def test_no_pair_leaves_its_stretch_and_no_pick_is_lost(ref: list[int], est: list[int], at_once: int) -> None:
    ref_m, est_m = np.array(ref, float) / 100, np.array(est, float) / 100
    stretch_of = []
    for side, of in ((ref_m, 0), (est_m, 1)):
        rows = [part[of] for part in blocks_by_depth(ref_m, est_m, 0.05, at_once)]
        np.testing.assert_array_equal(np.concatenate([np.arange(len(side))[part] for part in rows]), range(len(side)))
        stretch_of.append(np.repeat(np.arange(len(rows)), [part.stop - part.start for part in rows]))
    near = np.abs(ref_m[:, None] - est_m) < 0.05 + 1.5e-4
    assert (stretch_of[0][:, None] == stretch_of[1])[near].all()


def test_the_report_does_not_depend_on_how_many_picks_are_paired_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    ref = Picks(rng.uniform(0, 100, 400), rng.uniform(0, 80, 400), rng.uniform(0, 360, 400), rng.choice(KINDS, 400))
    est = Picks(ref.depth_m + rng.normal(0, 0.03, 400), ref.dip_deg, ref.azimuth_deg, rng.choice(KINDS, 400))
    whole = score(ref, est, hole_diameter_m=HOLE_M)
    monkeypatch.setattr(lines, "blocks_by_depth", partial(blocks_by_depth, at_once=5))
    assert score(ref, est, hole_diameter_m=HOLE_M).to_dict() == whole.to_dict()


def test_a_hundred_thousand_picks_are_matched_in_small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    # Picks 2 cm too deep: each has its plane within 3 cm, and at 8 cm thousands have two or three others to choose.
    count, rng = 100_000, np.random.default_rng(0)
    ref = Picks(np.sort(rng.uniform(0, count / 5, count)), rng.uniform(0, 60, count), rng.uniform(0, 360, count))
    est = Picks(ref.depth_m + 0.02, ref.dip_deg, ref.azimuth_deg)
    largest_matrix = 0

    def counted(graph, solver=assignment.min_weight_full_bipartite_matching):  # type: ignore[no-untyped-def]
        nonlocal largest_matrix
        largest_matrix = max(largest_matrix, graph.shape[0] * graph.shape[1])
        return solver(graph)

    monkeypatch.setattr(assignment, "min_weight_full_bipartite_matching", counted)
    tracemalloc.start()
    report = score(ref, est, hole_diameter_m=HOLE_M, chance_draws=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    for criterion in ("depth", "curve", "joint"):
        assert report.get("all", criterion, 0.03).counts.hits == count
    assert 0 < largest_matrix < 1e6  # of 1e10
    assert peak < 200e6
