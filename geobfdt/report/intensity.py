"""Pictures of intensity against depth: P10, P21 and P32 with their bands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from geobfdt.interpretation.bands import CONFIDENCE
from geobfdt.interpretation.intensity import CUT_DEG, NO_CUT_DEG, Intensity
from geobfdt.report.scale import METRIC, DepthScale, label_depths

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH_IN = 8.3
_PANELS = (("P10",), ("P21",), (f"P32, cut {CUT_DEG:g}°", f"P32, cut {NO_CUT_DEG:g}°"))
_COLOURS = ("#0072b2", "#d55e00")
_TEXT = 8


def plot_intensity(
    found: Mapping[str, Intensity], top_m: float, base_m: float, height_in: float = 5.5, scale: DepthScale = METRIC
) -> Figure:
    """P10, P21 and both P32 of :func:`geobfdt.interpretation.intensity.intensities` against depth in the scale's unit,
    each in its band.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
    axes = figure.subplots(1, len(_PANELS), sharey=True)
    for axis, names in zip(axes, _PANELS, strict=True):
        for name, colour, line in zip(names, _COLOURS, ("-", "--"), strict=False):
            one = found[name]
            axis.fill_betweenx(one.depth_m, one.low, one.high, color=colour, alpha=0.2, lw=0)
            axis.plot(one.value, one.depth_m, color=colour, ls=line, lw=1.2, label=name)
        axis.set_xlabel(f"{names[0][:3]} ({one.unit})", fontsize=_TEXT)
        # The band of what has no cut is as wide as its heaviest plane asks for, and would leave the rest a hairline.
        first = found[names[0]]
        axis.set_xlim(0, max(1e-6, 1.6 * float(first.high.max()) if len(names) > 1 else float(first.high.max())))
        axis.tick_params(labelsize=7)
        axis.grid(color="0.9", lw=0.5)
        axis.legend(fontsize=7)
    axes[0].set_ylim(base_m, top_m)
    label_depths(axes[0], scale, fontsize=_TEXT)
    figure.suptitle(f"windows of {found['P10'].window_m:.2g} m; bands of {CONFIDENCE:.0%}", fontsize=_TEXT)
    return figure
