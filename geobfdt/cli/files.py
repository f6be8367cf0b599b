"""What `geobfdt predict` leaves behind, and what results say of where they come from."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from geobfdt import formats
from geobfdt.borehole.picks import KINDS
from geobfdt.errors import InputError

CREW = ("--workers", "--cluster", "--per-card")
"""Options that say who works."""

if TYPE_CHECKING:
    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.borehole.intervals import Intervals
    from geobfdt.prediction.classes import Classified
    from geobfdt.prediction.detect import Prediction


def write_results(
    prediction: Prediction,
    log: ImageLog,
    folder: Path,
    stem: str,
    weights: str,
    profile: formats.LasProfile = "numeric",
    said: Mapping[str, str] = {},
) -> list[Path]:
    """Write ``stem.picks.csv``, ``stem.picks.las`` and ``stem.score.las``, all or none, with what is ``said`` of the
    image; return their paths.
    """
    from geobfdt.formats.atomic import together
    from geobfdt.formats.las_writer import write_curve

    parameters = {
        "model": f"geobfdt {Path(weights).name}",
        "threshold": f"{prediction.threshold:g}",
        "reference": log.reference,
        "image": log.name,
        **said,
        **written_by(),
    }
    files = result_files(folder, stem)
    with together():
        formats.write(prediction.picks, files[0], parameters=parameters)
        formats.write(
            prediction.picks,
            files[1],
            parameters=parameters,
            hole_diameter_m=log.hole_diameter_m,
            well=log.well,
            profile=profile,
        )
        write_curve(
            files[2],
            prediction.depth_m,
            prediction.score,
            "SCORE",
            description=f"Score of the surest {' or '.join(KINDS)}, 0 to 1",
            well=log.well,
            parameters=parameters,
        )
    return files


def result_files(folder: Path, stem: str) -> list[Path]:
    """What a prediction of a log leaves in a folder."""
    return [folder / f"{stem}.{name}" for name in ("picks.csv", "picks.las", "score.las")]


def write_classes(
    found: Classified, log: ImageLog, folder: Path, stem: str, weights: str, said: Mapping[str, str] = {}
) -> Intervals:
    """Write ``stem.intervals.csv`` and ``stem.shares.las``, both or none, with what is ``said`` of the image; return
    the intervals.
    """
    from geobfdt.formats.atomic import together
    from geobfdt.formats.intervals import write_intervals
    from geobfdt.formats.las_writer import write_curves

    parameters = {"model": f"geobfdt {Path(weights).name}", "image": log.name, **said, **written_by()}
    intervals = found.intervals(log.well)
    table, curves = class_files(folder, stem)
    shares = [
        (f"SHARE_{re.sub(r'[^A-Z0-9]+', '_', name.upper())}", "", f"Share of {name}, 0 to 1", found.curves[:, k])
        for k, name in enumerate(found.names)
    ]
    with together():
        write_intervals(intervals, table, parameters)
        write_curves(curves, found.depth_m, shares, log.well, parameters)
    return intervals


def class_files(folder: Path, stem: str) -> list[Path]:
    """What weights of classes leave of a log in a folder."""
    return [folder / f"{stem}.{name}" for name in ("intervals.csv", "shares.las")]


def written_by() -> dict[str, str]:
    """The program and the command that write results."""
    from geobfdt import __version__

    return {"geobfdt": __version__, "command": shlex.join(["geobfdt", *_deciding(sys.argv[1:])])}


def _deciding(arguments: Sequence[str]) -> list[str]:
    """A command without what says who works: whoever does, the results are the same to the last byte."""
    found, skip = [], False
    for argument in arguments:
        name, separator, _ = argument.partition("=")
        if not skip and name not in CREW:
            found.append(argument)
        skip = not skip and name in CREW and not separator
    return found


def check_kept(*paths: Path | None, overwrite: bool) -> None:
    """Raise :class:`InputError` where a file is there that may hold somebody's work: it is not ours, or no more what we
    wrote.
    """
    from geobfdt.formats.provenance import must_be_kept

    for path in paths:
        if path is not None and not overwrite and (why := must_be_kept(path)):
            raise InputError(f"{why}; give another name, or --overwrite to replace it")


def is_done(results: list[Path], said: Mapping[str, str]) -> bool:
    """Whether a prediction is there, whole and as it was written, of the same image, options and program."""
    from geobfdt import __version__
    from geobfdt.formats.provenance import is_as_written, said_by

    if not all(path.is_file() and is_as_written(path) for path in results):
        return False
    told = said_by(results[0])
    now = {name: said[name] for name in ("asked", "image_digest")} | {"geobfdt": __version__}
    return now.items() <= told.items()


def provenance_of(picks: Path) -> tuple[dict[str, str], str]:
    """What a file of picks says of where they come from, or the LAS twin of a ``*.picks.csv`` without, and the model's
    card where it is the bundled one; both empty for an interpreter's picks.
    """
    from geobfdt.formats.provenance import DIGEST, said_by

    twin = picks.with_suffix(".las")
    told = said_by(picks) or (said_by(twin) if picks.suffix.lower() == ".csv" and twin.is_file() else {})
    said = {name: told[name] for name in told if name != DIGEST and not re.fullmatch(r"(type|grade)_\d+", name)}
    bundled = resources.files("geobfdt.model.weights")
    card = bundled / "bundled.md" if "bundled" in said.get("model", "") else None
    return said, card.read_text(encoding="utf-8") if card is not None and card.is_file() else ""
