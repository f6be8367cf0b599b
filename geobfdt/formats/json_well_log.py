"""JSON Well Log Format: tables of curves as JSON, here tables of picks (jsonwelllogformat.org)."""

from __future__ import annotations

import json
import math
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geobfdt.borehole.picks import COLUMNS, TEXTS, Picks
from geobfdt.errors import InputError, InputWarning, reason_of
from geobfdt.formats.atomic import replacing
from geobfdt.formats.picks_csv import columns_of
from geobfdt.formats.provenance import json_with_digest
from geobfdt.formats.tables import Table
from geobfdt.formats.text_file import read_text
from geobfdt.formats.units import depth_columns

MOST_COLUMNS = 1000
_NUMBER_AND_TEXT = re.compile(r"\s*([-+]?\d+(?:\.\d*)?)\s*([A-Za-z].*)")


def read_tables(path: Path) -> list[Table]:
    """Every log of a file as a table. Columns without a single value and rows without a depth, or a first value where
    the columns have no names, which converters leave behind, are dropped, the rows with a warning of their number; a
    last column in which a number runs into a text is taken apart.

    Columns whose names say nothing (empty, or twice the same) are named ``column 1``, ``column 2`` and so on, counted
    after what was dropped. Raises :class:`InputError` when the file is no such JSON.
    """
    try:
        loaded = json.loads(read_text(path, longest_line=None), parse_int=_whole)
        logs = loaded if isinstance(loaded, list) else [loaded]
        if not logs:
            raise ValueError("no log")
        return [_table(path, log) for log in logs]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise InputError(f"{path}: is no JSON Well Log file ({reason_of(error)}); export it again") from None


def _table(path: Path, log: Any) -> Table:
    header, curves, data = log["header"], log["curves"], log["data"]
    frame = pd.DataFrame(_padded(data), dtype=object)
    nested = frame.map(lambda cell: isinstance(cell, list | dict)).to_numpy(bool)
    if nested.any():  # samples of several values, as waveforms have; in a column that is read they are no numbers
        frame = frame.mask(nested, frame.astype(str))
    names = [str(curve.get("name") or "").strip() for curve in curves]
    units = [str(curve.get("unit") or "").strip() for curve in curves]
    if not data and names and all(names):
        return Table(path, pd.DataFrame(columns=names), {}, 1)
    if frame.empty:
        raise InputError(f"{path}: holds no data; export it again")
    depth = next((k for k, name in enumerate(names) if depth_columns([name]) and k < frame.shape[1]), 0)
    kept = pd.to_numeric(frame[depth], errors="coerce").notna()
    if not kept.all():
        named = "".join(names[depth : depth + 1]) or "their first cell"
        note = f"{path}: {(~kept).sum()} of {len(kept)} rows without a number in {named} were left out"
        warnings.warn(note, InputWarning, stacklevel=5)
    frame = frame[kept]
    filled = [k for k in range(frame.shape[1]) if bool(frame[k].notna().any())]
    frame = frame[filled]
    told = len(set(names)) == len(names) == len(units) and all(names) and len(names) > max(filled, default=0)
    units_of = {names[k]: units[k] for k in filled if units[k]} if told else {}
    frame.columns = pd.Index([names[k] if told else f"column {n}" for n, k in enumerate(filled, 1)])
    frame = frame if told else _taken_apart(frame)
    well = header.get("well") if isinstance(header, dict) else None
    if "well" not in frame:
        frame = frame.assign(well=str(well or ""))
    return Table(path, frame.reset_index(drop=True), units_of, 1)


def write_picks(picks: Picks, path: Path, parameters: Mapping[str, str]) -> None:
    """Write picks as one log of the columns of picks.csv, unknown values null; ``parameters`` beside its header."""
    wells = sorted(set(np.asarray(picks.well).tolist()))
    log: dict[str, Any] = {
        "header": {"name": "picks", "well": wells[0] if len(wells) == 1 else None},
        "parameters": dict(parameters),
        "curves": [
            {
                "name": name,
                "description": None,
                "unit": _unit(name),
                "valueType": "string" if name in TEXTS else "float",
                "dimensions": 1,
            }
            for name in COLUMNS
        ],
        "data": [
            [cell if isinstance(cell, str) else None if math.isnan(cell) else round(cell, 4) for cell in row]
            for row in zip(*(np.asarray(column).tolist() for column in columns_of(picks).values()), strict=True)
        ],
    }
    with replacing(path) as temporary:
        temporary.write_text(json_with_digest([log], log["parameters"]), encoding="utf-8")


def _unit(column: str) -> str | None:
    return next((unit for end, unit in (("_m", "m"), ("_deg", "deg")) if column.endswith(end)), None)


def _whole(digits: str) -> int | float:
    """A whole number; one that no array of numbers can hold as infinite, which every column refuses."""
    return int(digits) if len(digits) < 19 else float(digits)


def _padded(rows: Any) -> list[list[Any]]:
    """The rows with None where one is shorter than the longest."""
    if not all(isinstance(row, list) for row in rows):
        raise ValueError("a row is no list")
    lengths = [len(row) for row in rows]
    width = max(lengths, default=0)
    if width > MOST_COLUMNS:  # one such row would widen all of them
        raise ValueError(f"a row of {width} values")
    return [row + [None] * (width - len(row)) for row in rows]


def _taken_apart(frame: pd.DataFrame) -> pd.DataFrame:
    """The last column split in two where every text in it begins with a number."""
    last = frame.columns[-1]
    texts = frame[last].map(lambda cell: _NUMBER_AND_TEXT.fullmatch(cell) if isinstance(cell, str) else None)
    if not texts.notna().any() or not texts[frame[last].notna()].notna().all():
        return frame

    def part(number: int) -> Any:
        return texts.map(lambda match: match[number] if match is not None else None)

    return frame.assign(**{last: part(1), f"column {len(frame.columns) + 1}": part(2)})
