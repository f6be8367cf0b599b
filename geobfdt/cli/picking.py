"""One file of the plan picked: read, predicted, written, and what became of it, whoever asks for it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geobfdt.borehole.picks import KINDS
from geobfdt.cli import console
from geobfdt.cli.keeping import Keeping
from geobfdt.cli.opening import OpenFile
from geobfdt.cli.options import LogOptions, PickOptions, SurveyOptions
from geobfdt.cli.plan import WellFile
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats import LasProfile
from geobfdt.workers.sharing import Split, Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.borehole.picks import Picks
    from geobfdt.model import EngineName
    from geobfdt.prediction.detect import Prediction
    from geobfdt.prediction.engine import Engine
    from geobfdt.prediction.found import Found


class _WeightsError(Exception):
    """Weights that cannot be loaded are no failure of a well."""


@dataclass(frozen=True)
class Picked:
    """What became of a file.

    status     "picked", "kept", "failed", "no log", or "weights" where these cannot be loaded, for this and all others
    message    why, where there are no picks
    summaries  of each log what was found, for people and as JSON
    counted    what a result has so many of: "picks" or "intervals"
    notes      those that are of no log
    heard      what is to be told, a word and a text each, where that was not done on the way
    """

    status: str
    message: str = ""
    summaries: tuple[dict[str, Any], ...] = ()
    counted: str = "picks"
    notes: tuple[str, ...] = ()
    heard: tuple[tuple[str, str], ...] = ()

    @property
    def count(self) -> int:
        return sum(one[self.counted] for one in self.summaries)


@dataclass
class Picking:
    """What all files of a command are picked with: the work, a file a :class:`~geobfdt.workers.sharing.Task`.

    out     folder for the results, or the URL of one
    splits  windows from which on a log is split into pieces of how many; None where it never is
    """

    out: Path | str
    weights_file: Path | None = None
    keeping: Keeping = Keeping()
    device: str = "auto"
    engine: EngineName = "auto"
    both_ways: bool = False
    pick_options: PickOptions = PickOptions()
    log_options: LogOptions = LogOptions()
    survey_options: SurveyOptions = SurveyOptions()
    profile: LasProfile = "numeric"
    overwrite: bool = False
    again: bool = False
    splits: tuple[int, int] | None = None
    _open: OpenFile | None = field(default=None, init=False, repr=False)

    def __call__(self, task: Task) -> Picked | Split | tuple[int, Found] | None:
        """What became of a file; or pieces that it is to be picked in, what was found in one of them, None where it
        could not be looked at.
        """
        try:
            file = self._opened(task.item)
        except InputError as error:
            return None if task.part else Picked("failed", str(error), notes=tuple(console.taken_notes()))
        try:
            with file.named():
                file.read(self.log_options, self.survey_options)
                if task.part is not None:
                    return self._found(file, *task.part[1])
                pieces = self._pieces(file) if task.answers is None else ()
                if pieces:
                    return Split(pieces)
                answer = self._picked(file, task.answers)
        except _WeightsError as error:
            answer = Picked("weights", str(error))
        except InputError as error:
            from geobfdt.cli.wells import status_without

            if task.part is not None:
                return None
            answer = Picked(status_without(file.file), str(error))
        self._close()
        return replace(answer, notes=tuple(console.taken_notes()))

    def _opened(self, item: WellFile) -> OpenFile:
        """A file; it stays open as long as it is asked for in pieces, so that it is read once."""
        if self._open is None or (str(self._open.file), self._open.file.stem) != (str(item), item.stem):
            self._close()
            self._open = OpenFile(item, self.out)
        return self._open

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open = None

    @cached_property
    def weights(self) -> Engine:
        """Loaded when the first log was read: what is refused is said before torch takes its seconds."""
        from geobfdt.prediction.both_ways import seen
        from geobfdt.prediction.engine import engine_of

        try:
            loaded = seen(engine_of(self.weights_file, self.engine, self.device), both_ways=self.both_ways)
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
    def _classifies(self) -> bool:
        return self.weights.gives == "classes"

    @cached_property
    def interpreter(self) -> Picks | None:
        return self.keeping.interpreter(self.pick_options)

    @cached_property
    def digest(self) -> str:
        return self.weights.digest()

    def _pieces(self, file: OpenFile) -> tuple[tuple[int, slice], ...]:
        """The pieces that the long ones of a file's logs are to be picked in, each with its log's place."""
        if self.splits is None or self._classifies:
            return ()
        from geobfdt.prediction.pieces import pieces_of

        found: list[tuple[int, slice]] = []
        for place, (stem, log) in enumerate(file.logs):
            pieces = pieces_of(log, self.weights, *self.splits)
            if pieces and not self._are_there(file, self._results(file, stem), self._said(file, log)):
                found += [(place, piece) for piece in pieces]
        return tuple(found)

    def _found(self, file: OpenFile, place: int, piece: slice) -> tuple[int, Found]:
        from geobfdt.prediction.detect import found

        return place, found(file.logs[place][1], self.weights, batches=piece)

    def _picked(self, file: OpenFile, answers: Sequence[tuple[int, Found] | None] | None) -> Picked:
        """Pick the logs of a file, but for those whose results are there; ``answers`` are to its pieces."""
        from geobfdt.prediction.found import Found

        pieces: dict[int, list[Found]] = {}
        for place, part in [one for one in answers if one is not None] if answers and None not in answers else ():
            pieces.setdefault(place, []).append(part)
        summaries = []
        for place, (stem, log) in enumerate(file.logs):
            said = self._said(file, log)
            results = self._results(file, stem)
            summary = {"log": stem, "well": log.well, "kept": False, "files": [file.called(str(f)) for f in results]}
            if self._are_there(file, results, said):
                told = {"kept": True} | self._count_there(results[0])
            else:
                found = Found.joined(pieces[place]) if place in pieces else None
                told = self._done(file, stem, log, said, found)
                file.put_results(results)
            summaries.append(summary | told | {"notes": console.taken_notes()})
        status = "kept" if all(one["kept"] for one in summaries) else "picked"
        return Picked(status, summaries=tuple(summaries), counted="intervals" if self._classifies else "picks")

    def _done(
        self, file: OpenFile, stem: str, log: ImageLog, said: dict[str, str], found: Found | None
    ) -> dict[str, Any]:
        """Work on a log and write its results; what there is to tell of them."""
        if self._classifies:
            return self._classify(file, stem, log, said)
        return self._pick(file, stem, log, said, found)

    def _said(self, file: OpenFile, log: ImageLog) -> dict[str, str]:
        """What results say of all that they hang on."""
        from geobfdt.cli.wells import asked_for
        from geobfdt.formats.provenance import file_digest

        of_image = file.options.said_of(log, file.file.path)
        digests = [file_digest(one) if one else "" for one in (file.way.survey, self.keeping.like)]
        asked = asked_for(
            file.options,
            self.keeping,
            self.pick_options,
            (self.digest, self.weights.name, self.both_ways),
            file.way,
            digests,
            self.profile,
            called=file.called,
        )
        both_ways = "yes" if self.both_ways else "no"
        of_weights = {"model_digest": self.digest, "engine": self.weights.name, "both_ways": both_ways}
        return of_image | {"asked": asked} | of_weights

    def _results(self, file: OpenFile, stem: str) -> list[Path]:
        from geobfdt.cli.files import class_files, result_files

        return class_files(file.folder, stem) if self._classifies else result_files(file.folder, stem)

    def _are_there(self, file: OpenFile, results: list[Path], said: dict[str, str]) -> bool:
        """Whether the results are there already; where they are not, that they may be written was checked."""
        from geobfdt.cli.files import check_kept, is_done
        from geobfdt.formats.atomic import check_output, make_folder

        make_folder(file.folder)
        file.bring_results(results)
        if not self.again and is_done(results, said):
            return True
        for path in results:
            check_output(path)
        check_kept(*results, overwrite=self.overwrite)
        return False

    def _count_there(self, table: Path) -> dict[str, int]:
        from geobfdt import formats
        from geobfdt.formats.intervals import read_intervals

        if self._classifies:
            return {"intervals": len(read_intervals(table))}
        return {"picks": len(formats.read_picks(table))}

    def _pick(
        self, file: OpenFile, stem: str, log: ImageLog, said: dict[str, str], found: Found | None
    ) -> dict[str, Any]:
        from geobfdt.borehole.survey import with_true_dips
        from geobfdt.cli.files import write_results

        prediction = self._predicted(stem, log) if found is None else self._gathered(found, log)
        prediction = self.keeping.of(prediction, log, self.interpreter)
        if file.survey is not None:
            prediction = replace(prediction, picks=with_true_dips(prediction.picks, file.survey, log.reference))
        write_results(prediction, log, file.folder, stem, self.weights.source, self.profile, said)
        kinds = {kind: len(prediction.picks.of_kind(kind)) for kind in KINDS}
        return {"picks": len(prediction.picks), "kinds": kinds, "threshold": prediction.threshold}

    def _predicted(self, stem: str, log: ImageLog) -> Prediction:
        from geobfdt.prediction.detect import detect

        with console.progress(f"{stem}: windows", None) as done:
            return detect(log, self.weights, threshold=self.keeping.least, progress=done)

    def _gathered(self, found: Found, log: ImageLog) -> Prediction:
        from geobfdt.prediction.detect import gathered, threshold_of

        return gathered(found, log, self.weights, threshold_of(self.weights, self.keeping.least))

    def _classify(self, file: OpenFile, stem: str, log: ImageLog, said: dict[str, str]) -> dict[str, Any]:
        from geobfdt.cli.files import write_classes
        from geobfdt.prediction.classes import classified

        with console.progress(f"{stem}: windows", None) as done:
            prediction = classified(log, self.weights, progress=done)
        found = write_classes(prediction, log, file.folder, stem, self.weights.source, said)
        metres = {name: round(float((one.base_m - one.top_m).sum()), 4) for name, one in found.by_label().items()}
        return {"intervals": len(found), "metres": metres}
