"""Endless training windows with exact truth, generated where the training runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from geobfdt.augment.draw import Draw
from geobfdt.synthetic.painting import as_seen, grade, paint_beds, paint_fractures, paint_thin_beds, share_seen
from geobfdt.synthetic.planes import (
    BEDDING,
    FINEST_SPOT,
    FRACTURE,
    FRACTURE_SLOTS,
    LEAST_TURN,
    THINNEST_BED,
    Grid,
    Planes,
    draw_beds,
    draw_chords,
    draw_fractures,
    draw_holes,
    draw_thin_beds,
)
from geobfdt.synthetic.rock import along_planes, spread, texture
from geobfdt.synthetic.tool import draw_sectors, in_sectors, measure
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.grid import COLUMNS, FIXED_DIAMETER_M, ROW_STEP_RADII, ROWS, WindowUnit

TWO_ROCKS = 0.4
"""Share of images whose beds are of two kinds of rock."""
DIPPING_FABRIC = 0.5
"""Share of images whose texture and laminae lie as their beds do, or would if they had any; the others' lie level."""
MAX_PLANES = 72
"""Planes a window can hold; a dense window has about 70."""


def paint(
    draw: Draw,
    grid: Grid,
    has_beds: Tensor,
    has_fractures: Tensor,
    spot: Tensor,
    seen: Callable[[Tensor], Tensor] = lambda rock: rock,
    thinnest_bed: float = THINNEST_BED,
    most_fractures: float = FRACTURE_SLOTS,
) -> tuple[Tensor, Tensor, Planes, Planes]:
    """Rock with its planes: (image (batch, rows, columns), roughness (batch,), beds, fractures).

    has_beds and has_fractures (batch,) bool; spot (batch,) standard deviation of the spot, in radii, of the tools that
    will see them, and ``seen`` what such tools make of bare rock: roughness, the yardstick of every contrast, is the
    spread of what they see of its texture.
    """
    batch = len(has_beds)
    roughness = draw.log_uniform(0.3, 1.0, batch)
    thick = draw_beds(draw, grid, has_beds, roughness, spot, thinnest_bed)
    thin = draw_thin_beds(draw, grid, roughness, spot, thick, most_fractures)
    beds = thick.with_beds(thin)
    fractures = draw_fractures(draw, grid, has_fractures, roughness, spot, beds, most_fractures)
    chords = draw_chords(draw, grid, roughness, spot, 0.25)
    fabric = thick.sinusoids[:, thick.sinusoids.shape[1] // 2, 1:]
    radius = draw_holes(draw, grid, fabric)
    layers = grade(draw, grid, paint_beds(grid, thick, radius)) + paint_thin_beds(grid, thin, radius)
    rock = texture(draw, grid, batch)
    rows = draw.some(DIPPING_FABRIC, batch)
    if len(rows):  # about as the beds lie, cross-bedded now and then
        cross = draw.normal(len(rows), 2) * torch.where(draw.chance(0.3, len(rows), 1), 0.25, 0.02)
        rock[rows] = along_planes(rock[rows], grid, fabric[rows] + cross)
    rock = seen(rock)
    rock = rock * (roughness[:, None, None] / spread(rock))
    bed = torch.tanh(layers * draw.uniform(-1, 1, batch, 1, 1))
    rows = draw.some(TWO_ROCKS, batch)
    if len(rows):  # beds of two kinds of rock, the other one borrowed from the next image
        other = rock.roll(1, 0)[rows] * draw.uniform(0.6, 1.0, len(rows), 1, 1)
        rock[rows] += (bed[rows] > 0) * (other * (roughness / roughness.roll(1))[rows, None, None] - rock[rows])
    image = rock * (1 + 0.4 * bed) + layers
    for planes in (fractures, chords):
        image += paint_fractures(draw, grid, planes, radius)
    beds, fractures = (replace(planes, sinusoids=as_seen(planes.sinusoids, radius)) for planes in (beds, fractures))
    return image, roughness, beds, fractures


HOLE_DIAMETERS_M = (0.076, 0.311)
"""From the slimmest hole an optical televiewer runs in to a 12.25 in one."""


def training_windows(
    batch: int,
    seed: int,
    barren: float,
    device: torch.device | str = "cpu",
    window: WindowUnit = "radii",
) -> WindowBatch:
    """A batch of windows drawn from a seed; a share ``barren`` of them holds no plane at all.

    Beds alone, fractures alone and both are equally frequent among the others. Equal seeds give equal batches on the
    same kind of device. Windows of fixed metres are cut, a batch at a time, from holes of every diameter; theirs is
    the only radius they know, so their sinusoids count in radii of an 8.5 in hole.
    """
    draw = Draw(seed, device)
    scale = 1.0
    if window == "metres":
        scale = float(draw.log_uniform(*HOLE_DIAMETERS_M, 1)) / FIXED_DIAMETER_M
    grid = Grid(ROWS, COLUMNS, ROW_STEP_RADII / scale)
    regime = draw.uniform(0, 1, batch)
    third = (1 - barren) / 3
    sectors = draw_sectors(draw, batch)
    image, roughness, beds, fractures = paint(
        draw,
        grid,
        has_beds=(regime > barren + third),
        has_fractures=(regime > barren) & (regime < barren + 2 * third),
        spot=torch.maximum(sectors.spot(), draw.log_uniform(FINEST_SPOT, 4 * FINEST_SPOT, batch)),
        seen=lambda rock: in_sectors(rock, grid, sectors, lambda small, _: small),
    )
    image, valid = measure(draw, grid, image, roughness, sectors)
    beds, fractures = (
        replace(planes, picked=planes.picked & (share_seen(planes, valid, grid) >= LEAST_TURN))
        for planes in (beds, fractures)
    )
    sinusoids, kind, present = _truth(grid, beds, fractures)
    drawn = WindowBatch(torch.stack([image, valid], dim=1), sinusoids * scale, kind, present)
    return drawn.packed(present).trimmed(MAX_PLANES)


def _truth(grid: Grid, beds: Planes, fractures: Planes) -> tuple[Tensor, Tensor, Tensor]:
    """Sinusoids and kinds of all planes, and which of them are present: picked, with a depth in the image."""
    sinusoids = torch.cat([beds.sinusoids, fractures.sinusoids], dim=1)
    kind = torch.full(sinusoids.shape[:2], FRACTURE, device=sinusoids.device)
    kind[:, : beds.sinusoids.shape[1]] = BEDDING
    present = torch.cat([beds.picked, fractures.picked], dim=1) & (sinusoids[..., 0].abs() < grid.height / 2)
    return sinusoids, kind, present
