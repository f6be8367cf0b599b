"""The score as pictures: what was matched, missed and invented, and how the figures depend on where one draws lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import azimuth_difference_deg, pole_angle_deg
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.eval import CRITERIA, TOLERANCE_M, Counts, calibration_error, match, score
from geobfdt.eval.wells import InterpreterPicks, scored_wells
from geobfdt.report.figures import MOST_ROWS, PAGE_IN, strips_m
from geobfdt.report.page import drawing_html, figure_html, page, table_html
from geobfdt.report.plots import edges_m, plot_image, plot_sinusoids, visible
from geobfdt.report.score_words import HEAD, in_a_sentence, small_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TOLERANCES_M = tuple(round(0.01 * centimetres, 2) for centimetres in range(1, 16))
OUTCOMES = {"matched": "#0033cc", "missed": "#000000", "false": "#00c9b7"}
DASHES = {"matched": "solid", "missed": (0, (5, 2)), "false": (0, (1.5, 1.2))}
"""They differ in lightness and in dash for every eye, those without red or green among them, and from the rock."""
CRITERION_COLOURS = dict(zip(CRITERIA, ("#000000", "#e69f00", "#0072b2"), strict=True))
BINS = 10


@dataclass(frozen=True, eq=False)
class Scored:
    """Picks against their reference, by joint hits at 8 cm.

    ref, est             what counts, inside the reviewed intervals
    ref_hits, est_hits   rows of both that were matched, in the same order
    """

    ref: Picks
    est: Picks
    ref_hits: NDArray[np.intp]
    est_hits: NDArray[np.intp]

    @property
    def right(self) -> NDArray[np.bool_]:
        right = np.zeros(len(self.est), bool)
        right[self.est_hits] = True
        return right


def scored(truth: InterpreterPicks, est: Picks) -> Scored:
    """Match picks with those of a reference, well by well."""
    hits, refs, ests = [], [], []
    first = np.zeros(2, int)
    for well in scored_wells(truth.picks, est, truth.hole_diameter_m, truth.intervals_m):
        refs.append(replace(truth.picks[well.ref_rows], well=well.well))
        ests.append(replace(est[well.est_rows], well=well.well))
        pairs = match(refs[-1], ests[-1], "joint", TOLERANCE_M, hole_diameter_m=well.hole_diameter_m)
        hits.append(np.stack([pairs.ref, pairs.est]) + first[:, None])
        first += len(refs[-1]), len(ests[-1])
    return Scored(Picks.concatenate(refs), Picks.concatenate(ests), *np.concatenate(hits, axis=1))


def plot_tolerances(truth: InterpreterPicks, est: Picks, seed: int) -> Figure:
    """F1 against the tolerance, 1 to 15 cm, by every criterion, and what the same picks score at random depths."""
    from matplotlib.figure import Figure

    report = score(
        truth.picks,
        est,
        hole_diameter_m=truth.hole_diameter_m,
        tolerances_m=TOLERANCES_M,
        intervals_m=truth.intervals_m,
        seed=seed,
    )
    figure = Figure(figsize=(PAGE_IN[0], 4.2), layout="constrained")
    axis = figure.subplots()
    for criterion, colour in CRITERION_COLOURS.items():
        lines = [report.get("all", criterion, tolerance) for tolerance in TOLERANCES_M]
        centimetres = [100 * tolerance for tolerance in TOLERANCES_M]
        axis.plot(centimetres, [line.counts.f1 for line in lines], color=colour, label=criterion)
        axis.plot(centimetres, [line.chance.f1 for line in lines], color=colour, ls=":", label=f"{criterion}, chance")
    axis.axvline(100 * TOLERANCE_M, color="0.7", lw=0.8)
    axis.set_xlabel("tolerance (cm)", fontsize=8)
    axis.set_ylabel("F1", fontsize=8)
    _dress(axis)
    return figure


def plot_errors(found: Scored) -> Figure:
    """Histograms of the errors of hits: depth, dip, azimuth where the dip is at least 5 degrees, and angle of poles."""
    from matplotlib.figure import Figure

    ref, est = found.ref[found.ref_hits], found.est[found.est_hits]
    steep = ref.dip_deg >= 5
    errors = {
        "depth, estimate - reference (cm)": (100 * (est.depth_m - ref.depth_m), np.linspace(-8, 8, 33)),
        "dip, estimate - reference (°)": (est.dip_deg - ref.dip_deg, np.linspace(-10, 10, 41)),
        "azimuth (°), dips from 5°": (
            azimuth_difference_deg(est.azimuth_deg, ref.azimuth_deg)[steep],
            np.linspace(-30, 30, 41),
        ),
        "angle between poles (°)": (
            pole_angle_deg(ref.dip_deg, ref.azimuth_deg, est.dip_deg, est.azimuth_deg),
            np.linspace(0, 10, 41),
        ),
    }
    figure = Figure(figsize=(PAGE_IN[0], 4.8), layout="constrained")
    for axis, (name, (values, bins)) in zip(figure.subplots(2, 2).flat, errors.items(), strict=True):
        # What lies beyond the ends is counted in the last bins rather than dropped.
        axis.hist(np.clip(values, bins[0], bins[-1]), bins=bins.tolist(), color="0.4")
        axis.set_xlabel(name, fontsize=8)
        axis.tick_params(labelsize=7)
    return figure


def plot_confidences(found: Scored) -> Figure:
    """Precision against sensitivity as the threshold falls, and the share of picks that are right by confidence."""
    from matplotlib.figure import Figure

    confidence, right = np.asarray(found.est.confidence), found.right
    order = np.argsort(-confidence, kind="stable")
    hits = np.cumsum(right[order])
    figure = Figure(figsize=(PAGE_IN[0], 3.8), layout="constrained")
    trade, reliability = figure.subplots(1, 2)
    trade.plot(hits / max(1, len(found.ref)), hits / np.arange(1, len(hits) + 1), color=OUTCOMES["matched"])
    trade.set_xlabel("sensitivity", fontsize=8)
    trade.set_ylabel("precision", fontsize=8)
    which = np.minimum((confidence * BINS).astype(int), BINS - 1)
    count = np.bincount(which, minlength=BINS)
    filled = count > 0
    mean = np.bincount(which, weights=confidence, minlength=BINS)[filled] / count[filled]
    share = np.bincount(which, weights=right, minlength=BINS)[filled] / count[filled]
    reliability.plot([0, 1], [0, 1], color="0.7", lw=0.8)
    reliability.scatter(mean, share, s=8 + 80 * count[filled] / count.max(), color=OUTCOMES["matched"])
    reliability.set_xlabel("confidence", fontsize=8)
    reliability.set_ylabel("share that is right", fontsize=8)
    reliability.set_title(f"expected calibration error {calibration_error(confidence, right):.3f}", fontsize=8)
    for axis in (trade, reliability):
        axis.set_xlim(0, 1)
        _dress(axis)
    return figure


def plot_outcomes(log: ImageLog, found: Scored, top_m: float, base_m: float) -> Figure:
    """A strip of the log bare, with the reference's planes, matched or missed, and with the picks, matched or false."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    part = log.slice(top_m, base_m)
    figure = Figure(figsize=PAGE_IN, layout="constrained")
    axes = figure.subplots(1, 3, sharey=True)
    missed, false = (
        np.setdiff1d(np.arange(n), hits)
        for n, hits in ((len(found.ref), found.ref_hits), (len(found.est), found.est_hits))
    )
    panels: tuple[tuple[str, Picks, dict[str, NDArray[np.intp]]], ...] = (
        ("", Picks(), {}),
        ("reference", found.ref, {"matched": found.ref_hits, "missed": missed}),
        ("picks", found.est, {"matched": found.est_hits, "false": false}),
    )
    for axis, (title, picks, outcomes) in zip(axes, panels, strict=True):
        plot_image(axis, part, MOST_ROWS)
        for outcome, rows in outcomes.items():
            plot_sinusoids(axis, part, visible(picks[rows], part), OUTCOMES[outcome], DASHES[outcome])
        axis.set_title(title, fontsize=8)
    top, base = edges_m(part)
    axes[0].set_ylim(base, top)
    axes[0].ticklabel_format(axis="y", useOffset=False)
    axes[0].set_ylabel("depth along hole (m)", fontsize=8)
    handles = [Line2D([], [], color=colour, ls=DASHES[name], label=name) for name, colour in OUTCOMES.items()]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, fontsize=8)
    return figure


def _dress(axis: Axes) -> None:
    axis.set_ylim(0, 1.02)
    axis.tick_params(labelsize=7)
    axis.grid(color="0.9", linewidth=0.5)
    if axis.get_legend_handles_labels()[0]:
        axis.legend(fontsize=7, ncols=2)


def write_score_report(
    truth: InterpreterPicks,
    est: Picks,
    path: str | Path,
    *,
    text: str,
    log: ImageLog | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda drawn, of: None,
) -> None:
    """Write the score of picks as one HTML page: F1 against tolerance beside chance, errors of hits, confidence against
    truth where the picks state one, and with a ``log`` what was matched, missed and false beside the image.

    ``text`` is the plain table that stands above them. Raises :class:`InputError` when the page cannot be written.
    """
    found = scored(truth, est)
    strips = len(strips_m(log)) if log is not None else 0
    figures = list(_figures(truth, est, found, log, seed))
    result = score(truth.picks, est, hole_diameter_m=truth.hole_diameter_m, intervals_m=truth.intervals_m, seed=seed)
    counts = Counts(len(found.ref), len(found.est), len(found.est_hits))
    with page(path, f"{counts.n_est} picks against {counts.n_ref}: joint F1 {counts.f1:.2f} at 8 cm") as write:
        write(f'<p class="lead">{escape(in_a_sentence(result))}</p>\n')
        write(table_html(HEAD, small_table(result)))
        write(f"<details><summary>All figures</summary><pre>{escape(text)}</pre></details>\n")
        for drawn, (title, draw) in enumerate(figures, 1):
            is_strip = drawn > len(figures) - strips
            write(figure_html(title, draw()) if is_strip else drawing_html(title, draw(), f"fig{drawn}"))
            progress(drawn, len(figures))


def _figures(
    truth: InterpreterPicks, est: Picks, found: Scored, log: ImageLog | None, seed: int
) -> Iterator[tuple[str, Callable[[], Figure]]]:
    yield "F1 against tolerance", lambda: plot_tolerances(truth, est, seed)
    if len(found.est_hits):
        yield "Errors of joint hits at 8 cm", lambda: plot_errors(found)
    if len(found.est) and np.isfinite(found.est.confidence).all():
        yield "Confidence", lambda: plot_confidences(found)
    if log is not None:
        for top, base in strips_m(log):
            yield f"{top:.2f} to {base:.2f} m", partial(plot_outcomes, log, found, top, base)
