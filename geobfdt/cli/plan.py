"""Which files of what the user names may hold logs, and what the results of each are called: a plan.

It is made before any work, and all that follows hangs on it alone: who works on a file, and when, changes no name.
"""

from __future__ import annotations

import warnings
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from geobfdt.borehole.names import file_stem
from geobfdt.errors import InputError, InputWarning


@dataclass(frozen=True)
class WellFile:
    """A file of a plan, which may hold logs.

    path     where it lies on this machine; of a URL its name alone, until it is brought here
    below    how it lies below the folder that the user named
    named    whether the user named it itself
    stem     of its results, which no other file of the plan has in the same folder
    others   stems of other files there that a log of this one could be called by, and of these the ``corpora``, whose
             logs have names that begin so
    url      what it is called, if not by its path
    """

    path: Path
    below: Path
    named: bool
    stem: str = ""
    others: tuple[str, ...] = ()
    corpora: tuple[str, ...] = ()
    url: str = ""

    def __str__(self) -> str:
        return self.url or str(self.path)


def are_several(paths: Sequence[Path]) -> bool:
    """Whether results go into a folder: of more files than one, or of a folder however many it holds."""
    return len(paths) > 1 or paths[0].is_dir()


def files_of(places: Sequence[Path | str], out: Path | str | None) -> list[WellFile]:
    """The plan: the files named, by paths or URLs, and those below folders, but for hidden ones and for what lies in
    ``out``, where results go; each with the stem of its results, which hangs on the plan alone, not on what is found in
    the files. Raises :class:`InputError` for a folder without any.
    """
    from geobfdt.formats import IMAGE_SUFFIXES
    from geobfdt.formats.urls import is_url

    found: list[WellFile] = []
    for place in places:
        inside = _at_url(str(place), out) if is_url(place) else _at_path(Path(place), out)
        if not inside:
            raise InputError(f"{place}: the folder holds no image log; they come as {' '.join(IMAGE_SUFFIXES)}")
        found += inside
    return _with_stems(found)


def _at_path(path: Path, out: Path | str | None) -> list[WellFile]:
    from geobfdt.formats import IMAGE_SUFFIXES

    if not path.is_dir():
        return [WellFile(path, Path(), named=True)]
    inside = [f for f in sorted(path.rglob("*")) if f.suffix.lower() in IMAGE_SUFFIXES and f.is_file()]
    inside = [f for f in inside if not any(part.startswith(".") for part in f.relative_to(path).parts)]
    if isinstance(out, Path):
        inside = [f for f in inside if out.resolve() not in f.resolve().parents]
    return [WellFile(f, f.parent.relative_to(path), named=False) for f in inside]


def _at_url(url: str, out: Path | str | None) -> list[WellFile]:
    from geobfdt.formats import IMAGE_SUFFIXES
    from geobfdt.formats.urls import files_at

    found = files_at(url, IMAGE_SUFFIXES)
    if found == [url]:
        return [WellFile(Path(url.rpartition("/")[2]), Path(), named=True, url=url)]
    results = f"{str(out).rstrip('/')}/"
    below = {one: Path(one.removeprefix(url.rstrip("/")).lstrip("/")) for one in found if not one.startswith(results)}
    return [WellFile(Path(path.name), path.parent, named=False, url=one) for one, path in below.items()]


def _with_stems(files: Sequence[WellFile]) -> list[WellFile]:
    """The files with what their results are called by. Of those that would be called the same the first in the plan has
    the name alone, but a table of dips goes behind the log that it lies beside.
    """
    namesakes = Counter((file.below, file_stem(file.path.stem).lower()) for file in files)
    behind = [namesakes[file.below, file_stem(file.path.stem).lower()] > 1 and _is_no_log(file) for file in files]
    taken: dict[Path, dict[str, WellFile]] = {}
    found = list(files)
    for place in sorted(range(len(files)), key=behind.__getitem__):
        file = files[place]
        there = taken.setdefault(file.below, {})
        stem = file_stem(file.path.stem)
        if stem.lower() in there:
            stem = file_stem(file.path.stem, there)
        found[place] = there[stem.lower()] = replace(file, stem=stem)
    return _apart_from_others(found, taken)


def _apart_from_others(files: Sequence[WellFile], taken: Mapping[Path, Mapping[str, WellFile]]) -> list[WellFile]:
    """The files, and of corpora, whose logs have each its own name behind that of the file, what these must not be."""
    from geobfdt.formats import CORPUS

    found = list(files)
    ordered = {folder: sorted(there) for folder, there in taken.items()}
    for place, file in enumerate(files):
        if file.path.suffix.lower() not in CORPUS:
            continue
        there, begins = taken[file.below], f"{file.stem.lower()}_"
        names = ordered[file.below]
        others = names[bisect_left(names, begins) : bisect_left(names, f"{begins}\U0010ffff")]
        corpora = [name for name in others if there[name].path.suffix.lower() in CORPUS]
        found[place] = replace(file, others=tuple(others), corpora=tuple(corpora))
    return found


def _is_no_log(file: WellFile) -> bool:
    """Whether a file of text is a table without an image, as a look into it tells."""
    from geobfdt.formats import DELIMITED, contents

    if file.path.suffix.lower() not in (*DELIMITED, ".las"):
        return False
    with brought(file) as here, warnings.catch_warnings(action="ignore", category=InputWarning):
        try:
            if any(part.images for part in contents(here.path)):
                return False
        except InputError:
            pass
        return is_table(here.path)


@contextmanager
def brought(file: WellFile) -> Iterator[WellFile]:
    """A file with a path on this machine, for as long as it is looked at."""
    from geobfdt.formats.urls import Mirror

    if not file.url:
        yield file
        return
    mirror = Mirror(file.url)
    try:
        path = mirror.path(file.url)
        mirror.bring(path)
        yield replace(file, path=path)
    finally:
        mirror.close()


def is_table(path: Path) -> bool:
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
