"""Pictures of sets: poles on the net, roses by strike and dip direction, and how many planes lie at which depth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.picks import KINDS, UNKNOWN, Picks
from geobfdt.interpretation.intensity import CUT_DEG
from geobfdt.interpretation.sets import SetInZone, Sets
from geobfdt.interpretation.statistics import fisher_mean, terzaghi_weights
from geobfdt.interpretation.zones import has_true_dips, orientations
from geobfdt.report.plots import COLOURS, MARKERS
from geobfdt.report.scale import METRIC, DepthScale, label_depths

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SET_COLOURS = ("0.62", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Of strays and of the sets from 1 on: Okabe and Ito's, which no colour blindness makes alike."""
SET_MARKERS = ("x", "o", "^", "s", "D", "v", "P")
WIDTH_IN = 8.3
SECTOR_DEG = 10
_LEAST_CONTOURED = 20
_WIDEST_CONE_DEG = 60.0
_TEXT = 8


OTHER = -1
"""In place of a set's number: a plane that was not sorted, such as a bed."""


def set_name(number: int) -> str:
    return {0: "strays", OTHER: "other planes"}.get(number, f"set {number}")


def set_colour(number: int) -> str:
    return "0" if number == OTHER else SET_COLOURS[number]


def plot_sets(found: Sets) -> Figure:
    """Two equal-area nets, lower hemisphere: how dense the poles are, weighed by Terzaghi; and the poles of every set
    with its mean plane and, about its mean pole, the cone that holds it with 95 % confidence.
    """
    figure = _figure(4.8)
    dip, azimuth = orientations(found.picks)
    dense, sorted_ = (net_on(figure, 1, 2, place) for place in (1, 2))
    weight = terzaghi_weights(found.picks.dip_deg, 90 - CUT_DEG)
    if len(found.picks) >= _LEAST_CONTOURED:
        shown = dense.density_contourf(azimuth - 90, dip, measurement="poles", weights=weight, cmap="Greys", levels=6)
        bar = figure.colorbar(shown, ax=[dense, sorted_], location="bottom", shrink=0.4, aspect=40, pad=0.1)
        bar.set_label("density of poles (standard deviations above even)", fontsize=7)
        bar.ax.tick_params(labelsize=6)
    dense.pole(azimuth - 90, dip, marker="o", ms=2.0, color="#0072b2", mew=0)
    dense.set_title(f"{len(found.picks)} poles, {_frame(found)}", fontsize=_TEXT, pad=18)
    for number in sorted({0, *range(1, len(found.sets) + 1)}):
        some = found.member == number
        if some.any():
            style: dict[str, Any] = {"marker": SET_MARKERS[number], "color": SET_COLOURS[number], "ms": 3.5}
            label = f"{set_name(number)}: {some.sum()}"
            sorted_.pole(azimuth[some] - 90, dip[some], mew=0.8 if number == 0 else 0, label=label, **style)
    for one in found.sets:
        colour = SET_COLOURS[one.number]
        sorted_.plane(one.mean.azimuth_deg - 90, one.mean.dip_deg, color=colour, lw=1.4)
        if one.mean.alpha95_deg < _WIDEST_CONE_DEG:
            _cone(sorted_, one.mean.azimuth_deg, one.mean.dip_deg, one.mean.alpha95_deg)
    sorted_.set_title("sets, mean planes and 95 % cones of mean poles", fontsize=_TEXT, pad=18)
    handles, labels = sorted_.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=max(1, len(labels)), fontsize=_TEXT)
    return figure


def plot_restored(before: Picks, after: Picks) -> Figure:
    """Poles of every kind on two nets: as they lie, and without structural dip, with the mean planes."""
    figure = _figure(4.6)
    for place, (title, picks) in enumerate((("as they lie", before), ("without structural dip", after)), 1):
        net = net_on(figure, 1, 2, place)
        dip, azimuth = orientations(picks)
        for kind in (*KINDS, UNKNOWN):
            some = np.asarray(picks.kind) == kind
            if some.any():
                colour = COLOURS[kind]
                label = f"{kind}: {some.sum()}"
                net.pole(azimuth[some] - 90, dip[some], marker=MARKERS[kind], ms=3, color=colour, mew=0, label=label)
                mean = fisher_mean(dip[some], azimuth[some])
                net.plane(mean.azimuth_deg - 90, mean.dip_deg, color=colour, lw=1.2)
        net.set_title(title, fontsize=_TEXT, pad=18)
    handles, labels = net.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=max(1, len(labels)), fontsize=_TEXT)
    return figure


def _figure(height_in: float) -> Figure:
    """A figure of nets, with room for their titles, which its layout takes for lower than they are."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    return Figure(figsize=(WIDTH_IN, height_in), layout=ConstrainedLayoutEngine(h_pad=0.16, w_pad=0.2))


def net_on(figure: Figure, rows: int, columns: int, place: int | tuple[int, int]) -> Any:
    """An equal-area net with its grid, N and ticks every 30 degrees."""
    from mplstereonet.stereonet_math import line  # importing it registers the projection

    net: Any = figure.add_subplot(rows, columns, place, projection="equal_area_stereonet")
    net.grid(True, color="0.85", lw=0.5)
    net.set_azimuth_ticks([])  # its own labels stay behind where a layout moves the net
    for bearing in range(0, 360, 30):
        (lon,), (lat,) = line(0, bearing)
        towards = np.sin(np.radians(bearing)), np.cos(np.radians(bearing))
        for text, points in ((str(bearing) if bearing else "N", 10.0), ("", 4.0)):
            net.annotate(
                text,
                (lon, lat),
                (points * towards[0], points * towards[1]),
                textcoords="offset points",
                ha="center",
                va="center",
                fontsize=7,
                annotation_clip=False,
                arrowprops=None if text else {"arrowstyle": "-", "lw": 0.8, "shrinkA": 0, "shrinkB": 0},
            )
    return net


def _cone(net: Any, azimuth_deg: float, dip_deg: float, radius_deg: float) -> None:
    """The small circle about a mean pole, over the poles that hide it otherwise."""
    net.cone(90 - dip_deg, (azimuth_deg + 180) % 360, radius_deg, facecolor="none", edgecolor="black", lw=1.1, zorder=5)


def _frame(found: Sets) -> str:
    return "true orientations" if has_true_dips(found.picks) else "as the image shows them"


def plot_roses(found: Sets) -> Figure:
    """Roses of strikes, either way, and of dip directions, stacked by set; a sector's area counts its planes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_IN, 4.0), layout="constrained")
    _, azimuth = orientations(found.picks)
    numbers = [*range(1, len(found.sets) + 1), 0]
    groups = [azimuth[found.member == number] for number in numbers]
    colours = [SET_COLOURS[number] for number in numbers]
    for place, (title, both_ways) in enumerate((("strike", True), ("dip direction", False)), 1):
        rose = figure.add_subplot(1, 2, place, projection="polar")
        counts = [rose_counts(group - 90 if both_ways else group, both_ways) for group in groups]
        _plot_rose(rose, counts, colours)
        rose.set_title(f"{title}, {len(azimuth)} planes, sectors of {SECTOR_DEG}°", fontsize=_TEXT)
    handles = [_patch(SET_COLOURS[number], set_name(number)) for number in numbers if (found.member == number).any()]
    if handles:
        figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), fontsize=_TEXT)
    return figure


def rose_counts(azimuth_deg: NDArray[np.float64], both_ways: bool = False) -> NDArray[np.float64]:
    """Planes in every sector from north on, clockwise; both ways: each at its azimuth and opposite."""
    edges = np.arange(0, 361, SECTOR_DEG)
    azimuth = azimuth_deg % 360.0
    if both_ways:
        azimuth = np.concatenate([azimuth, (azimuth + 180.0) % 360.0])
    return np.asarray(np.histogram(np.where(azimuth >= 360.0, 0.0, azimuth), edges)[0], np.float64)


def _plot_rose(rose: Any, counts: Sequence[NDArray[np.float64]], colours: Sequence[str]) -> None:
    middles = np.radians(np.arange(0, 360, SECTOR_DEG) + SECTOR_DEG / 2)
    below = np.zeros(len(middles))
    for count, colour in zip(counts, colours, strict=True):
        inner, outer = np.sqrt(below), np.sqrt(below + count)
        rose.bar(middles, outer - inner, np.radians(SECTOR_DEG), bottom=inner, color=colour, ec="white", lw=0.3)
        below = below + count
    rose.set_theta_zero_location("N")
    rose.set_theta_direction(-1)
    rose.set_xticks(np.radians(range(0, 360, 30)), ["N", *map(str, range(30, 360, 30))], fontsize=7)
    most = int(max(1.0, below.max(initial=1.0)))
    ticks = sorted({max(1, most // 2), most})
    rose.set_yticks(np.sqrt(ticks), [str(tick) for tick in ticks], fontsize=6)
    rose.grid(color="0.85", lw=0.5)


def _patch(colour: str, label: str) -> Any:
    from matplotlib.patches import Patch

    return Patch(color=colour, label=label)


def plot_sets_through_depth(
    found: Sets,
    in_zones: Sequence[SetInZone],
    top_m: float,
    base_m: float,
    height_in: float = 5.0,
    scale: DepthScale = METRIC,
) -> Figure:
    """Every pick against depth, in the scale's unit, by its set, and planes per metre of every set in each zone with
    their Poisson bands beside that of the whole log.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
    columns = max(1, len(found.sets))
    axes = figure.subplots(1, columns + 1, sharey=True, width_ratios=[1.4, *[1.0] * columns])
    _plot_depths(axes[0], found)
    axes[0].set_ylim(base_m, top_m)
    label_depths(axes[0], scale, fontsize=_TEXT)
    for axis, one in zip(axes[1:], found.sets, strict=False):
        colour = SET_COLOURS[one.number]
        axis.axvline(one.p10.value, color=colour, ls="--", lw=1)
        for zone in (zone for zone in in_zones if zone.number == one.number):
            middle, half = (zone.top_m + zone.base_m) / 2, (zone.base_m - zone.top_m) / 2
            axis.barh(middle, zone.p10.value, 1.9 * half, color=colour, alpha=0.35)
            axis.plot([zone.p10.low, zone.p10.high], [middle, middle], color=colour, lw=1.6, marker="|", ms=8)
        axis.set_xlim(left=0)
        axis.set_title(f"{one.name}: {one.mean.count} planes", fontsize=_TEXT)
        axis.set_xlabel("per metre", fontsize=_TEXT)
    for axis in axes:
        axis.tick_params(labelsize=7)
        axis.grid(color="0.9", lw=0.5)
    return figure


def _plot_depths(axis: Axes, found: Sets) -> None:
    numbers = [*range(1, len(found.sets) + 1), 0]
    for place, number in enumerate(numbers):
        depth = found.picks.depth_m[found.member == number]
        axis.scatter(
            np.full(len(depth), place), depth, s=14, marker=SET_MARKERS[number], color=SET_COLOURS[number], lw=0.8
        )
    axis.set_xticks(range(len(numbers)), [set_name(number) for number in numbers], fontsize=7, rotation=45)
    axis.set_xlim(-0.7, len(numbers) - 0.3)
    axis.set_title("picks", fontsize=_TEXT)
