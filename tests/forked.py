"""Processes that are forked instead of started, for tests in which how Python starts is not what is proven.

Each is a process of its own and can be killed like any other, but it has loaded what its parent had: it does its work
from its first moment on, where a fresh one would load torch for seconds.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path


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
