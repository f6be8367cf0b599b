"""A frame of a DLIS file: its rows, read a channel at a time, and what stands beside an image in it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.image_log import DIAMETER_RANGE_M, StoredImage, as_pixels
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.tables import SAME_DEPTH_M
from geobfdt.formats.units import DEPTH_NAMES, DEPTH_UNITS, metres_per, set_nulls

FEWEST_SECTORS = 16
"""Arrays with fewer values a depth are the electrodes of a laterolog or the gates of a sonic, not a picture."""

SAME_SIZE, SAME_CALIPER = 0.005, 0.1
"""Of themselves: by so much bit sizes differ as they are rounded, and calipers as they are calibrated."""
FEW_ROWS = 0.02
"""Of a channel of bit sizes: what stands in fewer rows is a step from one to the next."""

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
        return next(iter(self._depth_channels()), None)

    def _depth_channels(self) -> list[Any]:
        """The channels that may be the depths, the one to take first: an index that is named for depth is the only
        one, and a channel without a unit of length none where others have one.
        """
        channels = {channel.name.upper(): channel for channel in reversed(self.frame.channels)}
        named = [channels[name.upper()] for name in DEPTH_NAMES if name.upper() in channels]
        with_units = [channel for channel in named if metres_per(channel.units or "")]
        index = channels.get(str(self.frame.index).upper())
        if index is None or not metres_per(index.units or ""):
            return with_units or named
        return [index] if index in named else [index, *with_units]

    def depth_m(self, image: str) -> NDArray[np.float64]:
        """Depths (rows,); :class:`InputError` without any, and of several channels that do not say the same."""
        found = self._depth_channels()
        if not found:
            raise InputError(
                f"{self.path}: image {image} has no depths, its frame no channel of them; export it by depth"
            )
        first, *others = found
        factor = metres_per(first.units or "")
        if factor is None:
            unit = f"the unit {first.units!r}" if first.units else "no unit"
            raise InputError(f"{self.path}: depth channel {first.name} has {unit}; use one of {DEPTH_UNITS}")
        depth_m = self.values(first, 0, self.rows) * factor
        for other in others:
            other_m = self.values(other, 0, self.rows) * cast("float", metres_per(other.units or ""))
            apart = np.abs(other_m - depth_m) if other_m.shape == depth_m.shape else np.empty(0)
            row = int(np.argmax(np.nan_to_num(apart))) if len(apart) else 0
            if len(apart) and apart[row] > SAME_DEPTH_M:
                raise InputError(
                    f"{self.path}: channels {first.name} and {other.name} could each be the depths of {image}, "
                    f"{depth_m[row]:.4f} m and {other_m[row]:.4f} m in row {row + 1}; export the image by depth, or "
                    "with one of them"
                )
        return depth_m

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

    def singles(self) -> list[Any]:
        """The channels of one number a row."""
        return [
            channel
            for channel in self.frame.channels
            if math.prod(channel.dimension) == 1 and np.issubdtype(channel.dtype, np.number)
        ]

    def values_of(self, channels: Mapping[str, Any]) -> dict[str, NDArray[np.float64]]:
        """Channels of one number a row, (rows,) each, nulls NaN: in one pass over the file."""
        places = {name: next(k for k, c in enumerate(self.frame.channels) if c is channels[name]) for name in channels}
        width = sum(np.dtype(channel.dtype).itemsize for channel in self.frame.channels)
        at_once = max(1, int(StoredImage.SMALL_BYTES // (4 * width)))
        found = {name: np.empty(self.rows) for name in channels}
        for first in range(0, self.rows, at_once):
            last = min(first + at_once, self.rows)
            fields = self._fields(slice(0, len(self.frame.channels)), first, last)
            for name, values in found.items():
                values[first:last] = fields[str(places[name])].reshape(-1)
        return {name: set_nulls(values) for name, values in found.items()}

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
    """The bit size in metres, from the parameters and a channel, where it has a unit of length; None, with a warning,
    where they give several.
    """
    sizes = [size for parameter in data.logical.parameters for size in _parameter_sizes_m(parameter)]
    for channel in data.frame.channels:
        factor = metres_per(channel.units or "")
        if channel.name.upper() in _BIT and factor and math.prod(channel.dimension) == 1:
            values, counts = np.unique(data.values(channel, 0, data.rows).ravel() * factor, return_counts=True)
            often = counts > FEW_ROWS * data.rows
            sizes += values[often & (values > 0)].tolist()  # nothing is above a null
    if sizes and max(sizes) - min(sizes) > SAME_SIZE * max(sizes):
        different = sorted({f"{size:.4g}" for size in sizes})
        warnings.warn(
            f"{data.path}: holds several bit sizes, {', '.join(different)} m, so none of them was taken; give the "
            "hole's with --hole-diameter",
            InputWarning,
            stacklevel=3,
        )
        return None
    return sizes[0] if sizes else None


def _parameter_sizes_m(parameter: Any) -> list[float]:
    if parameter.name.upper() not in _BIT or not np.size(parameter.values):
        return []
    attributes = parameter.attic
    unit = attributes["VALUES"].units if "VALUES" in attributes.keys() else ""  # noqa: SIM118 (no mapping)
    factor = metres_per(unit or "")
    values = [value for value in np.ravel(parameter.values) if np.isreal(value) and float(value) > 0]
    return [float(value) * factor for value in values] if factor else []


def caliper_m(data: FrameData) -> NDArray[np.float64] | None:
    """Diameters of the hole (rows,), the mean of the arms of the caliper in the same frame; None without one. Warns of
    calipers that do not agree with the one taken.
    """
    sets = list(reversed(_CALIPERS))
    means = [
        (" and ".join(arms), np.asarray(np.mean(found, axis=0)))
        for arms in sets
        if (found := calipers_m(data, [arms])) is not None
    ]
    means = [(name, diameters) for name, diameters in means if np.isfinite(diameters).any()]
    if not means:
        return None
    sizes = {name: float(np.nanmedian(diameters)) for name, diameters in means}
    taken, caliper = means[0]
    if max(sizes.values()) - min(sizes.values()) > SAME_CALIPER * max(sizes.values()):
        listed = ", ".join(f"{name} ({size:.4g} m)" for name, size in sizes.items())
        warnings.warn(
            f"{data.path}: its calipers differ, {listed}, of which {taken} was taken", InputWarning, stacklevel=3
        )
    return caliper


def calipers_m(data: FrameData, sets: Iterable[tuple[str, ...]]) -> list[NDArray[np.float64]] | None:
    """Diameters of the hole (rows,) along each arm of the first of the sets that the frame has, None without one; NaN,
    with a warning, where they are none that a hole can have.
    """
    channels = {channel.name.upper().removesuffix("_S"): channel for channel in data.frame.channels}
    arms = next((arms for arms in sets if all(arm in channels for arm in arms)), None)
    if arms is None:
        return None
    read = []
    for arm in arms:
        channel = channels[arm]
        factor = metres_per(channel.units or "")
        if factor is None or math.prod(channel.dimension) != 1:
            if factor is None:
                _tell(data, f"caliper {channel.name} has no unit of length and was left out")
            return None
        read.append(_diameters_m(data, channel, factor))
    return read


def _diameters_m(data: FrameData, channel: Any, factor: float) -> NDArray[np.float64]:
    diameters = data.values(channel, 0, data.rows).reshape(-1) * factor
    low, high = DIAMETER_RANGE_M
    outside = (diameters < low) | (diameters > high)
    if outside.any():
        _tell(
            data,
            f"{int(outside.sum())} of {len(diameters)} values of caliper {channel.name} are no diameters of a hole, "
            f"{diameters[outside].min():.4g} to {diameters[outside].max():.4g} m, and were left out",
        )
        diameters[outside] = np.nan
    return diameters


def _tell(data: FrameData, what: str) -> None:
    warnings.warn(f"{data.path}: {what}", InputWarning, stacklevel=4)
