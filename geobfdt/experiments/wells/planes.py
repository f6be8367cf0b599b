"""Beds and fractures of a rock volume, each of which cuts the wall in an exact sinusoid.

Surfaces of equal stratigraphic depth s are planes ``z = s + a(s) x + b(s) y`` whose tilt drifts with s as in an open
fold: whatever is a function of s alone lies in beds that are exactly planar across the hole. Fractures are slabs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from geobfdt.borehole.geometry import sinusoid_from_plane
from geobfdt.experiments.wells.rock import Facies, Field, Floats, Rng, Wall

PICKED_CONTRAST = 2.2
"""A boundary or fracture that stands out by this many spreads of the texture beside it, at the tool's resolution, is
picked. What is not picked has at most :data:`FAINT_CONTRAST`; nothing lies between."""
FAINT_CONTRAST = 0.35
STEEPEST_DEG = 84.0
SEEN_TURN = 0.4
"""A plane seen over less of the turn than this is not picked."""


@dataclass(frozen=True)
class Fold:
    """Tilt of the bedding: (a, b) = tan(dip) (cos, sin)(azimuth) around ``a, b``, drifting with depth."""

    a: float
    b: float
    drift: Floats  # (2, waves): sizes in tan(dip)
    length_m: Floats  # (waves,)
    phase: Floats  # (2, waves)

    def tilt(self, s_m: Floats) -> tuple[Floats, Floats]:
        """(a, b) of the planes that cross the axis at depths ``s_m`` (n,)."""
        turns = 2 * np.pi * s_m[:, None] / self.length_m
        a, b = (
            np.sum(size * np.sin(turns + phase), axis=1) for size, phase in zip(self.drift, self.phase, strict=True)
        )
        return self.a + a, self.b + b

    @property
    def normal(self) -> Floats:
        """Unit vector across the average bed, (3,)."""
        vector = np.array([-self.a, -self.b, 1.0])
        return np.asarray(vector / np.linalg.norm(vector))

    def stratigraphic_depth_m(self, wall: Wall) -> Field:
        """The depth s, relative to the wall's first row, of every point of the wall: (rows, columns)."""
        a, b = (abs(tilt) + drift for tilt, drift in zip((self.a, self.b), np.abs(self.drift).sum(1), strict=True))
        reach = wall.radius_m * float(np.hypot(a, b)) + 0.05
        s = np.arange(wall.depth_m[0] - reach, wall.depth_m[-1] + reach, 0.005)
        along, across = self.tilt(s)
        top = wall.depth_m[0]
        relative = np.empty((len(wall.azimuth_deg), len(wall.depth_m)), np.float32)
        for column, (x, y) in enumerate(zip(wall.x_m, wall.y_m, strict=True)):
            relative[column] = np.interp(wall.depth_m, s + along * x + across * y, s - top)
        return np.ascontiguousarray(relative.T)


def draw_fold(rng: Rng, dip_deg: float, radius_m: float) -> Fold:
    """A fold about a dip; its drift is too slow for two of its planes to meet inside the hole."""
    a, b = (float(tilt) for tilt in sinusoid_from_plane(dip_deg, rng.uniform(0, 360)))
    length = rng.uniform(2.0, 8.0, 2)
    most = np.minimum(0.07 * (1 + a * a + b * b), 0.12 * length / (2 * np.pi * radius_m))
    room = max(0.0, np.tan(np.radians(STEEPEST_DEG)) - float(np.hypot(a, b)))
    size = np.minimum(most, room / 4) * rng.uniform(0.2, 1.0, (2, 2))
    return Fold(a, b, size, length, rng.uniform(0, 2 * np.pi, (2, 2)))


@dataclass(frozen=True, eq=False)
class Beds:
    """A column of n beds, and the n - 1 boundaries between them.

    boundary_m (n - 1,)   where boundaries cross the axis
    picked (n - 1,)       the contrast there is above :data:`PICKED_CONTRAST`, else below :data:`FAINT_CONTRAST`
    facies (n,)           index of the facies of each bed
    top, base (n,)        property at the top and at the base of each bed, between which it is graded
    thin_m (thin,)        middles of beds so thin that they are picked as one plane, and their boundaries are not
    """

    boundary_m: Floats
    picked: NDArray[np.bool_]
    facies: NDArray[np.intp]
    top: Floats
    base: Floats
    thin_m: Floats = field(default_factory=lambda: np.empty(0))

    @property
    def picked_m(self) -> Floats:
        """Where the planes that are picked cross the axis."""
        return np.sort(np.concatenate([self.boundary_m[self.picked], self.thin_m]))


def draw_beds(
    rng: Rng, top_m: float, base_m: float, spacing_m: float, thinnest_m: float, means: Floats, levels: Floats
) -> Beds:
    """A Markov chain of facies with means (facies,) and texture levels (facies,) from one depth to another."""
    boundaries: list[float] = []
    extra = max(0.0, spacing_m - thinnest_m)
    depth = top_m + rng.exponential(spacing_m)
    shape = rng.uniform(0.8, 2.5)
    while depth < base_m:
        boundaries.append(depth)
        depth += thinnest_m + extra * rng.gamma(shape, 1 / shape)
    kinds = len(means)
    follows = rng.dirichlet(np.full(kinds, 1.5), kinds) * (1 - np.eye(kinds)) + 1e-3 * (1 - np.eye(kinds))
    follows /= follows.sum(1, keepdims=True)
    kind = int(rng.integers(kinds))
    facies, picked, top = [kind], [], [float(means[kind])]
    base = [top[0]]
    graded = rng.uniform(0.0, 0.5)
    for _ in boundaries:
        faint = rng.random() < 0.1
        following = kind if faint else int(rng.choice(kinds, p=follows[kind]))
        level = float(max(levels[kind], levels[following]))
        step = _clear_step(rng, base[-1], float(means[following]), level, faint)
        kind = following
        facies.append(kind)
        picked.append(not faint)
        top.append(base[-1] + step)
        # Fining upwards: the change within the bed is gradual and leads no further than its neighbours differ.
        base.append(top[-1] + (rng.uniform(-2.0, 2.0) * level if rng.random() < graded else 0.0))
    return Beds(np.array(boundaries), np.array(picked, bool), np.array(facies), np.array(top), np.array(base))


def with_thin_beds(
    rng: Rng, beds: Beds, thickness_m: tuple[float, float], clear_m: float, levels: Floats, clarity: float
) -> Beds:
    """Beds, with a thin one of a thickness (low, high) in the middle of many that leave ``clear_m`` on its sides."""
    edges = np.concatenate([[-np.inf], beds.boundary_m, [np.inf]])
    thickness = np.diff(edges)
    columns: dict[str, list[float]] = {name: [] for name in ("boundary", "picked", "facies", "top", "base")}
    thin = []

    def add(index: int, boundary: float, picked: bool, top: float, base: float) -> None:
        for name, value in zip(columns, (boundary, picked, beds.facies[index], top, base), strict=True):
            columns[name].append(value)

    for k in range(len(thickness)):
        add(k, edges[k], k > 0 and bool(beds.picked[k - 1]), beds.top[k], beds.base[k])
        width = float(rng.uniform(*thickness_m))
        if np.isfinite(thickness[k]) and thickness[k] > width + 2 * clear_m and rng.random() < 0.7:
            middle, there = (edges[k] + edges[k + 1]) / 2, (beds.top[k] + beds.base[k]) / 2
            size = PICKED_CONTRAST * clarity * levels[beds.facies[k]] * rng.uniform(1.2, 2.2) * rng.choice([-1, 1])
            columns["base"][-1] = there
            add(k, middle - width / 2, False, there + size, there + size)
            add(k, middle + width / 2, False, there, beds.base[k])
            thin.append(middle)
    return Beds(
        np.array(columns["boundary"][1:]),
        np.array(columns["picked"][1:], bool),
        np.array(columns["facies"], np.intp),
        np.array(columns["top"]),
        np.array(columns["base"]),
        np.array(thin),
    )


def _clear_step(rng: Rng, above: float, below: float, level: float, faint: bool) -> float:
    """The step of the property from one bed into the next: clearly there or clearly not."""
    if faint:
        return float(rng.uniform(-1, 1) * FAINT_CONTRAST * level)
    step = below + 0.5 * level * rng.normal() - above
    least = PICKED_CONTRAST * level
    if abs(step) >= least:
        return float(step)
    sign = np.sign(step) if abs(above) < 4 else -np.sign(above)
    return float(sign * least * rng.uniform(1.0, 1.6))


@dataclass(frozen=True, eq=False)
class Layering:
    """Beds as a function on the wall.

    bed    (rows, columns) index of the bed of every point
    value  (rows, columns) its property without texture
    """

    bed: NDArray[np.int32]
    value: Field


def lay(wall: Wall, s_m: Field, beds: Beds) -> Layering:
    """Beds on the wall by the stratigraphic depth (rows, columns) of its points, relative to the first row."""
    low, step = float(s_m.min()), wall.step_m[0] / 4
    index = ((s_m - low) * np.float32(1 / step)).astype(np.int32)
    s = wall.depth_m[0] + low + (np.arange(int(index.max()) + 1) + 0.5) * step
    bed = np.searchsorted(beds.boundary_m, s)
    edges = np.concatenate([[s[0] - 1.0], beds.boundary_m, [s[-1] + 1.0]])
    share = (s - edges[bed]) / (edges[bed + 1] - edges[bed])
    value = beds.top[bed] * (1 - share) + beds.base[bed] * share
    return Layering(bed.astype(np.int32)[index], value.astype(np.float32)[index])


def laminae(
    rng: Rng,
    wall: Wall,
    s_m: Field,
    layering: Layering,
    beds: Beds,
    kinds: tuple[Facies, ...],
    levels: Floats,
    finest_m: float,
) -> Field:
    """Fine laminae of the beds whose facies has them, of spread ``levels`` times their lamination: (rows, columns)."""
    size = np.array([levels[kind] * kinds[kind].lamination for kind in beds.facies], np.float32)
    cross = np.array([kinds[kind].cross_dip for kind in beds.facies])
    tilt = (cross * rng.uniform(0.4, 1.2, len(cross)))[:, None] * _unit(rng.uniform(0, 360, len(cross)))
    along = s_m + tilt[:, 0].astype(np.float32)[layering.bed] * wall.x_m.astype(np.float32)
    along += tilt[:, 1].astype(np.float32)[layering.bed] * wall.y_m.astype(np.float32)
    step = finest_m / 6
    index = ((along - along.min()) * np.float32(1 / step)).astype(np.int32)
    s = np.arange(int(index.max()) + 1) * step
    length = finest_m * np.exp(rng.uniform(0.0, 1.2, 24))
    waves = np.sin(2 * np.pi * s[:, None] / length + rng.uniform(0, 2 * np.pi, 24)).sum(1) / np.sqrt(12)
    return np.asarray(waves.astype(np.float32)[index] * size[layering.bed])


def _unit(azimuth_deg: Floats) -> Floats:
    return np.stack([np.cos(np.radians(azimuth_deg)), np.sin(np.radians(azimuth_deg))], axis=-1)


@dataclass(frozen=True, eq=False)
class Fracture:
    """A slab ``|n (p - p0)| < aperture / 2`` through the axis at ``depth_m``, its tilt (a, b) in tan(dip).

    contrast   its peak as measured, in spreads of the texture: negative when open (dark), positive when cemented
    extent     "whole", "disc" (ends inside the wall) or "strata" (ends at the bed boundaries next to it)
    share      of the turn that a disc covers, and ``end_deg`` the azimuth it is centred on
    """

    depth_m: float
    a: float
    b: float
    aperture_m: float
    contrast: float
    extent: str = "whole"
    share: float = 1.0
    end_deg: float = 0.0


def furthest_apart_m(one: Floats, others: Floats, radius_m: float) -> Floats:
    """Largest distance over all azimuths between the trace of (depth_m, a, b) (3,) and of others (n, 3): (n,)."""
    tilt = np.hypot(others[:, 1] - one[1], others[:, 2] - one[2])
    return np.asarray(np.abs(others[:, 0] - one[0]) + radius_m * tilt)


def draw_fractures(
    rng: Rng,
    top_m: float,
    base_m: float,
    count: int,
    sets: Floats,
    partial: float,
    separation_m: float,
    radius_m: float,
    spot_m: float,
    beds: Floats,
    strength: tuple[float, float] = (1.2, 1.8),
) -> list[Fracture]:
    """Fractures of some sets (sets, 2) of dip and azimuth in degrees, none of which reads as another or as one of the
    boundaries ``beds`` (n, 3) of (depth_m, a, b): each leaves every other by ``separation_m`` somewhere. They stand out
    by a well's ``strength`` (low, high) and more, in :data:`PICKED_CONTRAST`."""
    taken = beds.reshape(-1, 3)
    found: list[Fracture] = []
    dark = rng.random() < 0.75
    least = rng.uniform(*strength)
    centres = rng.uniform(top_m, base_m, max(1, count // 4))
    scatter = rng.uniform(2.0, 9.0)
    for _ in range(30 * count):
        if len(found) == count:
            break
        dip, azimuth = _scattered(rng, sets[rng.integers(len(sets))], scatter)
        if dip > STEEPEST_DEG:
            continue
        swarm = rng.random() < 0.4
        depth = float(rng.choice(centres) + 0.3 * rng.normal() if swarm else rng.uniform(top_m, base_m))
        if not top_m < depth < base_m:
            continue
        a, b = (float(tilt) for tilt in sinusoid_from_plane(dip, azimuth))
        plane = np.array([depth, a, b])
        if len(taken) and furthest_apart_m(plane, taken, radius_m).min() < separation_m:
            continue
        taken = np.concatenate([taken, plane[None]])
        sign = -1.0 if dark ^ (rng.random() < 0.12) else 1.0
        ends = ("disc", "strata")[int(rng.random() < 0.4)] if rng.random() < partial else "whole"
        found.append(
            Fracture(
                depth,
                a,
                b,
                spot_m * float(np.exp(rng.normal(-0.6, 0.6))),
                sign * PICKED_CONTRAST * least * float(rng.uniform(1.0, 1.4)),
                ends,
                float(rng.uniform(0.5, 0.85)),
                float(rng.uniform(0, 360)),
            )
        )
    return found


def _scattered(rng: Rng, mean_deg: Floats, scatter_deg: float) -> tuple[float, float]:
    """Dip and azimuth of a pole that lies about ``scatter_deg`` off that of (dip, azimuth), as Fisher's law has it."""
    dip, azimuth = np.radians(mean_deg)
    pole = np.array([-np.sin(dip) * np.cos(azimuth), -np.sin(dip) * np.sin(azimuth), np.cos(dip)])
    pole = pole + np.radians(scatter_deg) * rng.normal(size=3)
    pole *= np.sign(pole[2]) / np.linalg.norm(pole)
    return float(np.degrees(np.arccos(pole[2]))), float(np.degrees(np.arctan2(-pole[1], -pole[0])) % 360)


def visible(fracture: Fracture, wall: Wall, fold: Fold, boundary_m: Floats) -> NDArray[np.bool_]:
    """Where around the hole a fracture reaches the wall: (columns,)."""
    z = fracture.depth_m + fracture.a * wall.x_m + fracture.b * wall.y_m
    if fracture.extent == "strata" and len(boundary_m):
        inside = _between_its_boundaries(fracture, wall, fold, boundary_m, z)
        if SEEN_TURN + 0.08 < inside.mean() < 0.95:
            return inside
    if fracture.extent == "whole":
        return np.ones(len(z), bool)
    centre = int(np.argmin(np.abs((wall.azimuth_deg - fracture.end_deg + 180) % 360 - 180)))
    points = np.stack([wall.x_m, wall.y_m, z])
    distance = np.linalg.norm(points - points[:, centre : centre + 1], axis=0)
    return np.asarray(distance <= np.quantile(distance, fracture.share))


def _between_its_boundaries(
    fracture: Fracture, wall: Wall, fold: Fold, boundary_m: Floats, z: Floats
) -> NDArray[np.bool_]:
    """Where the trace z (columns,) lies between the bed boundaries next to the fracture on the axis: (columns,)."""
    next_ = int(np.searchsorted(boundary_m, fracture.depth_m))
    inside = np.ones(len(z), bool)
    a, b = fold.tilt(boundary_m)
    for bound, sign in ((next_ - 1, 1.0), (next_, -1.0)):
        if 0 <= bound < len(boundary_m):
            surface = boundary_m[bound] + a[bound] * wall.x_m + b[bound] * wall.y_m
            inside &= sign * (z - surface) > 0
    return inside


def add_fracture(
    rng: Rng,
    wall: Wall,
    field: Field,
    fracture: Fracture,
    seen: NDArray[np.bool_],
    spot_m: tuple[float, float],
    level: float,
) -> None:
    """Add a fracture to a field (rows, columns) where ``seen`` (columns,), in place; its aperture varies.

    It is so strong that, once measured through the spot, its peak is ``contrast * level``.
    """
    step, arc = wall.step_m
    z = fracture.depth_m + fracture.a * wall.x_m + fracture.b * wall.y_m
    slope = np.abs(fracture.b * wall.x_m - fracture.a * wall.y_m) / wall.radius_m
    # Along the axis a slab is thicker than its aperture by 1 / cos(dip), and a spot blurs what climbs within it.
    sharp = np.hypot(0.4 * step, 0.4 * slope * arc)
    measured = np.hypot(np.hypot(spot_m[0] / 4, slope * spot_m[1] / 4), sharp)
    # What is much thinner than the spot would have to be so strong that its crest drowned all else.
    thick = fracture.aperture_m * np.sqrt(1 + fracture.a**2 + fracture.b**2)
    opening = np.full(len(z), max(thick, float(np.median(measured))))
    peak = float(np.median(erf(opening / (np.sqrt(8) * measured))))
    opening = opening * np.exp(0.35 * _along(rng, wall))
    z = z + 0.15 * spot_m[0] * _along(rng, wall)
    size = np.where(seen, _contrast_against(field, wall, z, fracture.contrast) * level / peak, 0.0)

    band = int(np.max(opening / 2 + 3 * sharp) / step) + 1
    offset = np.arange(-band, band + 1)[:, None]
    row = np.round((z - wall.depth_m[0]) / step).astype(int) + offset
    away = wall.depth_m[0] + row * step - z
    soft = np.sqrt(2) * sharp
    share = 0.5 * (erf((away + opening / 2) / soft) - erf((away - opening / 2) / soft))
    inside = (row >= 0) & (row < len(wall.depth_m)) & seen
    column = np.broadcast_to(np.arange(len(z)), row.shape)
    field[row[inside], column[inside]] += (size * share)[inside].astype(np.float32)


def _contrast_against(field: Field, wall: Wall, z: Floats, contrast: float) -> float:
    """The contrast, turned around where the rock along the trace z (columns,) is as dark or as bright as the fill."""
    row = np.round((z - wall.depth_m[0]) / wall.step_m[0]).astype(int)
    inside = (row >= 0) & (row < len(field))
    rock = field[row[inside], np.flatnonzero(inside)]
    alike = np.sign(contrast) * (rock.mean() if len(rock) else 0.0) > 0.8 * field[::16].std()
    return -contrast if alike else contrast


def _along(rng: Rng, wall: Wall) -> Floats:
    """A smooth random function around the hole, (columns,) of about unit spread, without mean and first harmonic."""
    order = np.arange(2, 8)[:, None]
    turns = order * np.radians(wall.azimuth_deg) + rng.uniform(0, 2 * np.pi, (6, 1))
    return np.asarray((rng.normal(size=(6, 1)) * np.cos(turns)).sum(0) / np.sqrt(3))
