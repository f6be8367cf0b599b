"""What torchrun starts in tests: the command line, after steps on windows that are known, or with a blow planted in it.

ranks_program.py train FOLDER ARGUMENT...   geobfdt train ...; what each rank held after those steps, and at the end
ranks_program.py kill RANK EPOCH STEP ARGUMENT...   geobfdt train ..., that rank killed before that step
ranks_program.py fail RANK EPOCH STEP ARGUMENT...   the same with a mistake of the user's, which no other rank sees
"""

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import torch
from torch import nn

from geobfdt import cli
from geobfdt.errors import InputError
from geobfdt.synthetic.windows import training_windows
from geobfdt.training import loop
from geobfdt.training.config import TrainConfig
from geobfdt.training.ranks import ALONE, Ranks
from tests.training.test_loop import TINY

CPU = torch.device("cpu")


def whole_state(trainer: loop.Trainer) -> dict[str, torch.Tensor]:
    """All numbers of a network and of its optimizer."""
    moments = trainer.optimizer.state_dict()["state"]
    held = {f"{number}.{name}": value for number, state in moments.items() for name, value in state.items()}
    return {name: tensor.clone() for name, tensor in (trainer.network.state_dict() | held).items()}


class Kept(loop.Trainer):
    """A trainer that leaves what its rank holds after other steps, before its own, and at the end."""

    folder: Path

    def run_epochs(self, *given):
        save_steps(self.folder, self.ranks, steps=20, windows=4)
        super().run_epochs(*given)
        torch.save(whole_state(self), self.folder / f"rank{self.ranks.rank}.pt")


class Hit(loop.Trainer):
    """A trainer that something befalls on one rank, before a step of an epoch."""

    where: tuple[int, ...]
    what: str

    def train_step(self, batch, step):
        if (self.ranks.rank, self.epoch, step) == self.where:
            if self.what == "fail":
                raise InputError("well.h5: is gone; put it back")
            print(f"rank {self.ranks.rank} is killed", file=sys.stderr, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        return super().train_step(batch, step)


class Infinite(loop.Trainer):
    """A trainer whose loss is infinite on the last rank in step 1, while its gradient is finite."""

    def _losses(self, batch, step):
        losses = super()._losses(batch, step)
        bad = step == 1 and self.ranks.rank == self.ranks.world - 1
        return replace(losses, total=losses.total + torch.inf) if bad else losses


class FewBatches:
    """Three batches of windows with planes and without, of which every rank has its part."""

    def __init__(self, windows: int, ranks: Ranks):
        self.steps_per_epoch = 1000
        part = torch.arange(windows)[ranks.rank :: ranks.world]
        batches = [training_windows(windows, seed, 0.3) for seed in range(3)]
        self.batches = [batch.some(part) for batch in batches]

    def batch(self, epoch, step):
        return self.batches[step % 3]


def tiny_trainer(source: FewBatches, ranks: Ranks, kind=loop.Trainer, **model) -> loop.Trainer:
    changes = {"model": TINY["model"] | {"width": 8, **model}, "loss": {"fine_map": 1.0, "spread": 0.1}}
    config = TrainConfig.model_validate(TINY | changes)
    return kind(config, Path(), source, CPU, SimpleNamespace(), ranks)


def parameters_of(trainer: loop.Trainer) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in trainer.network.parameters()])


def learned(steps: int, source: FewBatches, ranks: Ranks) -> torch.Tensor:
    """All parameters after steps without dropout, and with norms that no batch moves."""
    trainer = tiny_trainer(source, ranks, dropout=0.0)
    for module in trainer.network.train().modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    for step in range(steps):
        assert trainer.train_step(source.batch(0, step), step) is not None
    return parameters_of(trainer)


def save_steps(folder: Path, ranks: Ranks, steps: int, windows: int) -> None:
    held: dict[str, torch.Tensor | list[object]] = {"together": learned(steps, FewBatches(windows, ranks), ranks)}
    if ranks.first:
        held["at first"] = parameters_of(tiny_trainer(FewBatches(1, ALONE), ALONE, dropout=0.0))
        held["alone"] = learned(steps, FewBatches(windows, ALONE), ALONE)
    source = FewBatches(2 * ranks.world, ranks)
    trainer = tiny_trainer(source, ranks, Infinite)
    losses: list[object] = []
    states: list[object] = [whole_state(trainer)]
    for step in range(3):
        losses.append(trainer.train_step(source.batch(0, step), step))
        states.append(whole_state(trainer))
    torch.save(held | {"losses": losses, "states": states}, folder / f"steps{ranks.rank}.pt")


def main(what: str, *arguments: str) -> None:
    if what == "train":
        Kept.folder, loop.Trainer = Path(arguments[0]), Kept  # type: ignore[misc]
        arguments = arguments[1:]
    else:
        Hit.what, Hit.where, loop.Trainer = what, tuple(map(int, arguments[:3])), Hit  # type: ignore[misc]
        arguments = arguments[3:]
    sys.argv = ["geobfdt", "train", *arguments]
    cli.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
