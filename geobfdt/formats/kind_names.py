"""What the words of interpreters and vendors for a plane mean: the table kinds.csv, and what it leads to.

A name is known as it stands there; or when each of its words is, as one of its kind or as an adjective, which says
nothing of the kind (Discontinuous Conductive Fracture); or when it is the beginning of one, cut off by a program that
keeps sixteen letters or so.
"""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.picks import KINDS, UNKNOWN
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.text_table import read_table
from geobfdt.formats.units import NULLS

IGNORE = "ignore"
"""The kind of names whose picks are left out, as breakouts and induced fractures are."""
MEANINGS = (*KINDS, UNKNOWN, IGNORE)
_ADJECTIVE = "adjective"
_LABEL = re.compile(r"[a-z]?\d+")
"""Of sets and grades, as in S1 or 2: it says nothing of the kind."""
_SHORTEST_CUT = 12
"""Letters from which on the beginning of a name may stand for all of it."""
_UNSAID = {"", "none", "nan", "null", "na", "n/a", "unknown", "undefined", "unclassified", "unspecified", "other"}


def known_kind(name: str) -> str | None:
    """The kind that a name means, "ignore" of what is no plane, "unknown" where it says nothing; None of a stranger."""
    plain = " ".join(re.sub(r"[\s_\-/]+", " ", name.lower()).split())
    if plain in _UNSAID or name.strip().lower() in _UNSAID or _is_null(name):
        return UNKNOWN
    table = _table()
    if plain in table:
        return None if table[plain] == _ADJECTIVE else table[plain]
    words = [word for word in plain.split() if not _LABEL.fullmatch(word)]
    kinds = {table.get(word) for word in words} - {_ADJECTIVE}
    if len(plain) >= _SHORTEST_CUT and None in kinds:
        kinds = _kinds_of_the_whole(words, table)
    if IGNORE in kinds and None not in kinds:  # what is induced or nodular is no plane, whatever else it is called
        return IGNORE
    return kinds.pop() if len(kinds) == 1 else None


def _kinds_of_the_whole(words: list[str], table: dict[str, str]) -> set[str | None]:
    """Kinds of the names that one begins, after adjectives."""
    for first in range(len(words)):
        if all(table.get(word) == _ADJECTIVE for word in words[:first]):
            begun = " ".join(words[first:])
            kinds = {kind for known, kind in table.items() if known.startswith(begun)} - {_ADJECTIVE}
            if kinds:
                return set(kinds)
    return set()


def kinds_said(names: NDArray[np.str_], kinds: Mapping[str, str]) -> NDArray[np.str_]:
    """The kind that each of some names means, (rows,), by ``kinds`` or as known here; "" of what says none."""
    given = {name.strip().lower(): kind for name, kind in kinds.items()}
    different, which = np.unique(names, return_inverse=True)
    said = [given.get(name.lower()) or known_kind(name) for name in different.tolist()]
    return np.array(["" if kind in (None, UNKNOWN) else str(kind) for kind in said], np.str_)[which]


def kinds_of(names: NDArray[np.str_], kinds: Mapping[str, str], path: Path) -> NDArray[np.str_]:
    """The kind of each name of the file; :class:`InputError` listing the names that are not known."""
    for name, kind in kinds.items():
        if kind not in MEANINGS:
            raise InputError(f"kind {name}={kind}: must be one of {', '.join(MEANINGS)}; correct it")
    given = {name.strip().lower(): kind for name, kind in kinds.items()}
    kind_of = {name: given.get(name.lower()) or known_kind(name) for name in np.unique(names).tolist()}
    strangers = [name for name, kind in kind_of.items() if not kind]
    if strangers:
        raise InputError(
            f"{path}: unknown kinds {', '.join(strangers)}; say what each is with --kind NAME={'|'.join(MEANINGS)}, "
            "or with --kind-map"
        )
    left_out = sorted(name for name, kind in kind_of.items() if kind == IGNORE and name.lower() not in given)
    if left_out:
        count = int(np.isin(names, left_out).sum())
        warnings.warn(
            f"{path}: {count} of {len(names)} picks are called {', '.join(left_out)}, which are no planes, and were "
            "left out; --kind NAME=fracture or NAME=bedding keeps them",
            InputWarning,
            stacklevel=4,
        )
    return np.array([kind_of[name] for name in names.tolist()], dtype=np.str_)


def kind_map(path: Path) -> dict[str, str]:
    """What the kind names of a vendor mean: a table with the columns ``name`` and ``kind``, the latter "fracture",
    "bedding", "unknown" or "ignore". Raises :class:`InputError` naming the line of any other.
    """
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; check the name")
    table = read_table(path)
    name, kind = table.column("name"), table.column("kind")
    if name is None or kind is None:
        raise InputError(f"{path}: needs the columns name and kind; its columns are {', '.join(table.columns)}")
    meanings = [meaning.lower() for meaning in table.text(kind).tolist()]
    for row, meaning in enumerate(meanings):
        if meaning not in MEANINGS:
            raise InputError(
                f"{path}: line {table.line(row)} has the kind {meaning!r}; use one of {', '.join(MEANINGS)}"
            )
    return dict(zip(table.text(name).tolist(), meanings, strict=True))


@cache
def _table() -> dict[str, str]:
    text = (resources.files("geobfdt.formats") / "kinds.csv").read_text(encoding="utf-8")
    return {row["name"]: row["kind"] for row in csv.DictReader(text.splitlines())}


def _is_null(name: str) -> bool:
    try:
        return float(name) in NULLS
    except ValueError:
        return False
