"""Pictures of image logs with the planes picked on them: sinusoids over the image, tadpoles beside it.

Matplotlib is imported inside the functions, because it takes longer to load than most commands take to run, and used
without pyplot, whose global state has no place in a library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import height_m, trace_depths_m
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import KINDS, UNKNOWN, Picks
from geobfdt.errors import InputError
from geobfdt.formats.atomic import replacing
from geobfdt.report.layout import settle

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

SUFFIXES = (".png", ".pdf", ".svg")
"""What a picture can be written as."""

IMAGE_WIDTH_IN = 2.6
TADPOLES_WIDTH_IN = 1.1
DEPTHS_WIDTH_IN = 1.2
MARGINS_IN = 2.4
"""Titles, tick labels, colour bar and legend, above and below the tracks."""
TRACK_HEIGHT_IN = (5.0, 21.6)
"""A short interval stays readable, and with the margins a long log ends at 24 inches."""
BAR_HEIGHT_IN = 0.12
DOTS_PER_INCH = 150

COLOURMAP = "YlOrBr_r"
MISSING_COLOUR = "0.75"
COLOURS = {"fracture": "#0033cc", "bedding": "#00c9b7", UNKNOWN: "#000000"}
"""Dark blue and light turquoise: neither occurs in the colour map, and they differ in lightness for every eye."""
MARKERS = {"fracture": "D", "bedding": "o", UNKNOWN: "s"}
PALEST = 0.3
"""Opacity of a pick of confidence 0, which must not vanish."""

LOGARITHMIC_FROM = 30.0
"""Ratio of the 99th to the 1st percentile above which only logarithms show anything: resistivity spans decades."""

TRACE_AZIMUTHS = 181
DIP_ENDS_DEG = (-6.0, 96.0)
"""Ends of a track of tadpoles: those of level and of upright planes are whole ones."""


def plot_log(
    log: ImageLog,
    picks: Mapping[str, Picks],
    path: str | Path,
    *,
    top_m: float | None = None,
    base_m: float | None = None,
    unit: str = "",
) -> Path:
    """Write the picture of :func:`log_figure`, whose arguments these are, and return its path.

    ``path`` ends in .png, .pdf or .svg. Raises :class:`InputError` when it does not, when the file cannot be written,
    and where :func:`log_figure` does; a file that cannot be completed is not left behind.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        found = path.suffix or "a file without suffix"
        raise InputError(f"{path}: pictures are written as {' '.join(SUFFIXES)}, not as {found}")
    figure = log_figure(log, picks, top_m=top_m, base_m=base_m, unit=unit)
    settle(figure, path.suffix[1:].lower(), DOTS_PER_INCH)
    with replacing(path) as temporary:
        figure.savefig(temporary, dpi=DOTS_PER_INCH)
    return path


def plot_sections(sections: Sequence[tuple[str, ImageLog, Mapping[str, Picks]]], path: Path) -> Path:
    """Short pieces of logs side by side, each under its title with a panel for every set of picks, as a PNG."""
    from matplotlib.figure import Figure

    panels = [(title, log, name, picks) for title, log, sets in sections for name, picks in sets.items()]
    figure = Figure(figsize=(1.3 * IMAGE_WIDTH_IN * len(panels) / 2, 1.6 * TRACK_HEIGHT_IN[0]), layout="constrained")
    for axis, (title, log, name, picks) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        seen = visible(picks, log)
        plot_image(axis, log, log.rows)
        plot_sinusoids(axis, log, seen)
        axis.set_ylim(*reversed(edges_m(log)))
        axis.set_title(f"{title}\n{name}\n{_counts(seen, log)}", fontsize=7)
        axis.tick_params(labelsize=6)
        axis.ticklabel_format(axis="y", useOffset=False)
    figure.legend(handles=legend_handles(Picks.concatenate([panel[3] for panel in panels])), loc="outside lower center")
    settle(figure, path.suffix[1:].lower(), DOTS_PER_INCH)
    with replacing(path) as temporary:
        figure.savefig(temporary, dpi=DOTS_PER_INCH)
    return path


def log_figure(
    log: ImageLog,
    picks: Mapping[str, Picks],
    *,
    top_m: float | None = None,
    base_m: float | None = None,
    unit: str = "",
) -> Figure:
    """An image log with sets of picks over it, one panel a set, as a figure to save or to add to.

    log            the image; depth runs down, and azimuth across from the log's own first azimuth
    picks          sets of picks by the name that heads their panel; an empty mapping draws the bare image. Where a set
                   holds several wells, those of ``log.well`` are drawn
    top_m, base_m  the part to draw in metres along hole, by default all of it
    unit           of the image, beside its name at the colour bar

    Every panel has the sinusoids, paler where their confidence is lower, and a track of tadpoles: dip in degrees
    against depth, the tail towards the azimuth with the image's reference upwards. Angles are those of the image, not
    the true ones. The picture is at most 24 inches high; rows of a long log are averaged to what that can show.

    Raises :class:`InputError` when the interval holds no image, or a set of several wells has none of this one.
    """
    from matplotlib.figure import Figure

    shown = _interval(log, top_m, base_m)
    sets = {name: visible(_of_well(one, log.well, name), shown) for name, one in picks.items()}
    widths = [IMAGE_WIDTH_IN, TADPOLES_WIDTH_IN] * len(sets) or [IMAGE_WIDTH_IN]
    track_in = _track_height_in(shown)
    figure = Figure(figsize=(sum(widths) + DEPTHS_WIDTH_IN, track_in + MARGINS_IN), layout="constrained")
    grid = figure.add_gridspec(2, len(widths), width_ratios=widths, height_ratios=[track_in, BAR_HEIGHT_IN])
    first = figure.add_subplot(grid[0, 0])
    axes = [first, *(figure.add_subplot(grid[0, track], sharey=first) for track in range(1, len(widths)))]
    images = [plot_image(axis, shown, round(track_in * DOTS_PER_INCH)) for axis in axes[::2]]
    for panel, (name, one) in enumerate(sets.items()):
        image_axis, tadpole_axis = axes[2 * panel : 2 * panel + 2]
        plot_sinusoids(image_axis, shown, one)
        plot_tadpoles(tadpole_axis, one)
        image_axis.set_title(f"{name}\n{_counts(one, shown)}", fontsize=9)
    _plot_scale(figure, figure.add_subplot(grid[1, 0]), images[0], shown, unit)
    _dress(figure, axes, shown, Picks.concatenate(sets.values()))
    return figure


def _interval(log: ImageLog, top_m: float | None, base_m: float | None) -> ImageLog:
    top_m, base_m = log.top_m if top_m is None else top_m, log.base_m if base_m is None else base_m
    try:
        return log.slice(top_m, base_m)
    except InputError:
        ends = f"{log.top_m:.2f} to {log.base_m:.2f} m"
        raise InputError(f"no image to draw from {top_m:.2f} to {base_m:.2f} m; the log runs from {ends}") from None


def _of_well(picks: Picks, well: str, name: str) -> Picks:
    """The picks of one well; a set that names a single well is taken to be of this one, whatever the name."""
    wells = sorted(set(np.asarray(picks.well).tolist()))
    if len(wells) <= 1:
        return picks
    if well not in wells:
        raise InputError(f"picks {name!r} are of the wells {', '.join(wells)}, none of which is the log's, {well!r}")
    return picks[np.asarray(picks.well) == well]


def visible(picks: Picks, log: ImageLog) -> Picks:
    """The picks whose trace reaches into the log, also where the crossing with the axis lies outside."""
    reach_m = height_m(picks.dip_deg, log.hole_diameter_m) / 2.0
    return picks[(picks.depth_m + reach_m >= log.top_m) & (picks.depth_m - reach_m <= log.base_m)]


def _track_height_in(log: ImageLog) -> float:
    """As high as true to scale where that is neither too low to read nor too high to open."""
    true_to_scale = IMAGE_WIDTH_IN * (log.base_m - log.top_m) / (np.pi * log.hole_diameter_m)
    return float(np.clip(true_to_scale, *TRACK_HEIGHT_IN))


def edges_m(log: ImageLog) -> tuple[float, float]:
    """Depths of the upper edge of the first row and of the lower edge of the last one."""
    return log.top_m - log.row_step_m / 2.0, log.base_m + log.row_step_m / 2.0


def plot_image(
    axis: Axes, log: ImageLog, most_rows: int, norm: Normalize | None = None, levels: int = 256
) -> AxesImage:
    """Draw the image of a log, azimuth in degrees across and depth in metres down, averaged to at most so many rows: in
    true colour where the log has colours, else in so many ``levels`` of the colour map, and without a ``norm`` by the
    contrast of what is drawn.
    """
    from matplotlib import colormaps

    top_m, base_m = edges_m(log)
    left_deg = log.first_azimuth_deg
    image = axis.imshow(
        _even_rows(log, log.image, most_rows) if log.colours is None else _even_colours(log, log.colours, most_rows),
        cmap=colormaps[COLOURMAP].resampled(levels).with_extremes(bad=MISSING_COLOUR),
        norm=norm or _contrast(log.image),
        extent=(left_deg, left_deg + 360.0, base_m, top_m),
        aspect="auto",
        interpolation="nearest",
    )
    north = log.reference == "north"
    ticks = np.arange(np.ceil(left_deg / 90.0), np.floor((left_deg + 360.0) / 90.0) + 1) * 90
    axis.set_xticks(ticks, ["NESW"[int(tick) // 90 % 4] if north else f"{int(tick) % 360}" for tick in ticks])
    axis.set_xlabel("azimuth" if north else "azimuth from\nhigh side (°)", fontsize=8)
    axis.tick_params(labelsize=8)
    return image


def _even_colours(log: ImageLog, colours: NDArray[np.uint8], most_rows: int) -> NDArray[np.float32]:
    """The colours of a log on rows as :func:`_even_rows` makes them, 0 to 1, (rows, columns, 3)."""
    from matplotlib.colors import to_rgb

    levels = np.where(np.isfinite(log.image)[..., None], colours, np.float32(np.nan))
    even = np.stack([_even_rows(log, levels[..., k], most_rows) for k in range(3)], axis=-1) / np.float32(255)
    return np.where(np.isfinite(even), even, np.asarray(to_rgb(MISSING_COLOUR), np.float32))


def _even_rows(log: ImageLog, values: NDArray[np.float32], most_rows: int) -> NDArray[np.float32]:
    """Values of a log's pixels on rows of equal height, at most ``most_rows`` of them, by averaging; NaN where the log
    has a gap.
    """
    step_m = log.row_step_m
    rows = int(np.clip(round((log.base_m - log.top_m) / step_m) + 1, 2, most_rows))
    bounds_m = np.linspace(*edges_m(log), rows + 1)
    first = np.minimum(np.searchsorted(log.depth_m, bounds_m[:-1]), log.rows - 1)
    valid = np.isfinite(values)
    # An interval without a row of its own is given the next row: depths that jitter must not leave blank lines.
    counts = np.add.reduceat(valid, first, axis=0, dtype=np.int64)
    sums = np.add.reduceat(np.where(valid, values, 0.0), first, axis=0, dtype=np.float64)
    means = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    means[log.depth_m[first] > bounds_m[1:] + step_m] = np.nan
    return np.asarray(means, np.float32)


def _contrast(image: NDArray[np.float32]) -> Normalize:
    """From the 1st to the 99th percentile, so that a few wild pixels do not darken all others."""
    from matplotlib.colors import LogNorm, Normalize

    low, high = np.nanpercentile(np.where(np.isfinite(image), image, np.nan), [1, 99])
    logarithmic = low > 0 and high / low > LOGARITHMIC_FROM
    return (LogNorm if logarithmic else Normalize)(float(low), float(high), clip=True)


def _colours(picks: Picks) -> NDArray[np.float64]:
    """Red, green, blue and opacity of each pick, shape (n, 4)."""
    from matplotlib.colors import to_rgba_array

    colours = to_rgba_array([COLOURS[kind] for kind in np.asarray(picks.kind).tolist()])
    confidence = np.clip(np.nan_to_num(np.asarray(picks.confidence), nan=1.0), 0.0, 1.0)
    colours[:, 3] = PALEST + (1.0 - PALEST) * confidence
    return colours


def plot_sinusoids(axis: Axes, log: ImageLog, picks: Picks, colour: str | None = None, dash: Any = "solid") -> None:
    """Draw the traces of picks over the image of a log, by kind and paler where less certain, or all in one colour and
    dash.
    """
    from matplotlib.collections import LineCollection
    from matplotlib.colors import to_rgba_array

    across_deg = log.first_azimuth_deg + np.linspace(0.0, 360.0, TRACE_AZIMUTHS)
    diameters_m = log.diameters_m(picks.depth_m)
    down_m = trace_depths_m(picks.depth_m, picks.dip_deg, picks.azimuth_deg, diameters_m, across_deg)
    traces = [np.column_stack([across_deg, trace_m]) for trace_m in down_m]
    colours = _colours(picks) if colour is None else np.repeat(to_rgba_array(colour), len(picks), axis=0)
    rims = np.column_stack([np.ones((len(picks), 3)), colours[:, 3] * 0.7])
    # Both colours must be seen on dark and on light rock: a thin white rim lifts the one, and the other has its own.
    axis.add_collection(LineCollection(traces, colors=rims, linewidths=2.2), autolim=False)
    axis.add_collection(LineCollection(traces, colors=colours, linewidths=1.2, linestyles=dash), autolim=False)


def plot_tadpoles(axis: Axes, picks: Picks) -> None:
    colours, kinds = _colours(picks), np.asarray(picks.kind)
    azimuth = np.radians(picks.azimuth_deg)
    # angles="uv" keeps the tail's direction on paper, though the depth axis points down.
    axis.quiver(
        picks.dip_deg,
        picks.depth_m,
        np.sin(azimuth),
        np.cos(azimuth),
        color=colours,
        angles="uv",
        units="inches",
        scale_units="inches",
        scale=1 / 0.15,
        width=0.014,
        headwidth=0,
        headlength=0,
        headaxislength=0,
    )
    for kind, marker in MARKERS.items():
        of_kind = kinds == kind
        axis.scatter(picks.dip_deg[of_kind], picks.depth_m[of_kind], s=14, color=colours[of_kind], marker=marker, lw=0)
    axis.set_xlim(*DIP_ENDS_DEG)
    axis.set_xticks([0, 30, 60, 90])
    axis.set_xlabel("apparent\ndip (°)", fontsize=8)
    axis.tick_params(labelsize=8)
    axis.grid(color="0.85", linewidth=0.5)
    axis.set_axisbelow(True)


def _counts(picks: Picks, log: ImageLog) -> str:
    """How many planes of each kind cross the hole's axis in the log."""
    inside = picks.within([(log.top_m, log.base_m)])
    counts = {kind: len(inside.of_kind(kind)) for kind in COLOURS}
    nouns = {"bedding": "bedding plane", UNKNOWN: "plane"}
    names = {kind: nouns.get(kind, kind) + "s" * (n != 1) for kind, n in counts.items()}
    names[UNKNOWN] += " of unknown kind"
    return ", ".join(f"{n} {names[kind]}" for kind, n in counts.items() if n) or "no picks"


def _plot_scale(figure: Figure, axis: Axes, image: AxesImage, log: ImageLog, unit: str) -> None:
    """The colour bar, as wide as the image above it, or that there is none to read."""
    if log.colours is not None:
        axis.set_axis_off()
        axis.text(0.5, 0.0, "true colour", ha="center", va="center", fontsize=8, transform=axis.transAxes)
        return
    from matplotlib.colors import LogNorm
    from matplotlib.ticker import FormatStrFormatter, LogLocator

    bar = figure.colorbar(image, cax=axis, orientation="horizontal")
    if isinstance(image.norm, LogNorm):  # by itself it names every tick of a narrow scale, one over the other
        bar.minorticks_off()
        bar.locator, bar.formatter = LogLocator(subs=(1, 2, 5)), FormatStrFormatter("%g")
        bar.update_ticks()
    bar.set_label(f"{log.name or 'image'}{f' ({unit})' if unit else ''}", fontsize=8)
    axis.tick_params(labelsize=7)


def _dress(figure: Figure, axes: Sequence[Axes], log: ImageLog, picks: Picks) -> None:
    """What belongs to the whole picture: heading, depth axis and legend."""
    from matplotlib.ticker import AutoMinorLocator, MaxNLocator

    heading = " · ".join(part for part in (log.well, log.name) if part)
    figure.suptitle(f"{heading or 'image log'}\nhole {log.hole_diameter_m * 1000:.0f} mm", fontsize=10)
    axis = axes[0]
    axis.set_ylim(*reversed(edges_m(log)))
    axis.yaxis.set_major_locator(MaxNLocator(nbins=int(_track_height_in(log) * 1.5), steps=[1, 2, 5, 10]))
    axis.yaxis.set_minor_locator(AutoMinorLocator())
    axis.ticklabel_format(axis="y", useOffset=False)
    axis.set_ylabel("depth along hole (m)", fontsize=8)
    for other in axes[1:]:
        other.tick_params(labelleft=False)
    if handles := legend_handles(picks):
        upwards = "north" if log.reference == "north" else "high side"
        note = f"tails point towards the azimuth, {upwards} up"
        if np.isfinite(np.asarray(picks.confidence)).any():
            note += "\npaler: less certain"
        figure.legend(
            handles=handles, loc="outside lower center", ncols=len(handles), fontsize=8, title=note, title_fontsize=8
        )


def legend_handles(picks: Picks) -> list[Artist]:
    from matplotlib.lines import Line2D

    present = [kind for kind in (*KINDS, UNKNOWN) if len(picks.of_kind(kind))]
    return [Line2D([], [], color=COLOURS[k], marker=MARKERS[k], markersize=4, lw=1.5, label=k) for k in present]
