"""Which of a file's arrays is the image, and what looks like none: other tools number their readings as well.

Names and units of what is no image are those of public curve catalogues: transit times and slowness, finger calipers,
electrode and induction arrays, waveforms, spectra, NMR distributions, and the single pads of an imager. They are read
when they are asked for by name, never unasked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.image_log import StoredImage
from geobfdt.errors import InputError

FEW_SECTORS = 12
"""Below this an array is an image only by its name: the coarsest images have 16 sectors, some of old tools 8."""
MOST_SECTORS = 1440
"""Of a televiewer; no tool tells more apart around the hole."""
PAD_BUTTONS = 32
"""A pad has no more; the image of a whole tool has more, or stands alone."""
TELEVIEWER_SECTORS = 36
"""From this on a transit time may be that of a televiewer, which is an image of the wall."""

_IMAGE = {"I", "IMG", "IMAGE", "AMPLITUDE", "AWBK", "ABDC", "GRAS", "STAT", "STATIC", "DYN", "DYNAMIC"}
_NO_IMAGE = tuple(
    (re.compile(names), what)
    for names, what in (
        ("DT|DTC|DTS|DTCO|DTSM|DTST|SLOWNESS|STC[A-Z]?|STPP", "a sonic slowness"),
        ("[A-Z]{0,4}(WF|WV)[A-Z]{0,2}|WAVES?|WAVEFORMS?|VDL", "waveforms"),
        ("T[12][A-Z]*|[A-Z]*DIST|NMR", "an NMR distribution"),
        ("CALI?P?|CALIPERS?|MFC|MFCAL|MIT|RADS?|RADIUS|RADII|ARMS?|FING|FINGERS?", "caliper arms"),
        ("LL|LLD|LLS|HLL|HRLT|RLA|ELEC|ELECTRODE|LATEROLOG", "the electrodes of a laterolog"),
        ("AHT|AHO|AHF|AIT|INDUCTION", "depths of investigation of an induction tool"),
        ("[A-Z]*SPECT?|SPECTRUM|SPECTRA|CNTS?|COUNTS?|CH|CHAN|CHANNELS?", "a spectrum"),
        ("[A-Z]*TEMP|TEMPERATURES?|PRES|PRESSURES?|FIBER|FIBRE|DTSDATA", "temperatures or pressures"),
        ("(TH|IR|AI)BK|UCAZ", "what an ultrasonic tool says of the casing"),
        ("PADS?|FLAP|BUTTONS?|BTN", "one pad or row of buttons, which sees a part of the hole"),
    )
)
_COLOURS = {"R", "G", "B", "RED", "GREEN", "BLUE"}
_SINGLE = {"R": "radii of a caliper", "T": "temperatures or times"}
"""Names of one letter; of an image that its file lays around the hole they say nothing."""
_TIMES = {"TT", "TTIME", "TRANSIT"}
_UNITS = (
    (("us/ft", "us/f", "us/m", "usec/ft", "\N{MICRO SIGN}s/ft"), "a slowness"),
    (("in", "inch", "inches", "mm", "cm"), "lengths, as radii of a caliper are"),
    (("ms", "msec", "s", "sec"), "times"),
    (("mmho", "mmho/m", "ms/m", "mmo/m"), "conductivities, as an induction tool gives"),
    (("m/s", "ft/s", "km/s"), "velocities"),
    (("degc", "degf", "deg c", "deg f", "\N{DEGREE SIGN}c", "\N{DEGREE SIGN}f"), "temperatures"),
    (("counts", "cnts"), "a spectrum"),
    (("v/v", "m3/m3", "pu"), "parts of a volume, as an NMR distribution gives"),
)
_MICROSECONDS = ("us", "usec", "\N{MICRO SIGN}s")

FEWEST_ROWS = 40
"""Rows below which likeness of columns is chance."""
SAMPLE_ROWS = 500
SAME = 1e-9
"""Of the squares of values, what is left of them around their mean where they are all one, by rounding."""
ALIKE, TORN, TEAR = 0.7, 0.4, 0.35
"""Correlation of neighbouring columns from which on an array is smooth; of its last with its first column below which
it is torn there; and how much less that is than between the least alike neighbours."""
JUMP = 5.0
"""Times the largest step between neighbouring columns, and what is left to chance."""
BLOCKS = 5
"""In which the sample of a stored image is read."""
BLOCK_PIXELS = 1_000_000
MANY_ROWS, SHORT_TEAR = 100, 0.6
"""Of fewer rows correlations scatter, and it must be more."""


@dataclass(frozen=True)
class Candidate:
    """An array of a file that may be the image.

    name      that --image takes, perhaps with the frame before it
    sectors   values a depth
    unit      "" where the file gives none
    laid_out  the file itself lays it around the hole, by azimuths or a line a sector: few sectors are enough
    sure      it is known for an image: raw pads of a known tool put together
    """

    name: str
    sectors: int
    unit: str = ""
    laid_out: bool = False
    sure: bool = False

    @property
    def own_name(self) -> str:
        return self.name.rpartition("/")[2]

    @property
    def words(self) -> set[str]:
        """The words of its name, in capitals, with and without the numbers that end them."""
        words = re.split(r"[^A-Z0-9]+", self.own_name.upper())
        return {word for word in words if word} | {word.rstrip("0123456789") for word in words}

    def doubt(self) -> str:
        """Why it may be no image of the wall, "" where nothing speaks against it."""
        if self.sure:
            return ""
        words, unit = self.words, " ".join(self.unit.lower().split())
        for names, what in _NO_IMAGE:
            if any(names.fullmatch(word) for word in words):
                return f"by its name it is {what}"
        if not self.laid_out and (single := words & set(_SINGLE)):
            return f"by its name it may be {_SINGLE[single.pop()]}"
        if self.own_name == "columns" and unit in _MICROSECONDS:
            return "its columns are numbered by times, as the samples of a waveform are"
        if self.sectors < TELEVIEWER_SECTORS and (words & _TIMES or unit in _MICROSECONDS):
            return "it looks like the transit times of a sonic tool"
        if self.sectors > MOST_SECTORS:
            return f"{self.sectors} values around the hole are more than any tool tells apart"
        for units, what in _UNITS:
            if unit in units:
                return f"its unit {self.unit} is that of {what}"
        if self.sectors < FEW_SECTORS and not self.laid_out and not words & _IMAGE:
            return f"{self.sectors} values around the hole are few for an image"
        return ""


def choose(candidates: Sequence[Candidate], wanted: str | None, path: Path) -> str:
    """The wanted name, case-blind, or that of the only candidate.

    Raises :class:`InputError` listing the candidates when there are several, and naming the doubt when nobody asked
    for the only one and something speaks against it, or when all of them are pads of one tool.
    """
    listed = ", ".join(f"{candidate.name} ({candidate.sectors} sectors)" for candidate in candidates)
    if wanted is not None:
        matches = [candidate.name for candidate in candidates if candidate.name.lower() == wanted.lower()]
        if not matches:
            raise InputError(f"{path}: holds no image {wanted}; it holds {listed}")
        return matches[0]
    if len(candidates) == 1:
        only = candidates[0]
        if doubt := only.doubt():
            raise _doubted(path, only.name, f"may be no image of the wall: {doubt}")
        return only.name
    if _colours(candidates):
        raise InputError(
            f"{path}: holds {listed}, which look like the colours of one image; take one of them with --image NAME, or "
            "export the image as a PNG strip, which keeps its colours"
        )
    if _pads(candidates):
        raise InputError(
            f"{path}: holds {listed}, which look like single pads or rows of buttons of one tool, each of which sees "
            "a part of the hole; export the oriented image, or take one of them with --image NAME"
        )
    if all(candidate.doubt() for candidate in candidates):
        first = candidates[0]
        raise InputError(
            f"{path}: holds {listed}, which may all be no images of the wall (of {first.name}, {first.doubt()}); "
            "export the image, or choose one with --image NAME"
        )
    raise InputError(f"{path}: holds {len(candidates)} images, {listed}; choose one with --image NAME")


def _colours(candidates: Sequence[Candidate]) -> bool:
    """Whether they are alike but for red, green and blue."""
    letters = {word[:1] for candidate in candidates for word in candidate.words & _COLOURS}
    return len(candidates) == 3 and letters == set("RGB") and len({candidate.sectors for candidate in candidates}) == 1


def _pads(candidates: Sequence[Candidate]) -> bool:
    """Whether all are siblings, alike but for one number or letter in their names, and as narrow as a pad."""
    names = {candidate.own_name.upper() for candidate in candidates}
    widths = {candidate.sectors for candidate in candidates}
    if len(names) < 3 or len(widths) > 1 or max(widths) > PAD_BUTTONS or any(c.sure for c in candidates):
        return False
    masked = [
        {name[:k] + "?" + name[k + 1 :] for k in range(len(name))}
        | {name[: match.start()] + "?" + name[match.end() :] for match in re.finditer(r"\d+", name)}
        for name in names
    ]
    return bool(set.intersection(*masked))


def check_pixels(image: NDArray[np.float32], name: str, path: Path, *, certain: bool, picture: bool) -> None:
    """:class:`InputError` for an array of many rows whose values are all the same; for one that holds a column of
    depths, unless it is a ``picture``; and, unless it is ``certain`` to be an image, for one that has two ends
    (:func:`check_seam`).
    """
    pixels = _sample(image)
    first = pixels[np.isfinite(pixels)][:1]
    alike = len(pixels) >= FEWEST_ROWS and len(first) and _all_are(first[0], pixels)
    if alike and all(_all_are(first[0], block) for block in _blocks(image)):
        raise InputError(f"{path}: every value of {name} is {first[0]:g}, which shows nothing; export it again")
    if not picture:
        _check_depths(pixels, name, path)
    if not certain:
        _check_seam(pixels, name, path)


def _all_are(value: np.float32, pixels: NDArray[np.float32]) -> bool:
    return bool(((pixels == value) | np.isnan(pixels)).all())


def _blocks(image: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    rows = max(1, BLOCK_PIXELS // max(1, image.shape[1]))
    return (image[row : row + rows] for row in range(0, len(image), rows))


def _check_depths(pixels: NDArray[np.float32], name: str, path: Path) -> None:
    """:class:`InputError` where one or two columns, no more, rise or fall evenly from row to row."""
    with np.errstate(invalid="ignore"):  # a signalling NaN is one, too
        together = pixels[: SAMPLE_ROWS // BLOCKS].astype(np.float64)
    if len(together) < FEWEST_ROWS or not np.isfinite(together[:, 0]).any():
        return
    steps = np.diff(together, axis=0)
    middle = np.abs(steps.mean(axis=0))
    rounding = 4 * np.finfo(np.float32).eps * np.abs(together).max(axis=0)
    even = (middle > rounding) & (np.ptp(steps, axis=0) <= 1e-3 * middle + rounding)
    if 0 < even.sum() <= min(2, len(even) - 3):
        column = int(np.argmax(even))
        raise InputError(
            f"{path}: column {column} of {name} goes on evenly from row to row, from {together[0, column]:g} to "
            f"{together[-1, column]:g} in the first {len(together)}, as depths do; export the image without it"
        )


def check_seam(image: NDArray[np.float32], name: str, path: Path) -> None:
    """:class:`InputError` for an array that is smooth from column to column, but not from the last to the first.

    An image of the wall goes on over its left edge, which is cut where north happens to be; bins of a distribution,
    gates of a waveform or the buttons of one pad have two ends. Columns without contrast or without common pixels say
    nothing; nor does an image of noise.
    """
    _check_seam(_sample(image), name, path)


def _check_seam(pixels: NDArray[np.float32], name: str, path: Path) -> None:
    if _packed(pixels):
        raise _doubted(path, name, "seems to hold colours, three bytes in one number, in which planes do not show")
    if _jumps(pixels):
        raise _doubted(
            path,
            name,
            "may be no image of the wall: from its last to its first column its values change by far more than between "
            "any others, as if it did not go around the hole",
        )
    likeness = _likeness(pixels)
    inside, seam = likeness[:-1], likeness[-1]
    known = inside[np.isfinite(inside)]
    if not np.isfinite(seam) or len(known) < 3:
        return
    tear = TEAR if len(pixels) >= MANY_ROWS else SHORT_TEAR
    if np.median(known) >= ALIKE and seam <= min(TORN, known.min() - tear):
        raise _doubted(
            path,
            name,
            f"may be no image of the wall: its neighbouring columns are alike (correlation {np.median(known):.2f}), "
            f"but its last and first are not ({seam:.2f}), as if it did not go around the hole",
        )


def _packed(pixels: NDArray[np.float32]) -> bool:
    """Whether the values are colours, three bytes in a number: in it the first byte goes with the last, which in a
    number that is one quantity is noise.
    """
    values = pixels[np.isfinite(pixels)].astype(np.float64)
    if not len(values) or not 2**20 < values.max() < 2**24 or values.min() < 0 or (values != np.round(values)).any():
        return False
    first, last = values // 65536, values % 256
    return bool(first.std() > 0 and last.std() > 0 and np.corrcoef(first, last)[0, 1] > TORN)


def _jumps(pixels: NDArray[np.float32]) -> bool:
    """Whether the mean or the spread of columns steps from the last to the first by several times what it does between
    any others, and by far more than chance would.
    """
    rows, columns = pixels.shape
    there = np.isfinite(pixels)
    known = there.sum(axis=0)
    if columns < FEW_SECTORS or known.min() < max(FEWEST_ROWS, rows // 2):
        return False
    values = np.where(there, pixels, 0.0).astype(np.float64)
    means = values.sum(axis=0) / known
    values = np.where(there, values - means, 0.0)
    spreads = np.sqrt(np.einsum("ij,ij->j", values, values) / known)
    chance = spreads / np.sqrt(known)
    for profile in (means, spreads):
        seam = abs(profile[-1] - profile[0])
        if seam > JUMP * np.abs(np.diff(profile)).max() and seam > JUMP * (chance[0] + chance[-1]):
            return True
    return False


def _doubted(path: Path, name: str, doubt: str) -> InputError:
    return InputError(f"{path}: {name} {doubt}; export the image, or take it all the same with --image {name}")


def _sample(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows spread over the image, in blocks where it is stored."""
    if len(image) <= SAMPLE_ROWS:
        return np.asarray(image[:])
    if not isinstance(image, StoredImage):
        return image[:: -(-len(image) // SAMPLE_ROWS)]
    size = SAMPLE_ROWS // BLOCKS
    starts = np.linspace(0, len(image) - size, BLOCKS).astype(int)
    return np.concatenate([image[start : start + size] for start in starts.tolist()])


def _likeness(pixels: NDArray[np.float32]) -> NDArray[np.float64]:
    """Correlation of each column and the next one around the hole over their common pixels, (columns,), NaN where these
    are few or all the same.
    """
    known = np.isfinite(pixels)
    values = np.where(known, pixels, 0.0).astype(np.float64)
    values = np.where(known, values - values.sum(0) / np.maximum(known.sum(0), 1), 0.0)  # small sums lose no digits
    both = (known & np.roll(known, -1, axis=1)).astype(np.float64)
    one, other = values * both, np.roll(values, -1, axis=1) * both
    count = np.maximum(both.sum(0), 1.0)
    means = one.sum(0) / count, other.sum(0) / count
    product, first, second = (np.einsum("ij,ij->j", a, b) for a, b in ((one, other), (one, one), (other, other)))
    norm = np.sqrt(np.maximum(first - count * means[0] ** 2, 0.0) * np.maximum(second - count * means[1] ** 2, 0.0))
    told = (both.sum(0) >= FEWEST_ROWS) & (norm > SAME * np.sqrt(first * second))
    likeness = np.full(len(norm), np.nan)
    np.divide(product - count * means[0] * means[1], norm, out=likeness, where=told)
    return likeness
