"""From a log and sets of picks to a session: what is checked, read and begun before the page is served."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from geobfdt.borehole import DepthUnit
from geobfdt.borehole.curve import Curve
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.survey import Survey
from geobfdt.errors import InputError, InputWarning, quiet
from geobfdt.formats.atomic import make_folder
from geobfdt.formats.curves import read_curves
from geobfdt.formats.provenance import file_digest
from geobfdt.reviewing.review import PickSet, picks_on, review_of
from geobfdt.reviewing.saving import JOURNAL, TAUGHT, Saver
from geobfdt.reviewing.session import Help, Session
from geobfdt.reviewing.tiles import Tiles

WHOLE_BYTES = 256_000_000
"""Of a larger file only samples are digested, which takes no time: reading a log of 5 km takes seconds."""
_SAMPLES, _SAMPLE_BYTES = 64, 1_000_000
_SURVEY_POINTS = 2000


@dataclass(frozen=True)
class Task:
    """What is to be reviewed, and how.

    sets        of picks, the first of which is reviewed; read as they are
    saver       where results go, what they say, and which way the hole runs
    file        name of the log's file, and ``digest`` of what it holds
    curves      beside the image
    named       the well's name is that of the log's file, or the user's
    read        reads the log again, in another process; None where that cannot be: then nothing is snapped or taught
    weights     of the detector that snaps and is taught, a file or one of :data:`geobfdt.model.NAMED`
    weights_to  the folder for what it is taught; OUT.taught where None
    """

    log: ImageLog
    sets: Sequence[PickSet]
    saver: Saver
    file: str
    digest: str
    curves: Sequence[Curve] = ()
    depth_unit: DepthUnit = "m"
    named: bool = True
    blind: bool = False
    reviewer: str = ""
    read: Callable[[], ImageLog] | None = field(default=None, compare=False)
    weights: str = "bundled"
    weights_to: Path | None = None


@contextmanager
def session_of(task: Task) -> Iterator[Session]:
    """The session of a review, until the end of the block. Raises :class:`geobfdt.errors.InputError` on picks of
    another well or beside the log, on results that could not be written, and on a journal of something else or in use.
    """
    log, saver = task.log, task.saver
    sets = [PickSet(one.name, picks_on(log, one, named=task.named), one.digest) for one in task.sets]
    make_folder(saver.out.parent)
    saver.check()
    with review_of(
        log,
        sets,
        saver.path(JOURNAL),
        digest=task.digest,
        file=task.file,
        survey=saver.survey,
        blind=task.blind,
        reviewer=task.reviewer,
    ) as review:
        curves = [*_own_curves(log, saver.survey), *task.curves]
        tiles = Tiles(log)
        session = Session(review, tiles, saver, task.file, curves, task.depth_unit, _help(task))
        try:
            session.begin()
            yield session
        finally:
            session.close()


def _help(task: Task) -> Help:
    """What needs the detector; neither of the two is loaded before it is asked for."""
    if task.read is None:
        return Help()
    read, weights = task.read, task.weights
    folder = task.saver.path(TAUGHT) if task.weights_to is None else task.weights_to

    def evidence() -> object:
        from geobfdt.reviewing.evidence import Evidence

        return Evidence(read, weights)

    def teaching() -> object:
        from geobfdt.reviewing.teaching import Teaching

        return Teaching(folder, read, weights, hole_diameter_m=task.log.hole_diameter_m)

    return Help(evidence, teaching, folder)  # type: ignore[arg-type]


def _own_curves(log: ImageLog, survey: Survey | None) -> list[Curve]:
    """What a log and a survey themselves have one number of at each depth."""
    curves = []
    if log.caliper_m is not None and np.isfinite(log.caliper_m).any():
        curves.append(Curve("caliper", "m", "diameter of the hole", log.depth_m, log.caliper_m))
    if survey is not None:
        depth_m = np.linspace(log.top_m, log.base_m, _SURVEY_POINTS)
        deviation_deg, azimuth_deg = survey.at(depth_m)
        curves.append(Curve("deviation", "deg", "of the hole from the vertical, by the survey", depth_m, deviation_deg))
        curves.append(Curve("hole azimuth", "deg", "of the hole from north, by the survey", depth_m, azimuth_deg))
    return curves


def curves_beside(log_file: Path, curves_file: Path | None) -> list[Curve]:
    """The curves of a file that the user names, else of the log's own, where these can be read."""
    if curves_file is not None:
        curves = read_curves(curves_file)
        if not curves:
            raise InputError(
                f"{curves_file}: holds no curves; give a LAS, a DLIS or a table that has some, or leave it out"
            )
        return curves
    try:
        with quiet(ignored=(InputWarning,)):  # what there is to tell was told of the image
            return read_curves(log_file)
    except InputError:
        return []


def digest_of_log(path: Path) -> str:
    """A digest of a log's file: of all of it, or of a large one of its size and of samples all through it."""
    size = path.stat().st_size
    if size <= WHOLE_BYTES:
        return file_digest(path)
    made = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        for start in np.linspace(0, size - _SAMPLE_BYTES, _SAMPLES).astype(int).tolist():
            file.seek(start)
            made.update(file.read(_SAMPLE_BYTES))
    return f"sampled {made.hexdigest()}"


def digest_of_image(log: ImageLog) -> str:
    """A digest of a log that comes from no file: of its depths and of samples all through its image."""
    made = hashlib.sha256(np.ascontiguousarray(log.depth_m).tobytes())
    for first in np.linspace(0, log.rows - 1, _SAMPLES).astype(int).tolist():
        made.update(np.ascontiguousarray(log.image[first : first + 1]).tobytes())
    return f"sampled {made.hexdigest()}"
