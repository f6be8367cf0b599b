"""The page of a well report: in words first, then the header, the log with its nets, the counts, and the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

from geobfdt.errors import counted
from geobfdt.interpretation.zones import has_true_dips
from geobfdt.report.contents import COUNTS_HEAD, COUNTS_NOTE, QUALITY_HEAD, Report
from geobfdt.report.heading import fields_html
from geobfdt.report.interpretation import Section
from geobfdt.report.markdown import markdown_html
from geobfdt.report.net import net_svg, rose_svg
from geobfdt.report.page import drawing_html, page, part_of_page, table_html
from geobfdt.report.sheet import sheet_style


def write_page(report: Report, path: Path, progress: Callable[[int, int], None]) -> None:
    """Write a report as HTML."""
    style = part_of_page("log.css") + sheet_style(report.scale, int(report.sheet.member.max(initial=0)))
    script = part_of_page("log.js")
    counted = len(report.picks) > 0
    with page(path, report.title, report.source.asked, style=style, script=script, unit=report.scale.unit) as write:
        write(f'<p class="lead">{escape(report.words())}</p>\n')
        write(_contents(report))
        write(f'<h2 id="header">Header</h2>\n{fields_html(report.heading())}')
        write('<h2 id="log">Log</h2>\n')
        for piece in _log(report, progress):
            write(piece)
        if counted:
            write('<h2 id="counts">Planes by kind</h2>\n')
            write(table_html(COUNTS_HEAD, report.counts()))
            write(f"<p>{COUNTS_NOTE}</p>\n")
            for number, (title, figure) in enumerate(report.figures()):
                write(drawing_html(title, figure, f"fig{number}"))
            write('<h2 id="interpretation">Interpretation</h2>\n')
            for number, section in enumerate(report.interpretation):
                write(_section(section, number))
            write(f'<h2 id="picks">Picks</h2>\n{_picks(report)}')
        write('<h2 id="quality">Quality</h2>\n')
        rows = report.quality()
        head = tuple(f"{name} ({report.scale.unit})" if name in ("from", "to") else name for name in QUALITY_HEAD)
        write(table_html(head, rows, "text") if rows else "<p>Nothing was found.</p>\n")
        if report.source.card:
            write(f'<h2 id="model">Model</h2>\n<div class="wide">{markdown_html(report.source.card)}</div>\n')


def _contents(report: Report) -> str:
    places = ["header", "log", *(("counts", "interpretation", "picks") if len(report.picks) else ()), "quality"]
    places += ["model"] if report.source.card else []
    links = "".join(f'<a href="#{place}">{place}</a>' for place in places)
    return f'<nav class="contents">{links}<button id="theme" type="button" hidden>light / dark</button></nav>\n'


def _section(section: Section, number: int) -> str:
    """A part of the interpretation: in words first, then its table and figures."""
    parts = [f"<h3>{escape(section.title)}</h3>\n"]
    parts += [f"<p>{escape(section.words)}</p>\n"] if section.words else []
    head, rows = section.table
    parts += [table_html(head, rows)] if rows else []
    parts += [drawing_html(title, figure, f"i{number}-{k}") for k, (title, figure) in enumerate(section.figures)]
    return "".join(parts)


def _log(report: Report, progress: Callable[[int, int], None]) -> Iterator[str]:
    sheet = report.sheet
    yield f'<div class="log"><div class="switches">{sheet.switches()}</div>\n'
    yield from sheet.html(progress)
    if len(report.picks):
        north = report.log.reference == "north" or has_true_dips(report.picks)
        upwards = "north" if north else "the high side of the hole"
        yield (
            '<div class="side"><p id="told">Rest the pointer on a plane to read its figures; a pole leads to its plane '
            "in the log.</p>"
            f"<figure>{net_svg(sheet.planes)}<figcaption>{counted(len(report.picks), 'pole')}, mean planes; lower "
            "hemisphere, equal area</figcaption></figure>"
            f"<figure>{rose_svg(sheet.planes)}<figcaption>Dip azimuths, N = {len(report.picks)}; areas count "
            f"planes</figcaption></figure><p><small>Tails of tadpoles point towards the azimuth, {upwards} up. Paler: "
            "less certain.</small></p></div>"
        )
    yield "</div>\n"


def _picks(report: Report) -> str:
    """Every pick as a row that leads to its plane."""
    planes, rows = report.sheet.planes, []
    for k, (number, *cells) in enumerate(report.listed()):
        kind = planes.named(k).removeprefix("pick ")
        places = f'<a href="#p{k}">{number}</a>', *map(escape, cells)
        rows.append(f'<tr class="{kind}" data-n="{k}">{"".join(f"<td>{cell}</td>" for cell in places)}</tr>\n')
    top = "".join(f"<th>{escape(name)}</th>" for name in report.listed_head)
    return (
        f'<div class="picks" tabindex="0" role="region" aria-label="Picks"><table><thead><tr>{top}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>\n"
    )
