"""What a training run makes of a card: windows a second, launches, and how long the card stands idle."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import torch
from torch.profiler import ProfilerActivity

from geobfdt.model.checkpoint import Weights
from geobfdt.training.ahead import Ahead
from geobfdt.training.config import Compile, LossConfig, TrainConfig
from geobfdt.training.guards import Guards
from geobfdt.training.loop import Trainer
from geobfdt.training.sources import SyntheticWindows

COMPILES: tuple[Compile, ...] = ("off", "kernels", "graphs")
WARM, TIMED, PROFILED = 4, 12, 3
"""Steps that fill caches and are compiled for; that are timed; that are looked at one launch after the other."""


@dataclass(frozen=True)
class CardSpeed:
    """Steps of a run as ``geobfdt train`` takes them, with denoising queries, batches made ahead.

    launches  of kernels and copies, a step
    busy      share of the time in which the card computes or copies anything
    gib       the most memory it held
    """

    batch: int
    compile: Compile
    windows_per_s: float
    launches: float
    busy: float
    gib: float


def card_speeds(
    weights: Weights,
    device: torch.device,
    batches: Sequence[int],
    compiles: Sequence[Compile] = COMPILES,
) -> list[CardSpeed]:
    """Of every size of step, as every mode of the compiler has it."""
    return [_speed(weights, device, batch, compile) for batch, compile in product(batches, compiles)]


def _speed(weights: Weights, device: torch.device, batch: int, compile: Compile) -> CardSpeed:
    model = weights.gives_planes().config
    config = TrainConfig(model=model, batch=batch, compile=compile, loss=LossConfig(denoising=0.5))
    source = SyntheticWindows(config, device)
    cuda = device.type == "cuda"
    if cuda:
        torch.cuda.reset_peak_memory_stats(device)
    with torch.random.fork_rng(), Ahead(source, device, epochs=1) as ahead:
        trainer = Trainer(config, Path(), source, device, Guards(config, Path(), strict=False))
        trainer.network.load_state_dict(weights.network.state_dict())
        trainer.network.train()

        def steps(first: int, count: int) -> float:
            start = time.perf_counter()
            for step in range(first, first + count):
                trainer.train_step(ahead.batch(0, step), step)
            if cuda:
                torch.cuda.synchronize(device)
            return time.perf_counter() - start

        steps(0, WARM)
        seconds = steps(WARM, TIMED)
        with torch.profiler.profile(activities=[ProfilerActivity.CUDA if cuda else ProfilerActivity.CPU]) as profile:
            profiled = steps(WARM + TIMED, PROFILED)
    spans = [e.time_range for e in profile.events() if e.device_type.name == "CUDA"]
    return CardSpeed(
        batch,
        compile,
        batch * TIMED / seconds,
        len(spans) / PROFILED,
        covered((span.start, span.end) for span in spans) / 1e6 / profiled,
        torch.cuda.max_memory_allocated(device) / 2**30 if cuda else 0.0,
    )


def covered(spans: Iterable[tuple[float, float]]) -> float:
    """How long at least one of some spans (start, end) lasts: what streams do at once counts once."""
    total, until = 0.0, -float("inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, until))
        until = max(until, end)
    return total
