"""Processes that work for one that trains, and end with it."""

from __future__ import annotations

import os
import signal
import threading
import time


def end_with_parent() -> None:
    """To be called first in a worker: one whose parent was killed would go on for nobody. Ctrl-C is the parent's
    affair.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
