"""The network that a configuration asks for: the detector, or masks or labels of windows on the same encoder."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from geobfdt.model.backbone import Backbone
from geobfdt.model.config import ModelConfig
from geobfdt.model.detector import Detector, EncoderNet, as_computed, image_channels, scaled
from geobfdt.model.masks import MaskHead
from geobfdt.model.transformer import Dropout


class MaskNet(nn.Module):
    """Windows (batch, 2, rows, 180) -> logits (batch, 3, rows, 180) of background, fracture and bedding at every pixel.

    The detector's backbone without its transformer: of the configuration only ``backbone``, ``width``, ``window`` and
    ``image`` matter.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone = Backbone(config.backbone, config.width, image_channels(config))
        self.head = MaskHead(config.width)

    def forward(self, windows: Tensor) -> Tensor:
        logits: Tensor = self.head(self.backbone(as_computed(scaled(windows, self.config.image))))
        return logits


class ClassNet(EncoderNet):
    """Windows (batch, 2, rows, 180) -> logits (batch, classes) of the configuration's ``classes``, one label a window.

    The detector's backbone, projection and encoder, by the same names and of the same shapes, so that what was learnt
    for planes serves; the decoder is replaced by fully connected layers on the mean over the coarse map. Source:
    EarthAdaptNet (Nasim et al. 2022, IEEE TGRS 60, 4508116), whose encoder and bottleneck are reused where fully
    connected layers replace its task-specific head. A cell of the map counts by the share of it that is valid; a window
    without any valid pixel is the mean over nothing, zeros.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        channels = config.channels
        self.label = nn.Sequential(
            nn.Linear(channels, channels), nn.ReLU(), Dropout(config.dropout), nn.Linear(channels, len(config.classes))
        )

    def forward(self, windows: Tensor) -> Tensor:
        """Logits in float32, also under autocast."""
        *_, coarse = self.backbone(as_computed(scaled(windows, self.config.image)))
        memory, _, size = self.encoded(coarse)
        valid = F.adaptive_avg_pool2d(windows[:, 1:2].float(), size).flatten(1)
        share = valid / valid.sum(1, keepdim=True).clamp(min=1e-6)
        logits: Tensor = self.label(torch.einsum("b n, b n c -> b c", share, memory.float()))
        return logits.float()


Network = Detector | MaskNet | ClassNet

ENCODER = ("backbone", "project", "encoder")
"""The parts of networks, by their names in them, that see and mix before any head says something; a network of masks
has the first alone."""


def network_of(config: ModelConfig) -> Network:
    """A network of a shape, its weights still to be trained or loaded."""
    if config.head == "classes":
        return ClassNet(config)
    return MaskNet(config) if config.head == "traces" else Detector(config)
