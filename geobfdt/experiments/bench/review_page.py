"""What the review page of a long log costs: until it is there, a tile at every level, and memory."""

from __future__ import annotations

import http.cookiejar
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from json import loads
from pathlib import Path

import numpy as np

from geobfdt.borehole.picks import Picks
from geobfdt.experiments.bench.memory import peak_gb
from geobfdt.formats import write

COLUMNS, ROWS_PER_M = 180, 256
"""Of the log: as many sectors as a televiewer of few has, and 1.3 million rows in 5 km."""
PICKS_PER_M = 3
TILES_A_LEVEL = 5
_TOP_M, _HOLE_M = 1000.0, 0.2159
_LONGEST_WAIT_S = 600.0


@dataclass(frozen=True)
class ReviewCost:
    """A review page of a log of ``metres``; processors' seconds are of all threads of the server.

    ready_s       from the command to the printed address, start-up included
    first_tile_s  from asking for the first tile to having it
    tile_cpu_s    processors' seconds of the dearest tile of any look and level, once the coarse levels are averaged
    memory_gb     at most
    """

    metres: float
    ready_s: float
    first_tile_s: float
    tile_cpu_s: float
    memory_gb: float


def review_cost(metres: float) -> ReviewCost:
    """Serve a log as long as that, and ask for a few tiles of every level, as far apart as the level lets them be."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_log(folder, metres)
        start = time.perf_counter()
        with (folder / "told").open("wb") as told:
            process = subprocess.Popen(_command(folder, metres), stdout=told, stderr=told, stdin=subprocess.DEVNULL)
        try:
            address = _address(folder / "told", process)
            ready_s = time.perf_counter() - start
            first_s, dearest_s = _tiles(address, process.pid)
            return ReviewCost(metres, ready_s, first_s, dearest_s, peak_gb(process.pid))
        finally:
            process.kill()
            process.wait()


def _write_log(folder: Path, metres: float) -> None:
    rows = round(metres * ROWS_PER_M)
    random = np.random.default_rng(0)
    tile = random.integers(0, 256, (4096, COLUMNS), np.uint8)
    image = np.lib.format.open_memmap(folder / "well.npy", "w+", np.uint8, (rows, COLUMNS))
    for row in range(0, rows, len(tile)):
        image[row : row + len(tile)] = tile[: rows - row]
    image.flush()
    count = round(metres * PICKS_PER_M)
    depth_m = np.linspace(_TOP_M + 0.5, _TOP_M + metres - 0.5, count)
    dips, azimuths, confidence = (random.uniform(0, most, count) for most in (60, 359, 1))
    write(Picks(depth_m, dips, azimuths, kind="fracture", confidence=confidence), folder / "picks.csv")


def _command(folder: Path, metres: float) -> list[str]:
    log = [str(folder / "well.npy"), "--top", f"{_TOP_M}", "--bottom", f"{_TOP_M + metres - 1 / ROWS_PER_M}"]
    hole = ["--hole-diameter", f"{_HOLE_M}", "--reference", "north"]
    picks = ["--picks", str(folder / "picks.csv"), "-o", str(folder / "out"), "--no-open"]
    return [sys.executable, "-m", "geobfdt", "review", *log, *hole, *picks]


def _address(told: Path, process: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + _LONGEST_WAIT_S
    while time.monotonic() < end and process.poll() is None:
        if found := re.search(r"http://\S+(?=\s)", told.read_text(errors="replace")):
            return found[0]
        time.sleep(0.01)
    raise RuntimeError(f"geobfdt review gave no address: {told.read_text(errors='replace')}")


def _tiles(address: str, pid: int) -> tuple[float, float]:
    """Seconds until the first tile, and the processors' seconds of the dearest one."""
    asked = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    asked.open(address).read()
    root = address.partition("/?")[0]
    state = loads(asked.open(f"{root}/api/state").read())
    tiles, metres = state["tiles"], state["log"]["base_m"] - state["log"]["top_m"]
    start = time.perf_counter()
    asked.open(f"{root}/api/tiles/static/0/0.png").read()
    first_s = time.perf_counter() - start
    _settled(pid)
    dearest_s = 0.0
    for level in range(tiles["levels"]):
        last = int(metres / (tiles["rows"] * tiles["step_m"] * 2**level))
        for look in state["log"]["looks"]:
            for index in np.unique(np.linspace(0, last, TILES_A_LEVEL, dtype=int)):
                before = _cpu_s(pid)
                asked.open(f"{root}/api/tiles/{look}/{level}/{index}.png").read()
                dearest_s = max(dearest_s, _cpu_s(pid) - before)
    return first_s, dearest_s


def _settled(pid: int) -> None:
    """Wait until the server has nothing left to do in the background."""
    end = time.monotonic() + _LONGEST_WAIT_S
    while time.monotonic() < end:
        before = _cpu_s(pid)
        time.sleep(0.5)
        if _cpu_s(pid) - before < 0.02:
            return


def _cpu_s(pid: int) -> float:
    """Processors' seconds of a process so far; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / float(os.sysconf("SC_CLK_TCK"))
