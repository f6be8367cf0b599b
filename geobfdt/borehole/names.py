"""Names of wells and channels that every format gives back as it got them and no program takes for anything else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

LONGEST_NAME = 250
"""Characters; in an array of text every cell takes as much as the longest."""
LONGEST_STEM = 150
"""Bytes of a file's name without its endings: file systems allow 255 in all."""
_FORMULA = ("=", "+", "-", "@")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def clean_name(name: object) -> str:
    """A name without line ends and control characters, no longer than names are, and none that a spreadsheet would take
    for a formula: those get an underscore before them.

    >>> clean_name("A-1\\n"), clean_name("=1+1"), clean_name("-")
    ('A-1', '_=1+1', '-')
    """
    text = str(name)
    if text.isascii() and text.isprintable() and len(text) <= LONGEST_NAME and not text.startswith((*_FORMULA, " ")):
        return text.rstrip()
    text = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    text = " ".join(text.split())[:LONGEST_NAME].rstrip()
    return f"_{text}"[:LONGEST_NAME] if text.startswith(_FORMULA) and len(text) > 1 and not _is_number(text) else text


def clean_names(names: NDArray[np.str_]) -> NDArray[np.str_]:
    """The same of many names (n,), the different ones once each."""
    if not _any_odd(names):
        return names
    different, places = np.unique(names, return_inverse=True)
    return np.array([clean_name(name) for name in different.tolist()], np.str_)[places.reshape(names.shape)]


def _any_odd(names: NDArray[np.str_]) -> bool:
    """Whether any of the names may need cleaning: a look at all letters at once, as picks are made and cut often."""
    width = names.dtype.itemsize // 4
    if not width or not names.size:
        return False
    letters = np.ascontiguousarray(names).view(np.uint32).reshape(-1, width)
    plain = (letters == 0) | ((letters > 31) & (letters < 127))
    return width > LONGEST_NAME or bool(not plain.all() or np.isin(letters[:, 0], [*map(ord, (*_FORMULA, " "))]).any())


def file_stem(name: str, taken: Collection[str] = ()) -> str:
    """A file's name, without its endings, made of a well's: one that every system allows and that is not ``taken`` yet,
    with a number behind it where it would be.

    >>> file_stem("48/19a: C2"), file_stem("nul"), file_stem("a", {"a", "a_2"})
    ('48-19a- C2', '_nul', 'a_3')
    """
    plain = "".join("-" if letter in '/\\:*?"<>|' else letter for letter in clean_name(name))
    plain = plain.encode()[:LONGEST_STEM].decode(errors="ignore").strip(" .") or "unnamed"
    if _RESERVED.match(plain):
        plain = f"_{plain}"
    lower, number = {one.lower() for one in taken}, 2
    stem = plain
    while stem.lower() in lower:
        stem, number = f"{plain}_{number}", number + 1
    return stem


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[-+]?\d*\.?\d+", text))
