"""What scoring costs, by the number of picks: time must grow with it, not with its square.

Nothing here imports torch, whose memory is several times that of the picks.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from geobfdt.borehole.picks import KINDS, Picks
from geobfdt.eval import score
from geobfdt.experiments.bench.memory import peak_gb

HOLE_M = 0.2159
PER_M = 5.0
"""Planes a metre: many for a fractured rock, few for thin beds."""


@dataclass(frozen=True)
class ScoringSpeed:
    """Scoring as many picks against as many, all criteria and tolerances and the chance level: seconds, without the
    start of a process, and the largest memory of the process in GB, the two tables included.
    """

    picks: int
    seconds: float
    memory_gb: float


def scored_tables(count: int, seed: int = 0) -> tuple[Picks, Picks]:
    """A reference and an estimate of ``count`` picks each: of these 70 per cent are its planes, slightly off."""
    rng = np.random.default_rng(seed)
    depth_m, dip, azimuth = (rng.uniform(0, most, count) for most in (count / PER_M, 80, 360))
    ref = Picks(depth_m, dip, azimuth, rng.choice(KINDS, count))
    near = rng.random(count) < 0.7
    return ref, Picks(
        np.where(near, depth_m + rng.normal(0, 0.03, count), rng.uniform(0, count / PER_M, count)),
        np.clip(dip + rng.normal(0, 3, count), 0, 85),
        (azimuth + rng.normal(0, 8, count)) % 360,
        ref.kind,
    )


def scoring_speeds(counts: Iterable[int]) -> list[ScoringSpeed]:
    """Score tables of ``counts`` picks a side, each in a process of its own, whose memory it is."""
    found = []
    for count in counts:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as fresh:
            found.append(fresh.submit(_timed, count).result())
    return found


def _timed(count: int) -> ScoringSpeed:
    ref, est = scored_tables(count)
    start = time.perf_counter()
    score(ref, est, hole_diameter_m=HOLE_M)
    return ScoringSpeed(count, time.perf_counter() - start, peak_gb(os.getpid()))
