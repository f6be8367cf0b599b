"""Counting planes: values worked out elsewhere, and sets whose mean is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geobfdt.borehole.geometry import plane_from_pole, pole_angle_deg, poles
from geobfdt.errors import InputError
from geobfdt.interpretation.statistics import fisher_mean, frequency, p10, terzaghi_weights


def test_terzaghi_s_weights_of_level_inclined_and_steep_planes():
    dips = np.repeat([0.0, 45.0, 87.0], 10)
    assert terzaghi_weights([0, 60, 85, 89.9]) == pytest.approx([1, 2, 11.4737, 11.4737], abs=1e-4)
    raw, corrected = p10(dips, 100.0)
    assert (raw, round(corrected, 3)) == (0.3, 1.389)


def test_the_frequency_along_a_hole_counts_what_lies_in_each_window():
    """One plane a metre above 50 m, five below; ends count their own length alone."""
    depth = np.concatenate([np.arange(0.5, 50), np.arange(50.1, 100, 0.2)])
    found = frequency(depth, np.full(len(depth), 60.0), 0.0, 100.0, 10.0)
    above, below = found.depth_m < 44.9, found.depth_m > 55.1
    assert found.raw[above] == pytest.approx(np.ones(above.sum()), abs=0.21)
    assert found.raw[below] == pytest.approx(5 * np.ones(below.sum()), abs=0.21)
    assert found.corrected == pytest.approx(2 * found.raw)
    assert (found.depth_m[0], found.depth_m[-1]) == (0.0, 100.0)


def test_nothing_can_be_counted_over_no_length():
    with pytest.raises(InputError, match="length"):
        p10([1.0], 0.0)
    with pytest.raises(InputError, match="length"):
        frequency([1.0], [1.0], 5.0, 5.0, 1.0)


@settings(deadline=None, max_examples=50)
@given(dip=st.floats(0, 90), azimuth=st.floats(0, 359), seed=st.integers(0, 99))
def test_a_set_scattered_about_a_plane_has_it_as_its_mean(dip, azimuth, seed):
    """Poles scattered by a normal law of 4 degrees, some of them turned over, as those of upright planes are."""
    rng = np.random.default_rng(seed)
    middle = poles(dip, azimuth)
    pole = middle + np.radians(4.0) * rng.normal(size=(400, 3))
    pole *= rng.choice([-1, 1], (400, 1))
    found = fisher_mean(*plane_from_pole(pole))
    assert pole_angle_deg(found.dip_deg, found.azimuth_deg, dip, azimuth) < 1.0
    assert found.kappa == pytest.approx(1 / np.radians(4.0) ** 2, rel=0.25)
    assert found.alpha95_deg < 1.0


def test_one_plane_is_its_own_mean_and_equal_ones_are_infinitely_tight():
    one = fisher_mean([30.0], [120.0])
    assert (one.dip_deg, one.azimuth_deg, one.count) == (pytest.approx(30.0), pytest.approx(120.0), 1)
    assert np.isnan(one.kappa)
    assert fisher_mean([30.0, 30.0], [120.0, 120.0]).kappa > 1e9
    with pytest.raises(InputError, match="at least one"):
        fisher_mean([], [])
