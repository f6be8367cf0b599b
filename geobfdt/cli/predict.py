"""The command that makes picks."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geobfdt.borehole.picks import KINDS
from geobfdt.cli import console
from geobfdt.cli.keeping import Keeping
from geobfdt.cli.options import (
    Device,
    Engine,
    Json,
    LasProfileOption,
    LogOptions,
    Overwrite,
    PickOptions,
    SurveyOptions,
)
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats import LasProfile

if TYPE_CHECKING:
    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.borehole.picks import Picks
    from geobfdt.borehole.survey import Survey
    from geobfdt.cli.wells import WellFile
    from geobfdt.model import EngineName
    from geobfdt.prediction.engine import Engine as Answering


def predict(
    logs: Annotated[list[Path], typer.Argument(metavar="LOG_OR_FOLDER...", help="Image logs, or folders of them.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="OUT", help="Folder for the results.")],
    weights: Annotated[Path | None, typer.Option(help="Weights file. (default: the bundled weights)")] = None,
    keeping: Keeping = Keeping(),
    device: Device = "auto",
    engine: Engine = "auto",
    pick_options: PickOptions = PickOptions(),
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

    With weights of classes: a CSV of intervals, and a LAS with a curve a class.

    Of several files, or folders with all below them, what fails is passed over: predict.csv says what became of each,
    and the exit code is 1. A file NAME.yaml beside a log gives its settings.
    """
    from geobfdt.cli.wells import files_of, go_through, summed_up

    files = files_of(logs, out)
    if keeping.like is not None and len(files) > 1:
        raise InputError(f"--like {keeping.like}: is of one log, and {len(files)} are given; pick them one by one")
    work = _Picking(
        out, weights, keeping, device, engine, pick_options, log_options, survey_options, profile, overwrite, again
    )

    def picked(file: WellFile) -> tuple[str, int]:
        found = work.pick(file)
        if not as_json:
            print("\n".join(_told(one) for one in found), flush=True)
        return "kept" if all(one["kept"] for one in found) else "picked", sum(one[work.counted] for one in found)

    try:
        outcomes = go_through(files, picked)
    except _WeightsError as error:
        raise InputError(str(error)) from None
    if as_json:
        work.summaries[-1]["notes"] += console.taken_notes()  # of what a folder holds below its last log
        print(json.dumps(work.summaries, indent=2))
    if len(files) > 1:
        summed_up(outcomes, out / "predict.csv", work.counted, as_json=as_json)


class _WeightsError(Exception):
    """Weights that cannot be loaded are no failure of a well."""


@dataclass
class _Picking:
    """What all files of a command are picked with, and what was found in them."""

    out: Path
    weights_file: Path | None
    keeping: Keeping
    device: str
    engine_name: EngineName
    pick_options: PickOptions
    log_options: LogOptions
    survey_options: SurveyOptions
    profile: LasProfile
    overwrite: bool
    again: bool
    taken: set[Path] = field(default_factory=set)
    summaries: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def weights(self) -> Answering:
        """Loaded when the first log was read: what is refused is said before torch takes its seconds."""
        from geobfdt.prediction.engine import engine_of

        try:
            loaded = engine_of(self.weights_file, self.engine_name, self.device)
            if loaded.gives == "classes":
                self._check_no_picks(loaded.source)
        except InputError as error:
            raise _WeightsError(str(error)) from None
        return loaded

    def _check_no_picks(self, source: str) -> None:
        """Raise :class:`InputError` on what is asked of picks, where weights give none."""
        keeping = ("threshold", "detail", "density", "like")
        asked = [name for name in keeping if getattr(self.keeping, name) is not None]
        asked += ["profile"] if self.profile != "numeric" else []
        if asked:
            raise InputError(f"--{asked[0]}: says something of picks, and {source} gives classes of rock; leave it out")
        if self.survey_options.survey is not None:  # a fact of the well, which its settings may hold
            warnings.warn(f"{self.survey_options.survey}: adds nothing to classes of rock", InputWarning, stacklevel=2)

    @property
    def counted(self) -> str:
        """What a result has so many of."""
        return "intervals" if self.weights.gives == "classes" else "picks"

    @cached_property
    def interpreter(self) -> Picks | None:
        return self.keeping.interpreter(self.pick_options)

    @cached_property
    def digest(self) -> str:
        return self.weights.digest()

    def pick(self, file: WellFile) -> list[dict[str, Any]]:
        """Pick the logs of a file, but for those whose results are there; what became of each."""
        from geobfdt.cli.wells import logs_of, with_settings_beside
        from geobfdt.formats.atomic import make_folder

        options = with_settings_beside(self.log_options, file.path)
        way = with_settings_beside(self.survey_options, file.path)
        survey, folder = way.read(), self.out / file.below
        found = []
        for stem, log in logs_of(file, options, self.taken):
            said = options.said_of(log, file.path) | self._decides(options, way)
            make_folder(folder)
            if self.weights.gives == "classes":
                found.append(self._classify_log(folder, stem, log, said))
            else:
                found.append(self._pick_log(folder, stem, log, said, survey))
        self.summaries += found
        return found

    def _decides(self, options: LogOptions, way: SurveyOptions) -> dict[str, str]:
        """What results say of all that they hang on beside the image."""
        from geobfdt.cli.wells import asked_for
        from geobfdt.formats.provenance import file_digest

        files = [file_digest(file) if file else "" for file in (way.survey, self.keeping.like)]
        answered = (self.digest, self.weights.name)
        asked = asked_for(options, self.keeping, self.pick_options, answered, way, files, self.profile)
        return {"asked": asked, "model_digest": self.digest, "engine": self.weights.name}

    def _pick_log(
        self, folder: Path, stem: str, log: ImageLog, said: dict[str, str], survey: Survey | None
    ) -> dict[str, Any]:
        from geobfdt import formats
        from geobfdt.borehole.survey import with_true_dips
        from geobfdt.cli.files import result_files, write_results
        from geobfdt.prediction.detect import detect

        results = result_files(folder, stem)
        summary: dict[str, Any] = {"log": stem, "well": log.well, "kept": False, "files": [str(f) for f in results]}
        if self._are_there(results, said):
            picks = formats.read_picks(results[0])
            return summary | {"kept": True, "picks": len(picks), "notes": console.taken_notes()}
        with console.progress(f"{stem}: windows", None) as done:
            prediction = detect(log, self.weights, threshold=self.keeping.least, device=self.device, progress=done)
        prediction = self.keeping.of(prediction, log, self.interpreter)
        if survey is not None:
            prediction = replace(prediction, picks=with_true_dips(prediction.picks, survey, log.reference))
        write_results(prediction, log, folder, stem, self.weights.source, self.profile, said)
        kinds = {kind: len(prediction.picks.of_kind(kind)) for kind in KINDS}
        told = {"picks": len(prediction.picks), "kinds": kinds, "threshold": prediction.threshold}
        return summary | told | {"notes": console.taken_notes()}

    def _classify_log(self, folder: Path, stem: str, log: ImageLog, said: dict[str, str]) -> dict[str, Any]:
        from geobfdt.cli.files import class_files, write_classes
        from geobfdt.formats.intervals import read_intervals
        from geobfdt.prediction.classes import classified

        results = class_files(folder, stem)
        summary: dict[str, Any] = {"log": stem, "well": log.well, "kept": False, "files": [str(f) for f in results]}
        if self._are_there(results, said):
            there = len(read_intervals(results[0]))
            return summary | {"kept": True, "intervals": there, "notes": console.taken_notes()}
        with console.progress(f"{stem}: windows", None) as done:
            prediction = classified(log, self.weights, device=self.device, progress=done)
        found = write_classes(prediction, log, folder, stem, self.weights.source, said)
        metres = {name: round(float((one.base_m - one.top_m).sum()), 4) for name, one in found.by_label().items()}
        return summary | {"intervals": len(found), "metres": metres, "notes": console.taken_notes()}

    def _are_there(self, results: list[Path], said: dict[str, str]) -> bool:
        """Whether the results are there already; where they are not, that they may be written was checked."""
        from geobfdt.cli.files import check_kept, is_done
        from geobfdt.formats.atomic import check_output

        if not self.again and is_done(results, said):
            return True
        for path in results:
            check_output(path)
        check_kept(*results, overwrite=self.overwrite)
        return False


def _told(found: dict[str, Any]) -> str:
    """What became of a log, for people."""
    files = "\n".join(f"  {file}" for file in found["files"])
    what = "picks" if "picks" in found else "intervals"
    if found["kept"]:
        return f"{found['log']}: {found[what]} {what} were there already, of the same image and options; --again"
    if what == "intervals":
        metres = ", ".join(f"{length:.2f} m {name}" for name, length in found["metres"].items())
        return f"{found['log']}: {found['intervals']} intervals ({metres})\n{files}"
    kinds = ", ".join(f"{number} {kind}" for kind, number in found["kinds"].items())
    return f"{found['log']}: {found['picks']} picks ({kinds}) at threshold {found['threshold']:g}\n{files}"
