"""What the mask head is taught by: losses over the pixels of a batch, and penalties on saying the same everywhere.

All pixels of a batch are priced as those of one image: a batch holds every class, a window often does not, and false
traces in barren windows count. ``class_weight`` is how much more a pixel of a trace counts than one of the background
in cross-entropy (42 in VeerNet's raster logs) and in focal, where it is alpha / (1 - alpha): 3 stands for 0.75, and
below 1 focal would weigh down the *rare* classes. "inverse" makes each class of a batch count as much as the others, by
its share of *that batch*: a share of the whole run would be one more state to resume. Dice, Tversky, Lovasz and clDice
are shares of a class's own pixels, averaged over the classes: ``class_weight`` has nothing to weigh in them.

focal, dice, tversky and lovasz are kornia's, which only these import. It has no clDice; MONAI has, at two seconds and
155 MB of imports.
"""

from __future__ import annotations

from dataclasses import replace

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor

from geobfdt.model.backbone import wrap_azimuth
from geobfdt.model.masks import CLASSES
from geobfdt.training.config import TraceLoss, TracesConfig
from geobfdt.training.losses import Losses
from geobfdt.training.traces.masks import IGNORED, true_masks
from geobfdt.windows.batch import WindowBatch

FOCAL_GAMMA = 2.0
FALSE_WEIGHT, MISSED_WEIGHT = 0.3, 0.7
"""Of false and of missed pixels in Tversky's index: the rare classes are missed first (Salehi et al. 2017)."""
CLDICE_SHARE = 0.5
SKELETON_STEPS = 3
"""Erosions: of a trace three pixels wide one leaves the middle line; smudged ones are wider."""
WARM_UP = 0.5
"""Share of the run that cross_entropy_then_lovasz spends on cross-entropy."""
LEAST_VARIANCE, LEAST_ENTROPY = 0.01, 0.5


def masks_alone(logits: Tensor, batch: WindowBatch, config: TracesConfig, done: float) -> Losses:
    """The loss of a network that gives masks alone."""
    masks = mask_loss(logits, batch, config, done)
    return Losses(masks, masks=masks.detach())


def with_masks(losses: Losses, logits: Tensor, batch: WindowBatch, config: TracesConfig, done: float) -> Losses:
    """The losses of a detector with those of its mask head beside them."""
    masks = mask_loss(logits, batch, config, done)
    return replace(losses, total=losses.total + config.weight * masks, masks=masks.detach())


def mask_loss(logits: Tensor, batch: WindowBatch, config: TracesConfig, done: float) -> Tensor:
    """Loss of logits (batch, 3, rows, columns) of background, fracture and bedding, with the penalty on collapse.

    ``done`` is the share of the run that lies behind, in [0, 1): one of the losses changes half-way. A batch without a
    pixel to judge by costs nothing.
    """
    mask = true_masks(batch)
    judged = mask != IGNORED
    name = config.loss
    if name == "cross_entropy_then_lovasz":
        name = "cross_entropy" if done < WARM_UP else "lovasz"
    if not judged.any():
        return logits.sum() * 0.0
    loss = _priced(logits.float(), mask, judged, name, config.class_weight)
    if config.penalty != "none":
        loss = loss + config.penalty_weight * penalty(logits, judged, config)
    return loss


def _priced(logits: Tensor, mask: Tensor, judged: Tensor, name: TraceLoss, class_weight: float | str) -> Tensor:
    if name == "cross_entropy":
        weight = class_weights(mask[judged], class_weight)
        # Not its own mean: that is 0 / 0 where all pixels that are left weigh nothing.
        total = F.cross_entropy(logits, mask, weight, ignore_index=IGNORED, reduction="sum")
        return total / weight[mask[judged]].sum().clamp(min=1e-6)
    if name == "cldice":
        probability = logits.softmax(1)
        return (1 - CLDICE_SHARE) * _dice(logits, mask) + CLDICE_SHARE * soft_cldice_loss(probability, mask, judged)
    if name == "dice":
        return _dice(logits, mask)
    from kornia.losses import focal_loss, lovasz_softmax_loss, tversky_loss

    if name == "tversky":
        pixels, classes = _as_one_image(logits, mask)
        loss = tversky_loss(pixels, classes, alpha=FALSE_WEIGHT, beta=MISSED_WEIGHT, ignore_index=IGNORED)
    else:
        # These two know no ignored pixels, or average over them too.
        pixels, classes = logits.movedim(1, 0)[:, judged][None, :, None], mask[judged][None, None]
        if name == "lovasz":
            loss = lovasz_softmax_loss(pixels, classes)
        else:
            weight = class_weights(classes, class_weight)
            terms = focal_loss(pixels, classes, alpha=None, gamma=FOCAL_GAMMA, weight=weight)
            loss = terms.sum() / weight[classes].sum().clamp(min=1e-6)
    return loss


def class_weights(classes: Tensor, class_weight: float | str) -> Tensor:
    """(3,) weights of background, fracture and bedding; "inverse" to their counts among ``classes``."""
    if class_weight == "inverse":
        counts = torch.stack([(classes == k).sum() for k in range(len(CLASSES))])
        return counts.sum() / (len(CLASSES) * counts.clamp(min=1))
    return torch.tensor([1.0, class_weight, class_weight], dtype=torch.float32, device=classes.device)


def _as_one_image(logits: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """(1, 3, batch * rows, columns) and (1, batch * rows, columns)."""
    pixels = rearrange(logits, "batch classes rows columns -> 1 classes (batch rows) columns")
    return pixels, rearrange(mask, "batch rows columns -> 1 (batch rows) columns")


def _dice(logits: Tensor, mask: Tensor) -> Tensor:
    from kornia.losses import dice_loss

    pixels, classes = _as_one_image(logits, mask)
    return dice_loss(pixels, classes, average="macro", ignore_index=IGNORED)


def soft_cldice_loss(probability: Tensor, mask: Tensor, judged: Tensor) -> Tensor:
    """1 - soft clDice of the two kinds of traces, mean over them (Shit et al. 2021, arXiv 2003.07311, algorithm 1).

    probability (batch, 3, rows, columns), mask and judged (batch, rows, columns). A trace that is torn loses more by
    it than one that is thin: skeletons must lie in the other's traces.
    """
    truth = torch.stack([mask == k for k in range(1, len(CLASSES))], dim=1).float()
    found = probability[:, 1:] * judged[:, None]
    with torch.no_grad():
        true_lines = soft_skeleton(truth)
    lines = soft_skeleton(found)
    over = (0, 2, 3)
    precision = ((lines * truth).sum(over) + 1) / (lines.sum(over) + 1)
    sensitivity = ((true_lines * found).sum(over) + 1) / (true_lines.sum(over) + 1)
    return 1 - (2 * precision * sensitivity / (precision + sensitivity)).mean()


def soft_skeleton(x: Tensor) -> Tensor:
    """Middle lines of probabilities (batch, kinds, rows, columns), closed around the hole: what opening takes away from
    them, and from what erosions leave of them.
    """
    beyond = 2 * (SKELETON_STEPS + 1)
    left = wrap_azimuth(x, beyond, beyond)
    skeleton = F.relu(left - _opened(left))
    for _ in range(SKELETON_STEPS):
        left = _eroded(left)
        new = F.relu(left - _opened(left))
        skeleton = skeleton + F.relu(new - skeleton * new)
    return skeleton[..., beyond:-beyond]


def _eroded(x: Tensor) -> Tensor:
    along, around = F.max_pool2d(-x, (3, 1), 1, (1, 0)), F.max_pool2d(-x, (1, 3), 1, (0, 1))
    return -torch.maximum(along, around)


def _opened(x: Tensor) -> Tensor:
    return F.max_pool2d(_eroded(x), 3, 1, 1)


def penalty(logits: Tensor, judged: Tensor, config: TracesConfig) -> Tensor:
    """What a probability of "any trace" that is everywhere the same costs, over the judged pixels of a batch.

    The three are those of a diary of a network that called 99.88 % of its pixels foreground. ``clamped_variance`` is
    what it began with: past a variance of 0.01 there is no gradient left. ``squared_variance``, (1 - variance)^2, keeps
    one up to the largest variance that there is, 0.25. ``entropy_floor`` has one below a mean entropy of 0.5 (of
    0.69), where the network is sure of itself; one that says a half everywhere is its optimum, not what it keeps from.
    """
    # Not one minus the background's: of a probability near 0 that leaves rounding.
    traces = logits.float().log_softmax(1)[:, 1:].logsumexp(1)[judged]
    background = logits.float().log_softmax(1)[:, 0][judged]
    probability = traces.exp()
    if config.penalty == "entropy_floor":
        entropy = -(probability * traces + background.exp() * background).mean()
        return (LEAST_ENTROPY - entropy).clamp(min=0)
    variance = probability.var(correction=0)
    if config.penalty == "clamped_variance":
        return (LEAST_VARIANCE - variance).clamp(min=0) / LEAST_VARIANCE
    return (1 - variance) ** 2
