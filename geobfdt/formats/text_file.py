"""Text as programs of many years and systems write it: its bytes, its encoding, lines that end in one way."""

from __future__ import annotations

import codecs
from pathlib import Path

from geobfdt.errors import InputError

LONGEST_LINE = 131_072
"""Characters. An image of 4,096 sectors takes fewer; one line of ten megabytes takes the parsers minutes."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: Path, longest_line: int | None = LONGEST_LINE) -> str:
    """The text of a file: UTF-8 or UTF-16, else the Windows code page that older programs write; universal newlines.
    Refuses longer lines; None allows any, as in JSON, which needs no lines.
    """
    data, encoding = read_bytes(path, longest_line)
    return data.decode(in_memory(encoding), errors="replace")


def in_memory(encoding: str) -> str:
    """The encoding of what :func:`read_bytes` gives of a file in an encoding."""
    return "utf-8" if encoding == "utf-16" else encoding


def read_bytes(path: Path, longest_line: int | None = LONGEST_LINE) -> tuple[bytes, str]:
    """A text file as bytes without byte order mark, its lines ended by "\\n", and the encoding of the file; those of
    UTF-16 are UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{path}: cannot be read ({reason}); check the name and your rights to it") from error
    wide = data.startswith(_UTF_16)
    if wide:
        data = data.decode("utf-16", errors="replace").encode()
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\0" in data:
        raise InputError(f"{path}: is not plain text; export it as text in UTF-8")
    if not data or data.isspace():
        raise InputError(f"{path}: the file is empty; export it again")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if longest_line is not None:
        _check_lines(path, data, longest_line)
    if wide:
        return data, "utf-16"
    if data.isascii():
        return data, "utf-8"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data, "cp1252"
    return data, "utf-8"


def _check_lines(path: Path, data: bytes, longest: int) -> None:
    at = 0
    while len(data) - at > longest:  # from line end to the last line end within reach
        end = data.rfind(b"\n", at, at + longest + 1)
        if end < 0:
            raise InputError(
                f"{path}: line {data.count(10, 0, at) + 1} has more than {longest} characters; the file is damaged or "
                "lacks its line ends, export it again"
            )
        at = end + 1
