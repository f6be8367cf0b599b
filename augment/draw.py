"""Random draws from one explicit generator, so that a seed fixes everything that follows from it."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor


class Draw:
    """Draws on one device. The same seed gives the same numbers on the same kind of device."""

    def __init__(self, seed: int, device: torch.device | str = "cpu") -> None:
        self.device = torch.device(device)
        self.generator = torch.Generator(self.device).manual_seed(seed)

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(shape, generator=self.generator, device=self.device)

    def log_uniform(self, low: float, high: float, *shape: int) -> Tensor:
        return self.uniform(math.log(low), math.log(high), *shape).exp()

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(shape, generator=self.generator, device=self.device)

    def integers(self, low: int, high: int, *shape: int) -> Tensor:
        """Integers in [low, high)."""
        return torch.randint(low, high, shape, generator=self.generator, device=self.device)

    def chance(self, probability: float, *shape: int) -> Tensor:
        return torch.rand(shape, generator=self.generator, device=self.device) < probability

    def some(self, probability: float, batch: int) -> Tensor:
        """Indices of the windows that something happens to."""
        return self.chance(probability, batch).nonzero()[:, 0]


def seed_of(*numbers: int) -> int:
    """One seed from several numbers; unlike sums of them, no two steps or epochs share one."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> 1)
