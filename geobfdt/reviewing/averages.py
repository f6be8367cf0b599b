"""Rows of a log averaged onto an even grid of depths, as levels of 8 bits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Bins:
    """``count`` bins of ``height_m`` each, downwards from ``top_m``."""

    top_m: float
    height_m: float
    count: int

    @property
    def base_m(self) -> float:
        return self.top_m + self.count * self.height_m


@dataclass(frozen=True)
class Grid:
    """Rows of level 0 are ``step_m`` high and begin at ``origin_m``; those of level L are 2^L of them."""

    origin_m: float
    step_m: float

    def bins(self, first: int, count: int, level: int) -> Bins:
        """Rows [first, first + count) of a level."""
        height_m = self.step_m * 2**level
        return Bins(self.origin_m + first * height_m, height_m, count)


@dataclass(frozen=True, eq=False)
class Part:
    """Some rows of a log: their depths (n,), increasing, and their values, (n, columns) or (n, columns, 3) from 0 to 1,
    NaN where nothing was measured.
    """

    depth_m: NDArray[np.float64]
    values: NDArray[np.float32]


def averaged(part: Part, bins: Bins, reach_m: float) -> NDArray[np.uint8]:
    """Levels 1 to 255 of the averages over bins, 0 where nothing was measured, (bins, columns); of colours (bins,
    columns, 4), the last of which is 255 where something was.

    A bin without a row of its own shows the nearest one, if that lies less than ``reach_m`` from its middle: depths
    that jitter must not leave blank lines.
    """
    values = part.values
    means = np.full((bins.count, *values.shape[1:]), np.nan, np.float32)
    at = np.floor((part.depth_m - bins.top_m) / bins.height_m).astype(np.int64)
    inside = slice(*np.searchsorted(at, [0, bins.count]).tolist())
    if inside.start < inside.stop:
        filled, starts = np.unique(at[inside], return_index=True)
        means[filled] = _means(values[inside], starts)
        empty = np.setdiff1d(np.arange(bins.count), filled)
    else:
        empty = np.arange(bins.count)
    if len(empty) and len(part.depth_m):
        middle = bins.top_m + (empty + 0.5) * bins.height_m
        below = np.clip(np.searchsorted(part.depth_m, middle), 0, len(part.depth_m) - 1)
        above = np.maximum(below - 1, 0)
        nearest = np.where(middle - part.depth_m[above] < part.depth_m[below] - middle, above, below)
        near = np.abs(part.depth_m[nearest] - middle) < 0.999 * reach_m  # a whole step is a row that is not there
        means[empty[near]] = values[nearest[near]]
    return levels_of(means)


def _means(values: NDArray[np.float32], starts: NDArray[np.intp]) -> NDArray[np.float32]:
    """Means of the valid values of runs of rows that begin at ``starts``, NaN where there is none."""
    if len(starts) == len(values):
        return values
    valid = np.isfinite(values)
    counts = np.add.reduceat(valid, starts, axis=0, dtype=np.int32)
    sums = np.add.reduceat(np.where(valid, values, np.float32(0.0)), starts, axis=0)
    return np.divide(sums, counts, out=np.full(sums.shape, np.nan, np.float32), where=counts > 0)


def levels_of(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Values from 0 to 1 as levels 1 to 255, NaN as 0, (..., columns); of colours as 0 to 255 and whether there."""
    known = np.isfinite(values)
    if values.ndim == 3:
        colours = np.where(known, values * np.float32(255.0) + np.float32(0.5), 0).astype(np.uint8)
        there = np.where(known.all(axis=2), 255, 0).astype(np.uint8)
        return np.concatenate([colours, there[:, :, None]], axis=2)
    return np.where(known, np.where(known, values, 0) * np.float32(254.0) + np.float32(1.5), 0).astype(np.uint8)


def halved(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Levels of rows twice as high: the means of two each, of those that are there."""
    if len(levels) % 2:
        levels = np.concatenate([levels, np.zeros_like(levels[:1])])
    one, other = levels[0::2], levels[1::2]
    there, too = (one > 0, other > 0) if levels.ndim == 2 else (one[..., 3:] > 0, other[..., 3:] > 0)
    both = ((one.astype(np.uint16) + other + 1) // 2).astype(np.uint8)
    return np.where(there & too, both, np.where(there, one, other)).astype(np.uint8, copy=False)
