"""The network that a configuration asks for: the detector, or the mask head alone on the same backbone."""

from __future__ import annotations

from torch import Tensor, nn

from geobfdt.model.backbone import Backbone
from geobfdt.model.config import ModelConfig
from geobfdt.model.detector import Detector, as_computed, image_channels, scaled
from geobfdt.model.masks import MaskHead


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


Network = Detector | MaskNet

ENCODER = ("backbone", "project", "encoder")
"""The parts of networks, by their names in them, that see and mix before any head says something; a network of masks
has the first alone."""


def network_of(config: ModelConfig) -> Network:
    """A network of a shape, its weights still to be trained or loaded."""
    return MaskNet(config) if config.head == "traces" else Detector(config)
