"""Processes that train one network together, as torchrun starts them: one a card, or several on the CPU.

Each learns windows of its own, and all take the same step: with the mean of their gradients, averaged here as one flat
tensor. (torch's DistributedDataParallel wants a gradient of every parameter, and a head that nothing is asked of has
none.) A process alone is a world of one and computes what it would without any of this.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn

from geobfdt.augment.draw import seed_of
from geobfdt.errors import InputError

T = TypeVar("T")
TORCHRUN = "TORCHELASTIC_RUN_ID"
"""What torchrun names in the environment of its processes; other launchers and clusters set WORLD_SIZE as well."""
_PATIENCE = timedelta(days=1)
"""How long a process waits for others: while the first validates, minutes. Of one that ends the others hear at once."""


@dataclass(frozen=True)
class Ranks:
    """Which process this is, of how many: ``rank`` from 0 to ``world`` - 1. All but :meth:`seed` is to be called by
    every process, in the same order. Raises :class:`InputError` where one of the others has ended.
    """

    rank: int = 0
    world: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the one that validates, writes and speaks."""
        return self.rank == 0

    def seed(self, *numbers: int) -> int:
        """One seed from several numbers, another one for every rank; the first has that of a process alone."""
        return seed_of(seed_of(*numbers), self.rank) if self.rank else seed_of(*numbers)

    def summed(self, tensor: Tensor) -> Tensor:
        """A tensor's sum over the ranks, on its device."""
        if self.world == 1:
            return tensor
        tensor = tensor.clone()
        with _heard():
            dist.all_reduce(tensor)
        return tensor

    def averaged(self, parameters: Iterable[nn.Parameter], loss: Tensor) -> Tensor:
        """The mean of a loss over the ranks, not finite where one is not; the gradients become their means, too."""
        if self.world == 1:
            return loss
        # Which parameters have none hangs on the configuration alone.
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        mean = self.summed(torch.cat([loss.reshape(1), *(gradient.flatten() for gradient in gradients)])) / self.world
        parts = torch.split(mean[1:], [gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))
        return mean[0]

    def broadcast(self, tensors: Iterable[Tensor]) -> None:
        """Give tensors the numbers that they have on the first rank, in place."""
        if self.world > 1:
            with _heard(), torch.no_grad():
                for tensor in tensors:
                    dist.broadcast(tensor, 0)

    def told(self, value: T) -> T:
        """What the first rank calls this with, once it does."""
        if self.world == 1:
            return value
        values = [value]
        with _heard():
            dist.broadcast_object_list(values, 0, device=torch.device("cpu"))
        return values[0]


ALONE = Ranks()


@contextmanager
def _heard() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise InputError(
            "another process of this run has ended, and this one with it; once nothing stands in its way, go on with "
            "--resume"
        ) from error


@contextmanager
def together(device: torch.device) -> Iterator[tuple[Ranks, torch.device]]:
    """The processes that torchrun started with this one, and the device that this one is to take: the card of its own
    number, or the CPU. Without torchrun a process is alone, on the device given. To be entered once in a process.

    Raises :class:`InputError` where a machine has fewer cards than processes.
    """
    world = int(os.environ["WORLD_SIZE"]) if TORCHRUN in os.environ else 1
    if world == 1:
        yield ALONE, device
        return
    backend = "gloo"
    if device.type == "cuda":
        backend, device = "cpu:gloo,cuda:nccl", _own_card(device)
    # While it waits for others a process hears no signal in Python, and torchrun would wait for it half a minute.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    dist.init_process_group(backend, timeout=_PATIENCE)
    yield Ranks(dist.get_rank(), world), device
    dist.destroy_process_group()  # not after an error: the others are to hear of it once it has been said


def _own_card(device: torch.device) -> torch.device:
    number, processes = int(os.environ["LOCAL_RANK"]), int(os.environ["LOCAL_WORLD_SIZE"])
    cards = torch.cuda.device_count()
    if device.index is not None:
        raise InputError(f"--device {device}: under torchrun each process takes a card of its own; use --device cuda")
    if processes > cards:
        raise InputError(
            f"--device cuda: torchrun started {processes} processes on a machine with {cards} cards; start as many as "
            f"there are cards (--nproc-per-node {cards}), or use --device cpu"
        )
    os.environ.setdefault("NCCL_ALGO", "Ring")  # one order of summing, so that a run can be repeated
    torch.cuda.set_device(number)
    return torch.device("cuda", number)


def told_already() -> bool:
    """Whether another process of those that torchrun started was the first to ask this: it says why all of them end.
    To be asked by one that is about to end, which from now on torchrun cannot hurry: its exit code stays its own.
    """
    if TORCHRUN not in os.environ:
        return False
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    where = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
    try:  # the store is torchrun's and outlives us
        store = dist.TCPStore(  # type: ignore[attr-defined]
            *where, is_master=False, wait_for_workers=False, timeout=timedelta(seconds=10)
        )
        return int(store.add(f"geobfdt told {attempt}", 1)) > 1
    except RuntimeError:
        return False
