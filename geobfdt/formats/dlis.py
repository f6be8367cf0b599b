"""DLIS (API RP 66 V1), read with dlisio: images in any frame of any logical file, with caliper and bit size."""

from __future__ import annotations

import logging
import math
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from geobfdt.errors import InputError
from geobfdt.formats.contents import Channel, Part
from geobfdt.formats.image_columns import choose_name
from geobfdt.formats.raw_image import RawImage
from geobfdt.formats.units import DEPTH_NAMES, DEPTH_UNITS, NULLS, metres_per
from geobfdt.image_log import StoredImage

FEWEST_SECTORS = 16
"""Arrays with fewer values a depth are the electrodes of a laterolog or the gates of a sonic, not a picture."""

_BIT = ("BS", "BIT")
_CALIPERS = (
    ("ASSOC_CAL",),
    ("C1", "C2"),
    ("C1_13", "C2_24"),
    ("C1_13", "C2_24", "C3_13", "C3_24"),
    ("CALI",),
    ("HCAL",),
)
_DAMAGED = "is damaged or no DLIS file; copy or export it again"


def _sectors(shape: Sequence[int]) -> int:
    """Values around the hole of a channel of that sample shape, 0 of one that is no picture."""
    wide = [size for size in shape if size > 1]
    return wide[0] if len(wide) == 1 and wide[0] >= FEWEST_SECTORS else 0


def contents(path: Path) -> list[Part]:
    """Every frame of a file, read from the headers and two rows. Errors as :func:`read_image`."""
    with _opened(path) as logical_files:
        return [
            _described(number, _FrameData(path, logical, frame))
            for number, logical in enumerate(logical_files, 1)
            for frame in logical.frames
        ]


def _described(number: int, data: _FrameData) -> Part:
    rows, index = data.rows, data.index()
    ends = [math.nan, math.nan]
    if index is not None and rows and (factor := metres_per(index.units or "")):
        ends = sorted(float(data.values(index, row, row + 1)[0]) * factor for row in (0, rows - 1))
    channels = tuple(
        Channel(channel.name, tuple(n for n in channel.dimension if n > 1), channel.units or "")
        for channel in data.frame.channels
    )
    images = tuple(channel.name for channel in channels if _sectors(channel.shape))
    name = f"logical file {number}, frame {data.frame.name}"
    depth = "" if index is None else index.name
    return Part(name, _well(data.logical), rows, depth, ends[0], ends[1], channels, images)


def read_image(path: Path, image: str | None) -> RawImage:
    """Read an image channel: one with a single dimension of at least 16 values a depth.

    Depths come from the index of its frame, in any unit of length, or from a depth channel beside it where the index is
    time; the bit size from the parameter or channel BS, the caliper from calipers in the same frame, the mean of their
    arms. Large images stay in the file. Raises :class:`InputError` naming the channels when there is no image or
    several and ``image`` names none of them (``FRAME/NAME`` or ``FILE/FRAME/NAME`` where a name occurs twice).
    """
    physical = _load(path)
    kept = False
    try:
        found = _images(path, physical)
        name = choose_name({label: _sectors(channel.dimension) for label, (_, channel) in found.items()}, image, path)
        data, channel = found[name]
        raw = RawImage(
            data.image(channel),
            data.depth_m(channel.name),
            channel.name,
            _well(data.logical),
            _bit_size_m(data),
            caliper_m=_caliper_m(data),
        )
        kept = isinstance(raw.image, StoredImage)
        if kept:
            weakref.finalize(raw.image, physical.close)
        return raw
    except (OSError, RuntimeError, ValueError, EOFError, KeyError) as error:
        raise InputError(f"{path}: {_DAMAGED} ({_reason(error)})") from None
    finally:
        if not kept:
            physical.close()


def _images(path: Path, logical_files: Any) -> dict[str, tuple[_FrameData, Any]]:
    """Image channels by the shortest name that tells each from the others."""
    found = [
        (
            (channel.name, f"{frame.name}/{channel.name}", f"{number}/{frame.name}/{channel.name}"),
            frame,
            logical,
            channel,
        )
        for number, logical in enumerate(logical_files, 1)
        for frame in logical.frames
        for channel in frame.channels
        if _sectors(channel.dimension)
    ]
    if not found:
        held = sum(len(frame.channels) for logical in logical_files for frame in logical.frames)
        raise InputError(
            f"{path}: holds no image, that is a channel of at least {FEWEST_SECTORS} values a depth, among its {held} "
            "channels; list them with geobfdt info FILE and export the image"
        )
    all_names = [name for names, *_ in found for name in names]
    return {
        next((name for name in names if all_names.count(name) == 1), names[-1]): (
            _FrameData(path, logical, frame),
            channel,
        )
        for names, frame, logical, channel in found
    }


@dataclass(frozen=True, eq=False)
class _FrameData:
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

    def image(self, channel: Any) -> NDArray[np.float32]:
        """The image (rows, sectors), or where it is large the means to read parts of it."""
        shape = (self.rows, _sectors(channel.dimension))

        def read(first: int, last: int) -> NDArray[np.float32]:
            return self.values(channel, first, last).astype(np.float32).reshape(-1, shape[1])

        if math.prod(shape) * 4 < StoredImage.SMALL_BYTES:
            return read(0, self.rows)
        return cast("NDArray[np.float32]", StoredImage(shape, read))

    def values(self, channel: Any, first: int, last: int) -> NDArray[np.float64]:
        """Rows [first, last) of a channel as float64 (rows, ...), nulls NaN."""
        from dlisio import core

        before, after = "i", ""  # every row begins with its number
        for other in self.frame.channels:
            if other is channel:
                break
            before += other.fmtstr()
        for other in reversed(self.frame.channels):
            if other is channel:
                break
            after = other.fmtstr() + after
        dtype = np.dtype([("value", channel.dtype)])
        rows = core.read_fdata(
            before,
            channel.fmtstr(),
            after,
            self.logical.file,
            self.records[first:last],
            dtype.itemsize,
            lambda size: np.empty(size, dtype),
            self.logical.error_handler,
        )
        values = np.asarray(rows["value"], np.float64)
        values[np.isin(values, NULLS)] = np.nan
        return values


def _well(logical: Any) -> str:
    return next((str(origin.well_name).strip() for origin in logical.origins if origin.well_name), "")


def _bit_size_m(data: _FrameData) -> float | None:
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
            and not _sectors(channel.dimension)
        ):
            size = float(np.nanmedian(data.values(channel, 0, data.rows)))
            return size * factor if size > 0 else None
    return None


def _caliper_m(data: _FrameData) -> NDArray[np.float64] | None:
    """Diameters of the hole (rows,), the mean of the arms of the caliper in the same frame; None without one."""
    channels = {channel.name.upper().removesuffix("_S"): channel for channel in data.frame.channels}
    arms = next((arms for arms in reversed(_CALIPERS) if all(arm in channels for arm in arms)), None)
    if arms is None:
        return None
    read = []
    for arm in arms:
        factor = metres_per(channels[arm].units or "")
        if factor is None or math.prod(channels[arm].dimension) != 1:
            return None
        read.append(data.values(channels[arm], 0, data.rows).reshape(-1) * factor)
    return np.asarray(np.mean(read, axis=0))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    physical = _load(path)
    try:
        yield physical
    except (OSError, RuntimeError, ValueError, EOFError, KeyError) as error:
        raise InputError(f"{path}: {_DAMAGED} ({_reason(error)})") from None
    finally:
        physical.close()


def _load(path: Path) -> Any:
    from dlisio import common, dlis

    # Names with a degree sign or an umlaut; without it what is not UTF-8 comes as bytes, and with a warning.
    common.set_encodings(["latin-1"])
    # dlisio logs what it tolerates; the user gets our own sentences instead.
    logging.getLogger("dlisio").setLevel(logging.CRITICAL)
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; check the name")
    try:
        logical_files = dlis.load(str(path))
        _check_frames(path, logical_files)
        return logical_files
    except (OSError, RuntimeError, ValueError, EOFError, KeyError) as error:
        raise InputError(f"{path}: {_DAMAGED} ({_reason(error)})") from None


def _check_frames(path: Path, logical_files: Any) -> None:
    """Frames name channels that exist, and no sizes of theirs that the file cannot hold."""
    size = path.stat().st_size
    for logical in logical_files:
        for frame in logical.frames:
            if None in frame.channels:
                raise ValueError(f"frame {frame.name} lists a channel that the file does not hold")
            values = sum(math.prod(channel.dimension) for channel in frame.channels)
            rows = len(logical.fdata_index.get(frame.fingerprint, []))
            if max(1, rows) * values > size:  # a value takes a byte or more
                raise ValueError(f"frame {frame.name} declares {rows} rows of {values} values in {size} bytes")


def _reason(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
