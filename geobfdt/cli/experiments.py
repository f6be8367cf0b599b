"""Commands that put it all to the test."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geobfdt.cli import console
from geobfdt.cli.options import Device, Json, WandbOption
from geobfdt.errors import InputError
from geobfdt.experiments.studies import BudgetName, check_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from geobfdt.experiments.bench.engines import Engines
    from geobfdt.experiments.bench.run import Bench
    from geobfdt.experiments.bench.size import Size
    from geobfdt.experiments.bench.timings import Timings
    from geobfdt.experiments.bench.workers import WorkerTable


def demo(
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the demo's files.")] = Path("demo"),
    length: Annotated[float, typer.Option(help="Metres of the well.")] = 20.0,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another well.")] = 7,
    as_json: Json = False,
) -> None:
    """Make a well, pick it with the bundled weights, score the picks and draw them."""
    from geobfdt.formats.atomic import make_folder

    make_folder(out)

    from geobfdt.cli.demo import run

    made = run(out, length, seed, say=(lambda text: None) if as_json else print)
    if as_json:
        print(console.with_notes(made))


def bench(
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder for tables, figures and pictures.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A minute's worth of it.")] = False,
    weights: Annotated[Path | None, typer.Option(help="Weights file. (default: the bundled weights)")] = None,
    compare: Annotated[list[Path] | None, typer.Option(help="Weights to put beside them. Repeatable.")] = None,
    speed: Annotated[bool, typer.Option("--speed", help="Only measure speed.")] = False,
    engines: Annotated[
        bool, typer.Option("--engines", help="Only compare torch and onnxruntime, with weights that have an ONNX file.")
    ] = False,
    profile: Annotated[bool, typer.Option("--profile", help="Only show where the time goes.")] = False,
    workers: Annotated[
        bool, typer.Option("--workers", help="Only simulate how many wells an hour so many workers pick.")
    ] = False,
    device: Device = "auto",
    as_json: Json = False,
) -> None:
    """Measure accuracy on wells made on the spot, beside a classical detector, and speed."""
    from geobfdt.formats.atomic import make_folder

    parts = {"speed": speed, "engines": engines, "profile": profile, "workers": workers}
    chosen = [part for part, is_chosen in parts.items() if is_chosen]
    asked = [*chosen, "compare"] if compare else chosen
    if len(asked) > 1:
        raise InputError(
            f"--{asked[0]} and --{asked[1]}: are parts of the bench that are run one by one; leave one out"
        )
    if out is not None:
        make_folder(out)

    from geobfdt.experiments.bench.run import run_bench, write_bench
    from geobfdt.experiments.bench.size import FULL, QUICK

    size = QUICK if quick else FULL
    part = chosen[0] if chosen else "bench"
    if part == "profile":
        from geobfdt.experiments.bench.speed import profiles
        from geobfdt.model.checkpoint import load_weights
        from geobfdt.model.device import device_of

        print(profiles(load_weights(weights), device_of(device)))
        return
    result: Bench | Timings | Engines | WorkerTable
    with console.progress("bench", None) as done:
        if part == "bench":
            result = run_bench(
                quick=quick,
                weights=weights,
                compare=compare or (),
                device=device,
                pictures=out,
                progress=done,
                so_far=lambda bench: None if out is None else write_bench(bench, out, part),
            )
        else:
            result = _part_of_bench(part, weights, device, size, done)
    print(result.to_json() if as_json else result.to_markdown())
    if out is not None:
        for what, path in write_bench(result, out, part).items():
            print(f"{what}: {path}", file=sys.stderr)


def _part_of_bench(
    part: str, weights: Path | None, device: str, size: Size, progress: Callable[[int, int], None]
) -> Bench | Timings | Engines | WorkerTable:
    """What one of the bench's parts found."""
    from geobfdt.experiments.bench.engines import Engines, bench_wells
    from geobfdt.experiments.bench.timings import Timings
    from geobfdt.experiments.bench.well_cost import well_cost
    from geobfdt.experiments.bench.workers import WorkerTable
    from geobfdt.model.checkpoint import load_weights
    from geobfdt.model.device import device_of
    from geobfdt.prediction.engine import engine_of

    if part == "engines":
        return Engines.compared(None if weights is None else str(weights), bench_wells(size.well_m), progress=progress)
    if part == "workers":
        return WorkerTable.made(well_cost(engine_of(weights, device=device), size.shared_m))
    return Timings.taken(load_weights(weights), device_of(device), size)


def studies(
    name: Annotated[str, typer.Argument(metavar="NAME|all", help="Study to run, or all of them.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Folder for tables and plots.")] = Path(
        "studies"
    ),
    budget: Annotated[
        BudgetName,
        typer.Option(help="small: half an hour a study on two cores, trace-losses over an hour; full: a GPU."),
    ] = "small",
    device: Device = "auto",
    wandb: WandbOption = "offline",
    as_json: Json = False,
) -> None:
    """Repeat the studies behind the published claims, on synthetic wells; goes on where it was stopped."""
    from geobfdt.formats.atomic import make_folder

    check_name(name)
    make_folder(out)

    from geobfdt.experiments.studies.budget import BUDGETS
    from geobfdt.experiments.studies.run import named, run_studies

    chosen = named(name)

    def progress(study: str, done: int, total: int) -> None:
        print(f"{study}: {done} of {total} trials", file=sys.stderr, flush=True)

    files = run_studies(chosen, out, BUDGETS[budget], device=device, wandb_mode=wandb, progress=progress)
    names = [str(file) for file in files]
    console.answer({"files": names}, "\n".join(names), as_json=as_json)
