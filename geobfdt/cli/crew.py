"""Who picks the files of a command: this process, others beside it, or a cluster."""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geobfdt.cli import console
from geobfdt.cli.machine import share_the_machine
from geobfdt.cli.picking import Picked, Picking
from geobfdt.errors import InputError, InputWarning, reason_of
from geobfdt.formats.atomic import protected
from geobfdt.prediction.pieces import LONG_WINDOWS, PIECE_WINDOWS
from geobfdt.workers.sharing import Crew, InTurn, Split, Task

if TYPE_CHECKING:
    from pathlib import Path

    from geobfdt.prediction.found import Found


@dataclass(frozen=True)
class CrewOptions:
    """Who does the work."""

    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Processes that share files, and pieces of long logs, and the machine's processors. (default: 1; of a "
            "cluster, as many as there is room for)",
        ),
    ] = None
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="local|ADDRESS",
            help="Have the workers on a cluster of Ray: of this machine, or at auto or HOST:PORT.",
        ),
    ] = None
    per_card: Annotated[
        int | None, typer.Option(min=1, help="Workers of a cluster that share a card. (default: 1)")
    ] = None

    def __post_init__(self) -> None:
        if self.per_card is not None and self.cluster is None:
            raise InputError("--per-card: is of the cards of a cluster; give --cluster as well, or leave it out")

    @property
    def in_turn(self) -> bool:
        """Whether this process does it all."""
        return self.cluster is None and self.workers in (None, 1)

    def crew(self, work: Picking) -> Crew:
        """Those who do it. Raises :class:`InputError` on a cluster that is not there."""
        if self.in_turn:
            return InTurn(work)
        work = replace(work, splits=(LONG_WINDOWS, PIECE_WINDOWS))
        apart = Apart(work, sys.argv, os.getcwd(), protected.get())
        if self.cluster is None:
            from geobfdt.workers.processes import Processes

            return Processes(apart, self.workers or 1)
        from geobfdt.workers.on_ray import OnRay

        on_cards = work.device != "cpu" and work.engine != "onnx"  # which computes on processors
        if self.per_card is not None and not on_cards:
            raise InputError(f"--per-card {self.per_card}: --device cpu and --engine onnx take no card; leave it out")
        return OnRay(apart, self.cluster, self.workers, on_cards=on_cards, per_card=self.per_card)


@dataclass
class Apart:
    """The same work in a process that is the command's no more: what there is to say goes to it with the answer.

    arguments, folder, protected   the command's own: its arguments, where it runs, and the files that it reads
    """

    work: Picking
    arguments: list[str]
    folder: str
    protected: frozenset[Path]
    _heard: list[tuple[str, str]] = field(default_factory=list, init=False)

    def begin(self) -> None:
        """Make this process one for such work."""
        share_the_machine()
        sys.argv = self.arguments
        os.chdir(self.folder)
        console.talk.progress = False

    def __call__(self, task: Task) -> Picked | Split | tuple[int, Found] | None:
        """The work's answer; of what is a defect of the program, that."""

        def hear(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if issubclass(category, InputWarning):
                self._heard.append(console.hear(message, category))

        protected.set(self.protected)
        self._heard.clear()
        console.taken_notes()
        with warnings.catch_warnings():
            warnings.simplefilter("always", InputWarning)
            warnings.showwarning = hear
            try:
                answer = self.work(task)
            except Exception as error:
                traceback.print_exc()
                if task.part is not None:
                    return None
                why = f"{type(error).__name__}: {reason_of(error)}"
                answer = Picked("failed", f"{task.item}: is beyond this program ({why}): a defect of it")
        return replace(answer, heard=tuple(self._heard)) if isinstance(answer, Picked) else answer
