"""The bench: figures that planted detectors must get, tables that hold them, and clocks that run."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from geobfdt.borehole.picks import Picks
from geobfdt.eval import calibration_error
from geobfdt.experiments.bench import accuracy, card, hard, processes, run, speed, timings
from geobfdt.experiments.bench.accuracy import draw_wells, figures, interval_coverage, tool_and_case, with_true_kinds
from geobfdt.experiments.bench.card import card_speeds, covered
from geobfdt.experiments.bench.gallery import FALSE_PICKS, MISSES
from geobfdt.experiments.bench.hard import hard_figures, steadiness
from geobfdt.experiments.bench.pictures import write_pictures
from geobfdt.experiments.bench.processes import process_costs
from geobfdt.experiments.bench.reading import reading_speeds
from geobfdt.experiments.bench.review_page import review_cost
from geobfdt.experiments.bench.run import run_bench, write_bench
from geobfdt.experiments.bench.scoring import scoring_speeds
from geobfdt.experiments.bench.size import Size
from geobfdt.experiments.bench.speed import prediction_speed, training_speed
from geobfdt.experiments.bench.tables import by_case, by_picks, by_step, by_tool, markdown, summary
from geobfdt.model.checkpoint import Weights, load_weights, save_weights
from geobfdt.model.config import ModelConfig
from geobfdt.model.detector import Detector
from geobfdt.prediction.engine import answering

TOOLS, CASES = ("optical_televiewer", "lwd_56_sectors"), ("mixed", "barren")


@pytest.fixture(scope="module")
def wells():
    return list(draw_wells(2.0, 5, TOOLS, CASES))


@pytest.fixture(scope="module")
def untrained():
    torch.manual_seed(0)
    model = ModelConfig(
        width=8, channels=32, heads=2, feed_forward=32, encoder_layers=1, decoder_layers=1, queries=6, decoder="curve"
    )
    return Weights(Detector(model).eval(), 0.5, "untrained")


def test_a_perfect_detector_gets_perfect_figures(wells):
    lines = figures("oracle", wells, [replace(well.picks, confidence=1.0) for well in wells])
    assert [line.group for line in lines] == ["all", *TOOLS, *CASES]
    whole = lines[0]
    assert whole.report.get("all", "joint", 0.03).counts.f1 == whole.kind_right == 1.0
    assert whole.false_picks_per_m == whole.calibration_error == 0.0
    assert whole.metres == pytest.approx(8.0, abs=0.3)


def test_what_a_detector_does_wrong_shows_in_its_own_figure(wells):
    swapped = {"fracture": "bedding", "bedding": "fracture"}
    found = []
    for well in wells:
        _, case = tool_and_case(well)
        if case == "barren":
            middle = (well.log.top_m + well.log.base_m) / 2
            found.append(Picks([middle, middle + 0.1], [10.0, 20.0], [0.0, 90.0], confidence=1.0, well=well.log.well))
        else:
            kinds = np.array([swapped[kind] for kind in np.asarray(well.picks.kind)])
            found.append(replace(well.picks, kind=kinds, confidence=0.25))
    whole, *_, mixed, barren = figures("wrong", wells, found)
    assert whole.kind_right == 0.0
    assert mixed.report.get("all", "depth", 0.08).counts.f1 == 1.0
    assert mixed.report.get("bedding", "joint", 0.03).counts.hits <= 1  # a fracture by chance beside a bed
    assert barren.report is None
    assert barren.false_picks_per_m == whole.false_picks_per_m == pytest.approx(1.0, abs=0.1)
    assert mixed.calibration_error == pytest.approx(0.75)
    assert barren.calibration_error == pytest.approx(1.0)


def test_an_oracle_of_the_kinds_puts_right_the_kinds_and_nothing_else(wells):
    swapped = {"fracture": "bedding", "bedding": "fracture"}
    wrong = [replace(well.picks, kind=np.array([swapped[kind] for kind in well.picks.kind])) for well in wells[:1]]
    whole, *_ = figures("told", wells[:1], list(map(with_true_kinds, wells, wrong)))
    assert whole.kind_right == 1.0
    displaced = [replace(picks, depth_m=picks.depth_m + 0.5) for picks in wrong]
    before, after = (
        figures("", wells[:1], one)[0] for one in (displaced, list(map(with_true_kinds, wells, displaced)))
    )
    assert before.report.get("all", "depth", 0.08).counts == after.report.get("all", "depth", 0.08).counts


def test_confidence_is_calibrated_when_it_is_the_share_that_is_right():
    rng = np.random.default_rng(0)
    confidence = rng.uniform(size=20_000)
    assert calibration_error(confidence, rng.uniform(size=20_000) < confidence) < 0.02
    assert calibration_error(np.full(10, 0.9), np.arange(10) < 5) == pytest.approx(0.4)
    assert np.isnan(calibration_error(np.empty(0), np.empty(0, bool)))


@pytest.fixture
def measured():
    """2000 planes, and the same with normal errors whose standard deviations vary and are stated."""
    rng, n = np.random.default_rng(0), 2000
    truth = Picks(100 + np.arange(n), rng.uniform(10, 70, n), rng.uniform(0, 360, n))
    depth_sd_m, dip_sd_deg, azimuth_sd_deg = (scale * rng.uniform(0.5, 2, n) for scale in (0.01, 1.0, 4.0))
    picks = Picks(
        truth.depth_m + rng.normal(0, depth_sd_m),
        truth.dip_deg + rng.normal(0, dip_sd_deg),
        (truth.azimuth_deg + rng.normal(0, azimuth_sd_deg)) % 360,
        depth_sd_m=depth_sd_m,
        dip_sd_deg=dip_sd_deg,
        azimuth_sd_deg=azimuth_sd_deg,
    )
    return truth, picks


def test_true_standard_deviations_cover_nine_errors_in_ten_and_half_of_them_do_not(measured):
    truth, picks = measured
    assert interval_coverage(truth, picks) == pytest.approx((0.9, 0.9, 0.9), abs=0.02)
    boast = replace(
        picks,
        depth_sd_m=picks.depth_sd_m / 2,
        dip_sd_deg=picks.dip_sd_deg / 2,
        azimuth_sd_deg=picks.azimuth_sd_deg / 2,
    )
    assert interval_coverage(truth, boast) == pytest.approx((0.59, 0.59, 0.59), abs=0.03)


def test_flat_planes_have_no_azimuth_to_cover_and_azimuths_meet_at_north():
    sure = Picks([1.0, 2.0], [4.0, 40.0], [90.0, 359.9], depth_sd_m=0.1, dip_sd_deg=1.0, azimuth_sd_deg=1.0)
    truth = replace(sure, azimuth_deg=np.array([270.0, 0.1]))
    assert interval_coverage(truth, sure) == (1.0, 1.0, 1.0)
    assert np.isnan(interval_coverage(truth[:1], sure[:1])[2])


def test_who_states_no_standard_deviation_has_no_coverage(wells):
    silent = figures("silent", wells, [well.picks for well in wells])[0]
    assert np.isnan(silent.interval_coverage).all()
    assert silent.to_dict()["coverage"] == [None, None, None]
    stated = figures("stated", wells, [replace(well.picks, depth_sd_m=0.01) for well in wells])
    assert [line.to_dict()["coverage"] for line in stated[-2:]] == [[1.0, None, None], [None, None, None]]


def test_the_summary_states_median_errors_and_coverage(wells):
    found = [
        replace(
            well.picks,
            depth_m=well.picks.depth_m + 0.004,
            azimuth_deg=(well.picks.azimuth_deg + 2) % 360,
            depth_sd_m=0.004,
            dip_sd_deg=0.1,
            azimuth_sd_deg=1.0,
        )
        for well in wells
    ]
    header, _, whole, *_, barren = [
        [cell.strip() for cell in row.strip("|").split("|")]
        for row in summary(figures("shifted", wells, found)).splitlines()
    ]
    row = dict(zip(header, whole, strict=True))
    assert [row[name] for name in ("depth cm", "dip deg", "az. deg")] == ["0.40", "0.00", "2.00"]
    assert header[-3:] == ["cov. depth", "cov. dip", "cov. az."]
    assert whole[-3:] == ["1.00", "1.00", "0.00"]
    assert len(barren) == len(header)


def test_hard_cases_are_told_apart_by_case_and_by_the_first_detectors_tools():
    seen = []

    def nothing(log):
        seen.append(log.well.split()[:2])
        return Picks()

    tools = ("optical_televiewer", "lwd_16_sectors")
    lines = hard_figures(1.0, 3, tools, {"blind": nothing, "blind too": nothing})
    groups = [(line.method, line.group) for line in lines]
    assert groups[:4] == [
        ("blind", "stripes"),
        ("blind", "stripes, optical_televiewer"),
        ("blind", "stripes, lwd_16_sectors"),
        ("blind too", "stripes"),
    ]
    assert ["lwd_16_sectors", "seams"] not in seen
    by_group = {line.group: line for line in lines}
    assert by_group["stripes"].false_picks_per_m == by_group["seams"].false_picks_per_m == 0
    assert by_group["thin_beds"].report.get("all", "depth", 0.08).counts.sensitivity == 0
    table = by_case(lines).splitlines()
    assert len(table) == len(lines) + 2
    assert len({line.count("|") for line in table}) == 1


@pytest.mark.slow
def test_the_same_rows_give_the_same_picks_however_a_log_is_cut():
    wells = list(draw_wells(6.0, 3, ("optical_televiewer", "microresistivity_8_pads"), ("mixed",)))
    found = steadiness("bundled", answering(load_weights(), "cpu"), wells)
    assert found.picks > 20
    assert found.cut >= 0.97
    assert found.cut_sure == 1.0
    assert 0.5 < found.deeper <= 1.0


def test_a_picture_a_tool_shows_truth_beside_picks(wells, tmp_path):
    deep = list(draw_wells(4.0, 5, ["optical_televiewer"], ["mixed", "barren"]))
    (path,) = write_pictures(tmp_path, deep, [well.picks for well in deep])
    assert path.name == "optical_televiewer.png"
    assert path.stat().st_size > 10_000


def test_a_table_is_markdown_that_lines_up():
    table = markdown(("what", "F1", "why"), [["mixed", "0.9", "so"], ["a", "0.75", "because"]], text=(0, 2))
    assert table.splitlines()[1] == "|-------|-----:|---------|"
    assert table.splitlines()[2] == "| mixed |  0.9 | so      |"
    assert len({len(line) for line in table.splitlines()}) == 1


@pytest.mark.slow
def test_clocks_run_and_shares_add_up(untrained, monkeypatch):
    monkeypatch.setattr(speed, "BATCH", 8)  # of a step, too: no figure here hangs on how many there are
    predicted = prediction_speed(untrained, torch.device("cpu"), 4.0)
    assert predicted.over_forward > 0
    assert predicted.metres_per_s > 0
    assert predicted.share_of_peak > 0
    trained = training_speed(untrained, torch.device("cpu"), 1)
    assert sum(trained.share(stage) for stage in trained.stages_s) == pytest.approx(1.0)
    # The backward pass multiplies twice as much as the forward one: by the weights and by what went in.
    assert 2 < trained.gflop / predicted.gflop < 3.2
    assert list(trained.stages_s) == ["generation", "forward", "matching and losses", "backward", "update"]


def test_the_way_from_log_to_picks_is_compared_with_its_forward_passes_within_each_round(untrained, monkeypatch):
    """By a clock that says what it is told to: the machine's own hangs on what else it does."""
    plain, seen = Detector.forward, [0]

    def forward(self, windows):
        seen[-1] += len(windows)
        return plain(self, windows)

    def timed(works, device, rounds):
        for work in works:
            seen.append(0)
            work()
        seen.append(0)
        return [[1.0, 2.0, 4.0], [2.0, 6.0, 4.4]][: len(works)]

    monkeypatch.setattr(Detector, "forward", forward)
    monkeypatch.setattr(speed, "in_turns", timed)
    predicted = prediction_speed(untrained, torch.device("cpu"), 4.0)
    assert predicted.over_forward == 2.0
    assert predicted.metres_per_s == pytest.approx(4.0 / 4.4)
    assert seen[1] == seen[2] > 0, "the forward passes are those of the whole way"


def test_every_tool_and_kind_has_its_line_under_every_criterion(wells):
    lines = [line for line in figures("oracle", wells, [well.picks for well in wells]) if line.group in TOOLS]
    for criterion in ("depth", "curve", "joint"):
        rows = by_tool(lines, criterion).splitlines()[2:]
        assert [row.split("|")[1].strip() for row in rows] == [tool for tool in TOOLS for _ in range(3)]
        assert [row.split("|")[2].strip() for row in rows] == 2 * ["fracture", "bedding", "all"]


@pytest.mark.slow
def test_whole_processes_are_weighed(monkeypatch):
    monkeypatch.setattr(processes.os, "cpu_count", lambda: 1)  # how many are busy beside it, not on what they run
    costs = {cost.what: cost for cost in process_costs([4.0], runs=1)}
    predict = [cost for what, cost in costs.items() if what.startswith("geobfdt predict, 4 m")]
    assert [cost.what.partition("4 m, ")[2] for cost in predict] == [
        "CSV of 56 columns",
        ".npy of 360 columns",
        ".npy of 360 columns, beside a busy program a core",
        ".npy of 360 columns, beside them, threads spinning",
    ]
    for cost in predict:
        assert costs["geobfdt score"].memory_gb < cost.memory_gb < 4
        assert min(cost.cpu_seconds, costs["geobfdt score"].cpu_seconds) > 0


@pytest.mark.slow
def test_the_bench_is_the_same_twice_and_says_it_in_two_files(untrained, tmp_path, monkeypatch):
    size = Size(well_m=1.0, timed_m=3.0, processes_m=(3.0,), training_steps=1, scored=(100, 1_000))
    monkeypatch.setattr(run, "QUICK", size)
    monkeypatch.setattr(run, "FEWEST_M", 4.0)
    monkeypatch.setattr(run, "BENCH_TOOLS", {name: run.BENCH_TOOLS[name] for name in TOOLS})
    monkeypatch.setattr(run, "CASES", CASES)
    monkeypatch.setattr(hard, "HARD_CASES", {**dict.fromkeys(("stripes", "off_axis"), TOOLS[1:]), "seams": TOOLS[:1]})
    monkeypatch.setattr(accuracy, "CLASS_ERROR_WINDOWS", 32)
    monkeypatch.setattr(timings, "process_costs", lambda metres, runs: [])
    monkeypatch.setattr(timings, "reading_speeds", lambda metres: [])
    monkeypatch.setattr(timings, "review_cost", lambda metres: None)
    timed = run.Timings.taken
    monkeypatch.setattr(speed, "BATCH", 4)
    monkeypatch.setattr(run.Timings, "taken", lambda weights, *more: timed(untrained, *more))
    ours, other = tmp_path / "ours.safetensors", tmp_path / "other.safetensors"
    save_weights(ours, untrained.network, 0.0)  # picks something, nearly all of it wrong
    save_weights(other, untrained.network, 0.5)
    so_far = []
    first = run_bench(quick=True, weights=ours, compare=[other], pictures=tmp_path, so_far=so_far.append)
    assert [replace(bench, timings=first.timings, seconds=first.seconds) for bench in so_far] == [first]
    assert "still being measured" in so_far[0].to_markdown()
    # What takes its time and is not the same twice, or is not compared.
    monkeypatch.setattr(run.Timings, "taken", lambda *given: first.timings)
    monkeypatch.setattr(run, "class_error", lambda *given: 0.0)
    second = run_bench(quick=True, weights=ours, compare=[other])
    one, again = (json.loads(bench.to_json()) for bench in (first, second))
    for figures_of in ("accuracy", "gallery", "contrast", "hard", "steadiness"):
        assert json.dumps(one[figures_of]) == json.dumps(again[figures_of])  # NaN, of what has no hits, is NaN
    assert {line["group"] for line in one["hard"]} >= {"stripes", "stripes, lwd_56_sectors", "seams", "off_axis"}
    assert [line["method"] for line in one["steadiness"]] == [run.OURS, str(other), run.BOTH_WAYS]
    assert one["steadiness"][0]["cut"] > 0.9
    assert [list(side) for side in one["gallery"].values()] == [list(MISSES), list(FALSE_PICKS)]
    assert (
        sum(line.planes for line in first.contrast) == first.accuracy[0].report.get("all", "depth", 0.08).counts.n_ref
    )
    files = write_bench(first, tmp_path)
    tables = files["tables"].read_text()
    assert all(name in tables for name in (run.OURS, str(other), run.CLASSICAL, "misses by cause"))
    assert {"misses.png", "false_picks.png"} <= {path.name for path in tmp_path.iterdir()}
    assert json.loads(files["figures"].read_text())["seed"] == first.seed


@pytest.mark.slow
def test_the_review_page_of_five_kilometres_stays_small():
    cost = review_cost(5000.0)
    assert cost.ready_s > 0
    assert cost.first_tile_s > 0
    assert 0.02 < cost.memory_gb < 0.5


def test_files_are_read_beside_the_library_that_reads_them():
    found = reading_speeds(2.0)
    assert [(one.file, one.library) for one in found] == [
        ("CSV", "pandas"),
        ("corpus", "h5py"),
        ("DLIS", "dlisio"),
    ]
    assert all(one.share > 0 for one in found)


def test_scoring_is_timed_by_the_number_of_picks():
    speeds = scoring_speeds((200, 400))
    assert [speed.picks for speed in speeds] == [200, 400]
    assert all(speed.seconds > 0 for speed in speeds)
    assert [row.split("|")[1].strip() for row in by_picks(speeds).splitlines()[2:]] == ["200", "400"]


def test_what_a_card_does_at_once_counts_once():
    assert covered([(5.0, 6.0), (0.0, 2.0), (1.0, 3.0), (1.5, 2.5)]) == pytest.approx(4.0)
    assert covered([]) == 0.0


@pytest.mark.slow
def test_steps_are_those_of_a_run_wherever_they_are_taken(monkeypatch):
    for steps, count in (("WARM", 1), ("TIMED", 2), ("PROFILED", 1)):
        monkeypatch.setattr(card, steps, count)
    (found,) = card_speeds(load_weights(), torch.device("cpu"), [2], ["kernels"])
    assert found.windows_per_s > 0
    assert found.launches == found.busy == found.gib == 0, "there is no card to launch anything on"
    assert by_step([found]).splitlines()[-1].split("|")[1].strip() == "kernels"
