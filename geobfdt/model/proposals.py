"""Where planes may lie: the strongest sinusoids of a map, by a Hough transform that is taken by Fourier's.

References that are spread over a window find beds, one under the other; fractures cross each other at every dip, and
for each of them some query would have to come from far away. Summing the evidence of a trace along every sinusoid of a
grid, and starting queries at the peaks of that sum, brings them there at once.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from einops import rearrange
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
    """(rows + 1, 2 columns, 2 p): the sinusoids of a grid (p, 3) as :func:`sinusoid_sums` sums along them. For each
    wave over depth a product of complex numbers, written as one of matrices of their real and imaginary parts.
    """
    shift = swings(grid[:, :2], column_azimuths(columns, grid.device)) / _CELL_RADII  # (p, columns) rows
    wave = torch.arange(rows + 1, device=grid.device) * (math.pi / rows)
    smooth = torch.exp(-0.5 * (wave[:, None] * grid[:, 2] * (0.35 / _CELL_RADII)) ** 2)  # (waves, p)
    reach = (shift.abs() < rows).to(shift.dtype)  # what is moved further would come back from the other end
    size = smooth[:, None] * reach.T
    phase = wave[:, None, None] * shift.T
    real, imaginary = size * phase.cos(), size * phase.sin()
    return torch.cat([torch.cat([real, imaginary], 2), torch.cat([-imaginary, real], 2)], 1)


def waves_of(rows: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """The Fourier transform over twice as many rows as a map has, the others zero, and back: (2 (rows + 1), rows) and
    (rows, 2 (rows + 1)), real parts before imaginary ones.
    """
    number = torch.arange(rows + 1, device=device)
    # Whole turns are taken away in whole numbers, so that the last wave is as exact as the first.
    phase = (number[:, None] * torch.arange(rows, device=device) % (2 * rows)) * (math.pi / rows)
    forth = torch.cat([phase.cos(), -phase.sin()])
    twice = torch.where((number == 0) | (number == rows), 1.0, 2.0) / (2 * rows)
    return forth, (forth * torch.cat([twice, twice])[:, None]).T


def sinusoid_sums(evidence: Tensor, turn: Tensor) -> Tensor:
    """Sums of a map (batch, rows, columns) along the sinusoids of a grid, z0 at each of the rows: (batch, p, rows).

    A sum along z0 + a cos + b sin is a sum of columns, each moved by its own part of a row; in the spectrum over depth
    moving is a product, with the :func:`turns` of the grid. The map counts as zero beyond its rows. It is smoothed over
    depth by a third of the ring's spacing, so that a trace between two planes of the grid is seen by both.

    The transform is a product of matrices too: for so few rows it is as fast as the fast one, and can be exported.
    """
    forth, back = waves_of(evidence.shape[1], evidence.device)
    with torch.autocast(evidence.device.type, enabled=False):
        spectrum = rearrange(forth @ evidence, "batch (parts waves) columns -> waves batch (parts columns)", parts=2)
        summed = rearrange(spectrum @ turn, "waves batch (parts planes) -> batch planes (parts waves)", parts=2)
        sums: Tensor = summed @ back.T
    return sums


_FIRST_FILLING = (
    *(31, 15, 32, 33, 7, 16, 34, 35, 17, 36, 37, 3, 8, 18, 38, 19, 39, 9, 20, 21),
    *(1, 4, 10, 22, 23, 11, 24, 25, 5, 12, 26, 27, 13, 28, 29, 0, 2, 6, 14, 30),
)
"""Rows of the flat plane with which proposals fill up where a window has fewer peaks, the first of them first. Among
values that are alike torch left these over on processors while the bundled weights were trained, and they know no
others; cards and other engines would take other ones."""


def filling(planes: int, rows: int) -> Tensor:
    """(planes, rows): values below those of all peaks, no two alike, so that which are taken hangs on no engine."""
    below = torch.arange(planes * rows)
    first = torch.tensor([row for row in _FIRST_FILLING if row < rows])
    below = below + len(first)
    below[first] = torch.arange(len(first))  # the flat plane is the grid's first
    return -(1e6 + below.float()).view(planes, rows)


class Proposals(nn.Module):
    """The strongest sinusoids of a map of trace logits."""

    grid: Tensor
    near: Tensor
    turn: Tensor
    filling: Tensor

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        grid = plane_grid()
        self.register_buffer("grid", grid, persistent=False)
        self.register_buffer("near", neighbours(grid), persistent=False)
        rows, columns = ROWS // (_POOLED_ROWS * FINE_STRIDE), COLUMNS // FINE_STRIDE
        self.register_buffer("turn", turns(grid, rows, columns), persistent=False)
        self.register_buffer("filling", filling(len(grid), rows), persistent=False)

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
        # A file of the network holds the grid; what follows from it is worked out where the file is loaded.
        turn = turns(self.grid, rows, logits.shape[2]) if torch.compiler.is_exporting() else self.turn
        sums = sinusoid_sums((logits - ordinary).clamp(-3.0, 3.0) * valid, turn)
        around = F.max_pool1d(sums, 3, stride=1, padding=1)[:, self.near].amax(2)
        z0 = (torch.arange(rows, device=sums.device) + 0.5 - rows / 2) * _CELL_RADII
        peak = (sums >= around) & (z0.abs() <= TARGET_RADII)
        place = torch.where(peak, sums, self.filling).flatten(1).topk(self.count, dim=1).indices
        z0 = z0[place % rows]
        return torch.cat([z0[..., None], self.grid[place // rows, :2]], dim=-1)
