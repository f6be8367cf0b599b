"""Why planes are missed and why picks are false: every one of them by its cause, counted, and shown.

A miss is a plane of the truth without a partner under the joint criterion at 8 cm, a false pick a pick without one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import trace_depths_m
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.errors import InputError
from geobfdt.eval import TOLERANCE_M, match
from geobfdt.eval.matching import POLE_TOLERANCE_DEG, nearby_pairs, within_angle
from geobfdt.experiments.bench.accuracy import tool_and_case
from geobfdt.formats.atomic import replacing
from geobfdt.report.plots import COLOURS, DOTS_PER_INCH, MISSING_COLOUR, TRACE_AZIMUTHS, plot_image

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FAINT = 0.1
"""Least confidence of the faint picks, far below any threshold: what lies between was seen and doubted."""
DISPLACED_M = 0.25
"""Depths further apart than this are of two planes, whatever their poles."""
CROWDED_RADII = 0.35
"""Planes nearer to each other in depth than this many hole radii are crowded."""
LEAST_SHOWN = 0.7
"""Share of a trace on valid pixels from which on it counts as shown."""
STEEP_DEG = 70.0
"""Dips above this are steep: their traces stand as tall as five and a half hole radii and more."""
COARSE_COLUMNS = 16
"""A tool of at most so many columns is coarse."""

_NEAR, _AWAY = f"{100 * TOLERANCE_M:g} cm", f"{100 * TOLERANCE_M:g} to {100 * DISPLACED_M:g} cm"
_ALIGNED = f"{POLE_TOLERANCE_DEG:g} degrees"

MISSES: Mapping[str, str] = {
    "turned": f"An unmatched pick lies within {_NEAR}, but its pole is more than {_ALIGNED} off.",
    "displaced": f"An unmatched pick has its pole within {_ALIGNED}, but lies {_AWAY} off.",
    "doubted": f"A pick below the threshold, of at least {FAINT:g}, would have been its match.",
    "crowded": f"Another plane lies within {CROWDED_RADII:g} hole radii in depth.",
    "partly shown": f"Less than {LEAST_SHOWN:g} of its trace inside the image lies on valid pixels.",
    "at the end": "Part of its trace lies outside the image.",
    "steep": f"It dips more than {STEEP_DEG:g} degrees.",
    "coarse tool": f"The tool has no more than {COARSE_COLUMNS} columns around the hole.",
    "overlooked": "None of the other causes applies.",
}
"""What each cause of a miss means; of those that apply the first is the cause."""

FALSE_PICKS: Mapping[str, str] = {
    "turned": f"A missed plane lies within {_NEAR}, but its pole is more than {_ALIGNED} off.",
    "displaced": f"A missed plane has its pole within {_ALIGNED}, but lies {_AWAY} off.",
    "twice": f"A plane within {_NEAR} and {_ALIGNED} already has its match.",
    "barren rock": "The whole well holds no plane.",
    "at the end": "Part of its trace lies outside the image.",
    "few pixels": f"Less than {LEAST_SHOWN:g} of its trace lies on valid pixels.",
    "invented": "None of the other causes applies.",
}
"""What each cause of a false pick means; of those that apply the first is the cause."""

CROPS = 6
"""Crops a cause, at most."""
CROP_RADII = 6.0
"""Height of a crop in hole radii: as tall, nearly, as the hole is around."""
CROP_IN, TITLE_IN, LABEL_IN, GAP_IN, MARGIN_IN = 1.9, 0.45, 1.7, 0.08, 0.5
"""Side of a crop, height of its title, width of the label of a row, gap between crops, margin above and below, inches.
A crop is thus nearly true to scale."""
TRUTH_COLOUR, PICK_COLOUR = COLOURS["fracture"], COLOURS["bedding"]
"""Of the truth and of the picks: here colours tell no kinds."""
THIN, THICK = (1.0, "-"), (3.0, ":")
"""Width in points and style of lines; the plane that a crop is about is thick, and dotted so that the rock shows."""
LOTS = 0
"""Seed of the lots that choose the crops."""

_Indices = NDArray[np.intp]
_Mask = NDArray[np.bool_]


def causes_of_misses(well: Well, found: Picks, faint: Picks) -> list[tuple[int, str]]:
    """The index in ``well.picks`` of every plane that was missed, and why: one of :data:`MISSES`.

    ``found`` are the picks of the well at the threshold, ``faint`` those at a much lower one, ``found`` among them.
    """
    log, truth = well.log, well.picks
    missed, false = _unmatched(well, found)
    planes = truth[missed]
    turned, displaced = _beside(planes, found[false], log)
    below = faint[np.asarray(faint.confidence) < np.min(found.confidence, initial=np.inf)]
    doubted = match(planes, below, "joint", TOLERANCE_M, hole_diameter_m=log.hole_diameter_m).ref
    apart_m = np.abs(planes.depth_m[:, None] - truth.depth_m[None, :])
    outside, shown = _seen(log, planes)
    applies = {
        "turned": _at(turned[0], planes),
        "displaced": _at(displaced[0], planes),
        "doubted": _at(doubted, planes),
        "crowded": (apart_m <= CROWDED_RADII * log.radius_m).sum(1) > 1,  # itself is one
        "partly shown": shown < LEAST_SHOWN,
        "at the end": outside,
        "steep": planes.dip_deg > STEEP_DEG,
        "coarse tool": np.full(len(planes), log.columns <= COARSE_COLUMNS),
        "overlooked": np.ones(len(planes), bool),
    }
    return _first(MISSES, applies, missed)


def causes_of_false_picks(well: Well, found: Picks) -> list[tuple[int, str]]:
    """The index in ``found`` of every pick without a plane, and why it may be there: one of :data:`FALSE_PICKS`."""
    log, truth = well.log, well.picks
    missed, false = _unmatched(well, found)
    picks = found[false]
    turned, displaced = _beside(truth[missed], picks, log)
    matched = np.setdiff1d(np.arange(len(truth)), missed)
    pairs = nearby_pairs(truth[matched], picks, TOLERANCE_M, hole_diameter_m=log.hole_diameter_m)
    outside, shown = _seen(log, picks)
    applies = {
        "turned": _at(turned[1], picks),
        "displaced": _at(displaced[1], picks),
        "twice": _at(pairs.est[pairs.admissible("joint", TOLERANCE_M)], picks),
        "barren rock": np.full(len(picks), not len(truth)),
        "at the end": outside,
        "few pixels": shown < LEAST_SHOWN,
        "invented": np.ones(len(picks), bool),
    }
    return _first(FALSE_PICKS, applies, false)


def _unmatched(well: Well, found: Picks) -> tuple[_Indices, _Indices]:
    """Rows of the planes that were missed and of the picks that are false."""
    hits = match(well.picks, found, "joint", TOLERANCE_M, hole_diameter_m=well.log.hole_diameter_m)
    missed = np.setdiff1d(np.arange(len(well.picks)), hits.ref)
    return missed, np.setdiff1d(np.arange(len(found)), hits.est)


def _beside(missed: Picks, false: Picks, log: ImageLog) -> tuple[tuple[_Indices, _Indices], tuple[_Indices, _Indices]]:
    """Rows of the pairs (missed plane, false pick) of which one is the other turned, and the other displaced.

    None is both right in depth and in pole: the matching would have made a hit of it.
    """
    pairs = nearby_pairs(missed, false, DISPLACED_M, hole_diameter_m=log.hole_diameter_m)
    aligned = within_angle(pairs.pole_deg, POLE_TOLERANCE_DEG)
    turned = pairs[pairs.admissible("depth", TOLERANCE_M) & ~aligned]
    displaced = pairs[pairs.admissible("depth", DISPLACED_M) & aligned]
    return (turned.ref, turned.est), (displaced.ref, displaced.est)


def _seen(log: ImageLog, planes: Picks) -> tuple[_Mask, NDArray[np.float64]]:
    """Whether the trace of each of n planes leaves the image, and which share of the rest is on valid pixels: (n,)."""
    diameters_m = log.diameters_m(planes.depth_m)
    azimuths_deg = log.column_azimuths_deg
    z = trace_depths_m(planes.depth_m, planes.dip_deg, planes.azimuth_deg, diameters_m, azimuths_deg)
    edge_m = log.row_step_m / 2
    inside = (z >= log.top_m - edge_m) & (z <= log.base_m + edge_m)
    nearest = np.searchsorted((log.depth_m[:-1] + log.depth_m[1:]) / 2, z)
    valid = np.isfinite(log.image[:])[nearest, np.arange(log.columns)]
    leaves, share = ~inside.all(1), (inside & valid).sum(1) / np.maximum(inside.sum(1), 1)
    return np.asarray(leaves), np.asarray(share)


def _at(rows: _Indices, planes: Picks) -> _Mask:
    """Which of the planes these rows are, (n,)."""
    return np.isin(np.arange(len(planes)), rows)


def _first(causes: Iterable[str], applies: Mapping[str, _Mask], rows: _Indices) -> list[tuple[int, str]]:
    """Each row with the first cause that applies to it; the masks are by place in ``rows``."""
    return [(int(row), next(cause for cause in causes if applies[cause][k])) for k, row in enumerate(rows)]


@dataclass(frozen=True)
class Exhibit:
    """A miss or a false pick: the number of its well, its row among the truth or the picks, and its cause."""

    well: int
    row: int
    cause: str


@dataclass(frozen=True)
class Gallery:
    """All misses and all false picks of a detector in some wells."""

    misses: tuple[Exhibit, ...]
    false_picks: tuple[Exhibit, ...]

    @classmethod
    def of(cls, wells: Sequence[Well], found: Sequence[Picks], faint: Sequence[Picks]) -> Gallery:
        """Of picks at the threshold and of those from :data:`FAINT` on, a table of each a well."""
        misses, false_picks = [], []
        for number, (well, picks, faint_picks) in enumerate(zip(wells, found, faint, strict=True)):
            misses += [Exhibit(number, *why) for why in causes_of_misses(well, picks, faint_picks)]
            false_picks += [Exhibit(number, *why) for why in causes_of_false_picks(well, picks)]
        return cls(tuple(misses), tuple(false_picks))

    def counts(self) -> dict[str, dict[str, int]]:
        """How many of each cause, by "misses" and "false_picks"; causes of none are there too."""
        return {
            "misses": {cause: len(_of(cause, self.misses)) for cause in MISSES},
            "false_picks": {cause: len(_of(cause, self.false_picks)) for cause in FALSE_PICKS},
        }


def _of(cause: str, exhibits: Sequence[Exhibit]) -> list[Exhibit]:
    return [exhibit for exhibit in exhibits if exhibit.cause == cause]


def write_gallery(folder: Path, gallery: Gallery, wells: Sequence[Well], found: Sequence[Picks]) -> list[Path]:
    """Write ``misses.png`` and ``false_picks.png``, a row a cause, the most frequent first; return the paths.

    ``wells`` and ``found`` are those that the gallery was made of.
    """
    paths = []
    for name, exhibits in (("misses", gallery.misses), ("false_picks", gallery.false_picks)):
        figure = _hung(_SIDES[name], exhibits, wells, found)
        paths.append(folder / f"{name}.png")
        with replacing(paths[-1]) as temporary:
            figure.savefig(temporary, dpi=DOTS_PER_INCH)
    return paths


@dataclass(frozen=True)
class _Side:
    """One side of the gallery: what hangs there, what one of them is called, their causes and their colour."""

    what: str
    one: str
    causes: Mapping[str, str]
    colour: str


_SIDES = {
    "misses": _Side("misses", "the miss", MISSES, TRUTH_COLOUR),
    "false_picks": _Side("false picks", "the false pick", FALSE_PICKS, PICK_COLOUR),
}


def _plot_crop(axis: Axes, exhibit: Exhibit, own_colour: str, well: Well, found: Picks) -> None:
    """The image around a plane, with the truth and all picks, and the plane itself above them."""
    log, sets = well.log, {TRUTH_COLOUR: well.picks, PICK_COLOUR: found}
    plane = sets[own_colour][np.array([exhibit.row])]
    middle_m, half_m = float(plane.depth_m[0]), CROP_RADII / 2 * log.radius_m
    if exhibit.cause == "displaced":
        half_m = max(half_m, DISPLACED_M)  # or a small hole's crop would not show what it was displaced from
    try:
        plot_image(axis, log.slice(middle_m - half_m, middle_m + half_m), log.rows)
    except InputError:  # no valid pixel there
        axis.set_facecolor(MISSING_COLOUR)
    for colour, planes in sets.items():
        others = np.arange(len(planes)) != exhibit.row if colour == own_colour else np.ones(len(planes), bool)
        _plot_traces(axis, log, planes[others], colour, THIN)
    _plot_traces(axis, log, plane, own_colour, THICK)
    axis.set_xlim(log.first_azimuth_deg, log.first_azimuth_deg + 360)
    axis.set_ylim(middle_m + half_m, middle_m - half_m)
    axis.set_xlabel("")
    axis.tick_params(left=False, bottom=False, labelleft=False, labelbottom=False)
    tool, case = tool_and_case(well)
    axis.set_title(f"{tool}\n{case} {middle_m:.2f} m", fontsize=7)


def _plot_traces(axis: Axes, log: ImageLog, planes: Picks, colour: str, line: tuple[float, str]) -> None:
    """Traces in a colour, rimmed with white: rock is dark here and light there. ``line``: width in points and style."""
    from matplotlib.collections import LineCollection
    from matplotlib.patheffects import Normal, Stroke

    across_deg = log.first_azimuth_deg + np.linspace(0.0, 360.0, TRACE_AZIMUTHS)
    diameters_m = log.diameters_m(planes.depth_m)
    down_m = trace_depths_m(planes.depth_m, planes.dip_deg, planes.azimuth_deg, diameters_m, across_deg)
    traces = [np.column_stack([across_deg, trace_m]) for trace_m in down_m]
    rim = [Stroke(linewidth=line[0] + 1, foreground="white"), Normal()]
    axis.add_collection(
        LineCollection(traces, colors=colour, linewidths=line[0], linestyles=line[1], path_effects=rim), autolim=False
    )


def _hung(side: _Side, exhibits: Sequence[Exhibit], wells: Sequence[Well], found: Sequence[Picks]) -> Figure:
    """The picture of one side: a row a cause, its label and then its crops."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    ranked = Counter(exhibit.cause for exhibit in exhibits).most_common()
    width_in = LABEL_IN + CROPS * (CROP_IN + GAP_IN)
    height_in = 2 * MARGIN_IN + len(ranked) * (CROP_IN + TITLE_IN)
    figure = Figure(figsize=(width_in, height_in))
    title = f"{len(exhibits)} {side.what} by cause; a crop is once around the hole"
    figure.text(0.5, 1 - 0.4 * MARGIN_IN / height_in, title, fontsize=12, ha="center", va="center")
    for place, (cause, count) in enumerate(ranked, start=1):
        x, y = GAP_IN / width_in, 1 - (MARGIN_IN + place * (CROP_IN + TITLE_IN)) / height_in
        heading, high = f"{cause}\n{count} of {len(exhibits)}", CROP_IN / height_in
        figure.text(x, y + high, heading, fontsize=10, weight="bold", va="top")
        figure.text(x, y + 0.75 * high, fill(side.causes[cause], 24), fontsize=8, va="top")
        for column, exhibit in enumerate(spread(_of(cause, exhibits), wells)):
            x = (LABEL_IN + column * (CROP_IN + GAP_IN)) / width_in
            axis = figure.add_axes((x, y, CROP_IN / width_in, high))
            _plot_crop(axis, exhibit, side.colour, wells[exhibit.well], found[exhibit.well])
    lines = (("truth", TRUTH_COLOUR, THIN), ("picks", PICK_COLOUR, THIN), (side.one, side.colour, THICK))
    handles = [Line2D([], [], label=name, color=colour, lw=line[0], ls=line[1]) for name, colour, line in lines]
    figure.legend(handles=handles, loc="lower center", ncols=len(handles), fontsize=9, frameon=False, handlelength=4)
    return figure


def spread(exhibits: Sequence[Exhibit], wells: Sequence[Well]) -> list[Exhibit]:
    """At most :data:`CROPS` drawn by lot, no second of a tool before each had one, within a tool likewise by well."""
    by_tool: dict[str, dict[int, list[Exhibit]]] = {}
    for k in np.random.default_rng(LOTS).permutation(len(exhibits)):
        number = exhibits[k].well
        by_tool.setdefault(tool_and_case(wells[number])[0], {}).setdefault(number, []).append(exhibits[k])
    chosen = _in_turn([_in_turn(list(by_well.values())) for by_well in by_tool.values()])[:CROPS]
    return sorted(chosen, key=lambda exhibit: (exhibit.well, exhibit.row))


def _in_turn(queues: Sequence[Sequence[Exhibit]]) -> list[Exhibit]:
    """The first of every queue, then the second of every queue, and so on."""
    return [one for turn in zip_longest(*queues) for one in turn if one is not None]
