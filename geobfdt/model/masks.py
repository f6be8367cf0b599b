"""The mask head: which pixels of a window a trace of a fracture or of a bedding plane covers."""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from geobfdt.borehole.picks import KINDS
from geobfdt.model.backbone import FINE_STRIDE, make_circular

CLASSES = ("background", *KINDS)
"""What a pixel can be, in the order of the logits."""
CHANNELS = len(CLASSES) * FINE_STRIDE**2
"""Of the map before the last layer, which has as many numbers to say of each cell: three classes of its pixels."""
RARE = 3.0
"""First logit of the background above those of the traces: few pixels are on one."""


class MaskHead(nn.Module):
    """The maps of a :class:`~geobfdt.model.backbone.Backbone` -> logits (batch, 3, rows, 180) of :data:`CLASSES`.

    The coarser maps are added to the finer ones, as in a feature pyramid (Lin et al. 2017); the finest map's cells are
    then unfolded to pixels (Shi et al. 2016). All of it is closed around the hole. Without its batch norms it learns a
    window by heart in twice the steps.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.laterals = nn.ModuleList(nn.Conv2d(factor * width, CHANNELS, 1) for factor in (1, 1, 2, 8))
        self.blend = make_circular(nn.Sequential(nn.BatchNorm2d(CHANNELS), nn.ReLU(), *_square(), *_square()))
        self.classify = nn.Conv2d(CHANNELS, CHANNELS, 1)
        with torch.no_grad():
            cast(Tensor, self.classify.bias)[: FINE_STRIDE**2] = RARE

    def forward(self, maps: tuple[Tensor, ...]) -> Tensor:
        """``maps`` of the stem and of the first, second and last stage; logits in float32, also under autocast."""
        *laterals, coarsest = self.laterals
        summed = coarsest(maps[-1])
        for lateral, finer in zip(reversed(laterals), reversed(maps[:-1]), strict=True):
            summed = lateral(finer) + F.interpolate(summed, size=finer.shape[-2:], mode="nearest")
        return F.pixel_shuffle(self.classify(self.blend(summed)), FINE_STRIDE).float()


def _square() -> tuple[nn.Module, ...]:
    """3 x 3 cells of the map."""
    return nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1, bias=False), nn.BatchNorm2d(CHANNELS), nn.ReLU()
