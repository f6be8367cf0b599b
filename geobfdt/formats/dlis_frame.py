"""A frame of a DLIS file: its rows, read a channel at a time, and what stands beside an image in it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.image_log import StoredImage, as_pixels
from geobfdt.errors import InputError
from geobfdt.formats.units import DEPTH_NAMES, DEPTH_UNITS, metres_per, set_nulls

FEWEST_SECTORS = 16
"""Arrays with fewer values a depth are the electrodes of a laterolog or the gates of a sonic, not a picture."""

_BIT = ("BS", "BIT")
_CALIPERS = (
    ("ASSOC_CAL",),
    ("C1", "C2"),
    ("C1_13", "C2_24"),
    ("C1_13", "C2_24", "C3_13", "C3_24"),
    ("CALX", "CALY"),
    ("CALI",),
    ("HCAL",),
)


def sectors(shape: Sequence[int]) -> int:
    """Values around the hole of a channel of that sample shape, 0 of one that is no picture."""
    wide = [size for size in shape if size > 1]
    return wide[0] if len(wide) == 1 and wide[0] >= FEWEST_SECTORS else 0


@dataclass(frozen=True, eq=False)
class FrameData:
    """The rows of a frame, read a channel at a time: dlisio's own curves() reads all of them at once."""

    path: Path
    logical: Any
    frame: Any

    @property
    def records(self) -> list[int]:
        """Where in the file each row stands."""
        return cast("list[int]", self.logical.fdata_index.get(self.frame.fingerprint, []))

    @property
    def rows(self) -> int:
        return len(self.records)

    def index(self) -> Any:
        """The channel of depths: the frame's index, or where that is time the first channel named for depth."""
        channels = {channel.name.upper(): channel for channel in reversed(self.frame.channels)}
        index = channels.get(str(self.frame.index).upper())
        if index is not None and metres_per(index.units or ""):
            return index
        return next((channels[name.upper()] for name in DEPTH_NAMES if name.upper() in channels), None)

    def depth_m(self, image: str) -> NDArray[np.float64]:
        index = self.index()
        if index is None:
            raise InputError(
                f"{self.path}: image {image} has no depths, its frame no channel of them; export it by depth"
            )
        factor = metres_per(index.units or "")
        if factor is None:
            unit = f"the unit {index.units!r}" if index.units else "no unit"
            raise InputError(f"{self.path}: depth channel {index.name} has {unit}; use one of {DEPTH_UNITS}")
        return self.values(index, 0, self.rows) * factor

    def image(self, channel: Any) -> NDArray[np.floating]:
        """The image (rows, sectors), nulls as the file has them, or where it is large the means to read parts of it."""
        image = self.stored(channel)
        if image.size * 4 >= StoredImage.SMALL_BYTES:
            return cast("NDArray[np.floating]", image)
        return self._recorded(channel, 0, self.rows).reshape(image.shape)

    def stored(self, channel: Any) -> StoredImage:
        """The means to read parts of a channel of several values a row, (rows, values), nulls as the file has them."""
        shape = (self.rows, math.prod(channel.dimension))

        def read(first: int, last: int) -> NDArray[np.float32]:
            return as_pixels(self._recorded(channel, first, last)).reshape(-1, shape[1])

        return StoredImage(shape, read)

    def values(self, channel: Any, first: int, last: int) -> NDArray[np.float64]:
        """Rows [first, last) of a channel as float64 (rows, ...), nulls NaN."""
        return set_nulls(self._recorded(channel, first, last).astype(np.float64))

    def _recorded(self, channel: Any, first: int, last: int) -> NDArray[Any]:
        """Rows [first, last) of a channel as the file holds them, (rows, ...)."""
        place = next(k for k, other in enumerate(self.frame.channels) if other is channel)
        if (first, last) == (0, self.rows) and self._whole is not None:
            return self._whole[str(place)]
        return self._fields(slice(place, place + 1), first, last)[str(place)]

    @cached_property
    def _whole(self) -> NDArray[Any] | None:
        """All channels of a small frame, read once: every pass over a file costs as much as reading all of it."""
        width = sum(np.dtype(channel.dtype).itemsize for channel in self.frame.channels)
        if width * self.rows >= StoredImage.SMALL_BYTES:
            return None
        return self._fields(slice(0, len(self.frame.channels)), 0, self.rows)

    def _fields(self, chosen: slice, first: int, last: int) -> NDArray[Any]:
        """Rows [first, last) of neighbouring channels: a structured array, its fields named by their places."""
        from dlisio import core

        formats = [channel.fmtstr() for channel in self.frame.channels]
        fields = [(str(place), channel.dtype) for place, channel in enumerate(self.frame.channels)]
        dtype = np.dtype(fields[chosen])
        rows = core.read_fdata(
            "i" + "".join(formats[: chosen.start]),  # every row begins with its number
            "".join(formats[chosen]),
            "".join(formats[chosen.stop :]),
            self.logical.file,
            self.records[first:last],
            dtype.itemsize,
            lambda size: np.empty(size, dtype),
            self.logical.error_handler,
        )
        return np.asarray(rows)


def well_name(logical: Any) -> str:
    return next((str(origin.well_name).strip() for origin in logical.origins if origin.well_name), "")


def bit_size_m(data: FrameData) -> float | None:
    """The bit size in metres, from the parameters or a channel, where it has a unit of length."""
    for parameter in data.logical.parameters:
        if parameter.name.upper() not in _BIT or not np.size(parameter.values):
            continue
        attributes = parameter.attic
        unit = attributes["VALUES"].units if "VALUES" in attributes.keys() else ""  # noqa: SIM118 (no mapping)
        value = np.ravel(parameter.values)[0]
        if (factor := metres_per(unit or "")) and np.isreal(value) and float(value) > 0:
            return float(value) * factor
    for channel in data.frame.channels:
        if (
            channel.name.upper() in _BIT
            and (factor := metres_per(channel.units or ""))
            and not sectors(channel.dimension)
        ):
            size = float(np.nanmedian(data.values(channel, 0, data.rows)))
            return size * factor if size > 0 else None
    return None


def caliper_m(data: FrameData) -> NDArray[np.float64] | None:
    """Diameters of the hole (rows,), the mean of the arms of the caliper in the same frame; None without one."""
    arms = calipers_m(data, reversed(_CALIPERS))
    return None if arms is None else np.asarray(np.mean(arms, axis=0))


def calipers_m(data: FrameData, sets: Iterable[tuple[str, ...]]) -> list[NDArray[np.float64]] | None:
    """Diameters of the hole (rows,) along each arm of the first of the sets that the frame has, None without one."""
    channels = {channel.name.upper().removesuffix("_S"): channel for channel in data.frame.channels}
    arms = next((arms for arms in sets if all(arm in channels for arm in arms)), None)
    if arms is None:
        return None
    read = []
    for arm in arms:
        factor = metres_per(channels[arm].units or "")
        if factor is None or math.prod(channels[arm].dimension) != 1:
            return None
        read.append(data.values(channels[arm], 0, data.rows).reshape(-1) * factor)
    return read
