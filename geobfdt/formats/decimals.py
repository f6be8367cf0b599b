"""What commas and points in numbers are: decimal signs, or signs that part thousands. Judged by all numbers of a text.

1,212 is a number of three decimals or one above a thousand. Numbers of other groups (24,5) tell that commas are decimal
signs, numbers with both signs (1,212.5) that the first one parts thousands; where nothing tells, the text is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from geobfdt.errors import InputError

_SAMPLE = 100_000
"""Bytes that are looked at for numbers without the sign: numbers of three decimals have it all."""


@dataclass(frozen=True)
class Signs:
    """The decimal sign of numbers and the one that parts their thousands, None where none does."""

    decimal: str = "."
    thousands: str | None = None


def _patterns(sign: bytes, other: bytes) -> tuple[re.Pattern[bytes], ...]:
    """Numbers with a sign: any; of other groups than thousands have; with the other sign behind it."""
    sign, other = re.escape(sign), re.escape(other)
    before, after = rb"(?<![\w" + sign + other + rb"])", rb"(?![\w" + sign + other + rb"])"
    grouped = rb"[1-9]\d{0,2}(?:" + sign + rb"\d{3})+"
    plain = rb"[-+]?\d*" + sign + rb"\d*"
    return (
        re.compile(before + rb"[-+]?" + grouped + after),
        re.compile(before + rb"(?![-+]?" + grouped + after + rb")" + plain + after),
        re.compile(before + rb"[-+]?" + grouped + other + rb"\d*" + after),
    )


_COMMAS, _POINTS = _patterns(b",", b"."), _patterns(b".", b",")
_QUOTED = re.compile(rb'"[ ]*([-+]?\d[\d.]*,[\d.,]*)[ ]*"')
_NUMBER = re.compile(rb"(?<![\w.,])[-+]?\d[\d.,]*(?![\w.,])")


def signs_of(text: bytes, path: object, at: int = 0) -> Signs:
    """The signs of the numbers of a text from a place on, whose cells no comma parts. Raises :class:`InputError` where
    a number has two readings, both named.
    """
    if text.find(b",", at) < 0:
        return Signs()
    grouped, decimal, both = (pattern.search(text, at) for pattern in _COMMAS)
    if both and not decimal:
        return Signs(".", ",")
    if not decimal and grouped and not _all_signed(text, at, b","):
        raise _open(path, grouped[0].decode(), ",")
    if not (decimal or grouped) or text.find(b".", at) < 0:
        return Signs("," if decimal or grouped else ".")
    grouped, plain, both = (pattern.search(text, at) for pattern in _POINTS)
    if both and not plain:
        return Signs(",", ".")
    if grouped and not plain:
        raise _open(path, grouped[0].decode(), ".")
    return Signs(",")


def quoted_signs_of(text: bytes, path: object, at: int = 0) -> Signs:
    """The same of a text whose cells commas part, where numbers with commas stand in quotes."""
    if text.find(b'"', at) < 0:
        return Signs()
    numbers = _QUOTED.findall(text, at)
    return signs_of(b"\n".join(numbers), path) if numbers else Signs()


def _all_signed(text: bytes, at: int, sign: bytes) -> bool:
    """Whether all numbers of the first rows have the sign, and some row has several."""
    rows = [_NUMBER.findall(row) for row in text[at : at + _SAMPLE].split(b"\n")[:-1] or [text[at:]]]
    return all(sign in number for row in rows for number in row) and any(len(row) > 1 for row in rows)


def _open(path: object, number: str, sign: str) -> InputError:
    decimal, whole = number.replace(sign, "."), number.replace(sign, "")
    name = {",": "comma", ".": "point"}[sign]
    if number.count(sign) > 1:
        decimal = "no number"
    return InputError(
        f"{path}: {number} could be {decimal} or {whole}, as all numbers with a {name} have three digits behind it; "
        "export numbers without signs between thousands"
    )
