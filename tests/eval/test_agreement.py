"""Agreement of two interpreters: shares, offsets, spreads and names that are planted in simulated ones come back."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geobfdt.borehole.geometry import plane_from_pole, poles
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.eval import score
from geobfdt.eval.agreement import agreement
from geobfdt.eval.estimates import kappa, wilson
from geobfdt.formats import write

HOLE_M = 0.2159
KINDS = ("fracture", "bedding")


def interpreters(seed, count=200, length_m=100.0, share=0.75, offset_m=0.0, depth_sd_m=0.02, pole_sd_deg=3.0, same=0.9):
    """Two tables in no order: of the one's planes the other has that share, displaced and named a little otherwise, and
    on average as many others instead of the rest. And the share in common that was drawn.
    """
    rng = np.random.default_rng(seed)

    def planes(n):
        depth_m = rng.uniform(1000, 1000 + length_m, n)
        return Picks(depth_m, rng.uniform(0, 80, n), rng.uniform(0, 360, n), rng.choice(KINDS, n), well="A")

    one = planes(count)
    common = rng.uniform(size=count) < share
    pole = poles(one.dip_deg, one.azimuth_deg)
    off = np.tan(np.radians(pole_sd_deg)) * rng.normal(size=(count, 3))
    off -= (off * pole).sum(1, keepdims=True) * pole  # along the sphere
    dip_deg, azimuth_deg = plane_from_pole(pole + off)
    kind = np.where(rng.uniform(size=count) < same, one.kind, rng.choice(KINDS, count))
    near = Picks(one.depth_m + depth_sd_m * rng.normal(size=count), dip_deg, azimuth_deg, kind, well="A")[common]
    own = planes(rng.poisson(count * (1 - share)))
    other = Picks.concatenate([near, own])
    other = replace(other, depth_m=other.depth_m + offset_m)
    return one, other[rng.permutation(len(other))], 2 * len(near) / (count + len(other))


def found(one, other, **more):
    return agreement(one, other, hole_diameter_m=HOLE_M, **({"chance_draws": 3} | more))


@pytest.mark.parametrize("offset_m", [0.0, 0.04, -0.12, 0.31, -0.45])
@pytest.mark.parametrize(("count", "length_m"), [(200, 100.0), (150, 20.0)])
def test_a_planted_offset_comes_back_within_its_error_and_the_share_with_it(offset_m, count, length_m):
    for seed in range(5):
        one, other, share = interpreters(seed, count, length_m, offset_m=offset_m)
        told = found(one, other)
        assert abs(told.offset.depth_m - offset_m) < max(3.5 * told.offset.error_m, 1e-3)
        assert 0.001 < told.offset.error_m < 0.004
        assert told.shared("joint").share.value == pytest.approx(share, abs=0.06)
        if abs(offset_m) > 0.1:
            assert told.shared("joint", after=False).share.value < share / 2


@pytest.mark.parametrize("offset_m", [0.0, 0.12])
@pytest.mark.parametrize(("depth_sd_m", "pole_sd_deg"), [(0.01, 1.5), (0.02, 3.0), (0.03, 3.0)])
def test_planted_spreads_come_back(offset_m, depth_sd_m, pole_sd_deg):
    one, other, _ = interpreters(1, 800, 400.0, offset_m=offset_m, depth_sd_m=depth_sd_m, pole_sd_deg=pole_sd_deg)
    spread = found(one, other).spread
    assert spread.depth_sd_m == pytest.approx(depth_sd_m, rel=0.12)
    assert spread.depth_median_m == pytest.approx(0.6745 * depth_sd_m, rel=0.12)
    assert spread.depth_p95_m == pytest.approx(1.96 * depth_sd_m, rel=0.15)
    assert spread.pole_sd_deg == pytest.approx(pole_sd_deg, rel=0.1)
    assert spread.pole_p95_deg == pytest.approx(2.448 * pole_sd_deg, rel=0.15)
    assert abs(spread.dip_offset_deg) < 1.0  # of nearly level planes any error makes the dip larger
    assert abs(spread.azimuth_offset_deg) < 1.0


def test_the_interval_holds_the_planted_share_19_times_in_20():
    """A few chance matches included, which are worth a hundredth here."""
    held = 0
    for seed in range(200):
        one, other, _ = interpreters(seed, 120, 240.0, share=0.7)
        share = found(one, other, chance_draws=0).shared("joint").share
        held += share.low <= 0.7 + 0.01 <= share.high
    assert 182 <= held <= 199


def test_the_error_of_the_offset_is_the_scatter_of_offsets():
    offsets, errors = [], []
    for seed in range(100):
        offset = found(*interpreters(seed, 100, 100.0, offset_m=0.07)[:2], chance_draws=0).offset
        offsets.append(offset.depth_m)
        errors.append(offset.error_m)
    assert np.mean(offsets) == pytest.approx(0.07, abs=0.001)
    assert np.std(offsets) == pytest.approx(np.median(errors), rel=0.25)


def test_patchy_agreement_has_a_wider_interval():
    """The same planes in common, all in the upper half of the hole or anywhere."""
    one, other, _ = interpreters(3, 300, 300.0, share=1.0)
    rng = np.random.default_rng(0)
    apart = replace(other, dip_deg=np.full(300, 85.0), azimuth_deg=rng.uniform(0, 360, 300))
    rows = np.argsort(other.depth_m)
    patchy = Picks.concatenate([other[rows[:150]], apart[rows[150:]]])
    even = Picks.concatenate([other[rows[::2]], apart[rows[1::2]]])
    widths = []
    for mixed in (patchy, even):
        share = found(one, mixed, chance_draws=0).shared("joint").share
        assert share.value == pytest.approx(0.5, abs=0.03)
        widths.append(share.high - share.low)
    assert widths[0] > 2 * widths[1]


def test_nothing_in_common_is_told_from_chance():
    one, other, _ = interpreters(0, 200, 20.0, share=0.0)
    told = found(one, other, chance_draws=20)
    assert not told.beyond_chance
    assert "No more planes are in common than at random depths" in told.to_text()
    joint = told.shared("joint")
    assert joint.chance == pytest.approx(joint.share.value, abs=0.03)
    # An offset that may be chosen finds more than none does.
    assert joint.chance > told.shared("joint", after=False).chance
    assert found(*interpreters(0, 200, 20.0)[:2]).beyond_chance


def test_shares_and_chance_before_the_offset_are_those_of_the_scorer():
    one, other, _ = interpreters(4, 150, 20.0)
    intervals = [(1002.0, 1007.0), (1009.0, 1019.0)]
    told = agreement(one, other, hole_diameter_m=HOLE_M, intervals_m=intervals, seed=3)
    report = score(one, other, hole_diameter_m=HOLE_M, intervals_m=intervals, seed=3)
    for line in told.before:
        scored = report.get("all", line.criterion, 0.08)
        assert line.common == scored.counts.hits
        assert line.share.value == pytest.approx(scored.counts.f1)
        assert (line.of_one.value, line.of_other.value) == pytest.approx(
            (scored.counts.sensitivity, scored.counts.precision)
        )
        assert line.chance == pytest.approx(scored.chance.f1)
        assert line.skill == pytest.approx(scored.skill)
    assert told.length_m == pytest.approx(15.0)
    assert told.per_m == pytest.approx((told.n_one / 15, told.n_other / 15))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), offset_m=st.floats(-0.3, 0.3))
def test_sides_change_places(seed, offset_m):
    one, other, _ = interpreters(seed, 60, 30.0, offset_m=offset_m)
    way, back = found(one, other, chance_draws=0), found(other, one, chance_draws=0)
    assert back.offset.depth_m == pytest.approx(-way.offset.depth_m, abs=5e-3)
    assert back.naming.agree.value == pytest.approx(way.naming.agree.value, abs=0.05)
    for line in way.before:
        same = back.shared(line.criterion, after=False)
        assert (same.common, same.share) == (line.common, line.share)
        assert (same.of_one, same.of_other) == (line.of_other, line.of_one)


def test_orders_and_depths_of_the_tables_do_not_matter():
    one, other, _ = interpreters(5)
    told = found(one, other)
    rng = np.random.default_rng(1)
    assert found(one[rng.permutation(len(one))], other[rng.permutation(len(other))]) == told
    deeper = (replace(picks, depth_m=picks.depth_m + 3000.0) for picks in (one, other))
    assert found(*deeper).shared("joint").common == told.shared("joint").common


def test_names_are_told_apart_from_planes():
    one, other, _ = interpreters(6, 1000, 500.0, same=0.8)
    naming = found(one, other).naming
    # A fifth is named anew by the toss of a coin.
    assert naming.agree.value == pytest.approx(0.9, abs=0.03)
    assert naming.kappa.value == pytest.approx(0.8, abs=0.05)
    assert naming.kappa.low < 0.8 < naming.kappa.high
    unnamed = found(one, replace(other, kind="unknown")).naming
    assert unnamed.named == 0
    assert sum(row[2] for row in unnamed.table) == sum(map(sum, unnamed.table)) > 500
    beds = found(one, replace(other, kind="bedding")).naming
    assert np.isnan(beds.kappa.value)
    assert beds.agree.value == pytest.approx(0.5, abs=0.06)


def test_kappa_is_that_of_the_textbook():
    """Fleiss, Levin and Paik, Statistical methods for rates and proportions: 20, 5, 10, 15 give 0.4."""
    told = kappa(np.array([[20, 5], [10, 15]]))
    assert told.value == pytest.approx(0.4)
    assert told.high - told.value == pytest.approx(1.96 * np.sqrt(0.7 * 0.3 / 50) / 0.5, rel=1e-4)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (7, 10, 0.3968, 0.8922), (10, 10, 0.7225, 1.0)]
)
def test_wilson_is_that_of_the_tables(hits, of, low, high):
    told = wilson(hits, of)
    assert (told.low, told.high) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_planes_tell_little_and_break_nothing(count):
    one, other, _ = interpreters(0)
    for sides in ((one[:count], other), (one, other[:count]), (one[:count], other[:count])):
        told = found(*sides)
        assert np.isnan(told.offset.depth_m)
        assert json.loads(json.dumps(told.to_dict(), allow_nan=False))["offset"]["depth_m"] is None
        told.to_text()


def test_text_fits_a_screen_and_figures_are_plain():
    one, other, _ = interpreters(2, offset_m=0.12)
    told = found(one, other)
    text = told.to_text("A. N. Interpreter of a house with a very long name", "B")
    assert max(map(len, text.splitlines())) <= 100
    assert "12.0 cm" in text or "11.9 cm" in text
    assert "B is deeper" in text
    figures = json.loads(json.dumps(told.to_dict(), allow_nan=False))
    assert figures["after"]["joint"]["common"] == told.shared("joint").common
    assert figures["naming"]["kinds"] == ["fracture", "bedding", "unknown"]


def test_several_wells_are_refused():
    one, other, _ = interpreters(0)
    two = replace(one, well=np.where(np.arange(len(one)) < 50, "A", "B"))
    with pytest.raises(InputError, match="told of one log"):
        found(two, other)


def test_the_command_tells_it_as_text_and_as_json(run, tmp_path):
    one, other, _ = interpreters(0, offset_m=0.12)
    for picks, name in ((one, "one.csv"), (other, "other.csv")):
        write(picks, tmp_path / name)
    said = ["score", tmp_path / "other.csv", tmp_path / "one.csv", "--hole-diameter", HOLE_M, "--reference", "north"]
    code, out, err = run(*said, "--agreement")
    assert code == 0, err
    assert "Agreement of two interpreters" in out
    assert "picks is deeper than interpreter" in out
    code, out, _ = run(*said, "--agreement", "--json")
    assert json.loads(out)["agreement"]["offset"]["depth_m"] == pytest.approx(0.12, abs=0.01)
    assert "agreement" not in json.loads(run(*said, "--json")[1])
