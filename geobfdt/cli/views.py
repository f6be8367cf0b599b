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
    drawn = plot_log(one, sets, out)
    console.answer({"file": str(drawn)}, str(drawn), as_json=as_json)


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
