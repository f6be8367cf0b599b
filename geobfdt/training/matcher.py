"""Hungarian matching of queries to planes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from geobfdt.model.detector import Detections
from geobfdt.model.planes import planes_from_sinusoids
from geobfdt.training.assignment import assigned, assigners
from geobfdt.training.config import LossConfig
from geobfdt.windows.batch import WindowBatch


@dataclass(frozen=True)
class Assignment:
    """m pairs over all layers and windows: indices of shape (m,) into (layer, window, query) and (window, plane)."""

    layer: Tensor
    window: Tensor
    query: Tensor
    plane: Tensor


@torch.no_grad()
def match_queries(detections: Detections, batch: WindowBatch, config: LossConfig) -> Assignment:
    """The cheapest one-to-one assignment of queries to the targets, in every window and for every
    decoder layer.

    The cost of a pair is ``match_focal`` times how much the focal loss would change by calling the query that plane's
    kind, plus ``match_l1`` times the L1 distance of the planes. One transfer carries the costs of the whole batch to
    SciPy, beside a card to several processes. With fewer queries than planes, the planes that cost most stay unmatched.
    """
    device = detections.logits.device
    cost = _costs(detections, batch, config)  # (layers, batch, queries, planes)
    targets = batch.targets.cpu().numpy()
    others = assigners() if device.type == "cuda" else None
    if others is None:
        pairs = assigned(cost.cpu().numpy(), targets)
    else:
        shared = others.costs(tuple(cost.shape))
        torch.from_numpy(shared).copy_(cost)
        pairs = others.assigned(shared, targets)
    return Assignment(*torch.from_numpy(pairs).to(device))


def _costs(detections: Detections, batch: WindowBatch, config: LossConfig) -> Tensor:
    truth = planes_from_sinusoids(batch.sinusoids, detections.target)
    distance = (detections.planes[..., None, :] - truth[:, None]).abs().sum(-1)
    p = detections.logits.float().sigmoid().clamp(1e-6, 1 - 1e-6)
    alpha, gamma = config.focal_alpha, config.focal_gamma
    gain = -alpha * (1 - p) ** gamma * p.log() + (1 - alpha) * p**gamma * (1 - p).log()  # (layers, batch, queries, 2)
    kind = batch.kind.clamp(min=0)[None, :, None].expand(*gain.shape[:3], -1)
    known = gain.gather(-1, kind)
    focal = torch.where((batch.kind < 0)[:, None], gain.amin(-1, keepdim=True), known)
    return torch.nan_to_num(config.match_focal * focal + config.match_l1 * distance, nan=1e6)
