"""A crew of processes on this machine."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from typing import Any

from geobfdt.workers.child import Child
from geobfdt.workers.processors import THREADS, processors
from geobfdt.workers.sharing import Lost, Task, Work

_SIGKILL = 9
"""Where there is no such signal no process ends by it."""


class Processes:
    """``count`` processes that share this machine's processors evenly, started when they have something to do."""

    def __init__(self, work: Work, count: int) -> None:
        self.count = count
        self._work = work
        self._children: dict[int, Child] = {}
        self._asked: dict[Connection, int] = {}

    def give(self, worker: int, task: Task) -> None:
        child = self._children.get(worker)
        if child is None:
            with _as_for_one_of(self.count):
                child = self._children[worker] = Child(_serve, self._work)
        self._asked[child.pipe] = worker
        with suppress(OSError):  # it has ended while it had nothing to do, which answers() will find
            child.pipe.send(task)

    def answers(self) -> list[tuple[int, Any]]:
        found = []
        for pipe in wait(list(self._asked)):
            assert isinstance(pipe, Connection)
            worker = self._asked.pop(pipe)
            try:
                found.append((worker, pipe.recv()))
            except (EOFError, OSError):
                found.append((worker, Lost(self._buried(worker))))
        return found

    def end(self) -> None:
        for child in self._children.values():
            child.ask_to_end()
        for child in self._children.values():
            child.end()

    def _buried(self, worker: int) -> str:
        child = self._children.pop(worker)
        code = child.exit_code()
        child.end()
        if code == -_SIGKILL:
            return "it was killed, as the system does where memory is short"
        return f"it was ended by signal {-code}" if code is not None and code < 0 else f"it ended with code {code}"


@contextmanager
def _as_for_one_of(count: int) -> Iterator[None]:
    """What a child finds around itself when it starts: its share of the processors, and a Ctrl-C that is not for it."""
    said = THREADS in os.environ
    os.environ.setdefault(THREADS, str(max(1, processors() // count)))
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if not said:
            del os.environ[THREADS]


def _serve(pipe: Connection, work: Work) -> None:
    """In the child: do what comes, until nothing can come any more."""
    work.begin()
    with suppress(EOFError, OSError):
        while True:
            pipe.send(work(pipe.recv()))
