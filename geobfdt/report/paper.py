"""Sheets of paper of one size with a header, a footer and a number, gathered as a PDF with bookmarks.

matplotlib draws them: it is there wherever geobfdt is. A trial with headless Chromium, which few machines have, took
7 s and 4.8 MB for a log of 20 m whose strips broke wherever a page ended; this one breaks them at round depths.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from geobfdt.formats.atomic import replacing
from geobfdt.report.layout import settle

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
MARGIN_MM, TOP_MM, BASE_MM = 12.0, 20.0, 16.0
"""What a page leaves free at its sides, and for its header and footer."""
DOTS_PER_INCH = 130
LINE_MM, CHARACTER_MM = 4.6, 1.85
"""Height of a line of text of 9 points, and the width of one of its characters, generously."""
MM_PER_IN = 25.4


def sheet() -> Figure:
    """An empty page."""
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH_MM / MM_PER_IN, HEIGHT_MM / MM_PER_IN))


def axes_at(figure: Figure, left_mm: float, top_mm: float, width_mm: float, height_mm: float, **more: Any) -> Axes:
    """Axes at a place counted from the upper left corner of a page."""
    base_mm = HEIGHT_MM - top_mm - height_mm
    place = (left_mm / WIDTH_MM, base_mm / HEIGHT_MM, width_mm / WIDTH_MM, height_mm / HEIGHT_MM)
    return figure.add_axes(place, **more)


def write(figure: Figure, left_mm: float, top_mm: float, text: str, **more: Any) -> None:
    """A line of text whose upper left corner lies at a place."""
    style: dict[str, Any] = {"fontsize": 9, "va": "top", "ha": "left", "parse_math": False} | more
    figure.text(left_mm / WIDTH_MM, 1 - top_mm / HEIGHT_MM, text, **style)


@dataclass
class Paper:
    """The pages of a document, of which ``total`` are expected."""

    title: str
    note: str
    total: int
    _pages: Any
    _marks: list[tuple[str, int]] = field(default_factory=list)
    _count: int = 0

    def add(self, figure: Figure, mark: str = "") -> None:
        """A page, and the bookmark that leads to it."""
        from matplotlib.lines import Line2D

        self._count += 1
        grey = {"color": "0.35", "fontsize": 8}
        if self._count > 1:
            write(figure, MARGIN_MM, 8, self.title, **grey)
            write(figure, WIDTH_MM - MARGIN_MM, 8, mark, ha="right", **grey)
        write(figure, MARGIN_MM, HEIGHT_MM - 10, self.note, **grey)
        write(figure, WIDTH_MM - MARGIN_MM, HEIGHT_MM - 10, f"{self._count} of {self.total}", ha="right", **grey)
        ends = (MARGIN_MM / WIDTH_MM, 1 - MARGIN_MM / WIDTH_MM)
        for at_mm in (13.0, HEIGHT_MM - 12.0) if self._count > 1 else (HEIGHT_MM - 12.0,):
            figure.add_artist(Line2D(ends, [1 - at_mm / HEIGHT_MM] * 2, color="0.6", lw=0.5))
        settle(figure, "pdf")
        self._pages.savefig(figure, dpi=DOTS_PER_INCH)
        if mark and (not self._marks or self._marks[-1][0] != mark):
            self._marks.append((mark, self._count - 1))

    def write_bookmarks(self) -> None:
        """The outline of a PDF (ISO 32000-1, 12.3.3), which matplotlib has no way to say: a list of titles, each of
        which leads to a page. It goes into the catalogue, which is written a second time; the later one counts.
        """
        from matplotlib.backends import backend_pdf

        name: Any = backend_pdf.Name
        file = self._pages._ensure_file()
        outline = file.reserveObject("outline")
        items = [file.reserveObject("bookmark") for _ in self._marks]
        for k, (mark, number) in enumerate(self._marks):
            item = {"Title": mark, "Parent": outline, "Dest": [file.pageList[number], name("Fit")]}
            item |= {"Prev": items[k - 1]} if k else {}
            item |= {"Next": items[k + 1]} if k + 1 < len(items) else {}
            file.writeObject(items[k], item)
        ends = {"First": items[0], "Last": items[-1]} if items else {}
        file.writeObject(outline, {"Type": name("Outlines"), "Count": len(items), **ends})
        catalogue = {"Type": name("Catalog"), "Pages": file.pagesObject, "Outlines": outline}
        file.writeObject(file.rootObject, catalogue | {"PageMode": name("UseOutlines")})


@contextmanager
def paper(path: str | Path, title: str, note: str, total: int) -> Iterator[Paper]:
    """Takes the pages of a PDF that is complete under its name or not there at all."""
    from matplotlib.backends.backend_pdf import PdfPages

    with replacing(path) as temporary, PdfPages(temporary, metadata={"Title": title}) as pages:
        made = Paper(title, note, total, pages)
        yield made
        made._pages._ensure_file().endStream()
        made.write_bookmarks()


@dataclass(frozen=True)
class Line:
    """A line of a page of text: texts at their distances from the left margin, in millimetres, and how they look."""

    cells: tuple[tuple[float, str], ...]
    size: float = 9.0
    bold: bool = False
    height_mm: float = LINE_MM
    keep: bool = False


def paragraph(text: str, width_mm: float = WIDTH_MM - 2 * MARGIN_MM) -> list[Line]:
    """A text in lines, and an empty one below it."""
    lines = [Line(((0.0, line),)) for line in wrap(text, int(width_mm / CHARACTER_MM))]
    return [*lines, Line(())]


def heading_line(text: str) -> list[Line]:
    """A heading, which is not left alone at the foot of a page."""
    return [Line((), height_mm=2.0), Line(((0.0, text),), size=12.0, bold=True, height_mm=7.5, keep=True)]


SMALL, SMALLER = 9.0, 6.5
BOLD = 1.15
"""How much wider the bold letters of a table's head are."""


def table_lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Line]:
    """A table whose columns are as wide as what is in them, the widest ones wrapped to what a page leaves them, and in
    smaller type where not even their words would fit.
    """
    if not rows:
        return []
    every = [list(head), *map(list, rows)] if head else [list(row) for row in rows]
    wanted = [max(len(row[k]) for row in every) + 2 for k in range(len(every[0]))]
    words = [max(len(word) for row in every for word in row[k].split() or [""]) + 2 for k in range(len(every[0]))]
    for k, name in enumerate(head):
        wanted[k] = max(wanted[k], ceil(BOLD * len(name)) + 2)
        words[k] = max(words[k], *(ceil(BOLD * len(word)) + 2 for word in name.split() or [""]))
    size = SMALL if sum(words) * CHARACTER_MM <= WIDTH_MM - 2 * MARGIN_MM else SMALLER
    letter_mm = CHARACTER_MM * size / SMALL
    widths = _narrowed(wanted, words, int((WIDTH_MM - 2 * MARGIN_MM) / letter_mm))
    lines = []
    for number, row in enumerate(every):
        is_head = number == 0 and bool(head)
        broad = BOLD if is_head else 1.0
        cells = [wrap(cell, max(4, int((width - 2) / broad))) or [""] for cell, width in zip(row, widths, strict=True)]
        for part in range(max(map(len, cells))):
            placed = tuple(
                (sum(widths[:k]) * letter_mm, cell[part]) for k, cell in enumerate(cells) if part < len(cell)
            )
            lines.append(Line(placed, size, bold=is_head, height_mm=LINE_MM * size / SMALL, keep=is_head))
    return [*lines, Line(())]


def _narrowed(wanted: list[int], words: list[int], room: int) -> list[int]:
    """Widths of columns that fit into a room where they can: all they want, or their longest word and a share of the
    rest by how much more they want.
    """
    if sum(wanted) <= room:
        return wanted
    spare = max(0, room - sum(words))
    more = [want - word for want, word in zip(wanted, words, strict=True)]
    return [word + spare * one // max(1, sum(more)) for word, one in zip(words, more, strict=True)]


def text_pages(lines: Sequence[Line], room_mm: float = HEIGHT_MM - TOP_MM - BASE_MM) -> list[list[Line]]:
    """Lines by the pages that they fill."""
    pages: list[list[Line]] = [[]]
    used = 0.0
    for k, line in enumerate(lines):
        below = lines[k + 1].height_mm if line.keep and k + 1 < len(lines) else 0.0
        if used + line.height_mm + below > room_mm and pages[-1]:
            pages.append([])
            used = 0.0
        if pages[-1] or line.cells:
            pages[-1].append(line)
            used += line.height_mm
    return [page for page in pages if page]


def text_sheet(lines: Sequence[Line], figure: Figure | None = None) -> Figure:
    """A page of text, or a page that is there with text on it."""
    figure, at_mm = figure or sheet(), TOP_MM
    for line in lines:
        for left_mm, text in line.cells:
            weight = "bold" if line.bold else "normal"
            write(figure, MARGIN_MM + left_mm, at_mm, text, fontsize=line.size, fontweight=weight)
        at_mm += line.height_mm
    return figure
