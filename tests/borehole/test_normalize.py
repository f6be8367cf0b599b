"""Logarithms exactly where values span decades."""

import numpy as np
import pytest

from geobfdt.borehole.normalize import compress_decades, dynamic, equalised, gaps_filled, least_window_m, static


def test_resistivities_over_decades_become_logarithms():
    image = np.logspace(0, 3, 400, dtype=np.float32).reshape(20, 20)
    np.testing.assert_allclose(compress_decades(image)(image), np.log10(image), atol=1e-5)


def test_zeros_among_resistivities_stay_finite_and_missing_pixels_stay_missing():
    image = np.logspace(0, 3, 400, dtype=np.float32).reshape(20, 20)
    image[0, 0], image[0, 1] = 0.0, np.nan
    compressed = compress_decades(image)(image)
    assert np.isfinite(compressed[0, 0])
    assert np.isnan(compressed[0, 1])


def test_amplitudes_and_centred_values_are_left_alone():
    rng = np.random.default_rng(0)
    for image in (rng.uniform(100, 255, (20, 20)), rng.normal(0, 1, (20, 20)), np.full((20, 20), np.nan)):
        np.testing.assert_array_equal(compress_decades(image)(image), image)


def test_static_normalisation_has_one_scale_and_dynamic_one_that_follows_the_log():
    """Of two beds with the same texture, one ten times fainter, dynamic normalisation shows both alike."""
    texture = np.random.default_rng(0).normal(size=(800, 36)).astype(np.float32)
    image = np.concatenate([texture, 50 + 0.1 * texture])
    image[700:710] = np.nan
    fixed, following = static(image)(image), dynamic(image, 100)
    for scaled in (fixed, following):
        assert (np.isnan(scaled) == np.isnan(image)).all()
        assert np.nanmin(scaled) >= 0
        assert np.nanmax(scaled) <= 1
    assert np.nanstd(fixed[:600]) > 8 * np.nanstd(fixed[1000:])
    assert np.nanstd(following[:600]) == pytest.approx(np.nanstd(following[1000:]), rel=0.02)
    # A gap is nothing: the rows beside it are scaled as they would be without it.
    np.testing.assert_allclose(dynamic(image, 100)[300:640], dynamic(image[:700], 100)[300:640], atol=1e-5)


def test_dynamic_normalisation_of_a_flat_image_is_flat():
    assert (dynamic(np.full((50, 8), 1e6, np.float32), 10) == 0.5).all()


def test_pads_of_another_gain_and_offset_are_evened_and_what_they_saw_is_kept():
    rock = np.random.default_rng(0).normal(size=(2000, 24)).astype(np.float32)
    rock[900:904] += 3.0
    pads = rock.copy()
    pads[:, 6:12] = 0.2 * pads[:, 6:12] - 40
    pads[:, 20] = 7.0
    pads[100:200, 0:6] = np.nan
    even = equalised(pads, 1500)
    live = np.delete(np.arange(24), 20)
    assert np.isnan(even[:, 20]).all(), "a dead button has nothing to show"
    assert np.isnan(even[100:200, :6]).all()
    assert np.ptp(np.nanmean(even[:, live], axis=0)) < 0.2
    assert np.corrcoef(even[300:, 8], rock[300:, 8])[0, 1] > 0.99
    assert (even[900:904, 6:12].mean() - even[800:900, 6:12].mean()) > 2 * np.nanstd(even[:, live])


def test_gaps_are_bridged_around_the_hole_and_rows_without_a_pixel_are_not():
    image = np.tile(np.arange(8, dtype=np.float32), (3, 1))
    image[0, [0, 7]] = np.nan
    image[1] = np.nan
    filled = gaps_filled(image)
    np.testing.assert_allclose(filled[0, [7, 0]], [6 - 5 / 3, 6 - 10 / 3], rtol=1e-6)
    assert np.isnan(filled[1]).all()
    np.testing.assert_array_equal(filled[2], image[2])


def test_the_least_window_is_twice_the_height_of_the_trace():
    assert least_window_m(45.0, 0.2) == pytest.approx(0.4)
