"""Picks and continuous curves as LAS 2.0 files."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geobfdt.borehole.geometry import height_m
from geobfdt.borehole.picks import KINDS, UNKNOWN, Picks, wrap_azimuth_deg
from geobfdt.errors import InputError
from geobfdt.formats.atomic import replacing
from geobfdt.formats.picks_csv import MAX_PRINTED_DIP_DEG
from geobfdt.formats.provenance import with_digest_in_las

NULL = -999.25
Curve = tuple[str, str, str, Any]
"""Mnemonic, unit, description and values of a curve."""
TYPE_CODES = (UNKNOWN, *KINDS)
"""The kind that each TYPE code of a picks file stands for, by its number; ~Params repeats them."""


def write_picks(
    picks: Picks,
    path: Path,
    *,
    parameters: Mapping[str, str],
    hole_diameter_m: float | None = None,
    well: str | None = None,
    profile: str = "numeric",
) -> None:
    """Write picks as a LAS 2.0 file, one line a pick, sorted by depth; its body numeric throughout unless the profile
    is "techlog", which has the columns that suite looks for, its kinds as quoted text.

    AZIMUTH and DIP_TRU are against north and the horizontal, DIP_APP and AZI_APP what the image shows, HEIGHT the
    peak-to-trough height and RADIUS that of the hole, null without ``hole_diameter_m``. DEPT_SD, DIP_SD and AZI_SD are
    the standard deviations of DEPT, DIP_APP and AZI_APP, null where not known. GRADE is there where a pick has a
    quality. ``parameters`` (model, threshold, ...) go to ~Params beside the names of the TYPE and GRADE codes.
    """
    wells = np.unique(picks.well).tolist()
    if well is None and len(wells) > 1:
        raise InputError(f"{path}: a LAS file holds one well, these picks hold {', '.join(wells)}; write .csv instead")
    picks = picks[np.argsort(picks.depth_m, kind="stable")]
    dip = np.minimum(picks.dip_deg, MAX_PRINTED_DIP_DEG)
    unsaid = np.full(len(picks), np.nan)
    diameter = unsaid if hole_diameter_m is None else np.full(len(picks), hole_diameter_m)
    graded, grade_names = _grades(picks)
    parameters = {**grade_names, **parameters}
    if profile == "techlog":
        curves = [*_techlog_curves(picks), *graded]
        _write(path, curves, parameters, well if well is not None else "".join(wells), step="0")
        return
    curves = [
        ("DEPT", "M", "Depth along hole", picks.depth_m),
        ("DIP_TRU", "DEG", "True dip", picks.true_dip_deg),
        ("AZIMUTH", "DEG", "True dip azimuth from north", _rounded_azimuth(picks.true_azimuth_deg)),
        ("DIP_APP", "DEG", "Apparent dip against the hole", dip),
        ("AZI_APP", "DEG", "Apparent dip azimuth in the reference of the image", _rounded_azimuth(picks.azimuth_deg)),
        ("TYPE", "", "Kind of plane, its names in the parameter section", [TYPE_CODES.index(k) for k in picks.kind]),
        ("QUALITY", "", "Confidence, 0 to 1", picks.confidence),
        ("DEPT_SD", "M", "Standard deviation of the depth", picks.depth_sd_m),
        ("DIP_SD", "DEG", "Standard deviation of the dip", picks.dip_sd_deg),
        ("AZI_SD", "DEG", "Standard deviation of the azimuth", picks.azimuth_sd_deg),
        ("HEIGHT", "M", "Peak-to-trough height of the trace", height_m(dip, diameter)),
        ("RADIUS", "M", "Hole radius", diameter / 2.0),
        ("HAZI", "DEG", "Azimuth of the hole from north", _rounded_azimuth(picks.hole_azimuth_deg)),
        ("HDEV", "DEG", "Deviation of the hole from the vertical", picks.hole_deviation_deg),
    ]
    names = {f"TYPE_{code}": kind for code, kind in enumerate(TYPE_CODES)}
    _write(path, [*curves, *graded], {**names, **parameters}, well if well is not None else "".join(wells), step="0")


def _grades(picks: Picks) -> tuple[list[Curve], dict[str, str]]:
    """A curve of codes of the picks' qualities and the names of the codes; nothing where no pick has one."""
    of_each = np.asarray(picks.quality).tolist()
    grades = sorted(set(of_each) - {""})
    if not grades:
        return [], {}
    codes = [grades.index(grade) + 1 if grade else np.nan for grade in of_each]
    curve = ("GRADE", "", "Quality as the source gives it, its names in the parameter section", codes)
    return [curve], {f"GRADE_{code}": grade for code, grade in enumerate(grades, 1)}


def _techlog_curves(picks: Picks) -> list[Curve]:
    """Columns under the names and in the units of the dip tables that Techlog exports; true angles null until known."""
    kinds = np.array([f'"{kind.capitalize()}"' for kind in np.asarray(picks.kind).tolist()], dtype=object)
    return [
        ("DEPT", "M", "Depth along hole", picks.depth_m),
        ("Dip_TRU", "DEG", "True dip", picks.true_dip_deg),
        ("Azimuth", "DEG", "True dip azimuth from north", _rounded_azimuth(picks.true_azimuth_deg)),
        ("Type", "", "Kind of plane", kinds),
        ("Quality", "", "Confidence, 0 to 1", picks.confidence),
        ("HAzi", "DEG", "Azimuth of the hole from north", _rounded_azimuth(picks.hole_azimuth_deg)),
        ("HDev", "DEG", "Deviation of the hole from the vertical", picks.hole_deviation_deg),
        ("DIP_APP", "DEG", "Apparent dip against the hole", np.minimum(picks.dip_deg, MAX_PRINTED_DIP_DEG)),
        ("AZI_APP", "DEG", "Apparent dip azimuth in the reference of the image", _rounded_azimuth(picks.azimuth_deg)),
    ]


def _rounded_azimuth(azimuth_deg: ArrayLike) -> NDArray[np.float64]:
    """Azimuths that stay below 360 when printed to four digits."""
    return wrap_azimuth_deg(np.round(np.asarray(azimuth_deg, float), 4))


def write_curve(
    path: str | Path,
    depth_m: ArrayLike,
    values: ArrayLike,
    mnemonic: str,
    unit: str = "",
    description: str = "",
    well: str = "",
    parameters: Mapping[str, str] | None = None,
) -> None:
    """Write one continuous curve, (rows,) values at (rows,) depths in metres, as a LAS 2.0 file; NaN is null."""
    write_curves(path, depth_m, [(mnemonic, unit, description, values)], well, parameters)


def write_curves(
    path: str | Path,
    depth_m: ArrayLike,
    values: Sequence[Curve],
    well: str = "",
    parameters: Mapping[str, str] | None = None,
) -> None:
    """Write several continuous curves at the same depths; mnemonics are told apart by numbers where they are alike."""
    depth = np.asarray(depth_m, np.float64)
    steps = np.diff(depth)
    # STEP 0 declares an irregular index; lasio would write the first difference whatever follows.
    even = len(steps) > 0 and float(np.ptp(steps)) < 1e-6
    curves: list[Curve] = [("DEPT", "M", "Depth along hole", depth)]
    for mnemonic, *rest in values:
        taken = {curve[0] for curve in curves}
        numbers = (f"{mnemonic}_{number}" for number in itertools.count(2))
        curves.append((next(name for name in itertools.chain([mnemonic], numbers) if name not in taken), *rest))
    _write(Path(path), curves, parameters or {}, well, step=f"{np.mean(steps):.6f}" if even else "0")


def _write(
    path: Path,
    curves: list[Curve],
    parameters: Mapping[str, str],
    well: str,
    step: str,
) -> None:
    import lasio

    las = lasio.LASFile()
    columns = [values if _is_text(values) else np.asarray(values, np.float64) for *_, values in curves]
    # lasio takes forty microseconds a row: of long curves it writes all but the rows after the first.
    alone = None if any(map(_is_text, columns)) else 1
    for (mnemonic, unit, description, _), column in zip(curves, columns, strict=True):
        las.append_curve(mnemonic, column[:alone], unit=unit, descr=_plain(description))
    las.well["NULL"].value = NULL
    las.well["WELL"].value = _plain(well)
    for name, value in parameters.items():
        las.params.append(lasio.HeaderItem(re.sub(r"\W", "_", name).upper(), "", _plain(value), name))
    depth = columns[0]
    body = io.StringIO()
    # STRT and STOP as text, or they are cut to five significant decimals; all three, or a file of no rows has none.
    start, stop = (f"{depth[0]:.4f}", f"{depth[-1]:.4f}") if len(depth) else ("0.0000", "0.0000")
    las.write(body, version=2.0, wrap=False, STRT=start, STOP=stop, STEP=step, fmt="%.4f")
    if alone:
        body.write(_rows(np.column_stack(columns)[alone:]))
    with replacing(path) as temporary:
        # UTF-8 whatever the locale: lasio opens files in the system's encoding, and wells have accents.
        temporary.write_text(with_digest_in_las(body.getvalue()), encoding="utf-8", newline="\n")


def _is_text(values: ArrayLike) -> bool:
    return np.asarray(values).dtype == object


def _rows(table: NDArray[np.float64]) -> str:
    """(rows, columns) as lasio writes them."""
    body = io.StringIO()
    np.savetxt(body, np.where(np.isnan(table), NULL, table), fmt=" %10.4f", delimiter="")
    return body.getvalue().replace(f" {NULL:10.4f}", f" {NULL!s:>10}")


def _plain(text: str) -> str:
    """Header text that every LAS reader takes whole: one line, and no colon, which ends a value."""
    return " ".join(str(text).replace(":", "-").split())
