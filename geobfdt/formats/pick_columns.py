"""Picks from the columns of a table, under the many names that programs give to depth, dip and azimuth."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geobfdt.borehole.geometry import pole_angle_deg, true_from_apparent
from geobfdt.borehole.picks import KINDS, UNKNOWN, Picks, wrap_azimuth_deg
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.tables import WELL_COLUMNS, Table, read_table
from geobfdt.formats.units import DEPTH_UNITS, NULLS, metres_per

_DIP = ("Dip_TRU", "*_TRU", "Dip", "dip_deg", "Tilt")
_AZIMUTH = ("Azimuth", "Dip_Azimuth", "dipazimuth_deg", "azimuth_deg")
_STRIKE = ("Strike", "strike_deg", "Strike_RHR", "*_Strike")
_APPARENT_DIP = ("DIP_APP", "*_APP")
_APPARENT_AZIMUTH = ("AZI_APP", "*_Azimuth")
_KIND = ("Type", "Class", "kind")
_CONFIDENCE = ("confidence", "Quality")
_DEVIATIONS = {"depth_sd_m": "DEPT_SD", "dip_sd_deg": "DIP_SD", "azimuth_sd_deg": "AZI_SD"}
"""The standard deviations by their names in picks.csv, and what our LAS files call them."""

_HOLE = {"hole_deviation_deg": ("HDev", "HDEV", "DEVI"), "hole_azimuth_deg": ("HAzi", "HAZI", "Hole_Azimuth")}
"""Which way the hole runs, by the names in picks.csv and those that other files have for them."""

MAX_PRINTED_DIP_DEG = 89.9999
"""Four digits would print a dip of 89.99999 as 90, which no plane that crosses the hole has."""
TRUE_DIP_OFF_DEG = 2.0
"""Median angle between true planes as stated and as they follow from apparent ones; beyond it columns are wrong."""
FEWEST_CHECKED = 5
IGNORE = "ignore"
"""The kind of names whose picks are left out, as breakouts and induced fractures are."""
MEANINGS = (*KINDS, UNKNOWN, IGNORE)

_UNSAID = {"", "none", "nan", "null", "na", "n/a", "unknown", "undefined", "unclassified"}
_SYNONYMS = {
    **dict.fromkeys(
        ("fracture", "fractures", "frac", "joint", "vein", "fault", "open fracture", "closed fracture",
         "healed fracture", "cemented fracture", "conductive fracture", "resistive fracture", "partial fracture",
         "natural fracture"),
        "fracture",
    ),
    **dict.fromkeys(("bedding", "beddings", "bed", "beds", "bedding plane", "bed boundary"), "bedding"),
}  # fmt: skip


def picks_from_table(table: Table, kinds: Mapping[str, str], strike: bool = False) -> Picks:
    """The picks of a table, rows that repeat another one dropped with a warning.

    Where a table has apparent dips beside true ones, ``dip_deg`` and ``azimuth_deg`` are the apparent ones, which are
    what the image shows; true ones alone are taken for apparent, which holds in a vertical hole, with a warning.
    ``kinds`` maps names of the file, case-blind, to "fracture", "bedding", "unknown" or "ignore", which leaves them
    out, and goes before the names known here. Raises :class:`InputError` naming the line of a value out of range and
    every kind name that is not known.
    """
    depth_m = table.depth_m()
    angles, hole = _angles(table, strike), _hole(table)
    _check_true_dips(table, angles, hole)
    _check_ranges(table, angles)
    kind_column, well_column = table.column(*_KIND), table.column(*WELL_COLUMNS)
    named = _kinds(table.text(kind_column), kinds, table.path) if kind_column else UNKNOWN
    columns = {
        "depth_m": depth_m,
        **{name: wrap_azimuth_deg(v) if "azimuth" in name else v for name, v in angles.items()},
        "kind": named,
        "confidence": _confidence(table),
        **_deviations(table),
        **hole,
        "well": table.text(well_column) if well_column else "",
    }
    frame = pd.DataFrame(columns, index=range(len(depth_m)))
    frame = frame[frame["kind"] != IGNORE]
    repeated = frame.duplicated().to_numpy()
    if repeated.any():
        warnings.warn(f"{table.path}: {repeated.sum()} repeated picks were dropped", InputWarning, stacklevel=2)
    try:
        return Picks.from_frame(frame[~repeated])
    except InputError as error:
        raise InputError(f"{table.path}: {error}") from None


def _angles(table: Table, strike: bool) -> dict[str, NDArray[np.float64]]:
    """dip_deg, azimuth_deg and, where the table has them, true_dip_deg and true_azimuth_deg, each (rows,)."""
    if table.column("true_dip_deg"):
        # Our own picks.csv: here dip_deg and azimuth_deg are the apparent ones.
        return {name: table.degrees(name) for name in ("dip_deg", "azimuth_deg", "true_dip_deg", "true_azimuth_deg")}
    not_apparent = {name.lower() for name in (*_AZIMUTH, "True_Azimuth", "Hole_Azimuth")}
    dip, azimuth = _find(table, _DIP), _find(table, _AZIMUTH)
    apparent_dip = _find(table, _APPARENT_DIP, without={"azi_app", "azimuth_app"})
    apparent_azimuth = _find(table, _APPARENT_AZIMUTH, without=not_apparent)
    if apparent_dip and apparent_azimuth:
        angles = {"dip_deg": table.degrees(apparent_dip), "azimuth_deg": table.degrees(apparent_azimuth)}
        true = {"true_dip_deg": dip, "true_azimuth_deg": azimuth}
        return angles | {name: table.degrees(column) for name, column in true.items() if column}
    struck = _find(table, _STRIKE)
    if dip and struck and not azimuth:
        if not strike:
            raise InputError(
                f"{table.path}: has strikes, column {struck}, and no azimuths; add --strike if planes dip to the right "
                "of their strikes"
            )
        return {"dip_deg": table.degrees(dip), "azimuth_deg": table.degrees(struck) + 90.0}
    if not dip or not azimuth:
        missing = "dip" if not dip else "azimuth"
        names = ", ".join(_DIP if not dip else _AZIMUTH)
        raise InputError(f"{table.path}: has no {missing} column; name it one of {names}")
    angles = {"dip_deg": table.degrees(dip), "azimuth_deg": table.degrees(azimuth)}
    if not dip.lower().endswith("_tru"):
        return angles
    warnings.warn(
        f"{table.path}: holds true dips alone, taken as what the image shows, which holds in a vertical hole only",
        InputWarning,
        stacklevel=3,
    )
    return angles | {f"true_{name}": values for name, values in angles.items()}


def _find(table: Table, names: tuple[str, ...], without: set[str] | frozenset[str] = frozenset()) -> str | None:
    """The column of the first name or pattern that matches one; :class:`InputError` when a pattern matches several."""
    for name in names:
        found = [
            column
            for column in table.columns
            if fnmatchcase(column.lower(), name.lower()) and column.lower() not in without
        ]
        if len(found) > 1:
            raise InputError(f"{table.path}: {', '.join(found)} could each be {name}; keep one of them")
        if found:
            return found[0]
    return None


def _metres(table: Table, name: str, column: str) -> NDArray[np.float64]:
    """A column of lengths in metres, which only a column under our own ``name`` is in without saying so."""
    unit = table.units.get(column, "m" if column.lower() == name else "")
    factor = metres_per(unit)
    if factor is None:
        found = f"the units row gives {unit!r} for column {column}" if unit else f"column {column} has no unit"
        raise InputError(f"{table.path}: {found}; name it {name} or give it one of {DEPTH_UNITS}")
    return table.numbers(column) * factor


def _check_ranges(table: Table, angles: Mapping[str, NDArray[np.float64]]) -> None:
    dip, azimuth = angles["dip_deg"], angles["azimuth_deg"]
    for good, rule, values in (
        ((dip >= 0) & (dip < 90), "a dip outside 0 to 90 degrees", dip),
        (np.isfinite(azimuth), "no azimuth", azimuth),
    ):
        if not good.all():
            row = int(np.argmin(good))
            raise InputError(
                f"{table.path}: line {table.first_line + row} has {rule} ({values[row]:g}); correct or remove the line"
            )


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
    """Confidences in [0, 1]; a quality on any other scale (grades, 1 to 5) is no confidence and reads as NaN."""
    unsaid = np.full(len(table.frame), np.nan)
    column = table.column(*_CONFIDENCE)
    if column is None or not table.is_numeric(column):
        return unsaid
    values = table.numbers(column)
    return unsaid if ((values < 0) | (values > 1)).any() else values


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
    columns = {name: table.column(name, *aliases) for name, aliases in _HOLE.items()}
    return {
        name: wrap_azimuth_deg(table.degrees(column)) if "azimuth" in name else table.degrees(column)
        for name, column in columns.items()
        if column is not None and table.is_numeric(column)
    }


def _kinds(names: NDArray[np.str_], kinds: Mapping[str, str], path: Path) -> NDArray[np.str_]:
    """The kind of each name of the file; :class:`InputError` listing the names that are not known."""
    for name, kind in kinds.items():
        if kind not in MEANINGS:
            raise InputError(f"kind {name}={kind}: must be one of {', '.join(MEANINGS)}; correct it")
    given = {name.strip().lower(): kind for name, kind in kinds.items()}
    kind_of = {name: given.get(name.lower()) or _known_kind(name) for name in np.unique(names).tolist()}
    strangers = [name for name, kind in kind_of.items() if not kind]
    if strangers:
        raise InputError(
            f"{path}: unknown kinds {', '.join(strangers)}; say what each is with --kind NAME={'|'.join(MEANINGS)}"
        )
    return np.array([kind_of[name] for name in names.tolist()], dtype=np.str_)


def kind_map(path: Path) -> dict[str, str]:
    """What the kind names of a vendor mean: a table with the columns ``name`` and ``kind``, the latter "fracture",
    "bedding", "unknown" or "ignore". Raises :class:`InputError` naming the line of any other.
    """
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; check the name")
    table = read_table(path)
    name, kind = table.column("name"), table.column("kind")
    if name is None or kind is None:
        raise InputError(f"{path}: needs the columns name and kind; its columns are {', '.join(table.columns)}")
    meanings = [meaning.lower() for meaning in table.text(kind).tolist()]
    for row, meaning in enumerate(meanings):
        if meaning not in MEANINGS:
            raise InputError(
                f"{path}: line {table.first_line + row} has the kind {meaning!r}; use one of {', '.join(MEANINGS)}"
            )
    return dict(zip(table.text(name).tolist(), meanings, strict=True))


def _known_kind(name: str) -> str | None:
    plain = re.sub(r"[\s_-]+", " ", name.lower()).strip()
    if plain in _UNSAID or _is_null(name):
        return UNKNOWN
    return _SYNONYMS.get(plain)


def _is_null(name: str) -> bool:
    try:
        return float(name) in NULLS
    except ValueError:
        return False


def as_printed(picks: Picks) -> pd.DataFrame:
    """The columns of picks.csv with angles that stay inside their limits when they are printed to four digits."""
    frame = picks.to_frame()
    frame["dip_deg"] = np.minimum(frame["dip_deg"], MAX_PRINTED_DIP_DEG)
    for column in ("azimuth_deg", "true_azimuth_deg", "hole_azimuth_deg"):
        frame[column] = wrap_azimuth_deg(np.round(frame[column].to_numpy(), 4))
    return frame
