"""Imaging tools as instruments: points of the wall averaged over a spot, at depths that the cable only nearly knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import azimuth_difference_deg, column_azimuths_deg
from geobfdt.experiments.wells.rock import Field, Floats, Rng, Wall

Mask = NDArray[np.bool_]

DEPTH_ERROR_M = 0.014
"""Rows of a log run at rough speed lie at most this far from the depth that they are filed under."""
_POINT_M = 0.0025
_MARGIN_M = 0.05


@dataclass(frozen=True)
class BenchTool:
    """An imaging tool: columns around the hole, row step, pads (0: the whole wall), and the holes it runs in.

    spot_m     diameter of what one pixel averages, down the hole and around it
    pad_arc_m  length of wall that one pad covers
    """

    columns: int
    row_step_m: float
    pads: int
    hole_diameters_m: tuple[float, ...]
    resistivity: bool
    spot_m: tuple[float, float]
    pad_arc_m: float = 0.0

    def covered(self, diameter_m: float) -> float:
        """The share of the wall that the tool sees."""
        return min(0.97, self.pads * self.pad_arc_m / (np.pi * diameter_m)) if self.pads else 1.0

    def resolution_m(self, diameter_m: float) -> float:
        """The coarser of its spot and its pixel, in metres."""
        return max(*self.spot_m, self.row_step_m, np.pi * diameter_m / self.columns)

    def wall(self, diameter_m: float, depth_m: Floats, first_azimuth_deg: float) -> Wall:
        """The wall at points fine enough to average, from above the first row to below the last."""
        down = max(2, int(np.ceil(self.row_step_m / _POINT_M)))
        around = max(1, int(np.ceil(np.pi * diameter_m / self.columns / _POINT_M)))
        step = self.row_step_m / down
        margin = int(np.ceil((_MARGIN_M + self.spot_m[0]) / step))
        rows = np.arange(-margin, len(depth_m) * down + margin)
        z = depth_m[0] - self.row_step_m / 2 + (rows + 0.5) * step
        return Wall(z, column_azimuths_deg(self.columns * around, first_azimuth_deg), diameter_m / 2)

    def measured(self, wall: Wall, field: Field, at_depth_m: Floats) -> Field:
        """A field of the wall as the tool reads it at true depths (rows,): (rows, columns)."""
        seen = wall.smoothed(field, self.spot_m)
        seen = seen.reshape(len(seen), self.columns, -1).mean(2)
        place = (at_depth_m - wall.depth_m[0]) / wall.step_m[0]
        above = np.clip(place.astype(int), 0, len(seen) - 2)
        share = (place - above)[:, None].astype(np.float32)
        return np.asarray(seen[above] * (1 - share) + seen[above + 1] * share)


BENCH_TOOLS = {
    "microresistivity_8_pads": BenchTool(360, 0.00254, 8, (0.2159, 0.3112), True, (0.005, 0.005), 0.068),
    "microresistivity_4_pads": BenchTool(360, 0.0025, 4, (0.2, 0.2159), True, (0.006, 0.006), 0.07),
    "slim_microresistivity": BenchTool(240, 0.002, 8, (0.1111, 0.1524), True, (0.004, 0.004), 0.037),
    "acoustic_televiewer": BenchTool(144, 0.004, 0, (0.096, 0.1524, 0.2159), False, (0.005, 0.005)),
    "optical_televiewer": BenchTool(360, 0.002, 0, (0.076, 0.0965, 0.1223), False, (0.0015, 0.0015)),
    "lwd_56_sectors": BenchTool(56, 0.00762, 0, (0.1524, 0.2159), True, (0.02, 0.025)),
    "lwd_16_sectors": BenchTool(16, 0.05, 0, (0.2159, 0.3112), True, (0.1, 0.06)),
}
"""Columns and row steps as the vendors publish them; spots are about a button, a beam or a pixel wide."""


def true_depths_m(rng: Rng, depth_m: Floats) -> Floats:
    """Where the tool really was when the rows ``depth_m`` were filed: never upwards, within :data:`DEPTH_ERROR_M`.

    A slow stretch of the cable, and places where the tool stuck and then jumped to where it should be.
    """
    length = np.exp(rng.uniform(np.log(0.4), np.log(3.0), 4))
    turns = 2 * np.pi * depth_m[:, None] / length + rng.uniform(0, 2 * np.pi, 4)
    stretch = (length * np.sin(turns)).sum(1)
    error = 0.007 * stretch / np.abs(stretch).max()
    for top in rng.uniform(depth_m[0], depth_m[-1], 1 + int(2.5 * np.ptp(depth_m))):
        stuck = rng.uniform(0.003, 0.007)
        here = (depth_m >= top) & (depth_m < top + stuck)
        error[here] -= depth_m[here] - top
    error = np.clip(error, -DEPTH_ERROR_M, DEPTH_ERROR_M)
    return np.asarray(np.maximum.accumulate(depth_m + error))


def add_eccentricity(rng: Rng, image: Field, depth_m: Floats, azimuth_deg: Floats, size: float) -> None:
    """A tool off the hole's axis: one or two broad bands around the hole that turn slowly with depth, in place."""
    for order, share in ((1, 1.0), (2, 0.4)):
        turn = rng.uniform(0, 360) + rng.normal() * 12 * (depth_m - depth_m[0])
        wave = np.cos(order * np.radians(azimuth_deg - turn[:, None]))
        image += (share * size * rng.uniform(0.4, 1.3) * wave).astype(np.float32)


def add_electronics(rng: Rng, image: Field, noise: float) -> None:
    """Noise of every pixel, of whole rows and of whole columns, in place."""
    rows, columns = image.shape
    image += (noise * rng.normal(size=image.shape)).astype(np.float32)
    image += (0.35 * noise * rng.normal(size=(rows, 1))).astype(np.float32)
    image += np.float32(rng.uniform(0, 0.5) * noise) * np.asarray(rng.normal(size=columns), np.float32)


def add_wrong_rows(rng: Rng, image: Field, depth_m: Floats) -> None:
    """About one a metre of one to five rows that electronics got wrong, around the whole hole or an arc, in place: too
    dark or bright, turned around the hole, or stuck at the row above.
    """
    rows, columns = image.shape
    for _ in range(max(1, int(rng.poisson(np.ptp(depth_m))))):
        count = int(rng.integers(1, 6))
        first = int(rng.integers(1, max(2, rows - count)))
        around = int(columns * (1.0 if rng.random() < 0.6 else rng.uniform(0.2, 0.8)))
        arc = (int(rng.integers(columns)) + np.arange(around)) % columns
        here = np.ix_(np.arange(first, min(rows, first + count)), arc)
        fault = rng.integers(3)
        if fault == 0:
            image[here] += np.float32(rng.choice([-1, 1]) * rng.uniform(1.5, 6.0))
        elif fault == 1:
            image[here] = np.roll(image[here[0][:, 0]], int(rng.integers(columns // 20 + 1, columns // 4 + 2)), 1)[
                :, arc
            ]
        else:
            image[here] = image[first - 1, arc]


def add_frames(rng: Rng, image: Field) -> None:
    """A camera's frames put together, in place: each with its own brightness, lit from one end and turned a little."""
    rows = len(image)
    height, lit, uneven = rng.uniform(12, 60), rng.normal() * 1.5, rng.uniform(0.3, 1.5)
    first = 0
    while first < rows:
        frame = slice(first, min(rows, first + max(4, int(height * rng.uniform(0.5, 1.5)))))
        light = uneven * rng.normal() + lit * (np.linspace(0, 1, frame.stop - first) - 0.5)
        image[frame] = np.roll(image[frame], int(rng.integers(-2, 3)), 1) + light[:, None].astype(np.float32)
        first = frame.stop


@dataclass(frozen=True)
class OffAxis:
    """A tool that lies ``eccentricity`` hole radii off the axis towards an azimuth, and looks along its own."""

    eccentricity: float
    towards_deg: float

    def wall_azimuth_deg(self, azimuth_deg: Floats) -> Floats:
        """Where around the hole's axis the wall is that it sees in directions (columns,)."""
        off = np.radians(azimuth_deg - self.towards_deg)
        e = self.eccentricity
        reach = -e * np.cos(off) + np.sqrt(1 - (e * np.sin(off)) ** 2)
        turn = np.degrees(np.arctan2(reach * np.sin(off), e + reach * np.cos(off)))
        return np.asarray((turn + self.towards_deg) % 360)

    def seen(self, image: Field, azimuth_deg: Floats) -> Field:
        """What it sees of a wall's image (rows, columns)."""
        columns = image.shape[1]
        place = (self.wall_azimuth_deg(azimuth_deg) - azimuth_deg[0]) / 360 * columns
        left = np.floor(place).astype(int)
        share = (place - left).astype(np.float32)
        return np.asarray(image[:, left % columns] * (1 - share) + image[:, (left + 1) % columns] * share)

    def drawn(self, planes: Floats, radius_m: float, azimuth_deg: Floats) -> Floats:
        """The sinusoids (n, 3) of (depth_m, a, b) that fit the traces of planes (n, 3) best in its image.

        To the first order in the eccentricity the tilt is the planes' own; the mean moves towards where the tool lies
        by half of it times the trace's height there, and crests grow sharper than troughs.
        """
        at = np.radians(self.wall_azimuth_deg(azimuth_deg))
        z = planes[:, :1] + radius_m * (planes[:, 1:2] * np.cos(at) + planes[:, 2:] * np.sin(at))
        theta = np.radians(azimuth_deg)
        basis = np.stack([np.ones_like(theta), radius_m * np.cos(theta), radius_m * np.sin(theta)], axis=1)
        return np.asarray(np.linalg.lstsq(basis, z.T, rcond=None)[0].T)


def through_pads(
    rng: Rng, image: Field, depth_m: Floats, azimuth_deg: Floats, tool: BenchTool, diameter_m: float
) -> Mask:
    """Gain and offset of pads that turn slowly with depth, and their dead buttons, in place; and where they touch."""
    turn = rng.uniform(0, 360) + rng.choice([-1, 1]) * 360 / rng.uniform(12, 60) * (depth_m - depth_m[0])
    turned = (azimuth_deg - turn[:, None]) % 360
    between = 360 / tool.pads
    pad = (turned // between).astype(int)
    off = turned - (pad + 0.5) * between
    gain, shift = rng.normal(1.0, 0.1, tool.pads), rng.normal(0.0, 0.5, tool.pads)
    image *= gain[pad].astype(np.float32)
    image += shift[pad].astype(np.float32)
    half = tool.covered(diameter_m) * between / 2
    valid = np.abs(off) <= half
    buttons = max(1, int(2 * half / 360 * tool.columns))
    button = np.clip((off + half) / (2 * half) * buttons, 0, buttons - 1).astype(int)
    for _ in range(int(rng.poisson(1.2))):
        dead = (pad == rng.integers(tool.pads)) & (button == rng.integers(buttons))
        if rng.random() < 0.5:
            valid &= ~dead
        else:
            image[dead] = rng.uniform(-5, 5)
    return np.asarray(valid, bool)


def add_losses(rng: Rng, valid: Mask, depth_m: Floats, azimuth_deg: Floats) -> None:
    """Heavy losses: stretches without data, dead columns and patches where the tool left the wall, in place."""
    length_m = float(np.ptp(depth_m))
    for top in rng.uniform(depth_m[0], depth_m[-1], max(1, round(0.6 * length_m))):
        valid[(depth_m >= top) & (depth_m < top + np.exp(rng.uniform(np.log(0.03), np.log(0.35))))] = False
    for column in rng.integers(0, len(azimuth_deg), max(1, len(azimuth_deg) // 30)):
        top = rng.uniform(depth_m[0] - 1, depth_m[-1])
        valid[(depth_m >= top) & (depth_m < top + rng.uniform(0.5, 3.0)), column] = False
    for _ in range(max(2, round(2.5 * length_m))):
        depth, azimuth = rng.uniform(depth_m[0], depth_m[-1]), rng.uniform(0, 360)
        tall, wide = rng.uniform(0.03, 0.2), rng.uniform(10, 70)
        around = (azimuth_difference_deg(azimuth_deg, azimuth) / wide) ** 2
        valid[(((depth_m[:, None] - depth) / tall) ** 2 + around) < 1] = False


def in_its_units(rng: Rng, image: Field, resistivity: bool) -> Field:
    """Resistivity in ohm metres over decades, or amplitude from 0 to 255, of an image in spreads of the texture."""
    low, middle, high = np.percentile(image, [3, 50, 97])
    scaled = (image - middle) / (high - low)
    if resistivity:
        # Beyond a range the current saturates gently, so that no contrast is lost altogether.
        return np.asarray(
            10.0 ** (rng.uniform(0.3, 2.0) + rng.uniform(1.2, 2.4) * 1.5 * np.tanh(scaled / 1.5)), np.float32
        )
    return np.asarray(rng.uniform(118, 140) + rng.uniform(85, 115) * np.tanh(scaled), np.float32)
