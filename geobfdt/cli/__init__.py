"""The command line: a file a group of commands, thin over the library."""

from __future__ import annotations

import contextlib
import signal
import sys
from types import FrameType
from typing import NoReturn

from geobfdt.cli.machine import share_the_machine

__all__ = ["main"]


class _StoppedError(BaseException):
    """A signal that asks to end; no error, so that nothing takes it for one."""


def main() -> None:
    """Run the command line. However it is asked to stop, it cleans up and says one word: Ctrl-C ends with the code 130,
    SIGTERM with 143, SIGHUP with 129, also while it starts.
    """
    share_the_machine()
    asked: list[int] = []

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        asked.append(number)
        raise _StoppedError

    for name in ("SIGTERM", "SIGHUP"):
        with contextlib.suppress(AttributeError, ValueError):  # not on Windows; not from another thread than the first
            if signal.getsignal(getattr(signal, name)) is signal.SIG_DFL:  # under nohup it lives on
                signal.signal(getattr(signal, name), stop)
    try:
        from geobfdt.cli.app import run

        run()
    except (KeyboardInterrupt, _StoppedError):
        print("geobfdt: stopped", file=sys.stderr)
        raise SystemExit(128 + (asked[0] if asked else signal.SIGINT)) from None
    except SystemExit as end:  # of a command that Ctrl-C stops typer makes this, without a word
        if end.code == 128 + signal.SIGINT:
            print("geobfdt: stopped", file=sys.stderr)
        raise
