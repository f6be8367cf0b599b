"""P10, P21 and P32 of planes whose density in the rock is known."""

import numpy as np
import pytest
from scipy.special import ellipe

from geobfdt.borehole.geometry import plane_from_pole
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.interpretation.intensity import intensities, overall
from geobfdt.interpretation.statistics import terzaghi_weights

DIAMETER_M = 0.2


def log_of(length_m: float) -> ImageLog:
    depth = np.linspace(100.0, 100.0 + length_m, 50)
    return ImageLog(np.zeros((50, 8), np.float32), depth, DIAMETER_M)


def test_techlog_s_worked_example_of_planes_per_metre():
    """30 planes of dips 0, 45 and 87 degrees in 100 m: 0.3 per metre as counted, 1.389 with a cut at 5 degrees; by hand
    with the cut at 15: 10 (1 + 1.41421 + 3.86370) / 100.
    """
    picks = Picks(np.linspace(100.5, 199.5, 30), np.tile([0.0, 45.0, 87.0], 10), np.zeros(30))
    found = overall(log_of(100), picks)
    assert found["P10"].value == pytest.approx(0.3)
    assert found["P32, cut 15°"].value == pytest.approx(0.627791, abs=1e-6)
    assert found["P32, cut 1°"].value == pytest.approx((1 + np.sqrt(2) + 1 / np.cos(np.radians(87))) / 10)
    for one in found.values():
        assert one.low < one.value < one.high


def test_the_trace_of_an_inclined_plane_is_an_ellipse_and_that_of_a_level_one_a_circle():
    for dip in (0.0, 30.0, 75.0):
        found = overall(log_of(20), Picks([110.0], [dip], [77.0]))["P21"]
        axis = DIAMETER_M / 2 / np.cos(np.radians(dip))
        assert found.value * np.pi * DIAMETER_M * 20 == pytest.approx(
            4 * axis * ellipe(np.sin(np.radians(dip)) ** 2), rel=1e-4
        )


def test_a_trace_counts_in_every_window_that_it_runs_through():
    """A plane at 80 degrees is 1.13 m high: windows of half a metre share it, and what they share adds up."""
    picks = Picks([110.0], [80.0], [0.0])
    found = intensities(log_of(20), picks, 0.5)["P21"]
    apart = slice(2, None, 4)  # windows that follow each other by a quarter: every fourth one begins where one ended
    parts = found.value[apart] * np.pi * DIAMETER_M * 0.5
    whole = overall(log_of(20), picks)["P21"].value * np.pi * DIAMETER_M * 20
    assert (parts > 0).sum() == 4
    assert parts.sum() == pytest.approx(whole, rel=1e-6)


def test_p32_and_p21_of_planes_in_every_direction():
    """An isotropic rock of P32 = 2: a hole meets P32 / 2 planes a metre, mostly those that face it, and its wall shows
    pi / 4 of P32 in traces (Crofton's formulas).
    """
    n, rng = 3000, np.random.default_rng(5)
    cosine = np.sqrt((np.arange(n) + 0.5) / n)  # evenly drawn: of random ones a few along the hole would decide
    turn = rng.uniform(0, 2 * np.pi, n)
    sine = np.sqrt(1 - cosine**2)
    dip, azimuth = plane_from_pole(np.stack([sine * np.cos(turn), sine * np.sin(turn), cosine], axis=1))
    picks = Picks(rng.uniform(300, 2900, n), dip, azimuth)
    found = overall(log_of(3000), picks)
    assert found["P10"].value == pytest.approx(1.0, rel=0.01)
    assert found["P32, cut 1°"].value == pytest.approx(2.0, rel=0.01)
    cut = np.sin(np.radians(15))
    assert found["P32, cut 15°"].value == pytest.approx(2.0 - cut, rel=0.01)
    assert found["P21"].value == pytest.approx(2.0 * np.pi / 4, rel=0.01)


def test_the_bands_of_p32_are_about_those_of_a_bootstrap_and_rather_wider():
    """80 planes, wells drawn again from them, as many as Poisson's law gives: 2.5 to 97.5 % of 4,000."""
    rng = np.random.default_rng(4)
    dip = np.degrees(np.arccos(np.sqrt(rng.random(80))))
    found = overall(log_of(50), Picks(rng.uniform(101, 149, 80), dip, np.zeros(80)))
    for cut in (15, 1):
        weights = terzaghi_weights(dip, 90 - cut)
        again = [weights[rng.integers(0, 80, rng.poisson(80))].sum() / 50 for _ in range(4000)]
        low, high = np.percentile(again, [2.5, 97.5])
        one = found[f"P32, cut {cut}°"]
        assert one.value == pytest.approx(weights.sum() / 50)
        assert one.low == pytest.approx(low, rel=0.06)
        assert high * 0.99 < one.high < high * 1.15


def test_the_bands_of_windows_hold_the_truth_of_rock_without_directions():
    """P32 = 2 and P21 = pi / 2 everywhere: windows that hold a few planes each, some of them along the hole."""
    rng = np.random.default_rng(9)
    n = rng.poisson(2000)
    dip = np.degrees(np.arccos(np.sqrt(rng.random(n))))
    found = intensities(log_of(2000), Picks(rng.uniform(100, 2100, n), dip, rng.uniform(0, 360, n)), 6.0)
    for name, truth in (("P10", 1.0), ("P32, cut 15°", 2 - np.sin(np.radians(15))), ("P21", np.pi / 2)):
        one = found[name]
        assert ((one.low <= truth) & (truth <= one.high)).mean() > 0.93


def test_bands_hold_a_steady_density_and_tell_it_from_a_denser_one():
    rng = np.random.default_rng(2)
    depth = np.concatenate([rng.uniform(100, 150, 100), rng.uniform(150, 200, 400)])
    found = intensities(log_of(100), Picks(depth, np.full(500, 60.0), np.zeros(500)), 5.0)["P10"]
    above, below = found.depth_m < 147, found.depth_m > 153
    assert ((found.low <= 2) & (found.high >= 2))[above].mean() > 0.85
    assert ((found.low <= 8) & (found.high >= 8))[below].mean() > 0.85
    assert (found.low[below] > 2).all()


def test_a_log_without_picks_has_an_upper_bound_alone():
    found = overall(log_of(10), Picks())
    assert found["P10"].low == found["P10"].value == 0
    assert found["P10"].high == pytest.approx(0.3689, abs=1e-4)
    with pytest.raises(InputError, match="no length"):
        intensities(log_of(10), Picks(), 0.0)
