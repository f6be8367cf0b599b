"""How many of its picks a prediction keeps, as the command line is told it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from geobfdt.cli.options import PickOptions, intervals_of
from geobfdt.errors import InputError, InputWarning

if TYPE_CHECKING:
    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.borehole.picks import Picks
    from geobfdt.prediction.detect import Prediction

MOST_PER_M = 1000


@dataclass(frozen=True)
class Keeping:
    """How many picks are kept."""

    threshold: Annotated[float | None, typer.Option(help="Least score of a pick. (default: the weights' own)")] = None
    detail: Annotated[
        Literal["low", "normal", "high"] | None,
        typer.Option(help="Picks that are right four times in five, as the weights have it, or once in five."),
    ] = None
    density: Annotated[float | None, typer.Option(help="Picks per metre: the surest so many.")] = None
    like: Annotated[
        Path | None,
        typer.Option(help="An interpreter's picks: about as many as there are in the --reviewed part of them."),
    ] = None
    reviewed: Annotated[
        list[str] | None, typer.Option(help="TOP:BASE in metres in which every plane was picked. Repeatable.")
    ] = None

    def __post_init__(self) -> None:
        said = [name for name in ("threshold", "detail", "density", "like") if getattr(self, name) is not None]
        if len(said) > 1:
            raise InputError(f"--{said[0]} and --{said[1]} each say how many picks are kept; leave one out")
        if (self.like is None) != (not self.reviewed):
            raise InputError(
                "--like and --reviewed TOP:BASE, the part in which every plane was picked, go together; give both"
            )
        if self.density is not None and not 0 < self.density < MOST_PER_M:
            raise InputError(f"--density {self.density:g}: must be picks per metre, above 0 and below {MOST_PER_M}")
        intervals_of("--reviewed", self.reviewed)

    def interpreter(self, options: PickOptions) -> Picks | None:
        """Whose picks they are to be like."""
        if self.like is None:
            return None
        picks = options.read(self.like)
        if len(set(picks.well)) > 1:
            raise InputError(f"{self.like}: holds picks of several wells; give those of one")
        return picks

    @property
    def least(self) -> float | None:
        """What is predicted at: 0 where all that is found has to be seen to say what is kept; None leaves it to the
        weights.
        """
        from geobfdt.prediction.selection import SURE

        return 0.0 if self.density is not None or self.like is not None else SURE.get(self.detail or "", self.threshold)

    def of(self, prediction: Prediction, log: ImageLog, interpreter: Picks | None) -> Prediction:
        """What is kept of all that was predicted."""
        from geobfdt.prediction.selection import density_threshold, kept_from, threshold_like

        if self.density is not None:
            return kept_from(prediction, density_threshold(prediction.picks, log, self.density))
        if interpreter is None:
            return prediction
        reviewed = intervals_of("--reviewed", self.reviewed)
        try:
            threshold, counts = threshold_like(prediction.picks, interpreter, reviewed, log.hole_diameter_m)
        except InputError as error:
            raise InputError(f"{self.like}: {error}") from None
        warnings.warn(
            f"{self.like}: at threshold {threshold:g} {counts.n_est} picks are most like the {counts.n_ref} reviewed "
            f"ones, joint F1 {counts.f1:.2f} at 8 cm, which says how well it was fitted",
            InputWarning,
            stacklevel=1,
        )
        return kept_from(prediction, threshold)
