"""A well report as a PDF: title page, the log in strips at true scale, counts and orientations, and all the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from geobfdt import __version__
from geobfdt.interpretation.zones import has_true_dips
from geobfdt.report.contents import COUNTS_HEAD, COUNTS_NOTE, QUALITY_HEAD, Report
from geobfdt.report.figures import ORDER, Shown
from geobfdt.report.paper import (
    BASE_MM,
    CHARACTER_MM,
    HEIGHT_MM,
    LINE_MM,
    MARGIN_MM,
    MM_PER_IN,
    TOP_MM,
    WIDTH_MM,
    Line,
    axes_at,
    heading_line,
    paper,
    paragraph,
    sheet,
    table_lines,
    text_pages,
    text_sheet,
    write,
)
from geobfdt.report.plots import (
    COLOURS,
    DIP_ENDS_DEG,
    MARKERS,
    legend_handles,
    plot_image,
    plot_sinusoids,
    plot_tadpoles,
    visible,
)
from geobfdt.report.scale import DepthScale, Strip, strips_of
from geobfdt.report.tracks import Track

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STRIP_LENGTHS = {
    "m": {10: 2.0, 20: 4.0, 50: 10.0, 100: 20.0, 200: 40.0, 500: 100.0},
    "ft": {10: 5.0, 20: 15.0, 50: 30.0, 100: 60.0, 200: 150.0, 500: 300.0},
}
"""How much of a log a page shows at a scale, in the unit: a round length, in at most 23 cm."""
STRIP_TOP_MM = 38.0
DEPTH_MM, TADPOLES_MM, CONFIDENCE_MM, CURVES_MM = 13.0, 27.0, 12.0, 20.0
MOST_ROWS = 1100
HEX_MM = 2.15
"""Width of a character of a digest, which has no narrow ones."""
LEVELS = 64
"""Colours of an image on paper: so few are kept as numbers of a palette, in a third of the room."""

Page = tuple[str, Callable[[], "Figure"]]


def write_pdf(report: Report, path: Path, progress: Callable[[int, int], None]) -> None:
    """Write a report as a PDF of pages of A4."""
    pages = [*_pages(report)]
    note = f"geobfdt {__version__}, {report.source.picks}"
    with paper(path, report.title, note[:110], len(pages)) as gathered:
        for number, (mark, draw) in enumerate(pages, 1):
            gathered.add(draw(), mark)
            progress(number, len(pages))


def _pages(report: Report) -> Iterator[Page]:
    """The pages by their bookmarks, each drawn when it is its turn."""
    yield "Title", lambda: _title(report)
    shown = Shown(report.log, report.look)
    scale = report.scale
    length_m = STRIP_LENGTHS[scale.unit][scale.ratio] * scale.metres
    for strip in strips_of(report.log, scale, length_m, scale.label_step_m):
        ends = f"{scale.told(strip.top_m, 1)} to {scale.told(strip.base_m, 1)} {scale.unit}"
        yield f"Log, {ends}", lambda strip=strip: _strip_page(report, shown, strip)  # type: ignore[misc]
    if len(report.picks):
        lines = [*heading_line("Planes by kind"), *table_lines(COUNTS_HEAD, report.counts()), *paragraph(COUNTS_NOTE)]
        for title, figure in report.figures():
            yield title, _figure_page(figure, title, lines)
            lines = []
    waiting: list[Line] = []
    mark = "Interpretation"
    for section in report.interpretation:
        mark = section.title if not waiting else mark
        waiting += [*heading_line(section.title), *(paragraph(section.words) if section.words else [])]
        waiting += table_lines(*section.table)
        for title, figure in section.figures:
            yield from _below(section.title, waiting, figure, title)
            waiting = []
    yield from _text(mark, waiting)
    yield from _listed(report)
    head = [f"{name} ({scale.unit})" if name in ("from", "to") else name for name in QUALITY_HEAD]
    found = table_lines(head, report.quality()) or paragraph("Nothing was found.")
    yield from _text("Quality", [*heading_line("Quality"), *found])
    if report.source.card:
        yield from _text("Model", [*heading_line("Model"), *_card(report.source.card)])


def _listed(report: Report) -> Iterator[Page]:
    """Every pick, under a heading and a head on each page."""
    head, *rows = table_lines(report.listed_head, [*report.listed()]) or [Line(())]
    above = [*heading_line("Picks"), head]
    fit = int((HEIGHT_MM - TOP_MM - BASE_MM - sum(line.height_mm for line in above)) / LINE_MM)
    rows = [row for row in rows if row.cells]
    for first in range(0, len(rows), fit):
        yield from _text("Picks", [*above, *rows[first : first + fit]])


def _text(mark: str, lines: list[Line]) -> Iterator[Page]:
    for page in text_pages(lines):
        yield mark, lambda page=page: text_sheet(page)  # type: ignore[misc]


def _below(mark: str, lines: list[Line], figure: Figure, title: str) -> Iterator[Page]:
    """Pages of lines, the last with a figure below them where it leaves room for one."""
    pages = text_pages(lines) or [[]]
    full = sum(line.height_mm for line in pages[-1]) > (HEIGHT_MM - TOP_MM - BASE_MM) * 0.55
    for page in pages if full else pages[:-1]:
        yield mark, lambda page=page: text_sheet(page)  # type: ignore[misc]
    yield mark, _figure_page(figure, title, [] if full else pages[-1])


def _title(report: Report) -> Figure:
    """The well's name, what was found in words, and the header."""
    figure = sheet()
    write(figure, MARGIN_MM, 22, report.log.well or "Well", fontsize=22, fontweight="bold")
    write(figure, MARGIN_MM, 34, "Planes on the borehole image", fontsize=13, color="0.35")
    at_mm = 46.0
    for line in wrap(report.words(), 80):
        write(figure, MARGIN_MM, at_mm, line, fontsize=11)
        at_mm += 5.8
    at_mm += 6
    column_mm, name_mm = (WIDTH_MM - 2 * MARGIN_MM) / 2, 34.0
    side, tallest = 0, 0.0
    for field in report.heading():
        width_mm = 2 * column_mm if field.long else column_mm
        value = wrap(field.value, int((width_mm - name_mm - 3) / (CHARACTER_MM if field.long else HEX_MM))) or [""]
        if field.long and side:
            at_mm, side, tallest = at_mm + tallest, 0, 0.0
        left_mm = MARGIN_MM + side * column_mm
        write(figure, left_mm, at_mm, field.name, fontsize=8, color="0.4")
        for k, line in enumerate(value[:4]):
            write(figure, left_mm + name_mm, at_mm + k * LINE_MM, line)
        tallest = max(tallest, LINE_MM * min(4, len(value)) + 1.2)
        side = 0 if field.long else 1 - side
        if not side:
            at_mm, tallest = at_mm + tallest, 0.0
    return figure


def _figure_page(figure: Figure, title: str, lines: list[Line]) -> Callable[[], Figure]:
    """A page with lines of text and below them a figure as large as what is left of it allows; the figure itself
    becomes the page, so that its lines stay lines and its text stays text.
    """

    def drawn() -> Figure:
        width_in, height_in = figure.get_size_inches()
        top_mm = TOP_MM + sum(line.height_mm for line in lines) + 6
        width_mm = WIDTH_MM - 2 * MARGIN_MM
        height_mm = min(HEIGHT_MM - BASE_MM - top_mm, width_mm * height_in / width_in)
        figure.set_size_inches(WIDTH_MM / MM_PER_IN, HEIGHT_MM / MM_PER_IN)
        base = 1 - (top_mm + height_mm) / HEIGHT_MM
        layout = {"rect": (MARGIN_MM / WIDTH_MM, base, width_mm / WIDTH_MM, height_mm / HEIGHT_MM)}
        figure.set_layout_engine("constrained", **layout)
        _gathered(figure, base, 1 - top_mm / HEIGHT_MM)
        text_sheet(lines, figure)
        write(figure, MARGIN_MM, top_mm - 6, title, fontsize=10)
        return figure

    return drawn


def _gathered(figure: Figure, base: float, top: float) -> None:
    """Bring what a figure has at its edges to the part of the page that it is drawn in: its title and its legends."""
    if title := figure.get_suptitle():
        figure.suptitle(title, fontsize=8, y=top, va="bottom")
    for legend in list(figure.legends):
        labels = [text.get_text() for text in legend.get_texts()]
        handles = [handle for handle in legend.legend_handles if handle is not None]
        legend.remove()
        place = (0.5, base - 2 / HEIGHT_MM)
        figure.legend(handles, labels, loc="upper center", bbox_to_anchor=place, ncols=max(1, len(labels)), fontsize=8)


def _strip_page(report: Report, shown: Shown, strip: Strip) -> Figure:
    """A strip at true scale: depths, curves, the image by one scale, bare and interpreted, tadpoles, confidences."""
    figure, scale = sheet(), report.scale
    height_mm = scale.mm(strip.length_m)
    tracks = list(report.sheet.tracks)[:2]
    images_mm = WIDTH_MM - 2 * MARGIN_MM - DEPTH_MM - TADPOLES_MM - CONFIDENCE_MM - CURVES_MM * len(tracks)
    left_mm = MARGIN_MM + DEPTH_MM
    axes: list[Axes] = []

    def track(width_mm: float, title: str) -> Axes:
        nonlocal left_mm
        axis = axes_at(figure, left_mm, STRIP_TOP_MM, width_mm - 2, height_mm)
        axis.set_title(title, fontsize=7, pad=24)
        left_mm += width_mm
        axes.append(axis)
        return axis

    for one in tracks:
        _plot_curves(track(CURVES_MM, ""), one, strip)
    _plot_images(report, shown, strip, [track(images_mm / 3, "") for _ in range(3)])
    inside = report.picks.within([(strip.top_m, strip.base_m)])
    axis = track(TADPOLES_MM, "")
    _plot_tadpoles(axis, report, strip)
    if report.sheet.has_confidence:
        _plot_confidences(track(CONFIDENCE_MM, ""), report, strip)
    _dress(axes, scale, strip)
    write(figure, MARGIN_MM, STRIP_TOP_MM - 6, f"depth ({scale.unit})", fontsize=7)
    write(figure, MARGIN_MM, 15, f"1:{scale.ratio}", fontsize=9, fontweight="bold")
    if handles := legend_handles(inside):
        place = (0.5, 1 - (STRIP_TOP_MM + height_mm + 3) / HEIGHT_MM)
        figure.legend(handles=handles, loc="upper center", bbox_to_anchor=place, ncols=3, fontsize=7, frameon=False)
    return figure


def _plot_images(report: Report, shown: Shown, strip: Strip, axes: list[Axes]) -> None:
    from matplotlib.colors import Normalize

    from geobfdt.errors import InputError

    try:
        images = shown.of(strip.top_m, strip.base_m)
    except InputError:  # a strip of which the image covers no more than a row
        return
    first, second = shown.titles
    rows = max(2, round(MOST_ROWS * min(1.0, report.scale.mm(strip.length_m) / 200)))
    titles = (first, f"{second}, bare", f"{second}, interpreted")
    for axis, title, look in zip(axes, titles, (first, second, second), strict=True):
        plot_image(axis, images[look], rows, Normalize(0, 1), LEVELS)
        axis.set_title(title, fontsize=7, pad=14)
        axis.set_xlabel("")
    plot_sinusoids(axes[2], images[second], visible(report.picks, images[second]))


def _plot_curves(axis: Axes, track: Track, strip: Strip) -> None:
    colours = ("#2a7d2e", "#a23f00", "#6a3fb0")
    for k, (line, colour, dash) in enumerate(zip(track.lines, colours, ("-", "--", ":"), strict=False)):
        inside = (line.curve.depth_m >= strip.top_m) & (line.curve.depth_m <= strip.base_m)
        shares = np.clip(line.shares(line.curve.values[inside]), 0, 1)
        axis.plot(shares, line.curve.depth_m[inside], color=colour, ls=dash, lw=0.8)
        unit = f" ({line.curve.unit})" if line.curve.unit else ""
        ends = ((0.0, f"{line.left:g}", "left"), (1.0, f"{line.right:g}", "right"))
        for across, text, side in (*ends, (0.5, f"{line.curve.name}{unit}", "center")):
            up = 3 + 14 * k + (6 if side == "center" else 0)
            place: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "xytext": (0, up)}
            axis.annotate(text, (across, 1.0), color=colour, fontsize=5.5, ha=side, annotation_clip=False, **place)
    axis.set_xlim(0, 1)
    axis.set_xticks([])
    axis.grid(axis="y", color="0.85", lw=0.4)


def _plot_tadpoles(axis: Axes, report: Report, strip: Strip) -> None:
    planes = report.sheet.planes
    within = (report.picks.depth_m >= strip.top_m) & (report.picks.depth_m <= strip.base_m)
    dip, azimuth = np.minimum(planes.dip_deg[within], 89.9), planes.azimuth_deg[within]
    plot_tadpoles(axis, replace(report.picks[within], dip_deg=dip, azimuth_deg=azimuth))
    axis.set_xlabel("")
    axis.set_title("true dip (°)" if has_true_dips(report.picks) else "apparent dip (°)", fontsize=7, pad=14)
    axis.set_xlim(*DIP_ENDS_DEG)


def _plot_confidences(axis: Axes, report: Report, strip: Strip) -> None:
    inside = report.picks.within([(strip.top_m, strip.base_m)])
    for kind in ORDER:
        one = inside.of_kind(kind)
        axis.scatter(
            one.confidence, one.depth_m, s=8, color=COLOURS[kind], marker=MARKERS[kind], lw=0, clip_on=False, zorder=3
        )
    axis.set_xlim(-0.07, 1.07)
    axis.set_xticks([0, 0.5, 1], ["0", ".5", "1"])
    axis.grid(color="0.85", linewidth=0.5)
    axis.set_title("confidence", fontsize=6, pad=14)


def _dress(axes: list[Axes], scale: DepthScale, strip: Strip) -> None:
    """Depths in the unit at the left, ticks above, one range of depths."""
    step_m = scale.label_step_m
    marks = np.arange(np.ceil(strip.top_m / step_m - 1e-6), np.floor(strip.base_m / step_m + 1e-6) + 1) * step_m
    for k, axis in enumerate(axes):
        axis.set_ylim(strip.base_m, strip.top_m)
        axis.set_yticks(marks, [f"{mark / scale.metres:g}" for mark in marks] if k == 0 else [""] * len(marks))
        axis.tick_params(labelsize=7, length=2, pad=1)
        axis.xaxis.tick_top()
        for spine in axis.spines.values():
            spine.set_linewidth(0.5)


_TABLE_ROW = re.compile(r"^\s*\|")


def _card(text: str) -> list[Line]:
    """The card of a model in lines of text: its tables as they are written, and no marks of Markdown."""
    lines: list[Line] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        plain = re.sub(r"[*`]", "", block)
        if heads := re.match(r"#+\s*(.*)", plain):
            lines += heading_line(heads[1])
        elif _TABLE_ROW.match(plain):
            rows = [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in plain.split("\n")]
            lines += table_lines(rows[0], [row for row in rows[2:] if len(row) == len(rows[0])])
        else:
            for item in re.split(r"\n(?=- )", plain):
                lines += paragraph(" ".join(item.split()))
    return lines
