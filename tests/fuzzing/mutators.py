"""Ways to damage a file, each ``(data, rng, others, long_bytes) -> data``; the same draws give the same damage.

``others`` are valid files to splice with, ``long_bytes`` the length of what is called long.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from random import Random

Mutator = Callable[[bytes, Random, tuple[bytes, ...], int], bytes]

HOSTILE_NUMBERS = (
    *("nan", "NaN", "inf", "-inf", "Infinity", "1e400", "-999.25", "-9999", "", "1e-320", "9" * 25, "9" * 5000),
    *("0x10", "1,5", "1.2.3", "--5", "1e5e5", "True", "null", "-0", "1e300", "0", "-1", "4294967296", "1e38", "1_000"),
    *("\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}", "\N{SUPERSCRIPT TWO}", "1 000", "12-34", "1000000000000"),
)
HOSTILE_WORDS = (
    *(
        "",
        " ",
        '"',
        "'",
        "[",
        "IMG[999999999]",
        "IMG[-1]",
        "a" * 300,
        "\N{DEGREE SIGN}",
        "{}",
        "%s",
        "~A",
        "~",
        ":",
        ".",
    ),
    *("DEPTH_ft", "DEPTH_m", "TDEP", "well", "kind", "Dip", "Azimuth", "NaN", "\0", "\ufeff", "\x1b[31m", "null"),
    *("&a [*a]", "!!python/object:os.system", "2020-99-99", "../../etc/passwd", "ft", "m", "rad", "furlong"),
)
LONG_UNITS = (
    "1",
    "a",
    " ",
    ",",
    ";",
    "\t",
    '"',
    "\n",
    "\0",
    "1,",
    "1 ",
    "-",
    "1-",
    ".0",
    "[",
    "{",
    "~",
    "\n1,2",
    "IMG1",
    "1.",
)
HUGE_INTS = (
    0,
    1,
    2,
    0x7F,
    0xFF,
    0x7FFF,
    0xFFFF,
    60000,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
    10**12,
    2**63 - 1,
    2**64 - 1,
)
HOSTILE_FLOATS = (float("nan"), float("inf"), float("-inf"), -999.25, -9999.0, 1e300, -1.0, 0.0, 5e-324)

_NUMBER = re.compile(rb"[-+]?\d+(?:\.\d+)?")
_WORD = re.compile(rb"[A-Za-z_]\w*(?:\[\d+\])?")
_UNIT = re.compile(rb"(?<![A-Za-z])(0\.1 in|ft|m|M|in|deg|dega|DEG|GAPI|ohm\.m)(?![A-Za-z])")


# Of any file.


def truncate(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def flip_bits(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    damaged = bytearray(data)
    for _ in range(min(len(data), rng.choice((1, 1, 2, 8, 64)))):
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def _block(data: bytes, rng: Random) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.choice((1, 4, 16, 100, 1000, len(data))))


def fill(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    """A run of zeros, ones or blanks, as a bad disk or an interrupted copy leaves behind."""
    start, end = _block(data, rng)
    return data[:start] + rng.choice((b"\0", b"\xff", b" ")) * (end - start) + data[end:]


def remove(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    start, end = _block(data, rng)
    return data[:start] + data[end:]


def repeat(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    start, end = _block(data, rng)
    times = rng.choice((2, 3, 50, max(2, long_bytes // 10 // max(1, end - start))))
    return data[:start] + data[start:end] * times + data[end:]


def splice(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    other = rng.choice(others)
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other)) :]


def overwrite_int(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    """A size, count or offset that is huge, or nothing."""
    size, code = rng.choice(((1, "B"), (2, "H"), (4, "I"), (8, "Q")))
    # Sizes stand at the beginning of most binary files.
    reach = rng.choice((64, 512, len(data)))
    start = rng.randrange(max(1, min(reach, len(data) - size)))
    packed = struct.pack(rng.choice("<>") + code, rng.choice(HUGE_INTS) % 256**size)
    return data[:start] + packed + data[start + size :]


def overwrite_float(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    code = rng.choice(("<d", ">d", "<f", ">f"))
    value = rng.choice(HOSTILE_FLOATS)
    packed = struct.pack(code, value if abs(value) < 1e38 or value in (float("inf"), float("-inf")) else float("nan"))
    start = rng.randrange(max(1, len(data) - len(packed)))
    return data[:start] + packed + data[start + len(packed) :]


def insert_long(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    start = rng.randrange(len(data) + 1)
    unit = rng.choice(LONG_UNITS).encode()
    return data[:start] + unit * (long_bytes // len(unit)) + data[start:]


BINARY: tuple[Mutator, ...] = (
    truncate,
    flip_bits,
    flip_bits,
    fill,
    remove,
    repeat,
    splice,
    overwrite_int,
    overwrite_int,
    overwrite_float,
    insert_long,
)


# Of text.


def _lines(data: bytes) -> list[bytes]:
    return data.split(b"\n")


def delete_line(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    lines = _lines(data)
    del lines[rng.randrange(len(lines))]
    return b"\n".join(lines)


def duplicate_line(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    lines = _lines(data)
    line = rng.choice(lines)
    lines[rng.randrange(len(lines)) : 0] = [line] * rng.choice((1, 2, 100))
    return b"\n".join(lines)


def shuffle_lines(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    """Some lines, the header's more often than others, in another order."""
    lines = _lines(data)
    start = rng.choice((0, rng.randrange(len(lines))))
    end = min(len(lines), start + rng.choice((2, 5, 20, len(lines))))
    lines[start:end] = rng.sample(lines[start:end], end - start)
    return b"\n".join(lines)


def shuffle_cells(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    """The cells of one line, the header's or any other, shuffled, one of them missing or doubled."""
    lines = _lines(data)
    number = rng.choice((0, rng.randrange(len(lines))))
    separator = rng.choice((b",", b";", b"\t", b" "))
    cells = lines[number].split(separator)
    change = rng.randrange(3)
    if change == 0:
        rng.shuffle(cells)
    elif change == 1:
        del cells[rng.randrange(len(cells))]
    else:
        cells.insert(rng.randrange(len(cells)), rng.choice(cells))
    lines[number] = separator.join(cells)
    return b"\n".join(lines)


def _replace(pattern: re.Pattern[bytes], data: bytes, rng: Random, replacements: tuple[str, ...]) -> bytes:
    """One match of a pattern, those near the top more often, or every one, replaced by the same text."""
    # A file that something long was put into already has matches by the million; its top will do.
    matches = list(pattern.finditer(data[:200_000]))
    if not matches:
        return data
    new = rng.choice(replacements).encode()
    if rng.random() < 0.1 and len(new) < 10_000:
        return pattern.sub(lambda _: new, data[:200_000]) + data[200_000:]
    match = matches[rng.randrange(rng.choice((min(20, len(matches)), len(matches))))]
    return data[: match.start()] + new + data[match.end() :]


def hostile_number(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    return _replace(_NUMBER, data, rng, HOSTILE_NUMBERS)


def hostile_word(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    return _replace(_WORD, data, rng, HOSTILE_WORDS)


def other_unit(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    return _replace(_UNIT, data, rng, ("m", "ft", "0.1 in", "deg", "rad", "", "furlong", "s", "M", "cm"))


def long_token(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    """A number or word of many bytes in the place of one."""
    unit = rng.choice(LONG_UNITS)
    return _replace(rng.choice((_NUMBER, _WORD)), data, rng, (unit * (long_bytes // len(unit)),))


def encode_otherwise(data: bytes, rng: Random, others: tuple[bytes, ...], long_bytes: int) -> bytes:
    text = data.decode("utf-8", errors="replace")
    change = rng.choice(("utf-16", "utf-32", "utf-8-sig", "utf-7", "\r", "\r\n", "\x0b", "\x85"))
    return text.encode(change, "replace") if change.startswith("utf") else text.replace("\n", change).encode()


TEXT: tuple[Mutator, ...] = (
    truncate,
    flip_bits,
    fill,
    remove,
    repeat,
    splice,
    insert_long,
    delete_line,
    duplicate_line,
    shuffle_lines,
    shuffle_cells,
    hostile_number,
    hostile_number,
    hostile_number,
    hostile_word,
    hostile_word,
    other_unit,
    long_token,
    encode_otherwise,
)
