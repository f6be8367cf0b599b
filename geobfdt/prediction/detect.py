"""From an image log to picks."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from itertools import chain
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from geobfdt.borehole.geometry import in_round_hole, plane_from_sinusoid, turned
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import KINDS, Picks, wrap_azimuth_deg
from geobfdt.errors import InputError
from geobfdt.model.backbone import fold_norms
from geobfdt.model.checkpoint import Weights, load_weights
from geobfdt.model.detector import Detector
from geobfdt.model.device import computing_in, device_of, precision_of
from geobfdt.model.network import TraceNet
from geobfdt.prediction.traces import Part, traced_planes
from geobfdt.windows.cut import cut
from geobfdt.windows.grid import COLUMNS, HALF, HEIGHT_RADII, ROW_STEP_RADII, as_cut, window_starts
from geobfdt.windows.repeats import merge_repeats

BATCH = 32
"""Windows a forward pass: small enough for a processor's cache."""
FAINTEST = 0.02
"""Detections below this score say nothing and are not kept, not even for the score curve."""
LEAST_SHOWN = 0.1
"""Share of a trace that must lie on valid pixels for it to be more than a guess across missing ones."""
SCORE_SIGMA_M = 0.02
"""Spread of a detection in the score curve: the curve falls to a tenth within 4.3 cm, half the usual tolerance."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the detector finds in a log.

    picks      the planes above the threshold, by depth
    depth_m    (m,) metres, even steps over the log
    score      (m,) the score of the surest plane at each depth, in [0, 1], whatever the threshold
    threshold  the one that was applied
    """

    picks: Picks
    depth_m: NDArray[np.float64]
    score: NDArray[np.float64]
    threshold: float


def predict(
    log: ImageLog,
    weights: Weights | None = None,
    *,
    threshold: float | None = None,
    device: str | torch.device = "auto",
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Picks:
    """Pick the planes of an image log: :func:`detect` without the score curve."""
    return detect(log, weights, threshold=threshold, device=device, report=report).picks


@torch.inference_mode()
def detect(
    log: ImageLog,
    weights: Weights | None = None,
    *,
    threshold: float | None = None,
    device: str | torch.device = "auto",
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Prediction:
    """Pick the planes of an image log with the bundled weights, or others. Where these give traces alone, planes are
    fitted to them: see :mod:`geobfdt.prediction.traces`.

    The threshold on a pick's score, in [0, 1], is the one that the weights' validation chose when None is given.
    ``report`` is told how many windows of how many are done. Raises :class:`InputError` on a threshold outside [0, 1]
    or a device that is not there.
    """
    weights = weights or load_weights()
    threshold = weights.threshold if threshold is None else threshold
    if not 0 <= threshold <= 1:
        raise InputError(f"--threshold {threshold:g}: must lie between 0 and 1")
    device = device_of(device) if isinstance(device, str) else device
    network = for_prediction(weights.detector, device)
    seen = as_cut(log, network.config.window)
    if isinstance(network, TraceNet):
        return _gathered(_traced(network, seen, device, report), seen, threshold)
    return _gathered(_detected(network, seen, device, report), seen, threshold)


def _detected(detector: Detector, seen: ImageLog, device: torch.device, report: Callable[[int, int], None]) -> _Found:
    """What a detector finds in the windows of a log, each in what it owns."""
    precision = precision_of("auto", device)
    total = len(window_starts(seen))
    found = []
    for part in cut(seen, BATCH, detector.config.image):
        windows = torch.from_numpy(part.windows).to(device)
        with computing_in(precision, device):
            detections = detector(windows)
        score, kind = (value.cpu().numpy() for value in detections.scores.max(-1))
        sinusoids = detections.sinusoids.double().cpu().numpy()
        spread = np.full_like(sinusoids, np.nan)
        if detections.spread is not None:
            spread = detections.spread.exp().double().cpu().numpy()
        window, query = np.nonzero(score > FAINTEST)
        shown = part.shown(window, sinusoids[window, query]) > LEAST_SHOWN
        window, query = window[shown], query[shown]
        keep = sinusoids[window, query]
        keep[:, 0] += part.centre_m[window] / seen.radius_m
        keep[:, 1], keep[:, 2] = turned(keep[:, 1], keep[:, 2], part.turn_deg)
        owned = part.owns(window, keep[:, 0] * seen.radius_m)
        of_kind, surest = kind[window, query], score[window, query].astype(float)
        found.append(_Found(keep, surest, of_kind, window + part.first, spread[window, query])[owned])
        report(part.first + len(part.windows), total)
    return _Found.joined(found)


def _traced(network: TraceNet, seen: ImageLog, device: torch.device, report: Callable[[int, int], None]) -> _Found:
    """The planes fitted to the traces in what the windows of a log own, which one after the other cover it all."""
    precision = precision_of("auto", device)
    total = len(window_starts(seen))
    windows = cut(seen, BATCH, network.config.image)
    first = next(windows)
    owned = slice(HALF // 2, HALF // 2 + HALF)

    def parts() -> Iterator[Part]:
        for part in chain([first], windows):
            with computing_in(precision, device):
                logits = network(torch.from_numpy(part.windows).to(device))
            probability = logits.softmax(1)[:, 1:, owned].movedim(1, 0).flatten(1, 2)
            yield probability.double().cpu().numpy(), part.windows[:, 1, owned].reshape(-1, COLUMNS) > 0
            report(part.first + len(part.windows), total)

    planes = traced_planes(parts())
    sinusoids = planes.sinusoids.copy()
    sinusoids[:, 0] += first.centre_m[0] / seen.radius_m - HALF / 2 * ROW_STEP_RADII
    sinusoids[:, 1], sinusoids[:, 2] = turned(sinusoids[:, 1], sinusoids[:, 2], first.turn_deg)
    return _Found(sinusoids, planes.confidence, planes.kind, planes.chunk, np.full_like(sinusoids, np.nan))


Module = TypeVar("Module", bound=nn.Module)


def for_prediction(network: Module, device: torch.device) -> Module:
    """A copy of a network on a device that predicts the same, faster, and cannot be trained."""
    folded = copy.deepcopy(network).eval()
    fold_norms(folded)
    return folded.to(device)


@dataclass(frozen=True, eq=False)
class _Found:
    """n detections: sinusoids (n, 3) in radii with z0 along the whole log, score, kind and window (n,), and the mean
    absolute errors (n, 3) to be expected of the window depth and of the dip vector along and across itself.
    """

    sinusoids: NDArray[np.float64]
    score: NDArray[np.float64]
    kind: NDArray[np.int64]
    window: NDArray[np.int64]
    spread: NDArray[np.float64]

    def __getitem__(self, rows: NDArray[np.bool_]) -> _Found:
        return _Found(*(getattr(self, column.name)[rows] for column in fields(self)))

    @classmethod
    def joined(cls, parts: list[_Found]) -> _Found:
        return cls(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(cls)))


def _gathered(found: _Found, log: ImageLog, threshold: float) -> Prediction:
    """Merge what was found twice, drop what lies outside the image; the rest is the prediction."""
    kept, merged = merge_repeats(found.sinusoids, found.score, found.window)
    found = replace(found, sinusoids=merged)[kept]
    depth_m = found.sinusoids[:, 0] * log.radius_m
    edge = log.row_step_m / 2
    inside = (depth_m >= log.top_m - edge) & (depth_m <= log.base_m + edge)
    found, depth_m = found[inside], depth_m[inside]
    # Windows are sized by one diameter; a trace is as tall as the hole is wide where it is.
    wider = log.hole_diameter_m / log.diameters_m(depth_m)
    a, b = turned(found.sinusoids[:, 1] * wider, found.sinusoids[:, 2] * wider, log.first_azimuth_deg)
    dip, azimuth = plane_from_sinusoid(*in_round_hole(a, b, log.ovality_at(depth_m)))
    depth_sd, along, across = (math.sqrt(2) * found.spread).T  # of Laplace's law, from its mean absolute error
    picks = Picks(
        depth_m,
        dip,
        wrap_azimuth_deg(azimuth),
        kind=np.array(KINDS)[found.kind],
        confidence=found.score,
        depth_sd_m=depth_sd * HEIGHT_RADII * log.radius_m,
        dip_sd_deg=90 * along,
        # The flatter a plane, the less it has an azimuth; what has none at all spreads evenly around the hole.
        azimuth_sd_deg=np.minimum(np.degrees(90 * across / np.maximum(dip, 1e-9)), 360 / math.sqrt(12)),
        well=log.well,
    )
    curve_m = np.arange(log.top_m, log.base_m, ROW_STEP_RADII * log.radius_m)
    score = _score_curve(curve_m, depth_m, found.score)
    return Prediction(picks[found.score >= threshold].sorted(), curve_m, score, threshold)


def _score_curve(
    curve_m: NDArray[np.float64], depth_m: NDArray[np.float64], score: NDArray[np.float64]
) -> NDArray[np.float64]:
    curve = np.zeros(len(curve_m))
    for z, value in zip(depth_m, score, strict=True):
        first, last = np.searchsorted(curve_m, [z - 4 * SCORE_SIGMA_M, z + 4 * SCORE_SIGMA_M])
        bump = value * np.exp(-0.5 * ((curve_m[first:last] - z) / SCORE_SIGMA_M) ** 2)
        curve[first:last] = np.maximum(curve[first:last], bump)
    return curve
