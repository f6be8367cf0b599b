"""Snapping: the trace that the detector sees, with no threshold, near a curve that somebody drew; by which rule says
:mod:`geobfdt.reviewing.snaps`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from geobfdt.borehole.image_log import ImageLog
from geobfdt.errors import InputError
from geobfdt.reviewing.snaps import Drawn, Snap
from geobfdt.workers.child import Child


class Evidence:
    """Snaps planes in a child process, which reads the log and loads the weights for itself.

    read      returns the log; picklable
    weights   path of weights, a name of bundled ones, or None for the default

    The first snap waits for the child, which takes 2 s of a core (:meth:`warm` starts it ahead of need); later ones
    take 0.1 s. The child holds 380 MB and what it reads of the log. May be called from several threads: one snap at a
    time.
    """

    def __init__(self, read: Callable[[], ImageLog], weights: Path | str | None) -> None:
        self._read, self._weights = read, weights
        self._child: Child | None = None
        self._lock = Lock()

    def warm(self) -> None:
        """Start the child, without waiting for it."""
        with self._lock:
            self._started()

    def snap(self, depth_m: float, dip_deg: float, azimuth_deg: float) -> Snap:
        """The strongest trace near a plane: metres along hole, degrees against the plane normal to the hole, degrees in
        the image's reference.

        Raises :class:`InputError` on what is no plane, on weights that give none, and where the child has ended.
        """
        if not (math.isfinite(depth_m) and 0 <= dip_deg < 90 and math.isfinite(azimuth_deg)):
            raise InputError(f"a plane to snap needs a depth, a dip in [0, 90) and an azimuth, found dip {dip_deg:g}")
        with self._lock:
            child = self._started()
            try:
                child.pipe.send(Drawn(depth_m, dip_deg, azimuth_deg))
                answer = child.pipe.recv()
            except (EOFError, OSError):
                self._child = None
                child.end()
                raise InputError(
                    "the process that looks for traces has ended, for want of memory perhaps; try again"
                ) from None
        if isinstance(answer, InputError):
            raise answer
        assert isinstance(answer, Snap)
        return answer

    def close(self) -> None:
        """End the child; a snap that is under way fails. Another snap starts a new one."""
        child, self._child = self._child, None
        if child is not None:
            child.end()

    def _started(self) -> Child:
        if self._child is None:
            self._child = Child(_work, self._read, self._weights)
        return self._child


def _work(*given: Any) -> None:
    from geobfdt.reviewing.snapping import answer_snaps  # in the child: it loads torch

    answer_snaps(*given)
