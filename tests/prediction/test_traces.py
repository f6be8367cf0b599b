"""Planes fitted to the pixels of traces: what was planted comes back, and what is no line is no plane."""

from itertools import pairwise

import numpy as np
import pytest

from geobfdt.borehole.geometry import sinusoid_from_plane
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import KINDS, Picks
from geobfdt.eval import match
from geobfdt.prediction.traces import LEAST, THRESHOLD, ridges, traced_planes
from geobfdt.windows.grid import COLUMNS, ROW_STEP_RADII, gridded

HOLE_M, TOP_M = 0.2159, 1000.0
PLANES = Picks(
    [1000.3, 1000.6, 1000.8, 1000.9, 1001.9],
    [10.0, 55.0, 30.0, 74.0, 0.0],
    [30.0, 200.0, 310.0, 120.0, 0.0],
    kind=["bedding", "fracture", "bedding", "fracture", "bedding"],
    well="planted",
)


def empty_log(first_azimuth_deg=0.0, length_m=2.2):
    depths = TOP_M + np.arange(round(length_m / 0.005)) * 0.005
    return ImageLog(np.zeros((len(depths), 120)), depths, HOLE_M, first_azimuth_deg=first_azimuth_deg, well="planted")


def traces_of(planes, log, half_width=0.05):
    """Probabilities (2, rows, 180) of 1 within so many radii of the traces, and where the wall is seen."""
    image, valid, top_m = gridded(log)
    theta = (np.arange(COLUMNS) + 0.5) * 2 * np.pi / COLUMNS
    z = (np.arange(len(image)) + 0.5)[:, None] * ROW_STEP_RADII
    a, b = sinusoid_from_plane(planes.dip_deg, planes.azimuth_deg - log.first_azimuth_deg)
    probability = np.zeros((2, *image.shape))
    for k, depth_m in enumerate(planes.depth_m):
        trace = (depth_m - top_m) / log.radius_m + a[k] * np.cos(theta) + b[k] * np.sin(theta)
        across = np.abs(z - trace) / np.hypot(1, b[k] * np.cos(theta) - a[k] * np.sin(theta))
        probability[KINDS.index(planes.kind[k])][across <= half_width] = 1.0
    return probability, valid > 0


def traced_picks(probability, seen, log):
    planes = traced_planes([(probability, seen)])
    planes.sinusoids[:, 0] += gridded(log)[2] / log.radius_m
    return planes.merged().inside(log).picks(log).at_least(THRESHOLD)


def assert_found(planes, picks):
    hits = match(planes, picks, "joint", 0.01, hole_diameter_m=HOLE_M)
    assert len(hits) == len(planes) == len(picks)
    assert list(picks.kind[hits.est]) == list(planes.kind[hits.ref])
    assert hits.pole_deg.max() < 2


@pytest.mark.parametrize("first_azimuth_deg", [0.0, 75.0])
def test_planted_traces_come_back_as_their_planes(first_azimuth_deg):
    log = empty_log(first_azimuth_deg)
    picks = traced_picks(*traces_of(PLANES, log), log)
    assert_found(PLANES, picks)
    assert set(picks.well) == {"planted"}
    assert picks.confidence.min() > THRESHOLD


def test_smudged_doubtful_and_noisy_traces_are_still_planes():
    """What networks say: wider, half sure, and with specks where nothing is; the threshold keeps specks out."""
    log = empty_log()
    probability, seen = traces_of(PLANES, log, half_width=0.08)
    rng = np.random.default_rng(0)
    probability = 0.65 * probability + 0.2 * (rng.random(probability.shape) < 0.1)
    picks = traced_picks(probability, seen, log)
    assert len(match(PLANES, picks, "joint", 0.02, hole_diameter_m=HOLE_M)) == len(PLANES) == len(picks)


def test_planes_behind_pad_gaps_are_found():
    log = empty_log()
    probability, seen = traces_of(PLANES, log)
    seen = seen & ((np.arange(COLUMNS) * 6 / COLUMNS) % 1 < 0.5)
    assert_found(PLANES, traced_picks(np.where(seen, probability, 0.3), seen, log))


def test_a_bed_that_fractures_cut_keeps_its_kind():
    """Where they cross the fracture covers the bed: the rest of the trace decides."""
    planes = Picks([1000.7, 1000.72], [12.0, 60.0], [40.0, 230.0], kind=["bedding", "fracture"], well="planted")
    log = empty_log(length_m=1.5)
    probability, seen = traces_of(planes, log)
    probability[1] *= 1 - probability[0]
    assert_found(planes, traced_picks(probability, seen, log))


@pytest.mark.parametrize("level", [0.0, 0.4, 1.0])
def test_the_same_probability_everywhere_is_no_plane(level):
    log = empty_log(length_m=1.0)
    probability, seen = traces_of(Picks(), log)
    seen = seen & (np.arange(COLUMNS) % 30 < 24)
    assert len(traced_planes([(probability + level / 2, seen)]).kind) == 0


def test_votes_are_ridges_that_run_their_own_way():
    """Full in the middle of a trace and along it, none across it, beside it or where the probability is even."""
    rows = np.arange(100)[:, None]
    probability = np.full((100, COLUMNS), 0.2)
    probability[(rows >= 49) & (rows <= 51) & np.ones(COLUMNS, bool)] += 0.8
    votes = ridges(probability, np.ones(probability.shape, bool))
    level, steep = len(votes) // 2, 0
    assert 0.75 < votes[level, 50, 90] <= 1.0
    assert votes[steep, 50, 90] < 0.1
    assert votes[level, [45, 55]].max() == 0.0
    assert abs(votes[:, 5:30]).max() < 1e-3


def test_between_two_beds_lies_no_third():
    beds = Picks([1000.5, 1000.53, 1000.56], 20.0 * np.ones(3), 90.0 * np.ones(3), kind="bedding", well="planted")
    log = empty_log(length_m=1.0)
    assert_found(beds, traced_picks(*traces_of(beds, log), log))


def test_a_log_in_parts_is_the_log():
    log = empty_log()
    probability, seen = traces_of(PLANES, log)
    whole = traced_planes([(probability, seen)])
    cuts = [0, 7, 150, 151, 500, len(seen)]
    parts = [(probability[:, a:b], seen[a:b]) for a, b in pairwise(cuts)]
    in_parts = traced_planes(iter(parts))
    np.testing.assert_array_equal(whole.sinusoids, in_parts.sinusoids)
    np.testing.assert_array_equal(whole.score, in_parts.score)
    assert whole.score.min() >= LEAST
