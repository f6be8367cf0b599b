"""Teaching the detector what was accepted, from the page: begun, watched, given up, gone on with.

The work is that of a child process (:mod:`geobfdt.reviewing.pupil`), and in it training is `geobfdt train` as a process
of its own. Both end with the server; what they had come to lies in the folder, and another server finds it there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import RLock, Thread
from typing import Any

from geobfdt import formats
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.formats.atomic import make_folder
from geobfdt.reviewing.edits import NotNowError
from geobfdt.reviewing.holding_out import check_enough, parted
from geobfdt.reviewing.lessons import Folder, Lesson
from geobfdt.reviewing.pupil import be_taught, epochs_of
from geobfdt.workers.child import Child

MOST_STEPS = 100_000
_STOPPING_S = 40.0
"""How long the child is waited for when it is asked to stop: training may be in the middle of a step, or of a save."""


class Teaching:
    """The teachings of one log, one at a time.

    folder    where corpus, runs, weights and picks go, see :class:`~geobfdt.reviewing.lessons.Folder`
    read      returns the log; picklable
    weights   what is taught: path of weights, a name of bundled ones, or None for the default
    hole_diameter_m   of the log, in metres; None: the log is read for it

    Raises :class:`InputError` where the folder holds something that is no lesson. May be called from several threads.
    """

    def __init__(
        self,
        folder: Path,
        read: Callable[[], ImageLog],
        weights: Path | str | None,
        *,
        hole_diameter_m: float | None = None,
    ) -> None:
        self._folder, self._read = Folder(folder.absolute()), read
        named = weights is not None and Path(weights).is_file()
        self._weights = Path(weights).absolute() if named and weights is not None else weights
        self._hole_diameter_m = hole_diameter_m
        self._lock = RLock()
        self._child: Child | None = None
        self._listener: Thread | None = None
        self._lesson = self._folder.kept()
        self._picks: tuple[int, Picks] | None = None

    def start(self, picks: Picks, reviewed_m: Sequence[tuple[float, float]], steps: int) -> None:
        """Begin to teach with the picks that were accepted in reviewed (top, base) intervals in metres, for so many
        steps of training, or a few more. The last quarter of each interval is held out.

        Raises :class:`NotNowError` while a teaching runs, and :class:`InputError` where too little was reviewed or
        accepted, which says how much is needed, and where the folder cannot be written.
        """
        if not 1 <= steps <= MOST_STEPS:
            raise InputError(f"steps: must be 1 to {MOST_STEPS}, found {steps}")
        with self._lock:
            self._check_idle()
            radius_m = self._radius_m()
            parts = parted(reviewed_m, radius_m)
            check_enough(picks, parts, radius_m)
            make_folder(self._folder.path)
            epochs, an_epoch = epochs_of(steps)
            number = self._folder.next_number(self._lesson.number)
            formats.write(picks.within(reviewed_m), self._folder.given)
            lesson = Lesson(
                "running",
                number=number,
                steps=epochs * an_epoch,
                told="beginning",
                taught_m=parts.taught_m,
                held_out_m=parts.held_out_m,
            )
            self._begin(lesson)

    def resume(self) -> None:
        """Go on with a teaching that was stopped or failed. Raises :class:`NotNowError` where there is none."""
        with self._lock:
            self._check_idle()
            if self._lesson.state not in ("cancelled", "failed"):
                raise NotNowError("no teaching was stopped that could be gone on with; start one")
            self._begin(replace(self._lesson, state="running", told="going on"))

    def cancel(self) -> None:
        """Stop the teaching that runs, and wait for its end; what training had come to is kept. Raises
        :class:`NotNowError` where none runs.
        """
        with self._lock:
            child, listener = self._child, self._listener
            if child is None or listener is None:
                raise NotNowError("no teaching runs that could be cancelled")
        self._stop(child, listener)

    def status(self) -> dict[str, Any]:
        """How far the teaching has come, as plain values: state, stage, told, step, steps, seconds_left, taught_m,
        held_out_m, scores and weights.
        """
        with self._lock:
            return self._lesson.status()

    def picks(self) -> Picks | None:
        """The picks of the new weights, None where no teaching has finished. Raises :class:`InputError` where their
        file is gone or damaged.
        """
        with self._lock:
            lesson = self._lesson
            if lesson.state != "finished":
                return None
            if self._picks is None or self._picks[0] != lesson.number:
                picks = formats.read_picks(self._folder.retrained) if lesson.picked else Picks()
                self._picks = lesson.number, picks
            return self._picks[1]

    def close(self) -> None:
        """Stop what runs; a later server may go on with it."""
        with self._lock:
            child, listener = self._child, self._listener
        if child is not None and listener is not None:
            self._stop(child, listener)

    def _check_idle(self) -> None:
        if self._child is not None:
            raise NotNowError("the detector is being taught; wait for its end, or cancel it")

    def _radius_m(self) -> float:
        """Of the hole; where nobody said it, the log is read once for it, and let go again."""
        if self._hole_diameter_m is None:
            self._hole_diameter_m = self._read().hole_diameter_m
        return self._hole_diameter_m / 2

    def _begin(self, lesson: Lesson) -> None:
        self._folder.keep(lesson)
        self._lesson = lesson
        self._child = Child(be_taught, self._folder.path, self._read, self._weights)
        self._listener = Thread(target=self._listen, args=(self._child,), daemon=True)
        self._listener.start()

    def _listen(self, child: Child) -> None:
        """Take every word of the child, until it has ended. Its last is heard only then: what is said to have ended can
        be gone on with.
        """
        last: Lesson | None = None
        while True:
            try:
                lesson = child.pipe.recv()
            except (EOFError, OSError):
                break
            if lesson.state != "running":
                last = lesson
                continue
            with self._lock:
                self._lesson = lesson
        child.end()
        with self._lock:
            if last is None:  # it was killed, or had no time for a last word
                last = self._lesson.interrupted()
                self._folder.keep(last)
            self._lesson = last
            self._child = self._listener = None

    def _stop(self, child: Child, listener: Thread) -> None:
        with contextlib.suppress(OSError):  # it has ended meanwhile
            child.pipe.send("stop")
        listener.join(_STOPPING_S)
        if listener.is_alive():
            child.stop()
            listener.join()
