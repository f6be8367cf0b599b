"""Reports: chance, symmetry, invariance, wells, intervals, JSON and text."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geobfdt.borehole.picks import KINDS, UNKNOWN, Picks
from geobfdt.errors import InputError
from geobfdt.eval import Report, score

HOLE_M = 0.2159


def random_picks(count: int, length_m: float, seed: int, well: str = "") -> Picks:
    rng = np.random.default_rng(seed)
    return Picks(
        rng.uniform(1000.0, 1000.0 + length_m, count),
        rng.uniform(0, 80, count),
        rng.uniform(0, 360, count),
        rng.choice(KINDS, count),
        well=well,
    )


def jittered(picks: Picks, seed: int) -> Picks:
    """A decent estimate: two thirds of the picks, slightly off."""
    rng = np.random.default_rng(seed)
    found = picks[rng.random(len(picks)) < 0.67]
    return replace(
        found,
        depth_m=found.depth_m + rng.normal(0, 0.03, len(found)),
        dip_deg=np.clip(found.dip_deg + rng.normal(0, 3, len(found)), 0, 85),
        azimuth_deg=(found.azimuth_deg + rng.normal(0, 8, len(found))) % 360,
    )


@st.composite
def tables(draw: st.DrawFn) -> Picks:
    kinds = st.sampled_from((*KINDS, UNKNOWN))
    row = st.tuples(st.integers(0, 100), st.integers(0, 16), st.integers(0, 35), kinds, st.sampled_from(("A", "B")))
    rows = [(0, 0, 0, UNKNOWN, "A"), (0, 0, 0, UNKNOWN, "B"), *draw(st.lists(row, max_size=15))]
    depth, dip, azimuth, kind, well = zip(*rows, strict=True)
    return Picks(1000 + np.array(depth) / 100, np.array(dip) * 5, np.array(azimuth) * 10, kind, well=well)  # type: ignore[arg-type]


def quick(ref: Picks, est: Picks) -> Report:
    return score(ref, est, hole_diameter_m=HOLE_M, chance_draws=0)


def test_an_estimate_with_skill_and_one_without() -> None:
    ref = random_picks(400, 100.0, seed=1)
    good = score(ref, jittered(ref, seed=2), hole_diameter_m=HOLE_M).get("all", "joint", 0.08)
    luck = score(ref, random_picks(400, 100.0, seed=3), hole_diameter_m=HOLE_M).get("all", "depth", 0.08)
    assert good.skill > 0.6
    assert luck.counts.f1 > 0.3  # a density of 4 a metre earns this without an image
    assert abs(luck.skill) < 0.1


@pytest.mark.parametrize(("density", "tolerance_m"), [(0.2, 0.08), (0.5, 0.05), (1.0, 0.03)])
def test_chance_follows_the_poisson_formula_where_picks_are_sparse(density: float, tolerance_m: float) -> None:
    length_m = 20_000.0
    ref = random_picks(int(density * length_m), length_m, seed=4)
    est = random_picks(int(density * length_m), length_m, seed=5)
    hole = [(1000.0, 1000.0 + length_m)]
    report = score(ref, est, hole_diameter_m=HOLE_M, tolerances_m=[tolerance_m], intervals_m=hole)
    # One estimate may take another's plane: of the order of density * tolerance, 1.6 to 3 % here.
    assert report.get("all", "depth", tolerance_m).chance.f1 == pytest.approx(
        1 - np.exp(-2 * density * tolerance_m), rel=0.05
    )


def test_chance_is_drawn_inside_the_reviewed_intervals() -> None:
    # 20 picks in 2 m: drawn over those 2 m many land on a plane, drawn over 1,000 m hardly any would.
    ref = random_picks(20, 2.0, seed=6)
    far = replace(ref[:1], depth_m=np.array([2000.0]))
    both = Picks.concatenate([ref, far])
    inside = score(both, both, hole_diameter_m=HOLE_M, intervals_m=[(1000.0, 1001.0), (1000.5, 1002.0)])
    everywhere = score(both, both, hole_diameter_m=HOLE_M)
    assert inside.wells[0].intervals_m == ((1000.0, 1002.0),)
    assert (inside.wells[0].ref_outside, inside.wells[0].est_outside) == (1, 1)
    assert inside.get("all", "depth", 0.08).chance.f1 > 0.5
    assert everywhere.get("all", "depth", 0.08).chance.f1 < 0.05


def test_one_depth_alone_proves_nothing() -> None:
    pick = Picks([10.0], [30.0], [0.0])  # type: ignore[arg-type]
    line = score(pick, pick, hole_diameter_m=HOLE_M).get("all", "depth", 0.08)
    assert (line.counts.f1, line.chance.f1) == (1.0, 1.0)
    assert np.isnan(line.skill)


def test_the_seed_decides_the_chance_and_no_draws_cost_nothing_but_the_chance() -> None:
    ref, est = random_picks(50, 10.0, seed=7), random_picks(50, 10.0, seed=8)
    first, again = (score(ref, est, hole_diameter_m=HOLE_M, seed=3) for _ in range(2))
    assert first.to_dict() == again.to_dict()
    other = score(ref, est, hole_diameter_m=HOLE_M, seed=4)
    assert first.get("all", "depth", 0.08).chance != other.get("all", "depth", 0.08).chance
    bare = quick(ref, est).get("all", "depth", 0.08)
    assert bare.counts == first.get("all", "depth", 0.08).counts
    assert np.isnan(bare.chance.f1)
    assert np.isnan(bare.skill)


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(ref=tables(), est=tables())
def test_swapping_the_sides_swaps_sensitivity_and_precision(ref: Picks, est: Picks) -> None:
    for one, other in zip(quick(ref, est).scores, quick(est, ref).scores, strict=True):
        assert one.counts.hits == other.counts.hits
        np.testing.assert_equal(one.counts.sensitivity, other.counts.precision)
        np.testing.assert_equal(one.counts.f1, other.counts.f1)


@settings(deadline=None, max_examples=30)
@given(ref=tables(), est=tables(), data=st.data())
def test_no_figure_depends_on_the_order_of_rows(ref: Picks, est: Picks, data: st.DataObject) -> None:
    ref_order = np.array(data.draw(st.permutations(range(len(ref)))), np.intp)
    est_order = np.array(data.draw(st.permutations(range(len(est)))), np.intp)
    straight = score(ref, est, hole_diameter_m=HOLE_M, chance_draws=2)
    shuffled = score(ref[ref_order], est[est_order], hole_diameter_m=HOLE_M, chance_draws=2)
    assert straight.to_dict() == shuffled.to_dict()


@settings(deadline=None, max_examples=40)
@given(ref=tables(), est=tables(), shift_m=st.integers(-900, 4000), turn_deg=st.integers(0, 35))
def test_a_shift_in_depth_and_a_turn_of_the_image_change_no_count(
    ref: Picks, est: Picks, shift_m: int, turn_deg: int
) -> None:
    def moved(picks: Picks) -> Picks:
        azimuth_deg = (picks.azimuth_deg + 10.0 * turn_deg) % 360
        return replace(picks, depth_m=picks.depth_m + shift_m, azimuth_deg=azimuth_deg)

    before, after = quick(ref, est), quick(moved(ref), moved(est))
    assert [line.counts for line in before.scores] == [line.counts for line in after.scores]


@settings(deadline=None, max_examples=30)
@given(ref=tables(), est=tables())
def test_pooled_counts_are_the_sums_over_wells_and_grow_with_the_tolerance(ref: Picks, est: Picks) -> None:
    report = quick(ref, est)
    for k, line in enumerate(report.scores):
        assert line.counts.hits == sum(well.scores[k].counts.hits for well in report.wells)
        assert line.errors.hits == line.counts.hits
    for group in ("fracture", "bedding", "all"):
        for tolerance in (0.03, 0.05, 0.08):
            hits = [report.get(group, criterion, tolerance).counts.hits for criterion in ("depth", "curve", "joint")]
            assert hits[0] == max(hits)
        for criterion in ("depth", "curve", "joint"):
            growing = [report.get(group, criterion, tolerance).counts.hits for tolerance in (0.03, 0.05, 0.08)]
            assert growing == sorted(growing)


@settings(deadline=None, max_examples=20)
@given(ref=tables(), est=tables())
def test_a_report_of_some_wells_is_the_score_of_these_alone(ref: Picks, est: Picks) -> None:
    report = quick(ref, est)
    names = [well.well for well in report.wells]
    assert report.of_wells(names).to_dict() == report.to_dict()
    for name in names:
        alone = quick(ref[np.asarray(ref.well) == name], est[np.asarray(est.well) == name])
        assert report.of_wells([name]).to_dict() == alone.to_dict()
    with pytest.raises(KeyError):
        report.of_wells(["no such well"])


def test_a_table_without_names_is_of_the_one_well_of_the_other() -> None:
    ref = random_picks(5, 5.0, seed=9, well="48/19a-C2")
    for pair in ((ref, replace(ref, well="")), (replace(ref, well=""), ref)):
        report = quick(*pair)
        assert [well.well for well in report.wells] == ["48/19a-C2"]
        assert report.get("all", "curve", 0.03, well="48/19a-C2").counts.f1 == 1


def test_wells_that_differ_are_an_error_that_names_both_sides() -> None:
    with pytest.raises(InputError, match=r"reference has wells 'A' but the picks have wells 'B'"):
        quick(random_picks(3, 5.0, seed=1, well="A"), random_picks(3, 5.0, seed=1, well="B"))
    two = Picks.concatenate([random_picks(3, 5.0, seed=1, well=name) for name in "AB"])
    with pytest.raises(InputError, match=r"'A', 'B' but the picks have wells ''"):
        quick(two, random_picks(3, 5.0, seed=1))


def test_intervals_by_well_let_a_well_lack_picks_on_one_side() -> None:
    ref, barren = random_picks(9, 5.0, seed=1, well="A"), random_picks(4, 10.0, seed=2, well="B")
    est = Picks.concatenate([ref, barren])
    report = score(ref, est, hole_diameter_m=HOLE_M, intervals_m={"A": None, "B": [(1000.0, 1020.0)]})
    assert report.get("all", "depth", 0.08, well="A").counts.f1 == 1
    assert report.get("all", "depth", 0.08, well="B").false_picks_per_m == pytest.approx(0.2)
    assert report.get("all", "depth", 0.08).counts.hits == 9
    with pytest.raises(InputError, match="intervals are given for 'A'"):
        score(ref, est, hole_diameter_m=HOLE_M, intervals_m={"A": None})


def test_each_well_may_have_its_own_hole() -> None:
    # 60 against 64 degrees: the curves are 2/pi * r * 0.318 apart, 2.0 cm in a 0.2 m hole and 6.1 cm in a 0.6 m one.
    ref = Picks([10.0, 10.0], [60.0, 60.0], [0.0, 0.0], well=np.array(["narrow", "wide"]))  # type: ignore[arg-type]
    report = score(ref, replace(ref, dip_deg=ref.dip_deg + 4), hole_diameter_m={"narrow": 0.2, "wide": 0.6})
    assert report.get("all", "curve", 0.03, well="narrow").counts.hits == 1
    assert report.get("all", "curve", 0.03, well="wide").counts.hits == 0
    with pytest.raises(InputError, match="no hole diameter is given for well 'wide'"):
        score(ref, ref, hole_diameter_m={"narrow": 0.2})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"hole_diameter_m": 8.5}, "inches are 0.2159 m"),
        ({"tolerances_m": [8]}, "give metres, 0.08 for 8 cm"),
        ({"tolerances_m": []}, "at least one tolerance"),
        ({"intervals_m": [(20.0, 10.0)]}, "found 20 to 10 m"),
        ({"intervals_m": []}, "intervals is empty"),
        ({"chance_draws": -1}, "0 or more"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(arguments: dict[str, object], message: str) -> None:
    picks = random_picks(3, 5.0, seed=1)
    with pytest.raises(InputError, match=message):
        score(picks, picks, **({"hole_diameter_m": HOLE_M} | arguments))  # type: ignore[arg-type]


def test_json_has_no_nan_and_the_text_fits_a_hundred_columns() -> None:
    ref = random_picks(300, 40.0, seed=1, well="A")
    report = score(ref, jittered(ref, seed=2), hole_diameter_m=HOLE_M)
    plain = json.loads(json.dumps(quick(Picks(), Picks()).to_dict(), allow_nan=False))
    assert plain["scores"][0]["f1"] is None
    first = json.loads(json.dumps(report.to_dict(), allow_nan=False))["scores"][0]
    assert first["f1"] == report.scores[0].counts.f1
    text = report.to_text(by_well=True)
    assert "well A" in text
    assert "nan" not in text
    assert max(len(line) for line in text.splitlines()) <= 100


def test_a_line_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="joint"):
        quick(Picks(), Picks()).get("all", "joint", 0.04)


def test_kinds_that_the_interpreter_never_named_have_no_lines() -> None:
    est = random_picks(20, 10.0, seed=3)
    named = quick(est, est).to_text()
    assert "fracture" in named
    assert "bedding" in named
    text = quick(replace(est, kind="unknown"), est).to_text()
    assert "all " in text
    assert "fracture" not in text
    assert "bedding" not in text
    assert "fracture" in quick(Picks(), est).to_text()  # in barren rock every kind is false
