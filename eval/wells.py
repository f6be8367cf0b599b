"""What is scored: the picks of each well, kept apart, inside the intervals that count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geobfdt.borehole.image_log import check_hole_diameter_m
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.eval.matching import canonical_order

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

    intervals_m                disjoint (top, base) in metres, by depth; empty when there is neither pick nor interval
    ref_outside, est_outside   picks that lay outside the reviewed intervals and do not count
    """

    well: str
    hole_diameter_m: float
    ref: Picks
    est: Picks
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
) -> tuple[ScoredWell, ...]:
    """Split two tables into wells, by name. The rules and errors are those of :func:`geobfdt.eval.score`."""
    declared = set(intervals_m) if isinstance(intervals_m, Mapping) else set()
    ref, est, names = _agree_on_names(ref, est, declared)
    wells = []
    for name in names:
        intervals = intervals_m[name] if isinstance(intervals_m, Mapping) else intervals_m
        diameter = _diameter_of(name, hole_diameter_m)
        in_ref, in_est = np.asarray(ref.well) == name, np.asarray(est.well) == name
        wells.append(_scored_well(name, diameter, ref[in_ref], est[in_est], intervals))
    return tuple(wells)


def _agree_on_names(ref: Picks, est: Picks, declared: set[str]) -> tuple[Picks, Picks, list[str]]:
    """Both tables with common names of wells, and the names, sorted."""
    ref_names, est_names = set(np.unique(ref.well).tolist()), set(np.unique(est.well).tolist())
    named = (ref_names | est_names | declared) - {""}
    if len(named) <= 1 and max(len(ref_names), len(est_names), len(declared)) <= 1:
        # One well: a table that does not name it can mean no other.
        name = named.pop() if named else ""
        return replace(ref, well=name), replace(est, well=name), [name]
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
    return ref, est, sorted(ref_names | est_names | declared)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in sorted(names)) or "none"


def _diameter_of(well: str, hole_diameter_m: float | Mapping[str, float]) -> float:
    if isinstance(hole_diameter_m, Mapping):
        if well not in hole_diameter_m:
            raise InputError(f"no hole diameter is given for well {well!r}, only for {_listed(hole_diameter_m)}")
        hole_diameter_m = hole_diameter_m[well]
    return check_hole_diameter_m(hole_diameter_m)


def _scored_well(well: str, diameter_m: float, ref: Picks, est: Picks, intervals_m: Intervals | None) -> ScoredWell:
    ref, est = ref[canonical_order(ref)], est[canonical_order(est)]
    if intervals_m is None:
        depths = np.concatenate([ref.depth_m, est.depth_m])
        span = ((float(depths.min()), float(depths.max())),) if len(depths) else ()
        return ScoredWell(well, diameter_m, ref, est, span, 0, 0)
    merged = _merged(intervals_m)
    ref_in, est_in = ref.within(merged), est.within(merged)
    return ScoredWell(well, diameter_m, ref_in, est_in, merged, len(ref) - len(ref_in), len(est) - len(est_in))


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
