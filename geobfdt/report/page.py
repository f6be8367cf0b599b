"""A page that needs no other file: HTML with its style and its pictures inside."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from geobfdt import __version__
from geobfdt.errors import InputError
from geobfdt.formats.atomic import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 100

_ASKED = re.compile(r'<meta name="asked" content="([^"]*)">')

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
h1 { margin-bottom: 0 } h2 { margin-top: 2.5rem; border-bottom: 1px solid #ddd }
table { border-collapse: collapse } th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid #eee }
th:first-child, td:first-child, .text td, .text th { text-align: left }
img { max-width: 100%; height: auto; display: block } figure { margin: 1rem 0 } figcaption { color: #666 }
pre { white-space: pre-wrap; background: #f6f6f6; padding: 1rem; overflow-x: auto }
@media print { figure { break-inside: avoid } }
"""


def check_page(path: Path) -> None:
    """:class:`InputError` when a file is not named as a page, before any work is done for it."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{path}: a report is written as .html; name it so")


@contextmanager
def page(path: str | Path, title: str, asked: str = "") -> Iterator[Callable[[str], object]]:
    """Takes pieces of HTML for the body of a page that is complete under its name or not there at all; ``asked`` is a
    word for all that it is made from, which :func:`asked_of` finds again.
    """
    path = Path(path)
    check_page(path)
    with replacing(path) as temporary, open(temporary, "w", encoding="utf-8") as file:
        name = escape(title)
        file.write(f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title>\n')
        file.write(f'<meta name="asked" content="{escape(asked)}">\n' if asked else "")
        file.write(f"<style>{_STYLE}</style></head><body>\n<h1>{name}</h1>\n")
        yield file.write
        file.write(f"<p>geobfdt {__version__}</p>\n</body></html>\n")


def asked_of(path: Path) -> str | None:
    """The word for all that a page is made from; None where it has none."""
    found = _ASKED.search(path.read_text(encoding="utf-8", errors="replace")) if path.is_file() else None
    return None if found is None else found[1]


def table_html(head: tuple[str, ...], rows: list[list[str]], kind: str = "") -> str:
    def line(cells: list[str] | tuple[str, ...], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>\n"

    body = "".join(line(row, "td") for row in rows)
    return f'<table class="{kind}">\n{line(head, "th") if head else ""}{body}</table>\n'


def figure_html(title: str, figure: Figure) -> str:
    """A figure as part of the page itself; JPEG, because strips are photographs of rock more than drawings."""
    picture = io.BytesIO()
    figure.savefig(picture, format="jpeg", dpi=DOTS_PER_INCH, pil_kwargs={"quality": 85})
    data = base64.b64encode(picture.getvalue()).decode("ascii")
    name = escape(title)
    return (
        f'<figure><figcaption>{name}</figcaption><img loading="lazy" alt="{name}" src="data:image/jpeg;base64,{data}">'
        "</figure>\n"
    )
