"""Geometric augmentation: motions of the borehole wall, which move the pixels and the planes' sinusoids alike.

A :class:`Motion` carries the point of the wall at depth z and azimuth theta, per window, to ::

    z' = stretch * z + shift,    theta' = handedness * theta + turn

with z in hole radii from the window's centre. That takes the sinusoid ``z = z0 + a cos(theta) + b sin(theta)`` to
another sinusoid, so on (z0, a, b, 1) a motion is one 4x4 matrix, whose last column holds the shift: composing motions
is multiplying matrices, and however many are composed, the pixels are interpolated once.

Each elementary motion takes one parameter per window, a tensor of shape (batch,). Column k of a window with n columns
looks at azimuth ``(k + 0.5) * 2 pi / n``, row i of m lies at ``z = (i + 0.5 - m / 2) * ROW_STEP_RADII``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.grid import ROW_STEP_RADII

STEEPEST_DIP_DEG = 88.0
"""What a stretch makes steeper than this is no longer picked: the detector cannot write it."""

_ROUNDING = 1e-3
"""Parts of a pixel below this are float32 rounding and not a reason to interpolate, or to spread a missing pixel."""


@dataclass(frozen=True)
class Motion:
    """A motion of the wall for each window of a batch; four tensors of shape (batch,), all finite, stretch not 0.

    stretch     factor of depth, negative where the window is turned upside down
    shift       rows, downwards, after stretching
    handedness  +1, or -1 where the window is seen in a mirror
    turn        columns, clockwise seen downhole, after mirroring
    """

    stretch: Tensor
    shift: Tensor
    handedness: Tensor
    turn: Tensor

    def __len__(self) -> int:
        return len(self.stretch)

    def then(self, other: Motion) -> Motion:
        """This motion followed by another; its matrix is ``other.matrix(n) @ self.matrix(n)``."""
        return Motion(
            other.stretch * self.stretch,
            other.stretch * self.shift + other.shift,
            other.handedness * self.handedness,
            other.handedness * self.turn + other.turn,
        )

    def matrix(self, columns: int) -> Tensor:
        """(batch, 4, 4) matrices that act on (z0, a, b, 1), in hole radii, for windows of so many columns."""
        angle = self.turn * (2 * math.pi / columns)
        cos, sin = self.stretch * angle.cos(), self.stretch * angle.sin()
        matrix = self.stretch.new_zeros(len(self), 4, 4)
        matrix[:, 0, 0] = self.stretch
        matrix[:, 0, 3] = self.shift * ROW_STEP_RADII
        matrix[:, 1, 1], matrix[:, 1, 2] = cos, -self.handedness * sin
        matrix[:, 2, 1], matrix[:, 2, 2] = sin, self.handedness * cos
        matrix[:, 3, 3] = 1.0
        return matrix


def roll(columns: Tensor) -> Motion:
    """Turn windows by columns (batch,), whole or not, towards larger azimuths. Whole ones copy pixels unchanged."""
    one = torch.ones_like(columns)
    return Motion(one, torch.zeros_like(one), one, columns)


def mirror(chosen: Tensor) -> Motion:
    """Swap clockwise and anticlockwise (azimuth to -azimuth) in the windows chosen, (batch,) bool. Exact."""
    sign = 1.0 - 2.0 * chosen.float()
    zero = torch.zeros_like(sign)
    return Motion(torch.ones_like(sign), zero, sign, zero)


def flip_depth(chosen: Tensor) -> Motion:
    """Turn the windows chosen, (batch,) bool, upside down (depth to -depth, azimuths kept). Exact."""
    sign = 1.0 - 2.0 * chosen.float()
    zero = torch.zeros_like(sign)
    return Motion(sign, zero, torch.ones_like(sign), zero)


def stretch(factor: Tensor) -> Motion:
    """Stretch windows in depth about their centre by factors (batch,) > 0; tan(dip) grows by the same factor."""
    one, zero = torch.ones_like(factor), torch.zeros_like(factor)
    return Motion(factor, zero, one, zero)


def shift(rows: Tensor) -> Motion:
    """Move windows down by rows (batch,), whole or not, negative upwards. Whole ones copy pixels unchanged."""
    one = torch.ones_like(rows)
    return Motion(one, rows, one, torch.zeros_like(rows))


def move_windows(windows: Tensor, motion: Motion) -> Tensor:
    """Windows (batch, 2, rows, columns) as the moved wall looks: linear between rows and between columns.

    A pixel is valid where every pixel that it is made of is; what comes from beyond the window is not.
    """
    rows, columns = windows.shape[-2:]
    depth = torch.arange(rows, device=windows.device) + 0.5 - rows / 2
    source = (depth - motion.shift[:, None]) / motion.stretch[:, None] + rows / 2 - 0.5
    moved = _between_rows(windows, source)
    around = torch.arange(columns, device=windows.device) + 0.5
    source = motion.handedness[:, None] * (around - motion.turn[:, None]) - 0.5
    return _between_columns(moved, source)


def move_sinusoids(sinusoids: Tensor, motion: Motion, columns: int) -> Tensor:
    """Sinusoids (batch, n, 3) = (z0, a, b) in hole radii, moved along with windows of so many columns."""
    matrix = motion.matrix(columns)
    # Multiplied out rather than by matmul, which on some GPUs keeps ten bits of the depth only.
    return (matrix[:, None, :3, :3] * sinusoids[..., None, :]).sum(-1) + matrix[:, None, :3, 3]


def move(batch: WindowBatch, motion: Motion) -> WindowBatch:
    """Move pixels and truth together; the padded width of the truth is kept.

    Planes whose depth has left the window, or that have become steeper than ``STEEPEST_DIP_DEG``, are no longer
    present, and the others move up to the front. The reverse cannot be had: a plane whose depth lay beyond the window
    is not in its truth and stays out of it; where its depth would now lie, the pixels are missing.
    """
    rows, columns = batch.windows.shape[-2:]
    sinusoids = move_sinusoids(batch.sinusoids, motion, columns)
    inside = sinusoids[..., 0].abs() < rows * ROW_STEP_RADII / 2
    writable = torch.hypot(sinusoids[..., 1], sinusoids[..., 2]) <= math.tan(math.radians(STEEPEST_DIP_DEG))
    present = batch.present & inside & writable
    return WindowBatch(move_windows(batch.windows, motion), sinusoids, batch.kind, batch.present).packed(present)


def _split(position: Tensor) -> tuple[Tensor, Tensor]:
    """Index of the pixel before a position, and the share (0 up to 1) of the pixel after it."""
    whole = position.round()
    position = torch.where((position - whole).abs() < _ROUNDING, whole, position)
    before = position.floor()
    return before.long(), position - before


def _between_rows(windows: Tensor, position: Tensor) -> Tensor:
    """Windows read at the row positions (batch, rows); invalid beyond the first and the last row."""
    rows = windows.shape[2]
    above, share = _split(position)
    window = torch.arange(len(windows), device=windows.device)[:, None]
    # Indexing puts the two indexed axes first: (batch, rows, 2, columns), and back.
    upper = windows[window, :, above.clamp(0, rows - 1)].transpose(1, 2)
    lower = windows[window, :, (above + 1).clamp(0, rows - 1)].transpose(1, 2)
    last_needed = above + (share > 0)
    inside = (above >= 0) & (last_needed <= rows - 1)
    return _blend(upper, lower, share[:, :, None], inside[:, :, None])


def _between_columns(windows: Tensor, position: Tensor) -> Tensor:
    """Windows read at the column positions (batch, columns), wrapped around the hole."""
    columns = windows.shape[3]
    left, share = _split(position)
    index = (left % columns)[:, None, None].expand_as(windows)
    other = ((left + 1) % columns)[:, None, None].expand_as(windows)
    inside = torch.ones_like(share, dtype=torch.bool)
    return _blend(windows.gather(3, index), windows.gather(3, other), share[:, None], inside[:, None])


def _blend(one: Tensor, other: Tensor, share: Tensor, inside: Tensor) -> Tensor:
    """Windows (batch, channels, rows, columns) ``one + share * (other - one)``; share and inside broadcast over an
    image.
    """
    alone = share == 0
    # where, not a weight of 0, keeps whatever a missing pixel holds, NaN included, out of its neighbours.
    blended = torch.where(alone[:, None], one, torch.lerp(one, other, share.to(one.dtype)[:, None]))
    blended[:, 1] = torch.where(alone, one[:, 1], one[:, 1] * other[:, 1]) * inside
    return blended
