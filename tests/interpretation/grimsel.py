"""The structures of fifteen boreholes at the Grimsel Test Site, and what the interpretation makes of them.

Data: Krietsch et al. 2018, doi 10.3929/ethz-b-000243199, from optical televiewer logs and cores; their readme gives
collars, azimuths and upward gradients. Planes have an "Azimuth" and a "Dip", which are taken for true ones: those of
holes that run apart by a right angle have one mean. ``python -m tests.interpretation.grimsel [FOLDER]`` prints the
tables.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from geobfdt import formats
from geobfdt.borehole.geometry import apparent_from_true, plane_from_pole, pole_angle_deg
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import Collar, Survey
from geobfdt.interpretation.bands import estimate
from geobfdt.interpretation.intensity import overall
from geobfdt.interpretation.sets import Sets, find_sets
from geobfdt.interpretation.statistics import FisherMean, fisher_mean, terzaghi_weights

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "grimsel_structures"
HOLES = {"FBS": (1, 2, 3), "GEO": (1, 2, 3, 4), "INJ": (1, 2), "PRP": (1, 2, 3), "SBH": (1, 3, 4)}
OTHERS = ("Foliation", "Quartz", "Biotite Band", "S1 Shear-zone", "S3 Shear-zone", "minor ductile shear-zone")
CROSSINGS_M = {
    "S1.1": {"INJ1": 34.92, "INJ2": 30.99, "FBS1": 31.09, "FBS3": 19.42, "PRP1": 33.04, "PRP2": 30.10, "PRP3": 25.58}
    | {"GEO3": 18.63, "GEO4": 19.52},
    "S3.2": {"INJ1": 32.16, "INJ2": 26.68, "FBS1": 27.83, "FBS3": 33.39, "PRP1": 29.31, "PRP2": 27.43, "PRP3": 19.34}
    | {"SBH4": 23.79},
}
"""Depths at which two shear zones of the publication's model cross its holes: 06_ShearzoneInterpolation/S1_1.txt and
S3_2.txt of the data set."""


@dataclass(frozen=True)
class Hole:
    name: str
    collar: Collar
    length_m: float
    diameter_m: float
    deviation_deg: float
    azimuth_deg: float

    @property
    def survey(self) -> Survey:
        return Survey(np.array([0.0]), np.array([self.deviation_deg]), np.array([self.azimuth_deg]))

    @property
    def log(self) -> ImageLog:
        """A log without anything on it, as long as the hole."""
        depth = np.linspace(0.0, self.length_m, 500)
        return ImageLog(np.zeros((500, 4), np.float32), depth, self.diameter_m, "high_side", well=self.name)

    def picks(self, called: str = "") -> Picks:
        """Its structures: fractures as such, all others unknown, or beds if ``called`` so."""
        kinds = {name: "bedding" if name == called else "unknown" for name in OTHERS}
        true = formats.read_picks(FOLDER / f"{self.name}_structures.txt", kinds=kinds)
        hole = self.deviation_deg, self.azimuth_deg
        dip, azimuth = apparent_from_true(true.dip_deg, true.azimuth_deg, *hole)
        return replace(
            true,
            dip_deg=np.minimum(dip, 89.99),
            azimuth_deg=azimuth % 360,
            true_dip_deg=true.dip_deg,
            true_azimuth_deg=true.azimuth_deg,
            hole_deviation_deg=hole[0],
            hole_azimuth_deg=hole[1],
            well=self.name,
        )


def holes() -> list[Hole]:
    found = []
    for group, numbers in HOLES.items():
        lines = [
            re.split(r"[,\s]+", line.strip()) for line in (FOLDER / f"{group}.txt").read_text().splitlines() if line
        ]
        for number, row in zip(numbers, lines, strict=True):
            x, y, z, length, diameter_mm, azimuth, gradient = map(float, row)
            hole = Hole(f"{group}{number}", Collar(x, y, z), length, diameter_mm / 1000, 90 + gradient, azimuth % 360)
            found.append(hole)
    return found


def all_picks(called: str = "") -> Picks:
    return Picks.concatenate(hole.picks(called) for hole in holes())


def pooled(number: int | None = None) -> Sets:
    """The sets of all fractures of all holes; their spacings mean nothing, as depths are those of many holes."""
    return find_sets(all_picks(), sum(hole.length_m for hole in holes()), number)


def labelled(name: str) -> FisherMean:
    """Mean plane of what the publication itself calls so."""
    some = all_picks(name).of_kind("bedding")
    return fisher_mean(some.true_dip_deg, some.true_azimuth_deg)


def through_crossings(name: str) -> tuple[float, float]:
    """(dip_deg, azimuth_deg) of the plane through the points where a zone of the model crosses the holes: without any
    dip measured on a wall.
    """
    points = []
    for hole in holes():
        if (depth := CROSSINGS_M[name].get(hole.name)) is not None:
            x, y, z = hole.survey.positions([depth], hole.collar)
            points.append([y[0], x[0], -z[0]])
    spread = np.array(points) - np.mean(points, axis=0)
    dip, azimuth = plane_from_pole(np.linalg.svd(spread)[2][-1])
    return float(dip), float(azimuth)


def nearest(found: Sets, name: str) -> list[int]:
    """For every set how many of the planes that the publication calls so lie nearest to its mean pole."""
    some = all_picks(name).of_kind("bedding")
    angles = [
        pole_angle_deg(some.true_dip_deg, some.true_azimuth_deg, one.mean.dip_deg, one.mean.azimuth_deg)
        for one in found.sets
    ]
    return np.bincount(np.argmin(angles, axis=0), minlength=len(found.sets)).tolist()


def _print() -> None:
    found = pooled()
    print(f"{len(found.picks)} fractures in {found.length_m:.1f} m, {found.strays} in no set")
    weights = {cut: terzaghi_weights(found.picks.dip_deg, 90 - cut) for cut in (90, 15, 1)}
    total = {cut: estimate(w, float((w**2).sum() / w.sum())) / found.length_m for cut, w in weights.items()}
    print(f"P10 {total[90]:.2f}, P32 with a cut at 15 degrees {total[15]:.2f}, at 1 degree {total[1]:.2f}")
    for one in found.sets:
        mean = one.mean
        plane = f"{mean.dip_deg:.1f}/{mean.azimuth_deg:.1f}, kappa {mean.kappa:.1f}, cone {mean.alpha95_deg:.1f}"
        print(f"{one.name}: {mean.count}, {one.share:.0%} of the rock's, {plane}, P10 {one.p10:.2f}, P32 {one.p32:.2f}")
    for name in ("S1 Shear-zone", "S3 Shear-zone", "Foliation"):
        mean = labelled(name)
        off = [pole_angle_deg(mean.dip_deg, mean.azimuth_deg, s.mean.dip_deg, s.mean.azimuth_deg) for s in found.sets]
        plane = f"{mean.count}, {mean.dip_deg:.1f}/{mean.azimuth_deg:.1f}, cone {mean.alpha95_deg:.1f}"
        offs = ", ".join(f"{angle:.1f}" for angle in off)
        print(f"{name}: {plane}; off the sets by {offs}; nearest to each: {nearest(found, name)}")
    for name in CROSSINGS_M:
        dip, azimuth = through_crossings(name)
        off = [pole_angle_deg(dip, azimuth, s.mean.dip_deg, s.mean.azimuth_deg) for s in found.sets]
        print(f"{name} through its crossings: {dip:.1f}/{azimuth:.1f}; off by {', '.join(f'{a:.1f}' for a in off)}")
    print("hole, m, fractures, sets by the rule, P10, P21, P32 cut 15, P32 cut 1")
    for hole in holes():
        some = hole.picks().of_kind("fracture")
        total = overall(hole.log, some)
        own = find_sets(some, hole.length_m)
        numbers = "; ".join(f"{total[name]:.2f}" for name in ("P10", "P21", "P32, cut 15°", "P32, cut 1°"))
        planes = ", ".join(f"{s.mean.count} at {s.mean.dip_deg:.0f}/{s.mean.azimuth_deg:.0f}" for s in own.sets)
        print(f"{hole.name}, {hole.length_m:.1f}, {len(some)}, [{planes}], {numbers}")


if __name__ == "__main__":
    FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    _print()
