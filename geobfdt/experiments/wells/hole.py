"""What drilling does to the wall: features that run along the hole, which no interpreter picks as a plane.

Every function adds to an image (rows, columns) in place, in spreads of the texture; dark is negative.
"""

from __future__ import annotations

import numpy as np

from geobfdt.borehole.geometry import azimuth_difference_deg
from geobfdt.experiments.wells.rock import Field, Floats, Rng


def _wander(rng: Rng, depth_m: Floats, shortest_m: float = 0.15) -> Floats:
    """A smooth random function of depth, (rows,) of about unit spread."""
    length = shortest_m * np.exp(rng.uniform(0, 3.0, 12))
    turns = 2 * np.pi * depth_m[:, None] / length + rng.uniform(0, 2 * np.pi, 12)
    return np.asarray(np.sin(turns).sum(1) / np.sqrt(6))


def _interval(rng: Rng, depth_m: Floats, shortest_m: float, longest_m: float) -> tuple[float, float]:
    length = float(np.exp(rng.uniform(np.log(shortest_m), np.log(longest_m))))
    top = float(rng.uniform(depth_m[0] - length / 2, depth_m[-1] - length / 2))
    return top, top + length


def add_induced_fractures(rng: Rng, image: Field, depth_m: Floats, azimuth_deg: Floats) -> None:
    """Drilling-induced tensile fractures: two upright dark streaks 180 degrees apart, in slanted short pieces."""
    strike = rng.uniform(0, 180)
    width = max(1.0, 270 / len(azimuth_deg))
    for _ in range(1 + int(np.ptp(depth_m) / 2.5)):
        top, base = _interval(rng, depth_m, 0.3, 1.5)
        piece, slant = rng.uniform(0.08, 0.3), rng.uniform(-12, 12)
        size = -rng.uniform(2.0, 6.0)
        for side in (0.0, 180.0):
            rows = np.flatnonzero((depth_m > top + rng.uniform(0, 0.1)) & (depth_m < base - rng.uniform(0, 0.1)))
            z = depth_m[rows]
            along = (z / piece + rng.random() + 0.4 * _wander(rng, z)) % 1.0
            path = strike + side + slant * (along - 0.5) + 2.0 * _wander(rng, z)
            off = azimuth_difference_deg(azimuth_deg, path[:, None]) / (width * rng.uniform(1.0, 1.6))
            open_here = np.clip(1.0 + 0.5 * _wander(rng, z), 0.0, 2.0) * (np.abs(along - 0.5) < 0.44)
            image[rows] += (size * open_here[:, None] * np.exp(-0.5 * off**2)).astype(np.float32)


def add_petals(rng: Rng, image: Field, depth_m: Floats, azimuth_deg: Floats, radius_m: float) -> None:
    """Petal-centreline fractures: arcs that bend down from both sides into one upright line."""
    centre = rng.uniform(0, 360)
    top, base = _interval(rng, depth_m, 0.3, 1.2)
    row_step = float(depth_m[1] - depth_m[0])
    arc_m = radius_m * np.radians(azimuth_difference_deg(azimuth_deg, centre))
    spread = max(0.0025, row_step, 0.6 * 2 * np.pi * radius_m / len(azimuth_deg))
    size = -rng.uniform(2.0, 4.5)
    line = np.exp(-0.5 * (arc_m / spread) ** 2) * ((depth_m > top) & (depth_m < base))[:, None]
    shape = np.zeros(image.shape)
    reach = rng.uniform(0.35, 0.7) * radius_m
    for depth in np.arange(top, base, rng.uniform(0.08, 0.25)):
        # A petal leaves the line steeply and flattens out away from it.
        z = depth - rng.uniform(0.6, 1.4) * reach * np.sqrt(np.abs(arc_m) / reach)
        petal = np.exp(-0.5 * ((depth_m[:, None] - z) / (2 * spread)) ** 2)
        shape = np.maximum(shape, petal * (np.abs(arc_m) < reach * rng.uniform(0.5, 1.0)))
    image += (size * np.maximum(shape, line)).astype(np.float32)


def add_breakouts(rng: Rng, image: Field, depth_m: Floats, azimuth_deg: Floats) -> None:
    """Breakouts: two wide dark patches 180 degrees apart, ragged where the rock spalls."""
    middle = rng.uniform(0, 180)
    for _ in range(1 + int(np.ptp(depth_m) / 3)):
        top, base = _interval(rng, depth_m, 0.2, 1.5)
        half = rng.uniform(8, 22)
        size = -rng.uniform(2.0, 5.0)
        for side in (0.0, 180.0):
            inside = np.minimum(depth_m - top, base - depth_m) / rng.uniform(0.05, 0.15)
            inside = np.clip(inside + 0.5 * _wander(rng, depth_m), 0, 1)
            off = azimuth_difference_deg(azimuth_deg, middle + side + 3 * _wander(rng, depth_m)[:, None])
            # Each edge spalls for itself.
            left, right = (half * inside * (1 + 0.5 * _wander(rng, depth_m, 0.02)) for _ in range(2))
            patch = np.clip(np.minimum(off + left[:, None], right[:, None] - off) / 4, 0, 1)
            image += (size * patch * rng.uniform(0.6, 1.3, image.shape)).astype(np.float32)


def add_tool_marks(rng: Rng, image: Field, depth_m: Floats, azimuth_deg: Floats) -> None:
    """Scratches of the tool or of the bit's reaming: long, upright or slowly turning thin lines."""
    for _ in range(int(rng.integers(2, 8))):
        path = rng.uniform(0, 360) + rng.normal() * 15 * (depth_m - depth_m[0]) + _wander(rng, depth_m, 0.5)
        top, base = _interval(rng, depth_m, 0.3, 4.0)
        width = max(rng.uniform(0.6, 2.5), 180 / len(azimuth_deg))
        off = azimuth_difference_deg(azimuth_deg, path[:, None]) / width
        here = ((depth_m > top) & (depth_m < base))[:, None]
        image += (rng.uniform(-2.5, 2.5) * here * np.exp(-0.5 * off**2)).astype(np.float32)


def add_washboard(rng: Rng, image: Field, depth_m: Floats, azimuth_deg: Floats, radius_m: float) -> None:
    """Spiral ribs of the bit's whirl: bands that climb around the hole once a pitch and never close."""
    pitch = rng.uniform(2.0, 9.0) * radius_m
    turns = depth_m[:, None] / pitch + rng.choice([-1, 1]) * azimuth_deg / 360
    strength = np.clip(0.6 + 0.5 * _wander(rng, depth_m, 0.5), 0, 1.5)[:, None]
    image += (rng.uniform(0.5, 1.6) * strength * np.sin(2 * np.pi * turns)).astype(np.float32)


def add_key_seat(rng: Rng, image: Field, depth_m: Floats, azimuth_deg: Floats) -> None:
    """A key seat: one upright groove that the pipe has worn, dark and blurred."""
    path = rng.uniform(0, 360) + 6 * _wander(rng, depth_m, 0.8)
    off = azimuth_difference_deg(azimuth_deg, path[:, None]) / rng.uniform(12, 25)
    depth = np.clip(0.8 + 0.4 * _wander(rng, depth_m, 0.4), 0, 2)[:, None]
    image += (-rng.uniform(1.0, 3.0) * depth * np.exp(-(off**4))).astype(np.float32)


def add_damage(rng: Rng, image: Field, depth_m: Floats, azimuth_deg: Floats, radius_m: float, chance: float) -> None:
    """Each kind of damage with a chance of its own; ``chance`` is that of the commoner ones."""
    if rng.random() < chance:
        add_induced_fractures(rng, image, depth_m, azimuth_deg)
    if rng.random() < chance / 2:
        add_petals(rng, image, depth_m, azimuth_deg, radius_m)
    if rng.random() < chance:
        add_breakouts(rng, image, depth_m, azimuth_deg)
    if rng.random() < chance:
        add_tool_marks(rng, image, depth_m, azimuth_deg)
    if rng.random() < chance / 2:
        add_washboard(rng, image, depth_m, azimuth_deg, radius_m)
    if rng.random() < chance / 2:
        add_key_seat(rng, image, depth_m, azimuth_deg)
