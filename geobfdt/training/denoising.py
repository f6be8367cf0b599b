"""Denoising queries: planes of the truth, misplaced, that training gives to the decoder beside its own queries to be
put right.

A query that starts near a plane learns to tell it from the rock and to move onto it from the first step on, however
faint the trace, while the plane's own query has yet to be found by matching (Li et al. 2022, DN-DETR).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from geobfdt.augment.draw import Draw
from geobfdt.windows.batch import WindowBatch, to_front

ASTRAY = 0.35
"""Standard deviation of its error in z0, a and b, in radii: what a step of the proposals' grid leaves open."""
FAR, FAR_SHARE = 3.0, 0.25
"""So many times as far astray is this share of the queries."""


@dataclass(frozen=True)
class DenoisingQueries:
    """m queries a window, padded to the fullest.

    sinusoids  (batch, m, 3) misplaced planes
    plane      (batch, m) index of the plane in the batch that each was
    present    (batch, m) bool, False for padding
    """

    sinusoids: Tensor
    plane: Tensor
    present: Tensor


def draw_denoising_queries(batch: WindowBatch, seed: int) -> DenoisingQueries:
    """A query for every target of the windows."""
    draw = Draw(seed, batch.windows.device)
    targets = batch.targets
    plane = to_front(targets)[:, : padded(int(targets.sum(1).max()), targets.device)]
    present = targets.gather(1, plane)
    truth = batch.sinusoids.gather(1, plane[..., None].expand(-1, -1, 3))
    far = 1 + (FAR - 1) * draw.chance(FAR_SHARE, *plane.shape, 1)
    error = ASTRAY * far * draw.normal(*truth.shape)
    # For the same angle between planes, steep ones lie further apart.
    slope = torch.hypot(truth[..., 1:2], truth[..., 2:])
    error[..., 1:] *= torch.hypot(torch.ones_like(slope), 0.45 * slope)
    return DenoisingQueries(truth + error, plane, present)


def padded(fullest: int, device: torch.device) -> int:
    """Queries for the fullest window; on a card, where every number of them is compiled anew, a multiple of 16."""
    return -(-max(1, fullest) // 16) * 16 if device.type == "cuda" else max(1, fullest)
