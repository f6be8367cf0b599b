"""How much the bench does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How much of everything: metres of each of the 63 wells, of the log that is timed, and of those that whole
    processes pick, each so many times; numbers of picks that are scored against as many; windows of a step on a card;
    and metres of the log that is reviewed, and of that which workers are simulated with.
    """

    well_m: float
    timed_m: float
    processes_m: tuple[float, ...]
    training_steps: int
    process_runs: int = 1
    scored: tuple[int, ...] = (1_000, 10_000)
    card_batches: tuple[int, ...] = (256,)
    reviewed_m: float = 100.0
    shared_m: float = 20.0


FULL = Size(
    well_m=8.0,
    timed_m=100.0,
    processes_m=(15.0, 46.0, 200.0, 1000.0, 5000.0),
    training_steps=20,
    process_runs=3,
    scored=(1_000, 10_000, 100_000, 1_000_000),
    card_batches=(128, 256, 512),
    reviewed_m=5000.0,
    shared_m=100.0,
)
QUICK = Size(well_m=1.0, timed_m=10.0, processes_m=(15.0,), training_steps=3)
