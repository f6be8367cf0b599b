"""dfnWorks: planes as user-defined ellipses of a discrete fracture network, here discs around the hole."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from geobfdt.borehole.geometry import poles
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import Collar, Survey
from geobfdt.errors import InputError
from geobfdt.formats.atomic import replacing
from geobfdt.formats.placement import check_true_dips, positions_m

VERTICES = 12
"""Corners of the polygon that stands for a disc: 5 percent of its area are missing."""


def write_ellipses(
    picks: Picks, path: Path, survey: Survey | None, collar: Collar | None, radius_m: float | None
) -> None:
    """Write every pick as a disc of one radius in metres, its centre on the hole, as dfnWorks reads a file of
    user-defined ellipses (``UserEll_Input_File_Path``).

    ``Normal`` are upward unit normals of the true planes and ``Translation`` the centres, both east, north and up
    (``userOrientationOption: 0``). dfnWorks lays the origin in the middle of its domain: choose the collar accordingly.
    A hole does not show how far a fracture goes, so the radius is named and never assumed. Raises :class:`InputError`
    where it is not, or not above 0, and where positions or true dips are missing.
    """
    if radius_m is None:
        raise InputError(f"{path}: no image shows how far a fracture goes; name its radius with --radius METRES")
    if not 0 < radius_m < np.inf:
        raise InputError(f"{path}: a radius of {radius_m:g} m is none; give one above 0 with --radius METRES")
    check_true_dips(picks, path)
    centres = np.stack(positions_m(picks, path, survey, collar), axis=1)
    # Poles are north, east, down, and point against the dip: turned round, they are upward normals.
    north, east, down = poles(picks.true_dip_deg, picks.true_azimuth_deg).T
    normals = np.stack([-east, -north, down], axis=1)
    discs = len(picks)  # what rounds to nothing is written without the sign that it may have, by adding 0.0
    text = [
        f"nUserEll: {discs}",
        _block("Radii", discs * [f"{radius_m:.4f}"]),
        _block("Aspect_Ratio", discs * ["1"]),
        _block("Beta", discs * ["0"]),
        "AngleOption: degree",
        _block("Translation", (f"{{{x:.4f}, {y:.4f}, {z:.4f}}}" for x, y, z in np.round(centres, 4) + 0.0)),
        "userOrientationOption: 0",
        _block("Normal", (f"{{{x:.9f}, {y:.9f}, {z:.9f}}}" for x, y, z in np.round(normals, 9) + 0.0)),
        _block("Number_of_Vertices", discs * [str(VERTICES)]),
    ]
    with replacing(path) as temporary:
        temporary.write_text("\n\n".join(text) + "\n", encoding="utf-8", newline="\n")


def _block(name: str, values: Iterable[str]) -> str:
    return "\n".join([f"{name}:", *values])
