"""What tools do to an image: sectors, pads, eccentricity, jerks and dead buttons. Truth stays where it was.

Every function takes and returns (image, valid), each (batch, rows, columns), image in any unit and valid 0 or 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from geobfdt.augment.draw import Draw
from geobfdt.synthetic.planes import Grid
from geobfdt.synthetic.rock import pyramid, spread

# Probability of each artefact in a training window.
ECCENTRIC, BREAKOUTS, SPIRAL, PADS = 0.3, 0.12, 0.1, 0.5
JERKS, STICK, ROW_STRIPES, COLUMN_STRIPES = 0.15, 0.1, 0.2, 0.25
NULL_ROWS, HOLES, STRETCHES, ENDS = 0.08, 0.1, 0.1, 0.12
BLUR, CLIP, GAMMA = 0.4, 0.15, 0.5


STEP_OF_SECTORS = {16: 0.42, 56: 0.07, 72: 0.1, 90: 0.045, 120: 0.07, 144: 0.055}
"""Tools coarser than a window by the sectors around the hole that they tell apart: their depth step in radii. 16 and 56
are logging-while-drilling tools, 5 cm in a 9.5 in hole and 7.6 mm in an 8.5 in one; the rest are older pads,
televiewers, and any tool in a slim hole."""
COARSEST, COARSE, MEDIUM = 0.14, 0.14, 0.16
"""Share of windows of 16 sectors, of 56, and of one of the others."""
MOST_SHARED = 0.6


def resample_columns(image: Tensor, columns: int) -> Tensor:
    """Linear interpolation of (..., rows, w) onto another number of columns, wrapped in azimuth."""
    w = image.shape[-1]
    position = (torch.arange(columns, device=image.device) + 0.5) * w / columns - 0.5
    left = position.floor()
    share = position - left
    left = left.long() % w
    return image[..., left] * (1 - share) + image[..., (left + 1) % w] * share


@dataclass(frozen=True)
class Sectors:
    """The coarse tools of a batch of windows.

    number  (batch,) sectors around the hole that a tool tells apart, one of :data:`STEP_OF_SECTORS`, 0 for a finer tool
    shared  (batch,) share of what a sector reads that comes from its neighbours, half from each side, and so down the
            hole from the steps above and below: tools step finer than they resolve
    """

    number: Tensor
    shared: Tensor

    def spot(self) -> Tensor:
        """Standard deviation in radii of what a sector reads, (batch,), 0 for finer tools."""
        # A sector alone averages over its width, of variance 1/12; the blend with its neighbours adds its share.
        width = 2 * math.pi / self.number.clamp(min=1)
        return torch.where(self.number > 0, width * (1 / 12 + self.shared).sqrt(), 0.0)


def draw_sectors(draw: Draw, batch: int) -> Sectors:
    """Coarse tools for some of ``batch`` windows."""
    coarsest, coarse, *others = STEP_OF_SECTORS
    medium = others[int(draw.integers(0, len(others), 1))]  # one a batch: images of one size are measured together
    chance = draw.uniform(0, 1, batch)
    sectors = torch.zeros(batch, dtype=torch.long, device=draw.device)
    bound = 0.0
    for number, share in ((coarsest, COARSEST), (coarse, COARSE), (medium, MEDIUM)):
        sectors = torch.where((chance >= bound) & (chance < bound + share), number, sectors)
        bound += share
    return Sectors(sectors, draw.uniform(0, MOST_SHARED, batch))


def in_sectors(image: Tensor, grid: Grid, sectors: Sectors, noise: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """Images (batch, rows, columns) as the sectors and depth steps of coarse tools see them, interpolated back.

    ``noise`` adds a tool's own to what it measures, (n, steps, sectors), given which images they are.
    """
    image = image.clone()
    for number, step in STEP_OF_SECTORS.items():
        chosen = (sectors.number == number).nonzero()[:, 0]
        if len(chosen):
            small = F.adaptive_avg_pool2d(image[chosen, None], (round(grid.height / step), number))[:, 0]
            small = noise(blur(small, sectors.shared[chosen]), chosen)[:, None]
            tall = F.interpolate(small, size=(grid.rows, number), mode="bilinear", align_corners=False)[:, 0]
            image[chosen] = resample_columns(tall, grid.columns)
    return image


def measure(draw: Draw, grid: Grid, image: Tensor, roughness: Tensor, sectors: Sectors) -> tuple[Tensor, Tensor]:
    """Pass windows (batch, rows, columns) through random tools: (image, valid)."""
    batch = len(image)
    image = rock_damage(draw, grid, image, roughness)
    noise = draw.log_uniform(0.05, 0.8, batch)[:, None, None] * roughness[:, None, None]

    def noisy(small: Tensor, chosen: Tensor) -> Tensor:
        return small + 0.5 * noise[chosen] * draw.normal(*small.shape)

    image = in_sectors(image, grid, sectors, noisy)
    rows = draw.some(BLUR, batch)
    if len(rows):
        image[rows] = blur(image[rows], draw.uniform(0.0, 0.45, len(rows)))
    image = cable(draw, image, round(0.07 / grid.row_step))
    fine = (sectors.number == 0)[:, None, None]
    image = image + torch.where(fine, noise, 0.05 * noise) * draw.normal(*image.shape)
    image = stripes(draw, image, roughness)
    image, valid = pads(draw, grid, image, roughness, draw.some(PADS, batch))
    valid = ends(draw, grid, losses_of_signal(draw, grid, valid))
    return transfer(draw, image), valid


def rock_damage(draw: Draw, grid: Grid, image: Tensor, roughness: Tensor) -> Tensor:
    """Eccentricity, breakouts and spiral bands: features of the hole that run along it."""
    batch = len(image)
    z, theta = grid.depths(image.device)[:, None], grid.azimuths(image.device)
    size = roughness[:, None, None]
    rows = draw.some(ECCENTRIC, batch)
    if len(rows):
        turn = draw.uniform(0, 2 * math.pi, len(rows), 1, 1) + draw.normal(len(rows), 1, 1) * 0.05 * z
        image[rows] += size[rows] * draw.uniform(0.3, 2.5, len(rows), 1, 1) * torch.cos(theta - turn)
        # Where the tool stands off, it sees less of everything.
        image[rows] *= 1 + draw.uniform(0, 0.75, len(rows), 1, 1) * torch.cos(
            theta - turn - draw.normal(len(rows), 1, 1)
        )
    rows = draw.some(BREAKOUTS, batch)
    if len(rows):
        centre = draw.uniform(0, math.pi, len(rows), 1, 1) + 0.05 * draw.normal(len(rows), grid.rows, 1)
        off = torch.remainder(theta - centre + math.pi / 2, math.pi) - math.pi / 2
        half = draw.uniform(0.1, 0.4, len(rows), 1, 1)
        middle = draw.uniform(-0.5, 0.5, len(rows), 1, 1) * grid.height
        length = draw.log_uniform(1.0, 20.0, len(rows), 1, 1)
        stripe = torch.sigmoid((half - off.abs()) * 20) * torch.sigmoid((length / 2 - (z - middle).abs()) * 6)
        image[rows] -= size[rows] * draw.uniform(1.0, 5.0, len(rows), 1, 1) * stripe
    rows = draw.some(SPIRAL, batch)
    if len(rows):
        pitch = draw.log_uniform(1.0, 8.0, len(rows), 1, 1) * torch.where(draw.chance(0.5, len(rows), 1, 1), -1.0, 1.0)
        band = torch.cos(theta - 2 * math.pi * z / pitch + draw.uniform(0, 2 * math.pi, len(rows), 1, 1))
        image[rows] += size[rows] * draw.uniform(0.3, 1.2, len(rows), 1, 1) * band
    return image


def blur(image: Tensor, share: Tensor) -> Tensor:
    """Mix each pixel with its neighbours, (1 - share, share), along depth and azimuth."""
    share = share[:, None, None]
    beside = 0.5 * (image.roll(1, 2) + image.roll(-1, 2))
    image = image * (1 - share) + beside * share
    tall = torch.cat([image[:, :1], image, image[:, -1:]], dim=1)
    return image * (1 - share) + 0.5 * (tall[:, :-2] + tall[:, 2:]) * share


def cable(draw: Draw, image: Tensor, step: int = 1) -> Tensor:
    """Uneven speed: rows displaced by about a step (jerks), and rows repeated while the tool sticks.

    step  rows of the image that a tool takes at a time
    """
    batch, height, _ = image.shape
    place = torch.arange(height, device=image.device, dtype=torch.float32).expand(batch, -1).clone()
    rows = draw.some(JERKS, batch)
    if len(rows):
        period = step * draw.uniform(5, 40, len(rows), 1)
        tooth = torch.remainder(place[rows] / period + draw.uniform(0, 1, len(rows), 1), 1.0) - 0.5
        place[rows] += step * draw.uniform(0.5, 2.5, len(rows), 1) * tooth
    rows = draw.some(STICK, batch)
    if len(rows):
        held = torch.div(place[rows], 3 * step, rounding_mode="floor") * 3 * step + 1.5 * step - 0.5
        sticking = enlarge_rows(draw.normal(len(rows), max(2, height // (12 * step))), height) > 1.0
        place[rows] = torch.where(sticking, held, place[rows])
    index = place.round().long().clamp(0, height - 1)
    return image.gather(1, index[..., None].expand_as(image))


def enlarge_rows(values: Tensor, rows: int) -> Tensor:
    """Nearest-neighbour enlargement of (batch, h) to (batch, rows)."""
    return F.interpolate(values[:, None], size=rows, mode="nearest")[:, 0]


def stripes(draw: Draw, image: Tensor, roughness: Tensor) -> Tensor:
    """Rows and columns with an offset of their own: power steps, mismatched and dead buttons."""
    batch, height, width = image.shape
    size = roughness[:, None, None]
    rows = draw.some(ROW_STRIPES, batch)
    if len(rows):
        few = draw.chance(0.1, len(rows), height, 1) | draw.chance(0.3, len(rows), 1, 1)
        image[rows] += size[rows] * draw.uniform(0.1, 0.5, len(rows), 1, 1) * draw.normal(len(rows), height, 1) * few
    rows = draw.some(COLUMN_STRIPES, batch)
    if len(rows):
        few = draw.chance(0.1, len(rows), 1, width) | draw.chance(0.3, len(rows), 1, 1)
        image[rows] += size[rows] * draw.uniform(0.2, 1.5, len(rows), 1, 1) * draw.normal(len(rows), 1, width) * few
    return image


def pads(
    draw: Draw, grid: Grid, image: Tensor, roughness: Tensor, rows: Tensor, number: int | None = None
) -> tuple[Tensor, Tensor]:
    """Pads that see part of the wall, turn slowly with depth, and differ in gain and offset; gaps become invalid."""
    valid = torch.ones_like(image)
    n = len(rows)
    if n == 0:
        return image, valid
    z, theta = grid.depths(image.device)[:, None], grid.azimuths(image.device)
    count = torch.where(draw.chance(0.5, n, 1, 1), 8.0, 4.0) if number is None else torch.full((n, 1, 1), float(number))
    count = count.to(image.device)
    low = torch.where(count > 4, 0.45, 0.35)
    coverage = low + (0.97 - low) * draw.uniform(0, 1, n, 1, 1) ** 2
    turn = draw.uniform(0, 2 * math.pi, n, 1, 1) + draw.normal(n, 1, 1) * 0.02 * z
    around = torch.remainder((theta + turn) * count / (2 * math.pi), count)
    pad = around.floor()
    valid[rows] = (around - pad < coverage).to(image.dtype)
    index = pad.long().clamp(max=7)
    gain = (1 + 0.15 * draw.normal(n, 8)).clamp(min=0.4)
    offset = 0.6 * draw.normal(n, 8) * roughness[rows, None]
    flat = index.flatten(1)
    image[rows] = image[rows] * gain.gather(1, flat).view_as(index) + offset.gather(1, flat).view_as(index)
    return image, valid


def losses_of_signal(draw: Draw, grid: Grid, valid: Tensor) -> Tensor:
    """Null rows, stretches without data, and patches of any shape where the tool saw nothing."""
    batch, height, _ = valid.shape
    z = grid.depths(valid.device)
    rows = draw.some(STRETCHES, batch)
    if len(rows):
        middle = draw.uniform(-0.5, 0.5, len(rows), 3) * grid.height
        length = draw.log_uniform(0.2, 4.0, len(rows), 3) * draw.chance(0.6, len(rows), 3)
        lost = ((z - middle[..., None]).abs() < length[..., None] / 2).any(1)
        valid[rows] *= ~lost[..., None]
    rows = draw.some(NULL_ROWS, batch)
    if len(rows):
        few = max(2, round(grid.height / 0.21))
        lost = enlarge_rows(draw.uniform(0, 1, len(rows), few), height) < 0.04
        valid[rows] *= ~lost[..., None]
    rows = draw.some(HOLES, batch)
    if len(rows):
        field, coarse = pyramid(draw, Grid(grid.rows, 180, grid.row_step), len(rows), ((6, 5), (12, 15), (24, 45)))
        field = resample_columns(coarse + 0.5 * field, grid.columns)
        valid[rows] *= field < draw.uniform(1.5, 2.5, len(rows), 1, 1)
    return valid


def ends(draw: Draw, grid: Grid, valid: Tensor) -> Tensor:
    """Logs that begin or end within a window, where nothing tells their ends from a bed boundary but validity."""
    rows = draw.some(ENDS, len(valid))
    if len(rows):
        z = grid.depths(valid.device)
        top, base = draw.uniform(0.1, 0.75, 2, len(rows), 1) * grid.height
        valid[rows] *= ((z > -top) & (z < base))[..., None]
    return valid


def transfer(draw: Draw, image: Tensor) -> Tensor:
    """The tool's response: clipped, bent by a power, turned over, in arbitrary units."""
    batch = len(image)
    image = (image - image.mean((1, 2), keepdim=True)) / spread(image).clamp(min=1e-6)
    rows = draw.some(CLIP, batch)
    if len(rows):
        image[rows] = torch.maximum(image[rows], -draw.uniform(0.8, 2.5, len(rows), 1, 1))
        image[rows] = torch.minimum(image[rows], draw.uniform(0.8, 2.5, len(rows), 1, 1))
    rows = draw.some(GAMMA, batch)
    if len(rows):
        bend = draw.uniform(-0.6, 0.6, len(rows), 1, 1)
        image[rows] = torch.where(bend.abs() < 0.02, image[rows], torch.expm1(bend * image[rows].clamp(-4, 4)) / bend)
    return image * torch.where(draw.chance(0.5, batch, 1, 1), -1.0, 1.0)
