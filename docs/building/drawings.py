"""Draws ``docs/_static/*.svg`` of the conventions anew: ``python docs/building/drawings.py``."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from geobfdt.borehole.geometry import apparent_from_true, trace_depths_m

HERE = Path(__file__).parents[1] / "_static"
BLUE, TURQUOISE, GREY = "#0033cc", "#00a08f", "0.45"
ARROW = {"arrowstyle": "->"}
HOLE_M, DIP_DEG, AZIMUTH_DEG = 0.216, 50.0, 135.0
TILT = 0.28
"""Height of a circle by its width, looking down on the hole a little."""


def cut_hole(axis: Axes) -> None:
    """A hole and the ellipse that a plane cuts it in."""
    theta = np.linspace(0, 2 * np.pi, 200)
    across, behind = HOLE_M / 2 * np.sin(theta), TILT * HOLE_M / 2 * np.cos(theta)
    down = trace_depths_m(0, DIP_DEG, AZIMUTH_DEG, HOLE_M, np.degrees(theta)).ravel()
    for end in (-0.26, 0.26):
        axis.plot(across, end - behind, color=GREY, linewidth=1)
    for side in (-HOLE_M / 2, HOLE_M / 2):
        axis.plot([side, side], [-0.26, 0.26], color=GREY, linewidth=1)
    axis.fill(across, down - behind, color=BLUE, alpha=0.18)
    axis.plot(across, down - behind, color=BLUE, linewidth=2)
    axis.plot([0, 0], [-0.31, 0.31], color="0.3", linewidth=0.8, linestyle="--")
    axis.plot(0, 0, "o", color="k", markersize=4)
    axis.annotate("depth: on the axis", (0, 0), (-0.23, -0.375), arrowprops=ARROW, fontsize=9)
    axis.set(xlim=(-0.25, 0.25), ylim=(0.4, -0.42), aspect="equal")
    axis.axis("off")


def unwrapped(axis: Axes) -> None:
    """The same on the unwrapped wall."""
    theta_deg = np.linspace(0, 360, 181)
    down = trace_depths_m(0, DIP_DEG, AZIMUTH_DEG, HOLE_M, theta_deg).ravel()
    axis.plot(theta_deg, down, color=BLUE, linewidth=2)
    axis.axhline(0, color="0.3", linewidth=0.8, linestyle="--")
    axis.plot([45, 225], [0, 0], "o", color="k", markersize=4)
    axis.plot([AZIMUTH_DEG] * 2, [down.max(), 0.28], color=GREY, linewidth=0.8, linestyle=":")
    text = "azimuth: the deepest point,\nthe dip direction"
    axis.annotate(text, (AZIMUTH_DEG, down.max()), (165, 0.245), arrowprops=ARROW, fontsize=9)
    axis.annotate("", (315, down.min()), (315, down.max()), arrowprops={"arrowstyle": "<->"})
    axis.plot([300, 345], [down.max()] * 2, color=GREY, linewidth=0.8, linestyle=":")
    axis.text(309, 0.075, "diameter · tan(dip)", fontsize=9, ha="right")
    axis.text(218, -0.012, "depth", fontsize=9, ha="right")
    axis.set(xlim=(0, 360), ylim=(0.28, -0.2), xticks=[0, 90, 180, 270, 360])
    axis.set(xlabel="azimuth, clockwise seen downhole (°)", ylabel="along the hole (m)")


def bed_and_hole(axis: Axes, deviation_deg: float, dip_deg: float = 20.0) -> None:
    """Beds that dip to the east in a hole that deviates to the east, seen from the south."""
    lean = np.radians(deviation_deg)
    down, across = np.array([np.sin(lean), np.cos(lean)]), np.array([np.cos(lean), -np.sin(lean)])
    for side, style in ((-0.09, "-"), (0.09, "-"), (0.0, "--")):
        line = np.outer([-1.15, 1.15], down) + side * across
        axis.plot(*line.T, color="0.4", linewidth=1, linestyle=style)
    east = np.array([-1.2, 1.2])
    for offset in (-0.55, 0, 0.55):
        colour = TURQUOISE if offset == 0 else "#9adbd3"
        axis.plot(east, np.tan(np.radians(dip_deg)) * east + offset, color=colour, linewidth=2)
    axis.plot(*np.outer([-0.75, 0.75], across).T, color=BLUE, linewidth=1, linestyle=":")
    apparent_deg = float(apparent_from_true(dip_deg, 90, deviation_deg, 90)[0])
    arc = np.radians(np.linspace(dip_deg - apparent_deg, dip_deg, 40))
    axis.plot(0.55 * np.cos(arc), 0.55 * np.sin(arc), color="k", linewidth=1)
    middle = arc.mean()
    axis.text(0.63 * np.cos(middle), 0.63 * np.sin(middle), f"{apparent_deg:.0f}°", fontsize=10, va="center")
    axis.set(
        xlim=(-1.2, 1.2), ylim=(1.1, -1.1), aspect="equal", yticks=[], ylabel="down →" if not deviation_deg else ""
    )
    axis.set_xticks([-1.2, 1.2], ["W", "E"])
    axis.set_ylabel("down →" if not deviation_deg else "")
    for spine in axis.spines.values():
        spine.set_color("0.8")


if __name__ == "__main__":
    matplotlib.rcParams.update({"svg.fonttype": "path", "svg.hashsalt": "geobfdt"})
    figure = Figure(figsize=(7.6, 3.6), layout="constrained")
    hole, wall = figure.subplots(1, 2, width_ratios=[1, 2.1])
    cut_hole(hole)
    unwrapped(wall)
    figure.savefig(HERE / "plane.svg", metadata={"Date": None})
    figure = Figure(figsize=(7.6, 4.1), layout="constrained")
    upright, leaning = figure.subplots(1, 2)
    bed_and_hole(upright, 0.0)
    bed_and_hole(leaning, 40.0)
    upright.set_title("vertical hole: a bed of 20°\nis seen at 20°", fontsize=10)
    leaning.set_title("hole at 40° to the east: the same bed,\n20° to the east, is seen at 60°", fontsize=10)
    figure.savefig(HERE / "true_dip.svg", metadata={"Date": None})
