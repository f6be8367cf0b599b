"""The image of a log as pictures of its strips, as fine as the size of a page allows."""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.image_log import ImageLog
from geobfdt.errors import InputError
from geobfdt.report.figures import Shown
from geobfdt.report.plots import COLOURMAP, edges_m
from geobfdt.report.scale import Strip

FINEST_ROW_M = 0.0025
"""Rows finer than this are averaged: at 1:10 a pixel of a screen is 2.6 mm of rock."""
MOST_COLUMNS = 360
BYTES_PER_M, MOST_BYTES = 40_000.0, 44e6
"""What the pictures of a metre may take, and those of a page: 6 MB of 150 m, 44 MB of 2 km, with the rest of the page
and the third that text adds to them in it."""
TEXT_SHARE = 4 / 3
QUALITY = 70
LOSSLESS_COLUMNS = 128
"""Images of so few columns are kept as they are: colours of neighbours bleed into each other in lossy pictures."""
SAMPLED_STRIPS = 4


@dataclass(frozen=True)
class Tile:
    """A picture of a look over part of a strip, ``top`` to ``base`` as shares of its length; ``data`` is its URL."""

    look: str
    top: float
    base: float
    data: str


@dataclass(frozen=True, eq=False)
class Tiles:
    """The pictures of the strips of a log."""

    shown: Shown
    strips: tuple[Strip, ...]

    @cached_property
    def row_m(self) -> float:
        """Metres of rock in a row of a picture: the finest that keeps all pictures below their limit, by those of a few
        strips spread over the log.
        """
        row_m = max(self.shown.row_step_m, FINEST_ROW_M)
        total_m = sum(strip.length_m for strip in self.strips)
        chosen = np.unique(np.linspace(0, len(self.strips) - 1, SAMPLED_STRIPS).astype(int))
        sampled = [self.strips[k] for k in chosen]
        size = TEXT_SHARE * sum(len(picture) for strip in sampled for _, _, picture in self._pictures(strip, row_m))
        per_m = size / sum(strip.length_m for strip in sampled)
        allowed = min(BYTES_PER_M, MOST_BYTES / total_m)
        return float(row_m * max(1.0, per_m / allowed))

    def of(self, strip: Strip) -> list[Tile]:
        """The pictures of a strip, none where the log has no row in it."""
        return [
            Tile(look, *ends, f"data:image/webp;base64,{base64.b64encode(picture).decode('ascii')}")
            for look, ends, picture in self._pictures(strip, self.row_m)
        ]

    def _pictures(self, strip: Strip, row_m: float) -> list[tuple[str, tuple[float, float], bytes]]:
        found = []
        try:
            images = self.shown.of(strip.top_m, strip.base_m)
        except InputError:  # a strip that ends within a gap may have one row alone, or none with a pixel
            return []
        for look, part in images.items():
            top_m, base_m = edges_m(part)
            rows = max(1, min(part.rows, math.ceil((base_m - top_m) / row_m)))
            picture = encoded(pixels(part, rows))
            found.append((look, (strip.share(top_m), strip.share(base_m)), picture))
        return found


def pixels(log: ImageLog, rows: int) -> NDArray[np.uint8]:
    """Red, green, blue and opacity (rows, columns, 4) of a log whose values lie between 0 and 1, averaged onto rows of
    one height; missing pixels are transparent.
    """
    from matplotlib import colormaps

    step = math.ceil(log.columns / MOST_COLUMNS)
    if log.colours is not None:
        known = np.isfinite(log.image)[..., None]
        levels = np.where(known, log.colours.astype(np.float32) / np.float32(255), np.float32(np.nan))
        even = np.stack([_even(log, levels[..., k], rows, step) for k in range(3)], axis=-1)
        opaque = np.asarray(np.isfinite(even).all(-1))
        colours = np.where(opaque[..., None], np.nan_to_num(even), 0.5)
    else:
        values = _even(log, log.image, rows, step)
        opaque = np.asarray(np.isfinite(values))
        colours = np.asarray(colormaps[COLOURMAP](np.nan_to_num(values, nan=0.5)))[..., :3]
    opacity = np.asarray(opaque, np.float64)[..., None]
    return np.asarray(np.round(255 * np.concatenate([colours, opacity], axis=-1)), np.uint8)


def _even(log: ImageLog, values: NDArray[np.float32], rows: int, step: int) -> NDArray[np.float32]:
    """Values (log.rows, columns) as means over ``rows`` bins of one height and ``step`` columns, NaN where there is no
    pixel; a bin without a row of its own shows the next one, if that is not beyond a gap.
    """
    if step > 1:
        short = -log.columns % step
        padded = np.pad(values, ((0, 0), (0, short)), constant_values=np.nan)
        known = np.asarray(np.isfinite(padded)).reshape(len(values), -1, step)
        total = np.where(known, padded.reshape(known.shape), 0).sum(-1)
        values = np.divide(total, known.sum(-1), out=np.full(total.shape, np.nan, np.float32), where=known.any(-1))
    bounds_m = np.linspace(*edges_m(log), rows + 1)
    first = np.minimum(np.searchsorted(log.depth_m, bounds_m[:-1]), log.rows - 1)
    valid = np.isfinite(values)
    counts = np.add.reduceat(valid, first, axis=0, dtype=np.int64)
    sums = np.add.reduceat(np.where(valid, values, np.float32(0)), first, axis=0, dtype=np.float64)
    means = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    means[log.depth_m[first] > bounds_m[1:] + log.row_step_m] = np.nan
    return np.asarray(means, np.float32)


def encoded(picture: NDArray[np.uint8]) -> bytes:
    """Pixels (rows, columns, 4) as WebP, without the opacity where all of them are seen."""
    from PIL import Image

    stream = io.BytesIO()
    seen = picture if (picture[..., 3] < 255).any() else np.ascontiguousarray(picture[..., :3])
    Image.fromarray(seen).save(
        stream, "WEBP", quality=QUALITY, lossless=picture.shape[1] <= LOSSLESS_COLUMNS, method=3, exact=False
    )
    return stream.getvalue()
