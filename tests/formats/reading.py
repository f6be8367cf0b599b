"""Reading a planted image as a user who knows hole and reference would, for the tests of formats."""

from __future__ import annotations

import warnings
from pathlib import Path

from geobfdt import formats
from geobfdt.borehole.image_log import ImageLog


def read(path: Path, text: str | None = None, **options: object) -> ImageLog:
    """The image log of a file, which is written first where its text is given."""
    if text is not None:
        path.write_text(text, encoding="utf-8")
    return formats.read(path, **{"hole_diameter_m": 0.2, "reference": "north", **options})  # type: ignore[arg-type]


def silently(path: Path, text: str | None = None, **options: object) -> ImageLog:
    """The same where nothing is to be said about it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read(path, text, **options)
