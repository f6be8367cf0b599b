"""How often a corpus's windows are drawn: by the planes and traces in them, which are counted before any is cut."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geobfdt.training.config import Sampling

EMPTY_UNDER = 0.25
"""How often a window without planes is drawn for one with planes; sampling under."""

Floats = NDArray[np.float64]


def expected_draws(sampling: Sampling, planes: Floats, trace_share: Floats, least_trace_share: float) -> Floats:
    """How often each of n windows is drawn in a pass, on average, (n,): of those that hold so many planes (n,), and
    whose pixels traces cover to a share (n,).

    - as_is: once.
    - under: with planes once; without, every fourth time, see :data:`EMPTY_UNDER`.
    - over: without traces once; the others more often by their share of traces over the mean of all windows', so that
      windows are drawn twice on average, and none is lost.
    - filtered: with a share of at least ``least_trace_share`` once, the others never.
    """
    expected = np.ones(len(planes))
    if sampling == "under":
        expected[planes < 0.5] = EMPTY_UNDER  # planes in a stretch that the window ends in count in part
    if sampling == "over" and trace_share.any():
        expected += trace_share / trace_share.mean()
    if sampling == "filtered":
        expected[trace_share < least_trace_share] = 0.0
    return expected


def draws_a_pass(expected: Floats) -> int:
    """Windows of a pass: the expected sum, as a whole number."""
    return max(1, round(expected.sum())) if expected.any() else 0


def draw_pass(rng: np.random.Generator, expected: Floats) -> NDArray[np.int64]:
    """One pass over n windows: their numbers in a random order, each as often as ``expected`` (n,) but for a fraction,
    which chance rounds up or down; every pass is of one length.
    """
    order = rng.permutation(len(expected))
    if (expected == 1).all():
        return order
    # Along the summed expectations marks stand one apart (systematic sampling): a window is drawn at each on its share.
    sums = expected[order].cumsum() * (draws_a_pass(expected) / expected.sum())
    sums[-1] = draws_a_pass(expected)
    marks = np.floor(sums + rng.uniform()).astype(np.int64)
    return rng.permutation(np.repeat(order, np.diff(marks, prepend=0)))
