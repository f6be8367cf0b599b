"""What detection and training cost on this machine, as ratios taken within a run.

A machine that does other work as well slows everything at once, so what is compared is timed in turns.
"""

from __future__ import annotations

import copy
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from torch.profiler import ProfilerActivity
from torch.utils.flop_counter import FlopCounterMode

from geobfdt.borehole.image_log import ImageLog
from geobfdt.experiments.wells.well import bench_well
from geobfdt.model.checkpoint import Weights
from geobfdt.model.device import computing_in, precision_of
from geobfdt.prediction.by_torch import BATCH, CUDA_BATCH, for_prediction
from geobfdt.prediction.detect import detect
from geobfdt.training.config import TrainConfig
from geobfdt.training.loop import optimizer_of
from geobfdt.training.losses import detection_losses
from geobfdt.training.sources import SyntheticWindows
from geobfdt.windows.cut import cut
from geobfdt.windows.grid import FIXED_DIAMETER_M, as_cut

TOOL = "microresistivity_8_pads"
DRAWN_M = 5.0
"""Metres of well that are drawn; longer logs repeat them, which costs a detector as much as fresh rock."""
ROUNDS = 3


@dataclass(frozen=True)
class _Rate:
    """What both have: a device, a precision, and how much of what it multiplies matrices at a detector makes use of.

    gflop        billions of multiplications and additions a window, in convolutions and products of matrices
    peak_gflops  billions of them a second in one large product of matrices, the median of some in the same run
    """

    device: str
    precision: str
    windows_per_s: float
    gflop: float
    peak_gflops: float

    @property
    def share_of_peak(self) -> float:
        return self.windows_per_s * self.gflop / self.peak_gflops


@dataclass(frozen=True)
class PredictionSpeed(_Rate):
    """Prediction after start-up, in an 8.5 in hole imaged at 360 columns x 2.54 mm; medians of rounds.

    windows_per_s  of the bare forward passes
    over_forward   time from log to picks over that of the bare forward passes, within each round
    """

    metres: float
    metres_per_s: float
    over_forward: float


@dataclass(frozen=True)
class TrainingSpeed(_Rate):
    """A training step of ``windows`` windows, medians over steps; seconds by stage, in the order they run."""

    windows: int
    stages_s: dict[str, float]

    def share(self, stage: str) -> float:
        return self.stages_s[stage] / sum(self.stages_s.values())


def long_log(metres: float) -> ImageLog:
    """A log of 360 columns in an 8.5 in hole, as long as asked."""
    log = bench_well(TOOL, "mixed", DRAWN_M, 0).log
    rows = round(metres / log.row_step_m)
    image = np.tile(log.image, (-(-rows // log.rows), 1))[:rows]
    depth_m = np.asarray(log.top_m + np.arange(rows) * log.row_step_m, np.float64)
    return replace(log, image=image, depth_m=depth_m, hole_diameter_m=FIXED_DIAMETER_M)


def prediction_speed(weights: Weights, device: torch.device, metres: float) -> PredictionSpeed:
    log = long_log(metres)
    precision = precision_of("auto", device)
    detector = for_prediction(weights.gives_planes(), device)
    model = detector.config
    batches = [torch.from_numpy(part.windows) for part in cut(as_cut(log, model.window), _at_once(device), model.image)]

    @torch.inference_mode()
    def forward() -> None:
        for windows in batches:
            with computing_in(precision, device):
                detector(windows.to(device)).scores.cpu()

    def whole() -> None:
        detect(log, weights, device=device)

    forward_s, whole_s = in_turns([forward, whole], device, ROUNDS)
    return PredictionSpeed(
        device=_name(device),
        precision=str(precision).removeprefix("torch."),
        windows_per_s=sum(map(len, batches)) / statistics.median(forward_s),
        gflop=_gflop(lambda: detector(batches[0][:1].to(device)), device, precision),
        peak_gflops=peak_gflops(device, precision),
        metres=metres,
        metres_per_s=metres / statistics.median(whole_s),
        over_forward=statistics.median(w / f for f, w in zip(forward_s, whole_s, strict=True)),
    )


class _Steps:
    """Steps of a training run of some weights' own model, which itself does not change; a mark after every stage."""

    STAGES = ("generation", "forward", "matching and losses", "backward", "update")

    def __init__(self, weights: Weights, device: torch.device) -> None:
        self.config, self.device = TrainConfig(model=weights.gives_planes().config, batch=_at_once(device)), device
        self.precision = precision_of(self.config.precision, device)
        self.source = SyntheticWindows(self.config, device)
        self.detector = copy.deepcopy(weights.gives_planes()).to(device).train()
        self.optimizer = optimizer_of(self.detector, self.config)

    def step(self, number: int) -> list[float]:
        """Seconds of each stage."""
        device, config = self.device, self.config
        marks = [_now(device)]
        batch = self.source.batch(0, number)
        marks.append(_now(device))
        with computing_in(self.precision, device):
            detections = self.detector(batch.windows)
        marks.append(_now(device))
        losses = detection_losses(detections, batch, config.loss)
        marks.append(_now(device))
        losses.total.backward()  # type: ignore[no-untyped-call]
        marks.append(_now(device))
        torch.nn.utils.clip_grad_norm_(self.detector.parameters(), config.clip_norm)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        marks.append(_now(device))
        return [after - before for before, after in pairwise(marks)]


def training_speed(weights: Weights, device: torch.device, steps: int) -> TrainingSpeed:
    """Time a few training steps stage by stage."""
    run = _Steps(weights, device)
    times = [run.step(number) for number in range(steps + 2)][2:]  # the first ones fill caches
    return TrainingSpeed(
        device=_name(device),
        precision=str(run.precision).removeprefix("torch."),
        windows_per_s=run.config.batch / statistics.median(map(sum, times)),
        gflop=_gflop(lambda: run.step(0), device, run.precision) / run.config.batch,
        peak_gflops=peak_gflops(device, run.precision),
        windows=run.config.batch,
        stages_s=dict(zip(run.STAGES, map(statistics.median, zip(*times, strict=True)), strict=True)),
    )


def _gflop(work: Callable[[], object], device: torch.device, precision: torch.dtype) -> float:
    """Billions of multiplications and additions in the convolutions and products of matrices of some work."""
    with FlopCounterMode(display=False) as counter, computing_in(precision, device):
        work()
    return float(counter.get_total_flops() / 1e9)


def peak_gflops(device: torch.device, precision: torch.dtype, rounds: int = 9) -> float:
    """What this device gets out of large square products of matrices: GFLOP/s, the median of some."""
    size = 8192 if device.type == "cuda" else 1024
    one, other = (torch.randn(size, size, device=device, dtype=precision) for _ in range(2))

    def multiply() -> None:
        _ = one @ other

    (seconds,) = in_turns([multiply], device, rounds)
    return float(2 * size**3 / statistics.median(seconds) / 1e9)


def profiles(weights: Weights, device: torch.device, rows: int = 25) -> str:
    """Where the time of training steps and of prediction goes, operator by operator, as torch's profiler sees it."""
    run, log = _Steps(weights, device), long_log(10.0)

    def work(name: str) -> None:
        for number in range(3):
            run.step(number) if name == "training" else detect(log, weights, device=device)

    activities = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if device.type == "cuda" else [])]
    order = "self_cuda_time_total" if device.type == "cuda" else "self_cpu_time_total"
    tables = []
    for name in ("training", "prediction"):
        work(name)  # the first round fills caches
        with torch.profiler.profile(activities=activities) as profile:
            work(name)
        tables.append(f"{name}\n{profile.key_averages().table(sort_by=order, row_limit=rows)}")
    return "\n\n".join(tables)


def in_turns(works: Sequence[Callable[[], None]], device: torch.device, rounds: int) -> list[list[float]]:
    """Seconds of each work in each round, after one round that does not count."""
    seconds: list[list[float]] = [[] for _ in works]
    for turn in range(rounds + 1):
        for work, found in zip(works, seconds, strict=True):
            start = _now(device)
            work()
            if turn:
                found.append(_now(device) - start)
    return seconds


def _now(device: torch.device) -> float:
    """Seconds, once the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def _at_once(device: torch.device) -> int:
    return CUDA_BATCH if device.type == "cuda" else BATCH


def _name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU, {torch.get_num_threads()} threads"
