"""Many wells at once: what is said of each, which logs are in its file, and what became of it."""

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
from geobfdt.cli.plan import WellFile, is_table
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
            status = status_without(file)
            if status == "no log":
                warnings.warn(left_out(error), InputWarning, stacklevel=1)
            else:
                console.tell("geobfdt", error)
            outcomes.append(Outcome(str(file), status, message=str(error)))
            continue
        outcomes.append(Outcome(str(file), status, count, time.monotonic() - start))
    check_any(outcomes)
    return outcomes


def status_without(file: WellFile) -> str:
    """What became of a file of which no log could be read or worked on: it failed, or is there for something else."""
    return "no log" if not file.named and is_table(file.path) else "failed"


def left_out(message: object) -> str:
    """The note of what a folder holds beside its logs."""
    return f"{message}; it was left out"


def check_any(outcomes: Sequence[Outcome]) -> None:
    """Raise :class:`InputError` where every file failed."""
    if all(outcome.status in ("failed", "no log") for outcome in outcomes):
        raise InputError(outcomes[0].message)


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


def logs_of(file: WellFile, options: LogOptions) -> list[tuple[str, ImageLog]]:
    """The logs of a file, each with the stem of its results: the file's own, or of a corpus its own with the well's
    name behind it. Raises :class:`InputError` where that may be what a log of another corpus is called by.
    """
    logs = options.read(file.path)
    if len(logs) == 1:
        return [(file.stem, logs[0])]
    found: dict[str, ImageLog] = {}
    for log in logs:
        stem = file_stem(f"{file.stem}_{log.well}", [*file.others, *found])
        lower, own = stem.lower(), file.stem.lower()
        is_own = lower == own or lower.startswith(f"{own}_")
        if not is_own or any(lower.startswith(f"{one}_") for one in file.corpora):
            raise InputError(
                f"{file}: the results of its well {log.well} could not be told by their names from those of a corpus "
                "beside it; call one of the two files otherwise"
            )
        found[stem] = log
    return list(found.items())


def picks_of(picks: Path, file: WellFile, stem: str) -> Path:
    """The picks of a log: the file named, or in a folder of `geobfdt predict` those that lie there as the log does."""
    if not picks.is_dir():
        return picks
    found = picks / file.below / f"{stem}.picks.csv"
    if not found.is_file():
        raise InputError(f"{file.path}: has no picks, {found} is missing; geobfdt predict makes it")
    return found


def asked_for(*values: object, called: Callable[[str], str] = str) -> str:
    """A digest of all that decides a result, beside the image, in which files are ``called`` by their own names."""
    return hashlib.sha256(called(repr(values)).encode()).hexdigest()


def summed_up(outcomes: Sequence[Outcome], out: Path | str | None, name: str, counted: str, *, as_json: bool) -> None:
    """Say what became of the files, of each in a table of that name, if there is a folder ``out`` for it, which may be
    the URL of one; exit code 1 where one failed.
    """
    failed = sum(outcome.status == "failed" for outcome in outcomes)
    where = ""
    if out is not None:
        where = f"{_listed(outcomes, out, name, counted)}: "
    print(f"{where}{len(outcomes)} files, {failed} failed", file=sys.stderr if as_json else sys.stdout)
    if failed:
        raise typer.Exit(1)


def _listed(outcomes: Sequence[Outcome], out: Path | str, name: str, counted: str) -> Path | str:
    """Where the table of the files is, written."""
    import pandas as pd

    from geobfdt.formats.atomic import make_folder, replacing
    from geobfdt.formats.urls import Mirror, is_url, joined

    mirror = Mirror(str(out)) if is_url(out) else None
    path = Path(out) / name if mirror is None else mirror.path(joined(str(out), name))
    make_folder(path.parent)
    table = pd.DataFrame(map(astuple, outcomes), columns=["file", "status", counted, "seconds", "message"])
    with replacing(path, (".csv",)) as temporary:
        table.to_csv(temporary, index=False, float_format="%.2f", lineterminator="\n")
    if mirror is None:
        return path
    mirror.put(path)
    mirror.close()
    return mirror.url(path)
