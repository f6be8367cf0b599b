"""How fast files are read, against the bare library that reads the same file."""

from __future__ import annotations

import importlib
import importlib.util
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.well import Well
from geobfdt.experiments.bench.speed import ROUNDS, in_turns, long_log
from geobfdt.formats import read
from geobfdt.formats.corpus import write_corpus
from geobfdt.windows.grid import FIXED_DIAMETER_M


@dataclass(frozen=True)
class ReadingSpeed:
    """Reading an image log of ``metres`` in an 8.5 in hole, 360 columns every 2.54 mm.

    share  how fast geobfdt reads it to an ImageLog of how fast the library reads its numbers, the median over rounds
    """

    file: str
    library: str
    metres: float
    share: float


_Writer = Callable[[ImageLog, Path], tuple[Path, Callable[[], None]]]


def reading_speeds(metres: float) -> list[ReadingSpeed]:
    """Reading a CSV, a corpus and, where dliswriter is installed to write one, a DLIS."""
    log = long_log(metres)
    kinds: dict[str, tuple[_Writer, str]] = {"CSV": (_csv, "pandas"), "corpus": (_corpus, "h5py")}
    if importlib.util.find_spec("dliswriter"):
        kinds["DLIS"] = (_dlis, "dlisio")
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for file, (write, library) in kinds.items():
            path, bare = write(log, Path(folder))

            def ours(path: Path = path) -> None:
                read(path, hole_diameter_m=FIXED_DIAMETER_M, reference="north").image[:]

            bare_s, ours_s = in_turns([bare, ours], torch.device("cpu"), ROUNDS)
            shares = [one / other for one, other in zip(bare_s, ours_s, strict=True)]
            found.append(ReadingSpeed(file, library, metres, statistics.median(shares)))
    return found


def write_csv(log: ImageLog, path: Path) -> None:
    """A log as a table: depths, then the columns of its image."""
    header = ",".join(["DEPTH_m", *(f"IMG[{column}]" for column in range(log.columns))])
    table = np.column_stack([log.depth_m, log.image])
    np.savetxt(path, table, ["%.5f", *["%.5g"] * log.columns], ",", header=header, comments="")


def _csv(log: ImageLog, folder: Path) -> tuple[Path, Callable[[], None]]:
    path = folder / "log.csv"
    write_csv(log, path)

    def bare() -> None:
        pd.read_csv(path).to_numpy()

    return path, bare


def _corpus(log: ImageLog, folder: Path) -> tuple[Path, Callable[[], None]]:
    import h5py

    path = folder / "log.h5"
    write_corpus(path, [Well(log)])

    def bare() -> None:
        with h5py.File(path) as file:
            _ = [file["wells/0000"][name][()] for name in ("image", "depth_m")]

    return path, bare


def _dlis(log: ImageLog, folder: Path) -> tuple[Path, Callable[[], None]]:
    from dlisio import dlis

    # Of an extra: only those who write DLIS have it.
    dliswriter = importlib.import_module("dliswriter")

    path = folder / "log.dlis"
    disk = dliswriter.DLISFile()
    logical = disk.add_logical_file()
    logical.add_origin("ORIGIN", well_name=log.well)
    depth = logical.add_channel("TDEP", data=log.depth_m, units="m")
    image = logical.add_channel("IMAGE", data=np.ascontiguousarray(log.image))
    logical.add_frame("FRAME", channels=[depth, image], index_type=dliswriter.enums.FrameIndexType.BOREHOLE_DEPTH)
    disk.write(str(path), output_chunk_size=2**20)

    def bare() -> None:
        with dlis.load(str(path)) as (first, *_):
            first.frames[0].curves()

    return path, bare
