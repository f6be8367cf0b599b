"""The training loss: focal over every query's kind, L1 over the planes of matched queries, summed over decoder layers."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from geobfdt.config import LossConfig
from geobfdt.matcher import Assignment, match_queries
from geobfdt.model.detector import Detections
from geobfdt.model.planes import planes_from_sinusoids
from geobfdt.model.torchvision_operators import sigmoid_focal_loss
from geobfdt.window_batch import WindowBatch


@dataclass(frozen=True)
class Losses:
    """Scalars on the training device. ``class_error`` is that of DETR's code: per cent of *matched* queries of the last
    layer whose kind is wrong; it sees neither misses nor false picks.
    """

    total: Tensor
    focal: Tensor
    l1: Tensor
    class_error: Tensor


def detection_losses(detections: Detections, batch: WindowBatch, config: LossConfig) -> Losses:
    """Match queries to planes and price the result. Both terms are divided by the number of planes in the batch."""
    pairs = match_queries(detections, batch, config)
    planes = batch.present.sum().clamp(min=1)
    kinds = _target_kinds(detections, batch, pairs)

    target = torch.zeros_like(detections.logits, dtype=torch.float32)
    target[pairs.layer, pairs.window, pairs.query, kinds] = 1.0
    focal = sigmoid_focal_loss(
        detections.logits.float(), target, alpha=config.focal_alpha, gamma=config.focal_gamma, reduction="sum"
    )
    truth = planes_from_sinusoids(batch.sinusoids, detections.target)[pairs.window, pairs.plane]
    l1 = (detections.planes[pairs.layer, pairs.window, pairs.query] - truth).abs().sum()
    focal, l1 = focal / planes, l1 / planes

    last = pairs.layer == detections.logits.shape[0] - 1
    said = detections.logits[pairs.layer, pairs.window, pairs.query].argmax(-1)
    wrong = ((said != kinds) & last).sum() / last.sum().clamp(min=1)
    return Losses(config.focal * focal + config.l1 * l1, focal.detach(), l1.detach(), 100 * wrong)


def _target_kinds(detections: Detections, batch: WindowBatch, pairs: Assignment) -> Tensor:
    """Kind that each pair is taught, (m,). Where the interpreter gave none, the query's own better guess."""
    kinds = batch.kind[pairs.window, pairs.plane]
    guess = detections.logits[pairs.layer, pairs.window, pairs.query].argmax(-1)
    return torch.where(kinds < 0, guess, kinds)
