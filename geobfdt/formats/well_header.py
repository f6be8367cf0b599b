"""What the file of a log says of its well beside its curves: field, company, elevations, tool, who logged it and when.

LAS: ~Well and ~Params by the mnemonics of CWLS LAS 2.0 and 3.0 and those in use. DLIS: origins and parameters, RP66 V1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from geobfdt.errors import InputError, quiet

NAMES = {
    "field": ("FLD", "FIELD", "FN"),
    "company": ("COMP", "COMPANY", "CN"),
    "service company": ("SRVC", "SERVICE", "LCNM", "SON_COMPANY"),
    "location": ("LOC", "LOCATION", "SECT", "FL", "FL1"),
    "country": ("CTRY", "COUNTRY", "NATI"),
    "latitude": ("LATI", "LAT"),
    "longitude": ("LONG", "LON"),
    "elevation": ("EKB", "EDF", "EGL", "KB", "DF", "GL", "ELEV", "EREF", "EPD", "APD"),
    "datum": ("PDAT", "DREF", "LMF", "DMF", "PERM_DATUM"),
    "bit size": ("BS", "BIT", "BITSIZE"),
    "tool": ("TOOL", "TOOLS", "TLDS", "TOOLSTRING"),
    "logged": ("DATE", "LOGDATE", "CREATION_TIME"),
    "declination": ("MDEC", "DECL", "MAG_DECL", "MAGD"),
}
"""Fields of a header by the names that files have for them, the first that says something first; of elevations all."""
_SAYS_NOTHING = re.compile(r"(|n/?a|none|null|unknown|unused|-999(\.\d+)?|-)", re.IGNORECASE)


def read_well_header(path: str | Path) -> dict[str, str]:
    """What a LAS or a DLIS says of its well, by the fields of :data:`NAMES`, as it is written there and with its unit;
    nothing of other formats, nor of a file whose header cannot be read.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    try:
        if suffix == ".las":
            return _fields(_las_items(path))
        return _fields(_dlis_items(path)) if suffix == ".dlis" else {}
    except InputError:
        return {}


def _fields(items: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Fields from (mnemonic, unit, value)."""
    said: dict[str, str] = {}
    for name, unit, value in items:
        value = value.strip()
        if not _SAYS_NOTHING.fullmatch(value):
            number = re.fullmatch(r"[-+.\d]+(e[-+]?\d+)?", value, re.IGNORECASE)
            said.setdefault(name.upper(), f"{value} {unit}".strip() if number else value)
    found = {}
    for field, names in NAMES.items():
        known = [name for name in names if name in said]
        if field == "elevation":
            found[field] = ", ".join(f"{name} {said[name]}" for name in known)
        elif known:
            found[field] = said[known[0]]
    return {field: value for field, value in found.items() if value}


_LAS_LINE = re.compile(r"\s*([^.\s]+)\s*\.(\S*)\s+(.*?)\s*(?::[^:]*)?$")


def _las_items(path: Path) -> Iterable[tuple[str, str, str]]:
    from geobfdt.formats.las_index import header
    from geobfdt.formats.text_file import read_text

    text = read_text(path, longest_line=None)
    for section in "WP":
        for line in header(text, section):
            if found := _LAS_LINE.match(line):
                yield found[1], found[2], found[3]


def _dlis_items(path: Path) -> Iterable[tuple[str, str, str]]:
    from geobfdt.formats.dlis import opened

    with opened(path) as logical_files, quiet("dlisio"):
        for logical in logical_files:
            for origin in logical.origins:
                for field, value in (
                    ("FIELD", origin.field_name),
                    ("COMPANY", origin.company),
                    ("SERVICE", origin.producer_name),
                    ("DATE", origin.creation_time),
                ):
                    yield field, "", _text(value)
            for parameter in logical.parameters:
                values = getattr(parameter, "values", None)
                if values is not None and len(values):
                    units = parameter.attic["VALUES"].units if "VALUES" in parameter.attic.keys() else ""  # noqa: SIM118
                    yield parameter.name, units or "", _text(values[0])
            tools = [_text(tool.description or tool.name) for tool in logical.tools]
            yield "TOOL", "", ", ".join(dict.fromkeys(tools))


def _text(value: Any) -> str:
    return "" if value is None else str(value)
