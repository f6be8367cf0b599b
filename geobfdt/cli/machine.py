"""What the command line asks of the machine, which others use as well: to be called before any library is loaded."""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import sys
from functools import cache

_WAITING = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")
_BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")
_BRIEFLY = "5000"
"""Turns that a waiting thread spins, some tens of microseconds, before it sleeps."""
# Parameters of glibc's mallopt, from malloc.h.
_TRIM_THRESHOLD, _MMAP_MAX = -1, -4


def share_the_machine() -> None:
    """Have this process do no work that only looks like work. What the environment says goes before all of it.

    Threads of OpenMP, which torch computes with, wait for each other by spinning, for milliseconds: where another
    program runs beside them, picking 46 m took 7.7 s of the processors' time, and 3.6 s asleep. Those of NumPy's BLAS
    are started for products of matrices too small for them. And a quarter of torch's start is Python looking for
    garbage among what is being loaded, and looking again at the end.
    """
    if _may_choose_waiting():
        os.environ["OMP_WAIT_POLICY"] = "passive"
    if not any(name in os.environ for name in _BLAS_THREADS):
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
    gc.set_threshold(50_000, *gc.get_threshold()[1:])
    atexit.register(gc.freeze)
    keep_freed_memory()


def keep_freed_memory() -> None:
    """Let the C library keep freed arrays for the next ones instead of giving them back to the system.

    Every pass of the detector allocates the same arrays anew; where each has to be faulted in again, page by page,
    that took a tenth of the time of a prediction. Other C libraries are left as they are.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_MAX, 0)
        mallopt(_TRIM_THRESHOLD, 2**31 - 1)


def wait_briefly() -> None:
    """Threads spin a little before they sleep, where they meet many thousand times a second: training alone on two
    cores is a fifth faster than asleep at once, and beside a busy program one and a half times as fast as spinning.
    """
    if _may_choose_waiting():
        os.environ["GOMP_SPINCOUNT"] = _BRIEFLY


@cache
def _may_choose_waiting() -> bool:
    """Whether the user had said nothing of it when the process began."""
    return not any(name in os.environ for name in _WAITING)
