"""Two sets of picks of one log against each other: the scorer's own figures, and which rows make them.

One tolerance costs a score of its own, with chance: 0.05 s of 150 picks in 20 m, 0.07 to 0.12 s of 3,000 in 1 km, 0.3
to 0.5 s of 15,000 in 5 km, on one core. That is fast enough for a slider to ask as it moves, and what was asked is
kept: its 20 stops are all there after one pass over them, until an edit changes the picks. (All 20 in one call would
take 0.9 s of 3,000 picks, and be asked for anew with every edit.)
"""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.picks import KINDS, Picks, within
from geobfdt.errors import InputError
from geobfdt.eval import CRITERIA, Criterion, Score, match, score
from geobfdt.eval.lines import POOLED

Comparison = dict[str, Any]
"""What :func:`compare` returns: plain values for JSON."""

KEPT = 256
"""Comparisons that are remembered: some sliders' worth, a few hundred kilobytes each in the longest wells."""


def compare(
    ref: Picks,
    est: Picks,
    *,
    hole_diameter_m: float,
    tolerance_m: float,
    criterion: str,
    intervals_m: Sequence[tuple[float, float]] | None,
) -> Comparison:
    """What `geobfdt score` says of two sets of picks of one well at one tolerance, chance with its seed and draws
    included, and which rows are pairs, missed and false under a criterion, kinds disregarded.

    ``intervals_m`` are the reviewed (top, base) depths that count, None for all picks. Wells' names are not looked at.
    Keys: ``tolerance_m``; ``metres`` of hole that count; ``scores`` of all kinds by criterion and ``kinds`` by kind
    under the one that was chosen, each with n_ref, n_est, hits, sensitivity, precision, f1, chance_f1 and skill, None
    for NaN; ``pairs``, [row of ref, row of est] by depth of the former, ``missed``, rows of ref, and ``false``, rows of
    est, both by depth. Rows outside the intervals are in none of them.

    Raises :class:`InputError` on a criterion that there is not, and on tolerances, diameters and intervals that cannot
    be, an empty list of them included.
    """
    if criterion not in CRITERIA:
        raise InputError(f"criterion must be one of {', '.join(CRITERIA)}, found {criterion!r}")
    if intervals_m is not None:
        intervals_m = tuple((float(top), float(base)) for top, base in intervals_m)
    ref, est = replace(ref, well=""), replace(est, well="")
    key = _digest(ref), _digest(est), float(hole_diameter_m), float(tolerance_m), criterion, intervals_m
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return dict(_kept[key])
    compared = _compared(ref, est, hole_diameter_m, tolerance_m, criterion, intervals_m)
    with _lock:
        _kept[key] = compared
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return dict(compared)


_kept: OrderedDict[tuple[Any, ...], Comparison] = OrderedDict()
_lock = Lock()


def _digest(picks: Picks) -> bytes:
    """What tells sets of picks apart that compare differently, in their order."""
    digest = hashlib.sha256()
    for column in (picks.depth_m, picks.dip_deg, picks.azimuth_deg, picks.confidence):
        digest.update(np.ascontiguousarray(column).tobytes())
    digest.update("\n".join(picks.kind).encode())
    return digest.digest()


def _compared(
    ref: Picks,
    est: Picks,
    hole_diameter_m: float,
    tolerance_m: float,
    criterion: Criterion,
    intervals_m: Sequence[tuple[float, float]] | None,
) -> Comparison:
    report = score(ref, est, hole_diameter_m=hole_diameter_m, tolerances_m=(tolerance_m,), intervals_m=intervals_m)
    scores = {name: report.get(POOLED, name, tolerance_m) for name in CRITERIA}
    in_ref, in_est = (_counted(picks, intervals_m) for picks in (ref, est))
    pairs = match(ref[in_ref], est[in_est], criterion, tolerance_m, hole_diameter_m=hole_diameter_m)
    order = np.argsort(ref.depth_m[in_ref][pairs.ref], kind="stable")
    hit_ref, hit_est = in_ref[pairs.ref][order], in_est[pairs.est][order]
    return {
        "tolerance_m": float(tolerance_m),
        "metres": scores[criterion].length_m,
        "scores": {name: figures_of(line) for name, line in scores.items()},
        "kinds": {kind: figures_of(report.get(kind, criterion, tolerance_m)) for kind in KINDS},
        "pairs": np.stack([hit_ref, hit_est], axis=1).tolist(),
        "missed": _by_depth(ref, np.setdiff1d(in_ref, hit_ref)),
        "false": _by_depth(est, np.setdiff1d(in_est, hit_est)),
    }


def figures_of(line: Score) -> dict[str, float | int | None]:
    """A line of a score as plain values: counts, shares, chance and skill, None for NaN."""
    counts = line.counts
    shares = {
        "sensitivity": counts.sensitivity,
        "precision": counts.precision,
        "f1": counts.f1,
        "chance_f1": line.chance.f1,
        "skill": line.skill,
    }
    plain = {name: None if math.isnan(value) else value for name, value in shares.items()}
    return {"n_ref": counts.n_ref, "n_est": counts.n_est, "hits": int(counts.hits), **plain}


def _counted(picks: Picks, intervals_m: Sequence[tuple[float, float]] | None) -> NDArray[np.intp]:
    """The rows that count."""
    return np.arange(len(picks)) if intervals_m is None else np.flatnonzero(within(picks.depth_m, intervals_m))


def _by_depth(picks: Picks, rows: NDArray[np.intp]) -> list[int]:
    ordered: list[int] = rows[np.argsort(picks.depth_m[rows], kind="stable")].tolist()
    return ordered
