"""Rows one below the other: which way depths run, and what becomes of rows whose depths stand still or step back."""

from __future__ import annotations

import warnings
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geobfdt.errors import InputError, InputWarning

FEW = 0.05
"""Of all rows: as many may stand still or step back, and are left out; more than that is no accident."""
TIE = 1e-6
"""Of a last decimal: 0.005 is written as 0.00 or as 0.01, and which of them is a matter of the last bit."""
DECIMALS = 7
"""Of metres: depths that differ by less are the same, computed in two ways."""
FEWEST_ROWS = 20
"""Rows that it takes to tell an even sampling under depths of too few decimals."""

Place = Callable[[int], str]
"""Where a row stands in the file, in words."""


@dataclass(frozen=True, eq=False)
class Order:
    """Depths (rows,) in metres that rise or fall throughout, and which rows of the file they are of, None for all."""

    depth_m: NDArray[np.float64]
    kept: NDArray[np.intp] | None = None


def falling(depth_m: NDArray[np.float64], path: Path, place: Place) -> bool:
    """Whether depths (rows,) fall from row to row rather than rise; :class:`InputError` naming the place of a row where
    they do neither, or where there is none.
    """
    _check_finite(depth_m, path, place)
    steps = np.diff(depth_m)
    if not len(steps) or (steps > 0).all() or (steps < 0).all():
        return bool(len(steps) and steps[0] < 0)
    raise _disorder(depth_m, path, place)


def in_order(depth_m: NDArray[np.float64], path: Path, place: Place) -> Order:
    """Depths that rise or fall throughout.

    Where an even sampling was written with too few decimals, so that neighbours have one depth, the rows are spread
    evenly again, which is off by less than the last decimal; where a few rows stand still or step back, as a log by
    time does when the tool hangs, or have no depth, they are left out. Warns (:class:`InputWarning`) of either with the
    number of rows. Raises :class:`InputError` naming a row and the remedy otherwise.
    """
    known = with_depths(depth_m, path, place)
    if len(known) < len(depth_m):
        order = in_order(depth_m[known], path, lambda row: place(int(known[row])))
        return Order(order.depth_m, known if order.kept is None else known[order.kept])
    steps = np.diff(np.round(depth_m, DECIMALS))
    if (steps > 0).all() or (steps < 0).all():
        return Order(depth_m)
    even = _even(depth_m)
    if even is not None:
        warnings.warn(
            f"{path}: {int((steps == 0).sum())} of {len(depth_m)} rows repeat the depth of the row before for want of "
            f"decimals; all were spread evenly, {abs(even[1] - even[0]) * 1000:.4g} mm apart, as the depths allow to "
            "within their last decimal; export depths with more decimals if that is not so",
            InputWarning,
            stacklevel=2,
        )
        return Order(even)
    against = (steps <= 0 if _rising(depth_m) else steps >= 0).sum()
    if against >= 2 * FEW * len(depth_m):  # a row that is left out mends two steps at most, the one to it and from it
        raise _disorder(depth_m, path, place)
    kept = _one_way(depth_m)
    lost = np.setdiff1d(np.arange(len(depth_m)), kept)
    if len(lost) >= FEW * len(depth_m):
        raise _disorder(depth_m, path, place)
    first = int(lost[0])
    warnings.warn(
        f"{path}: the depths of {len(lost)} of {len(depth_m)} rows stand still or step back, the first of them at "
        f"{place(first)} ({depth_m[first]:.4f} m); these rows were left out",
        InputWarning,
        stacklevel=2,
    )
    return Order(depth_m[kept], kept)


def with_depths(depth_m: NDArray[np.float64], path: Path, place: Place) -> NDArray[np.intp]:
    """The rows whose depths are known; warns (:class:`InputWarning`) with the number of those left out, and raises
    :class:`InputError` naming one where they are many.
    """
    known = np.flatnonzero(np.isfinite(depth_m))
    lost = len(depth_m) - len(known)
    if lost >= FEW * len(depth_m):
        _check_finite(depth_m, path, place)
    if lost:
        first = place(int(np.argmin(np.isfinite(depth_m))))
        warnings.warn(
            f"{path}: {lost} of {len(depth_m)} rows have no depth, the first of them {first}; they were left out",
            InputWarning,
            stacklevel=3,
        )
    return known


def _check_finite(depth_m: NDArray[np.float64], path: Path, place: Place) -> None:
    if not np.isfinite(depth_m).all():
        row = int(np.argmin(np.isfinite(depth_m)))
        raise InputError(f"{path}: {place(row)} has no depth; remove or mend it")


def _disorder(depth_m: NDArray[np.float64], path: Path, place: Place) -> InputError:
    steps = np.diff(np.round(depth_m, DECIMALS))
    rising = _rising(depth_m)
    row = int(np.argmax(steps <= 0 if rising else steps >= 0)) + 1
    where = f"{place(row)} at {depth_m[row]:.4f} m"
    against = int((steps < 0).sum() if rising else (steps > 0).sum())
    if steps[row - 1] == 0 and not against:
        still = int((steps == 0).sum())
        return InputError(
            f"{path}: {where} repeats the depth of the row before, as {still} of {len(depth_m)} rows do; export depths "
            "with more decimals or, if the tool stood still, the log by depth instead of by time"
        )
    return InputError(
        f"{path}: depths neither rise nor fall throughout, see {where}, and step back {against} times in "
        f"{len(depth_m)} rows; export the log by depth, or sort the rows by depth if they have lost their order"
    )


def _rising(depth_m: NDArray[np.float64]) -> bool:
    """Which way most rows go; how far they go does not count, for one wild depth goes further than all others."""
    return bool(np.sign(np.diff(depth_m)).sum() >= 0)


def _even(depth_m: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Evenly spaced depths (rows,) that give these when they lose decimals, None where there are none.

    A row at a + b k and the depth written for it differ by no more than a last decimal, from the least to the greatest
    difference. The steps b for which that is so, if any, lie close to the one of least squares; the spread of the
    differences is convex in b, which a search by thirds makes use of.
    """
    steps = np.diff(np.round(depth_m, DECIMALS))
    moving = np.abs(steps[steps != 0])
    still = 1 - len(moving) / max(1, len(steps))
    if len(depth_m) < FEWEST_ROWS or still < FEW or len(moving) < 2 or len(np.unique(np.sign(steps[steps != 0]))) > 1:
        return None
    decimal = float(moving.min())
    if np.abs(moving / decimal - np.round(moving / decimal)).max() > 0.01:
        return None
    row = np.arange(len(depth_m), dtype=np.float64)
    start = float(depth_m[0])
    slope = float(np.polyfit(row, depth_m - start, 1)[0])
    low, high = slope - 2 * decimal / len(row), slope + 2 * decimal / len(row)
    for _ in range(40 if _spread(depth_m - start, row, slope) > decimal else 0):
        third = (high - low) / 3
        if _spread(depth_m - start, row, low + third) <= _spread(depth_m - start, row, high - third):
            high -= third
        else:
            low += third
        slope = (low + high) / 2
    # Where steps are as long as the last decimal, a difference of just as much is a row that stood still.
    if _spread(depth_m - start, row, slope) > decimal * (1 + TIE if abs(slope) < 0.75 * decimal else 1 - TIE):
        return None
    differences = depth_m - start - slope * row
    return np.asarray(start + (differences.min() + differences.max()) / 2 + slope * row)


def _spread(depth_m: NDArray[np.float64], row: NDArray[np.float64], slope: float) -> float:
    return float(np.ptp(depth_m - slope * row))


def _one_way(depth_m: NDArray[np.float64]) -> NDArray[np.intp]:
    """The most rows (kept,), in order, whose depths go one way throughout: the longest increasing subsequence, found
    as in patience sorting; of rows at one depth the first.
    """
    values = np.round(depth_m if _rising(depth_m) else -depth_m, DECIMALS).tolist()
    tops: list[float] = []
    top_rows: list[int] = []
    before = [-1] * len(values)
    for row, value in enumerate(values):
        pile = bisect_left(tops, value)
        before[row] = top_rows[pile - 1] if pile else -1
        if pile == len(tops):
            tops.append(value)
            top_rows.append(row)
        elif value < tops[pile]:
            tops[pile], top_rows[pile] = value, row
    kept = []
    row = top_rows[-1] if top_rows else -1
    while row >= 0:
        kept.append(row)
        row = before[row]
    return np.array(kept[::-1], np.intp)
