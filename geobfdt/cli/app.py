"""The commands, and what becomes of a user's mistake."""

from __future__ import annotations

import os
import shlex
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from geobfdt import __version__
from geobfdt.cli import console
from geobfdt.cli.experiments import bench, demo, studies
from geobfdt.cli.export import export
from geobfdt.cli.export_model import export_model
from geobfdt.cli.grouping import with_options
from geobfdt.cli.predict import predict
from geobfdt.cli.reporting import qc, report
from geobfdt.cli.review import review
from geobfdt.cli.scoring import score
from geobfdt.cli.training import TrainCommand, import_, synth, train
from geobfdt.cli.views import info, plot
from geobfdt.errors import InputError, InputWarning

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Pick fractures and bedding planes on unwrapped borehole image logs: depth, dip and azimuth.",
)
EXAMPLES: dict[Callable[..., None], str] = {
    synth: "geobfdt synth well.h5 --wells 1 --length 5 --seed 3",
    import_: "geobfdt import log.las --picks dips.csv --reviewed 1000:1050 -o corpus.h5",
    train: "geobfdt train --data corpus.h5 --init bundled -o run",
    predict: "geobfdt predict log.csv --hole-diameter 0.2159 --reference north -o picks",
    score: "geobfdt score picks/log.picks.csv interpreter.csv --hole-diameter 0.2159",
    export: "geobfdt export picks/log.picks.csv -o log.las --hole-diameter 0.2159 --survey survey.csv",
    export_model: "geobfdt export-model run/best.safetensors -o run/best.onnx",
    plot: "geobfdt plot log.las --picks picks/log.picks.csv -o log.png",
    qc: "geobfdt qc log.las --picks dips.csv",
    report: "geobfdt report log.las --picks picks/log.picks.csv -o log.html",
    review: "geobfdt review log.las --picks picks/log.picks.csv -o reviewed",
    info: "geobfdt info log.dlis",
    demo: "geobfdt demo -o demo",
    bench: "geobfdt bench --quick",
    studies: "geobfdt studies all",
}
"""Every command, in the order of the help, with what it is mostly asked."""
for command, example in EXAMPLES.items():
    cls = TrainCommand if command is train else None
    app.command(command.__name__.rstrip("_").replace("_", "-"), cls=cls, epilog=f"Example: {example}")(
        with_options(command)
    )


LEFT_OUT = ("torch", "torchvision", "kornia", "wandb")
"""Packages that picking does without, so that small installations leave them out."""


def _tell_version(asked: bool) -> None:
    if asked:
        print(f"geobfdt {__version__}")
        raise typer.Exit


@app.callback()
def geobfdt(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No notes, only errors; --json has them still.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="The version first, the time at the end.")] = False,
    log_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Add the command, its notes and its end to a file.")
    ] = None,
) -> None:
    """What stands before a command."""
    console.talk.quiet, console.talk.verbose = quiet, verbose
    if log_file is not None:
        console.log_to(log_file)
    console.LOG.info("geobfdt %s: %s", __version__, shlex.join(sys.argv[1:]))
    if verbose:
        print(f"geobfdt {__version__}", file=sys.stderr)


def _told_by_another() -> bool:
    """Whether another process that torchrun started with this one has said why all of them end."""
    if "TORCHELASTIC_RUN_ID" not in os.environ:  # and no torch is loaded to find that out
        return False
    from geobfdt.training.ranks import told_already

    return told_already()


def run() -> None:
    """Run the command line; a user's mistake is one sentence and exit code 2."""
    console.told.clear()
    start = time.monotonic()
    with console.logged(), warnings.catch_warnings():
        warnings.simplefilter("always", InputWarning)
        plain = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if issubclass(category, InputWarning):
                console.tell(*console.hear(message, category))
            else:
                plain(message, category, *place, **more)

        warnings.showwarning = show
        try:
            app()
        except InputError as error:
            if not _told_by_another():
                console.tell("geobfdt", error)
            raise SystemExit(2) from None
        except ModuleNotFoundError as error:
            if error.name not in LEFT_OUT:
                raise
            console.tell("geobfdt", f"this command needs {error.name}, which is not installed; run pip install geobfdt")
            raise SystemExit(2) from None
        finally:
            console.LOG.info("ended after %.1f s", time.monotonic() - start)
            if console.talk.verbose:
                print(f"{time.monotonic() - start:.1f} s", file=sys.stderr)
