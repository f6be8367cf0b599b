"""Picks from the columns of a table, under the many names that programs give to depth, dip and azimuth."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geobfdt.borehole.geometry import apparent_from_true, pole_angle_deg, true_from_apparent
from geobfdt.borehole.picks import HOLE, TRUE, UNKNOWN, Picks, wrap_azimuth_deg
from geobfdt.borehole.survey import NO_HIGH_SIDE_DEG
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.angle_checks import check_directions
from geobfdt.formats.angle_columns import COLUMNS_OPTION, holds_planes, hole_columns, plane_columns
from geobfdt.formats.angle_ranges import folded, within
from geobfdt.formats.implied_depth import tell_implied_depth
from geobfdt.formats.kind_names import IGNORE, kinds_of, kinds_said
from geobfdt.formats.tables import KIND_COLUMNS, Table, names_a_well
from geobfdt.formats.units import DEPTH_UNITS, metres_per
from geobfdt.formats.well_columns import wells_of

_CONFIDENCE = ("confidence", "Quality")
_QUALITY = ("grade", "Quality", "QUAF", "QUAL", "ICCO", "Dip Quality", "Dip_Quality", "Pick Quality", "Rank")
"""ICCO and QUAF are what dip tables of two service companies call it."""
_DEVIATIONS = {"depth_sd_m": "DEPT_SD", "dip_sd_deg": "DIP_SD", "azimuth_sd_deg": "AZI_SD"}
"""The standard deviations by their names in picks.csv, and what our LAS files call them."""

TRUE_DIP_OFF_DEG = 2.0
"""Median angle between true planes as stated and as they follow from apparent ones; beyond it columns are wrong."""
FEWEST_CHECKED = 5


def picks_from_tables(tables: Sequence[Table], kinds: Mapping[str, str], strike: bool = False) -> Picks:
    """The picks of all the tables of a file that hold dips, one well or set after the other; errors as
    :func:`picks_from_table`. How many hold none is a warning, and that there is no row in any of them.
    """
    holding = [table for table in tables if holds_planes(table)] or tables[:1]
    if len(holding) < len(tables):
        warnings.warn(
            f"{tables[0].path}: {len(tables) - len(holding)} of its {len(tables)} logs hold no dips and were passed "
            "over",
            InputWarning,
            stacklevel=3,
        )
    if not any(len(table.frame) for table in holding):
        warnings.warn(f"{tables[0].path}: holds no picks, its table of dips has no rows", InputWarning, stacklevel=3)
    return Picks.concatenate([picks_from_table(table, kinds, strike) for table in holding])


def picks_from_table(table: Table, kinds: Mapping[str, str], strike: bool = False) -> Picks:
    """The picks of a table, rows that repeat another one dropped with a warning.

    Where a table has apparent dips beside true ones, ``dip_deg`` and ``azimuth_deg`` are the apparent ones, which are
    what the image shows; true ones alone are taken for apparent, which holds in a vertical hole, with a warning.
    ``kinds`` maps names of the file, case-blind, to "fracture", "bedding", "unknown" or "ignore", which leaves them
    out, and goes before the names known here. Raises :class:`InputError` naming the line of a value out of range and
    every kind name that is not known.
    """
    depth_m = table.depth_m()
    hole = _hole(table)
    angles = _angles(table, strike, hole)
    _check_true_dips(table, angles, hole)
    tell_implied_depth(table, angles["dip_deg"])
    kind_column = _kind_column(table, kinds)
    named = kinds_of(table.text(kind_column), kinds, table.path) if kind_column else UNKNOWN
    kept = _whole_rows(table, angles, np.broadcast_to(np.asarray(named) != IGNORE, len(depth_m)))
    columns = {
        "depth_m": depth_m,
        **{name: wrap_azimuth_deg(v) if "azimuth" in name else v for name, v in angles.items()},
        "kind": named,
        "confidence": _confidence(table),
        "quality": _quality(table),
        **_deviations(table),
        **hole,
        "well": wells_of(table, COLUMNS_OPTION),
    }
    # Rows first: a damaged file of ten megabytes has millions of them, and one plane.
    frame = pd.DataFrame({name: np.broadcast_to(cells, len(kept))[kept] for name, cells in columns.items()})
    repeated = frame.duplicated().to_numpy()
    if repeated.any():
        warnings.warn(f"{table.path}: {repeated.sum()} repeated picks were dropped", InputWarning, stacklevel=2)
    try:
        return Picks.from_frame(frame[~repeated])
    except InputError as error:
        raise InputError(f"{table.path}: {error}") from None


def _angles(table: Table, strike: bool, hole: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """dip_deg, azimuth_deg and, where the table has them, true_dip_deg and true_azimuth_deg, each (rows,)."""
    found = plane_columns(table)
    pairs = [pair for pair in (found.apparent or found.plain, found.true) if pair is not None]
    if found.struck and not strike:
        raise InputError(
            f"{table.path}: has strikes, column {pairs[0][1]}, and no azimuths; add --strike if planes dip to the "
            "right of their strikes"
        )
    for dip, azimuth in pairs:
        check_directions(table, dip, azimuth, found.struck)
    turn = 90.0 if found.struck else 0.0
    planes = [(table.degrees(dip), folded(table, azimuth, table.degrees(azimuth)) + turn) for dip, azimuth in pairs]
    true = {} if found.true is None else dict(zip(TRUE, planes[-1], strict=True))
    if found.true is not None:
        within(table, found.true[0], true["true_dip_deg"], 0, 90, "correct the line, or leave the column out")
    if found.true is not None and len(planes) == 1:
        return true | _shown_of_true(table, true, hole)
    return dict(zip(("dip_deg", "azimuth_deg"), planes[0], strict=True)) | true


def _shown_of_true(
    table: Table, true: Mapping[str, NDArray[np.float64]], hole: Mapping[str, NDArray[np.float64]]
) -> dict[str, NDArray[np.float64]]:
    """What an image against north shows of planes whose true dips alone are given."""
    dip, azimuth = (true[name] for name in TRUE)
    deviation = hole.get("hole_deviation_deg")
    if deviation is not None and np.isfinite(deviation).all() and (deviation < NO_HIGH_SIDE_DEG).all():
        return {"dip_deg": dip, "azimuth_deg": azimuth}
    way = hole.get("hole_azimuth_deg")
    if deviation is None or way is None or not np.isfinite([deviation, way]).all():
        warnings.warn(
            f"{table.path}: holds true dips alone, taken as what the image shows, which holds in a vertical hole only",
            InputWarning,
            stacklevel=4,
        )
        return {"dip_deg": dip, "azimuth_deg": azimuth}
    warnings.warn(
        f"{table.path}: holds true dips alone; what an image against north shows of them was computed from its columns "
        "of the hole's deviation and azimuth",
        InputWarning,
        stacklevel=4,
    )
    shown, from_high_side = apparent_from_true(dip, azimuth, deviation, way)
    return {"dip_deg": shown, "azimuth_deg": from_high_side + way}


def _whole_rows(
    table: Table, angles: Mapping[str, NDArray[np.float64]], wanted: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The wanted rows that hold a plane which crosses the hole; of those that do not, their count is a warning. Raises
    :class:`InputError` on a dip that no plane has, and where no row is left.
    """
    dip, azimuth = angles["dip_deg"], angles["azimuth_deg"]
    wrong = wanted & ((dip < 0) | (dip > 90))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(
            f"{table.path}: line {table.line(row)} has a dip outside 0 to 90 degrees ({dip[row]:g}); correct or "
            "remove the line"
        )
    kept = wanted
    for bad, what in (
        (~(np.isfinite(dip) & np.isfinite(azimuth)), "without a dip or an azimuth"),
        (dip == 90, "of planes along the hole, which dip 90 degrees against it,"),
    ):
        lost = kept & bad
        if lost.any():
            warnings.warn(
                f"{table.path}: {lost.sum()} of {len(dip)} lines {what} were left out, the first is line "
                f"{table.line(int(np.argmax(lost)))}",
                InputWarning,
                stacklevel=3,
            )
        kept = kept & ~bad
    if wanted.any() and not kept.any():
        raise InputError(
            f"{table.path}: none of its {wanted.sum()} lines has both a dip and an azimuth; {COLUMNS_OPTION}"
        )
    return kept


def _kind_column(table: Table, kinds: Mapping[str, str]) -> str | None:
    """The column of kinds: of several the one whose names are known, and of columns under other names one that holds
    little else. Raises :class:`InputError` naming two that say different kinds of one plane.
    """
    by_name = {column.lower(): column for column in reversed(table.columns)}
    found = [by_name[name] for name in KIND_COLUMNS if name in by_name]
    known = [column for column in found if kinds_said(table.text(column), kinds).any()]
    if not known:
        others = [c for c in table.columns if c not in found and not names_a_well(c) and not table.is_numeric(c)]
        known = [column for column in others if _says_mostly_kinds(table.text(column), kinds)]
    said = [kinds_said(table.text(column), kinds) for column in known]
    for column, other in zip(known[1:], said[1:], strict=True):
        differ = (said[0] != "") & (other != "") & (said[0] != other)
        if differ.any():
            line = table.line(int(np.argmax(differ)))
            raise InputError(
                f"{table.path}: {known[0]} and {column} say different kinds, first in line {line}; {COLUMNS_OPTION}"
            )
    return next(iter(known or found), None)


def _says_mostly_kinds(cells: NDArray[np.str_], kinds: Mapping[str, str]) -> bool:
    said = kinds_said(cells, kinds) != ""
    return bool(2 * said.sum() > (cells != "").sum())


def _metres(table: Table, name: str, column: str) -> NDArray[np.float64]:
    """A column of lengths in metres, which only a column under our own ``name`` is in without saying so."""
    unit = table.units.get(column, "m" if column.lower() == name else "")
    factor = metres_per(unit)
    if factor is None:
        found = f"the units row gives {unit!r} for column {column}" if unit else f"column {column} has no unit"
        raise InputError(f"{table.path}: {found}; name it {name} or give it one of {DEPTH_UNITS}")
    return table.numbers(column) * factor


def _check_true_dips(
    table: Table, angles: Mapping[str, NDArray[np.float64]], hole: Mapping[str, NDArray[np.float64]]
) -> None:
    """Where a table has true and apparent dips and which way the hole runs, the ones must follow from the others,
    against high side or north: shifted columns are numbers like any other, and only this tells.
    """
    if "true_dip_deg" not in angles or len(hole) < 2:
        return
    deviation, azimuth = hole["hole_deviation_deg"], hole["hole_azimuth_deg"]
    known = np.isfinite(np.stack([*angles.values(), deviation, azimuth])).all(0)
    if known.sum() < FEWEST_CHECKED:
        return
    off = [
        np.median(
            pole_angle_deg(
                *true_from_apparent(angles["dip_deg"], angles["azimuth_deg"] - turn, deviation, azimuth),
                angles["true_dip_deg"],
                angles["true_azimuth_deg"],
            )[known]
        )
        for turn in (0.0, azimuth)
    ]
    if min(off) > TRUE_DIP_OFF_DEG:
        constant = [name for name, values in angles.items() if np.ptp(values[known]) == 0]
        looks = f"{constant[0]} is the same throughout" if constant else "true_dip_deg or true_azimuth_deg looks wrong"
        raise InputError(
            f"{table.path}: its columns look shifted: {looks}, and its true dips lie {min(off):.0f} degrees off what "
            "follows from its apparent ones and the hole; export it again or name its columns anew"
        )


def _confidence(table: Table) -> NDArray[np.float64]:
    """Confidences in [0, 1]; a quality on any other scale (grades, 1 to 5) or in texts is none and reads as NaN."""
    unsaid = np.full(len(table.frame), np.nan)
    column = table.column(*_CONFIDENCE)
    if column is None or not table.is_numeric(column):
        return unsaid
    if pd.api.types.infer_dtype(table.frame[column]) in ("string", "boolean"):
        return unsaid
    values = table.numbers(column)
    return unsaid if ((values < 0) | (values > 1)).any() else values


def _quality(table: Table) -> NDArray[np.str_]:
    """The grade of each pick as the file writes it, (rows,), "" where it has none or where it is its confidence."""
    confidence = table.column(*_CONFIDENCE) if np.isfinite(_confidence(table)).any() else None
    found = (table.column(name) for name in _QUALITY)
    grades = (_grades(table, column) for column in found if column not in (None, confidence))
    return next((one for one in grades if (one != "").any()), np.full(len(table.frame), "", np.str_))


def _grades(table: Table, column: str) -> NDArray[np.str_]:
    """What a column says as text."""
    cells = table.frame[column]
    if pd.api.types.is_bool_dtype(cells):
        return np.where(cells.to_numpy(bool), "true", "false")
    if (pd.to_numeric(cells, errors="coerce").isna() & cells.notna()).any():
        return table.text(column)
    values = table.numbers(column)
    return np.array([f"{value:.9g}" if value == value else "" for value in values], np.str_)


def _deviations(table: Table) -> dict[str, NDArray[np.float64]]:
    """The standard deviations that the table has, each (rows,); a column with negative ones is something else."""
    found = {}
    for name, in_las in _DEVIATIONS.items():
        column = table.column(name, in_las)
        if column is None or not table.is_numeric(column):
            continue
        values = _metres(table, name, column) if name == "depth_sd_m" else table.degrees(column)
        if not (values < 0).any():
            found[name] = values
    return found


def _hole(table: Table) -> dict[str, NDArray[np.float64]]:
    """Which way the hole runs at each pick, as far as the table has it, each (rows,)."""
    columns = dict(zip(HOLE, hole_columns(table), strict=True))
    found = {name: (column, table.degrees(column)) for name, column in columns.items() if column is not None}
    upright = "deviations of the hole count from the vertical; correct it, or leave the column out"
    return {
        name: folded(table, *one) if "azimuth" in name else within(table, *one, 0, 180, upright)
        for name, one in found.items()
    }
