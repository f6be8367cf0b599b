"""Commands that make corpora and train networks on them."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperCommand

from geobfdt.borehole import Split
from geobfdt.cli import console
from geobfdt.cli.grouping import check_there
from geobfdt.cli.machine import wait_briefly
from geobfdt.cli.options import Device, Json, LogOptions, Overwrite, PickOptions, WandbOption, intervals_of
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.atomic import protected
from geobfdt.synthetic import Picked, WellPlanes, check_tool

if TYPE_CHECKING:
    import torch

    from geobfdt.borehole.intervals import Intervals
    from geobfdt.training.classes.sources import IntervalWindows
    from geobfdt.training.config import TrainConfig
    from geobfdt.training.ranks import Ranks
    from geobfdt.training.sources import CorpusWindows

BenchmarkName = Literal["v1"]
"""Of :data:`geobfdt.experiments.benchmark.BENCHMARKS`, named here so that the help need not load it."""


def synth(
    out: Annotated[Path, typer.Argument(metavar="OUT.h5", help="Corpus to write.")],
    wells: Annotated[int, typer.Option(min=1, help="How many.")] = 1,
    length: Annotated[float, typer.Option(help="Metres of each well.")] = 50.0,
    seed: Annotated[int, typer.Option(min=0, help="Equal seeds give equal wells.")] = 0,
    tool: Annotated[
        list[str] | None, typer.Option(help="Imaging tool; several take turns over the wells. (default: any)")
    ] = None,
    planes: Annotated[
        WellPlanes,
        typer.Option(help="Kinds of planes in the wells; changing: rock of all kinds in turn, with its labels."),
    ] = "mixed",
    picked: Annotated[
        Picked,
        typer.Option(
            help="The exact truth; what interpreters make of it, each well its own, who are off by a centimetre or two "
            "and miss some; what such as pick every lamina do; or professionals, who pick 2 to 15 planes a metre."
        ),
    ] = "exact",
    split: Annotated[Split, typer.Option(help="What the wells are for.")] = "test",
    benchmark: Annotated[
        BenchmarkName | None,
        typer.Option(help="The wells of a public benchmark instead, all fixed, and their digest; takes a minute."),
    ] = None,
    append: Annotated[bool, typer.Option("--append", help="Add them to the corpus, if it exists.")] = False,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Make synthetic wells, with exact truth or as interpreters pick them."""
    from geobfdt.formats import CORPUS
    from geobfdt.formats.atomic import check_output

    check_output(out, CORPUS)
    if out.exists() and not (append or overwrite):
        raise InputError(f"{out}: is there already; add to it with --append, or replace it with --overwrite")
    tools = tuple(check_tool(name) for name in tool or ())
    if benchmark is not None:
        if append or (wells, length, seed, tools, planes, picked, split) != (1, 50.0, 0, (), "mixed", "exact", "test"):
            raise InputError(f"--benchmark {benchmark}: fixes its wells; give it alone, into a corpus of its own")
        _write_benchmark(out, benchmark, as_json)
        return

    from geobfdt.formats.corpus import write_corpus
    from geobfdt.synthetic.corpora import WellSet

    chosen = WellSet(wells, length, seed, tools, planes, picked, split)
    with console.progress("wells", wells) as done:
        drawn = []
        for well in chosen.draw():
            drawn.append(well)
            done(len(drawn))
    write_corpus(out, drawn, append=append)
    what, count = "planes" if picked == "exact" else "picks", sum(len(well.picks) for well in drawn)
    made = {"file": str(out), "wells": wells, what: count}
    console.answer(made, f"{out}: {wells} wells of {length:g} m with {count} {what}", as_json=as_json)


def _write_benchmark(out: Path, name: str, as_json: bool) -> None:
    from geobfdt.experiments.benchmark import BENCHMARKS, images_digest, planes_digest
    from geobfdt.formats.corpus import write_corpus

    benchmark = BENCHMARKS[name]
    wells = []
    with console.progress("wells", len(benchmark)) as done:
        for well in benchmark.draw():
            wells.append(well)
            done(len(wells))
    benchmark.check(wells)
    write_corpus(out, wells)
    made = {"file": str(out), "benchmark": name, "wells": len(wells), "planes": sum(len(well.picks) for well in wells)}
    made |= {"planes_digest": planes_digest(wells), "images_digest": images_digest(wells)}
    told = (
        "{file}: benchmark {benchmark}, {wells} wells with {planes} planes\n"
        "digest of the planes, on any machine   {planes_digest}\n"
        "digest of the images, on machines alike {images_digest}"
    )
    console.answer(made, told.format(**made), as_json=as_json)


def import_(
    logs: Annotated[list[Path], typer.Argument(metavar="LOG...", help="Image logs.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="CORPUS.h5", help="Corpus to write, or to add to.")],
    picks: Annotated[Path | None, typer.Option(help="Picks of the interpreter.")] = None,
    reviewed: Annotated[
        list[str] | None,
        typer.Option(help="TOP:BASE in metres of an interval in which every plane was picked. Repeatable."),
    ] = None,
    intervals: Annotated[
        Path | None,
        typer.Option(help="Labels of the rock, facies or lithologies: a table of top, base and label, or a LAS."),
    ] = None,
    intervals_curve: Annotated[
        str | None, typer.Option(metavar="NAME", help="The curve of a LAS of --intervals that has them.")
    ] = None,
    split: Annotated[Split, typer.Option(help="What the wells are for.")] = "train",
    pick_options: PickOptions = PickOptions(),
    log_options: LogOptions = LogOptions(),
    as_json: Json = False,
) -> None:
    """Put image logs, with an interpreter's picks or intervals of rock, into a corpus."""
    from geobfdt.borehole.well import well_from
    from geobfdt.formats import CORPUS
    from geobfdt.formats.atomic import check_output
    from geobfdt.formats.corpus import write_corpus

    check_output(out, CORPUS)
    table = pick_options.read(picks) if picks else None
    labels = _intervals(intervals, intervals_curve)
    wells = [
        well_from(log, table, intervals_of("--reviewed", reviewed), split, labels)
        for path in logs
        for log in log_options.read(path)
    ]
    write_corpus(out, wells, append=out.exists())
    facts = [
        {
            "well": well.log.well,
            "top_m": well.log.top_m,
            "base_m": well.log.base_m,
            "columns": well.log.columns,
            "picks": len(well.picks),
            "intervals": len(well.intervals),
            "labels": ", ".join(well.intervals.names),
        }
        for well in wells
    ]
    text = "{file}: {well}, {top_m:.2f} to {base_m:.2f} m, {columns} columns, {picks} picks"
    labelled = ", {intervals} intervals of {labels}"
    told = "\n".join((text + labelled * bool(well["intervals"])).format(file=out, **well) for well in facts)
    console.answer({"file": str(out), "wells": facts}, told, as_json=as_json)


def _intervals(path: Path | None, curve: str | None) -> Intervals | None:
    """The intervals of a file, None where none is given."""
    if path is None:
        if curve is not None:
            raise InputError(f"--intervals-curve {curve}: is a curve of the LAS of --intervals; give both")
        return None
    from geobfdt.formats.intervals import read_intervals

    return read_intervals(path, curve)


class TrainCommand(TyperCommand):
    """Its help ends with the keys of a configuration, which are known only where they are asked for: it takes time."""

    def format_help(self, *place: Any) -> None:
        from geobfdt.training.config import KEYS
        from geobfdt.training.keys import sections_of

        sections = [f"{name or 'Keys'}: {', '.join(keys)}" for name, keys in sections_of(KEYS).items()]
        keys = [*sections, "--set SECTION.KEY=VALUE changes one; --keys says what each takes."]
        self.epilog = "\n\n".join([*filter(None, [self.epilog]), *keys])
        super().format_help(*place)


def show_keys(wanted: bool) -> None:
    """Print every key of a configuration with its default and what it takes, and leave."""
    if not wanted:
        return
    from geobfdt.training.config import KEYS

    names, defaults = (max(len(str(getattr(key, one))) for key in KEYS.values()) for one in ("name", "default"))
    for key in KEYS.values():
        former = f" (formerly {key.former})" if key.former else ""
        print(f"{key.name:{names}}  {key.default!s:{defaults}}  {key.takes}{former}")
    raise typer.Exit


Keys = Annotated[
    bool,
    typer.Option(
        "--keys", is_eager=True, callback=show_keys, help="List every key, its default and what it takes, and leave."
    ),
]


def train(
    config: Annotated[
        Path | None, typer.Argument(help="YAML file. (default: the published recipe; with --init, fine-tuning)")
    ] = None,
    data: Annotated[str, typer.Option(metavar="CORPUS.h5|synthetic", help="Where windows come from.")] = "synthetic",
    out: Annotated[Path, typer.Option("-o", "--out", metavar="RUN", help="Folder of the run.")] = Path("run"),
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a key. Repeatable.")
    ] = None,
    keys: Keys = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in that folder.")] = False,
    init: Annotated[
        Path | None, typer.Option(help="Weights to start from: a file, or bundled; the encoder of any head.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="End the run where it would be warned of a failure.")
    ] = False,
    device: Device = "auto",
    wandb: WandbOption = "offline",
    as_json: Json = False,
) -> None:
    """Train a network: a detector, or, with --set model.head=..., one of traces or of classes of rock.

    On several cards: torchrun --standalone --nproc-per-node N -m geobfdt train ...; a batch is then that of each.
    """
    if data != "synthetic":
        check_there(Path(data))
    wait_briefly()

    settings = _settings(config, set_, init)
    if resume:  # a run that goes on by its own configuration, for longer than it said
        protected.set(protected.get() - {Path(os.path.realpath(out / "config.yaml"))})

    from geobfdt.model.device import device_of
    from geobfdt.training.loop import train as run
    from geobfdt.training.ranks import together

    with together(device_of(device)) as (ranks, where):
        console.talk.quiet |= not ranks.first
        source = None if data == "synthetic" else _corpus_windows(data, settings, where, ranks)
        with console.training() if ranks.first else contextlib.nullcontext(lambda where: None) as progress:
            best = run(
                settings,
                out,
                source,
                device=where,
                ranks=ranks,
                resume=resume,
                init=init,
                strict=strict,
                wandb_mode=wandb,
                progress=progress,
            )
    if not ranks.first:
        return
    metrics = out / "metrics.csv"
    text = f"best weights: {best}\nmetrics: {metrics}"
    console.answer({"best_weights": str(best), "metrics": str(metrics)}, text, as_json=as_json)


def _settings(config: Path | None, changes: list[str] | None, init: Path | None) -> TrainConfig:
    """Those of a file, or without one of the published recipe; to fine-tune, of the weights' own network."""
    from geobfdt.training.config import load_config

    if init is None or config is not None:
        return load_config(config, changes)
    from geobfdt.model.checkpoint import load_weights

    return load_config(None, changes, load_weights(init).network.config)


def _corpus_windows(
    data: str, settings: TrainConfig, device: torch.device, ranks: Ranks
) -> CorpusWindows | IntervalWindows:
    if settings.model.head == "classes":
        return _interval_windows(data, settings, device, ranks)
    from geobfdt.training.sources import FEWEST_HELD_OUT, CorpusWindows

    corpus = CorpusWindows(data, settings, device, ranks)
    if corpus.held_out < FEWEST_HELD_OUT and ranks.first:
        print(
            f"note: {data}: its val windows hold {corpus.held_out} picks, fewer than {FEWEST_HELD_OUT}: the train "
            "wells validate too, and the F1 below says how well they are learned, not how well others are picked",
            file=sys.stderr,
        )
    return corpus


def _interval_windows(data: str, settings: TrainConfig, device: torch.device, ranks: Ranks) -> IntervalWindows:
    from geobfdt.training.classes.sources import IntervalWindows

    windows = IntervalWindows(data, settings, device, ranks)
    if not windows.held_out:
        warnings.warn(
            f"{data}: its val wells hold no window of these classes: the train wells validate, and the F1 below says "
            "how well they are learned, not how well others are told",
            InputWarning,
            stacklevel=2,
        )
    return windows
