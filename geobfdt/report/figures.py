"""The pictures of a well report: strips of the log, and what the orientations of its planes add up to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.normalize import Image, compress_decades, dynamic, equalised, gaps_filled, static
from geobfdt.borehole.picks import KINDS, UNKNOWN, Picks
from geobfdt.interpretation.statistics import FisherMean, Frequency, fisher_mean
from geobfdt.interpretation.zones import has_true_dips, orientations
from geobfdt.report.plots import (
    COLOURS,
    MARKERS,
    legend_handles,
)
from geobfdt.report.scale import METRIC, DepthScale, label_depths
from geobfdt.report.sets import net_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAGE_IN = (8.3, 11.7)
STRIP_M = (5.0, 20.0)
STRIPS = 40
"""Strips are 5 m long, and up to 20 m in a log that would need more of them than this."""
MOST_ROWS = 1400
EQUALISED_M = 10.0
"""Over so much of a log columns are given one mean and spread: much taller than any trace."""
GAP_STEPS = 10
"""Usual steps between rows from which on a longer one is a gap that may be left out of pictures."""
ORDER = (*KINDS, UNKNOWN)


def strips_m(log: ImageLog) -> list[tuple[float, float]]:
    """(top, base) in metres of the strips that a log is drawn in, all of about one length: none where it has no rows
    for longer than a strip.
    """
    steps = np.diff(log.depth_m)
    ends = np.flatnonzero(steps > max(STRIP_M[0], GAP_STEPS * np.median(steps)))
    runs = [run for run in np.split(log.depth_m, ends + 1) if len(run) > 1]
    most = float(np.clip(sum(np.ptp(run) for run in runs) / STRIPS, *STRIP_M))
    edges = [np.linspace(run[0], run[-1], max(1, int(np.ceil(np.ptp(run) / most))) + 1) for run in runs]
    return [(float(top), float(base)) for run in edges for top, base in pairwise(run)]


@dataclass(frozen=True)
class Look:
    """How the image of a log is shown: the metres of the dynamic one's window, whether columns are given one mean and
    spread over :data:`EQUALISED_M`, and whether gaps between pads are bridged.
    """

    window_m: float = 1.0
    equalise: bool = False
    fill_gaps: bool = False

    @property
    def margin_m(self) -> float:
        """Metres beyond a strip that its pixels depend on."""
        return max(self.window_m, EQUALISED_M if self.equalise else 0.0) / 2

    def of(self, log: ImageLog, top_m: float, base_m: float) -> dict[str, ImageLog]:
        """What :meth:`Shown.of` gives of a log."""
        return Shown(log, self).of(top_m, base_m)


@dataclass(frozen=True, eq=False)
class Shown:
    """A log as a look shows it: what is decided over the whole log is decided once."""

    log: ImageLog
    look: Look

    @cached_property
    def _static(self) -> Callable[[Image], Image]:
        return static(self.log.image)

    @cached_property
    def _comparable(self) -> Callable[[Image], Image]:
        return compress_decades(self.log.image)

    @cached_property
    def row_step_m(self) -> float:
        return self.log.row_step_m

    @property
    def titles(self) -> tuple[str, ...]:
        """What the images are called, the one that follows the log last."""
        followed = f"dynamic, {self.look.window_m:g} m"
        return ("static", followed) if self.log.colours is None else ("true colour", followed)

    def of(self, top_m: float, base_m: float) -> dict[str, ImageLog]:
        """Images between two depths by their titles: in true colour where there is colour, else by one scale for the
        whole log; and by a scale that follows it.
        """
        log, look = self.log, self.look
        around = log.slice(top_m - look.margin_m, base_m + look.margin_m)
        rows = round(look.window_m / self.row_step_m)
        first, second = self.titles
        images = {second: dynamic(self._evened(self._comparable(around.image)), rows)}
        if log.colours is None:
            images = {first: self._evened(self._static(around.image))} | images
        bare = replace(around, colours=None)
        shown = {
            title: replace(bare, image=gaps_filled(image) if look.fill_gaps else image)
            for title, image in images.items()
        }
        if log.colours is not None:
            shown = {first: around} | shown
        return {title: part.slice(top_m, base_m) for title, part in shown.items()}

    def _evened(self, image: Image) -> Image:
        return equalised(image, round(EQUALISED_M / self.row_step_m)) if self.look.equalise else image


def plot_orientations(picks: Picks) -> Figure:
    """Histogram of dips, rose of azimuths and stereonet of poles (lower hemisphere, equal area) with the mean plane of
    every kind, of true orientations where all are known.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(PAGE_IN[0], 6.4), layout="constrained")
    dips = figure.add_subplot(2, 2, 1)
    rose = figure.add_subplot(2, 2, 3, projection="polar")
    net: Any = net_on(figure, 2, 2, (2, 4))
    dip, azimuth = orientations(picks)
    kinds = [kind for kind in ORDER if len(picks.of_kind(kind))]
    shares = [np.asarray(picks.kind) == kind for kind in kinds]
    colours = [COLOURS[kind] for kind in kinds]
    dips.hist([dip[share] for share in shares], bins=list(range(0, 91, 5)), stacked=True, color=colours, label=kinds)
    dips.set_xlabel("true dip (°)" if has_true_dips(picks) else "apparent dip (°)", fontsize=8)
    dips.set_ylabel("planes", fontsize=8)
    dips.tick_params(labelsize=7)
    _plot_rose(rose, [azimuth[share] for share in shares], colours)
    for kind, share in zip(kinds, shares, strict=True):
        net.pole(azimuth[share] - 90, dip[share], marker=MARKERS[kind], ms=3, color=COLOURS[kind], mew=0)
        mean = fisher_mean(dip[share], azimuth[share])
        if has_direction(mean):
            net.plane(mean.azimuth_deg - 90, mean.dip_deg, color=COLOURS[kind], lw=1.2)
    net.set_title(f"{len(picks)} poles and mean planes,\nlower hemisphere, equal area", fontsize=8, pad=24)
    figure.legend(handles=legend_handles(picks), loc="outside lower center", ncols=3, fontsize=8)
    return figure


def _plot_rose(axis: Axes, azimuths: list[NDArray[np.float64]], colours: list[str]) -> None:
    """Counts of dip azimuths in sectors of 10 degrees, north up and clockwise; areas, not radii, count planes."""
    edges = np.arange(0, 361, 10)
    below = np.zeros(len(edges) - 1)
    for azimuth, colour in zip(azimuths, colours, strict=True):
        count = np.histogram(azimuth, edges)[0]
        inner, outer = np.sqrt(below), np.sqrt(below + count)
        axis.bar(np.radians(edges[:-1] + 5), outer - inner, np.radians(10), bottom=inner, color=colour)
        below = below + count
    axis.set_theta_zero_location("N")  # type: ignore[attr-defined]
    axis.set_theta_direction(-1)  # type: ignore[attr-defined]
    axis.set_yticks([])
    axis.set_xticks(np.radians([0, 90, 180, 270]), ["0", "90", "180", "270"], fontsize=7)
    axis.set_title(f"dip azimuth, N = {sum(map(len, azimuths))}", fontsize=8)


def plot_frequency(picks: Picks, found: Frequency, top_m: float, base_m: float, scale: DepthScale = METRIC) -> Figure:
    """Planes per metre against depth in the scale's unit, as counted and corrected for the hole's direction, and how
    many there are up to each depth by kind.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(PAGE_IN[0], 6.0), layout="constrained")
    per_metre, summed = figure.subplots(1, 2, sharey=True)
    per_metre.plot(found.raw, found.depth_m, color="0.3", lw=1.2, label="as counted")
    per_metre.plot(found.corrected, found.depth_m, color="#d95f02", lw=1.2, label="corrected (Terzaghi)")
    per_metre.set_xlabel(f"planes per metre, in {found.window_m:g} m", fontsize=8)
    per_metre.set_xlim(left=0)
    for kind in ORDER:
        depth = np.sort(picks.of_kind(kind).depth_m)
        if len(depth):
            steps = np.concatenate([[top_m], depth, [base_m]])
            summed.step(
                np.concatenate([np.arange(len(depth) + 1), [len(depth)]]), steps, color=COLOURS[kind], label=kind
            )
    summed.set_xlabel("planes from the top", fontsize=8)
    per_metre.set_ylim(base_m, top_m)
    label_depths(per_metre, scale, fontsize=8)
    for axis in (per_metre, summed):
        axis.tick_params(labelsize=7)
        axis.grid(color="0.9", linewidth=0.5)
        if axis.get_legend_handles_labels()[0]:
            axis.legend(fontsize=7)
    return figure


def means_by_kind(picks: Picks) -> dict[str, FisherMean]:
    """The mean plane of every kind that there is, of true orientations where all are known."""
    dip, azimuth = orientations(picks)
    kinds = np.asarray(picks.kind)
    return {kind: fisher_mean(dip[kinds == kind], azimuth[kinds == kind]) for kind in ORDER if (kinds == kind).any()}


LEAST_KAPPA = 5.0
"""A set that scatters more than of this concentration has no direction that one plane could stand for."""


def has_direction(mean: FisherMean) -> bool:
    """Whether a mean plane stands for its set."""
    return mean.count > 2 and mean.kappa >= LEAST_KAPPA
