"""What one well costs one worker, measured on this machine."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from geobfdt import formats
from geobfdt.borehole.well import Well
from geobfdt.experiments.bench.speed import ROUNDS, long_log
from geobfdt.experiments.bench.workers import WellCost, hand_out_s
from geobfdt.formats.corpus import write_corpus
from geobfdt.formats.las_writer import write_curve
from geobfdt.prediction.detect import detect
from geobfdt.prediction.engine import Engine
from geobfdt.workers.processors import threads

READY = "import sys; from geobfdt.prediction import detect, engine; engine.engine_of(None, sys.argv[1])"


def well_cost(engine: Engine, metres: float, rounds: int = ROUNDS) -> WellCost:
    """What a well of some metres costs a worker on this machine, as busy as it is; medians over rounds."""
    # One thread that waits for nobody costs what the processor gives it, whoever else is there.
    alone = threads() == 1 and not engine.ahead
    clock = _processor_s if alone else time.perf_counter
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        well = folder / "well.h5"
        write_corpus(well, [Well(long_log(metres))])
        seconds = [_seconds_of(well, engine, clock) for _ in range(rounds + 1)][1:]  # the first fills caches
        read_s, pick_s, write_s = map(statistics.median, zip(*seconds, strict=True))
        return WellCost(
            metres=metres,
            engine=f"{engine.name} on {'a card' if engine.ahead else 'the CPU'}",
            threads=threads(),
            clock="processor seconds" if alone else "seconds",
            start_s=statistics.median(_start_s(engine.name, clock) for _ in range(rounds)),
            read_s=read_s,
            pick_s=pick_s,
            write_s=write_s,
            hand_out_s=hand_out_s(),
            bytes_in=well.stat().st_size,
            bytes_out=sum(path.stat().st_size for path in folder.iterdir() if path != well),
        )


def _seconds_of(well: Path, engine: Engine, clock: Callable[[], float]) -> tuple[float, float, float]:
    """Of reading a well, picking it, and writing its three files beside it."""
    moments = [clock()]
    log = formats.read(well)
    moments.append(clock())
    prediction = detect(log, engine)
    moments.append(clock())
    for suffix in (".csv", ".las"):
        formats.write(prediction.picks, well.with_suffix(f".picks{suffix}"), parameters={})
    curve = well.with_suffix(".score.las")
    write_curve(curve, prediction.depth_m, prediction.score, "SCORE", description="Score of the surest plane")
    moments.append(clock())
    read_s, pick_s, write_s = (after - before for before, after in pairwise(moments))
    return read_s, pick_s, write_s


def _processor_s() -> float:
    """Of this process and those that it has waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _start_s(engine: str, clock: Callable[[], float]) -> float:
    start = clock()
    subprocess.run([sys.executable, "-c", READY, engine], check=True)
    return clock() - start
