"""What holes and tools do to an image: parameters of one artefact each, and the artefact itself. Nothing is drawn here.

Images are (batch, rows, columns) in any unit, ``valid`` of the same size 0 or 1; both are changed in place, and truth
stays where it was. ``images`` (n,) of each artefact are the ones of a batch that it happens to; its other parameters
have a value for each of these, and ``size`` (batch, 1, 1) is the roughness of the rock, which everything is
measured in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from geobfdt.synthetic.planes import Grid
from geobfdt.synthetic.rock import spread
from geobfdt.windows.traces import column_azimuths, off_centre


@dataclass(frozen=True)
class Eccentricity:
    """A tool off the axis: brighter on one side, and duller where it stands off.

    turn (n, rows, 1) azimuth of the side; brighter, duller (n, 1, 1) by how much; off (n, 1, 1) radians between them
    """

    images: Tensor
    turn: Tensor
    brighter: Tensor
    duller: Tensor
    off: Tensor

    def on(self, image: Tensor, grid: Grid, size: Tensor) -> None:
        theta = grid.azimuths(image.device)
        image[self.images] += size[self.images] * self.brighter * torch.cos(theta - self.turn)
        # Where the tool stands off, it sees less of everything.
        image[self.images] *= 1 + self.duller * torch.cos(theta - self.turn - self.off)


@dataclass(frozen=True)
class Breakouts:
    """Two dark stripes along the hole, half a turn apart.

    centre (n, rows, 1) azimuth of one; half (n, 1, 1) its half width in radians; middle, length (n, 1, 1) in radii;
    depth (n, 1, 1) how dark
    """

    images: Tensor
    centre: Tensor
    half: Tensor
    middle: Tensor
    length: Tensor
    depth: Tensor

    def on(self, image: Tensor, grid: Grid, size: Tensor) -> None:
        z, theta = grid.depths(image.device)[:, None], grid.azimuths(image.device)
        off = torch.remainder(theta - self.centre + math.pi / 2, math.pi) - math.pi / 2
        along = torch.sigmoid((self.length / 2 - (z - self.middle).abs()) * 6)
        stripe = torch.sigmoid((self.half - off.abs()) * 20) * along
        image[self.images] -= size[self.images] * self.depth * stripe


@dataclass(frozen=True)
class Spiral:
    """Bands that wind around the hole, as a bit leaves them; all (n, 1, 1).

    pitch in radii a turn, negative the other way round; phase in radians; depth how deep
    """

    images: Tensor
    pitch: Tensor
    phase: Tensor
    depth: Tensor

    def on(self, image: Tensor, grid: Grid, size: Tensor) -> None:
        z, theta = grid.depths(image.device)[:, None], grid.azimuths(image.device)
        band = torch.cos(theta - 2 * math.pi * z / self.pitch + self.phase)
        image[self.images] += size[self.images] * self.depth * band


def blur(image: Tensor, share: Tensor) -> Tensor:
    """Mix each pixel with its neighbours, (1 - share, share), along depth and azimuth; share is (batch,)."""
    share = share[:, None, None]
    beside = 0.5 * (image.roll(1, 2) + image.roll(-1, 2))
    image = image * (1 - share) + beside * share
    tall = torch.cat([image[:, :1], image, image[:, -1:]], dim=1)
    return image * (1 - share) + 0.5 * (tall[:, :-2] + tall[:, 2:]) * share


@dataclass(frozen=True)
class Jerks:
    """Uneven speed: rows displaced as teeth of a saw; all (n, 1).

    period, height in rows; phase in periods
    """

    images: Tensor
    period: Tensor
    phase: Tensor
    height: Tensor

    def on(self, place: Tensor) -> None:
        """Change the row (batch, rows) that is read for each."""
        tooth = torch.remainder(place[self.images] / self.period + self.phase, 1.0) - 0.5
        place[self.images] += self.height * tooth


@dataclass(frozen=True)
class Sticking:
    """Rows repeated where the tool sticks (n, rows) bool, ``step`` of the image's rows being one of the tool's."""

    images: Tensor
    sticking: Tensor
    step: int

    def on(self, place: Tensor) -> None:
        """Change the row (batch, rows) that is read for each."""
        three = 3 * self.step
        held = torch.div(place[self.images], three, rounding_mode="floor") * three + 1.5 * self.step - 0.5
        place[self.images] = torch.where(self.sticking, held, place[self.images])


def displaced(image: Tensor, moves: tuple[Jerks | Sticking, ...]) -> Tensor:
    """The image whose rows the cable brought to other depths, one move after the other."""
    batch, rows, _ = image.shape
    place = torch.arange(rows, device=image.device, dtype=torch.float32).expand(batch, -1).clone()
    for move in moves:
        move.on(place)
    index = place.round().long().clamp(0, rows - 1)
    return image.gather(1, index[..., None].expand_as(image))


@dataclass(frozen=True)
class Stripes:
    """Rows or columns with an offset of their own: power steps, mismatched buttons.

    amount (n, 1, 1), offset (n, rows, 1) or (n, 1, columns) in that, and which of them are ``hit``, bool
    """

    images: Tensor
    amount: Tensor
    offset: Tensor
    hit: Tensor

    def on(self, image: Tensor, size: Tensor) -> None:
        image[self.images] += size[self.images] * self.amount * self.offset * self.hit


@dataclass(frozen=True)
class Bands:
    """Rows, a few together, that a tool got wrong: they differ from those around them, and are level to the pixel.

    top, rows (n, k) first row and how many of each of k bands that do not overlap, 0 for none, at most ``most``;
    amount (n, k) by how much they are brighter; turned (n, k) columns around the hole; stuck (n, k) bool, at the first
    row; centre, half (n, k) azimuth at the middle of each, and half of the arc it covers, pi for the whole turn
    """

    images: Tensor
    top: Tensor
    rows: Tensor
    amount: Tensor
    turned: Tensor
    stuck: Tensor
    centre: Tensor
    half: Tensor
    most: int

    def on(self, image: Tensor, size: Tensor) -> None:
        columns = image.shape[-1]
        theta = column_azimuths(columns, image.device)
        offset = torch.arange(self.most, device=image.device)
        column = torch.arange(columns, device=image.device)
        row = self.top[..., None] + offset
        read = torch.where(self.stuck[..., None], self.top[..., None], row)[..., None] * columns
        read = read + (column + self.turned[..., None, None]) % columns
        there = row[..., None] * columns + column
        off = off_centre(theta, self.centre[..., None])
        within = (off.abs() < self.half[..., None])[:, :, None] & (offset < self.rows[..., None])[..., None]
        changed = image[self.images].flatten(1)
        wrong, right = (changed.gather(1, place.flatten(1)).view(place.shape) for place in (read, there))
        wrong = wrong + (size[self.images] * self.amount[..., None])[..., None]
        changed.scatter_(1, there.flatten(1), torch.where(within, wrong, right).flatten(1))
        image[self.images] = changed.view_as(image[self.images])


@dataclass(frozen=True)
class Frames:
    """An image put together from a camera's frames, each with its own brightness and lit from one of its ends: seams
    run around the hole where they join, and rows are lost or seen twice there.

    frame, within (n, rows) index of the frame of each row, and its place in it, 0 to 1; brightness, turned, skipped
    (n, frames) of each, the last two in whole columns and rows; lit (n, 1, 1) by how much its ends differ
    """

    images: Tensor
    frame: Tensor
    within: Tensor
    brightness: Tensor
    turned: Tensor
    skipped: Tensor
    lit: Tensor

    def on(self, image: Tensor, size: Tensor) -> None:
        rows, columns = image.shape[1:]
        brightness, turned, skipped = (
            each.gather(1, self.frame)[..., None] for each in (self.brightness, self.turned, self.skipped)
        )
        row = (torch.arange(rows, device=image.device)[:, None] + skipped).clamp(0, rows - 1)
        column = (torch.arange(columns, device=image.device) + turned) % columns
        joined = image[self.images].flatten(1).gather(1, (row * columns + column).flatten(1))
        light = brightness + self.lit * (self.within[..., None] - 0.5)
        image[self.images] = joined.view(len(joined), rows, columns) + size[self.images] * light


@dataclass(frozen=True)
class Pads:
    """Pads that see part of the wall, turn slowly with depth, and differ in gain and offset; gaps become invalid.

    count, coverage (n, 1, 1) of pads, and share of the wall that they see; turn (n, rows, 1) in radians; gain, offset
    (n, 8) of each pad
    """

    images: Tensor
    count: Tensor
    coverage: Tensor
    turn: Tensor
    gain: Tensor
    offset: Tensor

    def on(self, image: Tensor, valid: Tensor, grid: Grid, size: Tensor) -> None:
        around = torch.remainder((grid.azimuths(image.device) + self.turn) * self.count / (2 * math.pi), self.count)
        pad = around.floor()
        valid[self.images] = (around - pad < self.coverage).to(image.dtype)
        index = pad.long().clamp(max=7)
        offset, flat = self.offset * size[self.images, 0], index.flatten(1)
        gained = image[self.images] * self.gain.gather(1, flat).view_as(index)
        image[self.images] = gained + offset.gather(1, flat).view_as(index)


@dataclass(frozen=True)
class Losses:
    """Pixels that are lost, bool that broadcasts to (n, rows, columns)."""

    images: Tensor
    lost: Tensor

    def on(self, valid: Tensor) -> None:
        valid[self.images] *= ~self.lost


@dataclass(frozen=True)
class Clipping:
    """Values cut off below and above, (n, 1, 1) in spreads of the image."""

    images: Tensor
    low: Tensor
    high: Tensor

    def on(self, image: Tensor) -> None:
        image[self.images] = torch.minimum(torch.maximum(image[self.images], self.low), self.high)


@dataclass(frozen=True)
class Gamma:
    """A response bent by a power, (n, 1, 1)."""

    images: Tensor
    bend: Tensor

    def on(self, image: Tensor) -> None:
        bent = torch.expm1(self.bend * image[self.images].clamp(-4, 4)) / self.bend
        image[self.images] = torch.where(self.bend.abs() < 0.02, image[self.images], bent)


def standardised(image: Tensor) -> Tensor:
    """A new image of mean 0 and spread 1."""
    return (image - image.mean((1, 2), keepdim=True)) / spread(image).clamp(min=1e-6)


def resample_columns(image: Tensor, columns: int) -> Tensor:
    """Linear interpolation of (..., rows, w) onto another number of columns, wrapped in azimuth."""
    w = image.shape[-1]
    position = (torch.arange(columns, device=image.device) + 0.5) * w / columns - 0.5
    left = position.floor()
    share = position - left
    left = left.long() % w
    return image[..., left] * (1 - share) + image[..., (left + 1) % w] * share


def enlarge_rows(values: Tensor, rows: int) -> Tensor:
    """Nearest-neighbour enlargement of (batch, h) to (batch, rows)."""
    return F.interpolate(values[:, None], size=rows, mode="nearest")[:, 0]
