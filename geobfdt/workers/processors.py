"""How many processors there are for this process, and how many threads are to compute on them."""

from __future__ import annotations

import os

THREADS = "OMP_NUM_THREADS"
"""What numerical libraries read when they load; where the user has said it, it is his."""


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads() -> int:
    """As many as OMP_NUM_THREADS says, as torch has it, or as there are :func:`processors`."""
    said = os.environ.get(THREADS, "").partition(",")[0].strip()
    return int(said) if said.isdigit() and int(said) > 0 else processors()
