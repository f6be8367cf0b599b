"""Depths along the hole in a LAS file: its index, or the curve that has them where the index counts something else."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.units import DEPTH_UNITS, bare_unit, depth_columns, metres_per, without_nulls

_SECTION = re.compile(r"~(\w)")
_UNIT = re.compile(r"[^.]*\.([\[(]?\s?0?\.1 ?in|[^\s:]*)", re.IGNORECASE)
_VERTICAL = re.compile(r"TVD|VDEP|TVT", re.IGNORECASE)
ROUNDED = 0.5
"""STRT and STOP are written to whole units at worst."""
_FEET = (0.3048, 1 / 0.3048)


def depth_m(las: Any, text: str, path: Path) -> NDArray[np.float64]:
    """Depths in metres, (rows,), of a file as lasio reads it and of its text.

    The index is the depth where its name or its unit says so; where another curve is named for depths along the hole,
    that one is taken, with a warning. Raises :class:`InputError` where two curves could each be meant, where there is
    no unit, and where the unit of the depths and that of STRT contradict each other.
    """
    lines = header(text, "C")
    place = _place(las, lines, path)
    curve = las.curves[place]
    depth = without_nulls(recorded(curve.data, curve.mnemonic, path))
    start = las.well.get("STRT", None)
    of_start = bare_unit(str(start.unit)) if start is not None else ""
    of_curve = _unit(lines, place)
    named = bool(depth_columns([curve.mnemonic])) or bool(_VERTICAL.match(curve.mnemonic))
    unit = of_curve or (of_start if named and place == 0 else "")
    factor = metres_per(unit) if unit else None
    if factor is None:
        found = f"has the unit {unit!r}" if unit else "has no unit"
        raise InputError(
            f"{path}: index curve {curve.mnemonic} {found}; write one of {DEPTH_UNITS} in the ~C section, or export by "
            "depth"
        )
    if place == 0:
        _check_start(start, of_start, depth, unit, path, curve.mnemonic)
        if _VERTICAL.match(curve.mnemonic):
            warnings.warn(
                f"{path}: its index {curve.mnemonic} is a vertical depth, taken for the depth along the hole, which "
                "holds in a vertical hole only",
                InputWarning,
                stacklevel=4,
            )
    return np.asarray(depth * factor)


def header(text: str, section: str) -> list[str]:
    """The lines of one section of the header, by its letter, without comments."""
    lines, current = [], ""
    for line in text.split("\n"):
        if match := _SECTION.match(line.strip()):
            current = match[1].upper()
            if current == "A":
                break
        elif current == section and line.strip() and not line.lstrip().startswith("#"):
            lines.append(line)
    return lines


def recorded(values: ArrayLike, curve: str, path: Path) -> NDArray[np.float64]:
    """Numbers with the null of the header taken out, but no other."""
    try:
        return np.array(values, np.float64)
    except ValueError as error:
        raise InputError(f"{path}: curve {curve} holds text where numbers belong ({error}); export it again") from None


def _unit(lines: list[str], place: int) -> str:
    """The unit of a curve, from its line itself: lasio takes "0.1 in" apart and keeps 0.1 as the unit."""
    match = _UNIT.match(lines[place]) if place < len(lines) else None
    return bare_unit(match[1]) if match else ""


def _place(las: Any, lines: list[str], path: Path) -> int:
    """Which curve holds the depths."""
    names = [curve.mnemonic for curve in las.curves]
    if depth_columns(names[:1]):
        return 0
    others = [k for k, name in enumerate(names[1:], 1) if depth_columns([name]) and metres_per(_unit(lines, k) or "-")]
    if not others:
        return 0
    best = names.index(depth_columns([names[k] for k in others])[0])
    if metres_per(_unit(lines, 0) or "-") and not _VERTICAL.match(names[0]):
        raise InputError(
            f"{path}: index curve {names[0]} and curve {names[best]} could each be the depth; leave one of them out"
        )
    warnings.warn(
        f"{path}: its index {names[0]} is no depth along the hole; {names[best]} was taken", InputWarning, stacklevel=5
    )
    return best


def _check_start(start: Any, of_start: str, depth: NDArray[np.float64], unit: str, path: Path, name: str) -> None:
    """Refuse an index that begins with the number that STRT has in another unit, or with STRT in the other unit."""
    factor, other = metres_per(unit), metres_per(of_start) if of_start else None
    value = _number(start)
    if factor is None or other is None or value is None or not len(depth):
        return
    ends = depth[[0, -1]]  # the last one in logs recorded upwards
    same_number = np.abs(ends - value) <= ROUNDED
    same_depth = np.abs(ends * factor - value * other) <= ROUNDED
    if other != factor and (same_number & ~same_depth).any() and not same_depth.any():
        raise InputError(
            f"{path}: index curve {name} is in {unit} and STRT in {of_start}, and both begin with {start.value}; "
            "correct the unit that is wrong"
        )
    swapped = [np.isclose(value, ends * ratio, rtol=1e-4, atol=0) for ratio in _FEET]
    if other == factor and np.any(swapped) and not same_number.any():
        raise InputError(
            f"{path}: index curve {name} and STRT are both in {unit}, but begin with {ends[0]:g} and {start.value}, as "
            "feet and metres would; correct the unit that is wrong"
        )


def _number(item: Any) -> float | None:
    try:
        return float(str(item.value)) or None
    except (AttributeError, ValueError):
        return None
