"""picks.csv, and other tables of what it holds, as they are printed. Written without pandas: a short well is picked in
less time than that takes to load.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from geobfdt.borehole import DepthUnit
from geobfdt.borehole.picks import COLUMNS, Picks, wrap_azimuth_deg
from geobfdt.formats.atomic import replacing, together
from geobfdt.formats.provenance import metadata_of, write_metadata
from geobfdt.formats.units import metres_per

MAX_PRINTED_DIP_DEG = 89.9999
"""Four digits would print a dip of 89.99999 as 90, which no plane that crosses the hole has."""


def as_printed(picks: Picks) -> Picks:
    """Picks with angles that stay inside their limits when they are printed to four digits."""
    return replace(
        picks,
        dip_deg=np.minimum(picks.dip_deg, MAX_PRINTED_DIP_DEG),
        azimuth_deg=wrap_azimuth_deg(np.round(picks.azimuth_deg, 4)),
        true_azimuth_deg=wrap_azimuth_deg(np.round(picks.true_azimuth_deg, 4)),
        hole_azimuth_deg=wrap_azimuth_deg(np.round(picks.hole_azimuth_deg, 4)),
    )


def columns_of(picks: Picks, depth_unit: DepthUnit = "m") -> dict[str, ArrayLike]:
    """The columns of picks.csv; in feet its depths are a column ``depth_ft``, and the errors of depths stay metres."""
    printed = as_printed(picks)
    per_unit = metres_per(depth_unit)
    assert per_unit is not None
    depth = {f"depth_{depth_unit}": printed.depth_m / per_unit}
    return depth | {name: getattr(printed, name) for name in COLUMNS if name != "depth_m"}


def write_picks(
    picks: Picks, path: Path, depth_unit: DepthUnit = "m", parameters: Mapping[str, str] | None = None
) -> None:
    """Write picks.csv: depths to 0.1 mm or 0.0001 ft, angles to 0.0001 degrees, empty cells for what is not known; and
    beside it where they come from, if there are ``parameters`` to say.
    """
    with together(), replacing(path) as temporary:
        write_columns(columns_of(picks, depth_unit), temporary)
        if parameters or metadata_of(path).exists():
            write_metadata(path, temporary.read_bytes(), parameters or {})


def write_columns(columns: Mapping[str, ArrayLike], path: Path, separator: str = ",") -> None:
    """Write columns (n,) of numbers, to four digits and empty where they are NaN, and of texts or whole numbers."""
    body = io.StringIO()
    rows = csv.writer(body, delimiter=separator, lineterminator="\n")
    rows.writerow(columns)
    rows.writerows(zip(*map(_cells, columns.values()), strict=True))
    path.write_text(body.getvalue(), encoding="utf-8", newline="\n")


def _cells(column: ArrayLike) -> list[Any]:
    values = np.asarray(column)
    cells: list[Any] = values.tolist()
    return ["" if math.isnan(cell) else f"{cell:.4f}" for cell in cells] if values.dtype.kind == "f" else cells
