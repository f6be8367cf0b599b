"""Logarithms exactly where values span decades."""

import numpy as np

from geobfdt.normalize import compress_decades


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
