"""WindowBatch: training windows with the planes that lie in them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from geobfdt.windows import ASKED_RADII


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
    def asked(self) -> Tensor:
        """(batch, n) bool: the planes that the windows are asked for; the others are there to be seen."""
        return self.present & (self.sinusoids[..., 0].abs() <= ASKED_RADII)

    def __len__(self) -> int:
        return len(self.windows)

    def to(self, device: torch.device) -> WindowBatch:
        return WindowBatch(*(getattr(self, name).to(device) for name in ("windows", "sinusoids", "kind", "present")))
