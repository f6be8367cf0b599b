"""Edits: what a person does to picks on the page, checked before anything is done."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from geobfdt.borehole.names import clean_name
from geobfdt.borehole.picks import KINDS, UNKNOWN
from geobfdt.errors import InputError

STATUSES = ("undecided", "accepted", "rejected")
GEOMETRY = ("depth_m", "dip_deg", "azimuth_deg")
MOST_IDS = 100_000
LONGEST_SET = 60
"""Characters of the name of a set."""

Value = float | str | tuple[float, float] | None
Word = Literal["undo", "redo", "finish"]


class NotNowError(InputError):
    """An edit or a question that is right in itself, but not as things stand: nothing is there to be undone, say."""


@dataclass(frozen=True)
class Set:
    """New values of picks by column: any of depth_m, dip_deg, azimuth_deg, kind, status, set and span_deg."""

    ids: tuple[int, ...]
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Add:
    """A new pick: depth_m, dip_deg, azimuth_deg and kind, perhaps set, span_deg and confidence; accepted at once."""

    values: Mapping[str, Value]


@dataclass(frozen=True)
class Tick:
    """An interval in metres as reviewed (``on``) or not; with ``accept`` what is undecided in it is accepted."""

    top_m: float
    base_m: float
    on: bool = True
    accept: bool = False


@dataclass(frozen=True)
class Step:
    """One edit back, one forth again, or the end of a blind pass."""

    do: Word


Edit = Set | Add | Tick | Step


@dataclass(frozen=True)
class Line:
    """An edit with who made it and when, "" where no reviewer was named."""

    edit: Edit
    by: str = ""
    at: str = ""


@dataclass(frozen=True)
class Reach:
    """Where picks may lie, (top, base) in metres along hole."""

    top_m: float = field(default=-math.inf)
    base_m: float = field(default=math.inf)


def edit_of(said: object, reach: Reach = Reach()) -> Edit:
    """The edit that a page or a journal says in JSON. Raises :class:`InputError` on what is none, on a value out of its
    range and on a depth out of ``reach``.
    """
    if not isinstance(said, Mapping):
        raise InputError("an edit must be an object with the key do")
    do = said.get("do")
    if do == "set":
        values = _values(said.get("values"), ("kind", "status", "set", "span_deg", *GEOMETRY), reach)
        if not values:
            raise InputError("values: says nothing to set; give at least one of them")
        return Set(_ids(said.get("ids")), values)
    if do == "add":
        values = _values(said.get("values"), ("kind", "set", "span_deg", "confidence", *GEOMETRY), reach)
        missing = [name for name in (*GEOMETRY, "kind") if name not in values]
        if missing:
            raise InputError(f"values: lacks {', '.join(missing)}, which a new pick needs")
        return Add(values)
    if do == "reviewed":
        top_m, base_m = (_number(name, said.get(name)) for name in ("top_m", "base_m"))
        top_m, base_m = max(top_m, reach.top_m), min(base_m, reach.base_m)
        if not top_m < base_m:
            raise InputError(f"top_m and base_m: {said['top_m']:g} to {said['base_m']:g} m is no interval of the log")
        return Tick(top_m, base_m, _flag(said, "on", True), _flag(said, "accept", False))
    if do in ("undo", "redo", "finish"):
        return Step(cast("Word", do))
    raise InputError(f"do: must be one of set, add, reviewed, undo, redo and finish, found {str(do)[:40]!r}")


def said_of(line: Line) -> dict[str, Any]:
    """An edit as it stands in a journal; floats come back from JSON to the last bit."""
    edit = line.edit
    if isinstance(edit, Set):
        said: dict[str, Any] = {"do": "set", "ids": list(edit.ids), "values": dict(edit.values)}
    elif isinstance(edit, Add):
        said = {"do": "add", "values": dict(edit.values)}
    elif isinstance(edit, Tick):
        said = {"do": "reviewed", "top_m": edit.top_m, "base_m": edit.base_m, "on": edit.on, "accept": edit.accept}
    else:
        said = {"do": edit.do}
    return said | ({"by": line.by} if line.by else {}) | ({"at": line.at} if line.at else {})


def line_of(said: object) -> Line:
    """The inverse of :func:`said_of`; errors as :func:`edit_of`."""
    edit = edit_of(said)
    assert isinstance(said, Mapping)
    return Line(edit, str(said.get("by", "")), str(said.get("at", "")))


def _ids(said: object) -> tuple[int, ...]:
    if not isinstance(said, list) or not said or any(type(one) is not int for one in said):
        raise InputError("ids: must be a list of at least one number of a pick")
    if len(said) > MOST_IDS:
        raise InputError(f"ids: are {len(said)}, at most {MOST_IDS} at once can be; take fewer")
    return tuple(dict.fromkeys(said))


def _values(said: object, known: tuple[str, ...], reach: Reach) -> dict[str, Value]:
    if not isinstance(said, Mapping):
        raise InputError("values: must be an object with a value by column")
    for name in said:
        if name not in known:
            raise InputError(f"values: knows no {str(name)[:40]!r}; it may be one of {', '.join(known)}")
    return {name: _value(name, value, reach) for name, value in said.items()}


def _value(name: str, value: object, reach: Reach) -> Value:
    if name in ("kind", "status"):
        choice = (*KINDS, UNKNOWN) if name == "kind" else STATUSES
        if value not in choice:
            raise InputError(f"{name}: must be one of {', '.join(choice)}, found {str(value)[:40]!r}")
        return str(value)
    if name == "set":
        if not isinstance(value, str) or len(value) > LONGEST_SET:
            raise InputError(f"set: must be a name of at most {LONGEST_SET} characters")
        return clean_name(value.strip())
    if name == "span_deg":
        return _span(value)
    if name == "confidence" and value is None:
        return None
    number = _number(name, value)
    if name == "depth_m" and not reach.top_m <= number <= reach.base_m:
        raise InputError(f"depth_m: {number:g} m lies outside the image, {reach.top_m:.4f} to {reach.base_m:.4f} m")
    if name == "dip_deg" and not 0 <= number < 90:
        raise InputError(f"dip_deg: must be in [0, 90) degrees, found {number:g}")
    if name == "azimuth_deg" and not 0 <= number < 360:
        raise InputError(f"azimuth_deg: must be in [0, 360) degrees, found {number:g}")
    if name == "confidence" and not 0 <= number <= 1:
        raise InputError(f"confidence: must be in [0, 1], found {number:g}")
    return number


def _span(value: object) -> tuple[float, float] | None:
    if value is None:
        return None
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise InputError("span_deg: must be null or two azimuths, from and to, clockwise")
    ends = _number("span_deg", value[0]), _number("span_deg", value[1])
    if not all(0 <= end < 360 for end in ends):
        raise InputError(f"span_deg: must be in [0, 360) degrees, found {ends[0]:g} and {ends[1]:g}")
    return ends


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(f"{name}: must be a number, found {str(value)[:40]!r}")
    return float(value)


def _flag(said: Mapping[str, Any], name: str, otherwise: bool) -> bool:
    value = said.get(name, otherwise)
    if not isinstance(value, bool):
        raise InputError(f"{name}: must be true or false, found {str(value)[:40]!r}")
    return value
