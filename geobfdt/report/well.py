"""A well report: one page that holds everything, to read in a browser or as a PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.normalize import least_window_m
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import Survey
from geobfdt.errors import InputError
from geobfdt.formats.atomic import replacing
from geobfdt.interpretation.statistics import Frequency, frequency, p10
from geobfdt.interpretation.zones import Zone, has_true_dips, restored
from geobfdt.report.figures import (
    Look,
    means_by_kind,
    plot_frequency,
    plot_orientations,
    plot_strip,
    strips_m,
)
from geobfdt.report.page import DOTS_PER_INCH, check_page, figure_html, page, table_html
from geobfdt.report.qc import Finding, quality

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WINDOWS = 25
"""Windows of planes per metre that a log is cut into, of at least a metre each."""


@dataclass(frozen=True)
class Source:
    """Where the picks of a report come from: their file, the command that made the report, and whatever their own file
    says of model, threshold and reference; ``card`` is the text of the model's card, "" where there is none, and
    ``asked`` a word for all that the report is made from.
    """

    picks: str
    command: str
    parameters: Mapping[str, str]
    card: str = ""
    asked: str = ""


_PLAIN = Look()


@dataclass(frozen=True, eq=False)
class _Report:
    """What the page and the PDF are both made from."""

    log: ImageLog
    picks: Picks
    source: Source
    look: Look
    frequency: Frequency
    zones: tuple[Zone, ...]
    survey: Survey | None

    def facts(self) -> list[tuple[str, str]]:
        log = self.log
        north = "north" if log.reference == "north" else "high side"
        facts = [
            ("well", log.well),
            ("image", f"{log.name or 'image'}, {log.columns} columns, {log.row_step_m * 1000:.3g} mm rows"),
            ("interval", f"{log.top_m:.2f} to {log.base_m:.2f} m, {log.base_m - log.top_m:.2f} m along hole"),
            ("hole", f"{log.hole_diameter_m * 1000:.0f} mm{', with caliper' if log.caliper_m is not None else ''}"),
            ("azimuths of the image", f"from {north}"),
            ("orientations", "true" if has_true_dips(self.picks) else "as the image shows them: no survey was given"),
            ("picks", self.source.picks),
        ]
        if self.survey is not None:
            top, base = self.survey.true_vertical_depth_m([log.top_m, log.base_m])
            facts.insert(3, ("true vertical depth", f"{top:.2f} to {base:.2f} m below the survey's first station"))
        return [*facts, *self.source.parameters.items(), ("command", self.source.command)]

    def counts(self) -> list[list[str]]:
        """A row a kind: planes, per metre as counted and corrected, and the mean plane with its concentration."""
        length = self.log.base_m - self.log.top_m
        rows = []
        for kind, mean in means_by_kind(self.picks).items():
            raw, corrected = p10(self.picks.of_kind(kind).dip_deg, length)
            spread = [f"{value:.1f}" if value == value else "-" for value in (mean.kappa, mean.alpha95_deg)]
            plane = f"{mean.dip_deg:.1f} / {mean.azimuth_deg:.0f}"
            rows.append([kind, str(mean.count), f"{raw:.2f}", f"{corrected:.2f}", plane, *spread])
        return rows

    def figures(self) -> Iterator[tuple[str, Figure]]:
        top, base = self.log.top_m, self.log.base_m
        if len(self.picks):
            yield "Orientations", plot_orientations(self.picks)
            if self.zones:
                named = "; ".join(map(str, self.zones))
                yield (
                    f"Orientations without structural dip ({named})",
                    plot_orientations(restored(self.picks, self.zones)),
                )
            yield "Planes along the hole", plot_frequency(self.picks, self.frequency, top, base)
        for first, last in strips_m(self.log):
            yield f"{first:.2f} to {last:.2f} m", plot_strip(self.log, self.picks, first, last, self.look)


_QUALITY_HEAD = ("from (m)", "to (m)", "check", "found", "remedy")
_COUNTS_NOTE = (
    "<p>Corrected counts weigh every plane by one over the cosine of its dip against the hole, at most 11.47 "
    "(Terzaghi). Mean planes and their concentration kappa follow Fisher.</p>\n"
)
_COUNTS_HEAD = ("kind", "planes", "per metre", "corrected", "mean dip / azimuth", "kappa", "95 % cone (°)")


def write_report(
    log: ImageLog,
    picks: Picks,
    source: Source,
    path: str | Path,
    *,
    pdf: str | Path | None = None,
    look: Look = _PLAIN,
    zones: Sequence[Zone] = (),
    survey: Survey | None = None,
    progress: Callable[[int, int], None] = lambda drawn, of: None,
) -> None:
    """Write a report of picks on a log as one HTML page that needs no other file, and as a PDF where one is named.

    look      of the image; its dynamic window taller than the traces, see
              :func:`geobfdt.borehole.normalize.least_window_m`
    zones     whose structural dip is removed for a second picture of the orientations
    survey    which way the hole runs, for the quality table and the vertical depths
    progress  called with how many figures are drawn, and of how many

    Picks outside the image are in its quality table and in nothing else. Raises :class:`InputError` when a file cannot
    be written or a window has no length.
    """
    check_page(Path(path))
    if pdf is not None and Path(pdf).suffix.lower() != ".pdf":
        raise InputError(f"{pdf}: is not named .pdf")
    if not look.window_m > 0:
        raise InputError(f"a dynamic window of {look.window_m:g} m has no length; give metres, as in 1")
    findings = [*quality(log, picks, survey), *_window(log, picks, look.window_m)]
    inside = picks.within([(log.top_m - log.row_step_m / 2, log.base_m + log.row_step_m / 2)]).sorted()
    length = log.base_m - log.top_m
    found = frequency(inside.depth_m, inside.dip_deg, log.top_m, log.base_m, max(1.0, length / WINDOWS))
    report = _Report(log, inside, source, look, found, tuple(zones), survey)
    of = len(strips_m(log)) + (2 + bool(zones)) * bool(len(inside))
    qc = [[f"{f.top_m:.2f}", f"{f.base_m:.2f}", f.check, f.found, f.remedy] for f in findings]
    with page(path, f"{log.well or 'Well'}: {len(inside)} planes", source.asked) as write:
        write(table_html((), [list(fact) for fact in report.facts()], "text"))
        if len(inside):
            write(table_html(_COUNTS_HEAD, report.counts()))
            write(_COUNTS_NOTE)
        write("<h2>Quality</h2>\n")
        write(table_html(_QUALITY_HEAD, qc, "text") if qc else "<p>Nothing was found.</p>\n")
        with _pages(pdf) as keep:
            for drawn, (title, figure) in enumerate(report.figures(), 1):
                write(figure_html(title, figure))
                keep(figure)
                progress(drawn, of)
        if source.card:
            write(f"<h2>Model</h2>\n<pre>{escape(source.card)}</pre>\n")


def _window(log: ImageLog, picks: Picks, window_m: float) -> list[Finding]:
    """What a dynamic window lower than twice the traces does to them."""
    least_m = np.array([least_window_m(dip, log.hole_diameter_m) for dip in picks.dip_deg])
    tall = least_m > window_m
    if not tall.any():
        return []
    depths = picks.depth_m[tall]
    return [
        Finding(
            *("dynamic window", float(depths.min()), float(depths.max())),
            f"{tall.sum()} planes are taller than half of its {window_m:g} m and lose contrast in the dynamic image",
            f"draw it with --window {np.ceil(np.percentile(least_m, 95)):g} to show 95% of them whole",
        )
    ]


@contextmanager
def _pages(pdf: str | Path | None) -> Iterator[Callable[[Figure], None]]:
    """Takes figures as pages of a PDF, or drops them where none is wanted."""
    if pdf is None:
        yield lambda figure: None
        return
    from matplotlib.backends.backend_pdf import PdfPages

    with replacing(pdf) as temporary, PdfPages(temporary) as pages:
        yield lambda figure: pages.savefig(figure, dpi=DOTS_PER_INCH)
