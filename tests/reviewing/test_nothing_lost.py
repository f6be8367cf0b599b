"""A server that is killed at any moment has lost no edit that it had answered, and half an edit is none."""

from __future__ import annotations

import threading
import time
from http.client import HTTPException
from pathlib import Path

import numpy as np
import pytest

from geobfdt import formats
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.formats.corpus import write_corpus
from tests.reviewing.serving import Server, serving

KILLS = 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    log = ImageLog(np.random.default_rng(0).normal(size=(800, 36)), 500 + 0.005 * np.arange(800), 0.2159, well="A")
    depth_m = np.linspace(500.2, 503.8, 40)
    picks = Picks(depth_m, np.full(40, 20.0), np.linspace(0, 350, 40), kind="fracture", confidence=0.5, well="A")
    write_corpus(tmp_path / "a.h5", [Well(log, picks)])
    formats.write(picks, tmp_path / "p.csv")
    return tmp_path


def edit_until_it_dies(server: Server, first: int, answered: dict[int, float]) -> None:
    """Move one pick after the other, and write down what was answered."""
    for number in range(first, first + 10_000):
        depth_m = 500.2 + 1e-4 * number
        try:
            server.post("/api/edit", {"do": "set", "ids": [number % 40], "values": {"depth_m": depth_m}})
        except (OSError, HTTPException):  # killed
            return
        answered[number] = depth_m


@pytest.mark.slow
def test_edits_survive_kills_at_random_moments(folder: Path) -> None:
    random = np.random.default_rng(0)
    answered: dict[int, float] = {}
    for _ in range(KILLS):
        with serving(folder, "a.h5", "--picks", "p.csv", "-o", "a", fork=True) as server:
            check(server, answered)
            first = max(answered, default=-1) + 1
            asking = threading.Thread(target=edit_until_it_dies, args=(server, first, answered))
            asking.start()
            while first not in answered and asking.is_alive():  # on a busy disk an answer takes its time
                time.sleep(0.001)
            asking.join(timeout=float(random.uniform(0.0, 0.25)))
            server.kill()
            asking.join()
            assert first in answered
    assert len(answered) > KILLS
    with serving(folder, "a.h5", "--picks", "p.csv", "-o", "a") as server:
        check(server, answered)
        assert server.stop() == 0


def check(server: Server, answered: dict[int, float]) -> None:
    """Every pick lies where the last answered edit put it, or where the one did that was under way at the kill."""
    rows = {row["id"]: row["depth_m"] for row in server.json("/api/state")["rows"]}
    last = {number % 40: (number, depth_m) for number, depth_m in sorted(answered.items())}
    following = max(answered, default=-1) + 1
    for pick, (_, depth_m) in last.items():
        assert rows[pick] == depth_m or (pick == following % 40 and rows[pick] == 500.2 + 1e-4 * following)
