"""Image values that can be compared: logarithms of what spans decades, even contrast along a log and around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import height_m

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
    least = decades_floor(image)
    if least is None:
        return lambda part: part
    floor = np.float32(least)
    return lambda part: np.log10(np.maximum(part, floor))


def decades_floor(image: Image) -> float | None:
    """The least value that counts in an image that is positive and spans decades; None in one that does not.

    A few zeros or negatives among resistivities are noise, not minus infinity.
    """
    values = thinned(image)
    values = values[np.isfinite(values)]
    low, high = np.percentile(values, [5, 95]) if values.size else (0.0, 0.0)
    return float(low / 1e3) if low > 0 and high / low > DECADES_RATIO else None


STATIC_PERCENTILES = (1.0, 99.0)
DYNAMIC_SPREADS = 2.0
"""Spreads of its surroundings, up and down, over which dynamic normalisation lays its scale."""


def static(image: Image) -> Callable[[Image], Image]:
    """The function that lays values on [0, 1] by one scale for the whole log: contrasts along it can be compared.

    Decades become logarithms first; the scale runs from the 1st to the 99th percentile. Missing pixels stay NaN.
    """
    comparable = compress_decades(image)
    values = comparable(thinned(image))
    known = values[np.isfinite(values)]
    low, high = np.percentile(known, STATIC_PERCENTILES) if known.size else (0.0, 1.0)
    width = np.float32(high - low) or np.float32(1.0)
    return lambda part: np.clip((comparable(part) - np.float32(low)) / width, 0.0, 1.0)


def dynamic(image: Image, window_rows: int) -> Image:
    """Values on [0, 1] by a scale that follows the log: every row against the mean and spread of the valid pixels of
    ``window_rows`` rows around it, (rows, columns).

    The window must be taller than the traces, or their contrast is lost with that of the rock around them: see
    :func:`least_window_m`. Gaps take part in nothing. Give it what :func:`compress_decades` makes of resistivities.
    """
    known = np.isfinite(image)
    filled = np.where(known, image, 0.0).astype(np.float64)
    middle = filled.sum() / max(1, known.sum())
    filled = np.where(known, filled - middle, 0.0)  # about their mean, or squares of large values lose the small spread
    totals = (_sums(per_row, window_rows) for per_row in (known.sum(1), filled.sum(1), (filled**2).sum(1)))
    count, total, squares = totals
    mean = total / np.maximum(count, 1)
    spread = np.sqrt(np.maximum(squares / np.maximum(count, 1) - mean**2, 0.0))
    scale = np.where(spread > 1e-9 * max(1.0, abs(middle)), DYNAMIC_SPREADS * spread, np.inf)
    scaled = 0.5 + 0.5 * (filled - mean[:, None]) / scale[:, None]
    return np.where(known, np.clip(scaled, 0.0, 1.0), np.nan).astype(np.float32)


def equalised(image: Image, window_rows: int) -> Image:
    """An image (rows, columns) whose columns all have the mean and spread that the whole image has over the same
    ``window_rows`` rows: gains and offsets of pads and buttons go, and with them what differs between sides of the hole
    all along the window. The window must be much taller than the traces. For pictures, and before an export.
    """
    known = np.isfinite(image)
    values = np.where(known, image, 0.0).astype(np.float64)
    middle = values.sum() / max(1, known.sum())
    values = np.where(known, values - middle, 0.0)  # about their mean, as in dynamic

    def moments(sums: Callable[[NDArray[np.floating | np.integer]], NDArray[np.float64]]) -> tuple[Any, Any]:
        count, total, squares = (np.maximum(sums(known), 1), sums(values), sums(values**2))
        return total / count, np.sqrt(np.maximum(squares / count - (total / count) ** 2, 0.0))

    mean, spread = moments(lambda part: _sums(part, window_rows))
    mean_of_all, spread_of_all = moments(lambda part: _sums(part.sum(1), window_rows)[:, None])
    flat = spread <= 1e-4 * spread_of_all  # what rounding leaves of a dead button
    scaled = (values - mean) / np.where(flat, 1.0, spread) * spread_of_all + mean_of_all + middle
    return np.where(known & ~flat, scaled, np.nan).astype(np.float32)


def gaps_filled(image: Image) -> Image:
    """An image (rows, columns) whose gaps between pads are bridged in a straight line around the hole, row by row; rows
    without a pixel stay missing. For pictures alone: what it adds was never measured.
    """
    columns = image.shape[1]
    filled = image.copy()
    known = np.isfinite(image)
    for row in np.flatnonzero(known.any(1) & ~known.all(1)):
        at = np.flatnonzero(known[row])
        gaps = np.flatnonzero(~known[row])
        filled[row, gaps] = np.interp(gaps, at, image[row, at], period=columns)
    return filled


def _sums(values: NDArray[np.floating | np.integer], window: int) -> NDArray[np.float64]:
    """Sums of values (rows, ...) over a window of rows about each, cut off at the ends."""
    summed = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0, dtype=np.float64)])
    row = np.arange(len(values))
    return np.asarray(
        summed[np.minimum(row + (window + 1) // 2, len(values))] - summed[np.maximum(row - window // 2, 0)]
    )


def least_window_m(dip_deg: float, hole_diameter_m: float) -> float:
    """The least window of :func:`dynamic` in metres that leaves a plane of that dip against the hole its contrast:
    twice the height of its trace.
    """
    return 2 * float(height_m(dip_deg, hole_diameter_m))
