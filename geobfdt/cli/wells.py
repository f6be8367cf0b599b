"""Many wells at once: which files of folders are logs, where their results go, and what became of each."""

from __future__ import annotations

import hashlib
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

import typer

from geobfdt.borehole.names import file_stem
from geobfdt.cli import console
from geobfdt.cli.options import LogOptions
from geobfdt.errors import InputError, InputWarning

if TYPE_CHECKING:
    from geobfdt.borehole.image_log import ImageLog

Group = TypeVar("Group")


@dataclass(frozen=True)
class Outcome:
    """What became of a file: "failed", "no log", "kept" where its results were there, or what the command does; and how
    many picks or findings it has.
    """

    file: str
    status: str
    count: int = 0
    seconds: float = 0.0
    message: str = ""


@dataclass(frozen=True)
class WellFile:
    """A file that may hold logs, how it lies below the folder that the user named, and whether it was named itself."""

    path: Path
    below: Path
    named: bool


def are_several(paths: Sequence[Path]) -> bool:
    """Whether results go into a folder: of more files than one, or of a folder however many it holds."""
    return len(paths) > 1 or paths[0].is_dir()


def files_of(paths: Sequence[Path], out: Path | None) -> list[WellFile]:
    """The files named and those below folders, but for hidden ones and for what lies in ``out``, where results go.
    Raises :class:`InputError` for a folder without any.
    """
    from geobfdt.formats import IMAGE_SUFFIXES

    found: list[WellFile] = []
    for path in paths:
        if not path.is_dir():
            found.append(WellFile(path, Path(), named=True))
            continue
        inside = [f for f in sorted(path.rglob("*")) if f.suffix.lower() in IMAGE_SUFFIXES and f.is_file()]
        inside = [f for f in inside if not any(part.startswith(".") for part in f.relative_to(path).parts)]
        if out is not None:
            inside = [f for f in inside if out.resolve() not in f.resolve().parents]
        if not inside:
            raise InputError(f"{path}: the folder holds no image log; they come as {' '.join(IMAGE_SUFFIXES)}")
        found += [WellFile(f, f.parent.relative_to(path), named=False) for f in inside]
    return found


def go_through(files: Sequence[WellFile], work: Callable[[WellFile], tuple[str, int]]) -> list[Outcome]:
    """Do the work for every file. Of several, one that fails is told and passed over, and so is what a folder holds
    beside its logs.

    Raises :class:`InputError` where the only file fails, or every one.
    """
    outcomes: list[Outcome] = []
    for file in files:
        start = time.monotonic()
        try:
            status, count = work(file)
        except InputError as error:
            if len(files) == 1:
                raise
            status = "no log" if not file.named and _is_table(file.path) else "failed"
            if status == "no log":
                warnings.warn(f"{error}; it was left out", InputWarning, stacklevel=1)
            else:
                console.tell("geobfdt", error)
            outcomes.append(Outcome(str(file.path), status, message=str(error)))
            continue
        outcomes.append(Outcome(str(file.path), status, count, time.monotonic() - start))
    if all(outcome.status in ("failed", "no log") for outcome in outcomes):
        raise InputError(outcomes[0].message)
    return outcomes


def with_settings_beside(group: Group, file: Path) -> Group:
    """A group of options, and what the settings file of the same stem beside a log says where they say nothing."""
    from geobfdt.cli.grouping import setting_names
    from geobfdt.cli.settings import read_settings

    beside = file.with_suffix(".yaml")
    if not beside.is_file():
        return group
    given = read_settings(beside, setting_names())
    hints = get_type_hints(type(group))
    unsaid = {field.name for field in fields(group) if getattr(group, field.name) == field.default}  # type: ignore[arg-type]
    known = {name: _checked(beside, name, value, hints[name]) for name, value in given.items() if name in unsaid}
    return replace(group, **known)  # type: ignore[type-var]


def _checked(beside: Path, name: str, value: Any, hint: Any) -> Any:
    """A value of a settings file as the command line would give it."""
    from pydantic import TypeAdapter, ValidationError

    if "list" in str(hint):
        value = [str(one) for one in (value if isinstance(value, list) else [value])]
    elif hint in (str, str | None):
        value = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    try:
        return TypeAdapter(hint).validate_python(value)
    except ValidationError as error:
        raise InputError(f"{beside}: {name}: {error.errors()[0]['msg']}, found {value!r}") from None


def logs_of(file: WellFile, options: LogOptions, taken: set[Path]) -> list[tuple[str, ImageLog]]:
    """The logs of a file, each with the stem of its results, which no two share in one folder."""
    logs = options.read(file.path)
    found = []
    for log in logs:
        stem = file.path.stem if len(logs) == 1 else f"{file.path.stem}_{log.well}"
        stem = file_stem(stem, [path.name for path in taken if path.parent == file.below])
        taken.add(file.below / stem)
        found.append((stem, log))
    return found


def picks_of(picks: Path, file: WellFile, stem: str) -> Path:
    """The picks of a log: the file named, or in a folder of `geobfdt predict` those that lie there as the log does."""
    if not picks.is_dir():
        return picks
    found = picks / file.below / f"{stem}.picks.csv"
    if not found.is_file():
        raise InputError(f"{file.path}: has no picks, {found} is missing; geobfdt predict makes it")
    return found


def _is_table(path: Path) -> bool:
    """Whether a file without an image holds picks, intervals or a survey, as folders of wells do beside their logs."""
    from geobfdt.formats import PICK_SUFFIXES, read_picks
    from geobfdt.formats.intervals import holds_intervals
    from geobfdt.formats.survey import read_survey

    if path.suffix.lower() not in PICK_SUFFIXES:
        return False
    try:
        if holds_intervals(path):
            return True
    except InputError:
        return False
    for read in (read_picks, read_survey):
        try:
            with warnings.catch_warnings(action="ignore", category=InputWarning):
                read(path)
            return True
        except InputError as error:
            if "unknown kinds" in str(error):  # a table of planes all the same
                return True
    return False


def asked_for(*values: object) -> str:
    """A digest of all that decides a result, beside the image."""
    return hashlib.sha256(repr(values).encode()).hexdigest()


def summed_up(outcomes: Sequence[Outcome], path: Path | None, counted: str, *, as_json: bool) -> None:
    """Say what became of the files, of each in a table if there is a ``path`` for it; exit code 1 where one failed."""
    failed = sum(outcome.status == "failed" for outcome in outcomes)
    where = ""
    if path is not None:
        import pandas as pd

        from geobfdt.formats.atomic import replacing

        table = pd.DataFrame(map(astuple, outcomes), columns=["file", "status", counted, "seconds", "message"])
        with replacing(path, (".csv",)) as temporary:
            table.to_csv(temporary, index=False, float_format="%.2f", lineterminator="\n")
        where = f"{path}: "
    print(f"{where}{len(outcomes)} files, {failed} failed", file=sys.stderr if as_json else sys.stdout)
    if failed:
        raise typer.Exit(1)
