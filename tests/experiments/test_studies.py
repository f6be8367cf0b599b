"""Studies: rows that can be run, trials that are run once, verdicts that follow from the figures, and a page."""

import csv
import hashlib
import json
import math
import multiprocessing
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.experiments.studies import measures as m
from geobfdt.experiments.studies.budget import BUDGETS
from geobfdt.experiments.studies.catalogue import BACKBONE, SCHEDULE, SPLIT, STUDIES
from geobfdt.experiments.studies.corpora import (
    CHANGING,
    ODD_PATCHES,
    STUDY_TOOLS,
    WELLS,
    corpus_file,
    is_seen,
    make_corpora,
    metres_of,
    trained_on,
)
from geobfdt.experiments.studies.heads import HEADS
from geobfdt.experiments.studies.outcome import Labels, Outcome, Pixels, Tally, WellTally, pooled
from geobfdt.experiments.studies.page import Results, write_page, write_study
from geobfdt.experiments.studies.run import run_studies
from geobfdt.experiments.studies.study import Claim, Spread, judged
from geobfdt.experiments.studies.trial import off_by, run_trial, trials_of
from geobfdt.formats.corpus import write_corpus
from geobfdt.model.checkpoint import load_weights
from geobfdt.synthetic.changing import MOST_RADII, ROCKS
from geobfdt.synthetic.corpora import WellSet
from geobfdt.synthetic.wells import SYNTHETIC_TOOLS
from geobfdt.training.config import changed
from tests.forked import PATIENCE_S, ended, forked, session_gone

SMALL, FORK = BUDGETS["small"], multiprocessing.get_context("fork")


def tally(n_ref=10, n_est=10, hits=5):
    return Tally(n_ref=n_ref, n_est=n_est, hits=hits, chance_hits=1.0)


def well(name, seen=False, **counts):
    by_group = {group: tally(**counts) for group in ("all", "fracture", "bedding")}
    return WellTally(
        well=name, seen=seen, metres=5.0, joint=by_group, depth=by_group, off_by=dict.fromkeys(by_group, 2)
    )


def outcome(*wells, **figures):
    return Outcome(wells=wells, parameters=1, windows=1, seconds=1.0, machine="a machine", **figures)


# --- the catalogue ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("budget", BUDGETS.values(), ids=BUDGETS)
@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)
def test_every_row_is_a_run_and_every_claim_names_rows(study, budget):
    labels = [row.label for row in study.rows]
    assert len(set(labels)) == len(labels)
    assert {claim.better for claim in study.claims} | {claim.worse for claim in study.claims} <= set(labels)
    assert study.claims
    assert len(budget.seeds) >= 3
    keys = [frozenset(t.key for seed in trials_of(study, row, budget) for t in seed) for row in study.rows]
    assert len(set(keys)) == len(keys) or study is SPLIT, "two rows would run the same trials"
    for row in study.rows:
        assert [seed[0].config.seed for seed in trials_of(study, row, budget)] == list(budget.seeds)


def test_the_study_of_the_leak_scores_one_training_twice():
    seen, unseen = (trials_of(SPLIT, row, SMALL) for row in SPLIT.rows)
    assert [[t.key for t in seed] for seed in seen] == [[t.key for t in seed] for seed in unseen]


def test_a_trial_that_two_studies_ask_for_is_run_once():
    ours = {
        study.name: {t.key for row in study.rows for s in trials_of(study, row, SMALL) for t in s} for study in STUDIES
    }
    assert len(ours["backbone"] & ours["wells"] & ours["kinds"] & ours["parametrisation"]) == len(SMALL.seeds)


def test_rows_of_other_heads_differ_by_what_they_start_from():
    frozen, tuned, scratch = (HEADS.rows[k] for k in (0, 3, 6))
    (one,), *_ = trials_of(HEADS, frozen, SMALL)
    assert (one.init, one.config.freeze, one.config.model.classes) == ("bundled", "encoder", tuple(ROCKS))
    assert one.config.model.width == load_weights().network.config.width
    (other,), *_ = trials_of(HEADS, tuned, SMALL)
    (new,), *_ = trials_of(HEADS, scratch, SMALL)
    assert (other.init, other.config.freeze, new.init) == ("bundled", "none", "")
    assert new.key != replace(new, init="bundled").key


def test_keys_that_came_later_decide_where_they_change_something_and_nowhere_else():
    """As a trial was named before there was any of them, it is found."""
    trial = trials_of(BACKBONE, BACKBONE.rows[0], SMALL)[0][0]
    config = trial.config.model_dump(by_alias=True)
    del config["compile"], config["freeze"], config["model"]["classes"]
    then = json.dumps({"config": config, "corpus": "wells", "well_m": 12.0}, sort_keys=True)
    assert trial.key == hashlib.sha256(then.encode()).hexdigest()[:12]
    for change in ("compile=graphs", "freeze=encoder", "model.classes=[sand,shale]", "patience=999"):
        assert replace(trial, config=changed(trial.config.model_dump(), [change], "")).key != trial.key


def test_the_published_page_holds_every_study_that_was_run():
    docs = Path(__file__).parents[2] / "docs"
    tables = {file.stem for file in (docs / "studies").glob("*.csv")}
    assert {one.name for one in STUDIES if Results.read(one, SMALL, docs / "studies") is not None} == tables


# --- figures and verdicts --------------------------------------------------------------------------------------------


def test_a_claim_is_judged_by_the_spread_of_the_seeds():
    claim = Claim("one is better", "one", "two", m.JOINT)
    high, low, wide = Spread((0.80, 0.81, 0.82)), Spread((0.60, 0.61, 0.62)), Spread((0.2, 0.7, 1.0))
    assert judged(claim, high, low).word == "held"
    assert judged(claim, low, high).word == "contradicted"
    assert judged(claim, high, wide).word == "undecided"
    assert judged(claim, high, high).word == "undecided"
    assert judged(replace(claim, measure=m.CLASS_ERROR), high, low).word == "contradicted", (
        "a low error is the better one"
    )


def test_one_seed_and_figures_that_nobody_knows_decide_nothing():
    claim = Claim("one is better", "one", "two", m.JOINT)
    assert judged(claim, Spread((0.9,)), Spread((0.1, 0.1, 0.1))).word == "undecided"
    unknown = judged(claim, Spread.of([math.nan] * 3), Spread((0.1, 0.2, 0.3)))
    assert unknown.word == "undecided"
    assert "does not exist" in unknown.sentence
    assert Spread.of([math.nan, 0.5, 0.7]).text(2) == "0.60 ± 0.14"


def test_wells_are_pooled_by_their_counts_and_patches_by_whether_their_well_was_seen():
    one, other = outcome(well("a", True, hits=9), well("b")), outcome(well("c", True, n_ref=90, hits=10))
    assert m.JOINT.of(pooled([one, other])) == pytest.approx(2 * 24 / (110 + 30))
    assert m.JOINT.of(pooled([one, other], seen=True)) == pytest.approx(2 * 19 / (100 + 20))
    assert m.JOINT.of(pooled([one, other], seen=False)) == 0.5


def test_intensity_is_one_minus_the_differences_of_counts_in_bins_of_a_metre():
    """Of 4 planes 3 lie in the first metre, 1 in the third; of 3 picks 2 in the first, 1 in the second: off by 3."""
    log = ImageLog(np.zeros((500, 8), np.float32), 100.005 + 0.01 * np.arange(500), 0.2)
    truth, found = (
        Picks(np.array(depths_m), 10.0, 0.0, kind="bedding")
        for depths_m in ([100.2, 100.4, 100.9, 102.5], [100.3, 100.5, 101.5])
    )
    truth_well = Well(log, truth)
    assert off_by(truth_well, found, "all") == off_by(truth_well, found, "bedding") == 3
    assert off_by(truth_well, found, "fracture") == 0
    counted = well("a", n_ref=4).model_copy(update={"off_by": {"all": 3, "fracture": 0, "bedding": 3}})
    assert m.intensity("all").of(outcome(counted)) == pytest.approx(25)


def test_pixels_are_counted_by_class_and_accuracy_hides_what_f1_shows():
    """Nothing but background found where 4 pixels in 100 are traces."""
    blind = outcome(pixels=Pixels(right=(96, 0, 0), wrong=(4, 0, 0), missed=(0, 2, 2)))
    assert m.PIXEL_ACCURACY.of(blind) == 0.96
    assert m.PIXEL_F1.of(blind) == 0
    assert m.of_pixels("recall", "fracture").of(blind) == 0
    assert m.of_pixels("IoU", "background").of(blind) == 0.96
    assert m.FOREGROUND.of(blind) == 0
    assert m.TRUE_FOREGROUND.of(blind) == pytest.approx(4)


def test_an_outcome_survives_its_file_with_figures_that_are_unknown():
    written = outcome(well("a"), class_error=math.nan, warnings=("something",))
    read = Outcome.model_validate_json(written.model_dump_json())
    assert math.isnan(read.class_error)
    assert read.wells == written.wells
    assert read.warnings == ("something",)


def test_labels_are_counted_by_class_beside_what_the_commonest_alone_earns():
    """Of 10 windows 6 are massive, 4 bedded; 5 and 1 are called what they are."""
    called = outcome(labels=Labels(names=("massive", "bedded"), windows=((5, 1), (3, 1))))
    assert m.ACCURACY.of(called) == 0.6
    assert m.f1_of_label("massive").of(called) == pytest.approx(10 / 14)
    assert m.f1_of_label("bedded").of(called) == pytest.approx(2 / 6)
    assert m.MACRO_F1.of(called) == pytest.approx((10 / 14 + 2 / 6) / 2)
    assert m.ACCURACY.chance(called) == 0.6
    assert m.f1_of_label("massive").chance(called) == pytest.approx(12 / 16)
    assert m.f1_of_label("bedded").chance(called) == 0
    assert m.MACRO_F1.chance(called) == pytest.approx(12 / 32)
    assert math.isnan(m.ACCURACY.of(outcome(well("a"))))
    assert Outcome.model_validate_json(called.model_dump_json()).labels == called.labels


# --- the page --------------------------------------------------------------------------------------------------------


def planted(study, budget, folder):
    """Outcomes of all trials of a study, of which deeper backbones find more."""
    for row_number, row in enumerate(study.rows):
        for seed_number, seed in enumerate(trials_of(study, row, budget)):
            for trial in seed:
                hits = 40 + 10 * row_number + seed_number
                found = outcome(well("a", n_ref=100, n_est=100, hits=hits), class_error=5.0)
                trial.outcome_file(folder).parent.mkdir(parents=True, exist_ok=True)
                trial.outcome_file(folder).write_text(found.model_dump_json())


def test_the_page_says_what_the_outcomes_say(tmp_path):
    planted(BACKBONE, SMALL, tmp_path / "studies")
    table, figures, plot = write_study(BACKBONE, SMALL, tmp_path / "studies")
    page = write_page(tmp_path, SMALL, STUDIES).read_text()
    assert "| ResNet-34 | 0.710 ± 0.010 [0.01]" in page
    assert "ResNet-10 finds planes better than ResNet-34” is contradicted" in page
    assert "0 held, 2 are contradicted and 3 are undecided" in page
    assert f"]({plot.parent.name}/{plot.name})" in page
    assert "0.710 ± 0.010" in table.read_text()
    rows = list(csv.DictReader(figures.open()))
    assert [float(row["joint F1"]) for row in rows[-3:]] == pytest.approx([0.70, 0.71, 0.72])
    assert float(rows[0]["joint F1 by chance"]) == pytest.approx(0.01)
    assert rows[0]["trials"] == trials_of(BACKBONE, BACKBONE.rows[0], SMALL)[0][0].key
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_a_study_with_a_trial_missing_is_not_written(tmp_path):
    planted(BACKBONE, SMALL, tmp_path / "studies")
    trials_of(BACKBONE, BACKBONE.rows[2], SMALL)[1][0].outcome_file(tmp_path / "studies").unlink()
    assert Results.read(BACKBONE, SMALL, tmp_path / "studies") is None
    assert write_study(BACKBONE, SMALL, tmp_path / "studies") == []


def test_the_page_names_the_studies_of_the_rock_before_it_had_thin_beds(tmp_path):
    planted(BACKBONE, SMALL, tmp_path / "studies")
    assert "The figures of backbone were recorded before" in write_page(tmp_path, SMALL, STUDIES).read_text()
    for file in (tmp_path / "studies" / "trials").iterdir():
        found = Outcome.model_validate_json(file.read_text())
        file.write_text(found.model_copy(update={"thin_beds": True}).model_dump_json())
    assert "were recorded before" not in write_page(tmp_path, SMALL, STUDIES).read_text()


# --- running them ----------------------------------------------------------------------------------------------------

NET = {"width": 4, "channels": 16, "heads": 2, "feed_forward": 16, "encoder_layers": 1, "decoder_layers": 1}
NET |= {"queries": 6, "curve_channels": 8, "decoder": "curve", "target": "vector"}


def studying_apart():
    """The same in a session of its own, by which its workers are known when it is gone."""
    os.setsid()
    studying()


def studying():
    """Four short trials."""
    short = SMALL.config | {"epochs": 2, "steps_per_epoch": 2, "batch": 2, "model": NET}
    study = replace(SCHEDULE, rows=SCHEDULE.rows[:2], claims=SCHEDULE.claims[1:2])
    run_studies(
        [study], Path("out"), replace(SMALL, well_m=1.0, seeds=(0, 1), config=short), device="cpu", wandb_mode="off"
    )


@pytest.mark.slow
def test_studies_that_are_killed_go_on_with_what_is_left(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    trials = tmp_path / "out" / "studies" / "trials"
    with monkeypatch.context() as forking:  # the workers of the one that is killed, too, have torch from their start
        forking.setattr("multiprocessing.get_context", lambda method: FORK)
        running = forked(studying_apart, said=tmp_path / "said.txt")
    deadline = time.monotonic() + 2 * PATIENCE_S
    while not list(trials.glob("*.json")) and time.monotonic() < deadline and not ended(running, 0.02):
        pass
    running.kill()
    running.join()
    assert list(trials.glob("*.json")), (tmp_path / "said.txt").read_text()
    assert session_gone(running.pid), "nobody goes on with a trial that the next run goes on with"
    (first, *_) = sorted(trials.glob("*.json"), key=os.path.getmtime)
    written = first.stat().st_mtime_ns
    monkeypatch.setattr("geobfdt.experiments.studies.run.processors", lambda: 1)
    studying()
    assert first.stat().st_mtime_ns == written, "what was done is not done again"
    assert len(list(trials.glob("*.json"))) == 4
    table = (tmp_path / "out" / "studies" / "schedule.md").read_text()
    assert "“a cosine alone beats a step that never acts”" in table


@pytest.mark.slow
def test_patches_are_seen_where_others_of_their_well_are_trained_on(tmp_path):
    make_corpora({ODD_PATCHES}, 5.0, tmp_path)
    trained = trained_on(corpus_file(ODD_PATCHES, 5.0, tmp_path))
    assert len(trained) == 7
    assert is_seen("synth-0-1 test patches", trained)
    assert not is_seen("synth-0-2 test patches", trained)
    assert not is_seen("synth-3-1", trained)


def test_every_well_of_changing_rock_holds_every_label(tmp_path):
    """In the widest hole of a tool, too, where a stretch is of up to 9.3 m."""
    for tool in STUDY_TOOLS:
        radius_m = max(SYNTHETIC_TOOLS[tool].hole_diameters_m) / 2
        assert metres_of(CHANGING, 12.0) > len(ROCKS) * MOST_RADII * radius_m
    assert metres_of(CHANGING, 60.0) == 60.0
    assert metres_of(WELLS, 12.0) == 12.0
    assert corpus_file(CHANGING, 12.0, tmp_path).name == "wells-of-changing-rock-40m.h5"


@pytest.mark.slow
def test_a_head_of_classes_is_trained_and_counted(tmp_path):
    """All of it, from weights that were trained for planes to the windows of each label, of two small wells."""
    file = corpus_file(CHANGING, 12.0, tmp_path)
    file.parent.mkdir()
    alike = WellSet(1, 12.0, tools=("acoustic_televiewer",), planes="changing")
    sets = [replace(alike, seed=seed, split=split) for seed, split in ((2, "train"), (4, "test"))]
    write_corpus(file, [drawn for one in sets for drawn in one.draw()])
    row = HEADS.rows[0]
    short = replace(row, changes=(*row.changes, "epochs=1", "steps_per_epoch=1", "batch=4"))
    (trial,) = trials_of(HEADS, short, replace(SMALL, seeds=(0,)))[0]
    run_trial(trial, tmp_path / "studies", tmp_path, torch.device("cpu"), "off")
    found = trial.outcome(tmp_path / "studies")
    assert found.labels.names == tuple(ROCKS)
    assert found.labels.confusion.total > 20
    assert found.thin_beds
    learnt = load_weights(tmp_path / "training" / trial.key / "last.safetensors").network.state_dict()
    bundled = load_weights().network.state_dict()
    assert torch.equal(learnt["project.weight"], bundled["project.weight"]), "it was frozen"


def test_an_unknown_study_is_a_sentence(run, tmp_path):
    code, _, err = run("studies", "backbones", "-o", tmp_path)
    assert code == 2
    assert "backbones: no such study; name one of backbone, augmentation" in err
