"""Where the header of delimited text stands, what separates its cells, and whether a row of units follows it."""

from __future__ import annotations

import csv
import re
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.image_columns import MIN_SECTORS
from geobfdt.formats.units import bare_unit, degrees_per, depth_columns, metres_per

MOST_TITLES = 60
"""Lines above a header, at most, that only describe the file."""


BLANKS = r"\s+"
"""Separator of tables that are only set in columns; pandas knows this very pattern and is fast with it."""


WIDE = re.compile(r"\s{2,}|\t")
"""What is between cells that hold blanks themselves."""


@dataclass(frozen=True)
class Header:
    """Where a header stands: its last line from 0, the separator, its names, the place of the line after it, and the
    unit that depths have, "" where the header does not say.
    """

    number: int
    separator: str
    names: list[str]
    after: int
    depth_unit: str = ""

    def cells(self, line: str) -> list[str]:
        return _cells(line, self.separator)


def find_header(path: Path, text: Lines) -> Header:
    """The header of a table, with the unit of its depths where remarks above it give one."""
    header = _find_header(path, text)
    return replace(header, depth_unit=header.depth_unit or _unit_above(text.data[: header.after], text.encoding))


def _find_header(path: Path, text: Lines) -> Header:
    """The first line that says something, or below it the first that names a depth beside other columns."""
    found = text.first()
    if found is None:
        raise InputError(f"{path}: holds comments alone; export it again")
    number, at, line = found
    after = text.line(at)[1]
    if _PETREL.fullmatch(line.strip()):
        return _petrel_header(path, text, number, after, line)
    told = re.fullmatch(r"\"?sep=(.)\"?", line.strip(" \r"), re.IGNORECASE)
    if told:
        line, end = text.line(after)
        return Header(number + 1, told[1], _cells(line, told[1]), end)
    first = next((s for s in "\t;," if s in line), None)
    top = None if first is None else Header(number, first, _cells(line, first), after)
    if is_data(line):
        return _headless(text, number, at, line)
    if top is not None and depth_columns(top.names):
        return top
    lower = _below_titles(text, number, after, line)
    if lower is not None:
        if lower.number > number:
            warnings.warn(
                f"{path}: its header was taken to be line {lower.number + 1}, and {lower.number - number} lines above "
                "it to be titles",
                InputWarning,
                stacklevel=3,
            )
        return lower
    if top is None:
        raise InputError(f"{path}: holds one column; separate the columns by commas, semicolons or tabs")
    return top


def is_data(line: str) -> bool:
    """Whether a line holds several numbers and nothing else."""
    cells = [cell for cell in re.split(r"[\s;]+", line.strip()) if cell]
    cells = cells if len(cells) > 1 else [cell.strip() for cell in line.split(",")]
    return len(cells) > 1 and all(map(_is_number, cells))


def _headless(text: Lines, number: int, at: int, line: str) -> Header:
    """The header of a table that begins with its numbers: a remark above that names as many columns, a depth among
    them, or none, for columns that the user is to name.
    """
    separator = next((s for s in "\t;" if s in line), "," if is_comma_separated(line) else BLANKS)
    columns = len(_cells(line, separator))
    remark = text.above(at).lstrip("# \t")
    for other in ("\t", ";", ",", BLANKS):
        names = _cells(remark, other)
        if len(names) == columns and depth_columns(names):
            return Header(number - 1, separator, names, at)
    return Header(number - 1, separator, [f"column {k}" for k in range(1, columns + 1)], at)


def is_comma_separated(line: str) -> bool:
    """Whether commas part the cells of a line of numbers, and are not its decimal signs."""
    return "," in line and (not re.search(r"\s", line.strip()) or bool(re.search(r",\s", line)))


_PETREL = re.compile(r"VERSION \d+|BEGIN HEADER", re.IGNORECASE)
_DEPTH_UNIT = re.compile(rb"^#.*(?:Unit in depth:\s*(\w+)|IN (\w+)-UNITS)", re.IGNORECASE | re.MULTILINE)
"""How Petrel says it above its blocks, and above the traces of wells."""
_PETREL_TYPE = re.compile(r"(FLOAT|STRING|INT|BOOL|DATE|TIME)\s*,\s*", re.IGNORECASE)


def _petrel_header(path: Path, text: Lines, number: int, after: int, line: str) -> Header:
    """The block between BEGIN HEADER and END HEADER that Petrel writes above points and well tops, a name a line, its
    rows set by blanks. Dips are true ones there, unless their names say otherwise.
    """
    names: list[str] = []
    begun, above, word = False, text.data[:after], line.strip()
    while word.upper() != "END HEADER":
        if begun and word:
            name = _PETREL_TYPE.sub("", word, count=1)
            is_true = re.search("dip", name, re.IGNORECASE) and not re.search("app", name, re.IGNORECASE)
            names.append(f"True {name}" if is_true else name)
        begun = begun or word.upper() == "BEGIN HEADER"
        if after >= len(text.data) or len(names) > MOST_TITLES:
            raise InputError(f"{path}: its header has no line END HEADER; export it again")
        line, after = text.line(after)
        number, word = number + 1, line.strip()
    return Header(number, BLANKS, names, after, _unit_above(above, text.encoding))


def _unit_above(remarks: bytes, encoding: str) -> str:
    """The unit of depths that remarks above a header give, "" where they give none."""
    found = _DEPTH_UNIT.search(remarks)
    unit = (found[1] or found[2]).decode(encoding, "replace") if found else ""
    return unit if metres_per(unit) else ""


def _below_titles(text: Lines, number: int, after: int, line: str) -> Header | None:
    """The first of some lines that names a depth among several cells and is followed by as many cells of numbers."""
    for _ in range(MOST_TITLES):
        for separator in ("\t", ";", ",", BLANKS):
            if separator in line or separator == BLANKS:
                names = _cells(line, separator)
                if len(names) > 1 and depth_columns(names) and _is_followed(text, after, separator, names):
                    return Header(number, separator, names, after)
        if after >= len(text.data):
            return None
        number += 1
        line, after = text.line(after)
    return None


def _is_followed(text: Lines, at: int, separator: str, names: list[str]) -> bool:
    """Whether the next two lines, the first of which may be one of units, fit a header: as many cells and numbers."""
    for _ in range(2):
        line, at = text.line(at)
        cells = _cells(line, separator)
        if len(cells) == len(names) and any(map(_is_number, cells)):
            return True
    return False


@dataclass(frozen=True)
class Lines:
    """Lines of a text that is too long to decode for the few of them that are looked at."""

    data: bytes
    encoding: str

    def line(self, at: int) -> tuple[str, int]:
        """The line that begins at a place, and where the next one does."""
        end = self.data.find(b"\n", at)
        end = len(self.data) if end < 0 else end
        return self.data[at:end].decode(self.encoding, errors="replace"), min(end + 1, len(self.data))

    def first(self) -> tuple[int, int, str] | None:
        """The first line that says something and is no remark: its number from 0, where it begins, and the line."""
        number, at = 0, 0
        while at < len(self.data):
            line, after = self.line(at)
            if line.strip() and not line.startswith("#"):
                return number, at, line
            number, at = number + 1, after
        return None

    def some(self, at: int, most: int) -> list[str]:
        """The first lines from a place on that say something."""
        lines: list[str] = []
        while at < len(self.data) and len(lines) < most:
            line, at = self.line(at)
            lines += [line] if line.strip() else []
        return lines

    def above(self, at: int) -> str:
        """The last line before a place that says something, "" when none does."""
        return Lines(self.data[:at], self.encoding).last(0)[1]

    def last(self, at: int) -> tuple[int, str]:
        """The last line from a place on that says something, "" when none does: where it begins, and the line."""
        end, line, begin = len(self.data), "", at
        while end > at and not line.strip():
            begin = max(at, self.data.rfind(b"\n", at, end) + 1)
            line, end = self.line(begin)[0], begin - 1
        return begin, line


def numbered(header: list[str], rows: list[list[str]]) -> list[str]:
    """The header of an image that only names it, as televiewer software writes them (depth, amplitude, then a depth and
    all of its sectors a line): amplitude[0], amplitude[1], ... Other headers as they are. ``rows`` are the first ones.
    """
    named = [name for name in header if name]
    lengths = [next((k for k in range(len(row), 0, -1) if row[k - 1]), 0) for row in rows] if len(named) == 2 else []
    sectors = max(lengths, default=0) - 1
    if len(named) != 2 or header[:2] != named or sectors < MIN_SECTORS or not depth_columns(named[:1]):
        return header
    surplus = max(0, max(map(len, (header, *rows))) - sectors - 1)
    return [named[0], *(f"{named[1]}[{sector}]" for sector in range(sectors)), *[""] * surplus]


def _cells(line: str, separator: str) -> list[str]:
    if separator == BLANKS:
        # Two blanks or more where there are any such: a name may hold one.
        if '"' in line:
            return next(csv.reader([" ".join(line.split())], delimiter=" "), [])
        wide = WIDE.split(line.strip())
        return wide if len(wide) > 1 and not all(map(_is_number, line.split())) else line.split()
    return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?", cell))


def is_rule(cells: list[str]) -> bool:
    """Whether a row is a line drawn below a header."""
    drawn = "".join(cells)
    return len(drawn) > 1 and not drawn.strip("-=_+|*# ") and len(set(drawn) & set("-=_")) == 1


def is_units_row(header: list[str], cells: list[str]) -> bool:
    """A row of units holds nothing but those of lengths and angles; or no number where the depth belongs, and a known
    unit there or no number anywhere, which a table without depths, as one of names, does not.
    """
    if len(cells) > 1 and all(cell and (metres_per(bare_unit(cell)) or degrees_per(bare_unit(cell))) for cell in cells):
        return True
    depths = depth_columns(header)
    at_depth = [cell for name, cell in zip(header, cells, strict=False) if name in depths]
    if not at_depth or not any(cells) or any(map(_is_number, at_depth)):
        return False
    return any(cell and metres_per(bare_unit(cell)) for cell in at_depth) or not any(map(_is_number, cells))
