"""Training: the same run, whatever interrupts it.

Everything that is random in a step is seeded by the run's seed and the step's number, so that a run needs no record of
generator states: weights, optimizer and counters are all it goes on from. Killed at any moment and resumed, a run on a
CPU ends with the very weights of one never killed.

Several processes may train one network (:mod:`geobfdt.training.ranks`): each learns batches of its own and all take the
same steps; the first alone validates and writes.

A run's folder holds config.yaml, metrics.csv (a row an epoch), its best weights by validation and its last ones,
last.pt to go on from, and wandb/. Validation has its own noise: where the learning rate has fallen to zero, the last
weights are as a rule better than the best.
"""

from __future__ import annotations

import contextlib
import csv
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import yaml
from torch import Tensor, nn

from geobfdt.augment.draw import seed_of
from geobfdt.errors import InputError
from geobfdt.formats.atomic import alone, make_folder, replacing
from geobfdt.model.checkpoint import load_weights, save_state, save_weights
from geobfdt.model.device import computing_in, device_of, precision_of
from geobfdt.model.network import ClassNet, MaskNet, Network, network_of
from geobfdt.training import WandbMode
from geobfdt.training.ahead import Ahead
from geobfdt.training.calibrate import calibrate
from geobfdt.training.classes.batch import LabelledBatch
from geobfdt.training.classes.losses import label_losses
from geobfdt.training.classes.validation import validate_classes
from geobfdt.training.config import Compile, TrainConfig
from geobfdt.training.denoising import draw_denoising_queries
from geobfdt.training.guards import AnyValidation, Guards
from geobfdt.training.losses import Losses, detection_losses
from geobfdt.training.ranks import ALONE, Ranks
from geobfdt.training.run_state import RunState
from geobfdt.training.schedule import learning_rate
from geobfdt.training.sources import Batches, SyntheticWindows, WindowSource
from geobfdt.training.starting import frozen, start_from
from geobfdt.training.traces.losses import masks_alone, with_masks
from geobfdt.training.traces.validation import validate_masks
from geobfdt.training.tracking import Tracker, tracking
from geobfdt.training.validation import validate
from geobfdt.windows.batch import WindowBatch


@dataclass(frozen=True)
class Progress:
    """Where a run stands, after a step (validation None) or at the end of an epoch."""

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    windows_per_s: float
    validation: AnyValidation | None = None
    best: bool = False


def train(
    config: TrainConfig,
    run: str | Path,
    source: WindowSource | None = None,
    *,
    device: torch.device | None = None,
    ranks: Ranks = ALONE,
    resume: bool = False,
    init: str | Path | None = None,
    strict: bool = False,
    wandb_mode: WandbMode = "offline",
    wandb_group: str | None = None,
    progress: Callable[[Progress], None] = lambda where: None,
) -> Path:
    """Train a detector and return the path of its best weights, ``run/best.safetensors``.

    Without a source the windows are synthetic. ``init`` starts from other weights of the same shape, or from the
    encoder of those of another head (:mod:`geobfdt.training.starting`). ``progress`` is called after every step and
    every epoch. ``wandb_group`` is what Weights & Biases shows the runs of a study under. Of several ``ranks`` each
    calls this, with a source that knows its rank, and the first alone hears of the ends of epochs.

    Of what guards find wrong a :class:`TrainingWarning` warns once; with ``strict`` it ends the run as an
    :class:`InputError`, once the epoch's weights and metrics have been saved. Raises :class:`InputError` when the
    folder already holds a run and ``resume`` is not asked for, when there is nothing to resume, when ``init`` does not
    fit the configuration, and when step after step has no finite loss.
    """
    run, device = Path(run), device or device_of()
    source = source or SyntheticWindows(config, device, ranks)
    make_folder(run.parent)
    with alone(run, wait=False) if ranks.first else contextlib.nullcontext():
        trainer = Trainer(config, run, source, device, Guards(config, run, strict, silent=not ranks.first), ranks)
        trainer.begin(resume, init)
        validation = []
        if ranks.first:
            _write_config(run / "config.yaml", config)
            validation = source.validation()
            trainer.guards.look_ahead(source.steps_per_epoch)
            trainer.guards.look_at_windows(validation)
            trainer.guards.warn()
        ranks.told(None)  # that the run may begin
        with tracking(wandb_mode if ranks.first else "off", run, config, wandb_group) as tracker:
            trainer.run_epochs(validation, progress, tracker)
    return run / "best.safetensors"


def _write_config(path: Path, config: TrainConfig) -> None:
    """A run that goes on by its own config.yaml leaves it as it is."""
    text = yaml.safe_dump(config.model_dump(), sort_keys=False)
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


class Trainer:
    """The loop and its state; everything that a resumed run must find again is in :meth:`state`."""

    def __init__(
        self,
        config: TrainConfig,
        run: Path,
        source: WindowSource,
        device: torch.device,
        guards: Guards,
        ranks: Ranks = ALONE,
    ) -> None:
        self.config, self.run, self.source, self.device, self.guards = config, run, source, device, guards
        self.ranks = ranks
        self.precision = precision_of(config.precision, device)
        torch.manual_seed(seed_of(config.seed))
        self.network = network_of(config.model).to(device)
        self.ask = compiled(self.network, config.compile, device)
        self.data: str = getattr(source, "identity", "")
        self.optimizer = optimizer_of(self.network, config)
        self.frozen: tuple[str, ...] = ()
        self._frozen: list[nn.Module] = []
        self.epoch = 0
        self.best_f1, self.best_epoch = -1.0, 0
        self.rows: list[dict[str, float]] = []

    def state(self) -> dict[str, Any]:
        return {
            "config": self.config.model_dump(),
            "detector": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "epoch": self.epoch,
            "best_f1": self.best_f1,
            "best_epoch": self.best_epoch,
            "rows": self.rows,
            "warned": self.guards.warned,
            "skipped": self.guards.skipped,
            "data": self.data,
            "frozen": list(self.frozen),
            "world": self.ranks.world,
        }

    def begin(self, resume: bool, init: str | Path | None) -> None:
        """Stand where the run does: at its beginning, in a folder of its own, or where it was left."""
        if resume:
            self.restore()
            return
        if (self.run / "last.pt").exists():
            raise InputError(f"{self.run}: holds a run already; add --resume to go on with it, or name another folder")
        make_folder(self.run)
        freeze = self.config.freeze
        if init is not None:
            self.start_from(init)
        elif freeze != "none":
            raise InputError(f"freeze {freeze}: there is nothing to keep; add --init WEIGHTS, or set freeze to none")

    def restore(self) -> None:
        state = RunState.read(self.run / "last.pt")
        self._freeze(state.frozen)
        state.give(self.network, self.optimizer, self.run / "last.pt")
        state.check_goes_on(self.config, self.data, self.ranks.world, self.run)
        self.epoch, self.rows = state.epoch, state.rows
        self.best_f1, self.best_epoch = state.best_f1, state.best_epoch
        self.guards.warned, self.guards.skipped = state.warned, state.skipped
        self._check_best()

    def _check_best(self) -> None:
        """A run that goes on may never better its best weights: they have to be there still."""
        best = self.run / "best.safetensors"
        try:
            load_weights(best)
        except InputError as error:
            raise InputError(
                f"{best}: the best weights so far, of epoch {self.best_epoch}, are "
                f"{'damaged' if best.is_file() else 'gone'}; put them back, or copy last.safetensors to that name"
            ) from error

    def start_from(self, path: str | Path) -> None:
        freeze = self.config.freeze == "encoder"
        encoder = start_from(self.network, path, freeze=freeze)
        if freeze:
            self._freeze(encoder)

    def _freeze(self, parts: Sequence[str]) -> None:
        self.frozen = tuple(parts)
        self._frozen = frozen(self.network, parts)
        self.optimizer = optimizer_of(self.network, self.config)

    @property
    def over(self) -> bool:
        return self.epoch >= self.config.epochs or self.epoch - self.best_epoch >= self.config.patience

    def run_epochs(
        self, validation_batches: list[WindowBatch], progress: Callable[[Progress], None], tracker: Tracker | None
    ) -> None:
        self.ranks.broadcast(self.network.state_dict().values())
        with self._made() as made:
            while not self.over:
                row = self._train_epoch(made, progress)
                self.ranks.broadcast(self.network.buffers())  # norms have seen the windows of their rank alone
                self.epoch += 1
                if self.ranks.first:
                    self._end_epoch(row, validation_batches, progress, tracker)
                self.best_f1, self.best_epoch = self.ranks.told((self.best_f1, self.best_epoch))
                self.ranks.broadcast(self.network.buffers())  # the calibration is among them

    def _made(self) -> contextlib.AbstractContextManager[Batches]:
        """Batches, for a card made ahead, for processors, which all learn, when they are asked for."""
        if self.device.type == "cuda":
            return Ahead(self.source, self.device, self.config.epochs)
        return contextlib.nullcontext(self.source)

    def _end_epoch(
        self,
        row: dict[str, float],
        validation_batches: list[WindowBatch],
        progress: Callable[[Progress], None],
        tracker: Tracker | None,
    ) -> None:
        """Validate, keep what has been learned, and tell of it."""
        validation = self._validated(validation_batches)
        best = not validation.f1 <= self.best_f1  # without any plane F1 is no number, and the newest are the best
        if best:
            self.best_f1, self.best_epoch = validation.f1, self.epoch
            save_weights(self.run / "best.safetensors", self.network, validation.threshold)
        save_weights(self.run / "last.safetensors", self.network, validation.threshold)
        figures = {"epoch": self.epoch, **row, **validation.row()}
        self.rows.append({name: float(value) for name, value in figures.items()})
        self.guards.look_at_epoch(validation, self.rows, self.over)
        save_state(self.run / "last.pt", self.state())
        _write_metrics(self.run / "metrics.csv", self.rows)
        if tracker is not None:
            tracker.log_epoch(self.rows[-1])
            if tracker.due(self.epoch, best, self.over):
                tracker.log_pictures(self.epoch, self.network, validation_batches[0], self.precision, validation)
        steps = self.source.steps_per_epoch
        progress(
            Progress(self.epoch, self.config.epochs, steps, steps, row["loss"], row["windows_per_s"], validation, best)
        )
        self.guards.warn()

    def _validated(self, batches: list[WindowBatch]) -> AnyValidation:
        if isinstance(self.network, ClassNet):
            return validate_classes(self.network, batches, self.precision)
        if isinstance(self.network, MaskNet):
            return validate_masks(self.network, batches, self.precision)
        calibrate(self.network, batches, self.precision)
        return validate(self.network, batches, self.precision)

    def _train_epoch(self, made: Batches, progress: Callable[[Progress], None]) -> dict[str, float]:
        """One epoch; the mean losses and the speed as columns of metrics.csv."""
        self.network.train()
        for module in self._frozen:
            module.eval()
        steps = self.source.steps_per_epoch
        sums, loss, skipped = torch.zeros(len(Losses.names()), device=self.device), float("nan"), 0
        windows, start = 0, time.monotonic()
        for step in range(steps):
            batch = made.batch(self.epoch, step)
            losses = self.train_step(batch, step)
            self.guards.look_at_step(self.epoch, step, losses is not None)
            if losses is None:
                skipped += 1
            else:
                sums += losses
            windows += len(batch) * self.ranks.world
            speed = windows / (time.monotonic() - start)
            if step % 10 == 9 or step == steps - 1:  # reading a loss waits for the device: not at every step
                loss = loss if losses is None else float(losses[0])
                progress(Progress(self.epoch + 1, self.config.epochs, step + 1, steps, loss, speed))
        # NaN where there was no step.
        mean = (self.ranks.summed(sums) / (self.ranks.world * (steps - skipped))).tolist()
        row = dict(zip(Losses.names(), mean, strict=True))
        return {
            "steps": (self.epoch + 1) * steps,
            "learning_rate": learning_rate(self.config, (self.epoch + 1) * steps - 1, steps),
            "windows_per_s": windows / (time.monotonic() - start),
            "skipped_steps": skipped,
            **row,
        }

    def train_step(self, batch: WindowBatch, step: int) -> Tensor | None:
        """One optimizer step and its :meth:`Losses.stacked`. None, and all as it was before, where the loss or its
        gradient is not finite, be it another rank's.
        """
        config = self.config
        torch.manual_seed(self.ranks.seed(config.seed, self.epoch, step))  # dropout
        steps = self.source.steps_per_epoch
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(config, self.epoch * steps + step, steps)
        before = [buffer.clone() for buffer in self.network.buffers()]  # a step is known to be bad after its forward
        losses = self._losses(batch, step)
        self.optimizer.zero_grad(set_to_none=True)
        losses.total.backward()  # type: ignore[no-untyped-call]
        total = self.ranks.averaged(self.network.parameters(), losses.total.detach())
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), config.clip_norm)
        if not bool((norm + total).isfinite()):  # the gradient of an infinite loss may be finite
            for buffer, value in zip(self.network.buffers(), before, strict=True):
                buffer.copy_(value)
            return None
        self.optimizer.step()
        return losses.stacked()

    def _losses(self, batch: WindowBatch, step: int) -> Losses:
        """What the network makes of a batch, priced."""
        config = self.config
        steps = self.source.steps_per_epoch
        done = (self.epoch * steps + step) / (config.epochs * steps)
        if isinstance(self.network, MaskNet):
            with computing_in(self.precision, self.device):
                logits = self.ask(batch.windows)
            return masks_alone(logits, batch, config.traces, done)
        if isinstance(self.network, ClassNet):
            assert isinstance(batch, LabelledBatch)
            with computing_in(self.precision, self.device):
                logits = self.ask(batch.windows)
            return label_losses(logits, batch)
        denoising = None
        if config.loss.denoising:
            denoising = draw_denoising_queries(batch, self.ranks.seed(config.seed, self.epoch, step, 1))
        with computing_in(self.precision, self.device):
            detections = self.ask(batch.windows, denoising.sinusoids if denoising else None)
        losses = detection_losses(detections, batch, config.loss, denoising, self.ranks)
        if detections.masks is not None:
            losses = with_masks(losses, detections.masks, batch, config.traces, done)
        return losses


def compiled(network: Network, how: Compile, device: torch.device) -> Callable[..., Any]:
    """The network, on a card as torch compiles it: with its kernels fused, or launched together as graphs."""
    if how == "off" or device.type != "cuda":
        return network
    options: dict[str, Any] = {"mode": "reduce-overhead"} if how == "graphs" else {}
    called: Callable[..., Any] = torch.compile(network, dynamic=False, **options)
    return called


def optimizer_of(network: Network, config: TrainConfig) -> torch.optim.Optimizer:
    """AdamW over all that is not frozen. Weight decay is for matrices and kernels; it would pull norms, biases and
    references off their meaning.
    """
    moved = [(name, p) for name, p in network.named_parameters() if p.requires_grad]
    decayed = [p for name, p in moved if p.ndim > 1 and name != "references"]
    rest = [p for name, p in moved if p.ndim <= 1 or name == "references"]
    groups = [{"params": decayed, "weight_decay": config.weight_decay}, {"params": rest, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, fused=True)


def _write_metrics(path: Path, rows: list[dict[str, float]]) -> None:
    """All rows anew: a resumed run leaves no row of an epoch that was lost, and none twice."""
    names = dict.fromkeys(name for row in reversed(rows) for name in row)  # a run may have begun with other ones
    with replacing(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(names), restval="")
        writer.writeheader()
        writer.writerows({name: f"{value:.6g}" for name, value in row.items()} for row in rows)
