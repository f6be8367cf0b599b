"""The command line: thin over the library, torch only where a command needs it."""

from __future__ import annotations

import json
import sys
import warnings
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from geobfdt.cli import console
from geobfdt.cli.memory import keep_freed_memory
from geobfdt.cli.options import (
    Device,
    Diameter,
    Intervals,
    Json,
    LogOptions,
    PickOptions,
    Profile,
    ProfileOption,
    ReferenceOption,
    SurveyOptions,
    intervals_of,
    named_logs,
    pick_sets,
    with_options,
    zones_of,
)
from geobfdt.cli.training import bench, demo, import_, studies, synth, train
from geobfdt.errors import InputError, InputWarning, TrainingWarning

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Pick fractures and bedding planes on unwrapped borehole image logs: depth, dip and azimuth.",
)
app.command()(synth)
app.command(name="import")(import_)
app.command()(train)


@app.command()
@with_options
def predict(
    logs: Annotated[list[Path], typer.Argument(metavar="LOG_OR_FOLDER...", help="Image logs, or folders of them.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="OUT", help="Folder for the results.")],
    weights: Annotated[Path | None, typer.Option(help="Weights file. (default: the bundled weights)")] = None,
    threshold: Annotated[float | None, typer.Option(help="Least score of a pick. (default: the weights' own)")] = None,
    device: Device = "auto",
    log_options: LogOptions = LogOptions(),
    survey_options: SurveyOptions = SurveyOptions(),
    profile: ProfileOption = Profile.numeric,
    as_json: Json = False,
) -> None:
    """Pick image logs: per log a CSV, a LAS and a LAS curve of the score against depth."""
    from geobfdt.borehole.survey import with_true_dips
    from geobfdt.cli.files import write_results
    from geobfdt.formats.atomic import make_folder
    from geobfdt.model.checkpoint import load_weights
    from geobfdt.prediction.detect import detect

    survey = survey_options.read()
    make_folder(out)
    loaded = load_weights(weights)
    summaries = []
    for stem, log in named_logs(logs, log_options):
        with console.progress(f"{stem}: windows", None) as done:
            prediction = detect(log, loaded, threshold=threshold, device=device, report=done)
        if survey is not None:
            prediction = replace(prediction, picks=with_true_dips(prediction.picks, survey, log.reference))
        files = write_results(prediction, log, out, stem, loaded.source, profile.value)
        summaries.append(
            {"log": stem, "well": log.well, "picks": len(prediction.picks), "files": [str(f) for f in files]}
        )
        if not as_json:
            kinds = ", ".join(f"{len(prediction.picks.of_kind(kind))} {kind}" for kind in ("fracture", "bedding"))
            print(f"{stem}: {len(prediction.picks)} picks ({kinds}) at threshold {prediction.threshold:g}")
            print("\n".join(f"  {file}" for file in files))
    if as_json:
        print(json.dumps(summaries, indent=2))


@app.command()
@with_options
def score(
    picks: Annotated[Path, typer.Argument(metavar="PICKS", help="Picks to score, or the folder of a prediction.")],
    interpreter: Annotated[Path, typer.Argument(metavar="REFERENCE", help="The interpreter's picks, or a corpus.")],
    tolerance: Annotated[list[float] | None, typer.Option(help="Metres. Repeatable. (default: 0.03 0.05 0.08)")] = None,
    interval: Intervals = None,
    pick_options: PickOptions = PickOptions(),
    seed: Annotated[int, typer.Option(min=0, help="Of the random picks behind the chance level.")] = 0,
    by_well: Annotated[bool, typer.Option("--by-well", help="A table a well, too.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write all figures as JSON.")] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Draw the score as a page.")] = None,
    log: Annotated[Path | None, typer.Option(help="Image log to draw matched, missed and false planes on.")] = None,
    log_options: LogOptions = LogOptions(),
) -> None:
    """Score picks against an interpreter's, with the chance level beside every figure."""
    from geobfdt.cli.files import read_predicted, reference_wells
    from geobfdt.eval import TOLERANCES_M
    from geobfdt.eval import score as evaluate
    from geobfdt.formats.atomic import replacing
    from geobfdt.report.page import check_page
    from geobfdt.report.scoring import write_score_report

    truth = reference_wells(
        interpreter, log_options.hole_diameter, intervals_of("--interval", interval), pick_options.read
    )
    if report is not None:
        check_page(report)
    drawn_on = log_options.read_one(log) if log else None
    est = read_predicted(picks, pick_options.read)
    result = evaluate(
        truth.picks,
        est,
        hole_diameter_m=truth.hole_diameter_m,
        tolerances_m=tolerance or TOLERANCES_M,
        intervals_m=truth.intervals_m,
        seed=seed,
    )
    if json_file is not None:
        with replacing(json_file) as temporary:
            temporary.write_text(json.dumps(result.to_dict(), indent=2), encoding="utf-8")
    text = result.to_text(by_well=by_well)
    print(text)
    if report is not None:
        with console.progress("figures", None) as done:
            write_score_report(truth, est, report, text=text, log=drawn_on, seed=seed, done=done)


@app.command()
@with_options
def export(
    picks: Annotated[Path, typer.Argument(metavar="PICKS", help="Picks to convert.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE.las|.csv|.json", help="File to write.")],
    hole_diameter: Diameter = None,
    pick_options: PickOptions = PickOptions(),
    survey_options: SurveyOptions = SurveyOptions(),
    reference: ReferenceOption = None,
    profile: ProfileOption = Profile.numeric,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,NAME,...",
            help="Names of the columns of a file that has none, in their order: depth_m, dip_deg, azimuth_deg, kind, "
            "confidence, true_dip_deg, true_azimuth_deg, hole_deviation_deg, hole_azimuth_deg; - for one to leave out.",
        ),
    ] = None,
) -> None:
    """Convert picks to CSV, LAS or JSON; with a survey, add their true dips."""
    from geobfdt.borehole.survey import with_true_dips
    from geobfdt.formats import write

    names = [name.strip() for name in columns.split(",")] if columns else []
    table = pick_options.read(picks, names)
    survey = survey_options.read()
    if survey is not None:
        if reference is None:
            raise InputError(f"{picks}: does not say what azimuths count from; give --reference north or high_side")
        table = with_true_dips(table, survey, reference.value)
    write(table, out, hole_diameter_m=hole_diameter, profile=profile.value)
    print(f"{out}: {len(table)} picks")


@app.command()
@with_options
def plot(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="Image log.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE.png", help="Picture to write.")],
    picks: Annotated[
        list[str] | None, typer.Option(metavar="[NAME=]FILE", help="Picks to draw, a panel a file. Repeatable.")
    ] = None,
    pick_options: PickOptions = PickOptions(),
    log_options: LogOptions = LogOptions(),
) -> None:
    """Draw an image log with picks over it, and their tadpoles."""
    from geobfdt.report.plots import plot_log

    one = log_options.read_one(log)
    sets = pick_sets(picks or [], pick_options)
    print(plot_log(one, sets, out))


@app.command()
@with_options
def qc(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="Image log.")],
    picks: Annotated[Path | None, typer.Option(help="Picks on it, to be checked too.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every finding, not the first few of each check.")] = False,
    pick_options: PickOptions = PickOptions(),
    log_options: LogOptions = LogOptions(),
    survey_options: SurveyOptions = SurveyOptions(),
    as_json: Json = False,
) -> None:
    """Show what is doubtful about a log, and about picks on it: where, and what to do about it."""
    from geobfdt.report.qc import quality

    one = log_options.read_one(log)
    table = pick_options.read(picks) if picks else None
    findings = quality(one, table, survey_options.read())
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        print(console.checked(log, one, findings, most=None if every else 3))


@app.command()
@with_options
def report(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="Image log.")],
    picks: Annotated[Path, typer.Option(help="Picks on it: of geobfdt predict, or an interpreter's.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="REPORT.html", help="Page to write.")],
    pdf: Annotated[Path | None, typer.Option(help="The figures as a PDF, too.")] = None,
    window: Annotated[float, typer.Option(help="Metres of the dynamic image's window, taller than the traces.")] = 1.0,
    equalise: Annotated[bool, typer.Option("--equalise", help="Show pads and buttons at one brightness.")] = False,
    fill_gaps: Annotated[bool, typer.Option("--fill-gaps", help="Bridge the gaps between pads in pictures.")] = False,
    pick_options: PickOptions = PickOptions(),
    log_options: LogOptions = LogOptions(),
    survey_options: SurveyOptions = SurveyOptions(),
    structural: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TOP:BASE:DIP/AZIMUTH",
            help="Zone whose structural dip is removed in a second stereonet. Repeatable.",
        ),
    ] = None,
) -> None:
    """Write a well report: strips, tadpoles, stereonet, planes per metre, quality, as one page."""
    from geobfdt.borehole.survey import with_true_dips
    from geobfdt.cli.files import said_of
    from geobfdt.report.figures import Look
    from geobfdt.report.well import Source, write_report

    one = log_options.read_one(log)
    table = pick_options.read(picks)
    survey = survey_options.read()
    if survey is not None:
        table = with_true_dips(table, survey, one.reference)
    zones = zones_of(structural)
    parameters, card = said_of(picks)
    source = Source(str(picks), " ".join(["geobfdt", *sys.argv[1:]]), parameters, card)
    with console.progress("figures", None) as done:
        write_report(
            one,
            table,
            source,
            out,
            pdf=pdf,
            look=Look(window, equalise, fill_gaps),
            zones=zones,
            survey=survey,
            done=done,
        )
    print("\n".join(str(file) for file in (out, pdf) if file))


@app.command()
def info(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A DLIS, LAS or delimited file to list.")] = None,
    as_json: Json = False,
) -> None:
    """Show what a file holds; without one versions, device, the bundled weights and what of torchvision works."""
    if file is not None:
        from geobfdt.formats import contents

        parts = contents(file)
        print(json.dumps([asdict(part) for part in parts], indent=2) if as_json else console.listed(file, parts))
        return
    from geobfdt.cli.about import about

    facts = about()
    print(json.dumps(facts, indent=2) if as_json else "\n".join(f"{name:18} {value}" for name, value in facts.items()))


for command in (demo, bench, studies):
    app.command()(command)


def main() -> None:
    """Run the command line; a user's mistake is one sentence and exit code 2."""
    keep_freed_memory()
    warnings.simplefilter("always", InputWarning)
    plain = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
        if issubclass(category, InputWarning):
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
    except KeyboardInterrupt:
        print("geobfdt: stopped", file=sys.stderr)
        raise SystemExit(130) from None
