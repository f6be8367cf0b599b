"""What `geobfdt score` does with intervals of rock."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geobfdt.cli import console
from geobfdt.errors import InputError, InputWarning

if TYPE_CHECKING:
    from geobfdt.borehole.intervals import Intervals


def are_intervals(*paths: Path) -> bool:
    """Whether any of the files is a table of intervals."""
    from geobfdt.formats.intervals import holds_intervals

    return any(holds_intervals(path) for path in paths)


def refuse_what_is_of_planes(**asked: object) -> None:
    """Raise :class:`InputError` on the first option that was given and says something of planes."""
    for name, given in asked.items():
        if given:
            option = name.replace("_", "-")
            raise InputError(f"--{option}: says something of planes, and intervals of rock are scored; leave it out")


@dataclass(frozen=True)
class ComparedIntervals:
    """Two sides of one well: what was predicted, and what an interpreter described."""

    predicted: Path
    interpreter: Path
    est: Intervals
    ref: Intervals

    @classmethod
    def read(cls, one: Path, other: Path, curve: str | None, well: str | None) -> ComparedIntervals:
        """The first file is the prediction, unless the other alone has shares, as predictions do. ``curve`` is that of
        the LAS of the interpreter; ``well`` the one to take of a file of several.
        """
        from geobfdt.formats.intervals import read_intervals

        sides = [
            (path, _of_one_well(path, read_intervals(path, curve if path.suffix.lower() == ".las" else None), well))
            for path in (one, other)
        ]
        if _is_predicted(sides[1][1]) and not _is_predicted(sides[0][1]):
            sides.reverse()
            warnings.warn(
                f"{other}: has shares, and was taken for the prediction; {one} for the interpreter's",
                InputWarning,
                stacklevel=2,
            )
        (predicted, est), (interpreter, ref) = sides
        return cls(predicted, interpreter, est, ref)

    def score(self, within_m: Sequence[tuple[float, float]], out: Path | None, *, as_json: bool) -> None:
        """Print the score, of these stretches alone where there are any, and write it."""
        from geobfdt.cli.files import provenance_of, written_by
        from geobfdt.eval.classes import compared

        try:
            result = compared(_within(self.ref, within_m), self.est)
        except InputError as error:
            raise InputError(f"{self.predicted}, {self.interpreter}: {error}") from None
        said = {"picks": provenance_of(self.predicted)[0], "interpreter": provenance_of(self.interpreter)[0]}
        figures = console.with_notes({**result.to_dict(), "provenance": {**said, **written_by()}})
        if out is not None:
            write_json(out, figures)
        print(figures if as_json else result.to_text())


def write_json(path: Path, figures: str) -> None:
    """Write figures, complete or not at all."""
    from geobfdt.formats.atomic import replacing

    with replacing(path, (".json",)) as temporary:
        temporary.write_text(figures, encoding="utf-8")


def _is_predicted(intervals: Intervals) -> bool:
    return bool(np.isfinite(intervals.share).any())


def _of_one_well(path: Path, intervals: Intervals, well: str | None) -> Intervals:
    """The intervals of the well that is asked for, or of the only one, and those of no name."""
    names = sorted({name for name in np.asarray(intervals.well).tolist() if name})
    if len(names) > 1 and well not in names:
        raise InputError(f"{path}: holds the wells {', '.join(names)}; choose one with --well NAME")
    kept = intervals.of_well(well) if len(names) > 1 and well is not None else intervals
    if not len(kept):
        raise InputError(f"{path}: holds no intervals; geobfdt import ... --intervals FILE puts them into a corpus")
    return replace(kept, well="")


def _within(intervals: Intervals, within_m: Sequence[tuple[float, float]]) -> Intervals:
    """What lies between depths, all of it where none are given."""
    from geobfdt.borehole.intervals import Intervals as Joined

    if not within_m:
        return intervals
    parts = [intervals.inside(top_m, base_m) for top_m, base_m in within_m]
    return Joined(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("top_m", "base_m", "label")))
