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


Tap = tuple[slice | NDArray[np.int64], NDArray[np.int64], Image]
"""Of m new rows: which ones, which other row each of them takes of (m,), and how much of it (m,)."""
_ALL = slice(None)


@dataclass(frozen=True, eq=False)
class Shares:
    """What each of ``count`` rows takes of others, one other at a time: a row that takes of many costs itself alone."""

    count: int
    taps: tuple[Tap, ...]

    def of(self, image: Image) -> Image:
        """The new rows (count, columns) of an image (rows, columns), which holds no NaN."""
        total = np.zeros((self.count, image.shape[1]), np.float32)
        for into, rows, share in self.taps:
            part = image.take(rows, axis=0)
            part *= share[:, None]
            total[into] += part
        return total

    def turned(self, by: int, around: int) -> Shares:
        """The same of rows that are counted from another one on, of so many ``around`` a circle."""
        return Shares(self.count, tuple((into, (rows + by) % around, share) for into, rows, share in self.taps))


def averaging(depth_m: _Depths, grid_m: _Depths, step_m: float, row_step_m: float) -> Shares:
    """What grid rows, ``step_m`` apart, take of a log's rows by the area that those fill; beside a hole in the log the
    shares of a row sum to less than 1. A log's row fills the depths nearest to it, as far as it reaches.
    """
    middle = (depth_m[1:] + depth_m[:-1]) / 2
    reach = REACH * row_step_m
    top = np.maximum(np.concatenate([[-np.inf], middle]), depth_m - reach)
    base = np.minimum(np.concatenate([middle, [np.inf]]), depth_m + reach)
    first = np.searchsorted(base, grid_m - step_m / 2, "right")
    taken = np.searchsorted(top, grid_m + step_m / 2, "left") - first
    taps: list[Tap] = []
    for k in range(taken.max()):
        into = _ALL if (taken > k).all() else np.flatnonzero(taken > k)
        rows, grid = first[into] + k, grid_m[into]
        overlap = np.minimum(base[rows], grid + step_m / 2) - np.maximum(top[rows], grid - step_m / 2)
        taps.append((into, rows, (overlap / step_m).astype(np.float32)))
    return Shares(len(grid_m), tuple(taps))


def interpolating(depth_m: _Depths, grid_m: _Depths, step_m: float, row_step_m: float) -> Shares:
    """What grid rows take of a log's rows linearly; nothing beyond the ends or across a hole."""
    below = np.clip(np.searchsorted(depth_m, grid_m), 1, len(depth_m) - 1)
    rows = np.stack([below - 1, below])
    share = np.clip((grid_m - depth_m[rows[0]]) / (depth_m[rows[1]] - depth_m[rows[0]]), 0.0, 1.0)
    inside = np.abs(grid_m - depth_m[rows]).min(axis=0) <= REACH * row_step_m
    return _whole(rows, np.stack([1 - share, share]) * inside)


@lru_cache
def around_the_hole(columns: int, wanted: int) -> Shares:
    """What each of ``wanted`` columns takes of so many: by area where that coarsens, else linearly; sums are 1."""
    target = np.arange(wanted)
    if columns <= wanted:
        position = (target + 0.5) * columns / wanted - 0.5
        left = np.floor(position)
        rows = np.stack([left, left + 1]).astype(np.int64)
        return _whole(rows % columns, np.stack([1 - (position - left), position - left]))
    rows = target * columns // wanted + np.arange(-(-columns // wanted) + 1)[:, None]
    top, base = np.maximum(rows / columns, target / wanted), np.minimum((rows + 1) / columns, (target + 1) / wanted)
    return _whole(rows % columns, np.maximum(base - top, 0.0) * wanted)


def _whole(rows: NDArray[np.int64], share: NDArray[np.float64]) -> Shares:
    """Where all n rows take of as many others: which, and how much, each (k, n)."""
    return Shares(rows.shape[1], tuple((_ALL, *tap) for tap in zip(rows, share.astype(np.float32), strict=True)))
