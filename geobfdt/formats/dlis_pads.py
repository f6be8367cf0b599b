"""Raw pads in a DLIS: where the tool looked, how wide the hole was, and what :mod:`geobfdt.borehole.pads` makes of
them.

Orientation and caliper are often recorded at another step than the buttons, in a frame of their own: any frame of the
same logical file will do.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole import Reference
from geobfdt.borehole.geometry import interpolated_azimuth_deg
from geobfdt.borehole.image_log import StoredImage
from geobfdt.borehole.pad_tools import PAD_TOOLS, PadTool
from geobfdt.borehole.pads import assemble, recorded_in_depth
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.dlis_frame import FrameData, bit_size_m, caliper_m, calipers_m, well_name
from geobfdt.formats.nulls import without_nulls_of
from geobfdt.formats.raw_image import RawImage
from geobfdt.formats.row_order import falling
from geobfdt.formats.units import degrees_per

_ORIENTATIONS: dict[Reference, tuple[str, ...]] = {
    # P1NO is measured across the hole as an image is, P1AZ in the horizontal plane; they part as the hole deviates
    # (Schlumberger's curve mnemonic dictionary, apps.slb.com/cmd, GPIT Survey).
    "north": ("P1NO_FBST", "P1NO", "P1AZ", "PAD1_AZ"),
    "high_side": ("RB_FBST", "RB"),
}
"""Channels that say where pad 1 looks, the best first, by what they count from; a file may add ``_S`` to a name."""


_CROSSED_ARMS = (("C1", "C2"), ("C1_13", "C2_24"))
"""Calipers of two arms at right angles, the first along pads 1 and 3."""


def tools_in(frame: Any) -> list[PadTool]:
    """The tools whose rows of buttons are all among the channels of a frame."""
    names = {channel.name.upper() for channel in frame.channels}
    return [tool for tool in PAD_TOOLS if names >= {row.channel for row in tool.rows}]


def read_pads(
    data: FrameData,
    tool: PadTool,
    *,
    hole_diameter_m: float | None,
    reference: Reference | None,
    nulls: Sequence[float] | None = None,
) -> RawImage:
    """The oriented image of a tool's raw pads, (rows, 360).

    Its reference is that of the orientation beside it: north from P1NO, P1AZ or PAD1_AZ (in that order, for P1NO is
    measured across the hole and P1AZ in the horizontal plane), the high side from RB; ``reference`` chooses where there
    are both, else north is taken. The hole is as wide as its caliper says, and where that is silent as
    ``hole_diameter_m``, else the bit size, else the mean of the caliper. Warns (:class:`InputWarning`) when the rows of
    buttons turn out to stand at the depths where they touched the wall already. Raises :class:`InputError` without an
    orientation, with none that counts from ``reference``, and without any width of the hole.
    """
    depth_m = data.depth_m(tool.label)
    falling(depth_m, data.path, lambda row: f"row {row + 1}")  # rows are moved by depth, which must have an order
    azimuth_deg, reference = _orientation(data, tool.label, depth_m, reference)
    caliper = _caliper(data, depth_m)
    known = np.isfinite(caliper)
    diameter = hole_diameter_m or bit_size_m(data) or (float(caliper[known].mean()) if known.any() else None)
    if diameter is None:
        raise InputError(
            f"{data.path}: {tool.label} need the width of the hole, but there is neither caliper nor bit size; "
            "give it in metres with --hole-diameter, as in 0.2159"
        )
    buttons = _buttons(data, tool, nulls)
    if recorded_in_depth(buttons, depth_m, tool):
        warnings.warn(
            f"{data.path}: the rows of {tool.label} agree best at the depths they stand at, so they were not moved",
            InputWarning,
            stacklevel=2,
        )
        tool = tool.in_depth()
    return RawImage(
        assemble(buttons, depth_m, azimuth_deg, np.where(known, caliper, diameter), tool),
        depth_m,
        tool.label,
        well_name(data.logical),
        diameter,
        caliper_m=caliper if known.any() else None,
        reference=reference,
        around=True,
    )


def _buttons(data: FrameData, tool: PadTool, nulls: Sequence[float] | None) -> dict[str, NDArray[np.float32]]:
    """The readings of each row of buttons by its channel, (rows, buttons); of a long log they stay in the file."""
    channels = {channel.name.upper(): channel for channel in reversed(data.frame.channels)}
    rows = {row.channel: channels[row.channel] for row in tool.rows}
    stored = {name: data.stored(channel) for name, channel in rows.items()}
    small = sum(image.size for image in stored.values()) * 4 < StoredImage.SMALL_BYTES
    return {
        name: without_nulls_of(np.array(image) if small else cast("Any", image), f"{data.path}: channel {name}", nulls)
        for name, image in stored.items()
    }


def read_ovality(
    data: FrameData, depth_m: NDArray[np.float64], reference: Reference | None
) -> tuple[NDArray[np.float64], Reference]:
    """How oval the hole is (rows, 2), as in :class:`geobfdt.borehole.image_log.ImageLog`, and what its azimuths count
    from.

    Two arms at right angles, the first of them along pads 1 and 3, are taken for the axes of an ellipse: in an oval
    hole the pads of a caliper come to rest along them. :class:`InputError` without such arms or where they point.
    """
    for source in _frames(data):
        arms = calipers_m(source, _CROSSED_ARMS)
        if arms is not None:
            azimuth_deg, counts_from = _orientation(data, "the caliper arms", depth_m, reference)
            difference = (arms[0] - arms[1]) / (arms[0] + arms[1])
            if source.frame is not data.frame:
                at, difference = _by_depth(source, difference, "caliper")
                difference = np.interp(depth_m, at, difference, np.nan, np.nan)
            twice = np.radians(2 * azimuth_deg)
            return difference[:, None] * np.stack([np.cos(twice), np.sin(twice)], axis=1), counts_from
    arms_known = " or ".join(" and ".join(arms) for arms in _CROSSED_ARMS)
    raise InputError(f"{data.path}: has no caliper of two arms ({arms_known}); leave out --caliper elliptical")


def _orientation(
    data: FrameData, what: str, depth_m: NDArray[np.float64], reference: Reference | None
) -> tuple[NDArray[np.float64], Reference]:
    """Azimuth of pad 1 (rows,) in degrees, NaN where it is not known, and what it counts from."""
    found = {counts_from: _channel(data, names) for counts_from, names in _ORIENTATIONS.items()}
    there = [counts_from for counts_from, channel in found.items() if channel]
    if not there:
        names = ", ".join(name for names in _ORIENTATIONS.values() for name in names)
        raise InputError(
            f"{data.path}: {what} have no orientation, none of the channels {names}; export one of them with the image"
        )
    taken = reference or there[0]
    if taken not in there:
        _, channel = cast("tuple[FrameData, Any]", found[there[0]])
        wanted = " or ".join(_ORIENTATIONS[taken])
        raise InputError(
            f"{data.path}: {what} are oriented by {channel.name}, from {there[0].replace('_', ' ')}; "
            f"leave out --reference {taken}, or export {wanted} with the image"
        )
    source, channel = cast("tuple[FrameData, Any]", found[taken])
    factor = degrees_per(channel.units or "")
    if factor is None:
        raise InputError(f"{data.path}: {channel.name} has the unit {channel.units!r}; use deg or rad")
    azimuth_deg = source.values(channel, 0, source.rows).reshape(-1) * factor
    if source.frame is data.frame:
        return azimuth_deg, taken
    return interpolated_azimuth_deg(depth_m, *_by_depth(source, azimuth_deg, channel.name)), taken


def _channel(data: FrameData, names: tuple[str, ...]) -> tuple[FrameData, Any] | None:
    """The first of the channels that there is, with its frame; in the frame of the pads before any other."""
    for source in _frames(data):
        single = {c.name.upper().removesuffix("_S"): c for c in source.frame.channels if math.prod(c.dimension) == 1}
        name = next((name for name in names if name in single), None)
        if name and source.rows:
            return source, single[name]
    return None


def _caliper(data: FrameData, depth_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Diameter of the hole in metres (rows,) from the caliper, NaN where there is none that a hole can have."""
    for source in _frames(data):
        diameter = caliper_m(source)
        if diameter is None:
            continue
        if source.frame is not data.frame:
            at, diameter = _by_depth(source, diameter, "caliper")
            diameter = np.interp(depth_m, at, diameter, np.nan, np.nan)
        return diameter
    return np.full(len(depth_m), np.nan)


def _frames(data: FrameData) -> list[FrameData]:
    """The frame of the pads, then the others of its logical file whose rows have depths."""
    others = [FrameData(data.path, data.logical, frame) for frame in data.logical.frames if frame is not data.frame]
    return [data, *(other for other in others if other.index() is not None)]


def _by_depth(
    source: FrameData, values: NDArray[np.float64], name: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Depths in metres that increase and the values there, both (rows,)."""
    depth_m = source.depth_m(name)
    order = np.argsort(depth_m, kind="stable")
    return depth_m[order], values[order]
