"""The training loss: focal over all queries, L1 over the planes of matched ones, summed over decoder layers; beside
them the traces on the fine map, and how far off the last layer's planes are expected to be.

Every loss is a function of what was matched and of the configuration, and weighs what the key of its name there says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property

import torch
import torch.nn.functional as F
from torch import Tensor

from geobfdt.borehole.picks import KINDS
from geobfdt.model.backbone import FINE_STRIDE
from geobfdt.model.detector import Detections
from geobfdt.model.planes import dip_vector_errors, planes_from_sinusoids, sinusoids_from_planes
from geobfdt.training.config import LossConfig
from geobfdt.training.denoising import DenoisingQueries
from geobfdt.training.matcher import Assignment, match_queries
from geobfdt.training.ranks import ALONE, Ranks
from geobfdt.training.torchvision_operators import sigmoid_focal_loss
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.grid import ROW_STEP_RADII
from geobfdt.windows.traces import column_azimuths

FINE_MAP_WEIGHT = 4.0
"""Extra weight of cells that a trace passes through: about one in ten."""

POLE_APART_DEG, DEPTH_APART_RADII = 10.0, 0.6
"""Where a plane is of half the quality: the scorer's pole tolerance, and 6.5 cm in an 8.5 in hole."""


@dataclass(frozen=True)
class Losses:
    """Scalars on the training device, 0 where a network is not taught by them. ``class_error`` is that of DETR's code:
    per cent of *matched* queries of the last layer whose kind is wrong; it sees neither misses nor false picks.
    ``masks`` is the loss of what a head says of pixels, ``labels`` that of what one says of whole windows.
    """

    total: Tensor
    focal: Tensor | float = 0.0
    l1: Tensor | float = 0.0
    fine_map: Tensor | float = 0.0
    spread: Tensor | float = 0.0
    class_error: Tensor | float = 0.0
    masks: Tensor | float = 0.0
    labels: Tensor | float = 0.0

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """As columns of metrics.csv, in the order of :meth:`stacked`."""
        first, *others = (field.name for field in fields(cls))
        return first.replace("total", "loss"), *others

    def stacked(self) -> Tensor:
        """(fields,) without their history."""
        values = (getattr(self, field.name) for field in fields(self))
        # Filled where the rest lies: copying a number to a GPU would wait for it.
        return torch.stack([v.detach() if isinstance(v, Tensor) else self.total.new_full((), v) for v in values])


@dataclass(frozen=True, eq=False)
class Matched:
    """What a detector says of a batch, and which of its queries are taught which planes.

    pairs    m pairs of queries and planes
    counted  (layers, batch, queries) bool: the queries that are taught; those without a plane should hold nothing
    ranks    whose means the losses are to be, with batches of their own: what a loss is divided by is the mean over
             them, as in DETR, so that every plane of any batch counts alike
    """

    detections: Detections
    batch: WindowBatch
    pairs: Assignment
    counted: Tensor
    ranks: Ranks = ALONE

    @cached_property
    def planes(self) -> Tensor:
        """(m, 3) what the paired queries say, in the model's own form."""
        return self.detections.planes[self.pairs.layer, self.pairs.window, self.pairs.query]

    @property
    def truth(self) -> Tensor:
        """(m, 3) sinusoids of the planes that they are paired with."""
        return self.batch.sinusoids[self.pairs.window, self.pairs.plane]

    @cached_property
    def kinds(self) -> Tensor:
        """(m,) kinds that they are taught. Where the interpreter gave none, the query's own better guess."""
        kinds = self.batch.kind[self.pairs.window, self.pairs.plane]
        return torch.where(kinds < 0, self.guesses, kinds)

    @cached_property
    def guesses(self) -> Tensor:
        """(m,) kinds that they say."""
        return self.detections.logits[self.pairs.layer, self.pairs.window, self.pairs.query].argmax(-1)

    @cached_property
    def last(self) -> Tensor:
        """(m,) bool: the pairs of the last layer."""
        return self.pairs.layer == self.detections.logits.shape[0] - 1

    @cached_property
    def targets(self) -> Tensor:
        """How many planes there are to be found."""
        return self.mean(self.batch.targets.sum())

    def mean(self, count: Tensor) -> Tensor:
        """The mean of a count over the ranks, as if there were one where there is none."""
        return self.ranks.summed(count).clamp(min=1) / self.ranks.world


def detection_losses(
    detections: Detections,
    batch: WindowBatch,
    config: LossConfig,
    denoising: DenoisingQueries | None = None,
    ranks: Ranks = ALONE,
) -> Losses:
    """Match queries to planes and price the result.

    ``denoising`` are the queries that the detector was given beside its own; what it made of them is priced in the same
    way. Of several ``ranks`` each prices its own batch, and the mean of the gradients is that of one batch of all.
    """
    everywhere = torch.ones_like(detections.logits[..., 0], dtype=torch.bool)
    matched = Matched(detections, batch, match_queries(detections, batch, config), everywhere, ranks)
    terms = _terms(matched, config, _LOSSES)
    total = _weighed(terms, config)
    if detections.denoised is not None and denoising is not None:
        counted = denoising.present.expand(len(detections.logits), -1, -1)
        given = Matched(detections.denoised, batch, _given(denoising, len(detections.logits)), counted, ranks)
        total = total + config.denoising * _weighed(_terms(given, config, ("focal", "l1")), config)
    priced = {name: term.detach() for name, term in terms.items()}
    return Losses(total, **priced, class_error=class_error(matched))


def focal_loss(matched: Matched, config: LossConfig) -> Tensor:
    """Focal loss (Lin et al. 2017) of the kinds of all queries that count, per target."""
    pairs, logits = matched.pairs, matched.detections.logits
    target = torch.zeros_like(logits, dtype=torch.float32)
    score = torch.ones_like(matched.truth[:, 0], dtype=torch.float32)
    if config.quality:
        said = sinusoids_from_planes(matched.planes.detach(), matched.detections.target)
        score = score - config.quality * (1 - quality(said, matched.truth))
    target[pairs.layer, pairs.window, pairs.query, matched.kinds] = score
    focal: Tensor = sigmoid_focal_loss(
        logits.float()[matched.counted],
        target[matched.counted],
        alpha=config.focal_alpha,
        gamma=config.focal_gamma,
        reduction="sum",
    )
    return focal / matched.targets


def l1_loss(matched: Matched, config: LossConfig) -> Tensor:
    """L1 distance of the paired queries' planes from the truth, in the model's own form, per target."""
    truth = planes_from_sinusoids(matched.truth, matched.detections.target)
    return (matched.planes - truth).abs().sum() / matched.targets


def fine_map_loss(matched: Matched, config: LossConfig) -> Tensor:
    """Cross-entropy of the cells that planes pass through, mean over the fine map; 0 of a detector without one.

    The decoder alone tells the backbone little about *where* along a curve it was wrong; this does, cell by cell. A
    trace between two rows is shared between them.
    """
    logits, batch = matched.detections.fine_map, matched.batch
    if logits is None:
        return matched.planes.new_zeros(())
    size, _, rows, columns = logits.shape
    theta = column_azimuths(columns, logits.device)
    # As a product, which rounds otherwise than traces(): runs that were begun with it go on with it.
    z = batch.sinusoids[..., :1] + batch.sinusoids[..., 1:] @ torch.stack([theta.cos(), theta.sin()])
    row = z / (FINE_STRIDE * ROW_STEP_RADII) + (rows - 1) / 2
    above = row.floor()
    share = row - above
    window = torch.arange(size, device=logits.device)[:, None, None]
    column = torch.arange(columns, device=logits.device)
    target = torch.zeros(size * len(KINDS) * rows * columns, device=logits.device)
    for place, value in ((above, 1 - share), (above + 1, share)):
        inside = batch.present[..., None] & (place >= 0) & (place < rows) & (batch.kind >= 0)[..., None]
        cell = ((window * len(KINDS) + batch.kind[..., None]) * rows + place.long()) * columns + column
        target.scatter_reduce_(0, cell[inside], value[inside], "amax")
    weight = 1 + FINE_MAP_WEIGHT * target
    return F.binary_cross_entropy_with_logits(logits.flatten(), target, weight)


def spread_loss(matched: Matched, config: LossConfig) -> Tensor:
    """Negative log likelihood of the last layer's errors under Laplace's law with the spread that is stated for them,
    mean over matched planes; 0 where none is stated. It teaches what is stated, not the planes.
    """
    detections, pairs, last = matched.detections, matched.pairs, matched.last
    if detections.spread is None:
        return matched.planes.new_zeros(())
    window, query = pairs.window[last], pairs.query[last]
    planes = planes_from_sinusoids(detections.sinusoids.detach(), "vector")[window, query]
    truth = planes_from_sinusoids(matched.batch.sinusoids, "vector")[window, pairs.plane[last]]
    spread = detections.spread[window, query]
    likelihood = dip_vector_errors(planes, truth) * torch.exp(-spread) + spread
    return likelihood.sum() / matched.mean(last.sum())


_LOSSES: Mapping[str, Callable[[Matched, LossConfig], Tensor]] = {
    "focal": focal_loss,
    "l1": l1_loss,
    "fine_map": fine_map_loss,
    "spread": spread_loss,
}
"""By the key of their weight in the configuration, and by their field of :class:`Losses`."""


def class_error(matched: Matched) -> Tensor:
    """Per cent of the last layer's pairs whose kind is wrong."""
    wrong = ((matched.guesses != matched.kinds) & matched.last).sum()
    return 100 * wrong / matched.last.sum().clamp(min=1)


def quality(found: Tensor, truth: Tensor) -> Tensor:
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


def _terms(matched: Matched, config: LossConfig, names: Iterable[str]) -> dict[str, Tensor]:
    """The losses of these names that weigh anything."""
    return {name: _LOSSES[name](matched, config) for name in names if getattr(config, name)}


def _weighed(terms: Mapping[str, Tensor], config: LossConfig) -> Tensor:
    """Their sum, each by its weight."""
    total: Tensor = torch.zeros(())
    for name, term in terms.items():
        total = total + getattr(config, name) * term
    return total


def _given(denoising: DenoisingQueries, layers: int) -> Assignment:
    """Every denoising query paired with the plane that it was, in every layer."""
    window, query = denoising.present.nonzero(as_tuple=True)
    layer = torch.arange(layers, device=window.device).repeat_interleave(len(window))
    window, query = window.repeat(layers), query.repeat(layers)
    return Assignment(layer, window, query, denoising.plane[window, query])
