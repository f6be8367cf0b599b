"""What labels of windows are taught by."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from geobfdt.training.classes.batch import LabelledBatch
from geobfdt.training.losses import Losses


def label_losses(logits: Tensor, batch: LabelledBatch) -> Losses:
    """Cross-entropy of logits (batch, classes), every window and every class counting alike."""
    labels = F.cross_entropy(logits, batch.label)
    return Losses(labels, labels=labels.detach())
