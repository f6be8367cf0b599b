"""Tables of intervals, with a top, a base and a label each; and facies curves of LAS, as intervals."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geobfdt.borehole.intervals import Intervals
from geobfdt.borehole.names import clean_names
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.atomic import replacing, together
from geobfdt.formats.picks_csv import write_columns
from geobfdt.formats.provenance import metadata_of, write_metadata
from geobfdt.formats.suffixes import CORPUS, DELIMITED, supported
from geobfdt.formats.tables import HIGHEST_M, LABEL_COLUMNS, Table, listed
from geobfdt.formats.text_table import read_table
from geobfdt.formats.units import DEPTH_UNITS, bare_unit, depth_columns, metres_per
from geobfdt.formats.well_columns import wells_of

SUFFIXES = (*DELIMITED, ".las", *CORPUS)

_EDGES = {"top": ("top", "from"), "base": ("base", "bottom", "to")}
_DEPTH_WORDS = {"depth", "md", "interval"}
"""Words that may stand around those, as in Depth From (m)."""
_WORDS = re.compile(r"0?\.1 ?in|[^\W_]+")
_ROUNDED_M = 0.002
"""Borders that overlap by no more are one border that was rounded twice."""
_GAP = 1.5
"""Steps of a curve: beyond them there is a hole in it."""


def read_intervals(path: str | Path, curve: str | None = None) -> Intervals:
    """Read intervals: a table with columns top, base and label, of any unit of length that their names, or a row below
    them, say, perhaps with a share and a well; the ``curve`` of a LAS file, whole numbers or words, whose runs of one
    value are an interval each, with borders half-way between samples; or those of a corpus.

    Rows without a label are left out with a warning. Raises :class:`InputError`, one sentence naming file, line and
    remedy, where columns are missing or could each be meant, a unit is missing or unknown, a top is not above its base,
    or two intervals overlap.
    """
    path = Path(path)
    suffix = supported(path, SUFFIXES, "intervals")
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; check the name")
    if curve is not None and suffix != ".las":
        raise InputError(f"{path}: only a LAS file has curves; leave out --intervals-curve {curve}")
    if suffix == ".las":
        return _from_curve(path, curve)
    if suffix in CORPUS:
        from geobfdt.formats.corpus import iter_corpus

        parts = [(well.intervals, well.log.well) for well in iter_corpus(path)]
        columns = [(part.top_m, part.base_m, part.label, part.share, [name] * len(part)) for part, name in parts]
        joined = [np.concatenate(column) for column in zip(*columns, strict=True)] if columns else []
        return Intervals(*joined)
    return _from_table(read_table(path))


def holds_intervals(path: Path) -> bool:
    """Whether a file is a table of intervals by the names of its columns."""
    if path.suffix.lower() not in DELIMITED or not path.is_file():
        return False
    with warnings.catch_warnings(action="ignore", category=InputWarning):
        return are_intervals(read_table(path))


def are_intervals(table: Table) -> bool:
    """The same of a table: tops and bases and labels, and no depth of its own."""
    columns = table.columns
    edges = all(any(_edge(column, edge) is not None for column in columns) for edge in _EDGES)
    labels = any(column.lower() in LABEL_COLUMNS for column in columns)
    return edges and labels and not depth_columns(columns)


def write_intervals(intervals: Intervals, path: Path, parameters: Mapping[str, str] | None = None) -> None:
    """Write the columns top_m, base_m, label and share, depths to 0.1 mm, and beside them where they come from."""
    columns = {name: getattr(intervals, name) for name in ("top_m", "base_m", "label", "share")}
    with together(), replacing(path, (".csv",)) as temporary:
        write_columns(columns, temporary)
        if parameters or metadata_of(path).exists():
            write_metadata(path, temporary.read_bytes(), parameters or {})


def _from_table(table: Table) -> Intervals:
    table = _without_units_row(table)
    top_m, base_m = (_edge_m(table, edge) for edge in _EDGES)
    label = clean_names(table.text(_label_column(table)))
    share = table.column("share")
    shares = table.numbers(share) if share else np.full(len(label), np.nan)
    well = wells_of(table, "leave one of them out")
    blank = label == ""
    if blank.any():
        warnings.warn(
            f"{table.path}: {blank.sum()} of {len(label)} intervals have no label and were left out, the first in line "
            f"{table.line(int(np.argmax(blank)))}",
            InputWarning,
            stacklevel=3,
        )
    rows = np.flatnonzero(~blank)
    _check_order(table, rows, top_m, base_m)
    rows = rows[np.lexsort((top_m[rows], well[rows]))]
    base_m = _check_overlaps(table, rows, top_m, base_m, well)
    return _found(table.path, top_m[rows], base_m[rows], label[rows], shares[rows], well[rows])


def _found(
    path: Path,
    top_m: NDArray[np.float64],
    base_m: NDArray[np.float64],
    label: NDArray[np.str_],
    share: NDArray[np.float64] | float,
    well: NDArray[np.str_],
) -> Intervals:
    try:
        return Intervals(top_m, base_m, label, share, well)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _without_units_row(table: Table) -> Table:
    """The table with the units of its edges, where its first row gives them."""
    edges = [column for edge in _EDGES for column in table.columns if _edge(column, edge) is not None]
    if not len(table.frame) or not edges:
        return table
    first = {column: bare_unit(str(table.frame[column].iloc[0])) for column in edges}
    if not all(metres_per(unit) for unit in first.values()):
        return table
    return replace(table, frame=table.frame.iloc[1:], units={**table.units, **first})


def _edge(column: str, edge: str) -> str | None:
    """The unit that a column's name gives, "" for none, where it is that of tops, or of bases; None where not."""
    words = [word.lower() for word in _WORDS.findall(column)]
    words = [word for word in words if word not in _DEPTH_WORDS]
    return " ".join(words[1:]) if words and len(words) < 3 and words[0] in _EDGES[edge] else None


def _edge_m(table: Table, edge: str) -> NDArray[np.float64]:
    """The tops, or the bases, in metres (rows,)."""
    found = {column: unit for column in table.columns if (unit := _edge(column, edge)) is not None}
    if not found:
        raise InputError(
            f"{table.path}: has no column {edge} among {listed(table.columns)}; intervals have the columns top_m, "
            "base_m and label, or top_ft and base_ft"
        )
    if len(found) > 1:
        raise InputError(f"{table.path}: {' and '.join(found)} could each be the {edge}; leave one of them out")
    ((column, in_name),) = found.items()
    units = {unit for unit in (in_name, table.units.get(column, "")) if unit}
    if not units:
        raise InputError(f"{table.path}: column {column} has no unit; write it in the header, {edge}_m or {edge}_ft")
    unknown = [unit for unit in units if metres_per(unit) is None]
    if unknown:
        raise InputError(f"{table.path}: column {column} is in {unknown[0]!r}; use one of {DEPTH_UNITS}")
    factors = {metres_per(unit) for unit in units}
    if len(factors) > 1:
        raise InputError(
            f"{table.path}: column {column} is given the units {' and '.join(sorted(units))}; leave one out"
        )
    depth_m = np.asarray(table.numbers(column) * float(factors.pop() or 1.0), np.float64)
    for row in np.flatnonzero(np.isnan(depth_m))[:1]:
        raise InputError(f"{table.path}: line {table.line(int(row))} has no {edge}; complete it, or remove the line")
    for row in np.flatnonzero(depth_m < HIGHEST_M)[:1]:
        raise InputError(
            f"{table.path}: line {table.line(int(row))} has its {edge} at {depth_m[row]:g} m, as elevations are; give "
            "depths along the hole, downwards"
        )
    return depth_m


def _label_column(table: Table) -> str:
    found = [column for column in table.columns if column.lower() in LABEL_COLUMNS]
    if not found:
        raise InputError(
            f"{table.path}: has no column label among {listed(table.columns)}; name that of the classes label"
        )
    own = [column for column in found if column.lower() == "label"]
    if len(own or found) > 1:
        raise InputError(f"{table.path}: {' and '.join(found)} could each be the labels; name one of them label")
    return (own or found)[0]


def _check_order(table: Table, rows: NDArray[np.intp], top_m: NDArray[np.float64], base_m: NDArray[np.float64]) -> None:
    for row in rows[~(top_m[rows] < base_m[rows])][:1].tolist():
        raise InputError(
            f"{table.path}: line {table.line(row)} has its top at {top_m[row]:g} m and its base at {base_m[row]:g} m; "
            "the top must lie above the base, depths downwards"
        )


def _check_overlaps(
    table: Table,
    rows: NDArray[np.intp],
    top_m: NDArray[np.float64],
    base_m: NDArray[np.float64],
    well: NDArray[np.str_],
) -> NDArray[np.float64]:
    """The bases, at the next top where the two were rounded. ``rows`` are sorted by well and top."""
    base_m = base_m.copy()
    for row, below in zip(rows[:-1].tolist(), rows[1:].tolist(), strict=True):
        over_m = base_m[row] - top_m[below]
        if well[row] != well[below] or over_m <= 0:
            continue
        if over_m > _ROUNDED_M or top_m[below] <= top_m[row]:
            raise InputError(
                f"{table.path}: lines {table.line(row)} and {table.line(below)} overlap from {top_m[below]:g} to "
                f"{min(base_m[row], base_m[below]):g} m; give every depth one label"
            )
        base_m[row] = top_m[below]
    return base_m


def _from_curve(path: Path, curve: str | None) -> Intervals:
    """Runs of one value in a curve."""
    from geobfdt.formats import las

    tables = las.read_tables(path, lambda curves: curve in curves)
    table = next((one for one in tables if curve in one.columns), None)
    if table is None or curve is None:
        curves = [column for column in tables[0].columns if column not in (tables[0].index, "well")]
        asked = f"no curve {curve}" if curve else "curves, and one of them has the labels"
        raise InputError(f"{path}: holds {asked}; choose one of {listed(curves)} with --intervals-curve NAME")
    depth_m, label = table.depth_m(), _labels_of(table, curve)
    order = np.argsort(depth_m, kind="stable")
    depth_m, label = depth_m[order], label[order]
    if len(depth_m) < 2 or not (label != "").any():
        raise InputError(f"{path}: curve {curve} holds no label; choose another with --intervals-curve NAME")
    steps = np.diff(depth_m)
    step_m = float(np.median(steps))
    ends = np.flatnonzero((label[1:] != label[:-1]) | (steps > _GAP * step_m)) + 1
    first, last = np.concatenate([[0], ends]), np.concatenate([ends - 1, [len(label) - 1]])
    half = np.minimum(np.concatenate([[step_m], steps, [step_m]]), step_m * _GAP) / 2
    half[[0, -1]] = step_m / 2
    half[1:-1][steps > _GAP * step_m] = step_m / 2
    top_m, base_m = depth_m[first] - half[first], depth_m[last] + half[last + 1]
    base_m = np.minimum(base_m, np.append(top_m[1:], np.inf))
    well = table.text("well") if "well" in table.columns else np.full(len(label), "", np.str_)
    kept = label[first] != ""
    return _found(path, top_m[kept], base_m[kept], label[first][kept], np.nan, well[order][first][kept])


def _labels_of(table: Table, curve: str) -> NDArray[np.str_]:
    """Whole numbers or words of a curve as text (rows,), "" for null."""
    if not table.is_numeric(curve) and not pd.api.types.is_numeric_dtype(table.frame[curve]):
        return clean_names(table.text(curve))
    values = table.numbers(curve)
    for row in np.flatnonzero(np.isfinite(values) & (values != np.round(values)))[:1]:
        raise InputError(
            f"{table.path}: curve {curve} has {values[row]:g} at {table.depth_m()[row]:g} m, which is no code; choose "
            "a curve of whole numbers or words with --intervals-curve NAME"
        )
    return np.array([f"{value:.0f}" if np.isfinite(value) else "" for value in values], np.str_)
