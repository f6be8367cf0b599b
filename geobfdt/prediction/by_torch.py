"""Networks as prediction runs them, and what they say as arrays."""

from __future__ import annotations

import copy
from typing import TypeVar

import numpy as np
import torch
from torch import nn

from geobfdt.model.backbone import fold_norms
from geobfdt.model.detector import Detections
from geobfdt.model.device import precision_of
from geobfdt.prediction.found import Answers

Module = TypeVar("Module", bound=nn.Module)


def for_prediction(network: Module, device: torch.device) -> Module:
    """A copy of a network on a device that predicts the same, faster, and cannot be trained."""
    folded = copy.deepcopy(network).eval()
    fold_norms(folded)
    precision = precision_of("auto", device)
    for module in folded.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.to(precision)  # once, rather than with every batch
    return folded.to(device)


def answers_of(detections: Detections) -> Answers:
    """What the last layer of a detector says; the processor waits here for a card that computes it."""
    score = detections.scores.cpu().numpy()
    sinusoids = detections.sinusoids.double().cpu().numpy()
    logit = detections.logits[-1].double().cpu().numpy()
    spread = np.full_like(sinusoids, np.nan)
    if detections.spread is not None:
        spread = detections.spread.exp().double().cpu().numpy()
    return Answers(sinusoids, score, logit, spread)
