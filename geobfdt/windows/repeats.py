"""One plane found twice, in a window or by two that overlap, becomes one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import mean_trace_distance
from geobfdt.windows.grid import HEIGHT_RADII

SAME_TRACE_RADII = 0.2
"""Two picks whose traces lie closer than this (2.2 cm in an 8.5 in hole), across the trace and on average, are one."""


def merge_repeats(
    sinusoids: NDArray[np.float64], score: NDArray[np.float64], window: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Make one plane of those that were found twice in a window, or by two neighbouring windows.

    sinusoids (n, 3) in radii with z0 counted along the whole log, score (n,), window (n,) index. Of planes with one
    trace the surest is kept, with the mean of their sinusoids weighted by score: (n,) which are kept, and (n, 3)
    sinusoids of all. Traces are compared by their mean distance over the whole curve, measured across the trace,
    because steep limbs lie far apart along depth for a small angle between planes.
    """
    close = same_traces(sinusoids, window)
    # The surest first, so that what it takes in cannot take in others in turn.
    surer = np.where((score[close[:, 0]] >= score[close[:, 1]])[:, None], close, close[:, ::-1])
    kept = np.ones(len(score), bool)
    total, weight = sinusoids * score[:, None], score.copy()
    for one, other in surer[np.argsort(-score[surer[:, 0]], kind="stable")]:
        if kept[one] and kept[other]:
            kept[other] = False
            total[one] += sinusoids[other] * score[other]
            weight[one] += score[other]
    return kept, total / np.maximum(weight, 1e-12)[:, None]


def same_traces(sinusoids: NDArray[np.float64], window: NDArray[np.int64]) -> NDArray[np.int64]:
    """(m, 2) pairs of planes with one trace, of one window or of two neighbours."""
    order = np.argsort(sinusoids[:, 0], kind="stable")
    pairs = [np.empty((0, 2), np.int64)]
    for step in range(1, len(order)):  # planes next to each other in depth, then next but one, ...
        one, other = order[:-step], order[step:]
        near = sinusoids[other, 0] - sinusoids[one, 0] <= HEIGHT_RADII / 8
        if not near.any():
            break
        one, other = one[near], other[near]
        slope = np.hypot(*((sinusoids[one] + sinusoids[other]) / 2)[:, 1:].T)
        apart = mean_trace_distance(*(sinusoids[one] - sinusoids[other]).T) / np.hypot(1.0, slope)
        same = (apart < SAME_TRACE_RADII) & (np.abs(window[one] - window[other]) <= 1)
        pairs.append(np.stack([one[same], other[same]], axis=1))
    return np.concatenate(pairs)
