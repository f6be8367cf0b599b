"""Interpreters are as far off, and miss as much, as they are said to; and the rock knows nothing of who picks it."""

import shlex
from dataclasses import replace

import numpy as np
import pytest

from geobfdt.borehole.geometry import azimuth_difference_deg, trace_depths_m
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.eval import match
from geobfdt.experiments.studies.corpora import study_sets
from geobfdt.formats.corpus import read_corpus
from geobfdt.synthetic.corpora import WellSet
from geobfdt.synthetic.interpreters import (
    LAMINA_RADII,
    Interpreter,
    Truth,
    draw_interpreter,
    draw_professional,
    interpreted,
    laminae,
)
from geobfdt.synthetic.wells import SYNTHETIC_TOOLS, synthetic_well

N = 1000
LOG = ImageLog(np.zeros((4 * N + 40, 8)), 100 + np.arange(4 * N + 40) * 0.1, 0.2159, well="W")
PLANES = Picks(102 + np.arange(N) * 0.4, np.full(N, 40.0), np.arange(N) % 360, ["bedding", "fracture"] * (N // 2))
TRUTH = Truth(PLANES, np.random.default_rng(0).uniform(1, 9, N), np.ones(N, bool))


def same(one, other):
    return one.to_frame().equals(other.to_frame())


@pytest.mark.parametrize(
    "who",
    [
        Interpreter(),
        Interpreter(depth_sd_m=0.015, depth_bias_m=-0.01),
        Interpreter(dip_sd_deg=1.5, azimuth_sd_deg=4.0),
        Interpreter(0.02, 2.0, 5.0, 0.015, 0.12),
    ],
)
def test_errors_have_the_spread_and_the_bias_that_is_asked_for(who):
    picks = interpreted(TRUTH, LOG, who, 7)
    pairs = match(PLANES, picks, "depth", 0.15, hole_diameter_m=LOG.hole_diameter_m)
    assert len(pairs) == len(picks)
    true, made = PLANES[pairs.ref], picks[pairs.est]
    depth_m, dip_deg = made.depth_m - true.depth_m, made.dip_deg - true.dip_deg
    azimuth_deg = azimuth_difference_deg(made.azimuth_deg, true.azimuth_deg)
    for errors, mean, spread in (
        (depth_m, who.depth_bias_m, who.depth_sd_m),
        (dip_deg, 0.0, who.dip_sd_deg),
        (azimuth_deg, 0.0, who.azimuth_sd_deg),
    ):
        assert errors.std() == pytest.approx(spread, rel=0.1, abs=1e-9)
        assert errors.mean() == pytest.approx(mean, abs=4 * spread / np.sqrt(len(errors)) + 1e-9)
    assert len(picks) / N == pytest.approx(1 - who.missed, abs=0.04 if who.missed else 0)
    assert (made.kind == true.kind).all()


def test_the_faintest_planes_are_missed_most_and_faint_ones_are_left_to_who_picks_all():
    seen = np.zeros(N)
    for seed in range(40):
        seen += np.isin(PLANES.depth_m, interpreted(TRUTH, LOG, Interpreter(missed=0.2), seed).depth_m)
    missed = 1 - seen / 40
    order = np.argsort(TRUTH.strength)
    assert missed[order[: N // 10]].mean() == pytest.approx(0.38, abs=0.04)
    assert missed[order[-N // 10 :]].mean() == pytest.approx(0.02, abs=0.01)
    faint = replace(TRUTH, picked=TRUTH.strength > 2)
    assert len(interpreted(faint, LOG, Interpreter(), 0)) == faint.picked.sum()


def test_a_professional_picks_the_strongest_few_and_none_too_close():
    few = interpreted(TRUTH, LOG, Interpreter(most_per_m=1.0), 0)
    assert len(few) == pytest.approx(LOG.rows * LOG.row_step_m, abs=1)
    for kind in ("bedding", "fracture"):
        of_kind = np.asarray(PLANES.kind) == kind
        left_out = of_kind & ~np.isin(PLANES.depth_m, few.depth_m)
        assert TRUTH.strength[of_kind & ~left_out].min() >= TRUTH.strength[left_out].max() - 0.05
    apart = interpreted(TRUTH, LOG, Interpreter(least_apart_m=0.7), 0)
    assert np.diff(apart.depth_m).min() >= 0.7
    assert len(apart) > 0.3 * N
    named = interpreted(TRUTH, LOG, Interpreter(all_beds=True), 0)
    assert len(named) == N
    assert set(named.kind) == {"bedding"}


def test_professionals_differ_in_how_many_they_pick():
    who = [draw_professional(seed) for seed in range(200)]
    most = np.array([one.most_per_m for one in who])
    assert 2 <= most.min() < 3
    assert 12 < most.max() <= 15
    assert 0.15 < np.mean([one.all_beds for one in who]) < 0.35
    assert replace(who[0], most_per_m=np.inf, least_apart_m=0.0, all_beds=False) == draw_interpreter(0)
    (well,) = WellSet(1, 3.0, picked="professionals", tools=("optical_televiewer",)).draw()
    assert 0 < len(well.picks) <= 15 * 3.1


def test_planes_lie_the_other_way_where_an_error_turns_them_over():
    level = replace(TRUTH, planes=replace(PLANES, dip_deg=np.zeros(N)))
    dips = interpreted(level, LOG, Interpreter(dip_sd_deg=1.0), 0)
    assert (dips.dip_deg >= 0).all()
    turned = np.abs(azimuth_difference_deg(dips.azimuth_deg, PLANES.azimuth_deg)) > 179
    assert 0.4 < turned.mean() < 0.6


def laminated(dip_deg, azimuth_deg, spacing_m, contrast=1.0):
    """A log of 2 m whose laminae are laid along one plane, and the depths of their boundaries."""
    rng = np.random.default_rng(1)
    depth_m = 50 + np.arange(1000) * 0.002
    log = ImageLog(rng.normal(size=(1000, 90)), depth_m, 0.2159, well="L")
    down = depth_m[:, None] - trace_depths_m(0.0, dip_deg, azimuth_deg, 0.2159, log.column_azimuths_deg)
    band = np.floor((down - 50) / spacing_m)
    return replace(log, image=log.image + contrast * (band % 2)), 50 + np.arange(0, 2 / spacing_m) * spacing_m


def test_laminae_are_found_along_the_beds_where_the_image_steps():
    log, boundaries_m = laminated(35.0, 120.0, 0.05)
    beds = Picks([50.2, 51.8], [35.0, 35.0], [120.0, 120.0], kind="bedding", well="L")
    found = laminae(log, beds)
    middle = found.within([(50.2, 51.8)])
    apart_m = np.abs(middle.depth_m[:, None] - boundaries_m).min(1)
    assert np.median(apart_m) < 0.002
    assert (apart_m < 0.01).mean() > 0.85
    assert len(middle) == pytest.approx(1.6 / 0.05, abs=4)
    np.testing.assert_allclose(found.dip_deg, 35.0)
    np.testing.assert_allclose(found.azimuth_deg, 120.0)
    assert np.abs(found.depth_m[:, None] - beds.depth_m).min() > LAMINA_RADII * log.radius_m / 2


def test_no_lamina_is_laid_where_the_image_shows_none():
    log, _ = laminated(35.0, 120.0, 0.05, contrast=0.0)
    assert len(laminae(replace(log, image=np.tile(np.linspace(0, 1, 90), (1000, 1))), Picks())) == 0
    assert len(laminae(log, Picks())) < 0.4 * len(laminae(laminated(0.0, 0.0, 0.03)[0], Picks()))


def test_the_image_is_the_same_whoever_picks_and_who_picks_every_lamina_picks_many_more():
    exact = synthetic_well("w", 6.0, 13, tool="microresistivity_8_pads")
    one, again, every = (
        synthetic_well("w", 6.0, 13, tool="microresistivity_8_pads", interpreter=draw_interpreter(3, every_lamina))
        for every_lamina in (False, False, True)
    )
    for well in (one, every):
        np.testing.assert_array_equal(well.log.image, exact.log.image)
        assert len(well.picks.within([(well.log.top_m, well.log.base_m)])) == len(well.picks)
    assert same(one.picks, again.picks)
    assert not same(one.picks, exact.picks)
    assert len(one.picks) <= len(exact.picks)
    assert len(every.picks) > 2 * len(exact.picks)
    assert len(every.picks.of_kind("fracture")) == len(exact.picks.of_kind("fracture"))


def test_every_well_of_a_set_has_an_interpreter_of_its_own_and_tools_take_turns():
    tools = ("acoustic_televiewer", "slim_microresistivity")
    exact = list(WellSet(4, 2.0, seed=5, tools=tools).draw())
    made = list(WellSet(4, 2.0, seed=5, tools=tools, picked="interpreters", split="val").draw())
    assert [well.log.columns for well in made] == [SYNTHETIC_TOOLS[tool].columns for tool in 2 * tools]
    assert {well.split for well in made} == {"val"}
    bias = []
    for well, true in zip(made, exact, strict=True):
        np.testing.assert_array_equal(well.log.image, true.log.image)
        pairs = match(true.picks, well.picks, "depth", 0.08, hole_diameter_m=well.log.hole_diameter_m)
        bias.append(np.median(well.picks.depth_m[pairs.est] - true.picks.depth_m[pairs.ref]))
    assert len({draw_interpreter(seed) for seed in range(20)}) == 20
    assert np.ptp(bias) > 0.005


def test_the_commands_of_a_study_write_its_wells(run, tmp_path):
    """Of every set but the first two wells: they are drawn one after the other."""
    path = tmp_path / "study.h5"
    sets = [replace(wells, wells=min(wells.wells, 2)) for wells in study_sets(seed=2, length_m=1.0)]
    for number, wells in enumerate(sets):
        program, *words = shlex.split(wells.command(str(path), append=number > 0))
        assert program == "geobfdt"
        assert run(*words)[0] == 0
    drawn = [well for wells in sets for well in wells.draw()]
    for one, other in zip(read_corpus(path), drawn, strict=True):
        assert (one.log.well, one.split) == (other.log.well, other.split)
        np.testing.assert_array_equal(one.log.image, other.log.image)
        assert same(one.picks, other.picks)


def test_a_study_trains_on_fifteen_wells_the_last_with_every_lamina():
    sets = study_sets(seed=1)
    assert [(wells.wells, wells.split, wells.picked) for wells in sets] == [
        (14, "train", "interpreters"),
        (1, "train", "every_lamina"),
        (2, "val", "exact"),
        (4, "test", "exact"),
    ]
    seeds = [wells.seed for seed in range(3) for wells in study_sets(seed)]
    assert len(set(seeds)) == len(seeds)


def test_wells_of_a_seed_that_a_corpus_holds_already_are_refused(run, tmp_path):
    path = tmp_path / "c.h5"
    assert run("synth", path, "--length", 1)[0] == 0
    code, _, told = run("synth", path, "--length", 1, "--append")
    assert code == 2
    assert "synthetic ones by --seed" in told
    assert run("synth", path, "--length", 1, "--append", "--seed", 1, "--split", "train")[0] == 0
    assert [well.split for well in read_corpus(path)] == ["test", "train"]
