"""Scores that are shares of picks that are right, and spreads that hold the share of errors that they say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize

from geobfdt.borehole.picks import KINDS, Picks
from geobfdt.eval import match
from geobfdt.model.detector import Detector
from geobfdt.model.device import computing_in
from geobfdt.model.planes import dip_vector_errors, planes_from_sinusoids
from geobfdt.training.validation import APART_RADII, HOLE_DIAMETER_M, TOLERANCE_M, picks_of
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.grid import HEIGHT_RADII
from geobfdt.windows.repeats import merge_repeats

FAINTEST = 0.02
FEWEST = 50
"""Picks of a kind, or hits, that a fit needs; with fewer, what was there stays."""


@dataclass(frozen=True, eq=False)
class _Found:
    """n detections in windows that lie apart along one log: of each its sinusoid (n, 3), logit, kind, spread (n, 3) and
    window.
    """

    sinusoids: NDArray[np.float64]
    logit: NDArray[np.float64]
    kind: NDArray[np.int64]
    spread: NDArray[np.float64]
    window: NDArray[np.int64]

    @property
    def picks(self) -> Picks:
        return picks_of(self.sinusoids, self.kind, 1 / (1 + np.exp(-self.logit)), self.window)


@torch.inference_mode()
def calibrate(detector: Detector, batches: Sequence[WindowBatch], precision: torch.dtype) -> None:
    """Fit a detector's calibration and spread_factor, in place, to windows that its training does not see.

    Scores become the share of picks of that kind and score that lie within 8 cm and 10 degrees of a plane, by a
    logistic regression on the logits (Platt 1999). The spreads of depth and dip vector are multiplied by what makes
    nine tenths of the hits' errors lie within nine tenths of Laplace's law, of hits that are likelier right than wrong:
    fainter ones, which lie further off, no threshold lets through.
    """
    detector.eval()
    parts, truths = [], []
    first = 0
    for batch in batches:
        parts.append(_detected(detector, batch, first, precision))
        truths.append(_truth(batch, first))
        first += len(batch)
    found = _Found(*(np.concatenate(column) for column in zip(*(vars(part).values() for part in parts), strict=True)))
    truth = np.concatenate([sinusoids for sinusoids, _ in truths])
    ref = Picks.concatenate([picks for _, picks in truths])
    pairs = match(ref, found.picks, "joint", TOLERANCE_M, hole_diameter_m=HOLE_DIAMETER_M)
    right = np.zeros(len(found.kind), bool)
    right[pairs.est] = True
    for kind in range(len(KINDS)):
        of_kind = found.kind == kind
        if of_kind.sum() >= FEWEST:
            fitted = logistic(found.logit[of_kind], right[of_kind])
            detector.calibration[kind] = torch.tensor(fitted, device=detector.calibration.device)
    factor, offset = detector.calibration.double().cpu().numpy()[found.kind].T
    likely = (factor * found.logit + offset)[pairs.est] > 0
    if detector.curve and likely.sum() >= FEWEST:
        planes, true = (
            planes_from_sinusoids(torch.from_numpy(sinusoids), "vector")
            for sinusoids in (found.sinusoids[pairs.est[likely]], truth[pairs.ref[likely]])
        )
        ratio = dip_vector_errors(planes, true).numpy() / np.exp(found.spread[pairs.est[likely]])
        wider = np.quantile(ratio, 0.9, axis=0) / math.log(10)
        detector.spread_factor.mul_(torch.from_numpy(wider).to(detector.spread_factor))


def logistic(logit: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[float, float]:
    """Factor and offset of logits (n,) under which their scores are most likely, given which of them are right (n,).

    A weak pull towards (1, 0), worth two picks, keeps them finite where the two are told apart without fail.
    """

    def surprise(values: NDArray[np.float64]) -> float:
        scaled = np.where(right, -1.0, 1.0) * (values[0] * logit + values[1])
        return float(np.logaddexp(0.0, scaled).sum() + (values[0] - 1) ** 2 + values[1] ** 2)

    factor, offset = minimize(surprise, np.array([1.0, 0.0])).x
    return float(factor), float(offset)


def _detected(detector: Detector, batch: WindowBatch, first: int, precision: torch.dtype) -> _Found:
    """What a detector finds in the owned halves of a batch's windows, repeats merged as in a prediction."""
    with computing_in(precision, batch.windows.device):
        detections = detector(batch.windows)
    logit, kind = detections.logits[-1].float().max(-1)
    owned = (detections.sinusoids[..., 0].abs() < HEIGHT_RADII / 4) & (logit.sigmoid() > FAINTEST)
    window = (first + owned.nonzero()[:, 0]).cpu().numpy()
    sinusoids = detections.sinusoids[owned].double().cpu().numpy()
    spread = torch.zeros_like(detections.sinusoids) if detections.spread is None else detections.spread
    logits, kinds, spreads = (values[owned].cpu().numpy() for values in (logit.double(), kind, spread.double()))
    apart = sinusoids + window[:, None] * np.array([APART_RADII, 0.0, 0.0])
    kept, merged = merge_repeats(apart, 1 / (1 + np.exp(-logits)), window)
    merged[:, 0] -= window * APART_RADII
    return _Found(merged[kept], logits[kept], kinds[kept], spreads[kept], window[kept])


def _truth(batch: WindowBatch, first: int) -> tuple[NDArray[np.float64], Picks]:
    """Sinusoids (n, 3) and picks of the planes in the owned halves of a batch's windows."""
    real = batch.present & (batch.sinusoids[..., 0].abs() < HEIGHT_RADII / 4)
    window = (first + real.nonzero()[:, 0]).cpu().numpy()
    sinusoids = batch.sinusoids[real].double().cpu().numpy()
    return sinusoids, picks_of(sinusoids, batch.kind[real].cpu().numpy(), np.ones(len(window)), window)
