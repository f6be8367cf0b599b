"""A review: the picks of one log, what was decided about them, and the journal that has it on the disk."""

from __future__ import annotations

import datetime
import hashlib
import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np

from geobfdt.borehole import placing
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.names import clean_name
from geobfdt.borehole.picks import COLUMNS, Picks
from geobfdt.borehole.survey import Survey, with_true_dips
from geobfdt.errors import InputError, InputWarning, quiet
from geobfdt.reviewing.edits import Line, NotNowError, Reach, Step, edit_of, line_of, said_of
from geobfdt.reviewing.journal import Head, Journal, PicksFile, opened
from geobfdt.reviewing.state import Change, Intervals, Row, State, picks_of

Which = Literal["kept", "accepted"]
Found = TypeVar("Found")
REVIEW, BLIND_PASS, RETRAINED = "review", "blind pass", "retrained"
RESERVED = (REVIEW, BLIND_PASS, RETRAINED)
"""Names of sets of picks that the page itself makes."""


@dataclass(frozen=True)
class PickSet:
    """Picks by the name that they are shown under, and the SHA-256 of the file that they come from."""

    name: str
    picks: Picks
    sha256: str = ""

    @property
    def digest(self) -> str:
        """That of the file, or of the picks themselves where they come from none."""
        if self.sha256:
            return self.sha256
        made = hashlib.sha256()
        for column in COLUMNS:
            made.update(np.ascontiguousarray(getattr(self.picks, column)).tobytes())
        return made.hexdigest()


@dataclass(frozen=True)
class Blind:
    """A blind pass, and whether it is over."""

    finished: bool


@dataclass(frozen=True)
class Answer:
    """What an edit came to."""

    change: Change
    reviewed_m: Intervals
    undo: bool
    redo: bool
    edits: int
    blind: Blind | None


@dataclass
class Review:
    """Edits are applied one after the other, from whatever thread; see :func:`review_of`.

    picks     what is reviewed; nothing in a blind pass
    layers    other sets to compare with, which nobody changes
    reviewer  who edits, "" where nobody was named: then nothing says who and when
    """

    log: ImageLog
    picks: PickSet
    layers: tuple[PickSet, ...]
    state: State
    journal: Journal
    reviewer: str = ""
    is_blind: bool = False
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @cached_property
    def reach(self) -> Reach:
        """Where picks may lie."""
        return reach_of(self.log)

    @property
    def blind(self) -> Blind | None:
        return Blind(self.state.finished) if self.is_blind else None

    @property
    def hides(self) -> bool:
        """Whether others' picks must not be shown yet."""
        return self.is_blind and not self.state.finished

    def edit(self, said: object) -> Answer:
        """Check an edit, have it on the disk, and do it. Raises :class:`InputError` on one that is none or out of
        range, :class:`NotNowError` on one that cannot be done now; nothing has then changed.
        """
        edit = edit_of(said, self.reach)
        if isinstance(edit, Step) and edit.do == "finish" and not self.is_blind:
            raise NotNowError("this is no blind pass, which alone can be finished; start one with --blind")
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds") if self.reviewer else ""
        line = Line(edit, self.reviewer, now)
        with self._lock:
            self.state.check(line)
            self.journal.append(said_of(line))
            return self._answer(self.state.apply(line))

    def answer(self) -> Answer:
        """All rows as they are, in the form of what an edit comes to."""
        with self._lock:
            return self._answer(Change(tuple(self.state.rows.values())))

    def _answer(self, change: Change) -> Answer:
        state = self.state
        return Answer(change, state.reviewed_m, bool(state.done), bool(state.undone), state.lines, self.blind)

    def rows(self, which: Which = "kept") -> list[Row]:
        """Rows that are not rejected, or that are accepted, by depth."""
        with self._lock:
            rows = [*self.state.rows.values()]
        kept = [row for row in rows if (row.status == "accepted" if which == "accepted" else row.status != "rejected")]
        return sorted(kept, key=lambda row: (row.depth_m, row.id))

    def table(self, which: Which = "kept") -> Picks:
        """The same as picks of the log's well."""
        return picks_of(self.rows(which), self.log.well)

    def all_layers(self) -> tuple[PickSet, ...]:
        """The sets to compare with: none as long as a blind pass lasts, and afterwards what was drawn in it, too."""
        if self.hides:
            return ()
        if not self.is_blind:
            return self.layers
        kept = [row for row in self.state.finished_rows if row.status != "rejected"]
        return (*self.layers, PickSet(BLIND_PASS, picks_of(kept, self.log.well)))


@contextmanager
def review_of(
    log: ImageLog,
    sets: Sequence[PickSet],
    path: Path,
    *,
    digest: str,
    file: str,
    survey: Survey | None = None,
    blind: bool = False,
    reviewer: str = "",
) -> Iterator[Review]:
    """The review whose journal is ``path``, as far as it has come, and nobody else's as long as this lasts.

    sets    the first is reviewed, the others are compared with; in a blind pass all are, and what is drawn is reviewed
    digest  of the log's ``file``
    survey  which way the hole runs, for true dips; without one those of picks that are moved follow the hole's
            direction at the other picks, where their file has it

    Raises :class:`InputError` on picks of another well or beside the log, and as
    :func:`geobfdt.reviewing.journal.opened`.
    """
    check_names([one.name for one in sets])
    placed = tuple(replace(one, sha256=one.digest, picks=_placed(one, log, survey)) for one in sets)
    reviewed = placed[0] if placed and not blind else PickSet(REVIEW, Picks())
    state = State.of(reviewed.picks, _Placing(log, survey or _survey_in(reviewed.picks)))
    files = tuple(PicksFile(one.name, one.sha256) for one in placed)
    head = Head(file, digest, log.name, log.well, log.top_m, log.base_m, log.columns, files, blind)
    with opened(path, head) as journal:
        for number, said in enumerate(journal.past, 2):
            try:
                line = line_of(said)
                state.check(line)
            except InputError as error:
                raise InputError(f"{path}: line {number} cannot be done ({error}); name another with -o") from None
            state.apply(line)
        layers = placed if blind else placed[1:]
        yield Review(log, reviewed, layers, state, journal, clean_name(reviewer), blind)


def reach_of(log: ImageLog) -> Reach:
    """Where picks of a log may lie: up to the edges of its first and last rows."""
    return Reach(*placing.reach_m(log))


def check_names(names: Sequence[str]) -> None:
    """Raise :class:`InputError` on sets of picks that one name stands for."""
    for k, name in enumerate(names):
        if name in names[:k] or name in RESERVED:
            raise InputError(f"--picks {name}=: two sets would have the name {name}; call it otherwise, as NAME=FILE")


def picks_on(log: ImageLog, one: PickSet, *, named: bool = True) -> Picks:
    """What :func:`geobfdt.borehole.placing.picks_on` gives of a set."""
    return placing.picks_on(log, one.picks, one.name, named=named)


def _placed(one: PickSet, log: ImageLog, survey: Survey | None) -> Picks:
    return one.picks if survey is None else with_true_dips(one.picks, survey, log.reference)


def _survey_in(picks: Picks) -> Survey | None:
    """The way of the hole as a file of picks has it beside them."""
    known = np.isfinite(picks.hole_deviation_deg) & np.isfinite(picks.hole_azimuth_deg)
    depth_m, first = np.unique(picks.depth_m[known], return_index=True)
    if not len(depth_m):
        return None
    deviation, azimuth = np.asarray(picks.hole_deviation_deg)[known], np.asarray(picks.hole_azimuth_deg)[known]
    try:
        return Survey(depth_m, deviation[first], azimuth[first])
    except InputError:
        return None


@dataclass(frozen=True)
class _Placing:
    """Gives picks the true dips that they have by a survey, none where there is none or no high side."""

    log: ImageLog
    survey: Survey | None

    def __call__(self, picks: Picks) -> Picks:
        if self.survey is None:
            return picks
        try:
            with quiet(ignored=(InputWarning,)):  # of picks beyond the stations, which was told at first
                return with_true_dips(picks, self.survey, self.log.reference)
        except InputError:
            return replace(picks, true_dip_deg=math.nan, true_azimuth_deg=math.nan)


def metres_of(intervals_m: Sequence[tuple[float, float]]) -> float:
    """How long intervals are together."""
    return float(sum(base - top for top, base in intervals_m))


def layer_of(layers: Mapping[str, Found], name: str) -> Found:
    """A set by its name; :class:`InputError` that lists them where there is none of that name."""
    if name not in layers:
        raise InputError(f"there is no set of picks {name[:40]!r}; there are {', '.join(layers)}")
    return layers[name]
