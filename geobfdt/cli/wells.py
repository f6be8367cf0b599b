"""Many wells at once: which files of folders are logs, where their results go, and what became of each."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from geobfdt.borehole.names import file_stem
from geobfdt.cli.options import LogOptions
from geobfdt.errors import InputError, InputWarning

if TYPE_CHECKING:
    from geobfdt.borehole.image_log import ImageLog

SUMMARY = "predict.csv"
"""What became of every file of a prediction of several."""


@dataclass(frozen=True)
class Outcome:
    """What became of a file: "picked", "kept" where its results were there, "failed", or "no log"."""

    file: str
    status: str
    picks: int = 0
    seconds: float = 0.0
    message: str = ""


@dataclass(frozen=True)
class WellFile:
    """A file that may hold logs, the folder of its results, and whether the user named the very file."""

    path: Path
    folder: Path
    named: bool


def files_of(paths: Sequence[Path], out: Path) -> list[WellFile]:
    """The files named and those below folders, but for hidden ones and for what lies in ``out``; results stand below
    ``out`` as the files do below their folder. Raises :class:`InputError` for a folder without any.
    """
    from geobfdt.formats import IMAGE_SUFFIXES

    found: list[WellFile] = []
    for path in paths:
        if not path.exists():
            raise InputError(f"{path}: there is no such file; check the name")
        if not path.is_dir():
            found.append(WellFile(path, out, named=True))
            continue
        inside = [f for f in sorted(path.rglob("*")) if f.suffix.lower() in IMAGE_SUFFIXES and f.is_file()]
        inside = [f for f in inside if not any(part.startswith(".") for part in f.relative_to(path).parts)]
        inside = [f for f in inside if out.resolve() not in f.resolve().parents]
        if not inside:
            raise InputError(f"{path}: the folder holds no image log; they come as {' '.join(IMAGE_SUFFIXES)}")
        found += [WellFile(f, out / f.parent.relative_to(path), named=False) for f in inside]
    return found


def with_settings_beside(options: LogOptions, file: Path) -> LogOptions:
    """The options, and what the settings file of the same stem beside a log says where they say nothing."""
    from geobfdt.cli.grouping import setting_names
    from geobfdt.cli.settings import read_settings

    beside = file.with_suffix(".yaml")
    if not beside.is_file():
        return options
    given = read_settings(beside, setting_names())
    unsaid = {field.name for field in fields(options) if getattr(options, field.name) == field.default}
    known = {name: value for name, value in given.items() if name in unsaid}
    if "null" in known and not isinstance(known["null"], list):
        known["null"] = [known["null"]]
    if "null" in known:
        known["null"] = [str(value) for value in known["null"]]
    return replace(options, **known)


def logs_of(file: WellFile, options: LogOptions, taken: set[Path]) -> Iterator[tuple[str, ImageLog]]:
    """The logs of a file, each with the stem of its results, which no two share in one folder."""
    logs = options.read(file.path)
    for log in logs:
        stem = file.path.stem if len(logs) == 1 else f"{file.path.stem}_{log.well}"
        stem = file_stem(stem, [path.name for path in taken if path.parent == file.folder])
        taken.add(file.folder / stem)
        yield stem, log


def is_table(path: Path) -> bool:
    """Whether a file that holds no image holds picks or a survey, as folders of wells do beside their logs."""
    from geobfdt.formats import PICK_SUFFIXES, read_picks
    from geobfdt.formats.survey import read_survey

    if path.suffix.lower() not in PICK_SUFFIXES:
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
    """A digest of all that decides what a prediction finds, beside the image."""
    return hashlib.sha256(repr(values).encode()).hexdigest()


def write_summary(outcomes: Sequence[Outcome], out: Path) -> Path:
    """Write what became of every file as a table."""
    import pandas as pd

    from geobfdt.formats.atomic import replacing

    path = out / SUMMARY
    with replacing(path, (".csv",)) as temporary:
        pd.DataFrame([asdict(outcome) for outcome in outcomes]).to_csv(
            temporary, index=False, float_format="%.2f", lineterminator="\n"
        )
    return path
