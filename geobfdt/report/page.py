"""A page that needs no other file: HTML with its style, its scripts and its pictures inside."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from geobfdt import __version__
from geobfdt.errors import InputError
from geobfdt.formats.atomic import replacing
from geobfdt.report.layout import settle

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 100

_ASKED = re.compile(r'<meta name="asked" content="([^"]*)">')
_LONGEST_HEAD = 100_000
"""Characters of a page within which its head ends."""


def check_page(path: Path) -> None:
    """:class:`InputError` when a file is not named as a page, before any work is done for it."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{path}: a report is written as .html; name it so")


def part_of_page(name: str) -> str:
    """A style sheet or script of pages, which lies beside this file."""
    return (resources.files("geobfdt.report") / name).read_text(encoding="utf-8")


@contextmanager
def page(
    path: str | Path, title: str, asked: str = "", *, style: str = "", script: str = "", unit: str = "m"
) -> Iterator[Callable[[str], object]]:
    """Takes pieces of HTML for the body of a page that is complete under its name or not there at all; ``asked`` is a
    word for all that it is made from, which :func:`asked_of` finds again. ``style`` and ``script`` come on top of those
    of every page; nothing on a page is asked for elsewhere.
    """
    path = Path(path)
    check_page(path)
    with replacing(path) as temporary, open(temporary, "w", encoding="utf-8") as file:
        name = escape(title)
        file.write(f'<!doctype html>\n<html lang="en" data-unit="{unit}"><head><meta charset="utf-8">')
        file.write(f"<title>{name}</title>\n")
        file.write('<meta name="viewport" content="width=device-width, initial-scale=1">\n')
        file.write(f'<meta name="asked" content="{escape(asked)}">\n' if asked else "")
        file.write('<link rel="icon" href="data:,">\n')
        file.write(f"<style>{part_of_page('page.css')}{style}</style></head><body>\n<h1>{name}</h1>\n")
        yield file.write
        file.write(f'<p class="faint">geobfdt {__version__}</p>\n')
        file.write(f'<script type="module">{script}</script>\n' if script else "")
        file.write("</body></html>\n")


def asked_of(path: Path) -> str | None:
    """The word for all that a page is made from; None where it has none."""
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", errors="replace") as file:
        found = _ASKED.search(file.read(_LONGEST_HEAD))
    return None if found is None else found[1]


def table_html(head: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "") -> str:
    """A table of texts, which may be wider than the screen."""

    def line(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>\n"

    body = "".join(line(row, "td") for row in rows)
    top = f"<thead>{line(head, 'th')}</thead>" if head else ""
    return f'<div class="wide"><table class="{kind}">\n{top}<tbody>{body}</tbody></table></div>\n'


def figure_html(title: str, figure: Figure) -> str:
    """A figure as part of the page itself; JPEG, because strips are photographs of rock more than drawings."""
    picture = io.BytesIO()
    settle(figure, "jpeg", DOTS_PER_INCH)
    figure.savefig(picture, format="jpeg", dpi=DOTS_PER_INCH, pil_kwargs={"quality": 85})
    data = base64.b64encode(picture.getvalue()).decode("ascii")
    name = escape(title)
    return (
        f'<figure class="paper"><figcaption>{name}</figcaption>'
        f'<img loading="lazy" alt="{name}" src="data:image/jpeg;base64,{data}"></figure>\n'
    )


_DRAWN = re.compile(r"<svg\b.*</svg>", re.DOTALL)


def drawing_html(title: str, figure: Figure, salt: str) -> str:
    """A figure of lines and text as SVG in the page; ``salt`` keeps its names apart from those of others."""
    from matplotlib import rc_context

    picture = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": salt}):
        settle(figure, "svg")
        figure.savefig(picture, format="svg", metadata={"Date": None})
    drawn = _DRAWN.search(picture.getvalue())
    assert drawn is not None
    names = set(re.findall(r'\bid="([^"]+)"', drawn[0]))
    svg = re.sub(
        r'(\bid="|url\(#|href="#)([^")]+)', lambda m: f"{m[1]}{salt}-{m[2]}" if m[2] in names else m[0], drawn[0]
    )
    return f'<figure class="paper"><figcaption>{escape(title)}</figcaption>{svg}</figure>\n'
