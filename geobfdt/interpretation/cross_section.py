"""A section along the hole: where its picks lie in an upright plane, and how steeply their planes are cut by it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import Collar, Survey
from geobfdt.errors import InputError
from geobfdt.interpretation.zones import has_true_dips

Floats = NDArray[np.float64]

LEVEL_OF_TILT_DEG = 5.0
"""A hole that deviates less has no direction worth a section; the planes have."""


def apparent_dip_deg(dip_deg: ArrayLike, azimuth_deg: ArrayLike, section_azimuth_deg: float) -> Floats:
    """Dips (n,) that planes of true dip and azimuth (n,) show on an upright section: positive where they go down
    towards its azimuth, ``atan(tan(dip) cos(azimuth - section))``.
    """
    dip, azimuth = np.radians(np.asarray(dip_deg, float)), np.radians(np.asarray(azimuth_deg, float))
    towards = np.sin(dip) * np.cos(azimuth - np.radians(section_azimuth_deg))
    return np.asarray(np.degrees(np.arctan2(towards, np.cos(dip))))


@dataclass(frozen=True, eq=False)
class CrossSection:
    """An upright plane through the top of the hole's logged part, and what is projected square onto it.

    azimuth_deg           towards which ``along`` grows
    hole_along_m, hole_down_m    (m,) the hole, in metres from the top of the log, level and downwards
    along_m, down_m       (n,) where the picks lie
    apparent_dip_deg      (n,) how steeply the section cuts their planes, in [-90, 90]
    off_deg               (n,) angle between their dip directions and the section, [0, 90]: at 90 it runs along their
                          strike, and a steep plane looks level
    """

    azimuth_deg: float
    hole_along_m: Floats
    hole_down_m: Floats
    along_m: Floats
    down_m: Floats
    apparent_dip_deg: Floats
    off_deg: Floats


def cross_section(
    picks: Picks, survey: Survey, top_m: float, base_m: float, azimuth_deg: float | None = None
) -> CrossSection:
    """Section of the hole between two depths with its picks. Without an azimuth it is the hole's own where the hole
    deviates by :data:`LEVEL_OF_TILT_DEG`, else the mean dip direction of the planes.

    Raises :class:`InputError` when true dips are not known.
    """
    if not has_true_dips(picks):
        raise InputError("a section needs true dips; give the survey with --survey")
    depths = np.linspace(top_m, base_m, 200)
    if azimuth_deg is None:
        azimuth_deg = section_azimuth_deg(picks, survey, top_m, base_m)
    start = Collar(0.0, 0.0, 0.0)
    east, north, up = (values - values[0] for values in survey.positions(np.append(depths, picks.depth_m), start))
    turn = np.radians(azimuth_deg)
    along, down = east * np.sin(turn) + north * np.cos(turn), -up
    m = len(depths)
    off = np.abs((picks.true_azimuth_deg - azimuth_deg + 90.0) % 180.0 - 90.0)
    return CrossSection(
        float(azimuth_deg) % 360.0,
        *(along[:m], down[:m], along[m:], down[m:]),
        apparent_dip_deg(picks.true_dip_deg, picks.true_azimuth_deg, azimuth_deg),
        np.asarray(off),
    )


def section_azimuth_deg(picks: Picks, survey: Survey, top_m: float, base_m: float) -> float:
    """The azimuth that :func:`cross_section` takes: where the hole goes, else where the planes dip."""
    east, north, up = survey.positions([top_m, base_m], Collar(0.0, 0.0, 0.0))
    level = float(np.hypot(np.diff(east), np.diff(north))[0])
    if np.degrees(np.arctan2(level, abs(float(np.diff(up)[0])))) >= LEVEL_OF_TILT_DEG:
        return float(np.degrees(np.arctan2(np.diff(east), np.diff(north)))[0] % 360.0)
    sine = np.sin(np.radians(picks.true_dip_deg))
    towards = np.sum(sine * np.exp(1j * np.radians(picks.true_azimuth_deg)))
    return float(np.degrees(np.angle(towards)) % 360.0)
