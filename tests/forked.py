"""Processes that are forked instead of started, for tests in which how Python starts is not what is proven.

Each is a process of its own and can be killed like any other, but it has loaded what its parent had: it does its work
from its first moment on, where a fresh one would load torch for seconds.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

PATIENCE_S = 300.0
"""How long a test waits for what must come. It bounds a hang alone: on a busy machine a process that starts in three
seconds takes minutes, and one that was killed is gone only when it has had its turn.
"""


def forked(work: Callable[[], object], *, said: Path | None = None) -> BaseProcess:
    """A process that does some work; what it prints goes to the end of a file, or nowhere."""

    def begin() -> None:
        printed = os.open(said or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for standard in (1, 2):
            os.dup2(printed, standard)
        sys.stdout, sys.stderr = (os.fdopen(standard, "w", 1, encoding="utf-8") for standard in (1, 2))
        work()

    if "torch" in sys.modules:
        importlib.import_module("torch._dynamo")  # or every optimizer would load it
    process = multiprocessing.get_context("fork").Process(target=begin)
    process.start()
    return process


def command(*arguments: object) -> Callable[[], None]:
    """The work of the command line."""

    def work() -> None:
        from geobfdt import cli

        sys.argv = ["geobfdt", *map(str, arguments)]
        cli.main()

    return work


def ended(process: BaseProcess, within_s: float | None = None) -> bool:
    """Wait for a process, no longer than so many seconds; whether it has ended."""
    process.join(within_s)
    return process.exitcode is not None


def gone(process: int, within_s: float = PATIENCE_S) -> bool:
    """Whether a process ends within so many seconds; one that has ended and that nobody has asked for yet is gone."""
    return comes(lambda: _state_of(process) is None, within_s)


def session_gone(session: int, within_s: float = PATIENCE_S) -> bool:
    """Whether all processes of a session end within so many seconds: whoever began it, and whom that one has left."""
    return comes(lambda: not any(_session_of(process) == session for process in _processes()), within_s)


def comes(reached: Callable[[], bool], within_s: float = PATIENCE_S) -> bool:
    """Whether something that others do comes about within so many seconds."""
    end = time.monotonic() + within_s
    while not reached():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _processes() -> Iterator[int]:
    return (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())


def _state_of(process: int) -> list[str] | None:
    """State, parent, group, session and so on as the system tells them; None where the process has ended."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if state[0] in "ZX" else state


def _session_of(process: int) -> int | None:
    state = _state_of(process)
    return None if state is None else int(state[3])
