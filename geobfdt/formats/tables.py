"""Delimited text as a table of columns with units, whatever separator and decimal sign it was written with."""

from __future__ import annotations

import codecs
import csv
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geobfdt.borehole.image_log import as_pixels
from geobfdt.errors import InputError
from geobfdt.formats.image_columns import MIN_SECTORS
from geobfdt.formats.units import (
    DEPTH_UNITS,
    degrees_per,
    depth_columns,
    depth_name_and_unit,
    metres_per,
    set_nulls,
    without_nulls,
)

TEXT_COLUMNS = ("wellname", "well", "borehole", "datasetname", "type", "class", "kind")
"""Columns whose cells stay text, lower case: well 001 is not well 1, and a kind named NA is not a missing one."""
WELL_COLUMNS = ("wellname", "well", "borehole")
LONGEST_NAME = 250
LONGEST_LINE = 131_072
"""Characters. An image of 4,096 sectors takes fewer; one line of ten megabytes takes the parsers minutes."""


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of a file, with the units it gives for them.

    frame       one row a data line; text columns are str, others numbers or, where a cell is no number, mixed
    units       unit by column; a column without one is missing
    first_line  line of the file that holds the first data row
    """

    path: Path
    frame: pd.DataFrame
    units: Mapping[str, str]
    first_line: int

    @property
    def columns(self) -> list[str]:
        return [str(column) for column in self.frame.columns]

    def named(self, names: Sequence[str]) -> Table:
        """The same table with its columns named in their order, "-" for those to leave out; a column of the well's name
        that the file does not have itself needs none. :class:`InputError` on another number of names.
        """
        own = [column for column in self.columns if column != "well" or "well" in names]
        if len(names) != len(own):
            raise InputError(
                f"{self.path}: has {len(own)} columns ({_listed(own)}), and {len(names)} names were given for them"
            )
        kept = {column: name for column, name in zip(own, names, strict=True) if name != "-"}
        others = [column for column in self.columns if column not in own]
        return replace(self, frame=self.frame[[*kept, *others]].rename(columns=kept), units={})

    def column(self, *names: str) -> str | None:
        """The first of the names that the table has, case-blind, as the table spells it."""
        by_name = {column.lower(): column for column in reversed(self.columns)}
        return next((by_name[name.lower()] for name in names if name.lower() in by_name), None)

    def numbers(self, column: str) -> NDArray[np.float64]:
        """A column as float64 (rows,), nulls NaN; :class:`InputError` naming the line of a cell that is no number."""
        values = self.frame[column]
        converted = pd.to_numeric(values, errors="coerce")
        wrong = (converted.isna() & values.notna()).to_numpy()
        if wrong.any() and not pd.api.types.is_numeric_dtype(values):
            row = int(np.argmax(wrong))
            cell = str(values.iloc[row]).strip()
            if cell:
                raise InputError(
                    f"{self.path}: line {self.first_line + row} has {cell!r} in column {column}, which is no number; "
                    "correct or remove the line"
                )
        return without_nulls(converted.to_numpy(np.float64))

    def matrix(self, columns: Sequence[str]) -> NDArray[np.float32]:
        """Columns of numbers side by side as float32 (rows, columns), nulls NaN; errors as :meth:`numbers`."""
        frame = self.frame[list(columns)]
        if all(dtype.kind in "fiu" for dtype in frame.dtypes):
            return set_nulls(as_pixels(frame.to_numpy()))
        return as_pixels(np.column_stack([self.numbers(column) for column in columns]))

    def degrees(self, name: str) -> NDArray[np.float64]:
        """A column of angles in degrees (rows,), whatever unit its units row gives."""
        column = self.column(name)
        if column is None:
            raise InputError(f"{self.path}: has no column {name}; export it again with that column")
        unit = self.units.get(column, "")
        factor = degrees_per(unit)
        if factor is None:
            raise InputError(f"{self.path}: the units row gives {unit!r} for column {column}; use deg or rad")
        return self.numbers(column) * factor

    def is_numeric(self, column: str) -> bool:
        """Whether more than half of the filled cells of a column are numbers; an empty column counts as numbers."""
        if column.lower() in TEXT_COLUMNS:
            return False
        filled = self.frame[column].dropna()
        return bool(2 * pd.to_numeric(filled, errors="coerce").notna().sum() >= len(filled))

    def text(self, column: str) -> NDArray[np.str_]:
        """A column as text (rows,), stripped, empty where the cell is; :class:`InputError` on one longer than names."""
        cells = self.frame[column].astype(object).fillna("").astype(str).str.strip()
        lengths = cells.str.len().to_numpy()
        if len(cells) and lengths.max() > LONGEST_NAME:  # in an array of text every cell takes as much as the longest
            row = int(np.argmax(lengths))
            raise InputError(
                f"{self.path}: line {self.first_line + row} has {lengths[row]} characters in column {column}, at most "
                f"{LONGEST_NAME} can be; correct the line"
            )
        return cells.to_numpy(dtype=np.str_)

    def depth_m(self) -> NDArray[np.float64]:
        """Depths in metres, (rows,); :class:`InputError` when there is no depth column, unit or number."""
        found = depth_columns(self.columns)
        if not found:
            raise InputError(
                f"{self.path}: no depth column among {_listed(self.columns)}; name one DEPTH_m or DEPTH_ft"
            )
        column = found[0]
        depth = self.numbers(column) * self._metres_per(column)
        if not np.isfinite(depth).all():
            row = int(np.argmin(np.isfinite(depth)))
            raise InputError(
                f"{self.path}: line {self.first_line + row} has no depth in column {column}; remove or mend the line"
            )
        return depth

    def _metres_per(self, column: str) -> float:
        parsed = depth_name_and_unit(column)
        in_header, in_row = parsed[1] if parsed else "", self.units.get(column, "")
        if not (in_header or in_row):
            raise InputError(
                f"{self.path}: depth column {column} has no unit; write it in the header, {column}_m or {column}_ft"
            )
        factors = {unit: metres_per(unit) for unit in (in_header, in_row) if unit}
        for unit, factor in factors.items():
            if factor is None:
                raise InputError(
                    f"{self.path}: the units row gives {unit!r} for depth column {column}; use one of {DEPTH_UNITS}"
                )
        values = [factor for factor in factors.values() if factor is not None]
        if len(set(values)) > 1:
            raise InputError(
                f"{self.path}: the units row gives {in_row!r} for column {column}; make header and units row agree"
            )
        return values[0]


def _listed(columns: list[str]) -> str:
    return ", ".join(column[:40] for column in columns[:8]) + (", ..." if len(columns) > 8 else "")


def read_text(path: Path, longest_line: int | None = LONGEST_LINE) -> str:
    """The text of a file: UTF-8, else the Windows code page that older programs write; universal newlines. Refuses
    longer lines; None allows any, as in JSON, which needs no lines.
    """
    data, encoding = _read_bytes(path, longest_line)
    return data.decode(encoding, errors="replace")


def _read_bytes(path: Path, longest_line: int | None = LONGEST_LINE) -> tuple[bytes, str]:
    """A text file as bytes without byte order mark, its lines ended by "\\n", and its encoding."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{path}: cannot be read ({reason}); check the name and your rights to it") from error
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\0" in data:
        raise InputError(f"{path}: is not plain text; export it as text in UTF-8")
    if not data or data.isspace():
        raise InputError(f"{path}: the file is empty; export it again")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if longest_line is not None:
        _check_lines(path, data, longest_line)
    if data.isascii():
        return data, "utf-8"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data, "cp1252"
    return data, "utf-8"


def _check_lines(path: Path, data: bytes, longest: int) -> None:
    at = 0
    while len(data) - at > longest:  # from line end to the last line end within reach
        end = data.rfind(b"\n", at, at + longest + 1)
        if end < 0:
            raise InputError(
                f"{path}: line {data.count(10, 0, at) + 1} has more than {longest} characters; the file is damaged or "
                "lacks its line ends, export it again"
            )
        at = end + 1


def read_table(path: Path) -> Table:
    """Read delimited text: a header, perhaps a row of units, and data.

    The separator is a tab, semicolon or comma, whichever the header uses first in that order; with tabs and semicolons
    the decimal sign may be a comma. Empty cells are missing.
    """
    data, encoding = _read_bytes(path)
    text = _Lines(data, encoding)
    found = text.first()
    if found is None:
        raise InputError(f"{path}: holds comments alone; export it again")
    start, at, line = found
    separator = next((s for s in "\t;," if s in line), None)
    if separator is None:
        raise InputError(f"{path}: holds one column; separate the columns by commas, semicolons or tabs")
    header = _cells(line, separator)
    second, after = text.line(at)
    has_units = _is_units_row(header, _cells(second, separator))
    units = {name: unit for name, unit in zip(header, _cells(second, separator), strict=False) if unit and has_units}
    at = after if has_units else at
    first_line = start + 2 + int(has_units)
    header = _numbered(header, _cells(text.line(at)[0], separator))
    _check_last_line(path, text, at, separator, first_line, len(header))
    comma = separator != "," and re.compile(_DECIMAL_COMMA.replace(b"SEP", separator.encode()), re.M).search(data, at)
    frame = _parse(path, header, first_line - 1, separator, "," if comma else ".", encoding)
    return Table(path, frame, units, first_line)


_DECIMAL_COMMA = rb"(^|SEP) *[-+]?\d*,\d+ *($|SEP)"


@dataclass(frozen=True)
class _Lines:
    """Lines of a text that is too long to decode for the few of them that are looked at."""

    data: bytes
    encoding: str

    def line(self, at: int) -> tuple[str, int]:
        """The line that begins at a place, and where the next one does."""
        end = self.data.find(b"\n", at)
        end = len(self.data) if end < 0 else end
        return self.data[at:end].decode(self.encoding, errors="replace"), min(end + 1, len(self.data))

    def first(self) -> tuple[int, int, str] | None:
        """The first line that says something: its number from 0, where the next one begins, and the line itself."""
        number, at = 0, 0
        while at < len(self.data):
            line, after = self.line(at)
            if line.strip() and not line.startswith("#"):
                return number, after, line
            number, at = number + 1, after
        return None

    def last(self, at: int) -> tuple[int, str]:
        """The last line from a place on that says something, "" when none does: where it begins, and the line."""
        end, line, begin = len(self.data), "", at
        while end > at and not line.strip():
            begin = max(at, self.data.rfind(b"\n", at, end) + 1)
            line, end = self.line(begin)[0], begin - 1
        return begin, line


def _numbered(header: list[str], first: list[str]) -> list[str]:
    """The header of an image that only names it, as televiewer software writes them (depth, amplitude, then a depth and
    all of its sectors a line): amplitude[0], amplitude[1], ... Other headers as they are.
    """
    named = [name for name in header if name]
    while first and not first[-1]:
        first = first[:-1]
    sectors = len(first) - 1
    if len(named) != 2 or header[:2] != named or sectors < MIN_SECTORS or not depth_columns(named[:1]):
        return header
    surplus = max(0, len(header) - len(first))
    return [named[0], *(f"{named[1]}[{sector}]" for sector in range(sectors)), *[""] * surplus]


def _cells(line: str, separator: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?", cell))


def _is_units_row(header: list[str], cells: list[str]) -> bool:
    """A row of units holds no number where the depth belongs, and a known unit there or no number anywhere; a table
    without depths, as one of names, has none.
    """
    depths = depth_columns(header)
    at_depth = [cell for name, cell in zip(header, cells, strict=False) if name in depths]
    if not at_depth or not any(cells) or any(map(_is_number, at_depth)):
        return False
    return any(cell and metres_per(cell) for cell in at_depth) or not any(map(_is_number, cells))


def _check_last_line(path: Path, text: _Lines, at: int, separator: str, first_line: int, columns: int) -> None:
    begin, line = text.last(at)
    if line.strip() and len(_cells(line, separator)) < columns:
        raise InputError(
            f"{path}: line {first_line + text.data.count(10, at, begin)}, the last one, has fewer cells than the "
            f"header's {columns}; the file is cut short, copy or export it again"
        )


def _parse(path: Path, header: list[str], skipped: int, separator: str, decimal: str, encoding: str) -> pd.DataFrame:
    """What follows so many lines. From the file itself: pandas takes twice as long over a text in memory."""
    as_text = {k: str.strip for k, name in enumerate(header) if name.lower() in TEXT_COLUMNS}
    try:
        with warnings.catch_warnings():
            # Lines longer than the header would be cut to fit with a warning, which hides columns that have shifted.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            warnings.simplefilter("ignore", pd.errors.DtypeWarning)  # numbers() names cells that are none
            frame = pd.read_csv(
                path,
                sep=separator,
                header=None,
                names=range(len(header)),
                index_col=False,
                decimal=decimal,
                converters=as_text,
                skiprows=skipped,
                encoding=encoding,
                encoding_errors="replace",
            )
    except pd.errors.EmptyDataError:
        frame = pd.DataFrame(columns=range(len(header)), dtype=float)
    except (pd.errors.ParserError, pd.errors.ParserWarning):
        raise InputError(
            f"{path}: a line has more cells than the header's {len(header)}; remove the surplus separators"
        ) from None
    frame.columns = pd.Index(_unique(header))
    return frame


def _unique(header: list[str]) -> list[str]:
    """The header with repeated names numbered, so that each names one column: A, B, A becomes A, B, A#2."""
    seen: dict[str, int] = {}
    names = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names
