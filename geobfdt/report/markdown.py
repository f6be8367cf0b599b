"""The card of a model, which is Markdown, as HTML."""

from __future__ import annotations


def markdown_html(text: str, level: int = 3) -> str:
    """HTML of a text in Markdown, its headings from ``level`` on; HTML within it is shown as text, never taken."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + level - 1)}"
        if token.type == "table_open":
            token.attrSet("class", "card")
    return str(reader.renderer.render(tokens, reader.options, {}))
