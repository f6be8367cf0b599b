"""What tables for three dimensions ask of picks: where they lie, and how they lie against the horizontal and north."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.picks import TRUE, Picks
from geobfdt.borehole.survey import NO_HIGH_SIDE_DEG, Collar, Survey
from geobfdt.errors import InputError, InputWarning

Floats = NDArray[np.float64]


def positions_m(
    picks: Picks, path: Path, survey: Survey | None, collar: Collar | None
) -> tuple[Floats, Floats, Floats]:
    """(x, y, z) of picks, each (n,), in metres east, north and up; ``path`` is the file they go to.

    Raises :class:`InputError` where survey or collar are not given, and where the picks are of several wells, of which
    one survey can place but one. Warns where the survey begins below the collar in a hole that is not upright there.
    """
    if survey is None or collar is None:
        raise InputError(
            f"{path}: holds positions, which need the way of the hole and its top; give --survey FILE and "
            "--collar EASTING,NORTHING,ELEVATION"
        )
    wells = np.unique(picks.well).tolist()
    if len(wells) > 1:
        raise InputError(f"{path}: one survey places one well, these picks hold {', '.join(wells)}; choose with --well")
    begins_m, leans_deg = float(survey.depth_m[0]), float(survey.deviation_deg[0])
    if len(survey.depth_m) > 1 and begins_m > 0 and leans_deg > NO_HIGH_SIDE_DEG:
        warnings.warn(
            f"{path}: the survey begins at {begins_m:g} m, {leans_deg:.1f} degrees off the vertical; the hole is taken "
            "for straight from the collar down to there",
            InputWarning,
            stacklevel=2,
        )
    return survey.positions(picks.depth_m, collar)


def check_true_dips(picks: Picks, path: Path) -> None:
    """Raise :class:`InputError` unless every pick has a true dip and azimuth; apparent ones never stand for them."""
    known = np.all([np.isfinite(getattr(picks, name)) for name in TRUE], axis=0)
    if not known.all():
        depth_m = picks.depth_m[int(np.argmin(known))]
        raise InputError(
            f"{path}: holds true dips, but {np.sum(~known)} of {len(picks)} picks have none, the first at "
            f"{depth_m:.2f} m; give --survey FILE and --reference north or high_side"
        )
