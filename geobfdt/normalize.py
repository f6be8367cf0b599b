"""Image values that can be compared: resistivities over decades become logarithms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]

DECADES_RATIO = 10.0
"""A positive image whose 95th percentile is this many times its 5th spans decades, as resistivities do."""


def thinned(image: Image, most: int = 200_000) -> Image:
    """Whole rows of an image (rows, columns), evenly spread, about ``most`` pixels in all: (fewer, columns)."""
    return image[:: max(1, image.size // most)]


def compress_decades(image: Image) -> Callable[[Image], Image]:
    """The function that makes an image's values comparable: log10 where they are positive and span decades.

    It is decided once over the whole log, so that neighbouring windows are never treated differently.
    """
    values = thinned(image)
    values = values[np.isfinite(values)]
    low, high = np.percentile(values, [5, 95]) if values.size else (0.0, 0.0)
    if low > 0 and high / low > DECADES_RATIO:
        floor = np.float32(low / 1e3)  # a few zeros or negatives among resistivities are noise, not minus infinity
        return lambda part: np.log10(np.maximum(part, floor))
    return lambda part: part
