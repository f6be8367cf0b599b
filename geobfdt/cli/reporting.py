"""Commands that say what is doubtful about logs and their picks, and write it up."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geobfdt.borehole import DepthUnit
from geobfdt.cli import console
from geobfdt.cli.options import HeaderOptions, Json, LogOptions, Overwrite, PickOptions, SurveyOptions, zones_of
from geobfdt.errors import InputError

if TYPE_CHECKING:
    from geobfdt.borehole.curve import Curve
    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.borehole.picks import Picks
    from geobfdt.borehole.survey import Survey
    from geobfdt.cli.plan import WellFile
    from geobfdt.interpretation.zones import Zone
    from geobfdt.report.figures import Look
    from geobfdt.report.qc import Finding
    from geobfdt.report.scale import DepthScale

Logs = Annotated[list[Path], typer.Argument(metavar="LOG_OR_FOLDER...", help="Image logs, or folders of them.")]
Again = Annotated[
    bool, typer.Option("--again", help="Do also logs whose results are there, of the same image, picks and options.")
]


@dataclass(frozen=True)
class Drawing:
    """What the figures of a report look like."""

    window: Annotated[float, typer.Option(help="Metres of the dynamic image's window, taller than the traces.")] = 1.0
    equalise: Annotated[bool, typer.Option("--equalise", help="Show pads and buttons at one brightness.")] = False
    fill_gaps: Annotated[bool, typer.Option("--fill-gaps", help="Bridge the gaps between pads in pictures.")] = False
    structural: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TOP:BASE:DIP/AZIMUTH",
            help="Zone whose structural dip is removed in a second stereonet. Repeatable.",
        ),
    ] = None

    scale: Annotated[
        int | None,
        typer.Option(metavar="RATIO", help="1:RATIO of depth: 10, 20, 50, 100, 200 or 500. (default: by the length)"),
    ] = None
    depth_unit: Annotated[DepthUnit, typer.Option(help="Of depths along hole in the report.")] = "m"
    curve: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Curve to show beside gamma ray, calipers and the hole's deviation. Repeatable."
        ),
    ] = None
    curves: Annotated[
        Path | None, typer.Option(help="LAS, DLIS or table of the curves to show. (default: those of LOG)")
    ] = None

    sets: Annotated[
        int | None, typer.Option(min=1, help="Sets of fractures to make. (default: as many as a rule finds)")
    ] = None
    section_azimuth: Annotated[
        float | None, typer.Option(help="Degrees from north of the section along the hole. (default: the hole's own)")
    ] = None
    interpreter: Annotated[
        Path | None, typer.Option(help="An interpreter's picks, whose sets and intensities stand beside, with bands.")
    ] = None

    def check_of_one_log(self) -> None:
        """Raise :class:`InputError` on what can only be of one log."""
        for option, path in (("--curves", self.curves), ("--interpreter", self.interpreter)):
            if path is not None:
                raise InputError(f"{path}: {option} names one file for several logs; report on them one by one")

    def depths(self, length_m: float) -> DepthScale:
        from geobfdt.report.scale import DepthScale

        if self.scale is None:
            return DepthScale.fitting(length_m, self.depth_unit)
        return DepthScale(self.scale, self.depth_unit)

    def beside(self, log: Path) -> list[Curve]:
        """The curves that lie beside a log."""
        from geobfdt.errors import InputWarning, quiet
        from geobfdt.formats.curves import read_curves

        if self.curves is not None:
            return read_curves(self.curves)
        try:
            with quiet(ignored=(InputWarning,)):  # what there is to tell was told of the image
                return read_curves(log)
        except InputError:
            return []

    def look(self) -> Look:
        from geobfdt.report.figures import Look

        return Look(self.window, self.equalise, self.fill_gaps)


def qc(
    logs: Logs,
    picks: Annotated[
        Path | None, typer.Option(help="Picks on it, to be checked too; of several logs the folder of predict.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="OUT", help="Folder for the findings, a NAME.qc.json a log.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every finding, not the first few of each check.")] = False,
    pick_options: PickOptions = PickOptions(),
    log_options: LogOptions = LogOptions(),
    survey_options: SurveyOptions = SurveyOptions(),
    again: Again = False,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Show what is doubtful about logs, and about picks on them: where, and what to do about it.

    Of several files, or folders with all below them, what fails is passed over: qc.csv in OUT says what became of each,
    and the exit code is 1. A file NAME.yaml beside a log gives its settings.
    """
    from geobfdt.cli.plan import are_several, files_of
    from geobfdt.cli.wells import go_through, summed_up

    several = are_several(logs)
    work = _Wells(picks, pick_options, log_options, survey_options, again, overwrite)
    answers: list[dict[str, Any]] = []

    def checked(file: WellFile) -> tuple[str, int]:
        done = [_checked(well, out, every=every, quiet=as_json) for well in work.of(file, several=several)]
        answers.extend(answer for answer, _ in done)
        return "kept" if all(kept for _, kept in done) else "checked", sum(len(one["findings"]) for one, _ in done)

    outcomes = go_through(files_of(logs, out), checked)
    if as_json and several:
        answers[-1]["notes"] += console.taken_notes()  # of what a folder holds below its last log
        print(json.dumps(answers, indent=2))
    elif as_json:
        print(json.dumps({name: answers[0][name] for name in ("findings", "notes")}, indent=2))
    if several:
        summed_up(outcomes, out, "qc.csv", "findings", as_json=as_json)


def report(
    logs: Logs,
    picks: Annotated[
        Path,
        typer.Option(help="Picks on it, of geobfdt predict or an interpreter's; of several logs predict's folder."),
    ],
    out: Annotated[
        Path,
        typer.Option("-o", "--out", metavar="REPORT.html|FOLDER", help="Page to write; of several logs their folder."),
    ],
    pdf: Annotated[
        Path | None, typer.Option(help="The report as a PDF, too; of several logs a folder of them.")
    ] = None,
    drawing: Drawing = Drawing(),
    pick_options: PickOptions = PickOptions(),
    log_options: LogOptions = LogOptions(),
    survey_options: SurveyOptions = SurveyOptions(),
    header_options: HeaderOptions = HeaderOptions(),
    again: Again = False,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Write well reports: header, log at true scale, tracks, nets, fracture sets, quality, as one page each.

    Of several files, or folders with all below them, what fails is passed over: report.csv says what became of each,
    and the exit code is 1. A file NAME.yaml beside a log gives its settings.
    """
    from geobfdt.cli.plan import are_several, files_of
    from geobfdt.cli.wells import go_through, summed_up

    several = are_several(logs)
    if not several:
        _check_page_of_others(out, pdf, overwrite=overwrite or again)
    work = _Wells(picks, pick_options, log_options, survey_options, again, overwrite)
    if several:
        drawing.check_of_one_log()
    drawing.depths(0.0)  # a scale that is none is said before any log is read
    drawn = _Drawn(drawing, drawing.look(), zones_of(drawing.structural), header_options, pick_options)
    pages: list[dict[str, Any]] = []

    def reported(file: WellFile) -> tuple[str, int]:
        kept, planes = [], 0
        for well in work.of(file, several=several):
            page = out / file.below / f"{well.stem}.html" if several else out
            printed = pdf / file.below / f"{well.stem}.pdf" if several and pdf is not None else pdf
            kept.append(_reported(well, page, printed, drawn))
            planes += len(well.picks)
            files = [str(path) for path in (page, printed) if path is not None]
            pages.append({"log": well.stem, "kept": kept[-1], "files": files, "notes": console.taken_notes()})
            if not as_json:
                print("\n".join(f"{path}{' was there already' if kept[-1] else ''}" for path in files), flush=True)
        return "kept" if all(kept) else "reported", planes

    outcomes = go_through(files_of(logs, out if several else None), reported)
    if as_json:
        pages[-1]["notes"] += console.taken_notes()  # of what a folder holds below its last log
        print(json.dumps(pages, indent=2))
    if several:
        summed_up(outcomes, out, "report.csv", "picks", as_json=as_json)


def _check_page_of_others(page: Path, pdf: Path | None, *, overwrite: bool) -> None:
    """Refuse, before a log is read, to write over what others made; of a page of ours it is known afterwards."""
    from geobfdt.cli.files import check_kept
    from geobfdt.report.page import asked_of

    if asked_of(page) is None:
        check_kept(page, pdf, overwrite=overwrite)


@dataclass(frozen=True)
class _Well:
    """A log with all that is known about it.

    stem    of the names of its results
    asked   a digest of all that they are made from
    named   whether the log's own file, or the user, names the well
    """

    file: WellFile
    stem: str
    log: ImageLog
    picks: Picks
    picks_file: Path | None
    survey: Survey | None
    asked: str
    again: bool
    overwrite: bool
    named: bool

    def placed(self, picks: Picks, file: Path) -> Picks:
        """Those of a file's picks that are of this well, with true dips where a survey gives them."""
        from geobfdt.borehole.placing import picks_of_well
        from geobfdt.borehole.survey import with_true_dips

        found = picks_of_well(self.log, picks, file.name, named=self.named)
        return found if self.survey is None else with_true_dips(found, self.survey, self.log.reference)


@dataclass
class _Wells:
    """What all files of a command are read with."""

    picks: Path | None
    pick_options: PickOptions
    log_options: LogOptions
    survey_options: SurveyOptions
    again: bool
    overwrite: bool

    def of(self, file: WellFile, *, several: bool) -> list[_Well]:
        """The logs of a file with their picks. Of one file alone only one is meant."""
        from geobfdt import __version__
        from geobfdt.borehole.picks import Picks
        from geobfdt.cli.wells import asked_for, logs_of, picks_of, with_settings_beside
        from geobfdt.formats.provenance import file_digest

        options = with_settings_beside(self.log_options, file.path)
        pick_options = with_settings_beside(self.pick_options, file.path)
        way = with_settings_beside(self.survey_options, file.path)
        if several and self.picks is not None and not self.picks.is_dir():
            raise InputError(f"{self.picks}: --picks names one file for several logs; give their folder")
        logs = logs_of(file, options) if several else [(file.path.stem, options.read_one(file.path))]
        survey = way.read()
        found = []
        for stem, log in logs:
            picks_file = picks_of(self.picks, file, stem) if self.picks is not None else None
            table = pick_options.read(picks_file) if picks_file is not None else Picks()
            files = (file.path, picks_file, pick_options.kind_map, way.survey)
            digests = [file_digest(path) if path is not None else "" for path in files]
            asked = asked_for(__version__, log.well, options, pick_options, way, digests)
            named = options.well is not None or log.well not in ("", file.path.stem)
            found.append(_Well(file, stem, log, table, picks_file, survey, asked, self.again, self.overwrite, named))
        return found


def _checked(well: _Well, out: Path | None, *, every: bool, quiet: bool) -> tuple[dict[str, Any], bool]:
    """What was found about a log, written where there is a folder for it, or as it is there already; and whether so."""
    from geobfdt.cli.files import check_kept, written_by
    from geobfdt.formats.atomic import make_folder, replacing
    from geobfdt.formats.provenance import is_as_written, json_with_digest, said_by
    from geobfdt.report.qc import quality

    path = out / well.file.below / f"{well.stem}.qc.json" if out is not None else None
    there = path is not None and path.is_file() and bool(is_as_written(path)) and said_by(path)["asked"] == well.asked
    if there and path is not None and not well.again:
        answer = json.loads(path.read_text(encoding="utf-8"))
        console.taken_notes()  # it has those of then
        if not quiet:
            print(f"{path}: {len(answer['findings'])} findings were there already; --again", flush=True)
        return answer, True
    findings: list[Finding] = quality(well.log, well.picks if well.picks_file is not None else None, well.survey)
    if not quiet:
        print(console.checked(well.file.path, well.log, findings, most=None if every else 3), flush=True)
    answer = {
        "log": well.stem,
        "well": well.log.well,
        "findings": [asdict(finding) for finding in findings],
        "notes": console.taken_notes(),
    }
    if path is not None:
        check_kept(path, overwrite=well.overwrite)
        make_folder(path.parent)
        parameters = {"asked": well.asked, **written_by()}
        with replacing(path, (".json",)) as temporary:
            temporary.write_text(json_with_digest({**answer, "parameters": parameters}, parameters), encoding="utf-8")
    return answer, False


@dataclass(frozen=True)
class _Drawn:
    """What reports look like, what their headers say, and how an interpreter's picks are read."""

    drawing: Drawing
    look: Look
    zones: list[Zone]
    header: HeaderOptions
    pick_options: PickOptions


def _reported(well: _Well, page: Path, pdf: Path | None, drawn: _Drawn) -> bool:
    """Write the report of a log, all its files or none; True where it is there already."""
    from geobfdt.cli.files import check_kept, provenance_of
    from geobfdt.cli.wells import asked_for, with_settings_beside
    from geobfdt.formats.atomic import make_folder, together
    from geobfdt.formats.provenance import file_digest
    from geobfdt.formats.well_header import read_well_header
    from geobfdt.report.contents import Source
    from geobfdt.report.page import asked_of
    from geobfdt.report.well import write_report

    assert well.picks_file is not None
    drawing, header = drawn.drawing, with_settings_beside(drawn.header, well.file.path)
    beside = [file_digest(path) for path in (drawing.curves, drawing.interpreter) if path is not None]
    asked = asked_for(well.asked, drawing, header, beside, pdf is None)
    files = [path for path in (page, pdf) if path is not None]
    if not well.again and not well.overwrite and all(path.is_file() for path in files) and asked_of(page) == asked:
        return True
    check_kept(*files, overwrite=well.overwrite or (well.again and asked_of(page) == asked))
    for path in files:
        make_folder(path.parent)
    picks = well.placed(well.picks, well.picks_file)
    theirs = None
    if drawing.interpreter is not None:
        theirs = well.placed(drawn.pick_options.read(drawing.interpreter), drawing.interpreter)
    parameters, card = provenance_of(well.picks_file)
    said = read_well_header(well.file.path) | header.fields()
    source = Source(str(well.picks_file), shlex.join(["geobfdt", *sys.argv[1:]]), parameters, card, asked, said)
    curves = drawing.beside(well.file.path)
    with together(), console.progress(f"{well.stem}: figures", None) as done:
        write_report(
            *(well.log, picks, source, page),
            pdf=pdf,
            look=drawn.look,
            zones=drawn.zones,
            survey=well.survey,
            curves=curves,
            named_curves=drawing.curve or (),
            scale=drawing.depths(well.log.base_m - well.log.top_m),
            sets=drawing.sets,
            section_azimuth_deg=drawing.section_azimuth,
            reference=theirs,
            progress=done,
        )
    return False
