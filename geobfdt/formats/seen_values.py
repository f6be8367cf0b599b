"""What values an image holds, how often, and which of them stand out: by how often they are repeated, by filling whole
columns or rows, and by their size.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geobfdt.errors import InputWarning

MOST_NULLS = 8
"""Different nulls on one side of the readings; a file with more of them has none, but readings that scatter."""
FEWEST_READINGS = 8
"""Different readings below which nothing is far from them: a mask of 0 and 1 has no spread."""
OFTEN = 10
"""Repeats of a value to the last digit that are no chance, one in a hundred in small images and 3 at least."""
MORE_OFTEN = 10.0
"""Times the repeats of the most frequent reading, from which on a common null among the readings is doubtful."""
SHARE = 0.02
"""Of all values, columns or rows: what fills more of them and is no reading would be missed."""
FILLERS = 3
"""Different values at most that stand out so."""
REACHED = 10.0
"""Times the distance between the readings next to a clipped one: as near they come to it, and they are many."""
BEYOND = 1000.0
"""Times the size of all others: a value that it takes to write a number of another kind."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What an image holds: its different values, increasing, how often each occurs among those looked at, and some of
    its rows.
    """

    values: NDArray[np.float32]
    counts: NDArray[np.intp]
    pixels: int
    rows: NDArray[np.float32]

    def without(self, nulls: NDArray[np.float32]) -> Seen:
        here = standing(self.values, nulls)
        if not len(here):
            return self
        return replace(self, values=np.delete(self.values, here), counts=np.delete(self.counts, here))

    @property
    def often(self) -> int:
        return min(OFTEN, max(3, self.pixels // 100))


def written(value: float | np.floating) -> str:
    """A pixel as a file would have it: the shortest number that is the same in single precision."""
    return str(np.float32(value)).removesuffix(".0")


def fillers(seen: Seen) -> list[np.float32]:
    """The values that stand in many pixels, and far oftener than any other."""
    if len(seen.values) < FEWEST_READINGS + FILLERS:
        return []
    total = int(seen.counts.sum())
    first = np.flatnonzero(seen.counts > SHARE * total)
    if not len(first):
        return []
    first = first[np.argsort(-seen.counts[first])][:FILLERS]
    counts = np.r_[seen.counts[first], np.delete(seen.counts, first).max()]
    oftener = np.flatnonzero(counts[:-1] > MORE_OFTEN * counts[1:])
    return [seen.values[k] for k in first[: int(oftener.max(initial=-1)) + 1]]


def reached(seen: Seen, value: np.float32) -> bool:
    """Whether a value is one that others were clipped to: they reach up to it, and none lies beyond."""
    others = seen.without(floats(fillers(seen))).values.astype(np.float64)
    others = others[others != value]
    if len(others) < FEWEST_READINGS:
        return False
    near = others[: max(FEWEST_READINGS, len(others) // 10)]
    if value > others[0]:
        near = -others[: -max(FEWEST_READINGS, len(others) // 10) - 1 : -1]
        value = -value
    return bool(0 <= near[0] - value <= REACHED * (near[-1] - near[0]) / (len(near) - 1))


def tell_of_fillers(readings: Seen, source: str, answered: bool) -> None:
    """Say which values were taken for readings although they stand out, unless the user has said what is null."""
    if answered:
        return
    grey = is_grey(readings)
    filling = [v for v in fillers(readings) if grey or not reached(readings, v)]
    others = readings.without(floats(filling))
    beyond = [v for v in _beyond(others) if v not in filling]
    whole = [v for v in _whole(readings) if v not in filling and v in readings.values]
    whole = [v for v in whole if grey or not reached(readings, v)]
    told = (
        (filling, f"the others in {int(others.counts.max(initial=0))} at most"),
        (beyond, f"more than {BEYOND:g} times what the others are ({span_of(others.without(floats(beyond)))})"),
        (whole, "and fills whole columns or rows"),
    )
    for values, why in told:
        if values:
            options = " ".join(f"--null {written(value)}" for value in values)
            warn(
                f"{source}: {times_of(readings, floats(values))}, {why}; taken for readings, give {options} if nothing "
                "was measured there, or --null none if something was"
            )


def _beyond(seen: Seen) -> list[np.float32]:
    """The few values that are larger than all others by orders of magnitude."""
    if len(seen.values) < FEWEST_READINGS + MOST_NULLS:
        return []
    ends = np.r_[seen.values[: MOST_NULLS + 1], seen.values[MOST_NULLS + 1 :][-MOST_NULLS - 1 :]]
    ends = ends[np.argsort(np.abs(ends))][-MOST_NULLS - 1 :]
    size = np.abs(ends).astype(np.float64)
    jumps = np.flatnonzero((size[1:] >= BEYOND * size[:-1]) & (size[:-1] > 0))
    return list(ends[1 + jumps[0] :]) if len(jumps) else []


def _whole(seen: Seen) -> list[np.float32]:
    """The values that fill whole columns or rows, and more than a few of them."""
    found: list[np.float32] = []
    for axis in (0, 1):
        if seen.rows.shape[axis] >= FEWEST_READINGS and seen.rows.shape[1 - axis]:
            low = np.fmin.reduce(seen.rows, axis=axis)
            values, counts = np.unique(low[low == np.fmax.reduce(seen.rows, axis=axis)], return_counts=True)
            found += list(values[counts > max(1, SHARE * len(low))])
    return list(dict.fromkeys(found))


def standing(values: NDArray[np.float32], wanted: NDArray[np.float32]) -> NDArray[np.intp]:
    """Where those of a few wanted values stand that are among many increasing ones: ten times as fast as np.isin."""
    places = np.searchsorted(values, wanted)
    inside = places < len(values)
    places, wanted = places[inside], wanted[inside]
    return np.asarray(places[values[places] == wanted])


def is_grey(seen: Seen) -> bool:
    """Whether the values are grey levels of 8 bits."""
    values = seen.values
    return bool(len(values) and values[0] >= 0 and values[-1] <= 255 and (values == np.round(values)).all())


def times_of(seen: Seen, values: NDArray[np.float32]) -> str:
    """How often values stand there, in words."""
    return " and ".join(f"{written(v)} stands in {count_of(seen, v)} of {seen.pixels} values" for v in values)


def span_of(seen: Seen) -> str:
    """From which value to which, in words."""
    return f"{written(seen.values[0])} to {written(seen.values[-1])}" if len(seen.values) else "none"


def count_of(seen: Seen, value: np.floating) -> int:
    """How often a value stands there."""
    return int(seen.counts[seen.values == np.float32(value)].sum())


def floats(values: Sequence[float | np.floating | None]) -> NDArray[np.float32]:
    """The values that there are, in the precision of pixels."""
    with np.errstate(over="ignore"):
        return np.array([value for value in values if value is not None], np.float32)


def warn(message: str) -> None:
    """Tell the user."""
    warnings.warn(message, InputWarning, stacklevel=2)


def distinct(pixels: NDArray[np.float32]) -> Seen:
    """What pixels (rows, columns) hold."""
    finite = np.asarray(pixels, np.float32)[np.isfinite(pixels)]
    values, counts = np.unique(finite, return_counts=True)
    return Seen(values, counts, len(finite), pixels)
