"""Windows seen upside down as well: a log is no more to be picked one way up than the other, so what counts is what
both views have in common. A faint trace is found in both, a chance likeness of one in one of them.

Mirror images beside them, four views in all, gained next to nothing on synthetic wells and on real ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geobfdt.model.config import Head, ModelConfig
from geobfdt.prediction.engine import Engine
from geobfdt.prediction.found import FAINTEST, Answers
from geobfdt.windows.grid import HEIGHT_RADII
from geobfdt.windows.repeats import same_traces

AS_MANY = 0.9
"""What both views have in common scores less than what one has: at so much of its threshold they keep as many picks,
0.84 to 0.96 of it on wells of the bench (seeds 7 and 8) and on two real logs."""


@dataclass(frozen=True)
class BothWays:
    """An :class:`~geobfdt.prediction.engine.Engine` that asks another twice of each window, which takes it twice as
    long.
    """

    engine: Engine

    @property
    def name(self) -> str:
        return self.engine.name

    @property
    def config(self) -> ModelConfig:
        return self.engine.config

    @property
    def threshold(self) -> float:
        return round(AS_MANY * self.engine.threshold, 2)

    @property
    def source(self) -> str:
        return self.engine.source

    @property
    def at_once(self) -> int:
        return self.engine.at_once

    @property
    def ahead(self) -> int:
        return self.engine.ahead

    @property
    def gives(self) -> Head:
        return self.engine.gives

    def digest(self) -> str:
        return self.engine.digest()

    def planes(self, windows: NDArray[np.float32]) -> Callable[[], Answers]:
        """What both views have in common: see :func:`consensus`."""
        straight, turned = self.engine.planes(windows), self.engine.planes(_upside_down(windows))
        return lambda: consensus(straight(), _turned_back(turned()))

    def shares(self, windows: NDArray[np.float32]) -> NDArray[np.float64]:
        """The means of both views' probabilities."""
        straight, turned = self.engine.shares(windows), self.engine.shares(_upside_down(windows))
        return (straight + (_upside_down(turned) if turned.ndim > 2 else turned)) / 2


def seen(engine: Engine, *, both_ways: bool) -> Engine:
    """The engine, or one that sees windows both ways."""
    return BothWays(engine) if both_ways else engine


def consensus(one: Answers, other: Answers) -> Answers:
    """One answer from two to the same windows, with the queries of both.

    Planes of one trace, one of each, become the surer of them: with the mean of their sinusoids and spreads weighted by
    score, and the mean of their scores. What only one of them has is half as sure.
    """
    sinusoids, score, logit, spread = (
        np.concatenate([getattr(one, name), getattr(other, name)], axis=1)
        for name in ("sinusoids", "score", "logit", "spread")
    )
    surest = score.max(-1)
    score = score / 2
    window, query = np.nonzero(surest > FAINTEST)
    found = surest[window, query].astype(float)
    surer, fainter = _pairs(sinusoids[window, query], found, window, query < one.score.shape[1]).T
    to, taken = (window[surer], query[surer]), (window[fainter], query[fainter])
    share = (found[surer] / (found[surer] + found[fainter]))[:, None]
    for values in (sinusoids, logit, spread):
        values[to] = share * values[to] + (1 - share) * values[taken]
    score[to] += score[taken]
    score[taken] = 0
    return Answers(sinusoids, np.asarray(score, np.float32), logit, spread)


def _pairs(
    sinusoids: NDArray[np.float64], score: NDArray[np.float64], window: NDArray[np.int64], first: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """(m, 2) planes of one trace and one window, the surer and the fainter, one of them of the ``first`` answer. None
    is in two pairs, and the surest are paired first.
    """
    apart = sinusoids + np.stack([2 * HEIGHT_RADII * window, *np.zeros((2, len(window)))], axis=1)
    pairs = same_traces(apart, window)
    pairs = pairs[first[pairs[:, 0]] != first[pairs[:, 1]]]
    pairs = np.where((score[pairs[:, 0]] >= score[pairs[:, 1]])[:, None], pairs, pairs[:, ::-1])
    paired: set[int] = set()
    kept = []
    for pair in pairs[np.lexsort(-score[pairs.T[::-1]])].tolist():
        if paired.isdisjoint(pair):
            kept.append(pair)
            paired.update(pair)
    return np.array(kept, np.int64).reshape(-1, 2)


def _upside_down(images: NDArray[Any]) -> NDArray[Any]:
    """Images (n, channels, rows, columns), their last row first."""
    return np.ascontiguousarray(images[:, :, ::-1])


def _turned_back(answers: Answers) -> Answers:
    """What was said of windows upside down, of the windows: depths from their centres, and with them a and b, change
    their signs.
    """
    return Answers(-answers.sinusoids, answers.score, answers.logit, answers.spread)
