"""Rock as a volume, looked at where the wall of a hole cuts it: textures of plane waves, and bodies in space.

Nothing is drawn in the image: every value belongs to a point ``x = r cos(azimuth), y = r sin(azimuth), z = depth``, so
a vug is cut as an ellipsoid is and flattened texture follows the bedding around the hole by itself. Values are without
unit, with the spread of ordinary texture, as the tool measures it, at about 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

Field = NDArray[np.float32]
Floats = NDArray[np.float64]
Rng = np.random.Generator


@dataclass(frozen=True, eq=False)
class Wall:
    """Points of the wall: each of ``depth_m`` (rows,) at each of ``azimuth_deg`` (columns,), evenly spaced."""

    depth_m: Floats
    azimuth_deg: Floats
    radius_m: float

    @cached_property
    def x_m(self) -> Floats:
        return np.asarray(self.radius_m * np.cos(np.radians(self.azimuth_deg)))

    @cached_property
    def y_m(self) -> Floats:
        return np.asarray(self.radius_m * np.sin(np.radians(self.azimuth_deg)))

    @property
    def step_m(self) -> tuple[float, float]:
        """Distance between neighbouring points down the hole and around it, in metres."""
        return float(self.depth_m[1] - self.depth_m[0]), 2 * np.pi * self.radius_m / len(self.azimuth_deg)

    def smoothed(self, field: Field, spot_m: tuple[float, float]) -> Field:
        """A field (rows, columns) as seen through a round spot, its diameters given down and around the hole."""
        # A disc of diameter D spreads by D / 4 along a line, and so does the Gaussian taken for it.
        sigma = [spot / 4 / step for spot, step in zip(spot_m, self.step_m, strict=True)]
        return np.asarray(gaussian_filter(field, sigma, mode=("nearest", "wrap"), truncate=3.0), np.float32)


@dataclass(frozen=True)
class Facies:
    """What one kind of rock looks like inside its beds.

    finest, coarsest   wave lengths of its texture, in resolutions of the tool
    flattening         how much shorter the waves are across the bedding than along it
    skew               -1 to 1: leaning to rare dark or rare bright grains
    mottling           0 to 1: leaning to two values with smooth borders
    lamination         size of fine laminae against the texture
    cross_dip          tangent of the angle between laminae and the bed
    bodies             "vug", "clast", "burrow" or none
    """

    finest: float
    coarsest: float
    flattening: float = 1.0
    skew: float = 0.0
    mottling: float = 0.0
    lamination: float = 0.0
    cross_dip: float = 0.0
    bodies: str = ""


FACIES = (
    Facies(1.5, 15.0),  # massive sandstone, granite
    Facies(2.0, 25.0, skew=-0.5),  # tight carbonate with dissolved patches
    Facies(1.5, 10.0, flattening=5.0, lamination=0.4),  # shale
    Facies(2.0, 12.0, flattening=2.0, lamination=0.4, cross_dip=0.25),  # cross-laminated sandstone
    Facies(3.0, 30.0, flattening=1.6, mottling=0.5),  # dolomitised, mottled
    Facies(3.0, 14.0, flattening=1.5, mottling=0.3, bodies="burrow"),
    Facies(1.5, 10.0, bodies="vug"),
    Facies(1.5, 12.0, skew=0.5, bodies="clast"),  # conglomerate, nodular limestone
    Facies(1.3, 9.0, skew=0.8),  # crystals
)
"""Kinds of rock that a well draws its own few from."""


def plane_waves(
    rng: Rng, wall: Wall, normal: Floats, finest_m: float, coarsest_m: float, flattening: float = 1.0, count: int = 128
) -> Field:
    """Sum of plane waves of random direction and length through space, (rows, columns) of unit spread on average.

    normal (3,) is the unit vector along which waves are shortened. A wave's phase on the wall is one function of depth
    plus one of azimuth, so the sum over all waves is a product of two thin matrices.
    """
    length = np.exp(rng.uniform(np.log(finest_m), np.log(coarsest_m), count))
    direction = rng.normal(size=(count, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    wave = direction + (flattening - 1) * (direction @ normal)[:, None] * normal
    wave *= 2 * np.pi / length[:, None]
    down = np.outer(wall.depth_m - wall.depth_m[0], wave[:, 2])
    around = np.outer(wave[:, 0], wall.x_m) + np.outer(wave[:, 1], wall.y_m) + rng.uniform(0, 2 * np.pi, (count, 1))
    size = rng.rayleigh(np.sqrt(1 / count), (count, 1))
    rows = np.concatenate([np.cos(down), -np.sin(down)], axis=1).astype(np.float32)
    columns = np.concatenate([size * np.cos(around), size * np.sin(around)]).astype(np.float32)
    return np.asarray(rows @ columns)


def texture(
    rng: Rng, wall: Wall, normal: Floats, facies: Facies, level: float, spot_m: tuple[float, float], resolution_m: float
) -> Field:
    """The texture of a facies all over the wall, of spread ``level`` once the tool has smoothed it over its spot."""
    field = plane_waves(
        rng, wall, normal, facies.finest * resolution_m, facies.coarsest * resolution_m, facies.flattening
    )
    if facies.mottling:
        field += np.float32(facies.mottling) * (np.tanh(3 * field) - field)
    if facies.skew:
        lean = np.float32(0.6 * facies.skew)
        field = (np.exp(lean * field) - 1) / lean
    part = slice(0, 600)  # enough rows to know its spread by
    patch = wall.smoothed(field[part], spot_m)
    field -= patch.mean()
    field *= np.float32(level / patch.std())
    return field


def add_bodies(
    rng: Rng, wall: Wall, field: Field, depth_m: Floats, facies: Facies, level: float, size_m: float
) -> None:
    """Cut vugs, clasts or burrows at about the depths ``depth_m`` (bodies,) into a field (rows, columns), in place."""
    bright = rng.random() < 0.5
    for depth in depth_m:
        mean = size_m * np.exp(0.45 * rng.normal())
        turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        if facies.bodies == "burrow":
            axes, value = mean * np.array([0.5, 0.6, rng.uniform(2, 5)]), 2.2 if bright else -2.2
        elif facies.bodies == "clast":
            # Clasts lie flat: the short axis is nearly upright.
            turn = np.linalg.qr(np.eye(3) + 0.15 * rng.normal(size=(3, 3)))[0]
            axes, value = mean * np.array([1.6, 1.2, 0.6]), rng.normal(0.0, 2.2)
        else:
            axes, value = mean * rng.uniform(0.5, 1.2, 3), -rng.uniform(2.0, 5.0)
        around = rng.uniform(0, 360.0)
        distance = wall.radius_m + rng.uniform(-0.7, 0.7) * axes.min()
        add_ellipsoid(wall, field, depth, around, distance, axes, turn, level * value)


def add_ellipsoid(
    wall: Wall,
    field: Field,
    depth_m: float,
    azimuth_deg: float,
    distance_m: float,
    axes_m: Floats,
    turn: Floats,
    value: float,
) -> None:
    """Add ``value`` where the wall cuts an ellipsoid, in place; its centre lies ``distance_m`` from the hole's axis.

    axes_m (3,) are its half-axes, along the columns of the rotation ``turn`` (3, 3).
    """
    step, columns = wall.step_m[0], len(wall.azimuth_deg)
    reach = float(axes_m.max())
    first, last = np.searchsorted(wall.depth_m, [depth_m - reach, depth_m + reach + step])
    spread = 180.0 if reach >= wall.radius_m else np.degrees(np.arcsin(reach / wall.radius_m))
    middle = round((azimuth_deg - wall.azimuth_deg[0]) / 360 * columns)
    half = min(columns // 2 - 1, int(spread / 360 * columns) + 1)
    near = np.arange(middle - half, middle + half + 1) % columns
    centre = distance_m * np.array([np.cos(np.radians(azimuth_deg)), np.sin(np.radians(azimuth_deg))])
    # Distance in half-axes, of a sum of a part that depends on azimuth and one that depends on depth alone.
    flat = np.stack([wall.x_m[near] - centre[0], wall.y_m[near] - centre[1]], axis=1) @ (turn[:2] / axes_m)
    tall = (wall.depth_m[first:last, None] - depth_m) * (turn[2] / axes_m)
    inside = 1.0 - np.sqrt(((tall[:, None] + flat) ** 2).sum(-1))
    soft = 0.5 * step / reach + 0.08
    field[first:last, near] += (value * np.clip(0.5 + inside / soft, 0.0, 1.0)).astype(np.float32)
