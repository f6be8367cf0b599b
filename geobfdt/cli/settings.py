"""What is known of a well, written down once: a file of settings, which every command takes as its defaults."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from geobfdt.errors import InputError

FILES = ("survey", "kind_map")
"""Settings that name files, from where the settings file lies."""


REVIEWED = "reviewed"
"""The setting that a review writes and an import takes; a prediction has an option of that name for something else."""


def settings_option(names: Callable[[], Mapping[str, str]]) -> Any:
    """The option ``--settings`` of a command: what its file says stands where the command line says nothing.

    ``names`` gives all settings there are with what they mean. The file may hold those of other commands.
    """

    def use(context: typer.Context, path: Path | None) -> Path | None:
        if path is not None:
            own = {parameter.name: parameter for parameter in context.command.params}
            if "like" in own:
                own.pop(REVIEWED, None)
            given = read_settings(path, names())
            context.default_map = {
                name: _as_given(value, own[name]) for name, value in given.items() if name in own
            } | dict(context.default_map or {})
        return path

    text = "What is known of the well, as geobfdt info --write-settings writes it; options go before it."
    return Annotated[
        Path | None, typer.Option("--settings", metavar="FILE.yaml", is_eager=True, callback=use, help=text)
    ]


def read_settings(path: Path, known: Mapping[str, str]) -> dict[str, Any]:
    """The settings of a file by name, those left out that are null. Raises :class:`InputError` on one not known."""
    from geobfdt.formats.yaml_text import read_yaml

    loaded = read_yaml(path, "write a line a setting, name: value")
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise InputError(f"{path}: holds no settings; write a line a setting, name: value")
    # YAML reads a bare null as nothing, and so the name of the setting null.
    given = {"null" if name is None else name: value for name, value in loaded.items() if value is not None}
    for name in given:
        if name not in known:
            raise InputError(f"{path}: knows no setting {name}; its settings are {', '.join(known)}")
    return {name: str(path.parent / str(value)) if name in FILES else value for name, value in given.items()}


def _as_given(value: Any, parameter: Any) -> Any:
    """A value of YAML as the command line would give it."""
    if parameter.multiple:
        return [str(one) for one in (value if isinstance(value, list) else [value])]
    return ",".join(map(str, value)) if isinstance(value, list) else value


def write_settings(log: Path, path: Path, meanings: Mapping[str, str]) -> list[str]:
    """Write what a log says of itself as settings, and as comments what it does not say; the names of the former."""
    import yaml

    from geobfdt.formats.atomic import replacing

    said = _said_by(log)
    for name in FILES:
        if name in said:
            said[name] = os.path.relpath(said[name], path.parent)
    lines = [f"# What is known of {log.name}: commands take it with --settings {path.name}, options go before it."]
    for name, meaning in meanings.items():
        lines.append(f"# {meaning}")
        lines.append(yaml.safe_dump({name: said[name]}, allow_unicode=True).strip() if name in said else f"# {name}:")
    with replacing(path, (".yaml", ".yml")) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return list(said)


def _said_by(log: Path) -> dict[str, Any]:
    from geobfdt.formats import as_found, contents
    from geobfdt.formats.survey import read_survey

    images = [image for part in contents(log) for image in part.images]
    raw = as_found(log, images[0] if len(images) > 1 else None)  # the only one may be refused
    facts = {
        "well": str(raw.well),
        "hole_diameter": raw.hole_diameter_m,
        "reference": raw.reference,
        "first_azimuth": raw.first_azimuth_deg,
    }
    try:
        read_survey(log)
        facts["survey"] = str(log)
    except InputError:
        pass
    return {name: value for name, value in facts.items() if value not in (None, "")}
