"""Deviation surveys, from delimited text and from the curves of a LAS or DLIS file."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole import INCLINATIONS, Inclination
from geobfdt.borehole.survey import NO_HIGH_SIDE_DEG, Survey
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.angle_checks import check_radians, check_units
from geobfdt.formats.angle_columns import SURVEY_COLUMNS_OPTION, survey_columns
from geobfdt.formats.angle_names import angle_of, names_a_survey
from geobfdt.formats.angle_ranges import folded
from geobfdt.formats.survey_checks import AT_ODDS_DEG, apart_deg, check_inclinations, check_order, check_vertical_depths
from geobfdt.formats.tables import Table, listed
from geobfdt.formats.text_table import read_table
from geobfdt.formats.well_columns import wells_of

Floats = NDArray[np.float64]


def read_survey(
    path: str | Path,
    inclination: Inclination = "from_vertical",
    correction_deg: float = 0.0,
    *,
    hole: str | None = None,
    columns: Sequence[str] = (),
) -> Survey:
    """Read the stations of a survey: columns of depth, inclination and azimuth under their usual names.

    inclination     what its inclination counts, one of :data:`INCLINATIONS`; never guessed
    correction_deg  added to its azimuths: the magnetic declination (east positive) of magnetic ones, less the
                    convergence of a grid
    hole            the one whose stations to take, where a table holds those of several
    columns         names for its columns, in order, where theirs tell too little: depth_m, inclination_deg,
                    azimuth_deg, well; "-" for one to leave out

    A vertical station needs no azimuth; of others without a reading, and of stations that repeat another one, the
    number is a warning, as are stations out of order. Raises :class:`InputError` naming the file, the column and the
    remedy, and where two columns could each be the hole's, two stations of one depth differ, the stations look like
    those of two holes, or true vertical depths beside them do not follow from them.
    """
    path = Path(path)
    if inclination not in INCLINATIONS:
        raise InputError(f"{path}: inclination must be one of {', '.join(INCLINATIONS)}, found {inclination!r}")
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; check the name")
    tables = [table.named(columns) if columns else table for table in _tables(path)]
    if len(tables) == 1:
        return _survey(tables[0], inclination, correction_deg, hole)
    return _of_sets([(table, _survey(table, inclination, correction_deg, hole)) for table in tables])


def _tables(path: Path) -> list[Table]:
    if path.suffix.lower() == ".las":
        from geobfdt.formats import las

        return las.read_tables(path, names_a_survey)
    if path.suffix.lower() == ".dlis":
        from geobfdt.formats import dlis

        return [dlis.read_table(path, names_a_survey, "the hole's deviation and azimuth")]
    return [read_table(path)]


def _of_sets(found: Sequence[tuple[Table, Survey]]) -> Survey:
    """The first of the surveys of a file, where the others say the same."""
    table, first = found[0]
    for other, survey in found[1:]:
        if (apart := apart_deg(first, survey)) > AT_ODDS_DEG:
            raise InputError(
                f"{table.path}: holds two surveys, of the columns {listed(table.columns)} and {listed(other.columns)}, "
                f"{apart:.0f} degrees apart; save the one that was drilled to a file of its own"
            )
    return first


def _survey(table: Table, inclination: Inclination, correction_deg: float, hole: str | None) -> Survey:
    """The stations of one table."""
    path, table = table.path, _of_one_hole(table, hole)
    angle_column, azimuth_column = survey_columns(table, inclination != "from_vertical")
    check_units(table, angle_column, azimuth_column)
    check_radians(table, angle_column, azimuth_column, math.pi)
    if getattr(angle_of(azimuth_column), "north", "") == "magnetic" and not correction_deg:
        warnings.warn(
            f"{path}: the azimuths in {azimuth_column} count from magnetic north; give the declination with "
            "--azimuth-correction",
            InputWarning,
            stacklevel=3,
        )
    angle, azimuth = (
        table.degrees(angle_column),
        folded(table, azimuth_column, table.degrees(azimuth_column), SURVEY_COLUMNS_OPTION),
    )
    check_inclinations(table, angle_column, angle, inclination)
    deviation = {"from_vertical": angle, "dip": 90 + angle, "dip_down": 90 - angle, "gradient": 90 + angle}[inclination]
    stations = np.column_stack([table.depth_m(), deviation, azimuth])
    check_order(path, stations)
    stations = stations[np.argsort(stations[:, 0], kind="stable")]
    stations = _with_readings(path, _once(path, stations))
    try:
        survey = Survey(stations[:, 0], stations[:, 1], stations[:, 2] + correction_deg)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    check_vertical_depths(table, survey)
    return survey


def _of_one_hole(table: Table, hole: str | None) -> Table:
    """The stations of the hole that is asked for, all of a table that says of none."""
    of_each = wells_of(table, SURVEY_COLUMNS_OPTION)
    holes = sorted(set(of_each.tolist()) - {""})
    if hole is not None and hole not in holes:
        named = f"holds the holes {', '.join(holes)}" if holes else "names no hole"
        raise InputError(f"{table.path}: {named}; correct or leave out --survey-hole {hole}")
    if hole is None and len(holes) > 1:
        raise InputError(f"{table.path}: holds the holes {', '.join(holes)}; choose one with --survey-hole NAME")
    if hole is None:
        return table
    if (of_each == "").any():
        warnings.warn(
            f"{table.path}: {(of_each == '').sum()} of {len(of_each)} stations are of no named hole and were left out",
            InputWarning,
            stacklevel=4,
        )
    return replace(table, frame=table.frame[of_each == hole])


def _once(path: Path, stations: Floats) -> Floats:
    """Stations (n, 3) by depth, those left out that repeat the one before; one depth cannot have two directions."""
    if not len(stations):
        raise InputError(f"{path}: holds no station; export it again")
    same_depth = np.diff(stations[:, 0]) == 0
    upright = stations[:, 1] == 0  # in any azimuth
    differs = ~np.isclose(stations[1:], stations[:-1], rtol=0, atol=1e-6, equal_nan=True).all(1)
    differs &= ~(upright[1:] & upright[:-1])
    if (same_depth & differs).any():
        row = int(np.argmax(same_depth & differs))
        one, other = (f"{stations[k, 1]:g} / {stations[k, 2]:g}" for k in (row, row + 1))
        raise InputError(
            f"{path}: has two stations at {stations[row, 0]:g} m, deviation / azimuth {one} and {other}; keep one of "
            "them, or the stations of one hole"
        )
    if same_depth.any():
        warnings.warn(f"{path}: {same_depth.sum()} repeated stations were dropped", InputWarning, stacklevel=3)
    return np.asarray(stations[np.concatenate([[True], ~same_depth])])


def _with_readings(path: Path, stations: Floats) -> Floats:
    """Stations with a direction: vertical ones take the azimuth of the next that has one, which says nothing there."""
    deviation, azimuth = stations[:, 1], stations[:, 2]
    upright = np.minimum(deviation, 180 - deviation) < NO_HIGH_SIDE_DEG
    known = np.flatnonzero(np.isfinite(azimuth))
    blank = upright & ~np.isfinite(azimuth)
    if blank.any():
        following = np.searchsorted(known, np.flatnonzero(blank))
        azimuth[blank] = azimuth[known[np.minimum(following, len(known) - 1)]] if len(known) else 0.0
    lost = ~(np.isfinite(deviation) & np.isfinite(azimuth))
    if lost.any() and lost[~upright].all():
        raise InputError(
            f"{path}: none of its {len(stations)} stations has both an inclination and an azimuth, but for those where "
            f"the hole is vertical; {SURVEY_COLUMNS_OPTION}"
        )
    if lost.any():
        warnings.warn(
            f"{path}: {lost.sum()} of {len(stations)} stations without inclination or azimuth were left out, the first "
            f"at {stations[np.argmax(lost), 0]:g} m",
            InputWarning,
            stacklevel=3,
        )
    return stations[~lost]
