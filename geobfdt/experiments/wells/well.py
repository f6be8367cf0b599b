"""Wells of the bench: a rock volume cut by a hole and measured by a tool, with every plane in it exactly known.

No line is shared with the wells that training draws (geobfdt.synthetic): rock is a volume evaluated on the wall instead
of an image that is painted, and tools average it over their spots.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from geobfdt.borehole.geometry import column_azimuths_deg, plane_from_sinusoid, traces
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.errors import InputError
from geobfdt.experiments.wells.hole import add_damage
from geobfdt.experiments.wells.planes import (
    SEEN_TURN,
    Beds,
    Fold,
    Fracture,
    add_fracture,
    draw_beds,
    draw_fold,
    draw_fractures,
    laminae,
    lay,
    visible,
    with_thin_beds,
)
from geobfdt.experiments.wells.rock import FACIES, Facies, Field, Floats, Rng, Wall, add_bodies, plane_waves, texture
from geobfdt.experiments.wells.tool import (
    BENCH_TOOLS,
    BenchTool,
    Mask,
    OffAxis,
    add_eccentricity,
    add_electronics,
    add_frames,
    add_losses,
    add_wrong_rows,
    in_its_units,
    through_pads,
    true_depths_m,
)

__all__ = ["BENCH_TOOLS", "CASES", "HARD_CASES", "BenchTool", "Case", "bench_well"]

Case = Literal["bedding", "fracture", "mixed", "dense", "crossing", "partial", "gaps", "rough_speed", "barren"]
CASES: tuple[str, ...] = get_args(Case)
"""What a well is about."""

HARD_CASES: dict[str, tuple[str, ...]] = {
    "stripes": tuple(BENCH_TOOLS),
    "level_beds": tuple(BENCH_TOOLS),
    "seams": ("optical_televiewer",),
    "thin_beds": tuple(tool for tool in BENCH_TOOLS if not tool.startswith("lwd")),
    "off_axis": ("acoustic_televiewer", "optical_televiewer", "lwd_56_sectors"),
    "faint": ("microresistivity_8_pads", "microresistivity_4_pads"),
    "steep": tuple(tool for tool in BENCH_TOOLS if tool != "lwd_16_sectors"),
}
"""What real logs were picked wrongly on, a case each, and the tools that show it.

stripes     barren rock with rows that electronics got wrong, about one a metre
level_beds  the same beside real beds that dip less than 2 degrees
seams       barren rock seen by a camera whose frames were put together
thin_beds   beds thinner than a quarter of the hole's radius, one plane each, among thicker ones
off_axis    steep beds seen by a tool that lies off the axis, to which crests are sharper than troughs
faint       fractures that barely stand out among strong beds
steep       planes of 80 to 84 degrees
"""
_NUMBERS = {case: number for number, case in enumerate((*CASES, *HARD_CASES))}
"""Of the cases, which their seeds hang on: a new one comes last, so that the others' wells stay as they are."""

DENSE_PER_M = 20.0
THIN_RADII = 0.26
"""Thickest of thin beds: 2.8 cm in an 8.5 in hole. Windows are cut in hole radii, so what is thin is so in radii."""


@dataclass(frozen=True)
class _Plan:
    """What a case draws: picks per metre of each kind (low, high), share of partial fractures, chance of damage; how
    much fractures stand out (low, high), see draw_fractures, and how much more beds do than elsewhere.
    """

    beds_per_m: tuple[float, float] = (0.0, 0.0)
    fractures_per_m: tuple[float, float] = (0.0, 0.0)
    partial: float = 0.08
    damage: float = 0.2
    strength: tuple[float, float] = (1.2, 1.8)
    beds_stand_out: float = 1.0


_PLANS = {
    "bedding": _Plan(beds_per_m=(2.0, 9.0)),
    "fracture": _Plan(fractures_per_m=(1.0, 5.0)),
    "mixed": _Plan((1.5, 6.0), (0.7, 3.0)),
    "dense": _Plan((11.0, 13.0), (8.0, 8.0), partial=0.0, damage=0.0),
    "crossing": _Plan((1.0, 2.5), (3.0, 6.0), partial=0.0),
    "partial": _Plan((0.7, 2.0), (2.5, 4.5), partial=0.85),
    "gaps": _Plan((1.5, 6.0), (0.7, 3.0)),
    "rough_speed": _Plan((1.5, 6.0), (0.7, 3.0)),
    "barren": _Plan(damage=0.55),
    "stripes": _Plan(damage=0.0),
    "level_beds": _Plan(beds_per_m=(2.0, 6.0), damage=0.0),
    "seams": _Plan(damage=0.0),
    "thin_beds": _Plan(beds_per_m=(4.0, 9.0), damage=0.0),
    "off_axis": _Plan(beds_per_m=(2.0, 6.0), damage=0.0),
    "faint": _Plan((2.0, 6.0), (2.0, 4.0), partial=0.0, strength=(0.9, 1.1), beds_stand_out=2.0),
    "steep": _Plan(fractures_per_m=(0.7, 2.0), partial=0.0),
}


def bench_well(tool: str, case: str, length_m: float, seed: int, *, ease: float = 1.0) -> Well:
    """One well of ``length_m`` metres, fixed by its tool, case and seed, with exact truth, in the split "test".

    ``tool`` is one of :data:`BENCH_TOOLS` and ``case`` one of :data:`CASES` or :data:`HARD_CASES`. Truth holds the
    planes that stand out from the texture beside them by
    :data:`~geobfdt.experiments.wells.planes.PICKED_CONTRAST` of its spreads as measured, are seen over
    :data:`~geobfdt.experiments.wells.planes.SEEN_TURN` of what the tool covers of the turn, and cross the axis inside
    the image. ``ease`` above 1 multiplies contrasts and the least distance of planes, and leaves the wall
    undamaged. Raises :class:`InputError` on another tool or case, or a length under a metre.
    """
    if tool not in BENCH_TOOLS:
        raise InputError(f"tool {tool}: no such tool; choose one of {', '.join(BENCH_TOOLS)}")
    if case not in _NUMBERS:
        raise InputError(f"case {case}: no such case; choose one of {', '.join(_NUMBERS)}")
    if not length_m >= 1:
        raise InputError(f"length {length_m:g}: a bench well needs at least 1 m")
    rng = np.random.default_rng([seed, list(BENCH_TOOLS).index(tool), _NUMBERS[case]])
    return _Drawing(rng, BENCH_TOOLS[tool], case, length_m, ease).well(f"{tool} {case} {seed}")


class _Drawing:
    """One well while it is drawn: its tool, hole and wall, and then rock, planes and measurement in turn."""

    def __init__(self, rng: Rng, tool: BenchTool, case: str, length_m: float, ease: float) -> None:
        self.rng, self.tool, self.case, self.plan = rng, tool, case, _PLANS[case]
        if ease > 1:
            self.plan = replace(self.plan, damage=0.0)
        diameters = [d for d in tool.hole_diameters_m if case != "dense" or d == min(tool.hole_diameters_m)]
        self.diameter_m = float(rng.choice(diameters))
        self.radius_m = self.diameter_m / 2
        self.first_azimuth_deg = float(rng.choice([0.0, 0.0, 90.0, 180.0]))
        top = float(rng.integers(50, 3000))
        rows = np.arange(round(length_m / tool.row_step_m), dtype=np.float64)
        self.depth_m: Floats = top + (rows + 0.5) * tool.row_step_m
        self.wall: Wall = tool.wall(self.diameter_m, self.depth_m, self.first_azimuth_deg)
        self.resolution_m = tool.resolution_m(self.diameter_m)
        # The fewer columns a trace is averaged over, the clearer it has to be in each.
        self.clarity = ease * (1 + 8 / tool.columns)
        # Two planes nowhere further apart than this read as one.
        self.separation_m = ease * max(0.35 * self.radius_m, 2.5 * tool.row_step_m, 2 * tool.spot_m[0])

    def well(self, name: str) -> Well:
        rng, tool = self.rng, self.tool
        self.fold = draw_fold(rng, self._dip_of_beds_deg(), self.radius_m)
        self.off_axis = self._off_axis()
        facies = [one for one in FACIES if self.case != "thin_beds" or not one.lamination]
        kinds = tuple(facies[index] for index in rng.choice(len(facies), rng.integers(2, 5), replace=False))
        self.levels: Floats = rng.uniform(0.6, 1.2, len(kinds))
        s = self.fold.stratigraphic_depth_m(self.wall)
        beds = self._beds(len(kinds))
        rock = self._layered(s, beds, kinds) if beds else self._massive(kinds)
        fractures = self._fractures(beds)
        seen = self._add_fractures(rock, fractures, beds)

        at_m = true_depths_m(rng, self.depth_m) if self.case == "rough_speed" else self.depth_m
        image = tool.measured(self.wall, rock, at_m)
        azimuth = self.azimuth_deg
        if self.off_axis:
            image = self.off_axis.seen(image, azimuth)
        add_damage(rng, image, at_m, azimuth, self.radius_m, self.plan.damage)
        if not tool.pads:
            add_eccentricity(rng, image, self.depth_m, azimuth, float(rng.uniform(0.2, 1.0)))
        if self.case == "seams":
            add_frames(rng, image)
        add_electronics(rng, image, float(rng.uniform(0.1, 0.4)))
        if self.case in ("stripes", "level_beds"):
            add_wrong_rows(rng, image, self.depth_m)
        valid = np.ones(image.shape, bool)
        if tool.pads:
            valid = through_pads(rng, image, self.depth_m, azimuth, tool, self.diameter_m)
        if self.case == "gaps":
            add_losses(rng, valid, self.depth_m, azimuth)
        values = np.where(valid, in_its_units(rng, image, tool.resistivity), np.float32(np.nan))
        log = ImageLog(values, self.depth_m, self.diameter_m, "north", self.first_azimuth_deg, name, "BENCH")
        return Well(log, self._truth(beds, fractures, seen, valid, name), split="test")

    @property
    def azimuth_deg(self) -> Floats:
        return column_azimuths_deg(self.tool.columns, self.first_azimuth_deg)

    def _dip_of_beds_deg(self) -> float:
        within = {"dense": (0, 45), "level_beds": (0, 2), "off_axis": (50, 78)}.get(self.case)
        if within:
            return float(self.rng.uniform(*within))
        gentle = self.rng.random() < 0.5
        return float(self.rng.uniform(0, 20) if gentle else self.rng.uniform(20, 80))

    def _off_axis(self) -> OffAxis | None:
        """Where the tool lies in holes along the beds: on the side that they dip to, or across from it."""
        if self.case != "off_axis":
            return None
        dips_to = np.degrees(np.arctan2(self.fold.b, self.fold.a)) + 180 * (self.rng.random() < 0.5)
        return OffAxis(float(self.rng.uniform(0.1, 0.25)), float(dips_to % 360))

    def _beds(self, kinds: int) -> Beds | None:
        """The column of beds, no thinner than can be told apart in the image, or None where the case has none."""
        low, high = self.plan.beds_per_m
        if not high:
            return None
        tangent = float(np.hypot(self.fold.a, self.fold.b))
        arc = np.pi * self.diameter_m / self.tool.columns
        # Along the limbs of steep beds neighbours lie side by side, columns apart.
        thinnest = max(1.05 * self.separation_m, 4 * self.tool.row_step_m, 2.5 * arc * tangent)
        spacing = max(1 / self.rng.uniform(low, high), 1.25 * thinnest)
        means = self.clarity * self.rng.permutation(np.linspace(-1, 1, kinds)) * self.rng.uniform(0.8, 2.8)
        means *= self.plan.beds_stand_out
        reach = self.radius_m * (tangent + 1.0)
        top, base = self.depth_m[0] - reach, self.depth_m[-1] + reach
        beds = draw_beds(self.rng, top, base, spacing, thinnest, means, self.clarity * self.levels)
        if self.case != "thin_beds":
            return beds
        thinnest = min(1.5 * self.resolution_m, 0.5 * THIN_RADII * self.radius_m)
        thickness = thinnest, THIN_RADII * self.radius_m
        return with_thin_beds(self.rng, beds, thickness, self.separation_m, self.levels, self.clarity)

    def _texture(self, facies: Facies, level: float) -> Field:
        return texture(self.rng, self.wall, self.fold.normal, facies, level, self.tool.spot_m, self.resolution_m)

    def _layered(self, s: Field, beds: Beds, kinds: tuple[Facies, ...]) -> Field:
        """Rock in beds: the property of each, its facies' texture, bodies and laminae."""
        relief = 0.1 * self.tool.row_step_m * plane_waves(self.rng, self.wall, self.fold.normal, 0.02, 0.1, count=16)
        layering = lay(self.wall, s + relief.astype(np.float32), beds)
        facies = beds.facies.astype(np.int8)[layering.bed]
        rock = layering.value
        for number, (kind, level) in enumerate(zip(kinds, self.levels, strict=True)):
            field = self._texture(kind, level)
            if kind.bodies:
                self._add_bodies(field, kind, level)
            rock += np.where(facies == number, field, np.float32(0))
        if any(kind.lamination for kind in kinds):
            rock += laminae(self.rng, self.wall, s, layering, beds, kinds, self.levels, 2.5 * self.resolution_m)
        return rock

    def _massive(self, kinds: tuple[Facies, ...]) -> Field:
        """Rock without beds: two facies that pass into each other across smooth borders in space."""
        rng = self.rng
        size = rng.uniform(0.5, 2.0)
        border = plane_waves(rng, self.wall, self.fold.normal, 0.3 * size, 3.0 * size, 1.0, 32)
        share = 1 / (1 + np.exp(-3 * border))
        rock = np.float32(rng.uniform(0.0, 1.5)) * border
        for kind, level, part in zip(kinds, self.levels, (share, 1 - share), strict=False):
            field = self._texture(kind, level)
            if kind.bodies:
                self._add_bodies(field, kind, level)
            rock += part * field
        return np.asarray(rock, np.float32)

    def _add_bodies(self, field: Field, kind: Facies, level: float) -> None:
        size = self.resolution_m * float(np.exp(self.rng.uniform(np.log(1.2), np.log(4.0))))
        length, turn = np.ptp(self.wall.depth_m), 2 * np.pi * self.radius_m
        share = self.rng.uniform(0.02, 0.12)
        count = min(int(share * length * turn / (4 * size**2)), int(120 * length))
        depths = self.rng.uniform(self.wall.depth_m[0], self.wall.depth_m[-1], count)
        add_bodies(self.rng, self.wall, field, depths, kind, level, size)

    def _fractures(self, beds: Beds | None) -> list[Fracture]:
        rng, low_high = self.rng, self.plan.fractures_per_m
        if not low_high[1]:
            return []
        length = float(np.ptp(self.depth_m))
        count = round(length * rng.uniform(*low_high))
        boundaries = _tilted(self.fold, beds) if beds else np.empty((0, 3))
        if self.case == "dense":
            inside = (boundaries[:, 0] > self.depth_m[0]) & (boundaries[:, 0] < self.depth_m[-1])
            count = max(0, round(length * min(DENSE_PER_M, 0.25 / self.tool.row_step_m)) - int(inside.sum()))
        # Unlike beds, fractures cross each other: a coarse tool tells fewer of them apart.
        count = min(count, round(length * 0.06 / self.tool.row_step_m))
        return draw_fractures(
            rng,
            self.depth_m[0],
            self.depth_m[-1],
            max(1, count),
            self._sets(),
            self.plan.partial,
            self.separation_m,
            self.radius_m,
            self.resolution_m,
            boundaries,
            self.plan.strength,
        )

    def _sets(self) -> Floats:
        """Mean dip and azimuth of one to three sets of fractures, (sets, 2) in degrees."""
        rng = self.rng
        steepest = 70.0 if self.case == "dense" else 84.0
        if self.case == "crossing":
            strike = rng.uniform(0, 360)
            return np.array([[rng.uniform(35, 75), strike], [rng.uniform(35, 75), strike + rng.uniform(120, 240)]])
        sets = int(rng.integers(1, 4))
        if self.case == "steep":
            return np.stack([rng.uniform(80, 84, sets), rng.uniform(0, 360, sets)], axis=1)
        return np.stack([rng.uniform(10, steepest, sets), rng.uniform(0, 360, sets)], axis=1)

    def _add_fractures(self, rock: Field, fractures: list[Fracture], beds: Beds | None) -> list[Mask]:
        """Add fractures to the rock; where around the hole each of them is open: (points around,) each."""
        boundaries = beds.boundary_m[beds.picked] if beds else np.empty(0)
        seen = [visible(fracture, self.wall, self.fold, boundaries) for fracture in fractures]
        level = self.clarity * (1 + 8 / self.tool.columns) * float(self.levels.max())
        for fracture, mask in zip(fractures, seen, strict=True):
            add_fracture(self.rng, self.wall, rock, fracture, mask, self.tool.spot_m, level)
        return seen

    def _truth(self, beds: Beds | None, fractures: list[Fracture], seen: list[Mask], valid: Mask, name: str) -> Picks:
        """The planes that an interpreter would pick."""
        parts = []
        if beds:
            planes = _tilted(self.fold, beds)
            parts.append((planes, np.ones((len(planes), self.tool.columns), bool), "bedding"))
        if fractures:
            planes = np.array([(one.depth_m, one.a, one.b) for one in fractures])
            masks = np.array([mask.reshape(self.tool.columns, -1).any(1) for mask in seen])
            parts.append((planes, masks, "fracture"))
        picks = [Picks(well=name)]
        for planes, masks, kind in parts:
            if self.off_axis:
                planes = self.off_axis.drawn(planes, self.radius_m, self.azimuth_deg)
            keep = self._share_seen(planes, masks, valid) >= SEEN_TURN * self.tool.covered(self.diameter_m)
            keep &= (planes[:, 0] >= self.depth_m[0]) & (planes[:, 0] <= self.depth_m[-1])
            dip, azimuth = plane_from_sinusoid(planes[keep, 1], planes[keep, 2])
            picks.append(Picks(planes[keep, 0], dip, azimuth, kind=kind, well=name))
        return Picks.concatenate(picks).sorted()

    def _share_seen(self, planes: Floats, masks: Mask, valid: Mask) -> Floats:
        """The share of the turn over which each of planes (n, 3) falls on valid pixels of the image: (n,)."""
        z = traces(planes * np.array([1.0, self.radius_m, self.radius_m]), self.azimuth_deg)
        row = np.round((z - self.depth_m[0]) / self.tool.row_step_m).astype(int)
        inside = (row >= 0) & (row < len(valid))
        touched = valid[np.clip(row, 0, len(valid) - 1), np.arange(valid.shape[1])]
        return np.asarray((masks & inside & touched).mean(1))


def _tilted(fold: Fold, beds: Beds) -> Floats:
    """The beds that are picked as (depth_m, a, b), (n, 3)."""
    depth = beds.picked_m
    return np.stack([depth, *fold.tilt(depth)], axis=1)
