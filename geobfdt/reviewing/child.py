"""A process beside the server for what needs torch: started when it is first needed, ended with the server.

It is spawned, so that it holds nothing of the server's; whatever it is given must be picklable. It asks its end of a
pipe for what to do: where the server is killed, the pipe breaks, and the child is no longer.
"""

from __future__ import annotations

import signal
import warnings
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

PATIENCE_S = 10.0
"""How long a child may take to end before it is killed."""


class Child:
    """A process that runs ``work(pipe, *given)``; ``pipe`` is the server's end.

    ``pipe.recv()`` raises EOFError or OSError where the child has ended, and so does it in the child where the server
    has. Ctrl-C in the server's terminal does not reach the child; SIGTERM raises SystemExit in it.
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

    def stop(self) -> None:
        """Have it end, also in the middle of its work; kill it where it does not."""
        self._process.terminate()
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
    warnings.simplefilter("ignore")  # of the log the server has warned already
    work(pipe, *given)


def _stopped(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
