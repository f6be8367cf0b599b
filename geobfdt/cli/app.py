"""The commands, and what becomes of a user's mistake."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import typer

from geobfdt.cli import console
from geobfdt.cli.experiments import bench, demo, studies
from geobfdt.cli.export import export
from geobfdt.cli.grouping import with_options
from geobfdt.cli.memory import keep_freed_memory
from geobfdt.cli.picks import predict, score
from geobfdt.cli.training import TrainCommand, import_, synth, train
from geobfdt.cli.views import info, plot, qc, report
from geobfdt.errors import InputError, InputWarning, TrainingWarning

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Pick fractures and bedding planes on unwrapped borehole image logs: depth, dip and azimuth.",
)
for command in (synth, import_, train, predict, score, export, plot, qc, report, info, demo, bench, studies):
    cls = TrainCommand if command is train else None
    app.command(command.__name__.rstrip("_"), cls=cls)(with_options(command))


def run() -> None:
    """Run the command line; a user's mistake is one sentence and exit code 2."""
    keep_freed_memory()
    console.told.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("always", InputWarning)
        plain = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if issubclass(category, InputWarning):
                console.told.append(str(message))
                word = "warning" if issubclass(category, TrainingWarning) else "note"
                print(f"{word}: {message}", file=sys.stderr, flush=True)
            else:
                plain(message, category, *place, **more)

        warnings.showwarning = show
        try:
            app()
        except InputError as error:
            print(f"geobfdt: {error}", file=sys.stderr)
            raise SystemExit(2) from None
