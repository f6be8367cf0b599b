"""The command that makes picks."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geobfdt.cli import console
from geobfdt.cli.crew import CrewOptions
from geobfdt.cli.keeping import Keeping
from geobfdt.cli.options import (
    BothWays,
    Device,
    Engine,
    Json,
    LasProfileOption,
    LogOptions,
    Overwrite,
    PickOptions,
    SurveyOptions,
)
from geobfdt.cli.picking import Picked, Picking
from geobfdt.errors import InputError, counted

if TYPE_CHECKING:
    from geobfdt.cli.plan import WellFile
    from geobfdt.cli.wells import Outcome
    from geobfdt.workers.sharing import Crew, Lost


def predict(
    logs: Annotated[
        list[str], typer.Argument(metavar="LOG_OR_FOLDER...", help="Image logs, or folders of them; paths or URLs.")
    ],
    out: Annotated[str, typer.Option("-o", "--out", metavar="OUT", help="Folder for the results; a path or a URL.")],
    weights: Annotated[Path | None, typer.Option(help="Weights file. (default: the bundled weights)")] = None,
    keeping: Keeping = Keeping(),
    device: Device = "auto",
    engine: Engine = "auto",
    both_ways: BothWays = False,
    crew_options: CrewOptions = CrewOptions(),
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
    from geobfdt.cli.plan import files_of
    from geobfdt.cli.wells import summed_up

    place = _place(out)
    _check_places(logs, place, crew_options)
    files = files_of(logs, place)
    if keeping.like is not None and len(files) > 1:
        raise InputError(f"--like {keeping.like}: is of one log, and {len(files)} are given; pick them one by one")
    work = Picking(
        out=place,
        weights_file=weights,
        keeping=keeping,
        device=device,
        engine=engine,
        both_ways=both_ways,
        pick_options=pick_options,
        log_options=log_options,
        survey_options=survey_options,
        profile=profile,
        overwrite=overwrite,
        again=again,
    )
    bars = nullcontext(_unseen) if crew_options.in_turn else console.progress("files, long logs in pieces:", None)
    with bars as progress:
        outcomes, picked = _gone_through(files, crew_options.crew(work), progress, as_json=as_json)
    if as_json:
        print(json.dumps(_summaries(picked), indent=2))
    if len(files) > 1:
        counted = next(one.counted for one in picked if one.summaries)
        summed_up(outcomes, place, "predict.csv", counted, as_json=as_json)


def _place(out: str) -> Path | str:
    """A path, or a URL as it is."""
    from geobfdt.formats.urls import is_url

    return out if is_url(out) else Path(out)


def _check_places(logs: Sequence[str], out: Path | str, crew_options: CrewOptions) -> None:
    """Raise :class:`InputError` where files are missing, or cannot be read or written where they are said to be."""
    from geobfdt.cli.grouping import check_there
    from geobfdt.formats.urls import check_writable, is_url, scheme_of

    check_there(*(Path(log) for log in logs if not is_url(log)))
    for url in filter(is_url, (*logs, out)):
        if scheme_of(str(url)) == "memory" and not crew_options.in_turn:
            raise InputError(f"{url}: is in the memory of one process; leave out --workers and --cluster")
    if is_url(out):
        check_writable(str(out))


def _gone_through(
    files: Sequence[WellFile], crew: Crew, progress: Callable[[int, int], None], *, as_json: bool
) -> tuple[list[Outcome], list[Picked]]:
    """What became of every file, in the plan's order; each is told as it becomes known.

    Raises :class:`InputError` where the only file fails, or every one, and where the weights cannot be loaded.
    """
    from geobfdt.cli.wells import Outcome, check_any
    from geobfdt.workers.sharing import shared_out

    outcomes: dict[int, Outcome] = {}
    picked: dict[int, Picked] = {}
    with closing(shared_out(crew, files, progress)) as all_ended:
        for ended in all_ended:
            file, one = files[ended.number], _answered(files[ended.number], ended.answer)
            if one.status == "weights" or (len(files) == 1 and not one.summaries):
                _tell_heard(one)
                raise InputError(one.message)
            picked[ended.number] = _tell(one, as_json=as_json)
            seconds = ended.seconds if one.summaries else 0.0
            outcomes[ended.number] = Outcome(str(file), one.status, one.count, seconds, one.message)
    planned = [outcomes[number] for number in range(len(files))]
    check_any(planned)
    return planned, [picked[number] for number in range(len(files))]


def _answered(file: WellFile, answer: Picked | Lost) -> Picked:
    """What became of a file, also where its workers are no more."""
    if isinstance(answer, Picked):
        return answer
    return Picked("failed", f"{file}: ended the process of its worker twice ({answer.why}); try it alone")


def _tell(picked: Picked, *, as_json: bool) -> Picked:
    """Say what became of a file, and what is to be kept of it for JSON."""
    from geobfdt.cli.wells import left_out

    _tell_heard(picked)
    if picked.status == "no log":
        note = left_out(picked.message)
        console.tell("note", note)
        return replace(picked, notes=(*picked.notes, note))
    if not picked.summaries:
        console.tell("geobfdt", picked.message)
    elif not as_json:
        print("\n".join(map(_told, picked.summaries)), flush=True)
    return picked


def _tell_heard(picked: Picked) -> None:
    for word, text in picked.heard:
        console.tell(word, text)


def _summaries(picked: Sequence[Picked]) -> list[dict[str, Any]]:
    """What was found in every log, in the plan's order. A note that is of no log goes to the next one, and what is left
    to the last.
    """
    found: list[dict[str, Any]] = []
    notes: list[str] = []
    for one in picked:
        for summary in one.summaries:
            found.append(summary | {"notes": notes + summary["notes"]})
            notes = []
        notes += one.notes
    found[-1]["notes"] += notes
    return found


def _unseen(done: int, total: int) -> None:
    """Of files in turn, each shows how it goes on."""


def _told(found: dict[str, Any]) -> str:
    """What became of a log, for people."""
    files = "\n".join(f"  {file}" for file in found["files"])
    what = "picks" if "picks" in found else "intervals"
    count = counted(found[what], what[:-1])
    if found["kept"]:
        were = "was" if found[what] == 1 else "were"
        return f"{found['log']}: {count} {were} there already, of the same image and options; --again"
    if what == "intervals":
        metres = ", ".join(f"{length:.2f} m {name}" for name, length in found["metres"].items())
        return f"{found['log']}: {count} ({metres})\n{files}"
    kinds = ", ".join(f"{number} {kind}" for kind, number in found["kinds"].items())
    return f"{found['log']}: {count} ({kinds}) at threshold {found['threshold']:g}\n{files}"
