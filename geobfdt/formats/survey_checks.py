"""Whether the stations of a survey are those of one hole, and its inclinations what they are said to count."""

from __future__ import annotations

import itertools
import re
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole import Inclination
from geobfdt.borehole.geometry import pole_angle_deg
from geobfdt.borehole.survey import Survey
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.tables import Table
from geobfdt.formats.units import column_words, metres_per

Floats = NDArray[np.float64]

AT_ODDS_DEG = 10.0
"""Angle between two courses beyond which they are not of one hole: instruments differ by a few degrees."""
TVD_OFF_M, TVD_OFF_SHARE = 2.0, 0.03
"""True vertical depths may differ by that much and by that part of the length: other methods, rounded and few stations.
"""
CLEARLY_BETTER = 5
"""Times closer that they follow from inclinations of another meaning."""
_TVD_UNIT = re.compile(r"[\s_\[(](m|M|ft|FT|feet|metres|meters)(?![a-z])")


def apart_deg(one: Survey, other: Survey) -> float:
    """The angle between two courses (90th percentile) at stations of the other within the first, 0 without any."""
    within = (other.depth_m >= one.depth_m[0]) & (other.depth_m <= one.depth_m[-1])
    if not within.any():
        return 0.0
    course = one.at(other.depth_m[within])
    # The angle between two lines is that between planes at right angles to them.
    return float(np.percentile(pole_angle_deg(*course, other.deviation_deg[within], other.azimuth_deg[within]), 90))


def check_inclinations(table: Table, column: str, angle: Floats, inclination: Inclination) -> None:
    """Refuse angles from the vertical below 0; warn where what they are said to count makes the hole go upwards."""
    angle = angle[np.isfinite(angle)]
    if not len(angle):
        return
    if inclination == "from_vertical":
        if (angle < 0).any():
            raise InputError(
                f"{table.path}: {column} goes down to {angle.min():g} degrees; if it counts from the horizontal, say "
                "with --inclination dip, dip_down or gradient which way; if that means nothing was measured, leave the "
                "cell empty"
            )
        return
    up = angle < 0 if inclination == "dip_down" else angle > 0
    if up.all():
        warnings.warn(
            f"{table.path}: with --inclination {inclination} the hole goes upwards at all stations, by {column} from "
            f"{angle.min():g} to {angle.max():g}",
            InputWarning,
            stacklevel=4,
        )


def check_order(path: Path, stations: Floats) -> None:
    """Warn of stations (n, 3), as :class:`Survey` has them, that are out of order; refuse those that begin anew on
    another course, as in a table of two holes that does not name them.
    """
    falls = np.flatnonzero(np.diff(stations[:, 0]) < 0) + 1
    if not len(falls) or not (np.diff(stations[:, 0]) > 0).any():  # recorded upwards
        return
    runs = [_course(run) for run in np.split(stations, falls)]
    for before, run in itertools.pairwise(run for run in runs if run is not None and len(run.depth_m) > 1):
        if (apart := apart_deg(before, run)) > AT_ODDS_DEG:
            raise InputError(
                f"{path}: its depths begin anew at {run.depth_m[0]:g} m, {apart:.0f} degrees off the stations before, "
                "as those of another hole do; name the holes in a column well, and choose one with --survey-hole, or "
                "keep those of one"
            )
    warnings.warn(
        f"{path}: the depths of its stations fall back {len(falls)} times, first to {stations[falls[0], 0]:g} m; they "
        "were put in order",
        InputWarning,
        stacklevel=4,
    )


def _course(stations: Floats) -> Survey | None:
    """Rising stations with readings as a survey, None without any."""
    stations = stations[np.isfinite(stations).all(1) & (stations[:, 1] >= 0) & (stations[:, 1] <= 180)]
    stations = stations[np.concatenate([[True], np.diff(stations[:, 0]) > 0])[: len(stations)]]
    return Survey(*stations.T) if len(stations) else None


def check_vertical_depths(table: Table, survey: Survey) -> None:
    """Refuse a survey from which the true vertical depths of its own table do not follow, wherever they count from, but
    would if its inclinations counted from the horizontal or were in radians; warn where they do neither way.
    """
    columns = [name for name in table.columns if _names_vertical_depth(name) and table.is_numeric(name)]
    if not columns or len(survey.depth_m) < 2:
        return
    tvd, depth_m = table.numbers(columns[0]), table.depth_m()
    known = np.isfinite(tvd) & (depth_m >= survey.depth_m[0]) & (depth_m <= survey.depth_m[-1])
    if known.sum() < 2:
        return
    tvds, depth_m = [tvd[known] * factor for factor in _factors(table, columns[0])], depth_m[known]
    deviation = survey.deviation_deg
    meanings = {
        "": np.minimum(deviation, 179.9),  # straight up is none to wellpathpy
        "count from the horizontal; say so with --inclination": np.abs(90.0 - deviation),
        "be in radians; write (rad) behind their name": np.clip(np.degrees(deviation), 0.0, 179.9),
    }
    off = {
        meaning: min(_off(tvd_m, replace(survey, deviation_deg=angle).true_vertical_depth_m(depth_m)) for tvd_m in tvds)
        for meaning, angle in meanings.items()
    }
    likest = min(off, key=off.__getitem__)
    message = (
        f"the true vertical depths in {columns[0]} lie up to {off['']:.0f} m off what follows from its inclinations"
    )
    if off[""] > TVD_OFF_M and off[""] > CLEARLY_BETTER * off[likest]:
        raise InputError(f"{table.path}: {message}, which may {likest}")
    if off[""] > TVD_OFF_M + TVD_OFF_SHARE * float(np.ptp(depth_m)):
        warnings.warn(f"{table.path}: {message}; compare the columns", InputWarning, stacklevel=4)


def _names_vertical_depth(name: str) -> bool:
    words = column_words(name)
    return words[:1] in (["tvd"], ["tvdss"]) or words[:3] == ["true", "vertical", "depth"]


def _factors(table: Table, column: str) -> list[float]:
    """Metres in one of the unit of a column of vertical depths; all that it may be where that is not said."""
    match = _TVD_UNIT.search(column)
    said = metres_per(table.units.get(column) or (match[1] if match else ""))
    return [said] if said else [1.0, 0.3048]


def _off(tvd_m: Floats, computed_m: Floats) -> float:
    """The largest difference between two courses of vertical depth, from their middle on; elevations fall."""
    return float(min(np.abs(way - np.median(way)).max() for way in (tvd_m - computed_m, tvd_m + computed_m)))
