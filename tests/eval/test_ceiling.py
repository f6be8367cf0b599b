"""What a second interpreter would score: as often right as he is said to be."""

from dataclasses import replace

import numpy as np
import pytest

from geobfdt.borehole.geometry import pole_angle_deg
from geobfdt.borehole.picks import Picks
from geobfdt.eval.ceiling import DEPTH_SD_M, ceiling, ceiling_text, second_interpreter


def picked(n=2000, apart_m=2.0, well="W"):
    rng = np.random.default_rng(0)
    return Picks(100 + apart_m * np.arange(n), rng.uniform(5, 70, n), rng.uniform(0, 360, n), well=well)


def test_who_shares_all_planes_is_as_far_off_as_he_is_said_to_be():
    picks = picked()
    other = second_interpreter(picks, 1.0, np.random.default_rng(1))
    assert (other.depth_m - picks.depth_m).std() == pytest.approx(DEPTH_SD_M, rel=0.05)
    angle = pole_angle_deg(picks.dip_deg, picks.azimuth_deg, other.dip_deg, other.azimuth_deg)
    assert np.sqrt((angle**2).mean() / 2) == pytest.approx(3.0, rel=0.05)


def test_on_sparse_planes_the_ceiling_is_the_share_that_is_common():
    lines = {(line.criterion, line.tolerance_m): line for line in ceiling(picked(500), hole_diameter_m=0.2)}
    at_8_cm = lines["depth", 0.08]
    assert at_8_cm.low == pytest.approx(0.7, abs=0.05)
    assert at_8_cm.high == pytest.approx(0.8, abs=0.05)
    assert lines["depth", 0.03].high < at_8_cm.high
    assert lines["joint", 0.08].high <= at_8_cm.high
    dense = {line.criterion: line for line in ceiling(picked(500, 0.05), hole_diameter_m=0.2, tolerances_m=[0.08])}
    assert dense["depth"].low > 0.9, "in dense rock chance does the rest"


def test_wells_stay_apart_and_the_seed_decides():
    two = Picks.concatenate([picked(30, well="A"), replace(picked(40, well="B"), depth_m=500 + 2.0 * np.arange(40))])
    other = second_interpreter(two, 0.5, np.random.default_rng(0))
    assert (np.asarray(other.well) == "A").sum() == 30
    assert other.depth_m[np.asarray(other.well) == "B"].min() > 499
    assert ceiling(two, hole_diameter_m=0.2, seed=3) == ceiling(two, hole_diameter_m=0.2, seed=3)


def test_the_text_has_a_line_a_criterion():
    text = ceiling_text(ceiling(picked(50), hole_diameter_m=0.2))
    assert "70% to 80% of the planes" in text
    assert [line.split()[0] for line in text.splitlines()[2:]] == ["criterion", "depth", "curve", "joint"]
    assert max(map(len, text.splitlines())) <= 100
