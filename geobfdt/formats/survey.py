"""Deviation surveys, from delimited text and from the curves of a LAS or DLIS file."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole import INCLINATIONS, Inclination
from geobfdt.borehole.survey import NO_HIGH_SIDE_DEG, Survey
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.angle_columns import survey_columns
from geobfdt.formats.angle_names import names_a_survey
from geobfdt.formats.tables import WELL_COLUMNS, Table
from geobfdt.formats.text_table import read_table

Floats = NDArray[np.float64]


def read_survey(
    path: str | Path,
    inclination: Inclination = "from_vertical",
    correction_deg: float = 0.0,
    *,
    hole: str | None = None,
) -> Survey:
    """Read the stations of a survey: columns of depth, inclination and azimuth under their usual names.

    inclination     what its inclination counts, one of :data:`INCLINATIONS`; never guessed
    correction_deg  added to its azimuths: the magnetic declination (east positive) of magnetic ones, less the
                    convergence of a grid
    hole            the one whose stations to take, where a table holds those of several

    A vertical station needs no azimuth; of others without a reading, and of stations that repeat another one, the
    number is a warning. Raises :class:`InputError` naming the file, the column and the remedy, and where two columns
    could each be the hole's, or two stations of one depth differ.
    """
    path = Path(path)
    if inclination not in INCLINATIONS:
        raise InputError(f"{path}: inclination must be one of {', '.join(INCLINATIONS)}, found {inclination!r}")
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; check the name")
    table = _table(path)
    table = _of_one_hole(table, hole)
    angle, azimuth = map(table.degrees, survey_columns(table, inclination != "from_vertical"))
    deviation = {"from_vertical": angle, "dip": 90 + angle, "dip_down": 90 - angle, "gradient": 90 + angle}[inclination]
    stations = np.column_stack([table.depth_m(), deviation, azimuth])
    stations = stations[np.argsort(stations[:, 0], kind="stable")]
    stations = _with_readings(path, _once(path, stations))
    try:
        return Survey(stations[:, 0], stations[:, 1], stations[:, 2] + correction_deg)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _table(path: Path) -> Table:
    if path.suffix.lower() == ".las":
        from geobfdt.formats import las

        return las.read_tables(path, names_a_survey)[0]
    if path.suffix.lower() == ".dlis":
        from geobfdt.formats import dlis

        return dlis.read_table(path, names_a_survey, "the hole's deviation and azimuth")
    return read_table(path)


def _of_one_hole(table: Table, hole: str | None) -> Table:
    """The stations of the hole that is asked for, all of a table that says of none."""
    column = table.column(*WELL_COLUMNS)
    of_each = table.text(column) if column else np.full(len(table.frame), "", np.str_)
    holes = sorted(set(of_each.tolist()) - {""})
    if hole is not None and hole not in holes:
        named = f"holds the holes {', '.join(holes)}" if holes else "names no hole"
        raise InputError(f"{table.path}: {named}; correct or leave out --survey-hole {hole}")
    if hole is None and len(holes) > 1:
        raise InputError(f"{table.path}: holds the holes {', '.join(holes)}; choose one with --survey-hole NAME")
    return table if hole is None else replace(table, frame=table.frame[of_each == hole].reset_index(drop=True))


def _once(path: Path, stations: Floats) -> Floats:
    """Stations (n, 3) by depth, those left out that repeat the one before; one depth cannot have two directions."""
    if not len(stations):
        raise InputError(f"{path}: holds no station; export it again")
    same_depth = np.diff(stations[:, 0]) == 0
    differs = ~np.isclose(stations[1:], stations[:-1], rtol=0, atol=1e-6, equal_nan=True).all(1)
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
    if lost.any():
        warnings.warn(
            f"{path}: {lost.sum()} of {len(stations)} stations without inclination or azimuth were left out, the first "
            f"at {stations[np.argmax(lost), 0]:g} m",
            InputWarning,
            stacklevel=3,
        )
    return stations[~lost]
