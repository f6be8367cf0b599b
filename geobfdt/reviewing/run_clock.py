"""Where a training run stands, and how long it will take, by its metrics.csv and the clock."""

from __future__ import annotations

import csv
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Where:
    """How far a run has come.

    step          the last that is known of, or that must be about now
    seconds_left  until the end of all, None before the first epoch of this session has ended
    told          what validation says of the last epoch, "" before the first
    """

    step: int
    seconds_left: float | None
    told: str


class RunClock:
    """Looks at a run of so many steps, after which as much is left as training on so many windows takes.

    metrics.csv has a row an epoch; between two the clock tells, which is never ahead of the next row.
    """

    def __init__(self, metrics: Path, steps: int, windows_after: float) -> None:
        self._metrics, self._steps, self._windows_after = metrics, steps, windows_after
        self._first: tuple[float, int] | None = None  # when this session's first row was seen, and its step
        self._last: tuple[float, int] | None = None
        self._size = -1
        self._rows: list[dict[str, str]] = []

    def look(self) -> Where:
        """Where the run stands now."""
        now = time.monotonic()
        self._read()
        if not self._rows:
            return Where(0, None, "")
        row = self._rows[-1]
        step = int(float(row["steps"]))
        if self._last is None or self._last[1] != step:
            self._last = now, step
            self._first = self._first or self._last
        assert self._first is not None
        told = (
            f", F1 {float(row['val_f1']):.2f} on what it learns from"
            if row.get("val_f1") not in (None, "", "nan")
            else ""
        )
        seen_at, (first_at, first_step) = self._last[0], self._first
        if step == first_step:
            return Where(step, None, told)
        a_step_s = (seen_at - first_at) / (step - first_step)
        an_epoch = step - (int(float(self._rows[-2]["steps"])) if len(self._rows) > 1 else 0)
        about = min(step + int((now - seen_at) / a_step_s), step + an_epoch - 1, self._steps)
        after_s = self._windows_after / max(float(row["windows_per_s"]), 1e-3)
        left_s = max(0.0, (self._steps - step) * a_step_s - (now - seen_at)) + after_s
        return Where(max(step, about), left_s, told)

    def _read(self) -> None:
        """The rows, anew where the file has changed."""
        try:
            size = self._metrics.stat().st_mtime_ns
            if size != self._size:
                self._rows = list(csv.DictReader(self._metrics.read_text(encoding="utf-8").splitlines()))
                self._size = size
        except FileNotFoundError:
            return
