"""The looks of a log, and their averages over many rows, computed once in the background."""

from __future__ import annotations

import contextlib
import math
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.image_log import ImageLog, StoredImage
from geobfdt.borehole.normalize import Image, compress_decades, dynamic, static
from geobfdt.reviewing.averages import Bins, Grid, Part, averaged, halved

Look = Literal["colour", "static", "dynamic"]
WINDOW_M = 1.0
"""Of the dynamic look, as in reports."""
MOST_ROWS_READ = 1024
"""Single rows that are read of a stored image for one picture."""
MOST_PIXELS = 1_600_000
"""Of the log that a tile is made of: a tenth of a second of one processor."""
MOST_CELLS = 24_000_000
"""Of the finest averages that are kept of a look, one byte each."""
BLOCK_PIXELS = 800_000
HEAD_START_S, IDLENESS = 0.5, 10
"""Of the page's first tiles before the thread that averages, and how much it then steps back for them."""


@dataclass(frozen=True)
class Looks:
    """The ways in which the image of a log is shown: in true colour where it has colours, by one scale for the whole
    log, and by one that follows it.
    """

    log: ImageLog

    @property
    def names(self) -> tuple[Look, ...]:
        return ("static", "dynamic") if self.log.colours is None else ("colour", "static", "dynamic")

    @cached_property
    def row_step_m(self) -> float:
        return self.log.row_step_m

    @cached_property
    def _static(self) -> Callable[[Image], Image]:
        return static(self.log.image)

    @cached_property
    def _comparable(self) -> Callable[[Image], Image]:
        return compress_decades(self.log.image)

    def part(self, look: Look, bins: Bins, most: int = MOST_PIXELS) -> tuple[Part, int]:
        """The rows in bins, and one more on each side, in a look; of more than ``most`` pixels only every so many rows.
        Also how many rows apart they are.
        """
        first, last = self._rows(bins.top_m, bins.base_m)
        stride = self._stride(last - first, most)
        around = math.ceil(WINDOW_M / 2 / self.row_step_m / stride) * stride if look == "dynamic" else 0
        top = max(first - around, first % stride)
        rows = slice(top, min(last + around, self.log.rows), stride)
        shown = self.shown(look, rows)
        inside = slice((first - top) // stride, (first - top) // stride + len(range(first, last, stride)))
        return Part(self.log.depth_m[first:last:stride], shown[inside]), stride

    def shown(self, look: Look, rows: slice) -> NDArray[np.float32]:
        """Rows of the image from 0 to 1, NaN where missing, (rows, columns), in colour (rows, columns, 3)."""
        image = self.log.image[rows]
        if look == "colour":
            assert self.log.colours is not None
            levels = self.log.colours[rows].astype(np.float32) / np.float32(255.0)
            return np.where(np.isfinite(image)[..., None], levels, np.float32(np.nan))
        return self._static(image) if look == "static" else self.followed(image, rows.step or 1)

    def followed(self, image: Image, stride: int = 1) -> Image:
        """Rows by the scale of the rows around them."""
        return dynamic(self._comparable(image), max(1, round(WINDOW_M / self.row_step_m / stride)))

    def _rows(self, top_m: float, base_m: float) -> tuple[int, int]:
        first, last = np.searchsorted(self.log.depth_m, [top_m, base_m]).tolist()
        return max(first - 1, 0), min(last + 1, self.log.rows)

    def _stride(self, rows: int, most: int) -> int:
        if rows * self.log.columns <= most:
            return 1
        if isinstance(self.log.image, StoredImage):
            return math.ceil(rows / MOST_ROWS_READ)
        return math.ceil(rows * self.log.columns / most)


@dataclass
class Pyramid:
    """Averages over 2^base rows of the grid and more, of every look, made in one pass over the log by a thread."""

    looks: Looks
    grid: Grid
    levels: int
    _made: dict[Look, list[NDArray[np.uint8]]] = field(default_factory=dict)
    _rows_made: int = 0
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @cached_property
    def base(self) -> int:
        """The finest level that is averaged once; a tile of the levels before it is made of few rows."""
        columns, rows = self.looks.log.columns, self._count(0)
        direct = max(0, math.floor(math.log2(MOST_PIXELS / (512 * columns)))) if columns * 512 < MOST_PIXELS else 0
        kept = max(0, math.ceil(math.log2(rows * columns / MOST_CELLS)))
        return max(direct + 1, kept)

    def _count(self, level: int) -> int:
        """Rows of a level."""
        log = self.looks.log
        return math.ceil((log.base_m - self.grid.origin_m) / (self.grid.step_m * 2.0**level) - 1e-9)

    def covers(self, level: int) -> bool:
        """Whether tiles of a level are made of averages, once they are there."""
        return level >= self.base

    @property
    def ready(self) -> bool:
        """Whether nothing is left to be made."""
        return self.base >= self.levels or self._rows_made >= self._count(self.base)

    def start(self) -> None:
        """Begin, if there is anything to do."""
        if self.base < self.levels and self._thread is None:
            self._thread = threading.Thread(target=self._make, name="averages of the image", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Give up, and wait for the end of the block at work."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def rows(self, look: Look, level: int, first: int, count: int) -> NDArray[np.uint8] | None:
        """Rows [first, first + count) of a level, 0 where the log has none; None where they are not averaged (yet)."""
        made = self._made.get(look)
        if not self.covers(level) or made is None:
            return None
        above = min(level - self.base, len(made) - 1)
        finer = 2 ** (level - self.base - above)
        if self._rows_made < min((first + count) * 2 ** (level - self.base), self._count(self.base)):
            return None
        levels = made[above][first * finer : (first + count) * finer]
        while finer > 1:
            levels, finer = halved(levels), finer // 2
        missing = np.zeros((count - len(levels), *levels.shape[1:]), np.uint8)
        return np.concatenate([levels, missing])

    def _make(self) -> None:
        if self._stopped.wait(HEAD_START_S):
            return
        with contextlib.suppress(AttributeError, OSError):  # of a thread by itself on Linux alone
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), IDLENESS)
        count, columns = self._count(self.base), self.looks.log.columns
        self._made = {
            look: [np.zeros((count, columns, 4) if look == "colour" else (count, columns), np.uint8)]
            for look in self.looks.names
        }
        for first, last in self._blocks(count):
            if self._stopped.is_set():
                return
            bins = self.grid.bins(first, last - first, self.base)
            for look, levels in self._made.items():
                part, _ = self.looks.part(look, bins, most=2**62)
                levels[0][first:last] = averaged(part, bins, self.grid.step_m)
            self._rows_made = last
        for levels in self._made.values():
            while len(levels) < self.levels - self.base:
                levels.append(halved(levels[-1]))

    def _blocks(self, count: int) -> Iterator[tuple[int, int]]:
        size = max(1, BLOCK_PIXELS // (self.looks.log.columns * 2**self.base))
        return ((first, min(first + size, count)) for first in range(0, count, size))
