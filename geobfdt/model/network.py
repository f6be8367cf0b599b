"""The network that a configuration asks for: the detector, or the trace head alone on the same backbone."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from geobfdt.config import ModelConfig
from geobfdt.model.backbone import Backbone
from geobfdt.model.detector import Detector, standardise
from geobfdt.model.traces import TraceHead


class TraceNet(nn.Module):
    """Windows (batch, 2, rows, 180) -> logits (batch, 3, rows, 180) of background, fracture and bedding at every pixel.

    The detector's backbone without its transformer: of the configuration only ``backbone``, ``width`` and ``window``
    matter.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone = Backbone(config.backbone, config.width)
        self.head = TraceHead(config.width)

    def forward(self, windows: Tensor) -> Tensor:
        logits: Tensor = self.head(self.backbone(standardise(windows).contiguous(memory_format=torch.channels_last)))
        return logits


Network = Detector | TraceNet


def network_of(config: ModelConfig) -> Network:
    """A network of a shape, its weights still to be trained or loaded."""
    return TraceNet(config) if config.head == "traces" else Detector(config)
