"""Denoising queries: planes of the truth, misplaced, that training gives to the decoder beside its own queries to be
put right.

A query that starts near a plane learns to tell it from the rock and to move onto it from the first step on, however
faint the trace, while the plane's own query has yet to be found by matching (Li et al. 2022, DN-DETR). Beside them
hard negatives may be given, which lie just beyond a tolerance and are to be called no plane (Zhang et al. 2023, DINO).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from geobfdt.augment.draw import Draw
from geobfdt.model.planes import BAND_RADII, poles, trace_distance
from geobfdt.windows.batch import WindowBatch, to_front

ASTRAY = 0.35
"""Standard deviation of its error in z0, a and b, in radii: what a step of the proposals' grid leaves open."""
FAR, FAR_SHARE = 3.0, 0.25
"""So many times as far astray is this share of the queries."""
BEYOND_RADII = (0.74, 1.85)
"""How far above or below its plane half of the hard negatives lie: 8 to 20 cm in an 8.5 in hole."""
BEYOND_DEG = (12.0, 25.0)
"""Angles between poles of the other half and their planes: the scorer's tolerance is 10 degrees."""
STEEPEST_COS = 0.1
"""Of dips of 84 degrees: planes tilted further are left out."""


@dataclass(frozen=True)
class DenoisingQueries:
    """m queries a window, padded to the fullest.

    sinusoids  (batch, m, 3) misplaced planes
    plane      (batch, m) index of the plane in the batch that each was
    present    (batch, m) bool, False for padding
    near       (batch, m) bool, those that are to be put right; the others that are present are hard negatives
    """

    sinusoids: Tensor
    plane: Tensor
    present: Tensor
    near: Tensor


def draw_denoising_queries(batch: WindowBatch, seed: int, hard_negatives: int = 0) -> DenoisingQueries:
    """A query for every target of the windows, and up to so many hard negatives."""
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
    near = DenoisingQueries(truth + error, plane, present, present)
    return _with_hard_negatives(near, truth, batch, hard_negatives, draw) if hard_negatives else near


def _with_hard_negatives(
    near: DenoisingQueries, truth: Tensor, batch: WindowBatch, copies: int, draw: Draw
) -> DenoisingQueries:
    """With so many copies of the truth (batch, m, 3) beyond tolerance, in depth or in tilt.

    Left out are those that lie no further from their plane than the query that is to be put right, as nothing would
    tell which of the two is no plane, and those that lie on another plane of the window.
    """
    plane, right, first = (torch.cat([part] * copies, dim=1) for part in (near.plane, truth, near.sinusoids))
    moved = right.clone()
    moved[..., 0] += draw.uniform(*BEYOND_RADII, *plane.shape) * torch.where(draw.chance(0.5, *plane.shape), 1, -1)
    turned = _tilted(right, draw)
    negative = torch.where(draw.chance(0.5, *plane.shape)[..., None], moved, turned)
    off = trace_distance(negative, right)
    others = trace_distance(negative[:, :, None], batch.sinusoids[:, None]).masked_fill(
        ~batch.present[:, None], torch.inf
    )
    fair = (off > trace_distance(first, right)) & (off.clamp(max=BAND_RADII) <= others.amin(-1) + 1e-4)
    fair &= poles(negative)[..., 2] > STEEPEST_COS
    return DenoisingQueries(
        torch.cat([near.sinusoids, torch.where(fair[..., None], negative, right)], dim=1),
        torch.cat([near.plane, plane], dim=1),
        torch.cat([near.present, torch.cat([near.present] * copies, dim=1) & fair], dim=1),
        torch.cat([near.near, torch.zeros_like(fair)], dim=1),
    )


def _tilted(sinusoids: Tensor, draw: Draw) -> Tensor:
    """(batch, m, 3) planes through the same depths whose poles lie :data:`BEYOND_DEG` off, in any direction."""
    pole = poles(sinusoids)
    towards = draw.normal(*pole.shape)
    towards = F.normalize(towards - (towards * pole).sum(-1, keepdim=True) * pole, dim=-1)
    angle = torch.deg2rad(draw.uniform(*BEYOND_DEG, *pole.shape[:-1], 1))
    x, y, up = (angle.cos() * pole + angle.sin() * towards).unbind(-1)
    up = up.clamp(min=0.01)  # those beyond the vertical are left out by their dip
    return torch.stack([sinusoids[..., 0], -x / up, -y / up], dim=-1)


def padded(fullest: int, device: torch.device) -> int:
    """Queries for the fullest window; on a card, where every number of them is compiled anew, a multiple of 16."""
    return -(-max(1, fullest) // 16) * 16 if device.type == "cuda" else max(1, fullest)
