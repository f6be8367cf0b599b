"""A run's record for Weights & Biases: figures of every epoch, now and then scores by kind and pictures of windows."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from geobfdt.borehole.image_log import ImageLog
from geobfdt.model.detector import Detector
from geobfdt.model.device import computing_in
from geobfdt.model.network import MaskNet, Network
from geobfdt.report.plots import plot_sections
from geobfdt.training import WandbMode
from geobfdt.training.classes.validation import ClassValidation
from geobfdt.training.config import TrainConfig
from geobfdt.training.guards import AnyValidation
from geobfdt.training.traces.masks import true_masks
from geobfdt.training.validation import APART_RADII, answer
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.grid import FIXED_DIAMETER_M, ROW_STEP_RADII, ROWS

PICTURED_WINDOWS = 3
PICTURES_EVERY = 5
"""Epochs at least between two pictures of the best weights so far; they take about a second."""


class Tracker:
    """Writes to a session of wandb. The pictures are always of the same windows, so that they can be compared."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self._pictured = 0  # last epoch with pictures

    def log_epoch(self, row: dict[str, float]) -> None:
        """A row of metrics.csv."""
        self.session.log(row, step=int(row["epoch"]))

    def due(self, epoch: int, best: bool, over: bool) -> bool:
        """Whether it is time for pictures: at the end of a run, and of the best so far, not too often."""
        return over or (best and epoch - self._pictured >= PICTURES_EVERY)

    def log_pictures(
        self,
        epoch: int,
        network: Network,
        batch: WindowBatch,
        precision: torch.dtype,
        validation: AnyValidation,
    ) -> None:
        """Scores by kind as a table, and a few windows of a batch with their true planes, or traces, and with those
        that are found; of classes the table alone.
        """
        import wandb

        self._pictured = epoch
        if isinstance(validation, ClassValidation):
            classes = wandb.Table(columns=["class", "sensitivity", "precision", "f1", "true", "called", "hits"])
            for name, score in validation.confusion.scores.items():
                shares = score.sensitivity, score.precision, score.f1
                classes.add_data(name, *shares, score.true, score.called, score.hits)
            self.session.log({"scores": classes}, step=epoch)
            return
        scores = wandb.Table(columns=["kind", "sensitivity", "precision", "f1", "planes", "picks", "hits"])
        for kind, of_kind in validation.counts.items():
            shares = of_kind.sensitivity, of_kind.precision, of_kind.f1
            scores.add_data(kind, *shares, of_kind.n_ref, of_kind.n_est, of_kind.hits)
        logged: dict[str, Any] = {"scores": scores}
        with tempfile.TemporaryDirectory() as folder:
            path, drawn = Path(folder) / "windows.png", False
            if isinstance(network, MaskNet):
                drawn = plot_masks(path, network, batch, precision)
            elif isinstance(network, Detector):
                drawn = plot_windows(path, network, batch, precision, validation.threshold)
            if drawn:
                logged["windows"] = wandb.Image(str(path), caption=f"epoch {epoch}")
            self.session.log(logged, step=epoch)


@contextmanager
def _error_reporting(allowed: bool) -> Iterator[None]:
    """Whether what starts in here may tell its makers of errors: wandb looks up their host at its end, offline too."""
    if allowed or _REPORTING in os.environ:
        yield
        return
    os.environ[_REPORTING] = "false"
    try:
        yield
    finally:
        del os.environ[_REPORTING]


_REPORTING = "WANDB_ERROR_REPORTING"


@contextmanager
def tracking(mode: WandbMode, run: Path, config: TrainConfig, group: str | None) -> Iterator[Tracker | None]:
    """A session named after the run's folder, and kept inside it unless online; off, None. Offline no packet leaves the
    machine.
    """
    if mode == "off":
        yield None
        return
    with _error_reporting(mode == "online"):
        import wandb

        session = wandb.init(
            project="geobfdt",
            name=run.resolve().name,
            group=group,
            dir=str(run),
            mode=mode,
            config=config.model_dump(),
            settings=wandb.Settings(silent=True),
        )
    try:
        yield Tracker(session)
    finally:
        session.finish()


def plot_windows(path: Path, detector: Detector, batch: WindowBatch, precision: torch.dtype, threshold: float) -> bool:
    """Write a picture of the first windows of a batch that hold planes in their middle halves, each with these and with
    those that are found there; False where none does.
    """
    chosen = _chosen(batch)
    if not len(chosen):
        return False
    batch = batch.some(chosen)
    answered = answer(detector, batch, precision)
    sets = {"true": answered.truth, "found": answered.found.at_least(threshold)}
    titles = [f"window {number}" for number in chosen.tolist()]
    logs = [_log(number, *window.cpu().numpy()[:2]) for number, window in enumerate(batch.windows)]
    plot_sections([(title, log, sets) for title, log in zip(titles, logs, strict=True)], path)
    return True


@torch.inference_mode()
def plot_masks(path: Path, network: MaskNet, batch: WindowBatch, precision: torch.dtype) -> bool:
    """The same of a mask head: the windows, the traces in them, and the pixels that are likeliest to be traces."""
    chosen = _chosen(batch)
    if not len(chosen):
        return False
    batch = batch.some(chosen)
    network.eval()
    with computing_in(precision, batch.windows.device):
        found = network(batch.windows).argmax(1)
    truth = true_masks(batch).clamp(min=0)
    from matplotlib.figure import Figure

    panels = {"window": batch.windows[:, 0], "true": truth, "found": found}
    figure = Figure(figsize=(8, 4 * len(chosen)), layout="tight")
    axes = figure.subplots(len(chosen), len(panels), squeeze=False)
    for place, number in enumerate(chosen.tolist()):
        for axis, (what, pictures) in zip(axes[place], panels.items(), strict=True):
            picture = pictures[place].float().cpu().numpy()
            axis.imshow(picture, aspect="auto", cmap="YlOrBr" if what == "window" else "viridis")
            axis.set(title=f"window {number}: {what}", xticks=[], yticks=[])
    figure.savefig(path, format="png")
    return True


def _chosen(batch: WindowBatch) -> torch.Tensor:
    """The first windows of a batch that show something and hold planes in their middle halves."""
    shown = batch.windows[:, 1].flatten(1).any(1)
    return (batch.owned.any(1) & shown).nonzero()[:PICTURED_WINDOWS, 0]


def _log(number: int, image: NDArray[np.float32], valid: NDArray[np.float32]) -> ImageLog:
    """A window as the piece of a log that validation takes it for; "high_side" stands for its own left edge."""
    radii = number * APART_RADII + (np.arange(ROWS) - (ROWS - 1) / 2) * ROW_STEP_RADII
    pixels = np.where(valid > 0, image, np.nan)
    return ImageLog(pixels, radii * FIXED_DIAMETER_M / 2, FIXED_DIAMETER_M, reference="high_side")
