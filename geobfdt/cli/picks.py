"""Commands that make and score picks."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from geobfdt.cli import console
from geobfdt.cli.options import (
    Device,
    Intervals,
    Json,
    LasProfileOption,
    LogOptions,
    Overwrite,
    PickOptions,
    SurveyOptions,
    intervals_of,
    named_logs,
)


def predict(
    logs: Annotated[list[Path], typer.Argument(metavar="LOG_OR_FOLDER...", help="Image logs, or folders of them.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="OUT", help="Folder for the results.")],
    weights: Annotated[Path | None, typer.Option(help="Weights file. (default: the bundled weights)")] = None,
    threshold: Annotated[float | None, typer.Option(help="Least score of a pick. (default: the weights' own)")] = None,
    device: Device = "auto",
    log_options: LogOptions = LogOptions(),
    survey_options: SurveyOptions = SurveyOptions(),
    profile: LasProfileOption = "numeric",
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Pick image logs: per log a CSV, a LAS and a LAS curve of the score against depth."""
    from geobfdt.borehole.survey import with_true_dips
    from geobfdt.cli.files import check_kept, result_files, write_results
    from geobfdt.formats.atomic import make_folder
    from geobfdt.model.checkpoint import load_weights
    from geobfdt.prediction.detect import detect

    survey = survey_options.read()
    make_folder(out)
    loaded = load_weights(weights)
    summaries: list[dict[str, Any]] = []
    for stem, file, log in named_logs(logs, log_options):
        check_kept(*result_files(out, stem), overwrite=overwrite)
        with console.progress(f"{stem}: windows", None) as done:
            prediction = detect(log, loaded, threshold=threshold, device=device, progress=done)
        if survey is not None:
            prediction = replace(prediction, picks=with_true_dips(prediction.picks, survey, log.reference))
        said = log_options.said_of(log, file)
        files = write_results(prediction, log, out, stem, loaded.source, profile, said)
        summaries.append(
            {
                "log": stem,
                "well": log.well,
                "picks": len(prediction.picks),
                "files": [str(f) for f in files],
                "notes": console.taken_notes(),
            }
        )
        if not as_json:
            kinds = ", ".join(f"{len(prediction.picks.of_kind(kind))} {kind}" for kind in ("fracture", "bedding"))
            print(f"{stem}: {len(prediction.picks)} picks ({kinds}) at threshold {prediction.threshold:g}")
            print("\n".join(f"  {file}" for file in files))
    if as_json:
        summaries[-1]["notes"] += console.taken_notes()  # of what a folder holds below its last log
        print(json.dumps(summaries, indent=2))


def score(
    picks: Annotated[Path, typer.Argument(metavar="PICKS", help="Picks to score, or the folder of a prediction.")],
    interpreter: Annotated[Path, typer.Argument(metavar="INTERPRETER", help="The interpreter's picks, or a corpus.")],
    tolerance: Annotated[list[float] | None, typer.Option(help="Metres. Repeatable. (default: 0.03 0.05 0.08)")] = None,
    interval: Intervals = None,
    pick_options: PickOptions = PickOptions(),
    seed: Annotated[int, typer.Option(min=0, help="Of the random picks behind the chance level.")] = 0,
    by_well: Annotated[bool, typer.Option("--by-well", help="A table a well, too.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write all figures as JSON.")] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Draw the score as a page.")] = None,
    log: Annotated[Path | None, typer.Option(help="Image log to draw matched, missed and false planes on.")] = None,
    log_options: LogOptions = LogOptions(),
    overwrite: Overwrite = False,
) -> None:
    """Score picks against an interpreter's, with the chance level beside every figure."""
    from geobfdt.cli.files import check_kept, interpreter_picks, provenance_of, read_predicted, written_by
    from geobfdt.eval import TOLERANCES_M
    from geobfdt.eval import score as evaluate
    from geobfdt.formats.atomic import check_output, replacing
    from geobfdt.report.page import check_page
    from geobfdt.report.scoring import write_score_report

    if json_file is not None:
        check_output(json_file, (".json",))
    truth = interpreter_picks(
        interpreter, log_options.diameter_seen, intervals_of("--interval", interval), pick_options.read
    )
    if report is not None:
        check_page(report)
        check_kept(report, overwrite=overwrite)
    drawn_on = log_options.read_one(log) if log else None
    # --columns names those of the interpreter's file.
    est = read_predicted(picks, replace(pick_options, columns=None).read)
    result = evaluate(
        truth.picks,
        est,
        hole_diameter_m=truth.hole_diameter_m,
        tolerances_m=tolerance or TOLERANCES_M,
        intervals_m=truth.intervals_m,
        seed=seed,
    )
    if json_file is not None:
        with replacing(json_file, (".json",)) as temporary:
            told = {"picks": provenance_of(picks)[0], "interpreter": provenance_of(interpreter)[0], **written_by()}
            temporary.write_text(console.with_notes({**result.to_dict(), "provenance": told}), encoding="utf-8")
    text = result.to_text(by_well=by_well)
    print(text)
    if report is not None:
        with console.progress("figures", None) as done:
            write_score_report(truth, est, report, text=text, log=drawn_on, seed=seed, progress=done)
