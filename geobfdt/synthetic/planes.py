"""Beds and fractures: where they lie and how they look, and the holes that they cut.

Lengths are hole radii, depth z counts from the centre of the image, angles are radians (inside this package only).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from geobfdt.augment.draw import Draw
from geobfdt.borehole.picks import KINDS
from geobfdt.windows.traces import column_azimuths

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
LEAST_TURN = 0.3
"""A trace that shows over less of the turn than this is not picked."""
SPOTS_APART = 4.5, 8.0
"""Two traces nowhere further apart than so many standard deviations of the tool's spot read as one: two diameters of it
where they are faint, little more than one where they are clear. Which, is drawn for every image."""
THIN_BED_SLOTS, THINLY_BEDDED = 24, 0.35
"""Thin beds that a section has room for, and the share of bedded images that hold any."""
THIN_BED = 0.03, 0.28
"""How thick they are: up to 3 cm in an 8.5 in hole, where an interpreter picks one plane at their middle."""
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
    trace; and fractures alone: the azimuth at the middle of its visible arc and that arc's half length (pi: the whole
    turn).
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
