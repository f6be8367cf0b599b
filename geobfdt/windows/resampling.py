"""Rows made of others: along the hole, and around it, where a column is a row of the image turned over.

A few rows side by side make each, so each is a sum of so many gathered arrays. Threads of a BLAS, which wait for more
work by spinning, would slow the detector's, and sparse matrices are slower and take a quarter of a second to load.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
_Depths = NDArray[np.float64]

REACH = 0.75
"""How far a row of a log reaches, in its rows' steps: a neighbour twice as far off is a hole between, no wider row."""


@dataclass(frozen=True, eq=False)
class Shares:
    """What each of n rows takes of k others.

    rows   (k, n) which
    share  (k, n) how much of each; 0 of those beyond the first and the last that it takes of
    """

    rows: NDArray[np.int64]
    share: Image

    def of(self, image: Image) -> Image:
        """The n rows of an image (rows, columns), which holds no NaN."""
        parts = zip(self.rows, self.share[..., None], strict=True)
        rows, share = next(parts)
        total: Image = image.take(rows, axis=0) * share
        for rows, share in parts:
            part = image.take(rows, axis=0)
            part *= share
            total += part
        return total


def averaging(depth_m: _Depths, grid_m: _Depths, step_m: float, row_step_m: float) -> Shares:
    """What grid rows, ``step_m`` apart, take of a log's rows by the area that those fill; beside a hole in the log the
    shares of a row sum to less than 1. A log's row fills the depths nearest to it, as far as it reaches.
    """
    middle = (depth_m[1:] + depth_m[:-1]) / 2
    reach = REACH * row_step_m
    top = np.maximum(np.concatenate([[-np.inf], middle]), depth_m - reach)
    base = np.minimum(np.concatenate([middle, [np.inf]]), depth_m + reach)
    first = np.searchsorted(base, grid_m - step_m / 2, "right")
    end = np.searchsorted(top, grid_m + step_m / 2, "left")
    rows = first + np.arange(max(1, (end - first).max()))[:, None]
    filled = rows < end
    rows = np.minimum(rows, len(depth_m) - 1)
    overlap = np.minimum(base[rows], grid_m + step_m / 2) - np.maximum(top[rows], grid_m - step_m / 2)
    return Shares(rows, np.where(filled, overlap / step_m, 0.0).astype(np.float32))


def interpolating(depth_m: _Depths, grid_m: _Depths, step_m: float, row_step_m: float) -> Shares:
    """What grid rows take of a log's rows linearly; nothing beyond the ends or across a hole."""
    below = np.clip(np.searchsorted(depth_m, grid_m), 1, len(depth_m) - 1)
    rows = np.stack([below - 1, below])
    share = np.clip((grid_m - depth_m[rows[0]]) / (depth_m[rows[1]] - depth_m[rows[0]]), 0.0, 1.0)
    inside = np.abs(grid_m - depth_m[rows]).min(axis=0) <= REACH * row_step_m
    return Shares(rows, (np.stack([1 - share, share]) * inside).astype(np.float32))


@lru_cache
def around_the_hole(columns: int, wanted: int) -> Shares:
    """What each of ``wanted`` columns takes of so many: by area where that coarsens, else linearly; sums are 1."""
    target = np.arange(wanted)
    if columns <= wanted:
        position = (target + 0.5) * columns / wanted - 0.5
        left = np.floor(position)
        share = np.stack([1 - (position - left), position - left])
        return Shares(np.stack([left, left + 1]).astype(np.int64) % columns, share.astype(np.float32))
    first = target * columns // wanted
    rows = first + np.arange(-(-columns // wanted) + 1)[:, None]
    top, base = np.maximum(rows / columns, target / wanted), np.minimum((rows + 1) / columns, (target + 1) / wanted)
    share = np.maximum(base - top, 0.0) * wanted
    return Shares(rows % columns, share.astype(np.float32))
