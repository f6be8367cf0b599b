"""What is scored: the picks of each well, kept apart, inside the intervals that count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.image_log import check_hole_diameter_m
from geobfdt.borehole.picks import Picks, within
from geobfdt.errors import InputError
from geobfdt.eval.matching import canonical_order
from geobfdt.eval.planes import Planes

Intervals = Sequence[tuple[float, float]]
"""(top, base) depths in metres."""


@dataclass(frozen=True, eq=False)
class InterpreterPicks:
    """An interpreter's picks with what scoring needs to know about their wells."""

    picks: Picks
    hole_diameter_m: float | Mapping[str, float]
    intervals_m: Intervals | Mapping[str, Intervals | None] | None


@dataclass(frozen=True, eq=False)
class ScoredWell:
    """The two sides of one well, in canonical order, and the stretch of hole they are scored over.

    ref_rows, est_rows         rows of the tables that were given that count
    ref, est                   their planes
    intervals_m                disjoint (top, base) in metres, by depth; empty when there is neither pick nor interval
    ref_outside, est_outside   picks that lay outside the reviewed intervals and do not count
    """

    well: str
    hole_diameter_m: float
    ref_rows: NDArray[np.intp]
    est_rows: NDArray[np.intp]
    ref: Planes
    est: Planes
    intervals_m: tuple[tuple[float, float], ...]
    ref_outside: int
    est_outside: int

    @property
    def length_m(self) -> float:
        return sum((base - top for top, base in self.intervals_m), 0.0)


def scored_wells(
    ref: Picks,
    est: Picks,
    hole_diameter_m: float | Mapping[str, float],
    intervals_m: Intervals | Mapping[str, Intervals | None] | None,
) -> Iterator[ScoredWell]:
    """Split two tables into wells, by name. The rules and errors are those of :func:`geobfdt.eval.score`; all that is
    wrong is said before the first well.
    """
    declared = set(intervals_m) if isinstance(intervals_m, Mapping) else set()
    names, alone = _agree_on_names(ref, est, declared)
    merged, diameters = [], []
    for name in names:
        intervals = intervals_m[name] if isinstance(intervals_m, Mapping) else intervals_m
        diameters.append(_diameter_of(name, hole_diameter_m))
        merged.append(None if intervals is None else _merged(intervals))
    for name, diameter, intervals in zip(names, diameters, merged, strict=True):
        ref_rows, est_rows = (_rows_of(picks, None if alone else name) for picks in (ref, est))
        yield _scored_well(name, diameter, (ref, est), ref_rows, est_rows, intervals)


def _rows_of(picks: Picks, well: str | None) -> NDArray[np.intp]:
    """Rows of a well, None for all, in canonical order."""
    if well is None:
        return canonical_order(picks)
    rows = np.flatnonzero(np.asarray(picks.well) == well)
    return np.asarray(rows[canonical_order(picks[rows])])


def _agree_on_names(ref: Picks, est: Picks, declared: set[str]) -> tuple[list[str], bool]:
    """The names of the wells, sorted, and whether both tables are all of one, whatever it is called in them."""
    ref_names, est_names = set(np.unique(ref.well).tolist()), set(np.unique(est.well).tolist())
    named = (ref_names | est_names | declared) - {""}
    if len(named) <= 1 and max(len(ref_names), len(est_names), len(declared)) <= 1:
        # One well: a table that does not name it can mean no other.
        return [named.pop() if named else ""], True
    if declared and (ref_names | est_names) - declared:
        raise InputError(
            f"the reference has wells {_listed(ref_names)} and the picks have wells {_listed(est_names)}, but reviewed "
            f"intervals are given for {_listed(declared)}; give intervals for every well or leave out its picks"
        )
    if not declared and ref_names and est_names and ref_names != est_names:
        raise InputError(
            f"the reference has wells {_listed(ref_names)} but the picks have wells {_listed(est_names)}; "
            "rename one side, or give intervals by well so that a well may lack picks on one side"
        )
    return sorted(ref_names | est_names | declared), False


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in sorted(names)) or "none"


def _diameter_of(well: str, hole_diameter_m: float | Mapping[str, float]) -> float:
    if isinstance(hole_diameter_m, Mapping):
        if well not in hole_diameter_m:
            raise InputError(f"no hole diameter is given for well {well!r}, only for {_listed(hole_diameter_m)}")
        hole_diameter_m = hole_diameter_m[well]
    return check_hole_diameter_m(hole_diameter_m)


def _scored_well(
    well: str,
    diameter_m: float,
    tables: tuple[Picks, Picks],
    ref_rows: NDArray[np.intp],
    est_rows: NDArray[np.intp],
    intervals_m: tuple[tuple[float, float], ...] | None,
) -> ScoredWell:
    depths = [picks.depth_m[rows] for picks, rows in zip(tables, (ref_rows, est_rows), strict=True)]
    if intervals_m is None:
        ends = [end for side in depths if len(side) for end in (side[0], side[-1])]
        intervals_m = ((float(min(ends)), float(max(ends))),) if ends else ()
        ref_in, est_in = ref_rows, est_rows
    else:
        ref_in, est_in = ref_rows[within(depths[0], intervals_m)], est_rows[within(depths[1], intervals_m)]
    ref, est = (Planes.of(picks, rows) for picks, rows in zip(tables, (ref_in, est_in), strict=True))
    outside = len(ref_rows) - len(ref_in), len(est_rows) - len(est_in)
    return ScoredWell(well, diameter_m, ref_in, est_in, ref, est, intervals_m, *outside)


def _merged(intervals_m: Intervals) -> tuple[tuple[float, float], ...]:
    """The union of intervals as disjoint (top, base) by depth."""
    if not len(intervals_m):
        raise InputError("the list of reviewed intervals is empty; give at least one, or None to count all picks")
    merged: list[tuple[float, float]] = []
    for top, base in sorted((float(top), float(base)) for top, base in intervals_m):
        if not (np.isfinite(top) and np.isfinite(base) and top < base):
            raise InputError(f"a reviewed interval goes from a top to a deeper base, found {top:g} to {base:g} m")
        if merged and top <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(base, merged[-1][1]))
        else:
            merged.append((top, base))
    return tuple(merged)
