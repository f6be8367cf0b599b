"""Deviation surveys, from delimited text and from the curves of a LAS or DLIS file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geobfdt.borehole import INCLINATIONS, Inclination
from geobfdt.borehole.survey import Survey
from geobfdt.errors import InputError
from geobfdt.formats.tables import Table, read_table

_INCLINATION = (
    *(
        "inclination",
        "inclination_deg",
        "incl",
        "inc",
        "deviation",
        "deviation_deg",
        "dev",
        "devi",
        "devim",
        "hdev",
        "hdev_deg",
    ),
    *("dip", "dip_deg", "gradient", "upward gradient", "upward_gradient"),
)
_AZIMUTH = ("azimuth", "azimuth_deg", "azim", "azi", "hazi", "hazim", "hazi_deg", "hole_azimuth", "bearing", "trend")


def read_survey(path: str | Path, inclination: Inclination = "from_vertical", correction_deg: float = 0.0) -> Survey:
    """Read the stations of a survey: columns of depth, inclination and azimuth under their usual names.

    inclination     what its inclination counts, one of :data:`INCLINATIONS`; never guessed
    correction_deg  added to its azimuths: the magnetic declination (east positive) of magnetic ones, less the
                    convergence of a grid

    Stations without a reading are left out. Raises :class:`InputError` naming the file, the column and the remedy.
    """
    path = Path(path)
    if inclination not in INCLINATIONS:
        raise InputError(f"{path}: inclination must be one of {', '.join(INCLINATIONS)}, found {inclination!r}")
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; check the name")
    if path.suffix.lower() == ".las":
        from geobfdt.formats import las

        table = las.read_table(path)
    elif path.suffix.lower() == ".dlis":
        from geobfdt.formats import dlis

        table = dlis.read_table(path, tuple(_COLUMNS.values()))
    else:
        table = read_table(path)
    depth_m = table.depth_m()
    angle, azimuth = (table.degrees(_named(table, what, names)) for what, names in _COLUMNS.items())
    deviation = {"from_vertical": angle, "dip": 90 + angle, "dip_down": 90 - angle, "gradient": 90 + angle}[inclination]
    known = np.isfinite(deviation) & np.isfinite(azimuth)
    order = np.argsort(depth_m[known], kind="stable")
    try:
        return Survey(*(values[known][order] for values in (depth_m, deviation, azimuth + correction_deg)))
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


_COLUMNS = {"inclination": _INCLINATION, "azimuth": _AZIMUTH}


def _named(table: Table, what: str, names: tuple[str, ...]) -> str:
    column = table.column(*names)
    if column is None:
        raise InputError(f"{table.path}: has no {what} column; name it one of {', '.join(names)}")
    return column
