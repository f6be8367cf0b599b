"""What tools do to an image: which artefacts, how often and how much of each is drawn here, and put on in one order.

The artefacts themselves are in :mod:`geobfdt.synthetic.artefacts`. Images are (batch, rows, columns) in any unit,
roughness (batch,) is the spread of their rock, and valid 0 or 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from geobfdt.augment.draw import Draw
from geobfdt.synthetic import artefacts as a
from geobfdt.synthetic.planes import Grid
from geobfdt.synthetic.rock import pyramid

# Probability of each artefact in a training window.
ECCENTRIC, BREAKOUTS, SPIRAL, PADS = 0.3, 0.12, 0.1, 0.5
JERKS, STICK, ROW_STRIPES, COLUMN_STRIPES = 0.15, 0.1, 0.2, 0.25
BANDS, FRAMES = 0.3, 0.06
NULL_ROWS, HOLES, STRETCHES, ENDS = 0.08, 0.1, 0.1, 0.12
BLUR, CLIP, GAMMA = 0.4, 0.15, 0.5


STEP_OF_SECTORS = {16: 0.42, 56: 0.07, 72: 0.1, 90: 0.045, 120: 0.07, 144: 0.055}
"""Tools coarser than a window by the sectors around the hole that they tell apart: their depth step in radii. 16 and 56
are logging-while-drilling tools, 5 cm in a 9.5 in hole and 7.6 mm in an 8.5 in one; the rest are older pads,
televiewers, and any tool in a slim hole."""
COARSEST, COARSE, MEDIUM = 0.14, 0.14, 0.16
"""Share of windows of 16 sectors, of 56, and of one of the others."""
MOST_SHARED = 0.6


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
            small = noise(a.blur(small, sectors.shared[chosen]), chosen)[:, None]
            tall = F.interpolate(small, size=(grid.rows, number), mode="bilinear", align_corners=False)[:, 0]
            image[chosen] = a.resample_columns(tall, grid.columns)
    return image


def measure(draw: Draw, grid: Grid, image: Tensor, roughness: Tensor, sectors: Sectors) -> tuple[Tensor, Tensor]:
    """Pass windows (batch, rows, columns) through random tools: (image, valid)."""
    batch, size = len(image), roughness[:, None, None]
    image = damaged(draw, grid, image, roughness)
    noise = draw.log_uniform(0.05, 0.8, batch)[:, None, None] * size

    def noisy(small: Tensor, chosen: Tensor) -> Tensor:
        n, steps, around = small.shape
        small = small + 0.5 * noise[chosen] * draw.normal(n, steps, around)
        for wrong in draw_wrong_lines(draw, n, steps, around, most_rows=2):
            wrong.on(small, size[chosen])
        return small

    image = in_sectors(image, grid, sectors, noisy)
    rows = draw.some(BLUR, batch)
    if len(rows):
        image[rows] = a.blur(image[rows], draw.uniform(0.0, 0.45, len(rows)))
    fine = (sectors.number == 0)[:, None, None]
    image, valid = recorded(
        draw,
        grid,
        image,
        roughness,
        noise=lambda: torch.where(fine, noise, 0.05 * noise),
        pads=lambda: draw_pads(draw, grid, draw.some(PADS, batch)),
        step=round(0.07 / grid.row_step),
    )
    for losses in draw_ends(draw, grid, batch):
        losses.on(valid)
    return responded(draw, image), valid


def recorded(
    draw: Draw,
    grid: Grid,
    image: Tensor,
    roughness: Tensor,
    noise: Callable[[], Tensor],
    pads: Callable[[], a.Pads | None],
    step: int = 1,
) -> tuple[Tensor, Tensor]:
    """What a tool's cable, electronics and pads make of what its sensors see: (image, valid).

    ``noise`` (batch, 1, 1) and ``pads`` are drawn when their turn comes; ``step`` of the image's rows are one of the
    tool's.
    """
    batch, rows, columns = image.shape
    size = roughness[:, None, None]
    image = a.displaced(image, tuple(draw_cable(draw, batch, rows, step)))
    for frames in draw_frames(draw, grid, batch):
        frames.on(image, size)
    image = image + noise() * draw.normal(*image.shape)
    for wrong in draw_wrong_lines(draw, batch, rows, columns, most_rows=6):
        wrong.on(image, size)
    valid = torch.ones_like(image)
    padded = pads()
    if padded is not None:
        padded.on(image, valid, grid, size)
    for losses in draw_losses(draw, grid, batch):
        losses.on(valid)
    return image, valid


def damaged(draw: Draw, grid: Grid, image: Tensor, roughness: Tensor) -> Tensor:
    """The image with features of the hole that run along it, in place."""
    for damage in draw_damage(draw, grid, len(image)):
        damage.on(image, grid, roughness[:, None, None])
    return image


def draw_damage(draw: Draw, grid: Grid, batch: int) -> Iterator[a.Eccentricity | a.Breakouts | a.Spiral]:
    """Eccentricity, breakouts and spiral bands."""
    z = grid.depths(draw.device)[:, None]
    images = draw.some(ECCENTRIC, batch)
    each = len(images), 1, 1
    if len(images):
        turn = draw.uniform(0, 2 * math.pi, *each) + draw.normal(*each) * 0.05 * z
        brighter, duller = draw.uniform(0.3, 2.5, *each), draw.uniform(0, 0.75, *each)
        yield a.Eccentricity(images, turn, brighter, duller, off=draw.normal(*each))
    images = draw.some(BREAKOUTS, batch)
    each = len(images), 1, 1
    if len(images):
        centre = draw.uniform(0, math.pi, *each) + 0.05 * draw.normal(len(images), grid.rows, 1)
        half, middle = draw.uniform(0.1, 0.4, *each), draw.uniform(-0.5, 0.5, *each) * grid.height
        length = draw.log_uniform(1.0, 20.0, *each)
        yield a.Breakouts(images, centre, half, middle, length, depth=draw.uniform(1.0, 5.0, *each))
    images = draw.some(SPIRAL, batch)
    each = len(images), 1, 1
    if len(images):
        pitch = draw.log_uniform(1.0, 8.0, *each) * torch.where(draw.chance(0.5, *each), -1.0, 1.0)
        yield a.Spiral(images, pitch, draw.uniform(0, 2 * math.pi, *each), draw.uniform(0.3, 1.2, *each))


def draw_cable(draw: Draw, batch: int, rows: int, step: int) -> Iterator[a.Jerks | a.Sticking]:
    """Jerks of about a step, and stretches where the tool sticks."""
    images = draw.some(JERKS, batch)
    each = len(images), 1
    if len(images):
        period, phase = step * draw.uniform(5, 40, *each), draw.uniform(0, 1, *each)
        yield a.Jerks(images, period, phase, step * draw.uniform(0.5, 2.5, *each))
    images = draw.some(STICK, batch)
    if len(images):
        stretches = draw.normal(len(images), max(2, rows // (12 * step)))
        yield a.Sticking(images, a.enlarge_rows(stretches, rows) > 1.0, step)


def draw_frames(draw: Draw, grid: Grid, batch: int) -> Iterator[a.Frames]:
    """Of a camera that is pushed or lowered, each a tenth of a radius to more than one tall."""
    images = draw.some(FRAMES, batch)
    n = len(images)
    if n:
        height = draw.log_uniform(0.12, 1.2, n, 1)
        count = math.ceil(grid.height / 0.12 / 0.4)
        length = height * draw.uniform(0.4, 1.6, n, count) / grid.row_step
        base = length.cumsum(1)
        row = torch.arange(grid.rows, device=draw.device, dtype=torch.float32).expand(n, -1).contiguous()
        frame = torch.searchsorted(base, row).clamp(max=count - 1)
        within = 1 - (base.gather(1, frame) - row) / length.gather(1, frame)
        brightness = draw.uniform(0.1, 1.5, n, 1) * draw.normal(n, count)
        turned = (draw.uniform(0.0, 2.0, n, 1) * draw.normal(n, count)).round().long()
        skipped = (draw.uniform(0.0, 1.0, n, 1) * draw.normal(n, count)).round().long()
        yield a.Frames(images, frame, within, brightness, turned, skipped, lit=1.5 * draw.normal(n, 1, 1))


def draw_wrong_lines(draw: Draw, batch: int, rows: int, columns: int, most_rows: int) -> Iterator[a.Stripes | a.Bands]:
    """What electronics do to whole rows and columns of images (batch, rows, columns): stripes, and bands of up to so
    many rows.
    """
    yield from draw_stripes(draw, batch, rows, columns)
    yield from draw_bands(draw, batch, rows, columns, most_rows)


def draw_bands(draw: Draw, batch: int, rows: int, columns: int, most: int) -> Iterator[a.Bands]:
    """One of a few in a window, up to one in a handful of rows: a tool's fault is as a rule always the same."""
    images = draw.some(BANDS, batch)
    room = 4 * most
    each = len(images), rows // room
    if len(images) and each[1]:
        top = torch.arange(each[1], device=draw.device) * room + draw.integers(0, room - most + 1, *each)
        there = draw.uniform(0, 1, *each) < draw.log_uniform(0.03, 0.7, len(images), 1)
        height = draw.log_uniform(1.0, most + 1.0, *each).floor().clamp(max=most).long() * there
        fault = draw.integers(0, 3, len(images), 1)  # too bright or dark, turned, stuck
        fault = torch.where(draw.chance(0.2, *each), draw.integers(0, 3, *each), fault)
        amount = draw.uniform(0.5, 4.0, len(images), 1) * draw.normal(*each) * (fault == 0)
        turned = (0.1 * columns * draw.uniform(-1, 1, *each)).round().long() * (fault == 1)
        arc = draw.chance(0.3, len(images), 1) & draw.chance(0.8, *each)
        yield a.Bands(
            images,
            top,
            height,
            amount,
            turned,
            fault == 2,
            draw.uniform(0, 2 * math.pi, *each),
            torch.where(arc, draw.uniform(0.15, 0.9, *each), 2.0) * math.pi,
            most,
        )


def draw_stripes(draw: Draw, batch: int, rows: int, columns: int) -> Iterator[a.Stripes]:
    """Of every line of an image, or of one line in ten."""
    for probability, low, high, lines in (
        (ROW_STRIPES, 0.1, 0.5, (rows, 1)),
        (COLUMN_STRIPES, 0.2, 1.5, (1, columns)),
    ):
        images = draw.some(probability, batch)
        n = len(images)
        if n:
            hit = draw.chance(0.1, n, *lines) | draw.chance(0.3, n, 1, 1)
            yield a.Stripes(images, draw.uniform(low, high, n, 1, 1), draw.normal(n, *lines), hit)


def draw_pads(draw: Draw, grid: Grid, images: Tensor, number: int | None = None) -> a.Pads | None:
    """Four or eight pads, or so many, for some images."""
    n = len(images)
    if n == 0:
        return None
    each = n, 1, 1
    count = torch.where(draw.chance(0.5, *each), 8.0, 4.0) if number is None else torch.full(each, float(number))
    count = count.to(images.device)
    low = torch.where(count > 4, 0.45, 0.35)
    coverage = low + (0.97 - low) * draw.uniform(0, 1, *each) ** 2
    turn = draw.uniform(0, 2 * math.pi, *each) + draw.normal(*each) * 0.02 * grid.depths(draw.device)[:, None]
    gain = (1 + 0.15 * draw.normal(n, 8)).clamp(min=0.4)
    return a.Pads(images, count, coverage, turn, gain, offset=0.6 * draw.normal(n, 8))


def draw_losses(draw: Draw, grid: Grid, batch: int) -> Iterator[a.Losses]:
    """Stretches without data, null rows, and patches of any shape where the tool saw nothing."""
    z = grid.depths(draw.device)
    images = draw.some(STRETCHES, batch)
    several = len(images), 3
    if len(images):
        middle = draw.uniform(-0.5, 0.5, *several) * grid.height
        length = draw.log_uniform(0.2, 4.0, *several) * draw.chance(0.6, *several)
        lost = ((z - middle[..., None]).abs() < length[..., None] / 2).any(1)
        yield a.Losses(images, lost[..., None])
    images = draw.some(NULL_ROWS, batch)
    if len(images):
        few = max(2, round(grid.height / 0.21))
        yield a.Losses(images, (a.enlarge_rows(draw.uniform(0, 1, len(images), few), grid.rows) < 0.04)[..., None])
    images = draw.some(HOLES, batch)
    if len(images):
        field, coarse = pyramid(draw, Grid(grid.rows, 180, grid.row_step), len(images), ((6, 5), (12, 15), (24, 45)))
        field = a.resample_columns(coarse + 0.5 * field, grid.columns)
        yield a.Losses(images, field >= draw.uniform(1.5, 2.5, len(images), 1, 1))


def draw_ends(draw: Draw, grid: Grid, batch: int) -> Iterator[a.Losses]:
    """Logs that begin or end within a window, where nothing tells their ends from a bed boundary but validity."""
    images = draw.some(ENDS, batch)
    if len(images):
        z = grid.depths(draw.device)
        top, base = draw.uniform(0.1, 0.75, 2, len(images), 1) * grid.height
        yield a.Losses(images, ((z <= -top) | (z >= base))[..., None])


def responded(draw: Draw, image: Tensor) -> Tensor:
    """The image as a tool's response leaves it: clipped, bent by a power, turned over, in arbitrary units."""
    batch = len(image)
    image = a.standardised(image)
    images = draw.some(CLIP, batch)
    each = len(images), 1, 1
    if len(images):
        a.Clipping(images, -draw.uniform(0.8, 2.5, *each), draw.uniform(0.8, 2.5, *each)).on(image)
    images = draw.some(GAMMA, batch)
    if len(images):
        a.Gamma(images, draw.uniform(-0.6, 0.6, len(images), 1, 1)).on(image)
    return image * torch.where(draw.chance(0.5, batch, 1, 1), -1.0, 1.0)
