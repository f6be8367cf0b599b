"""Text tables of planes that neighbours read: points, orientations of implicit models, Dips, oriented core."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from geobfdt.borehole import DepthUnit, Mark, Reference
from geobfdt.borehole.picks import Picks, wrap_azimuth_deg
from geobfdt.borehole.survey import Collar, Survey, check_high_side
from geobfdt.errors import InputError
from geobfdt.formats.atomic import replacing
from geobfdt.formats.picks_csv import as_printed, columns_of, write_columns
from geobfdt.formats.placement import check_true_dips, positions_m

UPRIGHT = 1
"""Polarity of a bed whose younger side is up; an image does not show which side that is."""


def write_points(
    picks: Picks, path: Path, survey: Survey | None, collar: Collar | None, depth_unit: DepthUnit = "m"
) -> None:
    """Write picks.csv with the columns ``x_m, y_m, z_m`` beside its own: metres east, north and up.

    Raises :class:`InputError` as :func:`geobfdt.formats.placement.positions_m` does.
    """
    x, y, z = positions_m(picks, path, survey, collar)
    _write(columns_of(picks, depth_unit) | {"x_m": x, "y_m": y, "z_m": z}, path, ",")


def write_orientations(picks: Picks, path: Path, survey: Survey | None, collar: Collar | None) -> None:
    """Write ``X,Y,Z,azimuth,dip,polarity,formation``, as GemPy reads orientations and LoopStructural or Leapfrog can.

    Azimuths are dip directions from north, dips against the horizontal, formation the kind of the plane. Polarity is 1
    throughout, the younger side up, for an image does not show it: beds known to be overturned want -1. Raises
    :class:`InputError` where positions or true dips are missing.
    """
    check_true_dips(picks, path)
    x, y, z = positions_m(picks, path, survey, collar)
    printed = as_printed(picks)
    columns = {
        "X": x,
        "Y": y,
        "Z": z,
        "azimuth": printed.true_azimuth_deg,
        "dip": printed.true_dip_deg,
        "polarity": np.full(len(picks), UPRIGHT),
        "formation": picks.kind,
    }
    _write(columns, path, ",")


def write_dips(picks: Picks, path: Path) -> None:
    """Write true dips as a table for Rocscience Dips, cells apart by tabs.

    What is known of its tables, from the help pages of the program: the first two columns are the orientation, here
    dip and dip direction, which is what a new file has; a column Distance, here metres along hole, is needed for
    spacing and along traverses of the types named "Borehole Televiewer"; columns of the user's own come last, their
    names in capitals, here the kind as KIND, then CONFIDENCE and WELL. It takes such a table through its import wizard
    with the tab as delimiter, or pasted into its grid; the traverse, which carries the direction of the hole, is set up
    there. The program itself was not at hand to try it. Raises :class:`InputError` where true dips are missing.
    """
    check_true_dips(picks, path)
    printed = as_printed(picks)
    columns = {
        "Dip": printed.true_dip_deg,
        "Dip Direction": printed.true_azimuth_deg,
        "Distance": printed.depth_m,
        "KIND": printed.kind,
        "CONFIDENCE": printed.confidence,
        "WELL": printed.well,
    }
    _write(columns, path, "\t")


def write_core(
    picks: Picks, path: Path, reference: Reference | None, mark: Mark | None, depth_unit: DepthUnit = "m"
) -> None:
    """Write picks as one would measure them on oriented core: columns of depth, ``alpha_deg``, beta, kind, confidence
    and well.

    Alpha is the acute angle between plane and axis, 90 - apparent dip. Beta runs clockwise, seen downhole, from the
    mark along the core to the lower end of the ellipse that the plane cuts, which is the deepest point of the trace;
    its column, ``beta_from_top_deg`` or ``beta_from_bottom_deg``, says which mark: "top" along the high side of the
    hole, "bottom" along the low one. Raises :class:`InputError` where the mark is not named, where azimuths do not
    count from the high side, and where a hole is vertical and has none.
    """
    if mark is None:
        raise InputError(f"{path}: beta counts from a mark on the core; say which with --mark top or --mark bottom")
    if reference != "high_side":
        counted = "it is not said what these count from" if reference is None else f"these count from {reference}"
        raise InputError(
            f"{path}: beta needs azimuths from the high side and {counted}; give picks of an image against high side, "
            "and --reference high_side"
        )
    try:
        check_high_side(picks.depth_m, np.asarray(picks.hole_deviation_deg))
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    printed = columns_of(picks, depth_unit)
    beta = picks.azimuth_deg + (180.0 if mark == "bottom" else 0.0)
    columns = {
        f"depth_{depth_unit}": printed[f"depth_{depth_unit}"],
        "alpha_deg": 90.0 - np.asarray(printed["dip_deg"]),
        f"beta_from_{mark}_deg": wrap_azimuth_deg(np.round(wrap_azimuth_deg(beta), 4)),
        **{name: printed[name] for name in ("kind", "confidence", "well")},
    }
    _write(columns, path, ",")


def _write(columns: Mapping[str, ArrayLike], path: Path, separator: str) -> None:
    """Numbers to a tenth of a millimetre and 0.0001 degrees, whole or absent."""
    with replacing(path) as temporary:
        write_columns(columns, temporary, separator)
