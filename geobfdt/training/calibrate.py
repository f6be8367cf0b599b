"""Scores that are shares of picks that are right, and spreads that hold the share of errors that they say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize

from geobfdt.borehole.picks import KINDS, Picks
from geobfdt.eval import TOLERANCE_M, match
from geobfdt.model.detector import Detector, uncalibrated
from geobfdt.model.device import computing_in
from geobfdt.model.planes import dip_vector_errors, planes_from_sinusoids
from geobfdt.prediction.found import Found
from geobfdt.training.validation import found_apart, picks_of, true_planes
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.grid import FIXED_DIAMETER_M

FEWEST = 50
"""Picks of a kind, or hits, that a fit needs; with fewer, what was there stays."""


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
        with computing_in(precision, batch.windows.device):
            detections = detector(batch.windows)
        # Not by the calibration of before: where it silenced all, there would be nothing to put that right with.
        plain = replace(detections, calibration=uncalibrated().to(detections.logits.device))
        parts.append(found_apart(plain, batch, first))
        truths.append(true_planes(batch, first))
        first += len(batch)
    found = Found.joined(parts)
    truth = np.concatenate([sinusoids for sinusoids, _ in truths])
    ref = Picks.concatenate([picks for _, picks in truths])
    est = picks_of(found.sinusoids, found.kind, found.score)
    pairs = match(ref, est, "joint", TOLERANCE_M, hole_diameter_m=FIXED_DIAMETER_M)
    right = np.zeros(len(found), bool)
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
        ratio = dip_vector_errors(planes, true).numpy() / found.spread[pairs.est[likely]]
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
