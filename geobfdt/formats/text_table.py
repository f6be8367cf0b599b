"""Delimited text as a table, whatever separator and decimal sign it was written with."""

from __future__ import annotations

import io
import re
import warnings
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from geobfdt.errors import InputError, InputWarning, quiet
from geobfdt.formats.decimals import Signs, quoted_signs_of, signs_of
from geobfdt.formats.table_header import BLANKS, WIDE, Header, Lines, find_header, is_rule, is_units_row, numbered
from geobfdt.formats.table_rows import Rows
from geobfdt.formats.tables import Table, holds_text
from geobfdt.formats.text_file import in_memory, read_bytes
from geobfdt.formats.units import bare_unit, depth_columns

MOST_COLUMNS = 10_000
"""No image has as many sectors, and each column is looked at for itself."""


def read_table(path: Path) -> Table:
    """Read delimited text: a header, perhaps below titles or in a remark, perhaps a row of units, and data.

    The separator is a tab, semicolon or comma, whichever the header uses first in that order, or what a first line
    ``sep=`` says, or blanks, as below the header block of a Petrel file. What commas and points in numbers are, all of
    them tell (:mod:`geobfdt.formats.decimals`). Empty cells are missing, rows without any cell are none. Titles
    above a header, remarks among the data and rows that are shorter than the header are counted in warnings. Raises
    :class:`InputError` where a row may have lost a cell in its middle.
    """
    data, encoding = read_bytes(path)
    text = Lines(data, in_memory(encoding))
    header = find_header(path, text)
    names, at, first_line = header.names, header.after, header.number + 2
    units: dict[str, str] = {}
    while at < len(data):
        line, after = text.line(at)
        cells = header.cells(line)
        if not is_rule(cells):
            if units or not is_units_row(names, cells):
                break
            units = {name: bare_unit(unit) for name, unit in zip(names, cells, strict=False) if unit}
        at, first_line = after, first_line + 1
    if header.depth_unit:
        units = dict.fromkeys(depth_columns(names), header.depth_unit) | units
    source = None
    if header.separator == BLANKS and _is_wide(text.some(at, _FIRST_ROWS), len(names)):
        data = data[:at] + b"\n".join(b"\t".join(_WIDE.split(line.strip())) for line in data[at:].split(b"\n"))
        text, header, source = replace(text, data=data), replace(header, separator="\t"), io.BytesIO(data)
    if sum(map(bool, names)) == 2:
        names = numbered(names, [header.cells(line) for line in text.some(at, _FIRST_ROWS)])
    if len(names) > MOST_COLUMNS:
        raise InputError(f"{path}: its header names {len(names)} columns; the file is damaged, export it again")
    footer = _footer(path, text, at, header, first_line, len(names))
    signs = (quoted_signs_of if header.separator == "," else signs_of)(data, path, at)
    remarks = _remarks(path, data, at, first_line)
    skipped = [*range(first_line - 1), *remarks]
    frame = _parse(path, names, header.separator, signs, encoding, skipped, source)
    frame = frame.iloc[: len(frame) - footer]
    rows = Rows(path, text, at, header, first_line, len(remarks))
    rows.check(frame, names)
    return Table(path, _with_numbers(path, rows.numbered(frame)), units, first_line)


_FIRST_ROWS = 1000
"""Rows that tell how many sectors an image has whose header only names it."""


_WIDE = re.compile(WIDE.pattern.encode())


def _is_wide(rows: list[str], columns: int) -> bool:
    """Whether cells of a table that is set by blanks hold blanks themselves, as words of kinds do, and all rows have
    wider ones between their cells.
    """
    counts = {(len(row.split()), len(WIDE.split(row.strip()))) for row in rows}
    return bool(counts) and {wide for _, wide in counts} == {columns} and any(narrow != columns for narrow, _ in counts)


def _remarks(path: Path, data: bytes, at: int, first_line: int) -> list[int]:
    """Lines of the file, counted from 0, that begin with a # among the data."""
    if data.find(b"#", at) < 0 or not re.compile(rb"^[ \t]*#", re.MULTILINE).search(data, at):
        return []
    found = [k for k, line in enumerate(data[at:].split(b"\n")) if line.lstrip().startswith(b"#")]
    line = first_line + found[0]
    told = f"{path}: {len(found)} lines that begin with # were taken for remarks, the first is line {line}"
    warnings.warn(told, InputWarning, stacklevel=3)
    return [first_line - 1 + k for k in found]


_NOTHING = re.compile(r"[-*.?]+|none|missing|null|nan|n/?a|#(n/?a|value!|ref!|div/0!)", re.IGNORECASE)
"""Words that stand where a number is missing."""
_DEGREES = re.compile(r"([-+]?\d+(?:[.,]\d*)?)\s*[\N{DEGREE SIGN}\N{MASCULINE ORDINAL INDICATOR}]")


def _with_numbers(path: Path, frame: pd.DataFrame) -> pd.DataFrame:
    """The table with numbers in columns whose cells are numbers but for words for nothing, which are counted in a
    warning, and signs of degrees behind them.
    """
    words: Counter[str] = Counter()
    for column, dtype in frame.dtypes.items():
        if dtype.kind in "biuf" or holds_text(str(column)):
            continue
        cells = frame[column]
        try:
            numbers = pd.to_numeric(cells, errors="coerce").to_numpy(np.float64, copy=True)
        except OverflowError:
            told = f"{path}: column {column} has a number of more than 300 digits; correct it, or export the file again"
            raise InputError(told) from None
        others = {row: str(cells.iloc[row]).strip() for row in np.flatnonzero(np.isnan(numbers) & cells.notna())}
        nothing = [cell for cell in others.values() if _NOTHING.fullmatch(cell)]
        signed = {row: match for row, cell in others.items() if (match := _DEGREES.fullmatch(cell))}
        if len(nothing) + len(signed) < len(others) or not others:
            continue
        words.update(nothing)
        for row, match in signed.items():
            numbers[row] = float(match[1].replace(",", "."))
        frame = frame.assign(**{str(column): numbers})
    if words:
        told = ", ".join(f"{word!r} in {times} cells" for word, times in words.most_common(5))
        warnings.warn(f"{path}: {told}, taken for nothing measured", InputWarning, stacklevel=3)
    return frame


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


def _parse(
    path: Path,
    header: list[str],
    separator: str,
    signs: Signs,
    encoding: str,
    skipped: list[int],
    source: io.BytesIO | None,
) -> pd.DataFrame:
    """All but the lines skipped. From the file itself, where it is as it was: pandas takes twice as long over a text in
    memory.
    """
    as_text = {k: str.strip for k, name in enumerate(header) if holds_text(name)}
    try:
        # Lines longer than the header would be cut to fit with a warning, which hides columns that have shifted. Mixed
        # columns are warned of as well: numbers() names cells that are none.
        with quiet(errors=(pd.errors.ParserWarning,), ignored=(pd.errors.DtypeWarning,)):
            frame = pd.read_csv(
                source or path,
                sep=separator,
                header=None,
                names=range(len(header)),
                index_col=False,
                decimal=signs.decimal,
                thousands=signs.thousands,
                converters=as_text,
                skiprows=skipped if skipped != [*range(len(skipped))] else len(skipped),
                encoding=in_memory(encoding) if source else encoding,
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
