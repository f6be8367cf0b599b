"""Bands about counts, against published worked examples and against wells drawn at random."""

import numpy as np
import pytest

from geobfdt.interpretation.bands import error_reached, estimate, planes_needed, poisson_band, weighted_band
from geobfdt.interpretation.spacing import spacing


def test_the_poisson_band_is_that_of_r_s_poisson_test():
    """R's own example, poisson.test(137, 24.19893): 4.753125 to 6.692709 a unit."""
    low, high = poisson_band(137)
    assert (low / 24.19893, high / 24.19893) == (pytest.approx(4.753125, abs=1e-6), pytest.approx(6.692709, abs=1e-6))
    assert poisson_band(0) == (0.0, pytest.approx(3.688879, abs=1e-6))


def test_the_band_of_a_weighted_sum_is_that_of_the_published_example():
    """Fay & Feuer's example (Fleiss 1981, table 14.4, birth order 5 and more): R package dsrTest prints 75.52901,
    67.70212 to 188.30017 per 100,000.
    """
    cases = np.array([0, 8, 63, 112, 262, 295])
    births = np.array([327, 30666, 123419, 149919, 104088, 34392])
    standard = np.array([319933, 931318, 786511, 488235, 237863, 61313])
    weight = 1e5 * standard / standard.sum() / births
    total = (weight * cases).sum()
    low, high = weighted_band(total, (weight**2 * cases).sum(), weight.max())
    assert (total, low, high) == pytest.approx((75.52901, 67.70212, 188.30017), abs=1e-5)


def test_equal_weights_give_poisson_s_band_times_the_weight():
    found = estimate(np.full(7, 2.0), 2.0)
    assert (found.low / 2, found.high / 2) == pytest.approx(tuple(map(float, poisson_band(7))))
    assert found.holds(found.value)
    assert not found.holds(found.high * 1.01)
    assert f"{estimate(np.ones(4)) / 2:.1f}" == "2.0 (0.5 to 5.1)"


def test_the_band_of_a_weighted_sum_holds_the_truth_in_nineteen_wells_of_twenty():
    """Planes at random in direction and place, 40 m of hole, P32 known; cut by the hole as often as they face it."""
    rng = np.random.default_rng(3)
    held = []
    for _ in range(400):
        cosine = np.sqrt(rng.random(rng.poisson(40)))  # of those a hole meets: density proportional to cosine
        weights = 1 / np.maximum(cosine, np.cos(np.radians(75)))
        truth = 40 * (2 - np.cos(np.radians(75)))  # 2 planes stand for each met; the cut takes its share of them
        held.append(estimate(weights, 1 / np.cos(np.radians(75))).holds(truth))
    assert np.mean(held) > 0.93


def test_how_many_spacings_are_enough():
    """41 for 20 % at 80 %, 271 for 10 % at 90 % (Priest & Hudson 1981)."""
    assert (planes_needed(0.2, 0.8), planes_needed(0.1, 0.9)) == (41, 271)
    assert error_reached(41, 0.8) == pytest.approx(0.2, abs=2e-4)
    assert error_reached(0, 0.8) == np.inf


@pytest.mark.parametrize(
    ("planes", "words"),
    [
        (1, "0 spacings say nothing"),
        (42, "41 spacings are enough for a mean within 20%"),
        (272, "271 spacings are enough for a mean within 10%"),
        (12, "11 spacings do not suffice: their mean is good to 39% at 80% confidence; 41 are needed"),
    ],
)
def test_whether_counts_suffice_is_said_in_words(planes: int, words: str):
    assert spacing(np.arange(planes, dtype=float), 1.0).verdict().startswith(words)


def test_more_spacings_are_needed_where_planes_come_in_clusters():
    """Twenty clusters of five planes, 10 m apart and 0.1 m within: a variation of 2.0, so that 41 become about 160."""
    found = spacing((np.arange(20) * 10.0)[:, None] + np.arange(5) * 0.1, 1.0)
    assert found.variation == pytest.approx(2.0, abs=0.05)
    assert "99 spacings do not suffice" in found.verdict()
    assert "as they come in clusters of variation 2.0" in found.verdict()
    rng = np.random.default_rng(0)
    varied = [spacing(rng.uniform(0, 100, 21), 1.0).variation for _ in range(1000)]
    assert np.mean(np.array(varied) > 1.3) == pytest.approx(0.05, abs=0.03)


def test_spacings_are_measured_square_to_the_planes():
    """Planes every 2 m along a hole that meets them at 60 degrees to their pole lie 1 m apart."""
    found = spacing(np.arange(0, 100, 2.0), np.cos(np.radians(60)))
    assert (found.count, found.mean_m.value, found.variation) == (49, pytest.approx(1.0), pytest.approx(0.0))
    assert found.mean_m.low < 1 < found.mean_m.high
    assert np.isnan(spacing([3.0], 1.0).mean_m.value)


def test_random_planes_scatter_by_their_mean_and_their_band_holds_it():
    rng = np.random.default_rng(1)
    found = [spacing(rng.uniform(0, 100, 80), 0.5) for _ in range(300)]
    assert np.mean([one.variation for one in found]) == pytest.approx(1.0, abs=0.05)
    assert np.mean([one.mean_m.holds(100 / 81 * 0.5) for one in found]) > 0.92
