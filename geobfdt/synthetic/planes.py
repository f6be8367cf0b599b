"""Beds and fractures: where they lie, how they look, and how they are drawn into an image.

Lengths are hole radii, depth z counts from the centre of the image, angles are radians (inside this package only).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from geobfdt.augment.draw import Draw
from geobfdt.borehole.picks import KINDS
from geobfdt.windows.traces import column_azimuths, slopes, swings, traces

FRACTURE, BEDDING = KINDS.index("fracture"), KINDS.index("bedding")
MAX_DIP_RAD = math.radians(84.0)
SECTION_RADII = 13.4
"""Depth that densities refer to; slots for planes grow in proportion for longer images."""
BED_SLOTS, FRACTURE_SLOTS, CHORD_SLOTS = 64, 24, 8
THINNEST_BED = 0.35
"""Least mean spacing of bed boundaries in training windows: 3.8 cm in an 8.5 in hole."""
SMALLEST_SEPARATION = 0.35
"""Two traces nowhere further apart than this (3.8 cm in an 8.5 in hole) read as one, so the later is not drawn."""
FINEST_SPOT = 0.01
"""Standard deviation of what the finest tools average at a pixel, in radii: 1 mm in an 8.5 in hole, a button's 5 mm."""
GRADED, PASSING = 0.25, 0.25
"""Share of images whose beds fade away from their boundaries, and of those whose beds pass into each other."""
LEAST_TURN = 0.3
"""A trace that shows over less of the turn than this is not picked."""
SPOTS_APART = 4.5, 8.0
"""Two traces nowhere further apart than so many standard deviations of the tool's spot read as one: two diameters of it
where they are faint, little more than one where they are clear. Which, is drawn for every image."""
THIN_BED_SLOTS, THINLY_BEDDED = 24, 0.35
"""Share of bedded images that hold beds too thin for two boundaries."""
THIN_BED = 0.03, 0.28
"""How thick those are: up to 3 cm in an 8.5 in hole, where an interpreter picks one plane at their middle."""
ALONG_BEDS = math.radians(10.0)
"""What lies so near to the beds around it is a bed itself: no fracture does."""
LOW_SIDE = 0.25
"""Share of holes that are worn, and of tools that lie, towards where the beds dip or away from it, as in holes drilled
along them: their traces have crests that are sharper than their troughs."""


@dataclass(frozen=True)
class Grid:
    """An image to draw into: rows x columns, and the row step in radii."""

    rows: int
    columns: int
    row_step: float

    @property
    def height(self) -> float:
        return self.rows * self.row_step

    def depths(self, device: torch.device) -> Tensor:
        """(rows,) z of each row's centre."""
        return (torch.arange(self.rows, device=device) + 0.5 - self.rows / 2) * self.row_step

    def azimuths(self, device: torch.device) -> Tensor:
        """(columns,) azimuth of each column's centre."""
        return column_azimuths(self.columns, device)


@dataclass(frozen=True)
class Planes:
    """Planes of a batch of images: sinusoids (batch, n, 3), strength (batch, n), drawn and picked (batch, n) bool.

    strength is the step of a bed boundary, or the amplitude of a fracture, in image units. A plane that is drawn but
    not picked is too faint or too short for an interpreter. The rest describes fractures and thin beds: width of the
    trace; of fractures alone: the azimuth at the middle of its visible arc and that arc's half length (pi: the whole turn).
    """

    sinusoids: Tensor
    strength: Tensor
    drawn: Tensor
    picked: Tensor
    width: Tensor | None = None
    arc_centre: Tensor | None = None
    arc_half: Tensor | None = None

    def with_beds(self, beds: Planes) -> Planes:
        """These beds and others, without their widths."""
        mine, theirs = ((p.sinusoids, p.strength, p.drawn, p.picked) for p in (self, beds))
        return Planes(*(torch.cat(pair, dim=1) for pair in zip(mine, theirs, strict=True)))


def _slots(base: int, grid: Grid) -> int:
    return max(base, math.ceil(base * grid.height / SECTION_RADII))


def _tangents(dip: Tensor, azimuth: Tensor) -> Tensor:
    tangent = torch.tan(dip.clamp(0.0, MAX_DIP_RAD))
    return torch.stack([tangent * azimuth.cos(), tangent * azimuth.sin()], dim=-1)


def draw_beds(
    draw: Draw, grid: Grid, active: Tensor, roughness: Tensor, spot: Tensor, thinnest: float = THINNEST_BED
) -> Planes:
    """A layered column: boundaries of one dip that drifts with depth, on average ``thinnest`` to 6 radii apart.

    active (batch,) bool says which images have beds, roughness (batch,) the spread of everything else in them: a step
    of the image is picked when it stands out from that, and some boundaries are too faint to. Under a tool that sees
    little, spot (batch,), none is thinner than it can tell apart.
    """
    batch, n = len(active), _slots(BED_SLOTS, grid)
    gentle = draw.chance(0.5, batch)
    dip = torch.where(gentle, draw.uniform(0, 0.26, batch), draw.uniform(0, MAX_DIP_RAD, batch))
    azimuth = draw.uniform(0, 2 * math.pi, batch)
    reach = grid.height + 2 * torch.tan(dip)
    # Half of the columns are thinly bedded; what the slots cannot fill sets the thinnest spacing of steep beds.
    thin = draw.log_uniform(thinnest, max(1.0, 2 * thinnest), batch)
    spacing = torch.where(draw.chance(0.5, batch), thin, draw.log_uniform(1.0, 6.0, batch).clamp(min=thinnest))
    least = (draw.uniform(*SPOTS_APART, batch) * spot).clamp(min=0.3)
    spacing = torch.maximum(torch.maximum(spacing, 1.25 * least), 1.15 * reach / n)
    regular = draw.uniform(0.35, 0.95, batch)[:, None]
    gaps = spacing[:, None] * (regular + (1 - regular) * -torch.log(draw.uniform(1e-4, 1, batch, n)))
    gaps = torch.maximum(gaps, least[:, None])
    z0 = gaps.cumsum(1) - gaps * draw.uniform(0, 1, batch, 1) - reach[:, None] / 2
    # Boundaries fan and wobble, by less than they lie apart: they never cross.
    drift = draw.normal(batch, 1, 2) * 0.04 * z0.clamp(-SECTION_RADII, SECTION_RADII)[..., None]
    ab = _tangents(dip, azimuth)[:, None] + drift + draw.normal(batch, n, 2) * 0.06 * gaps.clamp(max=1.5)[..., None]

    faint = draw.chance(0.12, batch, n)
    size = roughness[:, None] * draw.uniform(2.0, 5.0, batch, 1) * draw.log_uniform(0.8, 1.4, batch, n)
    size = torch.where(faint, 0.12 * size, size)
    # Steps alternate more often than not, and that bounds the wander of the layers' values.
    turn = torch.where(draw.chance(0.85, batch, n), -1.0, 1.0).cumprod(1)
    drawn = active[:, None] & (z0 < reach[:, None] / 2)
    return Planes(torch.cat([z0[..., None], ab], dim=-1), size * turn, drawn, drawn & ~faint)


def draw_thin_beds(
    draw: Draw, grid: Grid, roughness: Tensor, spot: Tensor, beds: Planes, most: float = THIN_BED_SLOTS
) -> Planes:
    """Beds so thin that they are one plane, at their middle, with those of a layered column around them: bright or dark
    lines as they lie, clear of their boundaries, at most ``most`` a section.
    """
    batch, n = len(roughness), _slots(THIN_BED_SLOTS, grid)
    active = beds.drawn.any(1) & draw.chance(THINLY_BEDDED, batch)
    z0 = draw.uniform(-0.5, 0.5, batch, n) * (grid.height + 4.0)
    ab = _along(z0, beds) + 0.03 * draw.normal(batch, n, 2)
    sinusoids = torch.cat([z0[..., None], ab], dim=-1)
    width = draw.log_uniform(*THIN_BED, batch, 1) * draw.log_uniform(0.6, 1.7, batch, n)
    width = torch.maximum(width.clamp(*THIN_BED), 2 * spot[:, None])
    count = draw.log_uniform(1.0, most, batch) * (n / THIN_BED_SLOTS)
    drawn = active[:, None] & (torch.arange(n, device=draw.device) < count[:, None])
    separation = (draw.uniform(*SPOTS_APART, batch) * spot).clamp(min=SMALLEST_SEPARATION)
    drawn = drawn & ~_reads_as_another(sinusoids, drawn, beds, separation[:, None] + width / 2)
    dark = draw.chance(0.5, batch, 1) ^ draw.chance(0.15, batch, n)
    size = roughness[:, None] * draw.uniform(2.6, 6.0, batch, 1) * draw.log_uniform(0.75, 1.5, batch, n)
    return Planes(sinusoids, torch.where(dark, -size, size), drawn, drawn, width)


def _along(z0: Tensor, beds: Planes) -> Tensor:
    """The tilt (batch, n, 2) of the beds nearest to depths z0 (batch, n)."""
    nearest = (z0[:, :, None] - beds.sinusoids[:, None, :, 0]).abs().argmin(2)
    return beds.sinusoids[..., 1:].gather(1, nearest[..., None].expand(-1, -1, 2))


def draw_fractures(
    draw: Draw,
    grid: Grid,
    active: Tensor,
    roughness: Tensor,
    spot: Tensor,
    beds: Planes,
    most: float = FRACTURE_SLOTS,
) -> Planes:
    """One to three sets of fractures, open (dark) or cemented (bright), some of them partial traces.

    There are 1 to ``most`` of them a section, as a rule every order of magnitude alike. However thin a fracture is, its
    trace is as wide as the spot (batch,) of the tool that sees it, and it is there that it stands out from the rock.
    None lies as the beds around it do.
    """
    batch, n = len(active), _slots(FRACTURE_SLOTS, grid)
    sets = 3
    set_dip = draw.uniform(0.05, MAX_DIP_RAD, batch, sets)
    set_azimuth = draw.uniform(0, 2 * math.pi, batch, sets)
    member = (draw.uniform(0, 1, batch, n) * draw.integers(1, sets + 1, batch, 1)).long()
    dip = (set_dip.gather(1, member) + draw.normal(batch, n) * 0.09).abs()
    azimuth = set_azimuth.gather(1, member) + draw.normal(batch, n) * 0.2
    ab = _tangents(dip, azimuth)
    reach = grid.height + 4.0
    z0 = draw.uniform(-0.5, 0.5, batch, n) * reach
    # Fractures come in swarms: half of them lie close to another one.
    near = z0.roll(1, 1) + draw.normal(batch, n) * 1.2
    z0 = torch.where(draw.chance(0.4, batch, n), near, z0)
    count = torch.where(draw.chance(0.65, batch), draw.log_uniform(1.0, most, batch), draw.uniform(1.0, most, batch))
    count = count * (n / FRACTURE_SLOTS)
    drawn = active[:, None] & (torch.arange(n, device=draw.device) < count[:, None])
    drawn = drawn & ~(beds.drawn.any(1, keepdim=True) & (_angle(ab, _along(z0, beds)) < ALONG_BEDS))
    sinusoids = torch.cat([z0[..., None], ab], dim=-1)
    separation = (draw.uniform(*SPOTS_APART, batch) * spot).clamp(min=SMALLEST_SEPARATION)
    drawn = drawn & ~_reads_as_another(sinusoids, drawn, beds, separation[:, None])

    dark = draw.chance(0.75, batch, 1) ^ draw.chance(0.15, batch, n)
    size = roughness[:, None] * draw.uniform(2.6, 6.0, batch, 1) * draw.log_uniform(0.75, 1.5, batch, n)
    aperture = draw.log_uniform(0.3 * FINEST_SPOT, 0.1, batch, 1) * draw.log_uniform(0.6, 1.7, batch, n)
    width = torch.hypot(aperture.clamp(max=0.13), spot[:, None])
    partial = draw.chance(0.1, batch, n) | draw.chance(0.15, batch, 1)
    arc_half = torch.where(partial, draw.uniform(0.45, 0.9, batch, n), 2.0) * math.pi
    arc_centre = draw.uniform(0, 2 * math.pi, batch, n)
    strength = torch.where(dark, -size, size)
    return Planes(sinusoids, strength, drawn, drawn, width, arc_centre, arc_half)


def _reads_as_another(sinusoids: Tensor, drawn: Tensor, beds: Planes, separation: Tensor) -> Tensor:
    """(batch, n) bool: planes whose trace nowhere leaves that of an earlier one or of a bed by more than a separation
    (batch, n), or (batch, 1).
    """
    separation = separation[:, :, None]

    def furthest(one: Tensor, other: Tensor) -> Tensor:
        difference = one[:, :, None] - other[:, None]
        return difference[..., 0].abs() + torch.hypot(difference[..., 1], difference[..., 2])

    earlier = torch.ones(drawn.shape[1], drawn.shape[1], device=drawn.device).tril(-1) > 0
    same = (furthest(sinusoids, sinusoids) < separation) & earlier & drawn[:, None]
    on_bed = (furthest(sinusoids, beds.sinusoids) < separation) & beds.drawn[:, None]
    return same.any(2) | on_bed.any(2)


def _angle(one: Tensor, other: Tensor) -> Tensor:
    """Radians between planes of tilts (..., 2), tan(dip) (cos, sin) of the azimuth."""
    square = 1 + one.square().sum(-1), 1 + other.square().sum(-1)
    cosine = (1 + (one * other).sum(-1)) / (square[0] * square[1]).sqrt()
    return cosine.clamp(max=1.0).acos()


def draw_chords(draw: Draw, grid: Grid, roughness: Tensor, spot: Tensor, probability: float) -> Planes:
    """Short pieces of steep traces, as drilling-induced cracks and scratches leave them: drawn, never picked."""
    batch, n = len(roughness), _slots(CHORD_SLOTS, grid)
    ab = _tangents(draw.uniform(0.3, MAX_DIP_RAD, batch, n), draw.uniform(0, 2 * math.pi, batch, n))
    arc_centre = draw.uniform(0, 2 * math.pi, batch, n)
    # z0 puts the visible piece, not the plane's depth, at a random place of the image.
    middle = ab[..., 0] * arc_centre.cos() + ab[..., 1] * arc_centre.sin()
    z0 = draw.uniform(-0.5, 0.5, batch, n) * grid.height - middle
    drawn = draw.chance(probability, batch, 1) & draw.chance(0.6, batch, n)
    strength = (
        roughness[:, None] * draw.uniform(1.5, 5.0, batch, n) * torch.where(draw.chance(0.7, batch, n), -1.0, 1.0)
    )
    return Planes(
        torch.cat([z0[..., None], ab], dim=-1),
        strength,
        drawn,
        torch.zeros_like(drawn),
        torch.hypot(draw.log_uniform(0.5 * FINEST_SPOT, 0.11, batch, n), spot[:, None]),
        arc_centre,
        draw.uniform(0.08, 0.4, batch, n),
    )


def draw_holes(draw: Draw, grid: Grid, tilt: Tensor) -> Tensor:
    """How far from the tool the wall is at every column, (batch, columns) about 1: seen from off the axis, and in oval
    or worn holes, no trace is a sinusoid. tilt (batch, 2) is the beds', tan(dip) (cos, sin) of the azimuth.

    A tool that lies e radii off the axis towards an azimuth t sees the wall at about ``1 - e cos(theta - t)``, which
    gives a trace a second harmonic of e / 2 of its amplitude.
    """
    theta = grid.azimuths(draw.device)
    batch = len(tilt)
    low_side = draw.chance(LOW_SIDE, batch, 1)
    dips_to = torch.atan2(tilt[:, 1:], tilt[:, :1])
    radius = torch.ones(batch, grid.columns, device=draw.device)
    for order, most in ((1, 0.2), (2, 0.15), (3, 0.06), (4, 0.03)):
        size = draw.uniform(0.0, most, batch, 1) * (low_side | draw.chance(0.35, batch, 1))
        turn = draw.uniform(0, 2 * math.pi, batch, 1)
        turn = torch.where(low_side, order * dips_to + math.pi * (turn > math.pi), turn)
        radius = radius + size * torch.cos(order * theta - turn)
    return radius


def trace(sinusoids: Tensor, radius: Tensor) -> tuple[Tensor, Tensor]:
    """Depth and slope dz/dtheta, each (p, columns), of p planes (p, 3) on walls of a radius (p, columns)."""
    theta = column_azimuths(radius.shape[1], radius.device)
    z0, tilt = sinusoids[:, :1], sinusoids[:, 1:]
    return z0 + radius * swings(tilt, theta), slopes(tilt, theta)


def share_seen(planes: Planes, valid: Tensor, grid: Grid) -> Tensor:
    """Share of the turn over which the traces of planes show on valid (batch, rows, columns) pixels, (batch, n)."""
    theta = grid.azimuths(valid.device)
    row = (traces(planes.sinusoids, theta) / grid.row_step + (grid.rows - 1) / 2).round().long()
    place = row.clamp(0, grid.rows - 1) * grid.columns + torch.arange(grid.columns, device=valid.device)
    seen = (row >= 0) & (row < grid.rows) & (valid.flatten(1).gather(1, place.flatten(1)).view(place.shape) > 0)
    if planes.arc_centre is not None and planes.arc_half is not None:
        seen &= _off_centre(theta, planes.arc_centre[..., None]).abs() < planes.arc_half[..., None]
    return seen.float().mean(-1)


def _off_centre(theta: Tensor, centre: Tensor) -> Tensor:
    """Azimuths from the middle of an arc, in [-pi, pi)."""
    return torch.remainder(theta - centre + math.pi, 2 * math.pi) - math.pi


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
    off_centre = _off_centre(theta, fractures.arc_centre[fractures.drawn][:, None])
    visible = torch.sigmoid((fractures.arc_half[fractures.drawn][:, None] - off_centre.abs()) * 12)
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
