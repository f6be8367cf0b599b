"""Which values of an image say "nothing was measured here", and which are readings.

Files seldom say it. -9999 and -999.25 are nulls by convention (:data:`geobfdt.formats.units.NULLS`). Beyond them a
value gives itself away: it is repeated to the last digit, and lies far outside the rest. A clipped resistivity is
repeated as well, but the rest reaches up to it; a spike lies far outside, but stands there once. What is only one of
both, a zero among readings of either sign or a black column of a picture, is told and taken for a reading.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.image_log import StoredImage
from geobfdt.errors import InputError
from geobfdt.formats.seen_values import (
    FEWEST_READINGS,
    MORE_OFTEN,
    MOST_NULLS,
    Seen,
    clipped,
    count_of,
    distinct,
    fillers,
    floats,
    is_grey,
    span_of,
    standing,
    tell_of_fillers,
    times_of,
    warn,
    written,
)
from geobfdt.formats.units import NULLS

SAMPLE_PIXELS = 200_000
"""Pixels that are looked at of a large image: to sort so many takes 10 ms."""
SAMPLE_BLOCKS = 32
BLOCK_ROWS = 128
"""Of an image in memory at once: what is made of them stays in the processor's cache."""
APART = 0.25
"""Of the distance between the quartiles of the readings: a common null that lies as far outside them is one."""

_NINES = [float("9" * digits + tail) for digits in range(3, 10) for tail in ("", ".25", ".9", ".99")]
_COMMON = -np.array([*_NINES, 32768, 2147483648], np.float32)
_ASKED = np.array([*_NINES, 32767, 65535, 2147483647], np.float32)
"""What is a null if it is none of the readings, and what may be the upper end of a scale as well."""
_HUGE = 1e30
"""Programs that fill in a null of their own take this or the largest number there is; no tool measures as much."""


def without_nulls_of(
    image: NDArray[np.float32],
    source: str,
    nulls: Sequence[float] | None,
    *,
    declared: float | None = None,
    picture: bool = False,
) -> NDArray[np.float32]:
    """The image (rows, columns) with NaN for what is null; one that is stored is judged by a sample of its rows, and
    the nulls are taken out as it is read.

    source    the file, and the image where it has a name, for messages
    nulls     what the user says is null, beside the conventional ones; () for nothing at all, None to be judged
    declared  the null that the header of the file names
    picture   the values are grey levels of 8 bits, of which the ends are saturation

    Warns (:class:`InputWarning`), with how often each occurs, of values that were taken for null although nobody said
    so, and of those taken for readings although they stand out. Raises :class:`InputError` for a value that is as far
    outside and as often repeated, but no common null: it may be a reading.
    """
    if nulls is not None and not len(nulls):
        return image
    given = floats(nulls or ())
    seen = _looked_at(image)
    conventional = [null for null in floats([*NULLS]) if null in floats([declared]) or not _is_one_of(seen, null)]
    known = np.union1d(floats(conventional), given)
    _say_of_conventional(seen, source, given, declared, floats(conventional))
    rest = seen.without(known)
    if picture:
        tell_of_fillers(rest, source, nulls is not None)
        return _applied(image, _met(known, seen, image), source, None)
    taken, doubtful = judged(rest)
    if len(doubtful):
        _ask(seen, rest.without(np.union1d(taken, doubtful)), doubtful, source, nulls is not None)
    readings = rest.without(taken)
    if len(taken):
        where = f", outside the others ({span_of(readings)})" if len(readings.values) else ""
        warn(f"{source}: {times_of(seen, taken)}{where}, taken for null; --null none takes all values for readings")
    tell_of_fillers(readings.without(doubtful), source, nulls is not None)
    return _applied(image, _met(np.union1d(known, taken), seen, image), source, readings)


def _met(nulls: NDArray[np.float32], seen: Seen, image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Those nulls that an image may hold: of one in memory, what lies outside its readings was looked for everywhere. A
    pass over all of its pixels costs as much as a twentieth of their reading.
    """
    if isinstance(image, StoredImage) or not len(seen.values):
        return nulls
    return np.asarray(nulls[(nulls >= seen.values[0]) & (nulls <= seen.values[-1])])


def judged(seen: Seen) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Values that are null for certain, and those that may be."""
    common = _common(seen.values)
    mostly = seen.without(common).counts
    frequent = max(seen.often, MORE_OFTEN * int(mostly.max())) if len(mostly) else math.inf
    far = _far(seen)
    taken, doubtful = [], []
    for value in common:
        times = count_of(seen, value)
        if ((times >= 3 or value in far) and _apart(seen, common, value)) or _below_zero(seen, common, value):
            taken.append(value)
        elif times >= frequent:
            doubtful.append(value)
    unknown = seen.without(floats(taken))
    if not is_grey(unknown):
        alone = [*_far(unknown), *_alone_below(unknown)]
        doubtful += [v for v in dict.fromkeys(alone) if v not in doubtful and count_of(seen, v) >= seen.often]
        filling = [v for v in fillers(unknown) if v in _ASKED and not clipped(unknown, v)]
        doubtful += [v for v in filling if v not in doubtful]
    return floats(taken), floats(doubtful)


def _below_zero(seen: Seen, common: NDArray[np.float32], value: np.float32) -> bool:
    """Whether a common null is negative and no reading is."""
    others = seen.without(common).values
    return bool(len(others) >= FEWEST_READINGS and value < 0 <= others[0])


def _far(seen: Seen) -> list[np.float32]:
    """The few values at either end that a gap wider than the whole range of the others parts from them."""
    values = seen.values.astype(np.float64)
    best = (0, 0)
    for low in range(MOST_NULLS + 1):
        for high in range(MOST_NULLS + 1):
            if low + high > sum(best) and len(values) - low - high >= FEWEST_READINGS and _parted(values, low, high):
                best = (low, high)
    return [*seen.values[: best[0]], *seen.values[len(values) - best[1] :]]


def _alone_below(seen: Seen) -> list[np.float32]:
    """The only value that is not positive, or the only negative one, where it is repeated as no other value is: 0 in
    a resistivity and -1 in a count stand for nothing at all. An amplitude clipped at 0 reaches down to it.
    """
    if len(seen.values) <= FEWEST_READINGS or seen.counts[0] < MORE_OFTEN * seen.counts[1:].max():
        return []
    lowest, others = float(seen.values[0]), seen.values[1:].astype(np.float64)
    quartiles = np.percentile(others, [25, 75])
    apart = others[0] - lowest >= quartiles[1] - quartiles[0]
    if (lowest <= 0 < others[0] and apart) or (lowest < 0 <= others[0] and lowest.is_integer()):
        return [seen.values[0]]
    return []


def _parted(values: NDArray[np.float64], low: int, high: int) -> bool:
    """Whether so many of the values (increasing) at either end lie beyond such a gap.

    Among positive values one above them must be as far by ratio as well: resistivities of 0.2 to 40 ohm.m that are
    clipped at 2000 lie evenly enough over five decades.
    """
    first, last = values[low], values[len(values) - 1 - high]
    reach = last - first
    if low and not first - values[low - 1] > reach:
        return False
    if high:
        above = values[len(values) - high]
        if not above - last > reach:
            return False
        if first > 0 and above not in _ASKED and math.log(above / last) <= math.log(last / first):
            return False
    return True


def _common(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The common nulls among increasing values."""
    low = int(np.searchsorted(values, np.float32(-_HUGE), side="right"))
    high = int(np.searchsorted(values, np.float32(_HUGE)))
    return np.concatenate([values[:low], np.sort(values[standing(values, _COMMON)]), values[high:]])


def _apart(seen: Seen, common: NDArray[np.float32], value: np.float32) -> bool:
    """Whether a common null lies outside all that are none, and by more than the rest is likely to leave open."""
    others = seen.without(common).values.astype(np.float64)
    if not len(others):
        return True
    gap = max(others[0] - float(value), float(value) - others[-1])
    quartiles = np.percentile(others, [25, 75])
    return bool(gap > 0 and gap >= APART * (quartiles[1] - quartiles[0]))


def _is_one_of(seen: Seen, null: np.float32) -> bool:
    """Whether a conventional null is a reading like those around it: whole numbers on both sides of it that go by steps
    which it is one of, and that occur as often, as do those around -9999 in a signal of 16 bits.
    """
    before, after = np.searchsorted(seen.values, null), np.searchsorted(seen.values, null, side="right")
    around = np.r_[max(0, before - MOST_NULLS) : before, after : min(len(seen.values), after + MOST_NULLS)]
    from_null = seen.values[around].astype(np.float64) - float(null)
    if len(around) < 2 * MOST_NULLS or (from_null != np.round(from_null)).any():
        return False
    steps = np.diff(from_null).astype(np.int64)
    on_a_step = from_null[0] % np.gcd.reduce(np.delete(steps, MOST_NULLS - 1)) == 0
    return bool(on_a_step and count_of(seen, null) <= seen.counts[around].max())


def _say_of_conventional(
    seen: Seen, source: str, given: NDArray[np.float32], declared: float | None, nulls: NDArray[np.float32]
) -> None:
    """Conventional nulls are taken without a word, unless the header names another or they stand among readings."""
    conventional = np.setdiff1d(nulls, given)
    found = seen.values[standing(seen.values, conventional)]
    rest = seen.without(np.union1d(conventional, given)).values
    inside = floats([v for v in found if len(rest) and rest[0] < v < rest[-1] and v not in floats([declared])])
    if len(inside):
        warn(f"{source}: {times_of(seen, inside)}, among the readings, taken for null; --null none takes it for one")
    others = floats([v for v in found if declared is not None and v not in inside and v != np.float32(declared)])
    if len(others):
        warn(
            f"{source}: its header names {written(declared or 0)} as null; {times_of(seen, others)}, taken for null too"
        )


def _ask(seen: Seen, readings: Seen, doubtful: NDArray[np.float32], source: str, answered: bool) -> None:
    text = f"{source}: {times_of(seen, doubtful)}, while the others are {span_of(readings)}"
    if answered:  # the user has said which values are null
        warn(f"{text}; they were taken for readings as --null does not name them")
        return
    options = " ".join(f"--null {written(value)}" for value in doubtful)
    raise InputError(f"{text}; give {options} if nothing was measured there, or --null none if these are readings")


def _looked_at(image: NDArray[np.float32]) -> Seen:
    """The values of an image: all of a small one; of a large one those of rows spread over it and, where it is in
    memory, all that lie outside these.
    """
    rows = max(1, SAMPLE_PIXELS // max(1, image.shape[1]))
    if len(image) <= rows:
        return distinct(image[:])
    if isinstance(image, StoredImage):
        size = max(1, rows // SAMPLE_BLOCKS)
        starts = np.linspace(0, len(image) - size, min(rows, SAMPLE_BLOCKS)).astype(int)
        return distinct(np.concatenate([image[start : start + size] for start in starts.tolist()]))
    sample = image[:: -(-len(image) // rows)]
    seen = distinct(sample)
    usual = seen.without(np.union1d(np.concatenate(judged(seen)), floats(NULLS))).values
    if not len(usual):
        return distinct(image)
    beyond, finite = [], 0
    for row in range(0, len(image), BLOCK_ROWS):
        block = image[row : row + BLOCK_ROWS]
        finite += int(np.count_nonzero(np.isfinite(block)))
        beyond.append(block[(block < usual[0]) | (block > usual[-1])])
    outside = distinct(np.concatenate(beyond))
    inside = (seen.values >= usual[0]) & (seen.values <= usual[-1])
    values = np.concatenate([seen.values[inside], outside.values])
    counts = np.concatenate([seen.counts[inside] * len(image) // len(sample), outside.counts])
    order = np.argsort(values)
    return Seen(values[order], counts[order], finite, sample)


def _applied(
    image: NDArray[np.float32], nulls: NDArray[np.float32], source: str, readings: Seen | None
) -> NDArray[np.float32]:
    """NaN for the nulls; in rows that were not looked at also for common nulls as far outside, with a word."""
    if not isinstance(image, StoredImage):
        return _blanked(image, nulls)
    stored, known = image, set(nulls.tolist())
    low, high = -np.inf, np.inf
    if readings is not None and len(readings.values):
        first, last = float(readings.values[0]), float(readings.values[-1])
        low, high = 2 * first - last, 2 * last - first

    def read(first: int, last: int) -> NDArray[np.float32]:
        pixels = _blanked(stored[first:last], floats(sorted(known)))
        outside = np.unique(pixels[(pixels < low) | (pixels > high)])
        more = _common(outside)
        if len(more):
            known.update(float(value) for value in more)
            names = " and ".join(map(written, more))
            warn(f"{source}: {names} was met far outside the values looked at first, and taken for null from there on")
            pixels = _blanked(pixels, more)
        return pixels

    return cast("NDArray[np.float32]", StoredImage(image.shape, read))


def _blanked(pixels: NDArray[np.float32], nulls: NDArray[np.float32]) -> NDArray[np.float32]:
    pixels = pixels if pixels.flags.writeable else pixels.copy()
    for row in range(0, len(pixels), BLOCK_ROWS):
        block = pixels[row : row + BLOCK_ROWS]
        for null in nulls:
            block[block == null] = np.nan
    return pixels
