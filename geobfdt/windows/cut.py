"""Windows: what the detector sees. Dimensionless, so that a sinusoid's shape depends on its dip alone, in every hole.

A log is resampled onto one regular grid, rows and columns in hole radii; windows are slices of that grid that overlap
by half, and each of them *owns* the depths that are nearer to its own centre than to any other's: its middle half.
What a window finds there is kept, the rest is its neighbours', and around it the window sees what it needs to judge by.
The outermost windows look beyond the log's ends, where nothing is valid.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import column_azimuths_deg, traces
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.normalize import compress_decades, thinned
from geobfdt.windows.grid import (
    HALF,
    HEIGHT_RADII,
    ROW_STEP_RADII,
    ROWS,
    Grid,
    Image,
    ImageForm,
    grid_top_m,
    row_step_m,
    stretches,
)

OWNED_RADII = HEIGHT_RADII / 4
"""A window between two others owns the depths nearer to its centre than this."""
TARGET_RADII = 0.28 * HEIGHT_RADII
"""The planes whose depths lie so near to a window's centre are its targets: those that it owns, and, because two
windows may not agree to the millimetre on which of them owns a plane, some of its neighbours'."""


@dataclass(frozen=True, eq=False)
class Windows:
    """n consecutive windows of a log, half a window apart.

    windows    (n, channels, ROWS, COLUMNS) float32: image, missing pixels 0, its 0/1 validity, and, where its form is
               "both", the image a second time
    centre_m   (n,) metres along hole of each window's centre
    owned_m    (n, 2) metres, top and base of what each window owns; without end at the ends of the log
    first      index of the first of them, windows without rows, which are left out, counted as well: the index of two
               neighbours differs by 1
    stretch    index of the stretch of windows, see :func:`~geobfdt.windows.grid.stretches`, that they are of
    turn_deg   azimuth of the windows' left edge from that of the log's image: see :func:`first_column`
    """

    windows: Image
    centre_m: NDArray[np.float64]
    owned_m: NDArray[np.float64]
    first: int
    stretch: int
    turn_deg: float

    def owns(self, window: NDArray[np.int64], depth_m: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether m depths, each found by one of the windows, lie in what it owns; the upper edge is included."""
        top_m, base_m = self.owned_m[window].T
        return np.asarray((depth_m >= top_m) & (depth_m < base_m))


def cut(log: ImageLog, at_once: int = 64, form: ImageForm = "window", threads: int = 0) -> Iterator[Windows]:
    """All windows of a log that show rows from top to base, ``at_once`` of them at a time or fewer above a gap, so that
    memory does not grow with the log; cut ahead of time by so many ``threads``, if any.

    Column j of a window looks at azimuth ``first_azimuth_deg + turn_deg + (j + 0.5) * 2``. Values over decades
    (resistivities) come as logarithms. In the forms "static" and "dynamic" they lie in [0, 1], on the scale of the
    whole log or of what lies around; "both" gives these two images.
    """
    parts = _read(log, at_once, form)
    if not threads:
        yield from (finished() for finished in parts)
        return
    pool = ThreadPoolExecutor(threads)
    try:
        ahead: deque[Future[Windows]] = deque()
        for finished in parts:
            ahead.append(pool.submit(finished))
            if len(ahead) > threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _read(log: ImageLog, at_once: int, form: ImageForm) -> Iterator[Callable[[], Windows]]:
    """The windows of :func:`cut`, read, and what cuts them."""
    grid = Grid.of(log, form)
    turn = first_column(compress_decades(log.image)(thinned(log.image)))
    parted = stretches(log)
    top, base = parted[0][0], parted[-1][-1]

    def finished(rows: Callable[[int], Image], some: NDArray[np.int64], number: int) -> Windows:
        channels = rows(turn)
        windows = np.stack([channels[:, start : start + ROWS] for start in some - some[0]])
        above, centre_m, below = (_centres_m(log, some + shift) for shift in (-HALF, 0, HALF))
        owned_m = np.stack([(above + centre_m) / 2, (centre_m + below) / 2], axis=1)
        owned_m[some == top, 0], owned_m[some == base, 1] = -np.inf, np.inf
        return Windows(windows, centre_m, owned_m, int(some[0] - top) // HALF, number, turn * 360 / log.columns)

    for number, starts in enumerate(parted):
        for begun in range(0, len(starts), at_once):
            some = starts[begun : begun + at_once]
            yield partial(finished, grid.read(int(some[0]), int(some[-1]) + ROWS), some, number)


def _centres_m(log: ImageLog, starts: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(grid_top_m(log) + (starts + HALF) * row_step_m(log), np.float64)


def first_column(image: Image) -> int:
    """The column of an image (rows, columns) that its windows begin with: where its first harmonic peaks.

    The image itself says where it is to be opened, so the windows of an image and of the same image turned by whole
    columns are the same, and what is found in them turns with it exactly.
    """
    there = np.isfinite(image)
    level = image[there].mean(dtype=np.float64) if there.any() else 0.0
    values = np.where(there, image - level, 0.0)
    # A whole trace adds the same to every column's mean, which alone would be blind to it; so deeper rows count more.
    weights = np.linspace(1.0, 2.0, len(image))
    columns = image.shape[1]
    harmonic = (weights @ values) @ np.exp(2j * np.pi * np.arange(columns) / columns)
    return int(round(float(np.angle(harmonic)) / (2 * np.pi) * columns) % columns)


def share_shown(
    valid: NDArray[np.floating], window: NDArray[np.int64], sinusoids: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Share of columns at which the traces of m sinusoids (m, 3), each in one of the windows (m,) and its z0 from that
    window's centre, pass over pixels that are valid (windows, rows, columns), in [0, 1].
    """
    rows, columns = valid.shape[1:]
    row = np.rint(traces(sinusoids, column_azimuths_deg(columns)) / ROW_STEP_RADII + (rows - 1) / 2)
    inside = (row >= 0) & (row < rows)
    place = np.clip(row, 0, rows - 1).astype(np.int64)
    seen = valid[window[:, None], place, np.arange(columns)] > 0
    return np.asarray((seen & inside).mean(axis=1))
