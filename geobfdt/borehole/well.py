"""A well: an image log, an interpreter's picks on it, the intervals that were reviewed, and what it is for."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import InitVar, dataclass, field, replace
from functools import cached_property

import numpy as np

from geobfdt.borehole import SPLITS, Split
from geobfdt.borehole.density import Density, density_of
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.intervals import Intervals
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.placing import picks_on
from geobfdt.errors import InputError, InputWarning


@dataclass(frozen=True, eq=False)
class Well:
    """A well of a corpus.

    log         its image log
    picks       its planes, all inside the image
    reviewed_m  (top, base) in metres of the intervals in which every plane was picked; empty when nobody said, and then
                the whole image counts as reviewed, see :attr:`reviewed_or_all_m`
    split       "train", "val" or "test"
    intervals   labels of its rock, all of them in the image
    counted     its density, where a corpus holds it; a copy with other picks counts anew

    Raises :class:`InputError` on an interval that is upside down or outside the image, and on any other split.
    """

    log: ImageLog
    picks: Picks = field(default_factory=Picks)
    reviewed_m: tuple[tuple[float, float], ...] = ()
    split: Split = "train"
    counted: InitVar[Density | None] = None
    intervals: Intervals = field(default_factory=Intervals)

    def __post_init__(self, counted: Density | None) -> None:
        if counted is not None:
            self.__dict__["density"] = counted
        intervals = tuple((float(top), float(base)) for top, base in self.reviewed_m)
        object.__setattr__(self, "reviewed_m", intervals)
        if self.split not in SPLITS:
            raise InputError(f"well {self.log.well}: split must be one of {', '.join(SPLITS)}, found {self.split!r}")
        for top, base in intervals:
            if not top < base:
                raise InputError(
                    f"well {self.log.well}: reviewed interval {top:g}:{base:g} must be TOP:BASE, top first"
                )
            if base < self.log.top_m or top > self.log.base_m:
                raise InputError(
                    f"well {self.log.well}: reviewed interval {top:g}:{base:g} m lies outside the image, "
                    f"{self.log.top_m:.2f} to {self.log.base_m:.2f} m; give metres along hole"
                )

    @property
    def reviewed_or_all_m(self) -> tuple[tuple[float, float], ...]:
        """The reviewed intervals, the whole image when none are stated."""
        return self.reviewed_m or ((self.log.top_m, self.log.base_m),)

    @cached_property
    def density(self) -> Density:
        """How many planes, and how much of their traces, every stretch of the well holds. Errors as
        :func:`geobfdt.borehole.density.density_of`.
        """
        return density_of(self.log, self.picks, self.reviewed_m)


def well_from(
    log: ImageLog,
    picks: Picks | None = None,
    reviewed_m: Iterable[tuple[float, float]] = (),
    split: Split | None = None,
    intervals: Intervals | None = None,
) -> Well:
    """A well from an image log, the picks of an interpreter, which get the log's well name, and labels of its rock.

    Of picks of several wells only the log's own are taken. Picks outside the image are left out with a warning; when
    all of them are, :class:`InputError`: the file or its unit is the wrong one. The same holds for intervals, which are
    cut off where the image ends. ``split`` None means "train".
    """
    inside = picks_on(log, Picks() if picks is None else picks, "of the interpreter", named=False)
    labels = Intervals() if intervals is None else _in_image(intervals, log)
    return Well(log, inside, tuple(reviewed_m), split or "train", intervals=labels)


def _in_image(intervals: Intervals, log: ImageLog) -> Intervals:
    """The intervals of a log's well that lie in its image. Raises :class:`InputError` where there is none."""
    names = [name for name in np.unique(intervals.well).tolist() if name]
    if names and log.well not in names:
        if len(names) > 1:
            raise InputError(
                f"well {log.well}: the intervals are of {', '.join(names)}; name the log's well with --well"
            )
        told = f"well {log.well}: its intervals are named {names[0]}, taken as the same"
        warnings.warn(told, InputWarning, stacklevel=3)
        intervals = replace(intervals, well=log.well)
    of_well = intervals.of_well(log.well)
    half_m = log.row_step_m / 2
    inside = of_well.inside(log.top_m - half_m, log.base_m + half_m)
    if len(of_well) and not len(inside):
        raise InputError(
            f"well {log.well}: all {len(of_well)} intervals lie outside the image, {log.top_m:.2f} to "
            f"{log.base_m:.2f} m, the first at {of_well.top_m[0]:.2f} m; check their well and unit"
        )
    if len(inside) < len(of_well):
        warnings.warn(
            f"well {log.well}: {len(of_well) - len(inside)} of {len(of_well)} intervals lie outside the image, "
            f"{log.top_m:.2f} to {log.base_m:.2f} m, dropped",
            InputWarning,
            stacklevel=3,
        )
    return replace(inside, well=log.well)
