"""Benchmarks: wells that anyone draws again by one command, for figures on the same wells.

Their recipe is fixed for good under its name, and so is the digest of the planes in it. They are the wells of
``geobfdt bench``, whose figures for the bundled weights stand in the model card; training sees none of them.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from geobfdt.borehole.well import Well
from geobfdt.errors import InputWarning
from geobfdt.experiments.wells.well import bench_well

DEPTH_STEP_M, ANGLE_STEP_DEG = 1e-3, 0.1
"""What planes are rounded to in a digest: the last bits of a sine are a processor's own."""


@dataclass(frozen=True)
class Benchmark:
    """A recipe of wells, and what it must come to.

    cases, tools  of :func:`~geobfdt.experiments.wells.well.bench_well`: a well of each case for every tool
    length_m      metres of each
    seed          of all of them
    planes        SHA-256 of what :func:`planes_digest` takes of the truth, on any machine
    """

    cases: tuple[str, ...]
    tools: tuple[str, ...]
    length_m: float
    seed: int
    planes: str

    def __len__(self) -> int:
        return len(self.cases) * len(self.tools)

    def draw(self) -> Iterator[Well]:
        """The wells one by one, with exact truth, in the split "test"; tool by tool, and case by case of each."""
        for tool in self.tools:
            for case in self.cases:
                yield bench_well(tool, case, self.length_m, self.seed)

    def check(self, wells: Sequence[Well]) -> None:
        """Warn (:class:`InputWarning`) where wells are not those of this benchmark, by their planes."""
        found = planes_digest(wells)
        if found != self.planes:
            warnings.warn(
                f"the planes of these wells have the digest {found[:12]}, those of the benchmark {self.planes[:12]}: "
                f"numpy {np.__version__} draws other wells, and figures on them cannot be set beside others'; draw "
                "them with the numpy that docs/benchmark.md names",
                InputWarning,
                stacklevel=2,
            )


BENCHMARKS = {
    "v1": Benchmark(
        cases=("bedding", "fracture", "mixed", "dense", "crossing", "partial", "gaps", "rough_speed", "barren"),
        tools=(
            "microresistivity_8_pads",
            "microresistivity_4_pads",
            "slim_microresistivity",
            "acoustic_televiewer",
            "optical_televiewer",
            "lwd_56_sectors",
            "lwd_16_sectors",
        ),
        length_m=8.0,
        seed=2026,
        planes="cb00a09716793331822c0fdad8fe523ef830ec92a83ee93517a826e7c7f0011d",
    ),
}
"""By name. A recipe that is out is never changed; another one gets another name."""


def planes_digest(wells: Sequence[Well]) -> str:
    """SHA-256 of the planes of wells, in hexadecimal: of each its name, kinds, depths to a millimetre, and dips and
    azimuths, as the two components of a vector, to a tenth of a degree.
    """
    found = hashlib.sha256()
    for well in wells:
        picks = well.picks.sorted()
        turn = np.radians(picks.azimuth_deg)
        angles = np.stack([picks.dip_deg * np.cos(turn), picks.dip_deg * np.sin(turn)]) / ANGLE_STEP_DEG
        found.update(well.log.well.encode())
        found.update(",".join(np.asarray(picks.kind).tolist()).encode())
        for values in (picks.depth_m / DEPTH_STEP_M, angles):
            found.update(np.floor(values + 0.5).astype("<i8").tobytes())
    return found.hexdigest()


def images_digest(wells: Sequence[Well]) -> str:
    """SHA-256 of images and depths of wells, bit by bit, in hexadecimal: equal on machines alike, with the same numpy
    and scipy.
    """
    found = hashlib.sha256()
    for well in wells:
        found.update(np.ascontiguousarray(well.log.image, "<f4").tobytes())
        found.update(np.ascontiguousarray(well.log.depth_m, "<f8").tobytes())
    return found.hexdigest()
