"""From an image log to picks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, groupby
from typing import TYPE_CHECKING

import numpy as np
from einops import rearrange
from numpy.typing import NDArray

from geobfdt.borehole.geometry import turned
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.normalize import compress_decades, thinned
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.model.config import gives_no_planes
from geobfdt.prediction.bedding import as_a_set
from geobfdt.prediction.both_ways import seen
from geobfdt.prediction.engine import Engine, answering
from geobfdt.prediction.found import Answers, Found, found_in
from geobfdt.prediction.limits import say_what_to_check
from geobfdt.windows.cut import Windows, batch_count, cut
from geobfdt.windows.grid import (
    HALF,
    ROW_STEP_RADII,
    ROWS,
    as_cut,
    first_column,
    row_step_m,
    stretches,
    window_starts,
)

if TYPE_CHECKING:
    import torch

    from geobfdt.model.checkpoint import Weights
    from geobfdt.prediction.traces import Part

SCORE_SIGMA_M = 0.02
"""Spread of a detection in the score curve: the curve falls to a tenth within 4.3 cm, half the usual tolerance."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the detector finds in a log.

    picks      the planes above the threshold, by depth
    depth_m    (m,) metres, even steps over the log but where it has no windows
    score      (m,) the score of the surest plane at each depth, in [0, 1], whatever the threshold
    threshold  the one that was applied
    """

    picks: Picks
    depth_m: NDArray[np.float64]
    score: NDArray[np.float64]
    threshold: float


def predict(
    log: ImageLog,
    weights: Weights | Engine | None = None,
    *,
    threshold: float | None = None,
    both_ways: bool = False,
    device: str | torch.device = "auto",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Picks:
    """Pick the planes of an image log: :func:`detect` without the score curve."""
    return detect(log, weights, threshold=threshold, both_ways=both_ways, device=device, progress=progress).picks


def detect(
    log: ImageLog,
    weights: Weights | Engine | None = None,
    *,
    threshold: float | None = None,
    both_ways: bool = False,
    device: str | torch.device = "auto",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Prediction:
    """Pick the planes of an image log with the bundled weights, or others. Where these give masks alone, planes are
    fitted to them: see :mod:`geobfdt.prediction.traces`.

    The threshold on a pick's score, in [0, 1], is the one that the weights' validation chose when None is given. Seen
    ``both_ways``, upside down as well (:mod:`geobfdt.prediction.both_ways`), a log is picked better in twice the time.
    ``progress`` is called with how many windows of how many are done. Raises :class:`InputError` on a threshold outside
    [0, 1], a device that is not there, or weights that give classes of rock
    (:func:`geobfdt.prediction.classes.classified` takes those).
    """
    engine = seen(answering(weights, device), both_ways=both_ways)
    threshold = threshold_of(engine, threshold)
    return gathered(found(log, engine, progress=progress), log, engine, threshold)


def threshold_of(weights: Weights | Engine, threshold: float | None) -> float:
    """A threshold on the score of picks, or the one that the weights' validation chose. Raises :class:`InputError` on
    one outside [0, 1].
    """
    threshold = weights.threshold if threshold is None else threshold
    if not 0 <= threshold <= 1:
        raise InputError(f"--threshold {threshold:g}: must lie between 0 and 1")
    return threshold


def batches_of(log: ImageLog, weights: Weights | Engine, device: str | torch.device = "auto") -> int:
    """In how many batches a log is answered, each on its own: one where planes are fitted to masks, whose traces cross
    from window to window.
    """
    engine = answering(weights, device)
    if engine.gives == "traces":
        return 1
    return batch_count(as_cut(log, engine.config.window), engine.at_once)


def found(
    log: ImageLog,
    weights: Weights | Engine,
    *,
    device: str | torch.device = "auto",
    batches: slice = slice(None),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Found:
    """What is found in the windows of a log, or in some ``batches`` of them, of :func:`batches_of`; each in what it
    owns, so that what is found in batches one after the other is, joined, what is found in the log, to the last bit.
    """
    engine = answering(weights, device)
    seen = as_cut(log, engine.config.window)
    if engine.gives == "traces":
        return _traced(engine, seen, progress)
    if engine.gives == "classes":
        raise gives_no_planes(engine.source, engine.gives)
    return _detected(engine, seen, batches, progress)


def gathered(found: Found, log: ImageLog, weights: Weights | Engine, threshold: float) -> Prediction:
    """All that was found in a log: what was found twice merged, what lies outside the image left out, beds seen as a
    set; that is the prediction.
    """
    seen = as_cut(log, weights.config.window)
    found = found.merged().inside(seen)
    curve_m = curve_depths_m(seen)
    score = _score_curve(curve_m, found.sinusoids[:, 0] * seen.radius_m, found.score)
    picks = as_a_set(found.picks(seen)).at_least(threshold)
    say_what_to_check(log, picks)
    return Prediction(picks, curve_m, score, threshold)


def _detected(engine: Engine, seen: ImageLog, batches: slice, progress: Callable[[int, int], None]) -> Found:
    """What a detector finds in the windows of a log, each in what it owns."""
    done, total = 0, len(window_starts(seen))
    found = []
    for part, answers in _answers(engine, seen, batches):
        in_windows = found_in(answers, part.windows[:, 1])
        along = _along(in_windows, part.centre_m[in_windows.window] / seen.radius_m, part.turn_deg[in_windows.window])
        owned = part.owns(in_windows.window, along.sinusoids[:, 0] * seen.radius_m)
        found.append(replace(along, window=along.window + part.first)[owned])
        done += len(part.windows)
        progress(done, total)
    return Found.joined(found)


def _answers(engine: Engine, seen: ImageLog, batches: slice) -> Iterator[tuple[Windows, Answers]]:
    """The windows of a log and what a detector says of them. It is asked of the next ones before its answer is waited
    for: a card works on those while this one is looked at.
    """
    asked: tuple[Windows, Callable[[], Answers]] | None = None
    for part in windows_of(seen, engine, batches=batches):
        answers = engine.planes(part.windows)
        if asked is not None:
            yield asked[0], asked[1]()
        asked = part, answers
    if asked is not None:
        yield asked[0], asked[1]()


def windows_of(
    seen: ImageLog, engine: Engine, turn: int | None = None, batches: slice = slice(None)
) -> Iterator[Windows]:
    """The windows of a log, as many at once and as far ahead as keep an engine busy."""
    return cut(seen, engine.at_once, engine.config.image, engine.ahead, turn, batches)


def _traced(engine: Engine, seen: ImageLog, progress: Callable[[int, int], None]) -> Found:
    """The planes fitted to the traces in what the windows of a log own, which one after the other cover each of its
    stretches.
    """
    from geobfdt.prediction.traces import traced_planes  # it fits planes with libraries that take time to load

    done, total = 0, len(window_starts(seen))
    owned = slice(HALF // 2, HALF // 2 + HALF)

    def parts(windows: Iterable[Windows]) -> Iterator[Part]:
        nonlocal done
        for part in windows:
            below = "windows kinds rows columns -> kinds (windows rows) columns"
            probability = rearrange(engine.shares(part.windows)[:, 1:, owned], below)
            yield probability, rearrange(part.windows[:, 1:2, owned], below)[0] > 0
            done += len(part.windows)
            progress(done, total)

    found = []
    turn = first_column(compress_decades(seen.image)(thinned(seen.image)))  # one for all that are joined
    for _, group in groupby(windows_of(seen, engine, turn), lambda part: part.stretch):
        windows = iter(group)
        first = next(windows)
        top = first.centre_m[:1] / seen.radius_m - HALF / 2 * ROW_STEP_RADII
        along = _along(traced_planes(parts(chain([first], windows))), top, first.turn_deg[:1])
        # Chunks are as long as what a window owns.
        found.append(replace(along, window=along.window + first.first))
    return Found.joined(found)


def _along(found: Found, origin: NDArray[np.float64], turn_deg: NDArray[np.float64]) -> Found:
    """The planes along a log, from depth 0 and its image's left edge on. ``origin``, in radii below depth 0, and
    ``turn_deg`` are where z0 and the azimuths of each count from so far.
    """
    sinusoids = found.sinusoids.copy()
    sinusoids[:, 0] += origin
    sinusoids[:, 1], sinusoids[:, 2] = turned(sinusoids[:, 1], sinusoids[:, 2], turn_deg)
    return replace(found, sinusoids=sinusoids)


def curve_depths_m(log: ImageLog) -> NDArray[np.float64]:
    """(m,) metres, a grid's row apart from the first row of a log to its last, where it has windows."""
    step_m = row_step_m(log)
    count = math.ceil((log.base_m - log.top_m) / step_m)
    above = -log.top_m / step_m
    ends = [np.ceil([above + starts[0], above + starts[-1] + ROWS]).astype(int) for starts in stretches(log)]
    places = [np.arange(max(first, 0), min(last, count)) for first, last in ends]
    return np.asarray(log.top_m + np.concatenate(places) * step_m, np.float64)


def _score_curve(
    curve_m: NDArray[np.float64], depth_m: NDArray[np.float64], score: NDArray[np.float64]
) -> NDArray[np.float64]:
    curve = np.zeros(len(curve_m))
    for z, value in zip(depth_m, score, strict=True):
        first, last = np.searchsorted(curve_m, [z - 4 * SCORE_SIGMA_M, z + 4 * SCORE_SIGMA_M])
        bump = value * np.exp(-0.5 * ((curve_m[first:last] - z) / SCORE_SIGMA_M) ** 2)
        curve[first:last] = np.maximum(curve[first:last], bump)
    return curve
