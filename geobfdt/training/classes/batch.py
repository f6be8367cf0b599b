"""Training windows with a label each."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from geobfdt.windows.batch import WindowBatch


@dataclass(frozen=True)
class LabelledBatch(WindowBatch):
    """Windows of which each is of one class of rock, and whose planes are nobody's concern.

    label  (batch,) int64, index into the names of the classes
    """

    label: Tensor

    @classmethod
    def of(cls, batch: WindowBatch, label: Tensor) -> LabelledBatch:
        """Windows, in whatever way they were changed, with their labels (batch,) in the same order."""
        return cls(batch.windows, batch.sinusoids, batch.kind, batch.present, label)

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        return *super().tensors, self.label

    @classmethod
    def joined(cls, one: WindowBatch, other: WindowBatch) -> LabelledBatch:
        """The windows of two batches, in their order; both have labels."""
        assert isinstance(one, LabelledBatch)
        assert isinstance(other, LabelledBatch)
        return cls.of(WindowBatch.joined(one, other), torch.cat([one.label, other.label]))

    def some(self, windows: Tensor | slice) -> LabelledBatch:
        return LabelledBatch(*(tensor[windows] for tensor in self.tensors))

    def to(self, device: torch.device) -> LabelledBatch:
        return LabelledBatch(*(tensor.to(device) for tensor in self.tensors))
