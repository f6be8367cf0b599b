"""DLIS (API RP 66 V1), read with dlisio: images and raw pads in any frame, with caliper, bit size and orientation."""

from __future__ import annotations

import math
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geobfdt.borehole import REFERENCES, Caliper, Reference
from geobfdt.borehole.image_log import StoredImage
from geobfdt.borehole.pad_tools import PadTool
from geobfdt.borehole.pads import COLUMNS
from geobfdt.errors import InputError, quiet, reason_of
from geobfdt.formats.candidates import Candidate, choose
from geobfdt.formats.dlis_frame import FEWEST_SECTORS, FrameData, bit_size_m, caliper_m, sectors, well_name
from geobfdt.formats.dlis_pads import read_ovality, read_pads, tools_in
from geobfdt.formats.dlis_writer import FIRST_AZIMUTH, REFERENCE
from geobfdt.formats.listing import Channel, Part
from geobfdt.formats.raw_image import RawImage
from geobfdt.formats.tables import Table
from geobfdt.formats.units import metres_per

_DAMAGED = "is damaged or no DLIS file; copy or export it again"


@contextmanager
def _in_our_words() -> Iterator[None]:
    """dlisio logs what it tolerates, and takes what is not UTF-8 in names, degree signs and umlauts, for bytes."""
    from dlisio import common

    with quiet("dlisio"):
        before = common.get_encodings()
        common.set_encodings(["latin-1"])
        try:
            yield
        finally:
            common.set_encodings(before)


@_in_our_words()
def contents(path: Path) -> list[Part]:
    """Every frame of a file, read from the headers and two rows. Errors as :func:`read_image`."""
    with opened(path) as logical_files:
        return [
            _described(number, FrameData(path, logical, frame))
            for number, logical in enumerate(logical_files, 1)
            for frame in logical.frames
        ]


def _described(number: int, data: FrameData) -> Part:
    rows, index = data.rows, data.index()
    ends = [math.nan, math.nan]
    if index is not None and rows and (factor := metres_per(index.units or "")):
        ends = sorted(float(data.values(index, row, row + 1)[0]) * factor for row in (0, rows - 1))
    channels = tuple(
        Channel(channel.name, tuple(n for n in channel.dimension if n > 1), channel.units or "")
        for channel in data.frame.channels
    )
    images = (
        *(channel.name for channel in channels if sectors(channel.shape)),
        *(tool.label for tool in tools_in(data.frame)),
    )
    name = f"logical file {number}, frame {data.frame.name}"
    depth = "" if index is None else index.name
    return Part(name, well_name(data.logical), rows, depth, ends[0], ends[1], channels, images)


@_in_our_words()
def read_image(
    path: Path,
    image: str | None,
    *,
    hole_diameter_m: float | None = None,
    reference: Reference | None = None,
    caliper: Caliper = "mean",
    nulls: Sequence[float] | None = None,
) -> RawImage:
    """Read an image channel, one with a single dimension of at least 16 values a depth, or the raw pads of a tool.

    Depths come from the index of its frame, in any unit of length, or from a depth channel beside it where the index is
    time; the bit size from the parameter or channel BS, the caliper from calipers in the same frame, the mean of their
    arms. Large images stay in the file. Pads become an oriented image (:func:`geobfdt.formats.dlis_pads.read_pads`),
    which is what ``hole_diameter_m``, ``reference`` and ``nulls`` are needed for. With the caliper "elliptical" the
    hole is as oval as its two arms say (:func:`geobfdt.formats.dlis_pads.read_ovality`). Raises :class:`InputError`
    naming the images when there are none or several and ``image`` names none (``FRAME/NAME`` or ``FILE/FRAME/NAME``
    where a name occurs twice, ``FILE/FRAME/NAME#2`` where frames have one name, too), and when the only one may be no
    image of the wall.
    """
    physical = _load(path)
    kept = False
    try:
        found = _images(path, physical)
        data, source = found[choose([_candidate(label, source) for label, (_, source) in found.items()], image, path)]
        if isinstance(source, PadTool):
            raw = read_pads(data, source, hole_diameter_m=hole_diameter_m, reference=reference, nulls=nulls)
        else:
            raw = RawImage(
                data.image(source),
                data.depth_m(source.name),
                source.name,
                well_name(data.logical),
                bit_size_m(data),
                caliper_m=caliper_m(data),
                **_columns_as_written(data.logical),
            )
        if caliper == "elliptical":
            ovality, counts_from = read_ovality(data, raw.depth_m, raw.reference or reference)
            raw = replace(raw, ovality=ovality, reference=raw.reference or counts_from)
        kept = isinstance(raw.image, StoredImage)
        if kept:
            weakref.finalize(raw.image, physical.close)
        return raw
    except (OSError, RuntimeError, ValueError, EOFError, KeyError) as error:
        raise InputError(f"{path}: {_DAMAGED} ({reason_of(error)})") from None
    finally:
        if not kept:
            physical.close()


def _candidate(label: str, source: Any) -> Candidate:
    if isinstance(source, PadTool):
        return Candidate(label, COLUMNS, sure=True)
    return Candidate(label, sectors(source.dimension), source.units or "")


@_in_our_words()
def read_table(path: Path, wanted: Callable[[Iterable[str]], bool], what: str) -> Table:
    """The single values of the first frame whose channels have names that are ``wanted``, its depths as ``DEPT_m``.
    Raises :class:`InputError`, saying ``what`` is missing, when there is no such frame; a damaged file as
    :func:`read_image`.
    """
    with opened(path) as logical_files:
        for logical in logical_files:
            for frame in logical.frames:
                data = FrameData(path, logical, frame)
                single = {
                    channel.name.removesuffix("_S"): channel
                    for channel in frame.channels
                    if math.prod(channel.dimension) == 1 and np.issubdtype(channel.dtype, np.number)
                }
                if data.rows and wanted(single):
                    columns = {"DEPT_m": data.depth_m(next(iter(single)))}
                    columns |= {name: data.values(channel, 0, data.rows).ravel() for name, channel in single.items()}
                    units = {name: channel.units for name, channel in single.items() if channel.units}
                    return Table(path, pd.DataFrame(columns), units, 1, index="DEPT_m")
    raise InputError(f"{path}: no frame of it holds {what}; give them as CSV or LAS")


@_in_our_words()
def read_tables(path: Path) -> list[Table]:
    """The single values of every frame that has depths, as tables with these as ``DEPT_m``. Errors as
    :func:`read_image`.
    """
    tables = []
    with opened(path) as logical_files:
        for data in (FrameData(path, logical, frame) for logical in logical_files for frame in logical.frames):
            index = data.index()
            if not data.rows or index is None or metres_per(index.units or "") is None:
                continue
            channels = {channel.name: channel for channel in reversed(data.singles())}
            columns = {"DEPT_m": data.depth_m(index.name)} | data.values_of(channels)
            units = {name: str(channel.units) for name, channel in channels.items() if channel.units}
            told = {name: str(channel.long_name or "").strip() for name, channel in channels.items()}
            frame = pd.DataFrame(columns)
            tables.append(Table(path, frame, units, 1, index="DEPT_m", descriptions=told))
    return tables


def _images(path: Path, logical_files: Any) -> dict[str, tuple[FrameData, Any]]:
    """Image channels and tools with raw pads by the shortest name that tells each from the others, with #2 where frames
    or channels themselves have one name.
    """
    found = []
    for number, logical in enumerate(logical_files, 1):
        for frame in logical.frames:
            sources = [(channel.name, channel) for channel in frame.channels if sectors(channel.dimension)]
            _check_different(path, frame.name, [channel for _, channel in sources])
            for name, source in [*sources, *((tool.label, tool) for tool in tools_in(frame))]:
                names = (name, f"{frame.name}/{name}", f"{number}/{frame.name}/{name}")
                found.append((names, FrameData(path, logical, frame), source))
    if not found:
        held = sum(len(frame.channels) for logical in logical_files for frame in logical.frames)
        raise InputError(
            f"{path}: holds no image, that is a channel of at least {FEWEST_SECTORS} values a depth, among its {held} "
            "channels; list them with geobfdt info FILE and export the image"
        )
    counts = Counter(name for names, *_ in found for name in names)
    seen: Counter[str] = Counter()
    labelled = {}
    for names, data, source in found:
        label = next((name for name in names if counts[name] == 1), names[-1])
        seen[label] += 1
        labelled[label if seen[label] == 1 else f"{label}#{seen[label]}"] = (data, source)
    return labelled


def _check_different(path: Path, frame: str, channels: list[Any]) -> None:
    """Two arrays that one channel describes cannot be told apart."""
    again = next((channel for k, channel in enumerate(channels) if any(channel is one for one in channels[:k])), None)
    if again is not None:
        raise InputError(
            f"{path}: frame {frame} lists channel {again.name} twice, so that its arrays cannot be told apart; export "
            "them under names of their own"
        )


def _columns_as_written(logical: Any) -> dict[str, Any]:
    """What a file that geobfdt wrote says of the columns of its image, as fields of a RawImage; else nothing."""
    said = {
        parameter.name: parameter.values[0]
        for parameter in logical.parameters
        if parameter.name in (REFERENCE, FIRST_AZIMUTH) and np.size(parameter.values) == 1
    }
    reference, first_azimuth_deg = said.get(REFERENCE), said.get(FIRST_AZIMUTH)
    if reference not in REFERENCES or not isinstance(first_azimuth_deg, float):
        return {}
    return {"reference": str(reference), "first_azimuth_deg": float(first_azimuth_deg), "edges": True}


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    physical = _load(path)
    try:
        yield physical
    except (OSError, RuntimeError, ValueError, EOFError, KeyError) as error:
        raise InputError(f"{path}: {_DAMAGED} ({reason_of(error)})") from None
    finally:
        physical.close()


def _load(path: Path) -> Any:
    from dlisio import dlis

    if not path.is_file():
        raise InputError(f"{path}: there is no such file; check the name")
    try:
        logical_files = dlis.load(str(path))
        _check_frames(path, logical_files)
        return logical_files
    except (OSError, RuntimeError, ValueError, EOFError, KeyError) as error:
        raise InputError(f"{path}: {_DAMAGED} ({reason_of(error)})") from None


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
