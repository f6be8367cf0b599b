"""Windows: what the detector sees. Dimensionless, so that a sinusoid's shape depends on its dip alone, in every hole.

A log is resampled onto one regular grid, rows and columns in hole radii; windows are slices of that grid that overlap
by half, and each of them *owns* the depths that are nearer to its own centre than to any other's: its middle half.
What a window finds there is kept, the rest is its neighbours', and around it the window sees what it needs to judge by.
The outermost windows look beyond the log's ends, where nothing is valid. What a window shows hangs on nothing but the
rows that it shows and their depths, so that a log and a part of it have the same windows away from where it was cut.
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
from geobfdt.windows.grid import (
    HALF,
    HEIGHT_RADII,
    ROW_STEP_RADII,
    ROWS,
    Grid,
    ImageForm,
    Rows,
    row_step_m,
    stretches,
)
from geobfdt.windows.resampling import Image

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
    turn_deg   (n,) azimuth of each window's left edge from that of the log's image
    """

    windows: Image
    centre_m: NDArray[np.float64]
    owned_m: NDArray[np.float64]
    first: int
    stretch: int
    turn_deg: NDArray[np.float64]

    def owns(self, window: NDArray[np.int64], depth_m: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether m depths, each found by one of the windows, lie in what it owns; the upper edge is included."""
        top_m, base_m = self.owned_m[window].T
        return np.asarray((depth_m >= top_m) & (depth_m < base_m))


def cut(
    log: ImageLog,
    at_once: int = 64,
    form: ImageForm = "window",
    threads: int = 0,
    turn: int | None = None,
    batches: slice = slice(None),
) -> Iterator[Windows]:
    """All windows of a log that show rows from top to base, ``at_once`` of them at a time or fewer above a gap, so that
    memory does not grow with the log; cut ahead of time by so many ``threads``, if any. Of these batches, of which
    there are :func:`batch_count`, only some ``batches`` where such are asked for: each is as among all.

    Column j of window i looks at azimuth ``first_azimuth_deg + turn_deg[i] + (j + 0.5) * 2``: each is opened where it
    says itself, see :func:`~geobfdt.windows.grid.first_column`, or all at one of the image's columns, ``turn``. Values
    over decades (resistivities) come as logarithms. In the forms "static" and "dynamic" they lie in [0, 1], on the
    scale of the whole log or of what lies around; "both" gives these two images.
    """
    parts = _read(log, at_once, form, turn, batches)
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


def batch_count(log: ImageLog, at_once: int) -> int:
    """In how many batches :func:`cut` gives the windows of a log."""
    return sum(-(-len(starts) // at_once) for starts in stretches(log))


def _read(
    log: ImageLog, at_once: int, form: ImageForm, turn: int | None, batches: slice
) -> Iterator[Callable[[], Windows]]:
    """The windows of :func:`cut`, read, and what cuts them."""
    grid = Grid.of(log, form)
    parted = stretches(log)
    top, base = parted[0][0], parted[-1][-1]

    def finished(read: Callable[[], Rows], some: NDArray[np.int64], number: int) -> Windows:
        rows = read()
        turns = [rows.first_column(start, start + ROWS) if turn is None else turn for start in some.tolist()]
        windows = np.stack(
            [rows.channels(start, start + ROWS, turn) for start, turn in zip(some.tolist(), turns, strict=True)]
        )
        above, centre_m, below = (
            np.asarray((some + HALF + shift) * row_step_m(log), np.float64) for shift in (-HALF, 0, HALF)
        )
        owned_m = np.stack([(above + centre_m) / 2, (centre_m + below) / 2], axis=1)
        owned_m[some == top, 0], owned_m[some == base, 1] = -np.inf, np.inf
        turn_deg = np.array(turns) * 360 / log.columns
        return Windows(windows, centre_m, owned_m, int(some[0] - top) // HALF, number, turn_deg)

    in_turn = [
        (number, starts[begun : begun + at_once])
        for number, starts in enumerate(parted)
        for begun in range(0, len(starts), at_once)
    ]
    for number, some in in_turn[batches]:
        yield partial(finished, grid.read(int(some[0]), int(some[-1]) + ROWS), some, number)


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
