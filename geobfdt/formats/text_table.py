"""Delimited text as a table, whatever separator and decimal sign it was written with."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pandas as pd

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.table_header import BLANKS, Header, Lines, find_header, is_units_row, numbered
from geobfdt.formats.tables import TEXT_COLUMNS, Table
from geobfdt.formats.text_file import read_bytes
from geobfdt.formats.units import depth_columns

MOST_COLUMNS = 10_000
"""No image has as many sectors, and each column is looked at for itself."""


def read_table(path: Path) -> Table:
    """Read delimited text: a header, perhaps below titles, perhaps a row of units, and data.

    The separator is a tab, semicolon or comma, whichever the header uses first in that order, or what a first line
    ``sep=`` says, or blanks, as below the header block of a Petrel file; with all but commas the decimal sign may be a
    comma. Empty cells are missing, rows without any cell are none. Lines above a header that names a depth are titles;
    their number is a warning.
    """
    data, encoding = read_bytes(path)
    text = Lines(data, encoding)
    header = find_header(path, text)
    separator, names, at = header.separator, header.names, header.after
    second, after = text.line(at)
    cells = header.cells(second)
    has_units = is_units_row(names, cells)
    units = {name: unit for name, unit in zip(names, cells, strict=False) if unit and has_units}
    if header.depth_unit:
        units |= dict.fromkeys(depth_columns(names), header.depth_unit)
    at = after if has_units else at
    first_line = header.number + 2 + int(has_units)
    names = numbered(names, header.cells(text.line(at)[0]))
    if len(names) > MOST_COLUMNS:
        raise InputError(f"{path}: its header names {len(names)} columns; the file is damaged, export it again")
    footer = _footer(path, text, at, header, first_line, len(names))
    between = rb"\s" if separator == BLANKS else separator.encode()
    comma = separator != "," and re.compile(_DECIMAL_COMMA.replace(b"SEP", between), re.M).search(data, at)
    frame = _parse(path, names, first_line - 1, separator, "," if comma else ".", encoding)
    return Table(path, frame.iloc[: len(frame) - footer], units, first_line)


_DECIMAL_COMMA = rb"(^|SEP) *[-+]?\d*,\d+ *($|SEP)"


def _footer(path: Path, text: Lines, at: int, header: Header, first_line: int, columns: int) -> int:
    """1 where the last line of a table is a word to its end rather than a row of it, with a warning, else 0. Raises
    :class:`InputError` on a last row that may be cut, which has fewer cells than the header and the row before.
    """
    begin, line = text.last(at)
    cells = len(header.cells(line)) if line.strip() else columns
    if cells >= columns:
        return 0
    number = first_line + text.data.count(10, at, begin)
    if not re.search(r"\d", line):
        warnings.warn(f"{path}: line {number}, {line.strip()!r}, was taken for no row", InputWarning, stacklevel=3)
        return 1
    _, before = Lines(text.data[:begin], text.encoding).last(at)
    if before.strip() and len(header.cells(before)) <= cells:  # programs leave out separators of empty cells
        return 0
    raise InputError(
        f"{path}: line {number}, the last one, has fewer cells than the header's {columns} and the line before; "
        "complete it, remove it or, where the file was cut there, export it again"
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
    return _without_tail(frame)


def _without_tail(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows down to the last that holds a cell: spreadsheets leave separators below what they hold."""
    rows = len(frame)
    while rows and bool((frame.iloc[rows - 1].isna() | (frame.iloc[rows - 1] == "")).all()):
        rows -= 1
    return frame.iloc[:rows]


def _unique(header: list[str]) -> list[str]:
    """The header with repeated names numbered, so that each names one column: A, B, A becomes A, B, A#2."""
    seen: dict[str, int] = {}
    names = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names
