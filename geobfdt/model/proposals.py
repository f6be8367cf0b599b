"""Where planes may lie: the strongest sinusoids of a map, by a Hough transform that is taken by Fourier's.

References that are spread over a window find beds, one under the other; fractures cross each other at every dip, and
for each of them some query would have to come from far away. Summing the evidence of a trace along every sinusoid of a
grid, and starting queries at the peaks of that sum, brings them there at once.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from geobfdt.model.backbone import FINE_STRIDE
from geobfdt.windows.cut import TARGET_RADII
from geobfdt.windows.grid import COLUMNS, ROW_STEP_RADII, ROWS
from geobfdt.windows.traces import column_azimuths, swings

_POOLED_ROWS = 2
"""Rows of the fine map that make one of the transform's, which only has to come near."""
_CELL_RADII = _POOLED_ROWS * FINE_STRIDE * ROW_STEP_RADII
_STEEPEST = 9.6
"""Largest tangent of a dip on the grid: 84 degrees."""
_SPACING = 0.5
"""Of flat planes on the grid, in radii of z0, a or b; steeper ones may lie further apart across their traces."""


def plane_grid() -> Tensor:
    """(p, 3): tangents a and b of the grid's planes, on rings around the flat one, and the spacing of their ring."""
    planes, tangent = [(0.0, 0.0, _SPACING)], 0.0
    while tangent < _STEEPEST:
        spacing = _SPACING * math.hypot(1.0, 0.45 * tangent)
        tangent += spacing
        count = max(6, round(2 * math.pi * tangent / spacing))
        for step in range(count):
            azimuth = 2 * math.pi * step / count
            planes.append((tangent * math.cos(azimuth), tangent * math.sin(azimuth), spacing))
    return torch.tensor(planes)


def neighbours(grid: Tensor, count: int = 8) -> Tensor:
    """(p, count + 1) indices of the nearest planes of the grid to each, itself the first."""
    apart = torch.cdist(grid[:, :2], grid[:, :2]) / torch.maximum(grid[:, 2], grid[:, None, 2])
    return apart.topk(count + 1, dim=1, largest=False).indices


def turns(grid: Tensor, rows: int, columns: int) -> Tensor:
    """(p, rows + 1, columns) complex: the sinusoids of a grid (p, 3) as :func:`sinusoid_sums` sums along them."""
    shift = swings(grid[:, :2], column_azimuths(columns, grid.device)) / _CELL_RADII  # (p, columns) rows
    wave = torch.arange(rows + 1, device=grid.device) * (math.pi / rows)
    smooth = torch.exp(-0.5 * (wave * grid[:, 2:] * (0.35 / _CELL_RADII)) ** 2)  # (p, waves)
    reach = (shift.abs() < rows).to(shift.dtype)  # what is moved further would come back from the other end
    return torch.polar(reach[:, None] * smooth[..., None], wave[:, None] * shift[:, None])


def sinusoid_sums(evidence: Tensor, turn: Tensor) -> Tensor:
    """Sums of a map (batch, rows, columns) along the sinusoids of a grid, z0 at each of the rows: (batch, p, rows).

    A sum along z0 + a cos + b sin is a sum of columns, each moved by its own part of a row; in the spectrum over depth
    moving is a product, with the :func:`turns` of the grid. The map counts as zero beyond its rows. It is smoothed over
    depth by a third of the ring's spacing, so that a trace between two planes of the grid is seen by both.
    """
    rows = evidence.shape[1]
    spectrum = torch.fft.rfft(evidence, n=2 * rows, dim=1)
    summed = torch.einsum("bkc,pkc->bpk", spectrum, turn)
    sums: Tensor = torch.fft.irfft(summed, n=2 * rows, dim=2)
    return sums[..., :rows]


class Proposals(nn.Module):
    """The strongest sinusoids of a map of trace logits."""

    grid: Tensor
    near: Tensor
    turn: Tensor

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        grid = plane_grid()
        self.register_buffer("grid", grid, persistent=False)
        self.register_buffer("near", neighbours(grid), persistent=False)
        rows, columns = ROWS // (_POOLED_ROWS * FINE_STRIDE), COLUMNS // FINE_STRIDE
        self.register_buffer("turn", turns(grid, rows, columns), persistent=False)

    @torch.no_grad()
    def forward(self, logits: Tensor, valid: Tensor) -> Tensor:
        """Logits of a trace on the fine map (batch, rows, columns) and the 0/1 validity of the windows' pixels ->
        (batch, count, 3) sinusoids in hole radii of planes that may be targets, the strongest first.
        """
        logits = F.max_pool2d(logits.float(), (_POOLED_ROWS, 1))
        valid = F.avg_pool2d(valid.float(), (_POOLED_ROWS * FINE_STRIDE, FINE_STRIDE))
        rows = logits.shape[1]
        # Of a faint trace no cell is sure, but each is surer than the rock beside it; and none speaks so loudly for or
        # against a trace that others are not heard.
        ordinary = (logits * valid).sum((1, 2), keepdim=True) / valid.sum((1, 2), keepdim=True).clamp(min=1e-6)
        sums = sinusoid_sums((logits - ordinary).clamp(-3.0, 3.0) * valid, self.turn)
        around = F.max_pool1d(sums, 3, stride=1, padding=1)[:, self.near].amax(2)
        z0 = (torch.arange(rows, device=sums.device) + 0.5 - rows / 2) * _CELL_RADII
        peak = (sums >= around) & (z0.abs() <= TARGET_RADII)
        place = torch.where(peak, sums, sums.new_tensor(-math.inf)).flatten(1).topk(self.count, dim=1).indices
        z0 = z0[place % rows]
        return torch.cat([z0[..., None], self.grid[place // rows, :2]], dim=-1)
