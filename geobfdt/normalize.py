"""Image values that can be compared: decades become logarithms, extremes are set aside."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]

DECADES_RATIO = 10.0
"""A positive image whose 95th percentile is this many times its 5th spans decades, as resistivities do."""


def _sample(image: Image, most: int = 200_000) -> Image:
    """Valid values of an image, thinned evenly: (n,)."""
    flat = image.ravel()
    thinned = flat[:: max(1, flat.size // most)]
    return np.asarray(thinned[np.isfinite(thinned)])


def compress_decades(image: Image) -> Callable[[Image], Image]:
    """The function that makes an image's values comparable: log10 where they are positive and span decades.

    It is decided once over the whole log, so that neighbouring windows are never treated differently.
    """
    values = _sample(image)
    low, high = np.percentile(values, [5, 95]) if values.size else (0.0, 0.0)
    if low > 0 and high / low > DECADES_RATIO:
        floor = np.float32(low / 1e3)  # a few zeros or negatives among resistivities are noise, not minus infinity
        return lambda part: np.log10(np.maximum(part, floor))
    return lambda part: part


def stretch(image: Image, low_percent: float = 1.0, high_percent: float = 99.0) -> Image:
    """(rows, columns) in [0, 1] for display, between two percentiles of the whole image; missing pixels stay NaN."""
    compressed = compress_decades(image)(image)
    values = _sample(compressed)
    low, high = np.percentile(values, [low_percent, high_percent]) if values.size else (0.0, 1.0)
    return np.clip((compressed - low) / max(high - low, 1e-12), 0.0, 1.0)
