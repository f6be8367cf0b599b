"""Groups of options in the signatures of commands, and what a command reads and writes by them."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

from geobfdt.cli.options import Conventions, LogOptions, PickOptions, SurveyOptions
from geobfdt.cli.settings import settings_option
from geobfdt.formats.atomic import protected

GROUPS = (LogOptions, PickOptions, SurveyOptions, Conventions)
"""What may be known of a well rather than of a command."""


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """A command in whose signature every parameter that is a group of options stands as those options.

    Typer reads a command's options off its signature; what several commands share would be repeated in each.
    """
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}
    parameters: list[inspect.Parameter] = []
    for name, parameter in inspect.signature(command).parameters.items():
        if name in groups:
            options = get_type_hints(groups[name], include_extras=True)
            parameters += [
                inspect.Parameter(f.name, parameter.KEYWORD_ONLY, default=f.default, annotation=options[f.name])
                for f in fields(groups[name])
            ]
        else:
            parameters.append(parameter.replace(kind=parameter.KEYWORD_ONLY, annotation=hints[name]))

    @functools.wraps(command)
    def called(**given: Any) -> None:
        values = [value for name, value in given.items() if name not in WRITTEN]
        read = frozenset(Path(os.path.realpath(path)) for value in values for path in _paths(value))
        given.pop("settings", None)  # its callback has made defaults of it
        for name, group in groups.items():
            given[name] = group(**{f.name: given.pop(f.name) for f in fields(group)})
        reading = protected.set(read)
        try:
            command(**given)
        finally:
            protected.reset(reading)

    if any(group in GROUPS for group in groups.values()):
        parameters.append(
            inspect.Parameter(
                "settings", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=settings_option(setting_names)
            )
        )
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return called


WRITTEN = {"out", "json_file", "pdf", "report", "write_settings"}
"""Parameters that name what a command writes; all other paths are read."""


def _paths(value: object) -> Iterator[Path]:
    """The files that the value of an option names, as they are or behind NAME=."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Path):
            yield one
        elif isinstance(one, str):
            yield from map(Path, {one, one.partition("=")[2] or one})


def setting_names() -> dict[str, str]:
    """What may be known of a well, every option that says it, with its meaning."""
    names = {}
    for group in GROUPS:
        for name, hint in get_type_hints(group, include_extras=True).items():
            names[name] = next(option.help for option in hint.__metadata__)
    return names
