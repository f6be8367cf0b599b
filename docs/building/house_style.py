"""What Sphinx does not know of the way this package is written: docstrings that give a name and its meaning a line, and
figures that are drawn without pyplot.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from sphinx.application import Sphinx
from sphinx_gallery.scrapers import figure_rst

SHOWN = "_figure_shown"


def figures(block: Any, block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:
    """Keep what a block of an example left under the name ``figure``, once: sphinx-gallery looks for pictures in
    pyplot's global state, which the package does without.
    """
    names = block_vars["example_globals"]
    figure = names.get("figure")
    if not isinstance(figure, Figure) or figure is names.get(SHOWN):
        return ""
    names[SHOWN] = figure
    path = Path(next(iter(block_vars["image_path_iterator"])))
    figure.savefig(path, dpi=110)
    return str(figure_rst([str(path)], gallery_conf["src_dir"]))


ENTRY = re.compile(r"(?P<names>[A-Za-z_]\w*(?:, [A-Za-z_]\w*)*)(?: {2,}(?P<text>\S.*))?")


def paragraphs(lines: list[str]) -> list[list[str]]:
    """Lines in runs that an empty line ends, which is the last of its run."""
    runs: list[list[str]] = [[]]
    for line in lines:
        runs[-1].append(line)
        if not line.strip():
            runs.append([])
    return runs


def listed(paragraph: list[str]) -> list[str]:
    """A list of a paragraph that gives a name and what it means a line, as docstrings here do; any other as it is."""
    matches = [ENTRY.fullmatch(line.rstrip()) for line in paragraph]
    first = matches[0] if matches else None
    of_it = all(found or not line.strip() or line[0] == " " for line, found in zip(paragraph, matches, strict=True))
    if not first or not of_it or not any(found and found["text"] for found in matches):
        return paragraph
    lines: list[str] = []
    for line, found in zip(paragraph, matches, strict=True):
        if found:
            names = ", ".join(f"``{name}``" for name in found["names"].split(", "))
            lines.append(f"- {names}: {found['text'] or ''}".rstrip())
        else:
            lines.append(f"  {line.strip()}" if line.strip() else "")
    return lines


def without_titles(lines: list[str]) -> list[str]:
    """Titles of a module's docstring as rubrics: two modules on a page may both have one of a name."""
    found: list[str] = []
    for line in lines:
        if found and found[-1].strip() and len(line) >= 3 and not line.strip("-="):
            found[-1:] = [f".. rubric:: {found[-1]}", ""]
        else:
            found.append(line)
    return found


def as_restructured_text(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """What autodoc makes of a docstring's lines, in place."""
    text = without_titles(lines) if what == "module" else list(lines)
    lines[:] = [line for paragraph in paragraphs(text) for line in listed(paragraph)]


def setup(app: Sphinx) -> None:
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", as_restructured_text, priority=100)
