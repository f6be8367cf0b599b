"""The journal of a review: one line an edit, on the disk before it is applied, so that no kill loses an answer."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.atomic import alone, check_output

VERSION = 1
_CLOSE_M = 1e-4
"""Depths of one log that two ways of reading it may differ by."""


@dataclass(frozen=True)
class PicksFile:
    """A file of picks by the name that it goes by, and the SHA-256 of what it holds."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Head:
    """What a journal is of: its first line.

    log         name of the log's file
    digest      of what that holds
    image       name of its image
    well        name of the well
    top_m, base_m, columns   of the image
    picks       the files, first the one that is reviewed
    blind       whether it is a blind pass
    """

    log: str
    digest: str
    image: str
    well: str
    top_m: float
    base_m: float
    columns: int
    picks: tuple[PicksFile, ...] = ()
    blind: bool = False

    def differs_from(self, other: Head) -> str:
        """Why the edits of one are none of the other, "" where they are: layers that are only compared with may differ
        but in a blind pass.
        """
        if abs(self.top_m - other.top_m) > _CLOSE_M or abs(self.base_m - other.base_m) > _CLOSE_M:
            return f"log {self.log} from {self.top_m:.2f} to {self.base_m:.2f} m"
        if (self.digest, self.image, self.columns) != (other.digest, other.image, other.columns):
            return f"another log, {self.log}{f' ({self.image})' if self.image else ''}"
        if self.blind != other.blind:
            return "a blind pass" if self.blind else "a review that is no blind pass"
        kept = None if self.blind else 1
        if [one.sha256 for one in self.picks[:kept]] != [one.sha256 for one in other.picks[:kept]]:
            return f"other picks, {', '.join(one.name for one in self.picks[:kept]) or 'none'}"
        return ""


@dataclass
class Journal:
    """An open journal. ``past`` are the edits that it held when it was opened, as JSON."""

    path: Path
    past: list[dict[str, Any]] = field(default_factory=list)
    _descriptor: int = -1

    def append(self, said: Mapping[str, Any]) -> None:
        """Have one more edit on the disk. Raises :class:`InputError` where it cannot be written; the journal is then as
        it was.
        """
        before = os.lseek(self._descriptor, 0, os.SEEK_END)
        left = (json.dumps(said, ensure_ascii=False, allow_nan=False) + "\n").encode()
        try:
            while left:
                left = left[os.write(self._descriptor, left) :]
            os.fsync(self._descriptor)
        except OSError as error:
            os.ftruncate(self._descriptor, before)
            reason = (error.strerror or str(error)).lower()
            raise InputError(f"{self.path}: an edit cannot be written ({reason}); make room, do it again") from None


@contextmanager
def opened(path: Path, head: Head) -> Iterator[Journal]:
    """The journal at ``path``, begun where there is none, and nobody else's as long as this lasts.

    A last line without an end was cut off by a kill before anybody was answered: it goes, with a note. Raises
    :class:`InputError` where another process has the journal, where it is of another log or of other picks, where a
    line is damaged and where it cannot be written.
    """
    check_output(path, (".jsonl",))
    with alone(path, wait=False):
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o666)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError(f"{path}: cannot be written ({reason}); choose another place with -o") from None
        try:
            journal = Journal(path, _descriptor=descriptor)
            lines = _lines(path, descriptor)
            if lines:
                _check_head(path, lines[0], head)
                journal.past = lines[1:]
            else:
                journal.append({"geobfdt_review": VERSION, **asdict(head)})
                _sync_folder(path.parent)
            yield journal
        finally:
            os.close(descriptor)


def _lines(path: Path, descriptor: int) -> list[dict[str, Any]]:
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        warnings.warn(
            f"{path}: its last line was cut off while it was written, and is left out", InputWarning, stacklevel=4
        )
        os.ftruncate(descriptor, whole)
        os.fsync(descriptor)
    found = []
    for number, line in enumerate(data[:whole].splitlines(), 1):
        try:
            said = json.loads(line)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise InputError(
                f"{path}: line {number} is damaged; take the lines before it into a file, or name another with -o"
            )
        found.append(said)
    return found


def _check_head(path: Path, said: Mapping[str, Any], head: Head) -> None:
    if said.get("geobfdt_review") != VERSION:
        raise InputError(f"{path}: is no journal of a review, or of a newer geobfdt; name another with -o")
    given = {name: value for name, value in said.items() if name != "geobfdt_review"}
    try:
        files = tuple(PicksFile(**one) for one in given.pop("picks"))
        past = Head(**given, picks=files)
        differs = past.differs_from(head)
    except (TypeError, KeyError):
        raise InputError(f"{path}: line 1 does not say what it is a journal of; name another with -o") from None
    if differs:
        raise InputError(f"{path}: is of {differs}; go on with that, or name another review with -o")


def _sync_folder(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except PermissionError:  # Windows
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
