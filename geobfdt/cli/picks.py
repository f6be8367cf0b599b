"""Commands that make and score picks."""

from __future__ import annotations

import json
import sys
import time
import warnings
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geobfdt.borehole.picks import KINDS
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
)
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats import LasProfile

if TYPE_CHECKING:
    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.borehole.survey import Survey
    from geobfdt.cli.wells import WellFile
    from geobfdt.model.checkpoint import Weights


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
    again: Annotated[
        bool, typer.Option("--again", help="Pick also logs whose results are there, of the same image and options.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Pick image logs: per log a CSV, a LAS and a LAS curve of the score against depth.

    Of several files, or folders with all below them, what fails is passed over: predict.csv says what became of each,
    and the exit code is 1. A file NAME.yaml beside a log gives its settings.
    """
    from geobfdt.cli.wells import Outcome, files_of, is_table, write_summary

    survey = survey_options.read()
    files = files_of(logs, out)
    work = _Picking(weights, threshold, device, survey, survey_options, profile, overwrite, again)
    outcomes: list[Outcome] = []
    for file in files:
        start = time.monotonic()
        try:
            found = work.pick(file, log_options)
        except _WeightsError as error:
            raise InputError(str(error)) from None
        except InputError as error:
            if len(files) == 1:
                raise
            status = "no log" if not file.named and is_table(file.path) else "failed"
            if status == "no log":
                warnings.warn(f"{error}; it was left out", InputWarning, stacklevel=1)
            else:
                console.tell("geobfdt", error)
            outcomes.append(Outcome(str(file.path), status, message=str(error)))
            continue
        picks, kept = sum(one["picks"] for one in found), all(one["kept"] for one in found)
        outcomes.append(Outcome(str(file.path), "kept" if kept else "picked", picks, time.monotonic() - start))
        if not as_json:
            print("\n".join(_told(one) for one in found), flush=True)
    if not work.summaries:
        raise InputError(outcomes[0].message)
    if as_json:
        work.summaries[-1]["notes"] += console.taken_notes()  # of what a folder holds below its last log
        print(json.dumps(work.summaries, indent=2))
    if len(files) > 1:
        summary = write_summary(outcomes, out)
        failed = sum(outcome.status == "failed" for outcome in outcomes)
        print(f"{summary}: {len(outcomes)} files, {failed} failed", file=sys.stderr if as_json else sys.stdout)
        if failed:
            raise typer.Exit(1)


class _WeightsError(Exception):
    """Weights that cannot be loaded are no failure of a well."""


@dataclass
class _Picking:
    """What all files of a command are picked with, and what was found in them."""

    weights_file: Path | None
    threshold: float | None
    device: str
    survey: Survey | None
    survey_options: SurveyOptions
    profile: LasProfile
    overwrite: bool
    again: bool
    taken: set[Path] = field(default_factory=set)
    summaries: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def weights(self) -> Weights:
        """Loaded when the first log was read: what is refused is said before torch takes its seconds."""
        from geobfdt.model.checkpoint import load_weights

        try:
            return load_weights(self.weights_file)
        except InputError as error:
            raise _WeightsError(str(error)) from None

    @cached_property
    def digest(self) -> str:
        return self.weights.digest()

    def pick(self, file: WellFile, options: LogOptions) -> list[dict[str, Any]]:
        """Pick the logs of a file, but for those whose results are there; what became of each."""
        from geobfdt.cli.wells import logs_of, with_settings_beside
        from geobfdt.formats.atomic import make_folder

        options = with_settings_beside(options, file.path)
        found = []
        for stem, log in logs_of(file, options, self.taken):
            make_folder(file.folder)
            found.append(self._pick_log(file, stem, log, options))
        self.summaries += found
        return found

    def _pick_log(self, file: WellFile, stem: str, log: ImageLog, options: LogOptions) -> dict[str, Any]:
        from geobfdt.borehole.survey import with_true_dips
        from geobfdt.cli.files import check_kept, is_done, result_files, write_results
        from geobfdt.cli.wells import asked_for
        from geobfdt.formats.atomic import check_output
        from geobfdt.formats.provenance import file_digest
        from geobfdt.prediction.detect import detect

        way = file_digest(self.survey_options.survey) if self.survey_options.survey else ""
        decides = (options, self.threshold, self.digest, self.survey_options, way, self.profile)
        said = options.said_of(log, file.path) | {"asked": asked_for(*decides), "model_digest": self.digest}
        results = result_files(file.folder, stem)
        summary: dict[str, Any] = {"log": stem, "well": log.well, "kept": False, "files": [str(f) for f in results]}
        if not self.again and (picks := is_done(results, said)) is not None:
            return summary | {"kept": True, "picks": len(picks), "notes": console.taken_notes()}
        for path in results:
            check_output(path)
        check_kept(*results, overwrite=self.overwrite)
        with console.progress(f"{stem}: windows", None) as done:
            prediction = detect(log, self.weights, threshold=self.threshold, device=self.device, progress=done)
        if self.survey is not None:
            prediction = replace(prediction, picks=with_true_dips(prediction.picks, self.survey, log.reference))
        write_results(prediction, log, file.folder, stem, self.weights.source, self.profile, said)
        kinds = {kind: len(prediction.picks.of_kind(kind)) for kind in KINDS}
        told = {"picks": len(prediction.picks), "kinds": kinds, "threshold": prediction.threshold}
        return summary | told | {"notes": console.taken_notes()}


def _told(found: dict[str, Any]) -> str:
    """What became of a log, for people."""
    files = "\n".join(f"  {file}" for file in found["files"])
    if found["kept"]:
        return f"{found['log']}: {found['picks']} picks were there already, of the same image and options; --again"
    kinds = ", ".join(f"{number} {kind}" for kind, number in found["kinds"].items())
    return f"{found['log']}: {found['picks']} picks ({kinds}) at threshold {found['threshold']:g}\n{files}"


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
