"""A process beside another for what that one must not do itself: started when it is first needed, ended with it.

It is spawned, so that it holds nothing of its parent's; whatever it is given must be picklable. It asks its end of a
pipe for what to do: where the parent is killed, the pipe breaks, and the child is no longer, whatever it was doing.
"""

from __future__ import annotations

import os
import signal
import threading
import warnings
from collections.abc import Callable
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from typing import Any

PATIENCE_S = 10.0
"""How long a child may take to end before it is killed."""


class Child:
    """A process that runs ``work(pipe, *given)``; ``pipe`` is the parent's end.

    ``pipe.recv()`` raises EOFError or OSError where the child has ended, and so does it in the child where the parent
    has. Ctrl-C in the parent's terminal does not reach the child; SIGTERM raises SystemExit in it.
    """

    def __init__(self, work: Callable[..., None], *given: Any) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_begun, args=(work, theirs, *given), daemon=True)
        self._process.start()
        theirs.close()  # or the pipe would stay open where the child has ended

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def exit_code(self) -> int | None:
        """Of a child whose pipe has broken: what it ended with, a signal as a negative number; None while it lives."""
        self._process.join(PATIENCE_S)
        return self._process.exitcode

    def ask_to_end(self) -> None:
        """Have it end, also in the middle of its work, without waiting for it."""
        self._process.terminate()

    def stop(self) -> None:
        """Have it end, also in the middle of its work; kill it where it does not."""
        self.ask_to_end()
        self._process.join(PATIENCE_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def end(self) -> None:
        """The same, and hear nothing of it any more. Who waits for a word of it is told that it has ended."""
        self.stop()
        self.pipe.close()


def _begun(work: Callable[..., None], pipe: Connection, *given: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stopped)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    warnings.simplefilter("ignore")  # what there is to say is the parent's to say
    work(pipe, *given)


def _end_with_parent() -> None:
    """Stop as by SIGTERM, which cleans up, once the parent is no longer; work that does not hear it is cut off."""
    parent = parent_process()
    if parent is None:
        return
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(PATIENCE_S)
    os._exit(1)


def _stopped(number: int, frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # once is enough: it is on its way
    raise SystemExit(128 + number)
