"""From the pixels of traces to planes: the probabilities that a network gives become votes.

A probability knows neither which way a trace runs nor on which side of it lies what. Summed as it is, any plane through
dense beds would collect as much as they cover, and two planes a pixel apart as much as each other. So what votes is how
much of a *ridge* the probability of either kind makes across each direction: 1 on the middle of a trace of the width
that the mask head is taught, 0 in the valley between two traces, and 0 where it is the same everywhere. The Hough
transform, the fit and the erasing are those of :mod:`geobfdt.prediction.hough`. A plane is of the kind that has more of
the probability along its trace, and its confidence is the mean of its votes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from geobfdt.prediction.found import Found
from geobfdt.prediction.hough import (
    CONTEXT,
    DIRECTIONS_RAD,
    OWNED,
    Floats,
    Mask,
    Rules,
    Votes,
    beside,
    planes_in,
    smooth,
)
from geobfdt.windows.grid import COLUMNS, ROW_STEP_RADII

THRESHOLD = 0.25
"""Least confidence of a pick, where no validation has chosen one: a network's doubt lowers the mean of its votes."""
LEAST = 0.1
"""Of a plane that explains its votes, and may be picked where the threshold is set lower."""
SIGMA = 0.1
"""Width of the ridge filter, that of the classical edges: on 32 m of synthetic wells the traces of a network of 180
steps reach F1 0.75 (8 cm and 10 degrees), and 0.71 with 0.07, while true masks lose 0.01 of their 0.98."""
FULL = 0.35
"""What the filter answers to a trace 0.1 wide, as traces are taught; wider ones answer more, and count as much."""
ERASED = 0.15
"""Half width of what a plane explains: its trace, and the filter's flanks."""

Part = tuple[NDArray[np.floating], NDArray[np.bool_]]
"""Probabilities (2, rows, 180) of a fracture's and of a bedding's trace, and where the wall is seen (rows, 180)."""


def traced_planes(parts: Iterable[Part], *, seed: int = 0) -> Found:
    """The planes of a log, or of a window, whose parts come one after the other, of any length, so that none has to be
    held whole. Rows and columns are those of :func:`geobfdt.windows.grid.gridded`.

    Of score :data:`LEAST` or more, z0 from the upper edge of the first row; what two chunks both found is not yet
    merged.
    """
    rng = np.random.default_rng(seed)
    found = []
    for chunk, (probability, seen) in enumerate(_chunks(parts)):
        votes = ridges(probability.sum(0), seen)[None]
        for _, confidence, sinusoid in planes_in(votes, seen, RULES, rng):
            kind = int(_along(probability, sinusoid).argmax())
            sinusoid[0] += (chunk * OWNED - CONTEXT) * ROW_STEP_RADII
            found.append((chunk, kind, confidence, sinusoid))
    return Found.of(found)


def _chunks(parts: Iterable[Part]) -> Iterator[tuple[Floats, Mask]]:
    """A log in chunks of :data:`OWNED` rows, the last one filled up, with :data:`CONTEXT` above and below."""
    probability, seen = _unseen(0)
    for more, more_seen in _between_the_unseen(parts):
        probability, seen = np.concatenate([probability, more], axis=1), np.concatenate([seen, more_seen])
        while len(seen) >= OWNED + 2 * CONTEXT:
            yield probability[:, : OWNED + 2 * CONTEXT], seen[: OWNED + 2 * CONTEXT]
            probability, seen = probability[:, OWNED:], seen[OWNED:]


def _between_the_unseen(parts: Iterable[Part]) -> Iterator[Part]:
    rows = 0
    yield _unseen(CONTEXT)
    for probability, seen in parts:
        rows += len(seen)
        yield probability, seen
    yield _unseen(CONTEXT + -rows % OWNED)


def _unseen(rows: int) -> tuple[Floats, Mask]:
    return np.zeros((2, rows, COLUMNS)), np.zeros((rows, COLUMNS), bool)


def ridges(probability: Floats, seen: Mask) -> Votes:
    """How much of a ridge a probability (rows, columns) makes across each direction, (directions, rows, columns) in
    [0, 1]; gaps are filled with what is around them, and do not vote.
    """
    sigma = SIGMA / np.array([ROW_STEP_RADII, 2 * np.pi / COLUMNS])
    around = smooth(probability * seen, 2 * sigma) / np.maximum(smooth(seen, 2 * sigma), 1e-6)
    filled = np.where(seen, probability, around)
    zz, zt, tt = (
        -smooth(filled, sigma, order) * sigma[0] ** order[0] * sigma[1] ** order[1]
        for order in ((2, 0), (1, 1), (0, 2))
    )
    cos, sin = np.cos(DIRECTIONS_RAD)[:, None, None], np.sin(DIRECTIONS_RAD)[:, None, None]
    across = (cos**2 * zz - 2 * cos * sin * zt + sin**2 * tt) / FULL
    return np.asarray(np.clip(across, 0.0, 1.0) * seen, np.float32)


def _along(probability: NDArray[np.floating], sinusoid: Floats) -> Floats:
    """Mean probability of each kind along a trace and beside it, (2,)."""
    offsets = np.array([-0.04, 0.0, 0.04])
    shape = (len(DIRECTIONS_RAD), *probability.shape[1:])
    return np.array([beside(np.broadcast_to(kind, shape), sinusoid, offsets).mean() for kind in probability])


def _confidence(votes: Votes, seen: Mask, sinusoid: Floats) -> float:
    """Mean of the votes along the trace where it is seen, in [0, 1]."""
    there = beside(np.broadcast_to(seen, votes.shape), sinusoid, np.zeros(1))[0] > 0
    return float(beside(votes, sinusoid, np.zeros(1))[0][there].mean()) if there.any() else 0.0


RULES = Rules(_confidence, LEAST, 0.12, 0.08, 0.1, ((ERASED,),))
