"""The command line: thin over the library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def _root() -> None:
    """Pick fractures and bedding planes on borehole image logs."""


@app.command()
def train(
    config: Annotated[Optional[Path], typer.Argument()] = None,
    data: Annotated[str, typer.Option()] = "synthetic",
    out: Annotated[Path, typer.Option("-o")] = Path("run"),
    set_: Annotated[list[str], typer.Option("--set")] = [],
    resume: bool = False,
    init: Optional[Path] = None,
    wandb: str = "offline",
) -> None:
    from geobfdt.config import load_config
    from geobfdt.train import train as run

    def report(p):
        if p.validation is None:
            if p.step % 50 == 0: print(f"epoch {p.epoch} step {p.step}/{p.steps} loss {p.loss:.3f} {p.windows_per_s:.1f} w/s", flush=True)
        else:
            v = p.validation
            print(f"== epoch {p.epoch} loss {p.loss:.3f} {p.windows_per_s:.1f} w/s thr {v.threshold} f1 {v.f1:.3f} " + " ".join(f"{k}: s{c.sensitivity:.2f} p{c.precision:.2f} f{c.f1:.2f}" for k, c in v.counts.items()) + f" fp/m {v.false_picks_per_m:.3f} empty {v.empty_predicted:.2f}/{v.empty_true:.2f} {v.collapse}", flush=True)

    run(load_config(config, set_), out, resume=resume, init=init, wandb_mode=wandb, report=report)


def main() -> None:
    app()
