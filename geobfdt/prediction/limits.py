"""Where a detector's picks are not to be relied on: pixels that are too coarse, and planes that stand too steeply."""

from __future__ import annotations

import warnings

import numpy as np

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputWarning, counted

FEWEST_COLUMNS, TALLEST_ROW_RADII = 32, 0.25
"""An image of fewer columns around the hole, or of taller rows, in hole radii, is coarse: in rock without planes such
ones show what looks like planes. ``python -m tests.prediction.coarse`` counts it for images of many sizes."""
CHECK_ALL = "in rock without planes some are found in such images; check every pick"
STEEPEST_DEG, STEEP_DEG, STEEP_APART_M = 84.0, 82.0, 5.0
"""The steepest planes that the detector was taught; dips beside which steeper ones may be missing, and how far such
picks lie apart in one interval."""


def coarse_pixels(log: ImageLog) -> str | None:
    """In what way the pixels of an image are coarse, as the end of a sentence about it, or None."""
    if log.columns < FEWEST_COLUMNS:
        return f"has {log.columns} columns around the hole, and fewer than {FEWEST_COLUMNS} tell little apart"
    if log.row_step_m > TALLEST_ROW_RADII * log.radius_m:
        return (
            f"has a row every {100 * log.row_step_m:.1f} cm, and more than a quarter of the hole's radius "
            f"({100 * TALLEST_ROW_RADII * log.radius_m:.1f} cm) tells little apart"
        )
    return None


def say_what_to_check(log: ImageLog, picks: Picks) -> None:
    """Warn of picks of a coarse image, and of picks so steep that steeper ones must be expected to be missing."""
    coarse = coarse_pixels(log) if len(picks) else None
    notes = [f"the image {coarse}: {CHECK_ALL}"] if coarse else []
    for note in (*notes, *_too_steep(picks)):
        warnings.warn(note, InputWarning, stacklevel=4)  # whoever called detect


def _too_steep(picks: Picks) -> list[str]:
    """A plane of 85 degrees is as tall as a window: such ones are missing, and only what dips nearly as much tells."""
    depth_m = picks.depth_m[picks.dip_deg >= STEEP_DEG]
    if not len(depth_m):
        return []
    parts = np.split(depth_m, np.flatnonzero(np.diff(depth_m) > STEEP_APART_M) + 1)
    where = ", ".join(f"{part[0]:.1f} to {part[-1]:.1f} m" for part in parts[:3])
    more = f" and {len(parts) - 3} more intervals" if len(parts) > 3 else ""
    dip = "dips" if len(depth_m) == 1 else "dip"
    return [
        f"{counted(len(depth_m), 'pick')} {dip} by {STEEP_DEG:g} degrees or more ({where}{more}); planes steeper than "
        f"{STEEPEST_DEG:g} are not found, so look there for what is missing"
    ]
