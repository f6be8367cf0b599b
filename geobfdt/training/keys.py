"""The keys of a configuration as its models declare them: what each takes, and which one a wrong name was meant for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


@dataclass(frozen=True)
class Key:
    """A key by its full name, e.g. model.queries.

    takes    what may stand there, in words
    default  what stands there where nobody says anything
    former   the full name that it had in version 0.1, if that was another
    """

    name: str
    takes: str
    default: Any
    former: str | None = None


def keys_of(model: type[BaseModel], section: str = "") -> dict[str, Key]:
    """All keys of a model and of the models in it, by their full names."""
    keys: dict[str, Key] = {}
    for name, field in model.model_fields.items():
        full = section + name
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            keys |= keys_of(field.annotation, f"{full}.")
        else:
            former = section + field.serialization_alias if field.serialization_alias else None
            keys[full] = Key(full, _takes(field.annotation, field.metadata), field.default, former)
    return keys


def sections_of(keys: Iterable[str]) -> dict[str, list[str]]:
    """The names of keys without their section, by section; "" for those that are in none."""
    sections: dict[str, list[str]] = {}
    for key in keys:
        section, _, name = key.rpartition(".")
        sections.setdefault(section, []).append(name)
    return sections


def nearest(name: str, keys: Mapping[str, Key]) -> str | None:
    """The key that a name was most likely meant for: spelled nearly so, or so called in another section."""
    last = name.rpartition(".")[2]
    elsewhere = [key for key in keys if key.rpartition(".")[2] == last]
    alike = difflib.get_close_matches(name, keys, 1) or [
        key
        for word in difflib.get_close_matches(last, [key.rpartition(".")[2] for key in keys], 1)
        for key in keys
        if key.rpartition(".")[2] == word
    ]
    return next(iter(elsewhere or alike), None)


def _takes(annotation: Any, metadata: Iterable[Any]) -> str:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        flat = [one for part in more for one in (part.metadata if isinstance(part, FieldInfo) else [part])]
        return _takes(inner, flat)
    if origin in (Union, UnionType):
        return " or ".join(_takes(part, ()) for part in get_args(annotation))
    if origin is tuple:
        return "names in brackets, as [sand,shale]"
    if origin is Literal:
        *first, last = map(str, get_args(annotation))
        return f"{', '.join(first)} or {last}" if first else last
    return ("a whole number" if annotation is int else "a number") + _bounds(metadata)


def _bounds(metadata: Iterable[Any]) -> str:
    """The bounds among a field's constraints, which have an attribute ge, gt, le or lt each."""
    found = {name: getattr(one, name) for one in metadata for name in ("ge", "gt", "le", "lt") if hasattr(one, name)}
    words = {"ge": "from", "gt": "above", "le": "up to", "lt": "up to below"}
    return "".join(
        f" {word} {found[name]:{'d' if isinstance(found[name], int) else '.10g'}}"
        for name, word in words.items()
        if name in found
    )
