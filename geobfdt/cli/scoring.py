"""The command that scores picks: of one well, of a corpus, or of folders of wells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geobfdt.cli import console
from geobfdt.cli.interval_scoring import ComparedIntervals, are_intervals, refuse_what_is_of_planes, write_json
from geobfdt.cli.options import Intervals, Json, LogOptions, Overwrite, PickOptions, intervals_of
from geobfdt.errors import InputError

if TYPE_CHECKING:
    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.borehole.picks import Picks
    from geobfdt.cli.plan import WellFile
    from geobfdt.cli.wells import Outcome
    from geobfdt.eval import Report
    from geobfdt.eval.wells import InterpreterPicks

_SAME_HOLE_M = 5e-4
"""Diameters that differ by less are one, differently rounded."""


@dataclass(frozen=True)
class Counting:
    """What counts, and how it is shown."""

    tolerance: Annotated[list[float] | None, typer.Option(help="Metres. Repeatable. (default: 0.03 0.05 0.08)")] = None
    interval: Intervals = None
    seed: Annotated[int, typer.Option(min=0, help="Of the random picks behind the chance level.")] = 0
    by_well: Annotated[bool, typer.Option("--by-well", help="A table a well, too.")] = False
    ceiling: Annotated[
        bool, typer.Option("--ceiling", help="What a second interpreter would score, simulated: an assumption.")
    ] = False
    agreement: Annotated[
        bool,
        typer.Option(
            "--agreement",
            help="Of one well, as two interpreters: planes in common, a depth offset, spreads and names apart.",
        ),
    ] = False

    def of(self, truth: InterpreterPicks, est: Picks) -> Report:
        from geobfdt.eval import TOLERANCES_M
        from geobfdt.eval import score as evaluate

        return evaluate(
            truth.picks,
            est,
            hole_diameter_m=truth.hole_diameter_m,
            tolerances_m=self.tolerance or TOLERANCES_M,
            intervals_m=truth.intervals_m,
            seed=self.seed,
        )

    def told(self, result: Report, truth: InterpreterPicks, est: Picks) -> tuple[dict[str, Any], str]:
        """A score as plain values and as text, with what else was asked for: what a second interpreter would score, and
        the agreement of the two.
        """
        figures, text = result.to_dict(), result.to_text(by_well=self.by_well)
        for name, more in (("ceiling", self._ceiling), ("agreement", self._agreement)):
            if getattr(self, name):
                figures[name], added = more(truth, est)
                text += f"\n\n{added}"
        return figures, text

    def _ceiling(self, truth: InterpreterPicks, est: Picks) -> tuple[list[dict[str, Any]], str]:
        from geobfdt.eval import TOLERANCES_M
        from geobfdt.eval.ceiling import ceiling, ceiling_text

        lines = ceiling(
            truth.picks,
            hole_diameter_m=truth.hole_diameter_m,
            tolerances_m=self.tolerance or TOLERANCES_M,
            intervals_m=truth.intervals_m,
            seed=self.seed,
        )
        return [asdict(line) for line in lines], ceiling_text(lines)

    def _agreement(self, truth: InterpreterPicks, est: Picks) -> tuple[dict[str, Any], str]:
        from geobfdt.eval import TOLERANCE_M
        from geobfdt.eval.agreement import agreement

        found = agreement(
            truth.picks,
            est,
            hole_diameter_m=_only(truth.hole_diameter_m),
            intervals_m=_only(truth.intervals_m),
            tolerance_m=max(self.tolerance or [TOLERANCE_M]),
            seed=self.seed,
        )
        return found.to_dict(), found.to_text("interpreter", "picks")


Interpreter = Annotated[
    Path,
    typer.Argument(
        metavar="INTERPRETER",
        help="The interpreter's picks, a corpus, or a folder in which NAME.csv or the like lies as NAME.picks.csv does "
        "in the other; or his intervals of rock.",
    ),
]


def score(
    picks: Annotated[Path, typer.Argument(metavar="PICKS", help="Picks to score, or the folder of a prediction.")],
    interpreter: Interpreter,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="SCORE.json|FOLDER", help="Write all figures; of folders, of each well."),
    ] = None,
    counting: Counting = Counting(),
    pick_options: PickOptions = PickOptions(),
    report: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Draw the score as a page.")] = None,
    log: Annotated[Path | None, typer.Option(help="Image log to draw matched, missed and false planes on.")] = None,
    log_options: LogOptions = LogOptions(),
    intervals_curve: Annotated[
        str | None, typer.Option(metavar="NAME", help="The curve of a LAS that holds the interpreter's labels of rock.")
    ] = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Score picks against an interpreter's, with the chance level beside every figure.

    Of two tables of intervals, metres by class against class, beside what the commonest class would come to.

    The hole's diameter is what the picks say of it, where they do. Of two folders wells that cannot be scored are
    passed over: score.csv says what became of each, and the exit code is 1.
    """
    from geobfdt.borehole.placing import check_overlap
    from geobfdt.cli.wells import summed_up
    from geobfdt.formats.atomic import make_folder
    from geobfdt.report.score_words import in_a_sentence

    stretches_m = intervals_of("--interval", counting.interval)
    if intervals_curve is not None or are_intervals(picks, interpreter):
        refuse_what_is_of_planes(tolerance=counting.tolerance, by_well=counting.by_well, report=report, log=log)
        _check_outputs(out, None, overwrite)
        sides = ComparedIntervals.read(picks, interpreter, intervals_curve, log_options.well)
        return sides.score(stretches_m, out, as_json=as_json)
    folders = picks.is_dir() and interpreter.is_dir()
    if folders and log is not None:
        raise InputError(f"{log}: --log draws one well, and {picks} holds several; leave it out")
    _check_outputs(None if folders else out, report, overwrite)
    compared = _Compared(picks, interpreter, pick_options, log_options, stretches_m)
    outcomes: list[Outcome] = []
    if folders:
        outcomes, truth, est = compared.pairs()
        if out is not None:
            make_folder(out)
    else:
        truth, est = compared.one()
        check_overlap(truth.picks, est)
    drawn_on = log_options.read_one(log) if log else None
    result = counting.of(truth, est)
    figures, text = counting.told(result, truth, est)
    told = console.with_notes({**figures, "provenance": compared.provenance()})
    if out is not None:
        write_json(out / "score.json" if folders else out, told)
    print(told if as_json else "\n".join([*(_lines(result) if folders else []), in_a_sentence(result), "", text]))
    if report is not None:
        _draw(truth, est, report, text, drawn_on, counting.seed)
    if folders:
        summed_up(outcomes, out, "score.csv", "picks", as_json=as_json)


def _draw(truth: InterpreterPicks, est: Picks, page: Path, text: str, log: ImageLog | None, seed: int) -> None:
    from geobfdt.report.scoring import write_score_report

    with console.progress("figures", None) as done:
        write_score_report(truth, est, page, text=text, log=log, seed=seed, progress=done)


def _check_outputs(out: Path | None, report: Path | None, overwrite: bool) -> None:
    """Refuse before any work what could not be written after it."""
    from geobfdt.cli.files import check_kept
    from geobfdt.formats.atomic import check_output
    from geobfdt.report.page import check_page

    if report is not None:
        check_page(report)
        check_kept(report, overwrite=overwrite)
    if out is not None:
        check_output(out, (".json",))


def _lines(result: Report) -> Iterator[str]:
    """A line a well: all its picks by depth, at the widest tolerance."""
    widest = max(line.tolerance_m for line in result.scores)
    for well in result.wells:
        line = result.get("all", "depth", widest, well.well)
        counts = line.counts
        yield (
            f"{well.well}: {int(counts.hits)} of {counts.n_ref} planes found with {counts.n_est} picks at "
            f"{100 * widest:g} cm, F1 {counts.f1:.2f}, chance {line.chance.f1:.2f}"
        )


@dataclass(frozen=True)
class _Compared:
    """Two sides and what is said of them."""

    picks: Path
    interpreter: Path
    pick_options: PickOptions
    log_options: LogOptions
    intervals_m: list[tuple[float, float]]

    def provenance(self) -> dict[str, object]:
        from geobfdt.cli.files import provenance_of, written_by

        said = {"picks": provenance_of(self.picks)[0], "interpreter": provenance_of(self.interpreter)[0]}
        return {**said, **written_by()}

    def one(self) -> tuple[InterpreterPicks, Picks]:
        """A file of picks, or all below a folder, against one of the interpreter's, or a corpus."""
        from geobfdt.borehole.picks import Picks

        files = _predicted(self.picks) if self.picks.is_dir() else [self.picks]
        truth = self._truth(files)
        read = replace(self.pick_options, columns=None).read  # --columns names those of the interpreter's file
        return truth, Picks.concatenate(map(read, files))

    def pairs(self) -> tuple[list[Outcome], InterpreterPicks, Picks]:
        """Every file of picks below a folder against the interpreter's that lies so below the other; each pair is a
        well, called as its file. What became of each, and both sides.
        """
        from geobfdt.borehole.picks import Picks
        from geobfdt.borehole.placing import check_overlap
        from geobfdt.cli.plan import WellFile
        from geobfdt.cli.wells import go_through
        from geobfdt.eval.wells import InterpreterPicks

        sides: list[tuple[Picks, Picks]] = []
        diameters: dict[str, float] = {}
        intervals: dict[str, Sequence[tuple[float, float]] | None] = {}

        def paired(file: WellFile) -> tuple[str, int]:
            name = (file.below / file.path.name.removesuffix(_PREDICTED)).as_posix()
            truth, est = self._pair(file).one()
            if max(len(set(side.well)) for side in (truth.picks, est)) > 1:
                raise InputError(f"{file.path}: this pair holds several wells; score it by itself")
            check_overlap(truth.picks, est)
            sides.append((replace(truth.picks, well=name), replace(est, well=name)))
            diameters[name], intervals[name] = _only(truth.hole_diameter_m), _only(truth.intervals_m)
            return "scored", len(est)

        files = _predicted(self.picks)
        wells = [WellFile(path, path.parent.relative_to(self.picks), named=True) for path in files]
        outcomes = go_through(wells, paired)
        ref, est = (Picks.concatenate(side) for side in zip(*sides, strict=True))
        return outcomes, InterpreterPicks(ref, diameters, intervals), est

    def _pair(self, file: WellFile) -> _Compared:
        """A file of picks and the interpreter's, by place and name: NAME.csv, NAME.las, NAME.dips.txt, ..., with what a
        NAME.yaml there says.
        """
        from geobfdt.cli.wells import with_settings_beside
        from geobfdt.formats import PICK_SUFFIXES

        stem = file.path.name.removesuffix(_PREDICTED)
        folder = self.interpreter / file.below
        settings = folder / f"{stem}.yaml"
        pick_options = with_settings_beside(self.pick_options, settings)
        log_options = with_settings_beside(self.log_options, settings)
        known = [one for one in sorted(folder.glob("*")) if one.suffix.lower() in PICK_SUFFIXES and one.is_file()]
        named = [one for one in known if one.name.startswith(f"{stem}.") and one.resolve() != file.path.resolve()]
        if not named:
            raise InputError(f"{file.path}: {folder} holds no picks of it, no {stem}.csv or the like")
        held, errors = [], []
        for one in named:
            try:
                pick_options.read(one)
                held.append(one)
            except InputError as error:
                errors.append(error)
        if not held:
            raise errors[0]
        if len(held) > 1:
            raise InputError(f"{file.path}: has picks in {' and in '.join(map(str, held))}; leave one in that folder")
        return replace(self, picks=file.path, interpreter=held[0], pick_options=pick_options, log_options=log_options)

    def _truth(self, picks: list[Path]) -> InterpreterPicks:
        """The interpreter's side. A corpus knows its holes and reviewed intervals; of a picks file the picks that are
        compared say the hole, or the user does, who says the intervals.
        """
        from geobfdt import formats
        from geobfdt.eval.wells import InterpreterPicks

        path = self.interpreter
        given = self.log_options.diameter_seen
        diameter = _diameter(given, picks)
        if path.suffix.lower() in formats.CORPUS:
            from geobfdt.borehole.picks import Picks
            from geobfdt.formats.corpus import read_corpus

            wells = read_corpus(path)
            return InterpreterPicks(
                Picks.concatenate(well.picks for well in wells),
                given or {well.log.well: well.log.hole_diameter_m for well in wells},
                self.intervals_m or {well.log.well: well.reviewed_m or None for well in wells},
            )
        if diameter is None:
            raise InputError(
                f"{path}: gives no hole diameter, and the curve criterion needs it; add --hole-diameter METRES"
            )
        return InterpreterPicks(self.pick_options.read(path), diameter, self.intervals_m or None)


def _only(value: Any) -> Any:
    """What is said of the only well, by its name or not."""
    return next(iter(value.values())) if isinstance(value, Mapping) else value


_PREDICTED = ".picks.csv"


def _predicted(folder: Path) -> list[Path]:
    """What `geobfdt predict` wrote below a folder."""
    files = sorted(folder.rglob(f"*{_PREDICTED}"))
    if not files:
        raise InputError(f"{folder}: the folder holds no *{_PREDICTED}; give the folder that geobfdt predict wrote")
    return files


def _diameter(given: float | None, picks: list[Path]) -> float | None:
    """The diameter that was given, or what the files of picks say that their dips were computed with;
    :class:`InputError` where the two contradict each other. None where neither is known, or the files differ.
    """
    from geobfdt.cli.files import provenance_of

    said: dict[float, Path] = {}
    for path in picks:
        text = provenance_of(path)[0].get("hole_diameter_m", "")
        try:
            said[float(text)] = path
        except ValueError:  # an interpreter's picks, or of an older version
            continue
    for diameter, path in said.items():
        if given is not None and abs(diameter - given) > _SAME_HOLE_M:
            raise InputError(
                f"{path}: says that its hole is {diameter:g} m wide, and --hole-diameter that it is {given:g} m; leave "
                "it out"
            )
    return given if given is not None or len(said) != 1 else next(iter(said))
