"""What whole processes of the command line cost, start-up included: seconds, processors' seconds and memory."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from geobfdt.experiments.bench.memory import peak_gb
from geobfdt.experiments.bench.reading import write_csv
from geobfdt.experiments.bench.speed import DRAWN_M, ROUNDS, TOOL, long_log
from geobfdt.experiments.wells.well import bench_well
from geobfdt.formats import write
from geobfdt.windows.grid import FIXED_DIAMETER_M

CSV_COLUMNS, CSV_EVERY = 56, 3
"""Columns of the log that is read from a CSV, and of the rows of the other every how many-th it has: the sectors and
steps of a log while drilling, 7.62 mm apart."""
LONG_M = 1000.0
"""Longer logs are picked once."""
SPINNING = {"GOMP_SPINCOUNT": "300000"}
"""How threads of OpenMP wait where nobody says otherwise."""
_HOLE = ("--hole-diameter", f"{FIXED_DIAMETER_M}", "--reference", "north")
_BUSY = "while True: pass"


@dataclass(frozen=True)
class ProcessCost:
    """A whole process, start-up included.

    seconds      the clock's, median over runs
    cpu_seconds  of all processors together, median over runs; 0 where the system does not say
    memory_gb    the largest of all runs
    """

    what: str
    runs: int
    seconds: float
    cpu_seconds: float
    memory_gb: float


def process_costs(lengths_m: Sequence[float], runs: int = ROUNDS) -> list[ProcessCost]:
    """Help, scoring, weights ready, and picking logs of some lengths in metres; those of the shortest log but one also
    beside a busy program a core, with threads that wait as they do and with threads that spin.
    """
    geobfdt = [sys.executable, "-m", "geobfdt"]
    ready = [sys.executable, "-c", "from geobfdt.prediction.engine import engine_of; engine_of()"]
    with tempfile.TemporaryDirectory() as folder:
        picks = Path(folder, "picks.csv")
        write(bench_well(TOOL, "mixed", DRAWN_M, 0).picks, picks)
        costs = [
            _cost("geobfdt --help", [*geobfdt, "--help"], runs),
            _cost("geobfdt score", [*geobfdt, "score", str(picks), str(picks), *_HOLE[:2]], runs),
            _cost("weights loaded, ready to predict", ready, runs),
        ]
        for metres in lengths_m:
            logs = _written(metres, Path(folder))
            for form, log in logs.items():
                predict = [*geobfdt, "predict", *log, "-o", str(Path(folder, "out")), "--again", "--overwrite"]
                what = f"geobfdt predict, {metres:g} m, {form}"
                # Minutes even out what seconds do not.
                costs.append(_cost(what, predict, runs if metres <= LONG_M else 1))
            if metres == sorted(lengths_m)[min(1, len(lengths_m) - 1)]:
                with _busy():
                    costs.append(_cost(f"{what}, beside a busy program a core", predict, runs))
                    costs.append(_cost(f"{what}, beside them, threads spinning", predict, runs, SPINNING))
        return costs


def _written(metres: float, folder: Path) -> dict[str, list[str]]:
    """Two files of a log, by what they are: each with what has to be said of it."""
    log = long_log(metres)
    image, table = folder / "well.npy", folder / "well.csv"
    np.save(image, log.image)
    columns = np.round((np.arange(CSV_COLUMNS) + 0.5) / CSV_COLUMNS * log.columns - 0.5).astype(int)
    write_csv(replace(log, image=log.image[::CSV_EVERY][:, columns], depth_m=log.depth_m[::CSV_EVERY]), table)
    depths = ["--top", f"{log.top_m}", "--bottom", f"{log.base_m}"]
    return {
        f"CSV of {CSV_COLUMNS} columns": [str(table), *_HOLE],
        f".npy of {log.columns} columns": [str(image), *depths, *_HOLE],
    }


@contextlib.contextmanager
def _busy() -> Iterator[None]:
    """As many programs as there are cores compute beside what is measured."""
    programs = [subprocess.Popen([sys.executable, "-c", _BUSY]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


def _cost(what: str, command: Sequence[str], runs: int, said: Mapping[str, str] | None = None) -> ProcessCost:
    seconds, cpu_seconds, memory = [], [], []
    for _ in range(runs):
        start, before = time.perf_counter(), _cpu_seconds()
        process = subprocess.Popen(
            command, env={**os.environ, **(said or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        memory.append(0.0)
        while process.poll() is None:
            memory[-1] = max(memory[-1], peak_gb(process.pid))
            time.sleep(0.01)
        seconds.append(time.perf_counter() - start)
        cpu_seconds.append(_cpu_seconds() - before)
        if process.returncode:
            raise RuntimeError(f"{what}: exit status {process.returncode}")
    return ProcessCost(what, runs, statistics.median(seconds), statistics.median(cpu_seconds), max(memory))


def _cpu_seconds() -> float:
    """Of all processes that this one has started and that have ended."""
    times = os.times()
    return times.children_user + times.children_system
