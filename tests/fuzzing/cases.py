"""A case is a reader and a number: the same damaged file every time, and what is known about how it must read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from tests.fuzzing import mutators, seeds
from tests.fuzzing.containers import MUTATORS
from tests.fuzzing.seeds import DEPTHS, SECTORS

LONG_BYTES = 10_000_000
METRES_PER = {
    "m": 1.0,
    "M": 1.0,
    "ft": 0.3048,
    "FEET": 0.3048,
    "0.1 in": 0.00254,
    "in": 0.0254,
    "cm": 0.01,
    "mm": 0.001,
}
"""Worked out here a second time, to check the product's own table."""
NO_UNITS = ("furlong", "deg", "kg", "s", "mft", "m/s", "ftm", "%")
SUFFIXES = {
    "dlis": ".dlis",
    "las image": ".las",
    "las picks": ".las",
    "csv matrix": ".csv",
    "csv flattened": ".csv",
    "csv picks": ".csv",
    "json picks": ".json",
    "csv survey": ".csv",
    "las survey": ".las",
    "csv intervals": ".csv",
    "las intervals": ".las",
    "kind map": ".csv",
    "png": ".png",
    "tiff": ".tif",
    "jpeg": ".jpg",
    "bmp": ".bmp",
    "npy": ".npy",
    "corpus": ".h5",
    "config": ".yaml",
    "settings": ".yaml",
    "weights": ".safetensors",
    "checkpoint": ".pt",
}
TEXT = tuple(reader for reader, suffix in SUFFIXES.items() if suffix in (".las", ".csv", ".json", ".yaml"))


@dataclass(frozen=True)
class Case:
    """A damaged file.

    what       the damages, in words
    prefix_of  the seed that this is the beginning of, where it was cut and nothing else: it may lack rows, and no more
    depth_m    depths of every row when read, where only their unit was changed
    refused    whether the file must not read: a unit of depth that is none
    """

    reader: str
    number: int
    data: bytes
    what: str
    prefix_of: bytes | None = None
    depth_m: NDArray[np.float64] | None = None
    refused: bool = False

    @property
    def file_name(self) -> str:
        return f"{self.reader.replace(' ', '_')}-{self.number}{SUFFIXES[self.reader]}"


def case(reader: str, number: int, long_bytes: int = LONG_BYTES) -> Case:
    """The damaged file of that number; ``long_bytes`` is the length of its longest lines."""
    rng = Random(f"{reader}/{number}")
    if reader in _UNIT_SEEDS and rng.random() < 0.1:
        return _other_unit(reader, number, rng)
    data = seed = rng.choice(seeds.seeds(reader))
    generic = mutators.TEXT if reader in TEXT else mutators.BINARY
    own = MUTATORS.get(reader, ())
    others = seeds.seeds(rng.choice(TEXT if reader in TEXT else ("png", "npy", "tiff", "csv matrix", reader)))
    # Now and then as long as it gets; the shorter ones find the same in less time.
    long_bytes = rng.choice((long_bytes // 1000, long_bytes // 30, long_bytes // 30, long_bytes))
    names = []
    chosen = [rng.choice((*generic, *own)) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
    # What needs a container's library goes first: on a file that is already damaged it may never return.
    for mutator in sorted(chosen, key=lambda mutator: mutator not in own):
        names.append(mutator.__name__)
        if data:
            data = mutator(data, rng, others, long_bytes)
    return Case(reader, number, data, ", ".join(names), prefix_of=seed if names == ["truncate"] else None)


_FLAT = np.repeat(DEPTHS, SECTORS)
_PICKED = 1000.0 + np.arange(8)
_STATIONS = 30.5 * np.arange(10)
_UNIT_SEEDS = {
    "las image": (lambda unit: seeds.las_image(f"DEPT.{unit}"), DEPTHS),
    "las picks": (lambda unit: seeds.las_picks(f"DEPT.{unit}"), _PICKED),
    "csv matrix": (lambda unit: seeds.matrix("DEPTH", units=unit), DEPTHS),
    "csv flattened": (seeds.flattened, DEPTHS),
    "json picks": (seeds.json_picks, _PICKED),
    "csv survey": (lambda unit: seeds.survey(f"MD ({unit})"), _STATIONS),
    "las survey": (lambda unit: seeds.survey_las(f"DEPT.{unit}"), _STATIONS),
    "csv intervals": (seeds.intervals, 1000.0 + np.arange(8)),
    "dlis": (None, DEPTHS),
}
"""How a seed is written with another unit of depth, and its depths in that unit."""


def _other_unit(reader: str, number: int, rng: Random) -> Case:
    """A whole file in which nothing but the unit of depth differs."""
    write, raw = _UNIT_SEEDS[reader]
    if write is None:
        # The unit of depth in feet, overwritten by one of as many letters.
        unit = rng.choice(("in", "cm", "mm", "ft", "xx", "fx", "  ", "\xff\xfe", "s ", "M "))
        data = seeds.seeds("dlis")[1].replace(b"\x02ft", b"\x02" + unit.encode("latin-1"))
    else:
        unit = rng.choice((*METRES_PER, *NO_UNITS, ""))
        data = write(unit).encode()
        if not unit and reader.startswith("las"):
            data = re.sub(rb"(STRT|STOP|STEP)\.M", rb"\1.", data)
    factor = METRES_PER.get(unit.strip())
    what = f"unit {unit!r}"
    if factor is None:
        return Case(reader, number, data, what, refused=True)
    return Case(reader, number, data, what, depth_m=raw * factor)
