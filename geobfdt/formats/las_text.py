"""The text of a LAS file as LAS 2.0 texts of as many lines, one for each set of curves with its data, for lasio.

lasio reads the header of LAS 3.0, but not its data, and stumbles over what old and sloppy programs write: titles above
the first section, names of sections in lower case, remarks broken over lines, stars for nulls, a control-Z at the end.
Source: CWLS, LAS version 2.0 and 3.0 (file structure, log data sections).
"""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.decimals import signs_of

_VERSION_3 = re.compile(r"^\s*VERS\s*\.\s*3\b", re.MULTILINE | re.IGNORECASE)
_DELIMITER = re.compile(r"^\s*DLM\s*\.\s*(\w+)", re.MULTILINE | re.IGNORECASE)
_WRAP = re.compile(r"^\s*WRAP\s*\.\s*YES", re.IGNORECASE)
_NULL = re.compile(r"^\s*NULL\s*\.\s*([-+.\deE]+)", re.MULTILINE | re.IGNORECASE)
_SET = re.compile(r"^\s*SET\s*\.\s*([^:]*)", re.IGNORECASE)
_DELIMITERS = {"SPACE": " ", "COMMA": ",", "TAB": "\t"}
# What each section of a log is called in 2.0, whose names 3.0 takes as well. A definition of columns and its data are a
# set, whatever they are called; every other section is a core, a test or a remark.
_SECTIONS = (
    (re.compile(r"~V", re.IGNORECASE), "~V"),
    (re.compile(r"~W", re.IGNORECASE), "~W"),
    (re.compile(r"~(P$|P\s|Param|\w+_Parameter)", re.IGNORECASE), "~P"),
    (re.compile(r"~(C$|C\s|Curve|\w+_Definition)", re.IGNORECASE), "~C"),
    (re.compile(r"~(A$|A\s|ASCII|\w+_Data)", re.IGNORECASE), "~A"),
)
MOST_HEADER_LINES = MOST_BLANK = 100_000
"""Thousands of curves with all their parameters take fewer; lasio takes a second for a million, blank or not."""
MOST_SECTIONS, MOST_SETS = 1000, 50
"""No log has more; each set is read on its own, past all the lines of the others."""
_NAMED = re.compile(r"~(\w+?)_(?:Definition|Data)", re.IGNORECASE)


@dataclass(frozen=True)
class LasSet:
    """A set of curves and its data: what it is called, "" where nothing tells, its curves, and its text as LAS 2.0."""

    name: str
    curves: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class _Section:
    kind: str
    title: str
    first: int
    last: int


def las_sets(text: str, path: Path) -> list[LasSet]:
    """The sets of curves of a file, at least one, each line of a set where it was in the file.

    Lines that are left out of the header are counted in a warning. Raises :class:`InputError` where there is no
    section of data, and on a delimiter that the standard does not know.
    """
    lines = text.rstrip("\x1a \t\n").split("\n")
    sections = list(_sections(lines))
    header = sum(section.last - section.first for section in sections if section.kind != "~A")
    if header > MOST_HEADER_LINES:
        raise InputError(f"{path}: its header takes {header} lines; the file is damaged, export it again")
    blank = sum(not line.strip(" ,\t") for line in lines)
    # Line ends converted twice leave every second line blank, which is no damage.
    if blank > max(MOST_BLANK, 2 * (len(lines) - blank)):
        raise InputError(f"{path}: has {blank} empty lines among its data; the file is damaged, export it again")
    if not sections:
        raise InputError(f"{path}: is not a LAS file, which starts with a ~V section; check the name")
    if not any(section.kind == "~A" for section in sections):
        raise InputError(f"{path}: has no ~A section of data; the file is cut short, copy or export it again")
    data_sections = sum(section.kind == "~A" for section in sections)
    if len(sections) > MOST_SECTIONS or data_sections > MOST_SETS:
        raise InputError(
            f"{path}: has {len(sections)} sections, {data_sections} of them data; the file is damaged, export it again"
        )
    is_3 = bool(_VERSION_3.search(text[:10_000]))
    if not is_3:  # other sections, of any name, are read by nobody
        sections = [s for s in sections if s.kind in ("~V", "~W", "~P") or not _NAMED.match(s.title)]
    shared = [section for section in sections if section.kind in ("~V", "~W")]
    found: list[LasSet] = []
    for number, data in enumerate(section for section in sections if section.kind == "~A"):
        above = [section for section in sections if section.first < data.first]
        definition = next((s for s in reversed(above) if s.kind == "~C" and _belong(s, data)), None)
        if definition is None:
            continue
        parameters = [s for s in above if s.kind == "~P"] if number == 0 else [s for s in above if s.kind == "~P"][-1:]
        kept = [*shared, *parameters, definition, data]
        curves = _curves(lines, definition)
        _check_lengths(lines, kept, len(curves), path)
        rewritten = _rewritten(lines, kept, is_3, text, path, len(curves))
        found.append(LasSet(_name(lines, definition, parameters), curves, rewritten))
    if not found:
        raise InputError(f"{path}: is not a whole LAS file (no curves); export it again")
    _tell_remarks(lines, sections, path)
    return found


def _check_lengths(lines: list[str], kept: list[_Section], curves: int, path: Path) -> None:
    """Refuse data of millions of lines too short for a row before each is looked at; wrapped ones say that they are."""
    data = kept[-1]
    short = sum(0 < len(line) < 2 * curves - 1 for line in lines[data.first + 1 : data.last])
    if short > MOST_BLANK and not any(_WRAP.match(line) for s in kept[:2] for line in lines[s.first : s.last]):
        raise InputError(
            f"{path}: {short} lines of its data are too short for {curves} curves; export it again, wrapped data with "
            "WRAP. YES"
        )


def _sections(lines: list[str]) -> Iterator[_Section]:
    starts = [k for k, line in enumerate(lines) if line.lstrip().startswith("~")]
    for first, last in pairwise([*starts, len(lines)]):
        title = lines[first].strip()
        kind = next((name for pattern, name in _SECTIONS if pattern.match(title)), "")
        yield _Section(kind, title, first, last)


def _belong(definition: _Section, data: _Section) -> bool:
    """Whether a definition is that of some data: by the names of both, where they have any."""
    one, other = _NAMED.match(definition.title), _NAMED.match(data.title)
    return not (one and other) or one[1].lower() == other[1].lower()


def _curves(lines: list[str], definition: _Section) -> tuple[str, ...]:
    entries = (line.strip() for line in lines[definition.first + 1 : definition.last])
    return tuple(entry.split(".")[0].strip() for entry in entries if entry and not entry.startswith("#"))


def _name(lines: list[str], definition: _Section, parameters: list[_Section]) -> str:
    named = _NAMED.match(definition.title)
    if named and named[1].lower() != "log":
        return named[1]
    for section in reversed(parameters):
        for line in lines[section.first : section.last]:
            if match := _SET.match(line):
                return match[1].strip()
    return ""


def _rewritten(lines: list[str], kept: list[_Section], is_3: bool, text: str, path: Path, curves: int) -> str:
    """The lines of some sections as LAS 2.0, all others empty."""
    delimiter = " "
    if is_3:
        named = _DELIMITER.search(text)
        known = _DELIMITERS.get(named[1].upper() if named else "SPACE")
        if known is None:
            raise InputError(f"{path}: its delimiter is {named[1] if named else ''}; write DLM as SPACE, COMMA or TAB")
        delimiter = known
    null = found[1] if (found := _NULL.search(text)) else "-999.25"
    out = [""] * len(lines)
    for section in kept:
        out[section.first] = section.kind
        for k in range(section.first + 1, section.last):
            line = lines[k]
            if line.lstrip().startswith("#"):
                continue
            if section.kind == "~A":
                out[k] = _spaced(line, delimiter, null, curves)
            elif section.kind == "~V" and is_3:
                out[k] = "VERS. 2.0 :" if _VERSION_3.match(line) else "" if _DELIMITER.match(line) else line
            elif section.kind == "~C" or not _is_remark(line):
                out[k] = re.sub(r"\s*\{[^{}]*\}\s*(\|.*)?$", "", line) if is_3 else line  # {F10.4} and its like
    data = next(section for section in kept if section.kind == "~A")
    return _unwrapped(_with_points(out, data, path), kept, curves, path)


def _with_points(lines: list[str], data: _Section, path: Path) -> list[str]:
    """The lines with decimal points in the data and nothing between thousands."""
    places = [k for k in range(data.first + 1, data.last) if "," in lines[k] and '"' not in lines[k]]
    if not places:
        return lines
    signs = signs_of("\n".join(lines[data.first + 1 : data.last]).encode(), path)
    told = str.maketrans({signs.decimal: ".", **({signs.thousands: None} if signs.thousands else {})})
    for k in places:
        lines[k] = lines[k].translate(told)
    return lines


def _unwrapped(lines: list[str], kept: list[_Section], curves: int, path: Path) -> str:
    """The text with a line a depth where the data are wrapped, whether the header says so or not: lasio takes a value a
    line for a curve, and moves values from line to line to make the numbers fit.

    Raises :class:`InputError` on a line that holds fewer or more values than there are curves.
    """
    data = next(section for section in kept if section.kind == "~A")
    body = [(k, lines[k]) for k in range(data.first + 1, data.last) if lines[k].strip()]
    counts = [_values(line) for _, line in body]
    said = any(_WRAP.match(line) for s in kept if s.kind == "~V" for line in lines[s.first : s.last])
    wrong = next((k for k, count in enumerate(counts) if count != curves), None)
    if wrong is None and not said:
        return "\n".join(lines)
    if not said and not _wraps(counts, curves):
        assert wrong is not None
        raise InputError(
            f"{path}: line {body[wrong][0] + 1} has {counts[wrong]} values for {curves} curves; complete or remove "
            "it or, where the file was cut there, export it again"
        )
    values = [value for _, line in body for value in line.split()]
    if not said:
        warnings.warn(
            f"{path}: its lines hold up to {max(counts)} values for {curves} curves, and were read as wrapped",
            InputWarning,
            stacklevel=4,
        )
    whole = [" ".join(values[k : k + curves]) for k in range(0, len(values), curves)]
    above = ["WRAP. NO :" if _WRAP.match(line) else line for line in lines[: data.first + 1]]
    return "\n".join([*above, *whole])


def _values(line: str) -> int:
    """How many values a line holds, a text in quotes as one."""
    return len(line.split() if '"' not in line else _VALUE.findall(line))


_VALUE = re.compile(r'"[^"]*"|[^\s"]+')


def _wraps(counts: list[int], curves: int) -> bool:
    """Whether lines of so many values are rows broken over several lines each: every row begins a line."""
    held = 0
    for count in counts:
        held += count
        if held > curves:
            return False
        held %= curves
    return held == 0 and bool(counts)


def _is_remark(line: str) -> bool:
    """Whether a line of a header is the rest of one above: every entry has a point after its name."""
    return bool(line.strip()) and "." not in line


def _tell_remarks(lines: list[str], sections: list[_Section], path: Path) -> None:
    broken = [
        k + 1
        for section in sections
        if section.kind in ("~W", "~P")
        for k in range(section.first + 1, section.last)
        if not lines[k].lstrip().startswith("#") and _is_remark(lines[k])
    ]
    if broken:
        warnings.warn(
            f"{path}: {len(broken)} lines of its header are no entries, the rest of a remark perhaps, and were passed "
            f"over, the first is line {broken[0]}",
            InputWarning,
            stacklevel=3,
        )


def _spaced(line: str, delimiter: str, null: str, curves: int) -> str:
    """A line of data with its cells apart by spaces, empty and starred ones null, those with spaces in them quoted."""
    if not line.strip() or (delimiter == " " and '"' in line):
        return line
    if delimiter == " ":
        for sign in (",", "\t"):
            if sign in line and line.count(sign) + 1 == curves > 1:
                cells = [cell.strip() for cell in line.split(sign)]
                if not all(cells):
                    return " ".join(cell or null for cell in cells)
        if "," in line and (re.search(r",\s", line) or len(line.split()) < curves == line.count(",") + 1):
            line = line.replace(",", " ")
        if "-" in line and len(line.split()) < curves:  # wide negative numbers run into the column before
            line = re.sub(r"(?<=[\d.])-(?=\d)", " -", line)
        if "*" not in line:
            return line
        return re.sub(r"(?<!\S)\*+(?!\S)", null, line)
    split = (cell.strip() or null for cell in next(csv.reader([line.strip("\r\n")], delimiter=delimiter)))
    return " ".join(f'"{cell}"' if " " in cell else null if set(cell) == {"*"} else cell for cell in split)
