"""Picture of a section along the hole with its planes as the section cuts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geobfdt.interpretation.cross_section import CrossSection
from geobfdt.report.scale import METRIC, DepthScale
from geobfdt.report.sets import set_colour, set_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH_IN = 8.3
HEIGHT_IN = (3.0, 8.0)
LENGTH_SHARE = 0.06
"""Planes are drawn as lines of this share of the section's longer side."""
ALONG_STRIKE_DEG = 60.0
"""Planes whose dip direction lies further off the section are dotted: its picture of them says little."""
_TEXT = 8


def plot_section(
    found: CrossSection, member: NDArray[np.int64], top_m: float, base_m: float, scale: DepthScale = METRIC
) -> Figure:
    """The hole and its planes on an upright section in true proportions, depths along hole in the scale's unit.

    member  (n,) number of the set of each plane, by which it is coloured: 0 of strays, and
            :data:`geobfdt.report.sets.OTHER` of what was not sorted
    """
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure

    along, down = np.ptp(found.hole_along_m), np.ptp(found.hole_down_m)
    half = 0.5 * LENGTH_SHARE * max(along, down)
    drawn_in = WIDTH_IN * (down + 3 * half) / (along + 3 * half)
    figure = Figure(figsize=(WIDTH_IN, float(np.clip(drawn_in + 1.5, *HEIGHT_IN))), layout="constrained")
    axis: Any = figure.add_subplot()
    axis.plot(found.hole_along_m, found.hole_down_m, color="0.2", lw=2.5, solid_capstyle="butt", zorder=1)
    dip = np.radians(found.apparent_dip_deg)
    reach = half * np.stack([np.cos(dip), np.sin(dip)], axis=1)
    at = np.stack([found.along_m, found.down_m], axis=1)
    lines = np.stack([at - reach, at + reach], axis=1)
    for number in np.unique(member).tolist():
        for dotted in (False, True):
            some = (member == number) & ((found.off_deg > ALONG_STRIKE_DEG) == dotted)
            if some.any():
                style = ":" if dotted else "-"
                drawn = LineCollection(list(lines[some]), colors=set_colour(number), lw=1.4, linestyles=style)
                axis.add_collection(drawn)
        axis.plot([], [], color=set_colour(number), label=f"{set_name(number)}: {(member == number).sum()}")
    for share in np.linspace(0, 1, 6):
        place = round(share * (len(found.hole_along_m) - 1))
        spot = (found.hole_along_m[place], found.hole_down_m[place])
        axis.annotate(
            f"{scale.told(top_m + share * (base_m - top_m), 1)} {scale.unit}",
            spot,
            (22, 14),
            textcoords="offset points",
            fontsize=7,
            arrowprops={"arrowstyle": "-", "lw": 0.5, "color": "0.4"},
        )
    axis.set_aspect("equal")
    axis.margins(0.08)
    axis.autoscale_view()
    axis.invert_yaxis()
    axis.set_xlabel(f"metres from the top of the log towards {found.azimuth_deg:.0f}°", fontsize=_TEXT)
    axis.set_ylabel("metres below the top of the log, upright", fontsize=_TEXT)
    axis.tick_params(labelsize=7)
    axis.grid(color="0.9", lw=0.5)
    figure.suptitle(
        f"section {(found.azimuth_deg + 180) % 360:.0f}° to {found.azimuth_deg:.0f}°, true proportions; dotted: dip "
        f"direction more than {ALONG_STRIKE_DEG:g}° off the section",
        fontsize=_TEXT,
    )
    if len(member):
        figure.legend(loc="outside lower center", ncols=8, fontsize=_TEXT)
    return figure
