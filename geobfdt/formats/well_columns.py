"""Which column of a table names the well or the hole of each row, and what the names are."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.tables import WELL_COLUMNS, Table, names_a_well


def wells_of(table: Table, option: str) -> NDArray[np.str_]:
    """The well or hole of each row, (rows,), "" where a table says of none. A blank cell is filled with the name above,
    as of tables that name a well at the top of its rows only; how many is a warning. Of several columns the one that
    divides the rows furthest counts (a sidetrack is a hole of its own); :class:`InputError` naming two that divide them
    each in its own way, and the ``option`` that settles it.
    """
    names = {column: _filled_down(table.text(column)) for column in _well_columns(table)}
    names = {column: cells for column, cells in names.items() if (cells != "").any()}
    if not names:
        return np.full(len(table.frame), "", np.str_)
    groups = {column: pd.factorize(cells)[0] for column, cells in names.items()}
    finest = max(groups, key=lambda column: groups[column].max())  # the first of equals
    for column, other in groups.items():
        if len(np.unique(np.stack([groups[finest], other]), axis=1).T) > groups[finest].max() + 1:
            raise InputError(f"{table.path}: {finest} and {column} divide its rows each in its own way; {option}")
    blank = int(((names[finest] != "") & (table.text(finest) == "")).sum())
    if blank:
        warnings.warn(
            f"{table.path}: {blank} of {len(table.frame)} cells of column {finest} are blank and were taken for the "
            "name above them",
            InputWarning,
            stacklevel=3,
        )
    return names[finest]


def _well_columns(table: Table) -> list[str]:
    """The columns of wells, our own names first. One with a unit is something else, as a hole in inches; so may be a
    curve of a log, which has its well in its header.
    """
    found = [column for column in table.columns if names_a_well(column) and not table.units.get(column)]
    if table.index:
        found = [column for column in found if column.lower() in WELL_COLUMNS]
    return sorted(found, key=lambda column: column.lower() not in WELL_COLUMNS)


def _filled_down(cells: NDArray[np.str_]) -> NDArray[np.str_]:
    """Blank cells with the last name above them; blank ones at the top stay so."""
    named = np.maximum.accumulate(np.where(cells != "", np.arange(len(cells)), -1))
    return np.where(named >= 0, cells[named], "") if len(cells) else cells
