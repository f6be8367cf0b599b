"""What is known of picks after a sequence of edits: a pure function of the first picks and of the edits."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from geobfdt.borehole.picks import DEVIATIONS, HOLE, TRUE, Picks
from geobfdt.errors import InputError
from geobfdt.reviewing.edits import GEOMETRY, Add, Line, NotNowError, Set, Step, Tick

Intervals = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Row:
    """A pick with what was decided about it; numbers as in :class:`geobfdt.borehole.picks.Picks`.

    id        its own for ever: also after an undo no other pick gets it
    status    "undecided", "accepted" or "rejected"
    changed   depth, dip or azimuth were moved by hand
    added     it was drawn by hand
    set       the interpreter's name for a family of planes, "" for none
    span_deg  the azimuths, from and to clockwise, between which a partial trace is seen; None of a whole one
    by, at    who touched it last, and when; "" where no reviewer was named
    """

    id: int
    depth_m: float
    dip_deg: float
    azimuth_deg: float
    kind: str
    confidence: float = math.nan
    depth_sd_m: float = math.nan
    dip_sd_deg: float = math.nan
    azimuth_sd_deg: float = math.nan
    true_dip_deg: float = math.nan
    true_azimuth_deg: float = math.nan
    hole_deviation_deg: float = math.nan
    hole_azimuth_deg: float = math.nan
    quality: str = ""
    status: str = "undecided"
    changed: bool = False
    added: bool = False
    set: str = ""
    span_deg: tuple[float, float] | None = None
    by: str = ""
    at: str = ""


_OF_PICKS = [column.name for column in fields(Picks) if column.name != "well"]
Placing = Callable[[Picks], Picks]
"""Gives picks their true dips."""


def rows_of(picks: Picks) -> list[Row]:
    """Rows of picks, undecided, numbered from 0 in their order."""
    columns = [getattr(picks, name).tolist() for name in _OF_PICKS]
    return [Row(number, *values) for number, values in enumerate(zip(*columns, strict=True))]


def picks_of(rows: Sequence[Row], well: str = "") -> Picks:
    """The picks of rows, in their order."""
    columns = {name: np.array([getattr(row, name) for row in rows]) for name in _OF_PICKS}
    return Picks(**columns, well=well) if rows else Picks()


@dataclass(frozen=True)
class Effect:
    """What an edit did: rows by id before and after, None where there is none, and the reviewed intervals."""

    rows: Mapping[int, tuple[Row | None, Row | None]]
    reviewed_m: tuple[Intervals, Intervals]


@dataclass(frozen=True)
class Change:
    """What differs after an edit: rows as they are now, and the ids of those that are no more."""

    rows: tuple[Row, ...] = ()
    removed: tuple[int, ...] = ()


@dataclass
class State:
    """Rows by id, reviewed intervals in metres, and what there is to undo and to redo.

    finished  of a blind pass, and ``finished_rows`` are its rows as they then were
    lines     how many edits were applied, undos included
    """

    rows: dict[int, Row]
    placing: Placing = lambda picks: picks
    reviewed_m: Intervals = ()
    done: list[Effect] = field(default_factory=list)
    undone: list[Effect] = field(default_factory=list)
    next_id: int = 0
    lines: int = 0
    finished: bool = False
    finished_rows: tuple[Row, ...] = ()

    @classmethod
    def of(cls, picks: Picks, placing: Placing = lambda picks: picks) -> State:
        return cls({row.id: row for row in rows_of(picks)}, placing, next_id=len(picks))

    def check(self, line: Line) -> None:
        """Raise :class:`InputError` on a pick that does not exist and :class:`NotNowError` where nothing is there to be
        undone, redone or finished. What passes can be applied.
        """
        edit = line.edit
        if isinstance(edit, Set):
            unknown = [one for one in edit.ids if one not in self.rows]
            if unknown:
                raise InputError(f"ids: there is no pick {unknown[0]}; load the page again")
        elif isinstance(edit, Step):
            if edit.do == "finish" and self.finished:
                raise NotNowError("the blind pass is finished already")
            if edit.do == "undo" and not self.done:
                raise NotNowError("there is nothing to undo")
            if edit.do == "redo" and not self.undone:
                raise NotNowError("there is nothing to redo")

    def apply(self, line: Line) -> Change:
        """Do an edit that passes :meth:`check`."""
        self.lines += 1
        edit = line.edit
        if isinstance(edit, Step):
            return self._step(edit)
        if isinstance(edit, Tick):
            effect = self._ticked(edit, line)
        else:
            effect = self._set(edit, line) if isinstance(edit, Set) else self._added(edit, line)
        self.done.append(effect)
        self.undone.clear()
        return self._into(effect, 1)

    def _step(self, step: Step) -> Change:
        if step.do == "finish":
            self.finished, self.finished_rows = True, tuple(self.rows.values())
            self.done.clear()
            self.undone.clear()
            return Change()
        source, target = (self.done, self.undone) if step.do == "undo" else (self.undone, self.done)
        effect = source.pop()
        target.append(effect)
        return self._into(effect, 0 if step.do == "undo" else 1)

    def _into(self, effect: Effect, side: int) -> Change:
        """Have the rows of one side of an effect: 0 before it, 1 after it."""
        self.reviewed_m = effect.reviewed_m[side]
        removed = []
        for number, sides in effect.rows.items():
            row = sides[side]
            if row is None:
                del self.rows[number]
                removed.append(number)
            else:
                self.rows[number] = row
        return Change(tuple(row for sides in effect.rows.values() if (row := sides[side])), tuple(removed))

    def _set(self, edit: Set, line: Line) -> Effect:
        before = [self.rows[number] for number in edit.ids]
        return self._effect(before, self._placed([_with(row, edit.values, line) for row in before]))

    def _added(self, edit: Add, line: Line) -> Effect:
        values: dict[str, Any] = {name: value for name, value in edit.values.items() if value is not None}
        row = Row(self.next_id, **values, status="accepted", added=True, by=line.by, at=line.at)
        self.next_id += 1
        return self._effect([None], self._placed([row]))

    def _ticked(self, edit: Tick, line: Line) -> Effect:
        taken: list[Row] = []
        if edit.accept:
            inside = (row for row in self.rows.values() if edit.top_m <= row.depth_m <= edit.base_m)
            taken = [row for row in inside if row.status == "undecided"]
        accepted = [replace(row, status="accepted", by=line.by, at=line.at) for row in taken]
        return self._effect(taken, accepted, ticked(self.reviewed_m, edit.top_m, edit.base_m, on=edit.on))

    def _effect(self, before: Sequence[Row | None], after: Sequence[Row], ticks: Intervals | None = None) -> Effect:
        rows = {new.id: (old, new) for old, new in zip(before, after, strict=True)}
        return Effect(rows, (self.reviewed_m, self.reviewed_m if ticks is None else ticks))

    def _placed(self, rows: list[Row]) -> list[Row]:
        """The rows, those that are new or were moved with the true dips that they have now."""
        moved = [row for row in rows if self._is_moved(row)]
        if not moved:
            return rows
        placed = self.placing(picks_of(moved))
        columns = [getattr(placed, name).tolist() for name in (*TRUE, *HOLE)]
        found = {
            row.id: replace(row, **dict(zip((*TRUE, *HOLE), values, strict=True)))
            for row, values in zip(moved, zip(*columns, strict=True), strict=True)
        }
        return [found.get(row.id, row) for row in rows]

    def _is_moved(self, row: Row) -> bool:
        old = self.rows.get(row.id)
        return old is None or any(getattr(row, name) != getattr(old, name) for name in GEOMETRY)


def _with(row: Row, values: Mapping[str, Any], line: Line) -> Row:
    """A row with other values; where they move it, what was known of its errors and its true dip is known no more."""
    new = replace(row, **values, by=line.by, at=line.at)
    if all(getattr(new, name) == getattr(row, name) for name in GEOMETRY):
        return new
    unknown: dict[str, Any] = dict.fromkeys((*DEVIATIONS, *TRUE, *HOLE), math.nan)
    return replace(new, changed=not row.added or row.changed, **unknown)


def ticked(intervals_m: Iterable[tuple[float, float]], top_m: float, base_m: float, *, on: bool) -> Intervals:
    """Intervals, apart and downwards, with one more, or without what of them lies in it."""
    kept = []
    for top, base in intervals_m:
        if base < top_m or top > base_m:
            kept.append((top, base))
        elif on:
            top_m, base_m = min(top, top_m), max(base, base_m)
        else:
            kept += [part for part in ((top, min(base, top_m)), (max(top, base_m), base)) if part[0] < part[1]]
    return tuple(sorted([*kept, (top_m, base_m)] if on else kept))
