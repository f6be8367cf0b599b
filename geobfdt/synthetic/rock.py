"""Empty rock: textures that hold no plane. Their variety, more than anything else, teaches what is not a pick."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from geobfdt.augment.draw import Draw
from geobfdt.synthetic.planes import SECTION_RADII, Grid
from geobfdt.windows.traces import swings

# Cells (down a section, around the hole) of the noise pyramids; each level is refined into the next.
ISOTROPIC = ((3, 3), (6, 3), (12, 15), (24, 15), (48, 45), (96, 90), (192, 180), (384, 180))
LAYERED = ((12, 5), (48, 5), (96, 15), (192, 45), (192, 180), (384, 180))
UPRIGHT = ((3, 15), (6, 45), (12, 90), (24, 180))


def enlarge(image: Tensor, rows: int, columns: int) -> Tensor:
    """Bilinear enlargement of (batch, h, w) to (batch, rows, columns), wrapped in azimuth; w divides columns."""
    factor = columns // image.shape[-1]
    if factor == 1 and rows == image.shape[-2]:
        return image
    wrapped = torch.cat([image[..., -1:], image, image[..., :1]], dim=-1)
    size = (rows, wrapped.shape[-1] * factor)
    large = F.interpolate(wrapped[:, None], size=size, mode="bilinear", align_corners=False)[:, 0]
    return large[..., factor:-factor]


def pyramid(draw: Draw, grid: Grid, batch: int, levels: tuple[tuple[int, int], ...]) -> tuple[Tensor, Tensor]:
    """Noise of many scales with random weights: (batch, rows, columns) of unit spread, and its coarse part alone."""
    fine = grid.columns // 180
    scale = grid.height / SECTION_RADII
    weights = torch.softmax(1.5 * draw.normal(batch, len(levels)), dim=1).sqrt()
    field = coarse = torch.zeros(batch, 1, levels[0][1], device=draw.device)
    for level, (down, around) in enumerate(levels):
        h, w = max(2, round(down * scale)), around * (fine if around == 180 else 1)
        field = enlarge(field, h, w) if level else field.expand(batch, h, w)
        field = draw.normal(batch, h, w).mul_(weights[:, level, None, None]).add_(field)
        if level == 2:
            coarse = field
    field = enlarge(field, grid.rows, grid.columns)
    coarse = enlarge(coarse, grid.rows, grid.columns) / spread(coarse)
    return field.div_(spread(field)), coarse


def texture(draw: Draw, grid: Grid, batch: int) -> Tensor:
    """(batch, rows, columns) of unit spread: mottles, lamination, vugs, nodules, folds, in random shares."""
    field, coarse = pyramid(draw, grid, batch, ISOTROPIC)
    rows = draw.some(0.45, batch)
    if len(rows):
        layered, _ = pyramid(draw, grid, len(rows), LAYERED)
        share = draw.uniform(0.3, 1.0, len(rows), 1, 1)
        field[rows] = field[rows] * (1 - share) + layered * share
    rows = draw.some(0.12, batch)
    if len(rows):
        upright, _ = pyramid(draw, grid, len(rows), UPRIGHT)
        field[rows] = field[rows] + draw.uniform(0.2, 1.0, len(rows), 1, 1) * upright
    rows = draw.some(0.2, batch)
    if len(rows):  # vugs and nodules: what rises above a level of the field becomes a spot
        level = draw.uniform(0.8, 2.2, len(rows), 1, 1)
        spots = torch.sigmoid(8 * (field[rows] - level)) * draw.uniform(1.5, 5.0, len(rows), 1, 1)
        field[rows] = field[rows] * draw.uniform(0.2, 1.0, len(rows), 1, 1) - spots
    rows = draw.some(0.1, batch)
    if len(rows):  # ridges: the zero line of a field, as in breccia and stylolite networks
        ridge = torch.exp(-((field[rows] / 0.15) ** 2)) * draw.uniform(1.0, 3.0, len(rows), 1, 1)
        field[rows] = 0.5 * field[rows] - ridge
    rows = draw.some(0.15, batch)
    if len(rows):
        field[rows] = field[rows] + folded_banding(draw, grid, coarse[rows])
    rows = draw.some(0.18, batch)
    if len(rows):
        field[rows] = field[rows] + fine_lamination(draw, grid, coarse[rows])
    return field.div_(spread(field))


def spread(image: Tensor) -> Tensor:
    """Standard deviation of each image of (batch, rows, columns), (batch, 1, 1); torch's own is ten times slower."""
    centred = image - image.mean((1, 2), keepdim=True)
    norm: Tensor = torch.linalg.vector_norm(centred, dim=(1, 2), keepdim=True)
    return norm / math.sqrt(image[0].numel())


def folded_banding(draw: Draw, grid: Grid, warp: Tensor) -> Tensor:
    """Bands that a smooth field bends by more than they are thick, so that no plane follows them."""
    n = len(warp)
    z = grid.depths(warp.device)[:, None]
    length = draw.log_uniform(0.4, 2.5, n, 1, 1)
    bend = draw.uniform(0.5, 1.5, n, 1, 1) * length.clamp(min=0.8)
    return draw.uniform(0.4, 1.5, n, 1, 1) * torch.sin(2 * math.pi * (z + bend * warp) / length)


def fine_lamination(draw: Draw, grid: Grid, warp: Tensor) -> Tensor:
    """Laminae of uneven thickness, a few rows at most, a little wavy, in a part of the image: seen, never picked."""
    n = len(warp)
    z = grid.depths(warp.device)[:, None] + 0.05 * warp
    longest = draw.uniform(0.14, 0.28, n, 1, 1)
    laminae = sum(
        torch.sin(2 * math.pi * z / (longest * share) + draw.uniform(0, 2 * math.pi, n, 1, 1))
        for share in (1.0, 0.83, 0.64)
    )
    return draw.uniform(0.2, 0.9, n, 1, 1) * laminae * torch.sigmoid(2 * warp)


def along_planes(rock: Tensor, grid: Grid, tilt: Tensor) -> Tensor:
    """Rock (batch, rows, columns) whose fabric is turned from level to planes of a tilt (batch, 2), tan(dip) (cos, sin)
    of the azimuth, as bedding has it; the image's ends are mirrored, so that no edge comes in.
    """
    shift = swings(tilt, grid.azimuths(rock.device)) / grid.row_step
    whole = shift.floor()
    share = (shift - whole)[:, None]
    place = torch.arange(grid.rows, device=rock.device)[:, None] - whole.long()[:, None]
    here, above = (torch.remainder(row, 2 * grid.rows) for row in (place, place - 1))
    here, above = (torch.minimum(row, 2 * grid.rows - 1 - row) for row in (here, above))
    return rock.gather(1, here) * (1 - share) + rock.gather(1, above) * share
