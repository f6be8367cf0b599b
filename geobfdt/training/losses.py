"""The training loss: focal over all queries, L1 over the planes of matched ones, summed over decoder layers; beside
them the traces on the fine map, and how far off the last layer's planes are expected to be.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from geobfdt.borehole.picks import KINDS
from geobfdt.model.backbone import FINE_STRIDE
from geobfdt.model.detector import Detections
from geobfdt.model.planes import dip_vector_errors, planes_from_sinusoids, sinusoids_from_planes
from geobfdt.model.torchvision_operators import sigmoid_focal_loss
from geobfdt.model.transformer import fourier_basis
from geobfdt.training.config import LossConfig
from geobfdt.training.hints import Hints
from geobfdt.training.matcher import Assignment, match_queries
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.grid import ROW_STEP_RADII

TRACE_WEIGHT = 4.0
"""Extra weight of cells that a trace passes through: about one in ten."""

POLE_APART_DEG, DEPTH_APART_RADII = 10.0, 0.6
"""Where a plane is as well misplaced as placed: the scorer's pole tolerance, and 6.5 cm in an 8.5 in hole."""


@dataclass(frozen=True)
class Losses:
    """Scalars on the training device. ``class_error`` is that of DETR's code: per cent of *matched* queries of the last
    layer whose kind is wrong; it sees neither misses nor false picks. ``traces`` is the trace head's, 0 without one.
    """

    total: Tensor
    focal: Tensor
    l1: Tensor
    trace: Tensor
    class_error: Tensor
    traces: Tensor


def detection_losses(
    detections: Detections, batch: WindowBatch, config: LossConfig, hints: Hints | None = None
) -> Losses:
    """Match queries to planes and price the result. Both terms are divided by the number of targets.

    ``hints`` are those that the detector was given; what it made of them is priced in the same way.
    """
    pairs = match_queries(detections, batch, config)
    kinds = _target_kinds(detections, batch, pairs)
    everywhere = torch.ones_like(detections.logits[..., 0], dtype=torch.bool)
    focal, l1 = _priced(detections, batch, pairs, kinds, everywhere, config)

    last = pairs.layer == detections.logits.shape[0] - 1
    said = detections.logits[pairs.layer, pairs.window, pairs.query].argmax(-1)
    wrong = ((said != kinds) & last).sum() / last.sum().clamp(min=1)
    trace = (
        trace_loss(detections.trace, batch) if detections.trace is not None and config.trace else focal.new_zeros(())
    )
    total = config.focal * focal + config.l1 * l1 + config.trace * trace
    if detections.hinted is not None and hints is not None:
        given = _given(hints, len(detections.logits))
        meant = _target_kinds(detections.hinted, batch, given)
        there = hints.present.expand(len(detections.logits), -1, -1)
        hinted_focal, hinted_l1 = _priced(detections.hinted, batch, given, meant, there, config)
        total = total + config.hints * (config.focal * hinted_focal + config.l1 * hinted_l1)
    if detections.spread is not None and config.spread:
        total = total + config.spread * spread_loss(detections, batch, pairs)
    return Losses(total, focal.detach(), l1.detach(), trace.detach(), 100 * wrong, focal.new_zeros(()))


def _priced(
    detections: Detections, batch: WindowBatch, pairs: Assignment, kinds: Tensor, counted: Tensor, config: LossConfig
) -> tuple[Tensor, Tensor]:
    """Focal and L1 loss per target: of queries paired with planes, which are of some kinds (m,), and of the
    others that are counted (layers, batch, queries) bool, which should hold nothing.
    """
    chosen = detections.planes[pairs.layer, pairs.window, pairs.query]
    truth = batch.sinusoids[pairs.window, pairs.plane]
    target = torch.zeros_like(detections.logits, dtype=torch.float32)
    sure = torch.ones_like(truth[:, 0], dtype=torch.float32)
    if config.placed:
        missing = 1 - placed(sinusoids_from_planes(chosen.detach(), detections.target), truth)
        sure = sure - config.placed * missing
    target[pairs.layer, pairs.window, pairs.query, kinds] = sure
    focal = sigmoid_focal_loss(
        detections.logits.float()[counted],
        target[counted],
        alpha=config.focal_alpha,
        gamma=config.focal_gamma,
        reduction="sum",
    )
    l1 = (chosen - planes_from_sinusoids(truth, detections.target)).abs().sum()
    planes = batch.targets.sum().clamp(min=1)
    return focal / planes, l1 / planes


def _given(hints: Hints, layers: int) -> Assignment:
    """Every hint paired with the plane that it was, in every layer."""
    window, query = hints.present.nonzero(as_tuple=True)
    layer = torch.arange(layers, device=window.device).repeat_interleave(len(window))
    window, query = window.repeat(layers), query.repeat(layers)
    return Assignment(layer, window, query, hints.plane[window, query])


def placed(found: Tensor, truth: Tensor) -> Tensor:
    """How well sinusoids (m, 3) lie on those that they were matched with, (m,): 1 where they do, a half where either
    their poles are :data:`POLE_APART_DEG` or their depths :data:`DEPTH_APART_RADII` apart, 0 far beyond.
    """
    poles = [
        F.normalize(torch.cat([-plane[:, 1:], torch.ones_like(plane[:, :1])], dim=1), dim=1) for plane in (found, truth)
    ]
    apart_deg = torch.rad2deg((poles[0] * poles[1]).sum(1).clamp(-1.0, 1.0).acos())
    depth = (found[:, 0] - truth[:, 0]).abs()
    aligned = torch.sigmoid((POLE_APART_DEG - apart_deg) / (0.2 * POLE_APART_DEG))
    near = torch.sigmoid((DEPTH_APART_RADII - depth) / (0.2 * DEPTH_APART_RADII))
    return aligned * near


def spread_loss(detections: Detections, batch: WindowBatch, pairs: Assignment) -> Tensor:
    """Negative log likelihood of the last layer's errors under Laplace's law with the spread that is stated for them,
    mean over matched planes. It teaches what is stated, not the planes.
    """
    assert detections.spread is not None
    last = pairs.layer == detections.logits.shape[0] - 1
    window, query = pairs.window[last], pairs.query[last]
    planes = planes_from_sinusoids(detections.sinusoids.detach(), "vector")[window, query]
    truth = planes_from_sinusoids(batch.sinusoids, "vector")[window, pairs.plane[last]]
    spread = detections.spread[window, query]
    likelihood = dip_vector_errors(planes, truth) * torch.exp(-spread) + spread
    return likelihood.sum() / max(1, len(window))


def _target_kinds(detections: Detections, batch: WindowBatch, pairs: Assignment) -> Tensor:
    """Kind that each pair is taught, (m,). Where the interpreter gave none, the query's own better guess."""
    kinds = batch.kind[pairs.window, pairs.plane]
    guess = detections.logits[pairs.layer, pairs.window, pairs.query].argmax(-1)
    return torch.where(kinds < 0, guess, kinds)


def trace_loss(trace: Tensor, batch: WindowBatch) -> Tensor:
    """Cross-entropy of the cells that planes pass through, mean over the fine map (batch, 2, rows, columns).

    The decoder alone tells the backbone little about *where* along a curve it was wrong; this does, cell by cell. A
    trace between two rows is shared between them.
    """
    size, rows, columns = len(batch), trace.shape[-2], trace.shape[-1]
    basis = fourier_basis(columns, trace.device)[:, 1:3] / 2
    z = batch.sinusoids[..., :1] + batch.sinusoids[..., 1:] @ basis.T  # (batch, planes, columns)
    row = z / (FINE_STRIDE * ROW_STEP_RADII) + (rows - 1) / 2
    above = row.floor()
    share = row - above
    window = torch.arange(size, device=trace.device)[:, None, None]
    column = torch.arange(columns, device=trace.device)
    target = torch.zeros(size * len(KINDS) * rows * columns, device=trace.device)
    for place, value in ((above, 1 - share), (above + 1, share)):
        inside = batch.present[..., None] & (place >= 0) & (place < rows) & (batch.kind >= 0)[..., None]
        cell = ((window * len(KINDS) + batch.kind[..., None]) * rows + place.long()) * columns + column
        target.scatter_reduce_(0, cell[inside], value[inside], "amax")
    weight = 1 + TRACE_WEIGHT * target
    return F.binary_cross_entropy_with_logits(trace.flatten(), target, weight)
