"""Groups of options in the signatures of commands, and what a command reads and writes by them."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

from geobfdt.cli.options import Conventions, HeaderOptions, LogOptions, PickOptions, SurveyOptions
from geobfdt.cli.settings import REVIEWED, settings_option
from geobfdt.errors import InputError
from geobfdt.formats.atomic import protected
from geobfdt.model import NAMED, NAMED_ONCE

GROUPS = (LogOptions, PickOptions, SurveyOptions, Conventions, HeaderOptions)
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
            options = _in_a_panel(groups[name])
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
        check_there(*(path for name, value in given.items() if name not in WRITTEN for path in _files(value)))
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


def _in_a_panel(group: Any) -> dict[str, Any]:
    """The options of a group by name, which the help shows together under what the group is."""
    hints = get_type_hints(group, include_extras=True)
    for hint in hints.values():
        for option in hint.__metadata__:
            option.rich_help_panel = (inspect.getdoc(group) or "").partition(".")[0]
    return hints


WRITTEN = {"out", "json_file", "pdf", "report", "write_settings", "weights_to"}
"""Parameters that name what a command writes; all other paths are read."""


def _paths(value: object) -> Iterator[Path]:
    """The files that the value of an option names, as they are or behind NAME=."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Path):
            yield one
        elif isinstance(one, str):
            yield from map(Path, {one, one.partition("=")[2] or one})


def _files(value: object) -> Iterator[Path]:
    """The files that the value of an option names as such."""
    yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, Path))


def check_there(*paths: Path) -> None:
    """Raise :class:`InputError` where files are missing, before anything is loaded for the others."""
    missing = [str(path) for path in paths if str(path) not in NAMED and not path.exists()]
    if len(missing) == 1:
        remedy = NAMED_ONCE.get(missing[0], "there is no such file; check the name")
        raise InputError(f"{missing[0]}: {remedy}")
    if missing:
        raise InputError(f"{', '.join(missing)}: there are no such files; check the names")


def setting_names() -> dict[str, str]:
    """What may be known of a well, every option that says it, with its meaning."""
    names = {}
    for group in GROUPS:
        for name, hint in get_type_hints(group, include_extras=True).items():
            names[name] = next(option.help for option in hint.__metadata__)
    return names | {REVIEWED: "TOP:BASE in metres of an interval in which every plane was picked; for geobfdt import."}
