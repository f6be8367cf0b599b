"""What a file holds, before anyone imports it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Channel:
    """A channel, curve or column; ``shape`` is that of one sample, () of a single value."""

    name: str
    shape: tuple[int, ...]
    unit: str


@dataclass(frozen=True)
class Part:
    """Channels that share their depths: a frame of a DLIS file, or all of a LAS or delimited one.

    rows           how many samples each channel has
    depth          name of the channel of depths, "" when there is none
    top_m, base_m  metres, NaN when there are no depths or their unit is not known
    images         names that --image takes
    """

    name: str
    well: str
    rows: int
    depth: str
    top_m: float
    base_m: float
    channels: tuple[Channel, ...]
    images: tuple[str, ...]


def part_of(
    well: str, depth: str, depth_m: NDArray[np.float64], channels: tuple[Channel, ...], images: tuple[str, ...]
) -> Part:
    """The one part of a file of columns, of which ``depth`` is that of depths (rows,), "" when there is none."""
    top, base = (np.fmin.reduce(depth_m), np.fmax.reduce(depth_m)) if len(depth_m) else (np.nan, np.nan)
    return Part("", well, len(depth_m), depth, float(top), float(base), channels, images)
