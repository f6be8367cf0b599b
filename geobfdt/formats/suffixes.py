"""Which suffixes a file may have, and what is said of the others."""

from __future__ import annotations

from pathlib import Path

from geobfdt.errors import InputError

DELIMITED = (".csv", ".txt", ".tsv", ".asc", ".wai", ".waf")
CORPUS = (".h5", ".hdf5")

CLOSED = {".wcl": "WellCAD", ".wax": "the logging unit that recorded it", ".hed": "the logging unit that recorded it"}
"""Formats that nobody describes, and whose they are: only their own programs read them."""


def supported(path: Path, suffixes: tuple[str, ...], what: str) -> str:
    """The suffix of a path, in small letters; :class:`InputError` when it is none of those given, saying of a closed
    format how to get out of it.
    """
    suffix = path.suffix.lower()
    if suffix in CLOSED:
        raise InputError(
            f"{path}: {suffix} is a closed format of {CLOSED[suffix]}; export the image there as DLIS, LAS or CSV (or "
            "WellCAD's ASCII .wai), or as a PNG strip, and picks as CSV or LAS"
        )
    if suffix not in suffixes:
        raise InputError(f"{path}: {what} come as {' '.join(suffixes)}, not as {suffix or 'a file without suffix'}")
    return suffix
