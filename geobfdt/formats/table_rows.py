"""Whether the rows of delimited text are whole: cells that were lost move all those behind them."""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.table_header import BLANKS, Header, Lines

MOST_SHORT = 100_000
"""Lines that may be short without a doubt about the whole file."""
_BLOCK = 2**16
_REMARK = re.compile(r"comment|remark|note|descr", re.IGNORECASE)
"""Columns that programs may leave out of every line, with the separators before them."""


@dataclass(frozen=True)
class Rows:
    """The lines below a header: those of a text from a place on, which is line ``first_line`` of the file; of which so
    many are ``remarks``, which begin with a #, and no rows.
    """

    path: Path
    text: Lines
    at: int
    header: Header
    first_line: int
    remarks: int = 0

    @cached_property
    def lines(self) -> list[tuple[int, bytes]]:
        """Lines that are rows, each with its number in the file."""
        return [
            (self.first_line + k, line)
            for k, line in enumerate(self.text.data[self.at :].split(b"\n"))
            if line.strip() and not (self.remarks and line.lstrip().startswith(b"#"))
        ]

    def _count(self, byte: bytes) -> int:
        """How often a byte stands in them: in blocks that stay in the cache, five times as fast as bytes.count."""
        view = np.frombuffer(self.text.data, np.uint8)[self.at :]
        blocks = (view[at : at + _BLOCK] == byte[0] for at in range(0, len(view), _BLOCK))
        return sum(int(np.count_nonzero(block)) for block in blocks)

    def numbered(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows with an index that counts their lines from the first one, where some between are none."""
        if self._count(b"\n") + (not self.text.data.endswith(b"\n")) <= len(frame):
            return frame
        numbers = [number - self.first_line for number, _ in self.lines]
        if len(numbers) < len(frame):  # separators below a table are rows of no cell
            return frame
        return frame.set_axis(pd.Index(numbers[: len(frame)]))

    def check(self, frame: pd.DataFrame, names: list[str]) -> None:
        """Raise :class:`InputError` where a quote swallowed rows and where a cell in the middle of one may be missing;
        count rows that are shorter than the header, whose last cells were taken for empty.
        """
        if self.text.data.find(b'"', self.at) >= 0 and self.header.separator != BLANKS and self._check_quotes():
            return
        named = len(names) - next((k for k, name in enumerate(reversed(names)) if name), 0)
        if not len(frame) or not named:
            return
        last = frame.iloc[:, named - 1]
        empty = (last.isna() | (last == "")).to_numpy(bool)
        if not empty.any():
            return
        separator = self.header.separator
        if separator != BLANKS and self._count(separator.encode()) >= (len(names) - 1) * len(frame):
            return  # as no row is longer, none is shorter
        if len(self.lines) < len(frame):
            return
        short = [row for row in np.flatnonzero(empty).tolist() if self._cells(self.lines[row][1]) < named]
        if not short:
            return
        number, line = self.lines[short[0]]
        if len(short) > MOST_SHORT and 2 * len(short) > len(frame):
            raise InputError(
                f"{self.path}: {len(short)} of {len(frame)} lines hold fewer cells than the {named} of the header; the "
                "file is damaged, export it again"
            )
        if self.header.separator == BLANKS:
            raise InputError(
                f"{self.path}: line {number} has {self._cells(line)} cells for {named} columns, and blanks do not say "
                "which is missing; write a null in its place, as -999.25, or separate the columns by commas"
            )
        left_out = names[self._cells(line) : named]
        if len(short) == len(frame) and not all(_REMARK.search(name) for name in left_out):
            raise InputError(
                f"{self.path}: its header names {named} columns and its lines hold {self._cells(line)} cells; name as "
                "many columns as there are"
            )
        warnings.warn(
            f"{self.path}: {len(short)} of {len(frame)} lines hold fewer cells than the header's {named}, their last "
            f"ones were taken for empty, the first is line {number}",
            InputWarning,
            stacklevel=4,
        )

    def _cells(self, line: bytes) -> int:
        if self.header.separator == BLANKS or b'"' in line:
            return len(self.header.cells(line.decode(self.text.encoding, "replace")))
        return line.count(self.header.separator.encode()) + 1

    def _check_quotes(self) -> bool:
        """Whether a quoted cell runs over the end of its line, as it may; :class:`InputError` where it holds rows."""
        found = False
        for first, last in self._records():
            found = True
            inside = [line for number, line in self.lines if first < number <= last]
            if any(line.count(self.header.separator.encode()) + 1 >= len(self.header.names) > 1 for line in inside):
                raise InputError(
                    f"{self.path}: line {first} has a quote that is closed in line {last} only, with rows between; "
                    "correct it"
                )
        return found

    def _records(self) -> Iterator[tuple[int, int]]:
        """The first and last lines of every row that takes several."""
        text = self.text.data[self.at :].decode(self.text.encoding, "replace").split("\n")
        reader, before = csv.reader(text, delimiter=self.header.separator), 0
        for _ in reader:
            if reader.line_num > before + 1:
                yield self.first_line + before, self.first_line + reader.line_num - 1
            before = reader.line_num
