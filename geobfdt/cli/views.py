"""Commands that show a log, picks on it, and what a file holds."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from geobfdt.cli import console, settings
from geobfdt.cli.grouping import setting_names
from geobfdt.cli.options import (
    Json,
    LogOptions,
    Overwrite,
    PickOptions,
    SurveyOptions,
    pick_sets,
    zones_of,
)


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
        print(console.with_notes({"findings": [asdict(finding) for finding in findings]}))
    else:
        print(console.checked(log, one, findings, most=None if every else 3))


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
    overwrite: Overwrite = False,
) -> None:
    """Write a well report: strips, tadpoles, stereonet, planes per metre, quality, as one page."""
    from geobfdt.borehole.survey import with_true_dips
    from geobfdt.cli.files import check_kept, provenance_of
    from geobfdt.report.figures import Look
    from geobfdt.report.well import Source, write_report

    check_kept(out, pdf, overwrite=overwrite)
    one = log_options.read_one(log)
    table = pick_options.read(picks)
    survey = survey_options.read()
    if survey is not None:
        table = with_true_dips(table, survey, one.reference)
    zones = zones_of(structural)
    parameters, card = provenance_of(picks)
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
            progress=done,
        )
    print("\n".join(str(file) for file in (out, pdf) if file))


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
            print(f"{write_settings}: {', '.join(known) or 'nothing'} from {file}; the rest is for you to say")
            return
        parts = contents(file)
        as_found = {"parts": [asdict(part) for part in parts]}
        print(console.with_notes(as_found) if as_json else console.listed(file, parts))
        return
    from geobfdt.cli.about import about

    facts = about()
    print(console.with_notes(facts) if as_json else "\n".join(f"{name:18} {value}" for name, value in facts.items()))
