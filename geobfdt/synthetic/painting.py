"""Beds and fractures painted into images: steps, lines, and how they fade.

Lengths are hole radii, depth z counts from the centre of the image, angles are radians (inside this package only).
"""

from __future__ import annotations

import math
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from geobfdt.augment.draw import Draw
from geobfdt.synthetic.planes import Grid, Planes
from geobfdt.windows.traces import column_azimuths, off_centre, slopes, swings, traces

GRADED, PASSING = 0.25, 0.25
"""Share of images whose beds fade away from their boundaries, and of those whose beds pass into each other."""


def trace(sinusoids: Tensor, radius: Tensor) -> tuple[Tensor, Tensor]:
    """Depth and slope dz/dtheta, each (p, columns), of p planes (p, 3) on walls of a radius (p, columns)."""
    theta = column_azimuths(radius.shape[1], radius.device)
    z0, tilt = sinusoids[:, :1], sinusoids[:, 1:]
    return z0 + radius * swings(tilt, theta), slopes(tilt, theta)


def as_seen(sinusoids: Tensor, radius: Tensor) -> Tensor:
    """The sinusoids that an interpreter would lay over the traces of planes (batch, n, 3) in holes of a radius (batch,
    columns): the mean and the first harmonic of each.
    """
    batch, n, _ = sinusoids.shape
    columns = radius.shape[1]
    z, _ = trace(sinusoids.flatten(0, 1), radius.repeat_interleave(n, 0))
    theta = column_azimuths(columns, radius.device)
    basis = torch.stack([torch.ones_like(theta), 2 * theta.cos(), 2 * theta.sin()], dim=1) / columns
    return (z @ basis).view(batch, n, 3)


def share_seen(planes: Planes, valid: Tensor, grid: Grid) -> Tensor:
    """Share of the turn over which the traces of planes show on valid (batch, rows, columns) pixels, (batch, n)."""
    theta = grid.azimuths(valid.device)
    row = (traces(planes.sinusoids, theta) / grid.row_step + (grid.rows - 1) / 2).round().long()
    place = row.clamp(0, grid.rows - 1) * grid.columns + torch.arange(grid.columns, device=valid.device)
    seen = (row >= 0) & (row < grid.rows) & (valid.flatten(1).gather(1, place.flatten(1)).view(place.shape) > 0)
    if planes.arc_centre is not None and planes.arc_half is not None:
        seen &= off_centre(theta, planes.arc_centre[..., None]).abs() < planes.arc_half[..., None]
    return seen.float().mean(-1)


def paint_beds(grid: Grid, beds: Planes, radius: Tensor) -> Tensor:
    """(batch, rows, columns) layered image: steps set down along the boundaries, summed up over depth."""
    device, batch = beds.sinusoids.device, len(radius)
    index = beds.drawn.nonzero()
    z, _ = trace(beds.sinusoids[beds.drawn], radius[index[:, 0]])
    # From the image's upper edge: a row that a boundary halves has half of the step, the next one all of it.
    row = (z / grid.row_step + grid.rows / 2).clamp(-1.0, grid.rows)
    above = row.floor()
    share = row - above
    step = beds.strength[beds.drawn][:, None].expand_as(row)
    # One row more than the image takes the steps that lie below it.
    image = torch.zeros(batch * (grid.rows + 2) * grid.columns, device=device)
    column = torch.arange(grid.columns, device=device)
    start = index[:, :1] * (grid.rows + 2)
    for shift, part in ((0, step * (1 - share)), (1, step * share)):
        place = (above.long() + shift).clamp(0, grid.rows + 1)
        image.scatter_add_(0, ((start + place) * grid.columns + column).flatten(), part.flatten())
    return image.view(batch, grid.rows + 2, grid.columns).cumsum(1)[:, : grid.rows]


def paint_thin_beds(grid: Grid, beds: Planes, radius: Tensor) -> Tensor:
    """(batch, rows, columns) of thin beds: a step down to each and the same step back."""
    assert beds.width is not None
    half = F.pad(beds.width[..., None] / 2, (0, 2))
    top, base = (
        replace(beds, sinusoids=beds.sinusoids + sign * half, strength=-sign * beds.strength, width=None)
        for sign in (-1.0, 1.0)
    )
    return paint_beds(grid, top.with_beds(base), radius)


def grade(draw: Draw, grid: Grid, layers: Tensor) -> Tensor:
    """Give the boundaries of layers (batch, rows, columns) the faces that they have in rock: beds that fade away from a
    sharp base or top, as graded beds do, and beds that pass into each other over some height.
    """
    rows = draw.some(GRADED, len(layers))
    if len(rows):
        # Against the mean of what was just passed, a step stands out and is gone by the end of the fade.
        upwards = draw.chance(0.5, len(rows), 1, 1)
        fade = round(float(draw.log_uniform(0.15, 1.5, 1)) / grid.row_step)
        tall = torch.where(upwards, layers[rows].flip(1), layers[rows])
        tall = tall - draw.uniform(0.3, 1.0, len(rows), 1, 1) * _mean_over(tall, fade, 0)[:, :-1]
        layers[rows] = torch.where(upwards, tall.flip(1), tall)
    rows = draw.some(PASSING, len(layers))
    if len(rows):
        half = max(1, round(float(draw.log_uniform(0.03, 0.15, 1)) / grid.row_step))
        layers[rows] = _mean_over(layers[rows], half, half + 1)
    return layers


def _mean_over(image: Tensor, above: int, below: int) -> Tensor:
    """Means of an image (batch, rows, columns), continued by its ends, over so many rows above and from each row on."""
    padded = F.pad(image[:, None], (0, 0, above, max(0, below - 1)), mode="replicate")
    return F.avg_pool2d(padded, (above + below, 1), stride=1)[:, 0]


def paint_fractures(draw: Draw, grid: Grid, fractures: Planes, radius: Tensor) -> Tensor:
    """(batch, rows, columns) sum of the fractures' traces, zero elsewhere.

    A trace has its width across the curve, not along depth, so steep limbs are as thin as flat ones; it wanders a
    little off the sinusoid and its darkness varies along it. What is thinner than a pixel is averaged over it.
    """
    device, batch = fractures.sinusoids.device, len(radius)
    index = fractures.drawn.nonzero()
    if len(index) == 0 or fractures.width is None or fractures.arc_centre is None or fractures.arc_half is None:
        return torch.zeros(batch, grid.rows, grid.columns, device=device)
    theta = grid.azimuths(device)
    z, slope = trace(fractures.sinusoids[fractures.drawn], radius[index[:, 0]])
    across = fractures.width[fractures.drawn][:, None]
    z = z + _harmonics(draw, len(index), theta, 1.0) * (0.4 * across).clamp(max=0.025)
    thin = across * torch.sqrt(1 + slope**2)
    width = torch.sqrt(thin**2 + (0.3 * grid.row_step) ** 2 + (0.3 * slope * 2 * math.pi / grid.columns) ** 2)
    strength = fractures.strength[fractures.drawn][:, None] * (thin / width)
    strength = strength * (1 + _harmonics(draw, len(index), theta, 0.25)).clamp(min=0.2)
    off = off_centre(theta, fractures.arc_centre[fractures.drawn][:, None])
    visible = torch.sigmoid((fractures.arc_half[fractures.drawn][:, None] - off.abs()) * 12)
    strength = strength * visible

    # Three widths, of the tallest but for a few: what is cut off of those is their faint foot on the steepest limbs.
    band = math.ceil(3 * float(width.amax(1).quantile(0.9)) / grid.row_step)
    offsets = torch.arange(-band, band + 1, device=device)
    row = z / grid.row_step + (grid.rows - 1) / 2
    place = row.round().long()[..., None] + offsets
    # In place from here on: these are the largest arrays of a batch.
    value = (place - row[..., None]).mul_(grid.row_step).div_(width[..., None])
    value.square_().mul_(-0.5).exp_().mul_(strength[..., None])
    # A row above the image and one below it take what lies beyond.
    column = torch.arange(grid.columns, device=device)[:, None]
    place.clamp_(-1, grid.rows).add_(index[:, :1, None] * (grid.rows + 2) + 1).mul_(grid.columns).add_(column)
    image = torch.zeros(batch * (grid.rows + 2) * grid.columns, device=device)
    image.scatter_add_(0, place.flatten(), value.flatten())
    return image.view(batch, grid.rows + 2, grid.columns)[:, 1:-1]


def _harmonics(draw: Draw, n: int, theta: Tensor, size: float) -> Tensor:
    """(n, columns) smooth random functions of azimuth made of the harmonics 2 to 6, standard deviation about size."""
    order = torch.arange(2, 7, device=theta.device)
    basis = torch.cat([(order[:, None] * theta).cos(), (order[:, None] * theta).sin()])
    weights = draw.normal(n, len(basis)) * size / math.sqrt(len(order))
    return weights @ basis
