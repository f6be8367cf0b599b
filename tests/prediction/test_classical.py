"""The classical baseline finds what was planted, calls it by its name, and keeps quiet where there is nothing."""

from dataclasses import replace

import numpy as np
import pytest

from geobfdt.borehole.geometry import trace_depths_m
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.eval import match
from geobfdt.prediction.classical import THRESHOLD, classical_picks

HOLE_M, STEP_M, TOP_M = 0.2159, 0.005, 1000.0
PLANES = Picks([1000.45, 1000.8, 1001.2], [25.0, 62.0, 40.0], [30.0, 200.0, 310.0], well="planted")


def planted(planes, kind, *, length_m=1.6, columns=120, noise=0.3, seed=0, first_azimuth_deg=0.0):
    """A log of white noise with dark lines 1 cm wide across the trace, or with layers between its planes."""
    depths = TOP_M + np.arange(round(length_m / STEP_M)) * STEP_M
    azimuths = first_azimuth_deg + (np.arange(columns) + 0.5) * 360 / columns
    image = noise * np.random.default_rng(seed).normal(size=(len(depths), columns))
    traces = trace_depths_m(planes.depth_m, planes.dip_deg, planes.azimuth_deg, HOLE_M, azimuths)
    for number, trace in enumerate(traces):
        across = np.hypot(1.0, np.gradient(trace, HOLE_M * np.pi / columns))
        off = (depths[:, None] - trace) / across
        image += -2 * np.exp(-0.5 * (off / 0.008) ** 2) if kind == "fracture" else (-1) ** number * (off > 0)
    return ImageLog(image, depths, HOLE_M, first_azimuth_deg=first_azimuth_deg, well="planted")


def with_gaps(log, share=0.3, pads=6):
    """The same log seen by pads."""
    columns = (np.arange(log.columns) * pads / log.columns) % 1 < 1 - share
    return ImageLog(np.where(columns, log.image, np.nan), log.depth_m, log.hole_diameter_m, well=log.well)


def table(picks):
    return picks.to_frame().drop(columns=["true_dip_deg", "true_azimuth_deg"])


@pytest.mark.parametrize("first_azimuth_deg", [0.0, 75.0])
def test_clear_fractures_are_found_where_they_are(first_azimuth_deg):
    picks = classical_picks(planted(PLANES, "fracture", first_azimuth_deg=first_azimuth_deg))
    hits = match(PLANES, picks, "joint", 0.03, hole_diameter_m=HOLE_M)
    assert len(hits) == len(PLANES) == len(picks)
    assert hits.pole_deg.max() < 5
    assert set(picks.kind) == {"fracture"}
    assert set(picks.well) == {"planted"}
    assert np.all((picks.confidence >= THRESHOLD) & (picks.confidence <= 1))


def test_planes_on_both_sides_of_a_long_gap_are_found():
    log = planted(PLANES, "fracture")
    depth_m = np.concatenate([log.depth_m, log.depth_m + 10_000])
    picks = classical_picks(ImageLog(np.concatenate([log.image, log.image]), depth_m, HOLE_M, well="planted"))
    for gap_m in (0.0, 10_000.0):
        there = replace(PLANES, depth_m=PLANES.depth_m + gap_m)
        assert len(match(there, picks, "joint", 0.03, hole_diameter_m=HOLE_M)) == len(PLANES)
    assert len(picks) == 2 * len(PLANES)


def test_steps_are_called_bedding():
    beds = Picks([1000.4, 1000.7, 1000.95, 1001.2], [20.0, 22.0, 18.0, 21.0], [90.0, 95.0, 85.0, 90.0], well="planted")
    picks = classical_picks(planted(beds, "bedding", noise=0.2))
    hits = match(beds, picks, "joint", 0.03, hole_diameter_m=HOLE_M)
    assert len(hits) == len(beds) == len(picks)
    assert set(picks.kind) == {"bedding"}


def test_planes_behind_pad_gaps_are_found_and_gaps_are_no_planes():
    picks = classical_picks(with_gaps(planted(PLANES, "fracture")))
    assert len(match(PLANES, picks, "joint", 0.03, hole_diameter_m=HOLE_M)) == len(PLANES) == len(picks)
    barren = with_gaps(planted(Picks(), "fracture"))
    barren.image[:, 20:40] += 5  # a pad of another gain
    assert len(classical_picks(barren)) == 0


def test_white_noise_holds_next_to_nothing():
    assert len(classical_picks(planted(Picks(), "fracture", length_m=2.0, seed=3))) <= 1


def test_the_same_seed_gives_the_same_picks():
    log = planted(PLANES, "fracture", noise=0.8)
    once, again = (table(classical_picks(log, seed=4)) for _ in range(2))
    assert once.equals(again)


@pytest.mark.parametrize("columns", [16, 1440])
@pytest.mark.parametrize("length_m", [0.02, 0.5])
def test_any_shape_of_log_is_picked(columns, length_m):
    picks = classical_picks(planted(PLANES[:1], "fracture", length_m=length_m, columns=columns))
    assert np.isfinite(picks.confidence).all()


def test_logs_without_an_image_worth_the_name_have_no_picks():
    log = planted(Picks(), "fracture", length_m=0.5)
    constant = np.full_like(log.image, 7.0)
    few = np.full_like(log.image, np.nan)
    few[40:44, 10:13] = log.image[40:44, 10:13]
    spike = constant.copy()
    spike[50, 60] = 1e4
    for image in (constant, few, spike):
        assert len(classical_picks(ImageLog(image, log.depth_m, HOLE_M))) == 0
