"""Tables: columns of a file with the units that it gives for them, whatever format they were read from."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geobfdt.borehole.image_log import as_pixels
from geobfdt.borehole.names import LONGEST_NAME
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.units import (
    DEPTH_UNITS,
    angle_unit,
    degrees_per,
    depth_columns,
    depth_name_and_unit,
    metres_per,
    no_angles,
    without_nulls,
)

WELL_COLUMNS = ("wellname", "well", "borehole")
KIND_COLUMNS = (
    *("type", "class", "kind", "diptype", "dip type", "dip_type"),
    *("feature", "feature type", "structure", "structure type", "category", "pick type"),
)
LABEL_COLUMNS = ("label", "facies", "lithofacies", "lithology", "class")
"""Names of columns that hold the labels of intervals."""
TEXT_COLUMNS = (*WELL_COLUMNS, "datasetname", *KIND_COLUMNS, *LABEL_COLUMNS)
"""Columns whose cells stay text, lower case: well 001 is not well 1, and a kind named NA is not a missing one."""
_WELL_NAME = re.compile(
    r"((drill|bore)?(well|hole)|wellbore|bore|bh|dh|ddh|boring)(id|name|no|nr|number|code)|(bore|drill)?hole|wellbore"
    r"|bh|dh|ddh|boring|uwi|idcode"
)
HIGHEST_M = -30.0
"""No depth along a hole begins higher above its datum."""
SAME_DEPTH_M = 0.05
"""Two columns of depths that differ by no more are one depth as two programs round it."""


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of a file, with the units it gives for them.

    frame       one row a data line; text columns are str, others numbers or, where a cell is no number, mixed; its
                index counts lines of the file from ``first_line``
    units       unit by column; a column without one is missing
    first_line  line of the file that holds the first data row
    index       the column of depths where the format has one, as LAS has; "" where names must tell
    descriptions   what a column is in the file's own words; one without is missing
    """

    path: Path
    frame: pd.DataFrame
    units: Mapping[str, str]
    first_line: int
    index: str = ""
    descriptions: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        return [str(column) for column in self.frame.columns.tolist()]

    def line(self, row: int) -> int:
        """The line of the file that holds a row."""
        return self.first_line + int(self.frame.index[row])

    def named(self, names: Sequence[str]) -> Table:
        """The same table with its columns named in their order, "-" for those to leave out; a column of the well's name
        that the file does not have itself needs none, and the first one of a format that has its depths there keeps
        its own. Columns keep the units that the file gives them. :class:`InputError` on another number of names, on one
        given twice, and on no depth where the file has it.
        """
        again = next((name for k, name in enumerate(names) if name != "-" and name in names[:k]), None)
        if again is not None:
            raise InputError(f"{self.path}: --columns names {again} twice; give each column a name of its own")
        own = [column for column in self.columns if column != "well" or "well" in names]
        if len(names) != len(own):
            raise InputError(
                f"{self.path}: has {len(own)} columns ({listed(own)}), and {len(names)} names were given for them"
            )
        kept = {column: name for column, name in zip(own, names, strict=True) if name != "-"}
        if self.index:
            named = kept.get(self.index, "")
            if not depth_name_and_unit(named):
                raise InputError(f"{self.path}: its first column is its depths; name it depth_m in --columns")
            kept[self.index] = self.index  # in metres already, whatever the file has
        others = [column for column in self.columns if column not in own]
        units = {kept[column]: unit for column, unit in self.units.items() if column in kept}
        return replace(self, frame=self.frame[[*kept, *others]].rename(columns=kept), units=units)

    def column(self, *names: str) -> str | None:
        """The first of the names that the table has, case-blind, as the table spells it."""
        by_name = {column.lower(): column for column in reversed(self.columns)}
        return next((by_name[name.lower()] for name in names if name.lower() in by_name), None)

    def numbers(self, column: str) -> NDArray[np.float64]:
        """A column as float64 (rows,), nulls and what is infinite NaN; :class:`InputError` naming the line of a cell
        that is no number.
        """
        values = without_nulls(self.recorded(column))
        values[np.isinf(values)] = np.nan
        return values

    def recorded(self, column: str) -> NDArray[np.float64]:
        """The same with nulls as the file has them."""
        values = self.frame[column]
        converted = pd.to_numeric(values, errors="coerce")
        wrong = (converted.isna() & values.notna()).to_numpy()
        if wrong.any() and not pd.api.types.is_numeric_dtype(values):
            row = int(np.argmax(wrong))
            cell = str(values.iloc[row]).strip()
            if cell:
                raise InputError(
                    f"{self.path}: line {self.line(row)} has {cell!r} in column {column}, which is no number; "
                    "correct or remove the line"
                )
        return converted.to_numpy(np.float64)

    def matrix(self, columns: Sequence[str]) -> NDArray[np.float32]:
        """Columns of numbers side by side as float32 (rows, columns), nulls as they are; errors as :meth:`numbers`."""
        frame = self.frame[list(columns)]
        if all(dtype.kind in "fiu" for dtype in frame.dtypes):
            return as_pixels(frame.to_numpy())
        return as_pixels(np.column_stack([self.recorded(column) for column in columns]))

    def degrees(self, name: str) -> NDArray[np.float64]:
        """A column of angles in degrees (rows,), whatever unit its units row gives."""
        column = self.column(name)
        if column is None:
            raise InputError(f"{self.path}: has no column {name}; export it again with that column")
        in_name, in_row = angle_unit(column), self.units.get(column, "")
        factors = {degrees_per(unit) for unit in (in_name, in_row) if unit} or {1.0}
        if None in factors or len(factors) > 1:
            raise InputError(
                f"{self.path}: column {column} is given the units {', '.join(filter(None, (in_name, in_row)))}; "
                "use deg or rad"
            )
        values = self.numbers(column)
        null = no_angles(values)
        if null.any():
            different = ", ".join(f"{value:g}" for value in np.unique(values[null])[:3])
            warnings.warn(
                f"{self.path}: {null.sum()} of {len(values)} values in column {column} are {different}, taken for "
                "nothing measured",
                InputWarning,
                stacklevel=1,  # here, so that a column that is looked at twice is told of once
            )
            values[null] = np.nan
        return values * float(factors.pop() or 1.0)

    def holds_angles(self, column: str) -> bool:
        """Whether the units given for a column, if any, are those of angles."""
        return all(degrees_per(unit) for unit in (angle_unit(column), self.units.get(column, "")) if unit)

    def is_numeric(self, column: str) -> bool:
        """Whether more than half of the filled cells of a column are numbers; an empty column counts as numbers."""
        if holds_text(column):
            return False
        filled = self.frame[column].dropna()
        return bool(2 * pd.to_numeric(filled, errors="coerce").notna().sum() >= len(filled))

    def text(self, column: str) -> NDArray[np.str_]:
        """A column as text (rows,), stripped, empty where the cell is; :class:`InputError` on one longer than names."""
        codes, different = pd.factorize(self.frame[column].astype(object))
        words = [str(word).strip() for word in different]
        longest = max(range(len(words)), key=lambda k: len(words[k]), default=0)
        if words and len(words[longest]) > LONGEST_NAME:  # in an array of text every cell takes as much as the longest
            raise InputError(
                f"{self.path}: line {self.line(int(np.argmax(codes == longest)))} has {len(words[longest])} "
                f"characters in column {column}, at most {LONGEST_NAME} can be; correct the line"
            )
        return np.array([*words, ""], dtype=np.str_)[codes]

    def depth_m(self, *, gaps: bool = False) -> NDArray[np.float64]:
        """Depths in metres, (rows,); :class:`InputError` when there is no depth column, unit or number. Rows without a
        depth are refused, or NaN where ``gaps`` are allowed.
        """
        column = self.index or self._depth_column()
        depth = self.numbers(column) * self._metres_per(column)
        if not gaps and not np.isfinite(depth).all():
            row = int(np.argmin(np.isfinite(depth)))
            raise InputError(
                f"{self.path}: line {self.line(row)} has no depth in column {column}; remove or mend the line"
            )
        if np.nanmin(depth, initial=0.0) < HIGHEST_M:
            row = int(np.nanargmin(depth))
            what = (
                "its depths are negative, as elevations are"
                if np.nanmax(depth) <= 0
                else "a depth above ground, or a null"
            )
            raise InputError(
                f"{self.path}: line {self.line(row)} has {depth[row]:g} m in column {column}, {what}; give depths "
                "along the hole, downwards"
            )
        return depth

    def _depth_column(self) -> str:
        """The column of depths; :class:`InputError` without one, and of several that do not say the same."""
        found = depth_columns(self.columns)
        if not found and all(column.startswith("column ") for column in self.columns):
            raise InputError(
                f"{self.path}: has no header, its first line holds numbers; write one above, as depth_m,dip_deg,"
                f"azimuth_deg, or name its {len(self.columns)} columns with --columns"
            )
        if not found:
            raise InputError(f"{self.path}: no depth column among {listed(self.columns)}; name one DEPTH_m or DEPTH_ft")
        filled = [column for column in found if self.frame[column].notna().any()] or found[:1]
        # Core is measured along the hole, then put where the log has it: the adjusted depth is the one of the log.
        filled.sort(key=lambda column: not column.lower().startswith("adjusted"))
        depths = [self.numbers(column) * self._metres_per(column) for column in filled]
        for column, other in zip(filled[1:], depths[1:], strict=True):
            apart = np.abs(other - depths[0])
            if np.nanmax(apart, initial=0.0) <= SAME_DEPTH_M:
                continue
            if filled[0].lower().startswith("adjusted"):
                warnings.warn(
                    f"{self.path}: {filled[0]} was taken for the depth, not {column}, which is up to "
                    f"{np.nanmax(apart):.4g} m off",
                    InputWarning,
                    stacklevel=4,
                )
                continue
            row = int(np.nanargmax(apart))
            raise InputError(
                f"{self.path}: {filled[0]} and {column} could each be the depth, {depths[0][row]:.4g} m and "
                f"{other[row]:.4g} m in line {self.line(row)}; leave one of them out"
            )
        return filled[0]

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


def names_a_well(name: str) -> bool:
    """Whether the name of a column is one of those that wells and holes stand under: Well Name, HOLEID, UWI."""
    plain = re.sub(r"[\s_.#-]+", "", name.lower())
    return plain in WELL_COLUMNS or _WELL_NAME.fullmatch(plain) is not None


def holds_text(name: str) -> bool:
    """Whether the cells of a column of this name stay text, whatever they look like."""
    return name.lower() in TEXT_COLUMNS or names_a_well(name)


def listed(columns: list[str]) -> str:
    """The first names of columns for a message."""
    return ", ".join(column[:40] for column in columns[:8]) + (", ..." if len(columns) > 8 else "")
