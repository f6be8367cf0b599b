"""Whether picks are of a log: of its well, and where it lies; nothing is ever drawn or counted beside it in silence."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace

import numpy as np

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError, InputWarning


def reach_m(log: ImageLog) -> tuple[float, float]:
    """(top, base) in metres between which picks of a log may lie: up to the edges of its first and last rows."""
    half_m = log.row_step_m / 2
    return log.top_m - half_m, log.base_m + half_m


def picks_of_well(log: ImageLog, picks: Picks, name: str, *, named: bool = True) -> Picks:
    """Those of a set of picks that are of the log's well and called as it, wherever they lie, with a warning where
    another name is taken for the same.

    name   what the set is called in messages
    named  whether the log's own file, or the user, names the well

    Raises :class:`InputError` where none of them is of the well, or none lies in the image, with both ranges.
    """
    wells = [well for well in np.unique(picks.well).tolist() if well]
    same = [well for well in wells if _plain(well) == _plain(log.well)]
    found = picks
    if wells and not same:
        if named or len(wells) > 1:
            raise InputError(
                f"picks {name}: are of {', '.join(wells[:5])}, {_range(picks)}, and the log is of {log.well}, "
                f"{log.top_m:.2f} to {log.base_m:.2f} m; if they are one well, give its name as --well NAME"
            )
        warnings.warn(
            f"picks {name}: are named {wells[0]}, taken as the same as {log.well}", InputWarning, stacklevel=3
        )
    elif len(wells) > len(same):
        found = picks[np.isin(np.asarray(picks.well), ("", *same))]
    if len(found) and not len(found.within([reach_m(log)])):
        raise InputError(
            f"picks {name}: lie at {_range(found)}, and the log at {log.top_m:.2f} to {log.base_m:.2f} m; check that "
            "they are of this well, and their depth unit"
        )
    return replace(found, well=log.well)


def picks_on(log: ImageLog, picks: Picks, name: str, *, named: bool = True) -> Picks:
    """Those of :func:`picks_of_well` that lie in the image, with a warning where others are dropped; its errors."""
    found = picks_of_well(log, picks, name, named=named)
    inside = found.within([reach_m(log)])
    if len(inside) < len(found):
        warnings.warn(
            f"picks {name}: {len(found) - len(inside)} of {len(found)} lie outside the image, {log.top_m:.2f} to "
            f"{log.base_m:.2f} m, and are left out",
            InputWarning,
            stacklevel=3,
        )
    return inside


FAR_M = 10.0
"""Metres between two sets of picks below which they may still be of one short interval."""


def check_overlap(ref: Picks, est: Picks) -> None:
    """Raise :class:`InputError`, with both ranges, on two sets of picks that lie further apart than the longer of them
    reaches, and than :data:`FAR_M`: they are of different wells, or one is in feet.
    """
    if not len(ref) or not len(est):
        return
    apart_m = max(est.depth_m.min() - ref.depth_m.max(), ref.depth_m.min() - est.depth_m.max())
    if apart_m > max(FAR_M, float(np.ptp(ref.depth_m)), float(np.ptp(est.depth_m))):
        raise InputError(
            f"the picks lie at {_range(est)}, and the interpreter's at {_range(ref)}; check that they are of one well, "
            "and their depth units"
        )


def _range(picks: Picks) -> str:
    return f"{picks.depth_m.min():.2f} to {picks.depth_m.max():.2f} m"


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())
