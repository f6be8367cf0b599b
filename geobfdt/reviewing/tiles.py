"""The image of a log as tiles: pictures of 512 rows on an even grid of depths, each level half as fine as the last.

Fine tiles are made from the rows of the log; coarse ones from averages that are computed once, in the background, so
that no tile ever needs a large part of the log. Until they are there a coarse tile is made of some rows alone.
"""

from __future__ import annotations

import io
import math
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.image_log import ImageLog
from geobfdt.errors import InputError
from geobfdt.reviewing.averages import Grid, averaged
from geobfdt.reviewing.pyramid import Look, Looks, Pyramid

ROWS = 512
CACHE_BYTES = 64_000_000
MOST_AT_ONCE = 4
"""Tiles that are made at one time, each of some tens of megabytes."""
ColourMap = Literal["brown", "grey"]
COLOUR_MAPS: tuple[str, ...] = get_args(ColourMap)
_BROWN = "662506 993404 cc4c02 ec7014 fe9929 fec44f fee391 fff7bc ffffe5"
"""The colour map of the reports, YlOrBr of ColorBrewer from dark to light; from matplotlib it would take a second."""


@dataclass(frozen=True)
class Tile:
    """A picture as PNG, and whether it is final or will be a better one once the averages are there."""

    png: bytes
    final: bool


@dataclass
class Tiles:
    """The tiles of a log; from whatever thread. :meth:`start` begins with the averages, :meth:`close` gives them up."""

    log: ImageLog
    _kept: OrderedDict[tuple[str, int, int, str], Tile] = field(default_factory=OrderedDict)
    _kept_bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _at_once: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(MOST_AT_ONCE))

    @cached_property
    def grid(self) -> Grid:
        """The rows of level 0: as high as the rows of the log in the middle, or on average where it has no gaps."""
        step_m = self.log.row_step_m
        mean_m = (self.log.base_m - self.log.top_m) / (self.log.rows - 1)
        step_m = mean_m if abs(mean_m - step_m) < 0.1 * step_m else step_m
        return Grid(self.log.top_m - step_m / 2, step_m)

    @cached_property
    def levels(self) -> int:
        """As many as it takes for the whole log to fit into one tile."""
        rows = (self.log.base_m - self.grid.origin_m) / self.grid.step_m
        return max(1, math.ceil(math.log2(max(1.0, rows / ROWS))) + 1)

    @cached_property
    def looks(self) -> Looks:
        return Looks(self.log)

    @cached_property
    def pyramid(self) -> Pyramid:
        return Pyramid(self.looks, self.grid, self.levels)

    def start(self) -> None:
        """Begin to compute the averages that coarse tiles are made of, if there are such tiles."""
        self.pyramid.start()

    def close(self) -> None:
        self.pyramid.stop()

    def tile(self, look: str, level: int, index: int, colour_map: str = "brown") -> Tile:
        """A tile as PNG, 512 rows high, missing pixels transparent. Raises :class:`InputError` where there is none."""
        if look not in self.looks.names:
            raise InputError(f"tiles: there is no look {look[:40]!r}; there are {', '.join(self.looks.names)}")
        if colour_map not in COLOUR_MAPS:
            raise InputError(f"tiles: there is no colour map {colour_map[:40]!r}; there are {', '.join(COLOUR_MAPS)}")
        if not 0 <= level < self.levels or not 0 <= index < self.count(level):
            raise InputError(f"tiles: there is no tile {index} of level {level}; levels go from 0 to {self.levels - 1}")
        key = look, level, index, colour_map
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        with self._at_once:
            values, final = self.values(look, level, index)
            tile = Tile(picture(values, colour_map), final)
        if final:
            self._keep(key, tile)
        return tile

    def count(self, level: int) -> int:
        """Tiles of a level."""
        height_m = ROWS * self.grid.step_m * 2**level
        return int(max(1, math.ceil((self.log.base_m - self.grid.origin_m) / height_m - 1e-9)))

    def values(self, look: Look, level: int, index: int) -> tuple[NDArray[np.uint8], bool]:
        """Levels of a tile, (512, columns) or (512, columns, 3 and whether there) in colour, 0 where nothing was
        measured, and whether they are final.
        """
        found = self.pyramid.rows(look, level, index * ROWS, ROWS)
        if found is not None:
            return found, True
        bins = self.grid.bins(index * ROWS, ROWS, level)
        part, step_rows = self.looks.part(look, bins)
        return averaged(part, bins, step_rows * self.grid.step_m), not self.pyramid.covers(level)

    def _keep(self, key: tuple[str, int, int, str], tile: Tile) -> None:
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = tile
            self._kept_bytes += len(tile.png)
            while self._kept_bytes > CACHE_BYTES:
                _, old = self._kept.popitem(last=False)
                self._kept_bytes -= len(old.png)


def picture(levels: NDArray[np.uint8], colour_map: str = "brown") -> bytes:
    """Levels as a PNG: grey ones (rows, columns) by a colour map of 255 colours, 0 transparent; (rows, columns, 4) as
    they are.
    """
    from PIL import Image

    stream = io.BytesIO()
    if levels.ndim == 3:
        Image.fromarray(levels, "RGBA").save(stream, "PNG", compress_level=1)
        return stream.getvalue()
    image = Image.fromarray(levels, "P")
    image.putpalette(palette(colour_map).tobytes())
    image.save(stream, "PNG", compress_level=1, transparency=0)
    return stream.getvalue()


def palette(colour_map: str) -> NDArray[np.uint8]:
    """Red, green and blue of the levels, (256, 3); that of 0, which is transparent, is a middle grey."""
    if colour_map == "grey":
        ramp = np.repeat(np.linspace(0, 255, 255)[:, None], 3, axis=1)
    else:
        anchors = np.array([[int(word[k : k + 2], 16) for k in (0, 2, 4)] for word in _BROWN.split()], float)
        at = np.linspace(0, len(anchors) - 1, 255)
        ramp = np.stack([np.interp(at, np.arange(len(anchors)), anchor) for anchor in anchors.T], axis=1)
    return np.concatenate([[[128, 128, 128]], np.round(ramp)]).astype(np.uint8)
