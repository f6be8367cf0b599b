"""Curves beside an image: gamma ray, calipers, deviation and whatever else a log has one number of at each depth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.curve import Curve
from geobfdt.errors import InputError
from geobfdt.formats.image_columns import find_images, uneven_azimuths
from geobfdt.formats.suffixes import DELIMITED
from geobfdt.formats.tables import Table
from geobfdt.formats.units import depth_columns

CURVE_SUFFIXES = (*DELIMITED, ".las", ".dlis")


def read_curves(path: str | Path) -> list[Curve]:
    """The curves of a LAS, a DLIS or a table, those of an image and the depths left out; none of other formats.

    Depths come out in metres and increasing, nulls as NaN; a curve without any value is left out. Of a table with a
    line a depth and sector the columns that are one value at each depth are curves. Raises :class:`InputError` on a
    file that cannot be read.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in CURVE_SUFFIXES:
        return []
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; check the name")
    if suffix == ".las":
        from geobfdt.formats import las

        tables = las.read_tables(path, lambda curves: len(curves) > 1)
    elif suffix == ".dlis":
        from geobfdt.formats import dlis

        tables = dlis.read_tables(path)
    else:
        from geobfdt.formats.text_table import read_table

        tables = [read_table(path)]
    return [curve for table in tables for curve in _curves(table)]


def _curves(table: Table) -> list[Curve]:
    depth_m = table.depth_m(gaps=True)
    rows = np.flatnonzero(np.isfinite(depth_m))
    rows = rows[np.argsort(depth_m[rows], kind="stable")]
    names = _single(table)
    starts = np.flatnonzero(np.r_[True, np.diff(depth_m[rows]) != 0]) if len(rows) else rows
    repeats = len(rows) >= 2 * len(starts)  # a line a depth and sector
    found = []
    for name in names:
        values = table.numbers(name)[rows]
        if repeats:
            if not _one_a_depth(values, starts):
                continue
            values = values[starts]
        if np.isfinite(values).any():
            depths = depth_m[rows][starts] if repeats else depth_m[rows]
            found.append(Curve(name, table.units.get(name, ""), table.descriptions.get(name, ""), depths, values))
    return found


def _single(table: Table) -> list[str]:
    """The columns of numbers that are neither depths nor sectors of an image."""
    depths = {*depth_columns(table.columns), table.index}
    columns = [column for column in table.columns if column not in depths]
    sectors = {column for image in find_images(columns, table.units) for column in image.columns}
    if not sectors and (unevenly := uneven_azimuths(columns)):
        sectors = set(unevenly.columns)
    return [column for column in columns if column not in sectors and _is_numbers(table, column)]


def _is_numbers(table: Table, column: str) -> bool:
    """Whether a column is numbers all through; one that is mixed is none to be drawn."""
    try:
        return table.is_numeric(column) and len(table.numbers(column)) > 0
    except InputError:
        return False


def _one_a_depth(values: NDArray[np.float64], starts: NDArray[np.intp]) -> bool:
    """Whether values (lines,) are the same in all lines of each depth."""
    least, most = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
    return bool(((least == most) | np.isnan(least)).all())
