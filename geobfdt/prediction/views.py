"""Windows seen from several sides: upside down, in a mirror, and both. A log has no more reason to be picked one way up
than the other, so what is found is what the views have in common; a fainter trace is found in more of them, a chance
likeness in fewer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from geobfdt.errors import InputError
from geobfdt.prediction.engine import Engine
from geobfdt.prediction.found import FAINTEST, Answers
from geobfdt.windows.grid import HEIGHT_RADII
from geobfdt.windows.repeats import same_traces

VIEWS = (1, 2, 4)
"""How many there can be: the window itself, upside down as well, and the mirror images of both."""
_SIDES = ((1, 1), (-1, 1), (1, -1), (-1, -1))
"""Of each view whether depths and azimuths run forwards in it."""


@dataclass(frozen=True)
class SeenFrom:
    """An :class:`~geobfdt.prediction.engine.Engine` that asks another for several views of each window, which takes
    it so many times as long.
    """

    engine: Engine
    views: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def planes(self, windows: NDArray[np.float32]) -> Callable[[], Answers]:
        """What the views have in common: see :func:`consensus`."""
        asked = [self.engine.planes(_seen(windows, side)) for side in _SIDES[: self.views]]
        return lambda: consensus([_as_it_is(answer(), side) for answer, side in zip(asked, _SIDES, strict=False)])

    def shares(self, windows: NDArray[np.float32]) -> NDArray[np.float64]:
        """The means of the views' probabilities."""
        sides = _SIDES[: self.views]
        said = [self.engine.shares(_seen(windows, side)) for side in sides]
        back = [_seen(one, side) if one.ndim > 2 else one for one, side in zip(said, sides, strict=True)]
        return np.asarray(np.mean(back, axis=0), np.float64)


def seen_from(engine: Engine, views: int) -> Engine:
    """The engine, asked for so many views of each window. Raises :class:`InputError` on none of :data:`VIEWS`."""
    check_views(views)
    return engine if views == 1 else cast("Engine", SeenFrom(engine, views))


def check_views(views: int) -> None:
    """Raise :class:`InputError` on none of :data:`VIEWS`."""
    if views not in VIEWS:
        raise InputError(f"--views {views}: must be {', '.join(map(str, VIEWS[:-1]))} or {VIEWS[-1]}")


def consensus(views: Sequence[Answers]) -> Answers:
    """One answer from several to the same windows, with all their queries. Each plane takes the surest of its trace in
    every other view with it: its sinusoid and spreads are their means, weighted by score, its scores the sums of theirs
    over the number of views. Those that were taken score 0.
    """
    queries = [answer.score.shape[1] for answer in views]
    sinusoids, score, logit, spread = (
        np.concatenate([np.asarray(getattr(answer, name), float) for answer in views], axis=1)
        for name in ("sinusoids", "score", "logit", "spread")
    )
    surest = score.max(-1)
    window, query = np.nonzero(surest > FAINTEST)
    view = np.repeat(np.arange(len(views)), queries)[query]
    taken_by = _taken_by(sinusoids[window, query], surest[window, query], window, view)
    weight = surest[window, query]

    def summed(values: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.zeros_like(values)
        np.add.at(total, taken_by, values)
        return total

    alone = taken_by == np.arange(len(taken_by))
    all_weights = np.where(alone, summed(weight), 1.0)[:, None]
    for values in (sinusoids, logit, spread):
        values[window, query] = summed(values[window, query] * weight[:, None]) / all_weights
    of_all = np.zeros_like(score)
    of_all[window, query] = np.where(alone[:, None], summed(score[window, query]) / len(views), 0.0)
    return Answers(sinusoids, of_all.astype(np.float32), logit, spread)


def _taken_by(
    sinusoids: NDArray[np.float64], score: NDArray[np.float64], window: NDArray[np.int64], view: NDArray[np.int64]
) -> NDArray[np.int64]:
    """(n,) which plane each of n goes with, itself where it was taken by none; one of each view at most, the surest
    planes first.
    """
    apart = sinusoids + np.stack([2 * HEIGHT_RADII * window, *np.zeros((2, len(window)))], axis=1)
    pairs = same_traces(apart, window)
    pairs = pairs[view[pairs[:, 0]] != view[pairs[:, 1]]]
    surer = np.where((score[pairs[:, 0]] >= score[pairs[:, 1]])[:, None], pairs, pairs[:, ::-1])
    taken_by = np.arange(len(score))
    has = {(one, own) for one, own in enumerate(view.tolist())}
    takes = np.zeros(len(score), bool)
    for one, other in surer[np.lexsort(-score[surer.T[::-1]])].tolist():
        if taken_by[one] != one or taken_by[other] != other or takes[other] or (one, view[other]) in has:
            continue
        taken_by[other] = one
        takes[one] = True
        has.add((one, int(view[other])))
    return taken_by


def _seen(windows: NDArray[Any], side: tuple[int, int]) -> NDArray[Any]:
    """Images (n, channels, rows, columns) from a side, which seen from there again are what they were."""
    return np.ascontiguousarray(windows[..., :: side[0], :: side[1]])


def _as_it_is(answers: Answers, side: tuple[int, int]) -> Answers:
    """What was said of a view, of the window. With depths, z0, a and b change their signs; in a mirror b does."""
    signs = np.array([side[0], side[0], side[0] * side[1]])
    return Answers(answers.sinusoids * signs, answers.score, answers.logit, answers.spread)
