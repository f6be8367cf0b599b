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
STRANGE = 0.05
"""Of all values: what fills more of them and is beside any others is in gaps, though others are nearly as frequent."""
FILLERS = 3
"""Different values at most that stand out so."""
CLIPPED = 0.25
"""Of all other readings: as near to an end of them stand those beside a value that readings were clipped to, in the
middle. Beside a gap they are any (0.4 to 0.5), beside saturated pixels near to saturation (0.05 to 0.2).
"""
NEIGHBOURS = 5000
"""Pixels whose neighbours are looked at."""
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


def clipped(seen: Seen, value: np.float32) -> bool:
    """Whether a value is one that others were clipped to: none lies beyond, and those beside it are close to it."""
    others = seen.without(np.append(floats(fillers(seen)), value))
    if len(others.values) < FEWEST_READINGS or others.values[0] < value < others.values[-1]:
        return False
    ranks = _ranks_beside(others, (value, value), from_low=value < others.values[0])
    return bool(len(ranks) and np.median(ranks) <= CLIPPED + 1.5 / np.sqrt(len(ranks)))  # few say little


def _ranks_beside(readings: Seen, span: tuple[np.float32, np.float32], *, from_low: bool) -> NDArray[np.floating]:
    """Where among the readings, from 0 at their low or high end to 1, those stand that are beside a value in the span,
    in one row with it: rows that were looked at may lie apart.
    """
    columns = max(1, readings.rows.shape[1])
    at = np.flatnonzero((readings.rows >= span[0]) & (readings.rows <= span[1]))
    row, column = np.divmod(at[:: 1 + len(at) // NEIGHBOURS], columns)
    beside = readings.rows[np.tile(row, 2), np.concatenate([column - 1, (column + 1) % columns])]
    place = np.minimum(np.searchsorted(readings.values, beside), len(readings.values) - 1)
    place = place[readings.values[place] == beside]
    up_to = np.cumsum(readings.counts)
    ranks = (up_to[place] - readings.counts[place] / 2) / float(up_to[-1])
    return np.asarray(ranks if from_low else 1.0 - ranks)


def tell_of_fillers(readings: Seen, source: str, answered: bool) -> None:
    """Say which values were taken for readings although they stand out, unless the user has said what is null."""
    if answered:
        return
    whole = [v for v in _whole(readings) if v in readings.values]
    filling = [v for v in fillers(readings) if v in whole or not clipped(readings, v)]
    others = readings.without(floats(filling))
    beyond = [v for v in _beyond(others) if v not in filling]
    whole = [v for v in whole if v not in filling]
    strange = [v for v in _strange_ends(readings) if v not in [*filling, *beyond, *whole]]
    told = (
        (filling, f"the others in {int(others.counts.max(initial=0))} at most"),
        (beyond, f"more than {BEYOND:g} times what the others are ({span_of(others.without(floats(beyond)))})"),
        (whole, "and fills whole columns or rows"),
        (strange, "with readings of any size beside it, as in gaps"),
    )
    for values, why in told:
        if values:
            options = " ".join(f"--null {written(value)}" for value in values)
            warn(
                f"{source}: {times_of(readings, floats(values))}, {why}; taken for readings, give {options} if nothing "
                "was measured there, or --null none if something was"
            )


def _strange_ends(seen: Seen) -> list[np.float32]:
    """The lowest and the highest value where they stand in many pixels beside readings of any size, as in gaps, while
    those next to them in size stand beside their like: 0 among resistivities from 0.1 upwards to one decimal.
    """
    readings = seen.without(floats(fillers(seen)))
    if len(readings.values) < FEWEST_READINGS + FILLERS:
        return []
    found = []
    many = STRANGE * int(seen.counts.sum())
    for end in (0, -1):
        value = readings.values[end]
        if readings.counts[end] <= many or clipped(seen, value):
            continue
        others = readings.without(floats([value]))
        from_end = np.cumsum(others.counts if end == 0 else others.counts[::-1])
        near = min(int(np.searchsorted(from_end, many)), len(others.values) - 1)
        span = (others.values[0], others.values[near]) if end == 0 else (others.values[-1 - near], others.values[-1])
        ranks = _ranks_beside(others, span, from_low=end == 0)
        if len(ranks) and np.median(ranks) <= CLIPPED:
            found.append(value)
    return found


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
    """The values that fill whole columns or rows, more than a few of them, and more than they fill for the most part,
    as saturation does.
    """
    found: list[np.float32] = []
    for axis in (0, 1):
        if seen.rows.shape[axis] >= FEWEST_READINGS and seen.rows.shape[1 - axis]:
            low = np.fmin.reduce(seen.rows, axis=axis)
            values, counts = np.unique(low[low == np.fmax.reduce(seen.rows, axis=axis)], return_counts=True)
            for value, whole in zip(values, counts, strict=True):
                if whole > max(1, SHARE * len(low)):
                    mostly = np.count_nonzero((seen.rows == value).mean(axis=axis) >= 0.5)
                    found += [value] if 2 * whole > mostly else []
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
