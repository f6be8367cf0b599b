"""Commands that show a log, picks on it, and what a file holds."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from geobfdt.cli import console, settings
from geobfdt.cli.grouping import setting_names
from geobfdt.cli.options import (
    Json,
    LogOptions,
    PickOptions,
    pick_sets,
)
from geobfdt.errors import InputError, InputWarning, quiet


def plot(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="Image log.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE.png", help="Picture to write.")],
    picks: Annotated[
        list[str] | None, typer.Option(metavar="[NAME=]FILE", help="Picks to draw, a panel a file. Repeatable.")
    ] = None,
    pick_options: PickOptions = PickOptions(),
    log_options: LogOptions = LogOptions(),
    as_json: Json = False,
) -> None:
    """Draw an image log with picks over it, and their tadpoles."""
    from geobfdt.borehole.placing import picks_on
    from geobfdt.report.plots import plot_log

    one = log_options.read_one(log)
    named = log_options.well is not None or one.well not in ("", log.stem)
    sets = {name: picks_on(one, of, name, named=named) for name, of in pick_sets(picks or [], pick_options).items()}
    drawn = plot_log(one, sets, out, unit=_unit_of(log, one.name))
    console.answer({"file": str(drawn)}, str(drawn), as_json=as_json)


_LARGEST_BYTES = 200e6
"""Of a file that is read once more for the unit of its image."""


def _unit_of(file: Path, image: str) -> str:
    """The unit of an image in the file of its log, "" where it says none."""
    from geobfdt.formats import contents
    from geobfdt.formats.curves import CURVE_SUFFIXES

    if not image or file.suffix.lower() not in CURVE_SUFFIXES or file.stat().st_size > _LARGEST_BYTES:
        return ""
    try:
        with quiet(ignored=(InputWarning,)):  # what there is to tell was told when the log was read
            channels = [channel for part in contents(file) for channel in part.channels]
    except InputError:
        return ""
    named = [channel.unit for channel in channels if channel.name.startswith(image)]
    return named[0] if len(set(named)) == 1 else ""


def info(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A DLIS, LAS or delimited file to list.")] = None,
    write_settings: Annotated[
        Path | None,
        typer.Option(metavar="WELL.yaml", help="Write what the file says of its well, and what it leaves to be said."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what a file holds; without one versions, device, the bundled weights and what of torchvision works."""
    if file is not None:
        from geobfdt.formats import contents

        if write_settings is not None:
            known = settings.write_settings(file, write_settings, setting_names())
            text = f"{write_settings}: {', '.join(known) or 'nothing'} from {file}; the rest is for you to say"
            console.answer({"file": str(write_settings), "known": known}, text, as_json=as_json)
            return
        parts = contents(file)
        console.answer({"parts": [asdict(part) for part in parts]}, console.listed(file, parts), as_json=as_json)
        return
    from geobfdt.cli.about import about

    facts = about()
    console.answer(facts, "\n".join(f"{name:18} {value}" for name, value in facts.items()), as_json=as_json)
