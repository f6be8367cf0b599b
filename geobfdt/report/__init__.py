"""A well report: one page that holds everything, to read in a browser or as a PDF."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from geobfdt import __version__
from geobfdt.errors import InputError
from geobfdt.formats.atomic import replacing
from geobfdt.image_log import ImageLog
from geobfdt.picks import Picks
from geobfdt.qc import quality
from geobfdt.report.figures import (
    draw_frequency,
    draw_orientations,
    draw_strip,
    has_true_dips,
    means_by_kind,
    strips_m,
)
from geobfdt.statistics import Frequency, frequency, p10

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 100
WINDOWS = 25
"""Windows of planes per metre that a log is cut into, when nobody says how long they are."""

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
h1 { margin-bottom: 0 } h2 { margin-top: 2.5rem; border-bottom: 1px solid #ddd }
table { border-collapse: collapse } th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid #eee }
th:first-child, td:first-child, .text td, .text th { text-align: left }
img { max-width: 100%; height: auto; display: block } figure { margin: 1rem 0 } figcaption { color: #666 }
pre { white-space: pre-wrap; background: #f6f6f6; padding: 1rem; overflow-x: auto }
@media print { figure { break-inside: avoid } }
"""


@dataclass(frozen=True)
class Source:
    """Where the picks of a report come from: their file, the command that made the report, and whatever their own file
    says of model, threshold and reference; ``card`` is the text of the model's card, "" where there is none.
    """

    picks: str
    command: str
    parameters: Mapping[str, str]
    card: str = ""


@dataclass(frozen=True, eq=False)
class _Report:
    """What the page and the PDF are both made from."""

    log: ImageLog
    picks: Picks
    source: Source
    window_m: float
    frequency: Frequency

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
            yield "Orientations", draw_orientations(self.picks)
            yield "Planes along the hole", draw_frequency(self.picks, self.frequency, top, base)
        for first, last in strips_m(self.log):
            yield f"{first:.2f} to {last:.2f} m", draw_strip(self.log, self.picks, first, last, self.window_m)


_COUNTS_HEAD = ("kind", "planes", "per metre", "corrected", "mean dip / azimuth", "kappa", "95 % cone (°)")


def write_report(
    log: ImageLog,
    picks: Picks,
    source: Source,
    path: str | Path,
    *,
    pdf: str | Path | None = None,
    window_m: float = 1.0,
    frequency_window_m: float | None = None,
    done: Callable[[int, int], None] = lambda drawn, of: None,
) -> None:
    """Write a report of picks on a log as one HTML page that needs no other file, and as a PDF where one is named.

    window_m            of the dynamic image: taller than the traces, see :func:`geobfdt.normalize.least_window_m`
    frequency_window_m  of planes per metre; a 25th of the log when None, but at least 1 m
    done                called with how many figures are drawn, and of how many

    Picks outside the image are in its quality table and in nothing else. Raises :class:`InputError` when a file cannot
    be written or a window has no length.
    """
    path = Path(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{path}: a report is written as .html; name it so, and the PDF with --pdf")
    if pdf is not None and Path(pdf).suffix.lower() != ".pdf":
        raise InputError(f"{pdf}: is not named .pdf")
    if not window_m > 0:
        raise InputError(f"a dynamic window of {window_m:g} m has no length; give metres, as in 1")
    findings = quality(log, picks)
    inside = picks.within([(log.top_m - log.row_step_m / 2, log.base_m + log.row_step_m / 2)]).sorted()
    length = log.base_m - log.top_m
    found = frequency(
        inside.depth_m, inside.dip_deg, log.top_m, log.base_m, frequency_window_m or max(1.0, length / WINDOWS)
    )
    report = _Report(log, inside, source, window_m, found)
    of = len(strips_m(log)) + 2 * bool(len(inside))
    qc = [[f"{f.top_m:.2f}", f"{f.base_m:.2f}", f.check, f.found, f.remedy] for f in findings]
    with replacing(path) as temporary, open(temporary, "w", encoding="utf-8") as page:
        page.write(_head(report))
        page.write(
            _table(("from (m)", "to (m)", "check", "found", "remedy"), qc) if qc else "<p>Nothing was found.</p>\n"
        )
        with _pages(pdf) as pages:
            for drawn, (title, figure) in enumerate(report.figures(), 1):
                page.write(_figure(title, figure))
                pages(figure)
                done(drawn, of)
        if source.card:
            page.write(f"<h2>Model</h2>\n<pre>{escape(source.card)}</pre>\n")
        page.write(f"<p>geobfdt {__version__}</p>\n</body></html>\n")


def _head(report: _Report) -> str:
    title = escape(f"{report.log.well or 'Well'}: {len(report.picks)} planes")
    tables = [_table((), [list(fact) for fact in report.facts()], "text")]
    if len(report.picks):
        tables.append(_table(_COUNTS_HEAD, report.counts()))
        tables.append(
            "<p>Corrected counts weigh every plane by one over the cosine of its dip against the hole, at most 11.47 "
            "(Terzaghi). Mean planes and their concentration kappa follow Fisher.</p>\n"
        )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        f"<style>{_STYLE}</style></head><body>\n<h1>{title}</h1>\n{''.join(tables)}<h2>Quality</h2>\n"
    )


def _table(head: tuple[str, ...], rows: list[list[str]], kind: str = "") -> str:
    def line(cells: list[str] | tuple[str, ...], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>\n"

    body = "".join(line(row, "td") for row in rows)
    return f'<table class="{kind}">\n{line(head, "th") if head else ""}{body}</table>\n'


def _figure(title: str, figure: Figure) -> str:
    """A figure as part of the page itself; JPEG, because strips are photographs of rock more than drawings."""
    picture = io.BytesIO()
    figure.savefig(picture, format="jpeg", dpi=DOTS_PER_INCH, pil_kwargs={"quality": 85})
    data = base64.b64encode(picture.getvalue()).decode("ascii")
    name = escape(title)
    return (
        f'<figure><figcaption>{name}</figcaption><img loading="lazy" alt="{name}" src="data:image/jpeg;base64,{data}">'
        "</figure>\n"
    )


@contextmanager
def _pages(pdf: str | Path | None) -> Iterator[Callable[[Figure], None]]:
    """Takes figures as pages of a PDF, or drops them where none is wanted."""
    if pdf is None:
        yield lambda figure: None
        return
    from matplotlib.backends.backend_pdf import PdfPages

    with replacing(pdf) as temporary, PdfPages(temporary) as pages:
        yield lambda figure: pages.savefig(figure, dpi=DOTS_PER_INCH)
