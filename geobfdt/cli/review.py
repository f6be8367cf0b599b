"""The command that serves the review page."""

from __future__ import annotations

import json
import os
import sys
import threading
import warnings
import webbrowser
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geobfdt.borehole import DepthUnit
from geobfdt.cli import console
from geobfdt.cli.options import Json, LogOptions, Overwrite, PickOptions, SurveyOptions
from geobfdt.errors import InputError, InputWarning

if TYPE_CHECKING:
    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.reviewing.opening import Task
    from geobfdt.reviewing.review import PickSet
    from geobfdt.reviewing.session import Session

HIGHEST_PORT = 65_535
_NOT_OF_THE_WELL = ("columns",)
"""Options that say how to read the file of picks that was reviewed, which the one that is written needs no more."""


@dataclass(frozen=True)
class Serving:
    """How the page is served, and what is on it."""

    port: Annotated[int, typer.Option(min=0, max=HIGHEST_PORT, help="To serve on; 0 takes one that is free.")] = 0
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the page in a browser.")] = False
    blind: Annotated[
        bool, typer.Option("--blind", help="Hide the picks until a second pass without sight of them is finished.")
    ] = False
    reviewer: Annotated[
        str, typer.Option(metavar="NAME", help="Write beside every edit who made it and when. (default: nobody, never)")
    ] = ""
    curves: Annotated[
        Path | None, typer.Option(help="LAS, DLIS or table of curves to show beside. (default: those of LOG)")
    ] = None
    depth_unit: Annotated[DepthUnit, typer.Option(help="Of depths along hole on the page.")] = "m"
    weights: Annotated[
        Path | None, typer.Option(help="Weights that snap and are taught. (default: the bundled weights)")
    ] = None
    weights_to: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder for what is taught. (default: OUT.taught)")
    ] = None


def review(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="Image log.")],
    out: Annotated[
        Path,
        typer.Option("-o", "--out", metavar="OUT", help="Beginning of the names of results, as OUT.picks.csv."),
    ],
    picks: Annotated[
        list[str] | None,
        typer.Option(metavar="[NAME=]FILE", help="Picks to review; further ones to compare them with. Repeatable."),
    ] = None,
    serving: Serving = Serving(),
    pick_options: PickOptions = PickOptions(),
    log_options: LogOptions = LogOptions(),
    survey_options: SurveyOptions = SurveyOptions(),
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Review picks on a page in the browser: accept, reject, move and draw them, compare, teach the detector.

    Every edit is in OUT.review.jsonl before it is answered, and the next time goes on there. Ctrl+C ends it.
    """
    from geobfdt.reviewing.guard import Keys
    from geobfdt.reviewing.opening import Task, curves_beside, digest_of_log, session_of
    from geobfdt.reviewing.server import app_of, check_extra, ended_by_signals, listening, server_of

    check_extra()
    one = log_options.read_one(log)
    sets = _sets(picks or [], pick_options)
    groups = (log_options, pick_options, survey_options)
    task = Task(
        one,
        sets,
        _saver(one, log, out, picks or [], groups, serving.depth_unit, overwrite=overwrite),
        log.name,
        digest_of_log(log),
        curves_beside(log, serving.curves),
        serving.depth_unit,
        log_options.well is not None or one.well != log.stem,
        serving.blind,
        serving.reviewer.strip(),
        partial(_read_again, log, log_options),
        str(serving.weights or "bundled"),
        serving.weights_to,
    )
    with session_of(task) as session, listening(serving.port) as listener:
        keys = Keys(listener.getsockname()[1])
        server = server_of(app_of(session, keys))
        with ended_by_signals(server):
            _tell(session, task, keys.address, as_json=as_json)
            if not serving.no_open and _has_a_browser():
                threading.Thread(target=webbrowser.open, args=(keys.address,), daemon=True).start()
            server.run(sockets=[listener])


def _sets(given: list[str], options: PickOptions) -> list[PickSet]:
    """[NAME=]FILE options as named sets of picks, in their order."""
    from geobfdt.formats.provenance import file_digest
    from geobfdt.reviewing.review import PickSet, check_names

    names, files = [], []
    for text in given:
        name, separator, file = text.partition("=")
        path = Path(file) if separator else Path(text)
        if not path.is_file():
            raise InputError(f"--picks {text}: there is no file {path}; check the name, and write it as NAME=FILE")
        names.append(name if separator else _plain_stem(path))
        files.append(path)
    check_names(names)
    return [PickSet(name, options.read(path), file_digest(path)) for name, path in zip(names, files, strict=True)]


def _plain_stem(path: Path) -> str:
    """well of well.picks.csv."""
    return path.stem.removesuffix(".picks")


def _saver(
    log: ImageLog, file: Path, out: Path, picks: list[str], groups: tuple[Any, ...], unit: DepthUnit, *, overwrite: bool
) -> Any:
    from geobfdt.cli.files import provenance_of, written_by
    from geobfdt.reviewing.saving import Saver

    log_options, _, survey_options = groups
    reviewed = Path(picks[0].partition("=")[2] or picks[0]) if picks else None
    said, _ = provenance_of(reviewed) if reviewed is not None else ({}, "")
    said = {name: value for name, value in said.items() if name in ("model", "threshold", "model_digest")}
    if reviewed is not None:
        said["reviewed_picks"] = reviewed.name
    settings: dict[str, Any] = {"depth_unit": unit} if unit != "m" else {}
    for group in groups:
        settings |= {
            f.name: _plain(value)
            for f in fields(group)
            if (value := getattr(group, f.name)) != f.default and f.name not in _NOT_OF_THE_WELL
        }
    settings = {"well": log.well} | settings
    nulls = {"null": " ".join(log_options.null or ["by rule"])}
    where = out / file.stem if out.is_dir() else out
    return Saver(where, file, {**said, **nulls, **written_by()}, settings, survey_options.read(), overwrite)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Path) else value


def _read_again(path: Path, options: LogOptions) -> ImageLog:
    """The log, in another process; what there is to tell was told."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        return options.read_one(path)


def _tell(session: Session, task: Task, address: str, *, as_json: bool) -> None:
    """Say where the page is; it can be asked for from now on."""
    edits = session.review.answer().edits
    if as_json:
        result = {"address": address, "well": task.log.well, "out": str(task.saver.out), "edits": edits}
        print(json.dumps({**result, "notes": console.taken_notes()}), flush=True)
        return
    past = f", {edits} edits so far" if edits else ""
    print(f"{task.log.well}: {address} until Ctrl+C; {task.saver.out}.review.jsonl{past}", flush=True)


def _has_a_browser() -> bool:
    """Whether one would open a window, not take over this terminal."""
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
