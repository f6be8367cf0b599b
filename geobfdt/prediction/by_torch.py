"""Networks as prediction runs them, and what they say as arrays."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from geobfdt.model.backbone import fold_norms
from geobfdt.model.checkpoint import Weights
from geobfdt.model.config import Head, ModelConfig
from geobfdt.model.detector import Detections
from geobfdt.model.device import computing_in, device_of, precision_of
from geobfdt.model.network import Network
from geobfdt.prediction.found import Answers

BATCH = 32
"""Windows a forward pass: small enough for a processor's cache."""
CUDA_BATCH, CUDA_THREADS = 256, 8
"""The same on a card, which is idle while a few windows are launched; and threads that cut them meanwhile."""

Module = TypeVar("Module", bound=nn.Module)


@dataclass(frozen=True)
class ByTorch:
    """Weights that torch answers with: an :class:`~geobfdt.prediction.engine.Engine`."""

    weights: Weights
    network: Network
    device: torch.device
    precision: torch.dtype
    name: str = "torch"

    @classmethod
    def of(cls, weights: Weights, device: str | torch.device = "auto", precision: str = "auto") -> ByTorch:
        """In bfloat16 where that is faster, or in the precision that is named, as torch names it.

        Raises :class:`InputError` on a device that is not there.
        """
        device = device_of(device) if isinstance(device, str) else device
        return cls(weights, for_prediction(weights.network, device, precision), device, precision_of(precision, device))

    @property
    def config(self) -> ModelConfig:
        return self.network.config

    @property
    def threshold(self) -> float:
        return self.weights.threshold

    @property
    def source(self) -> str:
        return self.weights.source

    @property
    def at_once(self) -> int:
        return CUDA_BATCH if self.device.type == "cuda" else BATCH

    @property
    def ahead(self) -> int:
        return CUDA_THREADS if self.device.type == "cuda" else 0

    @property
    def gives(self) -> Head:
        return self.weights.gives

    def digest(self) -> str:
        return self.weights.digest()

    @torch.inference_mode()
    def planes(self, windows: NDArray[np.float32]) -> Callable[[], Answers]:
        detections = cast(Detections, self._said_of(windows))
        return lambda: answers_of(detections)

    @torch.inference_mode()
    def shares(self, windows: NDArray[np.float32]) -> NDArray[np.float64]:
        logits = cast(Tensor, self._said_of(windows))
        if logits.ndim == 2:
            logits = logits.double()
        return np.asarray(logits.softmax(1).double().cpu().numpy())

    def _said_of(self, windows: NDArray[np.float32]) -> Detections | Tensor:
        with computing_in(self.precision, self.device):
            said: Detections | Tensor = self.network(torch.from_numpy(windows).to(self.device))
        return said


def for_prediction(network: Module, device: torch.device, precision: str = "auto") -> Module:
    """A copy of a network on a device that predicts the same, faster, and cannot be trained."""
    folded = copy.deepcopy(network).eval()
    fold_norms(folded)
    for module in folded.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.to(precision_of(precision, device))  # once, rather than with every batch
    return folded.to(device)


@torch.inference_mode()
def answers_of(detections: Detections) -> Answers:
    """What the last layer of a detector says; the processor waits here for a card that computes it."""
    score = detections.scores.cpu().numpy()
    sinusoids = detections.sinusoids.double().cpu().numpy()
    logit = detections.logits[-1].double().cpu().numpy()
    spread = np.full_like(sinusoids, np.nan)
    if detections.spread is not None:
        spread = detections.spread.exp().double().cpu().numpy()
    return Answers(sinusoids, score, logit, spread)
