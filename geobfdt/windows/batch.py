"""WindowBatch: training windows with the planes that lie in them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from geobfdt.windows.cut import OWNED_RADII, TARGET_RADII


@dataclass(frozen=True)
class WindowBatch:
    """A batch of windows and their truth, all on one device.

    windows    (batch, 2, rows, columns): image in any unit, and its 0/1 validity
    sinusoids  (batch, n, 3) = (z0, a, b) in hole radii, z0 from the window's centre, padded to the fullest window
    kind       (batch, n) index into picks.KINDS, -1 where the interpreter did not say
    present    (batch, n) bool, False for padding
    """

    windows: Tensor
    sinusoids: Tensor
    kind: Tensor
    present: Tensor

    @property
    def targets(self) -> Tensor:
        """(batch, n) bool: the planes that a detector is to find in the windows; the others are there to be seen."""
        return self.present & (self.sinusoids[..., 0].abs() <= TARGET_RADII)

    @property
    def owned(self) -> Tensor:
        """(batch, n) bool: the planes in the windows' owned halves, which predictions are taken from."""
        return self.present & (self.sinusoids[..., 0].abs() < OWNED_RADII)

    def __len__(self) -> int:
        return len(self.windows)

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        return self.windows, self.sinusoids, self.kind, self.present

    @classmethod
    def joined(cls, one: WindowBatch, other: WindowBatch) -> WindowBatch:
        """The windows of two batches, in their order."""
        planes = max(one.present.shape[1], other.present.shape[1])
        columns = [torch.cat([one.windows, other.windows])]
        for name in ("sinusoids", "kind", "present"):
            size = (len(one) + len(other), planes, *getattr(one, name).shape[2:])
            column = getattr(one, name).new_zeros(size)
            for first, batch in ((0, one), (len(one), other)):
                values = getattr(batch, name)
                column[first : first + len(batch), : values.shape[1]] = values
            columns.append(column)
        return cls(*columns)

    def packed(self, present: Tensor) -> WindowBatch:
        """The batch with only the planes ``present`` (batch, n) bool, those in front; the padded width is kept."""
        order = to_front(present)
        sinusoids = self.sinusoids.gather(1, order[..., None].expand(-1, -1, 3))
        return WindowBatch(self.windows, sinusoids, self.kind.gather(1, order), present.gather(1, order))

    def trimmed(self, most: int) -> WindowBatch:
        """A packed batch padded to its fullest window alone, of which the planes after the first ``most`` are lost; on
        a card padded to ``most``: how full a window is would have to be waited for.
        """
        width = most if self.present.is_cuda else min(most, max(1, int(self.present.sum(1).max())))
        return WindowBatch(self.windows, self.sinusoids[:, :width], self.kind[:, :width], self.present[:, :width])

    def some(self, windows: Tensor | slice) -> WindowBatch:
        """Those windows, by their indices (n,), in that order, or a run of them."""
        return WindowBatch(*(tensor[windows] for tensor in self.tensors))

    def to(self, device: torch.device) -> WindowBatch:
        return WindowBatch(*(tensor.to(device) for tensor in self.tensors))


def to_front(chosen: Tensor) -> Tensor:
    """(batch, n) indices that bring what is chosen (batch, n) bool to the front of each row, in its order."""
    return chosen.to(torch.uint8).argsort(dim=1, descending=True, stable=True)
