"""LAS 3.0, rewritten line by line as LAS 2.0: lasio reads the header of 3.0, but not its data."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from geobfdt.errors import InputError

_VERSION_3 = re.compile(r"^\s*VERS\s*\.\s*3\b", re.MULTILINE | re.IGNORECASE)
_DELIMITER = re.compile(r"^\s*DLM\s*\.\s*(\w+)", re.MULTILINE | re.IGNORECASE)
_NULL = re.compile(r"^\s*NULL\s*\.\s*([-+.\deE]+)", re.MULTILINE | re.IGNORECASE)
_DELIMITERS = {"SPACE": " ", "COMMA": ",", "TAB": "\t"}
# What each section of a log is called in 2.0, whose names 3.0 takes as well; every other section is a core, a test, a
# survey, with a table of its own.
_SECTIONS = (
    (re.compile(r"~V", re.IGNORECASE), "~V"),
    (re.compile(r"~W", re.IGNORECASE), "~W"),
    (re.compile(r"~(P$|P\s|Param|Log_Parameter)", re.IGNORECASE), "~P"),
    (re.compile(r"~(Log_Definition|C$|Curve)", re.IGNORECASE), "~C"),
    (re.compile(r"~(Log_Data|A$|A\s|ASCII)", re.IGNORECASE), "~A"),
)


def as_las2(text: str, path: Path) -> str:
    """LAS 3.0 text as LAS 2.0 of as many lines, each where it was; other text as it is.

    Of several logs in a file, the first is kept. Source: CWLS, LAS version 3.0 (file structure and log data sections).
    Raises :class:`InputError` on a delimiter that the standard does not know.
    """
    if not _VERSION_3.search(text[:10_000]):
        return text
    named = _DELIMITER.search(text)
    delimiter = _DELIMITERS.get(named[1].upper() if named else "SPACE")
    if delimiter is None:
        raise InputError(f"{path}: its delimiter is {named[1] if named else ''}; write DLM as SPACE, COMMA or TAB")
    null = found[1] if (found := _NULL.search(text)) else "-999.25"
    lines, section, seen = [], "", set[str]()
    for line in text.split("\n"):
        if line.lstrip().startswith("~"):
            section = next((name for pattern, name in _SECTIONS if pattern.match(line.strip())), "")
            if section in ("~C", "~A") and section in seen:
                section = ""
            seen.add(section)
            lines.append(section)
        elif not section or line.lstrip().startswith("#"):
            lines.append("")
        elif section == "~A":
            lines.append(_spaced(line, delimiter, null))
        elif section == "~V":
            lines.append("VERS. 2.0 :" if _VERSION_3.match(line) else "" if _DELIMITER.match(line) else line)
        else:
            lines.append(re.sub(r"\s*\{[^{}]*\}\s*(\|.*)?$", "", line))  # {F10.4} and what it belongs to
    return "\n".join(lines)


def _spaced(line: str, delimiter: str, null: str) -> str:
    """A line of data with its cells apart by spaces, empty ones null, those with spaces in them quoted."""
    if delimiter == " " or not line.strip():
        return line
    cells = (cell.strip() or null for cell in next(csv.reader([line.strip("\r\n")], delimiter=delimiter)))
    return " ".join(f'"{cell}"' if " " in cell else cell for cell in cells)
