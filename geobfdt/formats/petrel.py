"""Petrel: picks as points with attributes, a form known from public converters and not verified in the program."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import Collar, Survey
from geobfdt.formats.atomic import replacing
from geobfdt.formats.picks_csv import as_printed
from geobfdt.formats.placement import check_true_dips, positions_m

_HEADER = (
    "# Petrel Points with attributes",
    "# Written by geobfdt. Unverified: nobody has read such a file with Petrel itself yet.",
    "# Unit in X and Y direction: m",
    "# Unit in depth: m",
    "VERSION 1",
    "BEGIN HEADER",
    "X",
    "Y",
    "Z",
    "FLOAT,MD",
    "FLOAT,DipAngle",
    "FLOAT,DipAzimuth",
    "STRING,Kind",
    "STRING,Well",
    "END HEADER",
)


def write_points(picks: Picks, path: Path, survey: Survey | None, collar: Collar | None) -> None:
    """Write picks as a point file, cells apart by blanks: metres east, north and up, depth along hole, true dip, true
    dip azimuth, kind and well, texts in quotes.

    **Unverified**: the form is what public converters write and read; the program itself was not at hand. Raises
    :class:`InputError` where positions or true dips are missing.
    """
    check_true_dips(picks, path)
    x, y, z = positions_m(picks, path, survey, collar)
    printed = as_printed(picks)
    numbers = np.column_stack([x, y, z, printed.depth_m, printed.true_dip_deg, printed.true_azimuth_deg])
    lines = [
        " ".join([*(f"{number:.4f}" for number in row), _quoted(kind), _quoted(well)])
        for row, kind, well in zip(numbers, printed.kind, printed.well, strict=True)
    ]
    with replacing(path) as temporary:
        temporary.write_text("\n".join([*_HEADER, *lines]) + "\n", encoding="utf-8", newline="\n")


def _quoted(text: str) -> str:
    """A text as one cell: a quote inside it would end it."""
    plain = " ".join(text.replace('"', "'").split())
    return f'"{plain}"'
