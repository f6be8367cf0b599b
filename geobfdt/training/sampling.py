"""Which of a corpus's windows are drawn when, and how often: by the planes and traces in them, which are counted before
any is cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geobfdt.augment.draw import seed_of
from geobfdt.training.config import Sampling
from geobfdt.training.ranks import ALONE, Ranks
from geobfdt.windows.grid import HALF

# First number of a seed: training and validation never draw the same windows.
TRAIN, VALIDATION, AUGMENT = 0, 1, 2

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


class Part(NamedTuple):
    """Some of the windows of a chunk of a round."""

    round: int
    chunk: int
    windows: slice = slice(None)


@dataclass(frozen=True, eq=False)
class Passes:
    """Says of every window of a run which place of a corpus it is, and by how many rows it is shifted.

    Windows come in rounds, each composed on its own of passes over the places, as many as fill it; a round is cut into
    chunks of as many windows as are augmented together, of which the last may be shorter.

    Of several ranks each has its own windows of a round, dealt out in turn, and all have as many: to the last ones the
    first of the round are dealt again. The chunks of one number, together, are that of a rank alone with a larger size.

    expected  (places,) how often each place is drawn in a pass
    seed      of the run
    length    windows of a round, over all ranks
    repeats   rounds after which the very same come again, 0: none ever does
    ranks     whose windows these are
    """

    expected: Floats
    seed: int
    length: int
    repeats: int = 0
    ranks: Ranks = ALONE

    @property
    def share(self) -> int:
        """Windows of a round that are this rank's."""
        return -(-self.length // self.ranks.world)

    def repeated(self, number: int) -> int:
        """The round whose windows come as those of round ``number``."""
        return number % self.repeats if self.repeats else number

    def chunk(self, number: int, chunk: int, size: int) -> list[tuple[int, int]]:
        """Place and shift of the windows of chunk ``chunk``, ``size`` at most, of round ``number``."""
        rng = np.random.default_rng(seed_of(TRAIN, self.seed, self.repeated(number)))
        passes = -(-self.length // draws_a_pass(self.expected))
        places = np.concatenate([draw_pass(rng, self.expected) for _ in range(passes)])[: self.length]
        shifts = rng.integers(HALF, size=len(places)) - HALF // 2
        own = np.resize(np.arange(len(places)), self.share * self.ranks.world)[self.ranks.rank :: self.ranks.world]
        these = own[chunk * size : (chunk + 1) * size]
        return list(zip(places[these].tolist(), shifts[these].tolist(), strict=True))

    def running_on(self, batch: int, size: int) -> Iterator[Part]:
        """Batch number ``batch`` of full ones without end, which rounds follow each other through."""
        first, last = batch * size, (batch + 1) * size
        while first < last:
            number, place = divmod(first, self.share)
            chunk, offset = divmod(place, size)
            until = min(offset + last - first, size, self.share - chunk * size)
            yield Part(self.repeated(number), chunk, slice(offset, until))
            first += until - offset
