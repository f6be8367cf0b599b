"""HDF5 files that anyone may have written: nothing is followed out of them, nothing is read that they do not hold, and
damage that sends the library round in circles ends.

What the library says of a file may stand elsewhere (soft and external links, external storage, virtual datasets), and
would then be copied into what is made of it. Structures without checksums, as HDF5 wrote them before 1.10 and writes
texts of any length still, may name each other in a ring once a bit of them is wrong; the library then never comes back,
and no thread or signal ends it. Such files are walked through in a process of their own first.
Source: HDF5 File Format Specification 3.0, II (superblock), III.A (B-trees), III.E (global heap).
"""

from __future__ import annotations

import mmap
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np

from geobfdt.borehole.names import LONGEST_NAME
from geobfdt.errors import InputError

MOST_ROWS, MOST_COLUMNS = 10_000_000, 4096
"""Ten kilometres at a millimetre; a dataset that declares more is damaged."""
MOST_CHUNK_BYTES = 64e6
"""Of one piece that is unpacked at a time; our own take four megabytes at most."""
MANY_BYTES, MOST_BYTES_PER_BYTE = 100e6, 200
"""A dataset so large that was packed to less than a two-hundredth holds no rock."""

_SIGNATURE, _CHECKED_FROM = b"\x89HDF\r\n\x1a\n", 2
"""How every file begins, and the version of what follows from which on it has a checksum."""
_UNCHECKED = (b"GCOL", b"TREE", b"SNOD")
"""How structures without one begin: heaps of texts, trees and their leaves."""
_WALK_S, _WALK_BYTES_PER_S = 4.0, 5e6
"""Processor time that a walk may take, and what a file adds to it."""
_walked: set[tuple[str, int, int]] = set()
"""Files that came out of a walk whole or need none, with their sizes and times."""


class ElsewhereError(ValueError):
    """What a file names stands somewhere else."""


@contextmanager
def opened(path: Path, form: str) -> Iterator[Any]:
    """A file to read, which should have ``form`` as its attribute "format". Whatever the library finds wrong with it
    raises OSError, KeyError, RuntimeError or ValueError.
    """
    import h5py

    if not path.is_file():
        raise InputError(f"{path}: there is no such file; check the name")
    _walk(path, form)
    with h5py.File(path, "r") as file:
        yield file


def group(parent: Any, name: str) -> Any:
    """A group of that name; ValueError where anything else stands there, as HDF5 lets it."""
    import h5py

    found = _own(parent, name)
    if not isinstance(found, h5py.Group):
        raise ValueError(f"{name} is no group")
    return found


def dataset(parent: Any, name: str, dimensions: int, kinds: str = "fiu") -> Any:
    """A dataset of numbers of so many dimensions that was written, and is no larger than wells are: a few bytes can
    declare terabytes, and unpack to gigabytes.
    """
    import h5py

    found = _own(parent, name)
    # First of all: to ask a virtual dataset for its shape opens the files that it is put together from.
    if isinstance(found, h5py.Dataset) and (found.is_virtual or found.external):
        raise ElsewhereError(f"{name} lies in another file")
    if not isinstance(found, h5py.Dataset) or found.dtype.kind not in kinds or found.ndim != dimensions:
        raise ValueError(f"{name} is no array of {dimensions} dimensions")
    rows, columns = (*found.shape, 1)[:2]
    chunk_bytes = np.prod(found.chunks or 0, dtype=float) * found.dtype.itemsize
    if rows > MOST_ROWS or columns > MOST_COLUMNS or chunk_bytes > MOST_CHUNK_BYTES:
        raise ValueError(f"{name} declares {rows} x {columns} values")
    if found.nbytes > MANY_BYTES and found.nbytes > MOST_BYTES_PER_BYTE * found.id.get_storage_size():
        raise ValueError(f"{name} declares {found.nbytes} bytes and holds {found.id.get_storage_size()}")
    return found


def texts(parent: Any, name: str) -> Any:
    """A dataset of names, (n,) of str."""
    found = dataset(parent, name, 1, "OS").asstr()[()]
    if max(map(len, found), default=0) > LONGEST_NAME:  # in an array of text every cell takes as much as the longest
        raise ValueError(f"{name} holds a text of more than {LONGEST_NAME} characters")
    return found


def number(attribute: Any) -> float:
    if not np.isscalar(attribute) or isinstance(attribute, str | bytes):
        raise ValueError(f"{type(attribute).__name__} where a number belongs")
    return float(cast(float, attribute))


def text(attribute: Any) -> str:
    """A name, of any length as early files have it or of a fixed one."""
    word = attribute.decode("utf-8") if isinstance(attribute, bytes) else attribute
    if not isinstance(word, str) or len(word) > LONGEST_NAME:
        raise ValueError(f"{type(attribute).__name__} where a name belongs")
    return word


def fixed(words: Any) -> Any:
    """Texts as UTF-8 of one length, which HDF5 stores under the checksum of what holds them: an array of them, or one
    for an attribute.
    """
    import h5py

    encoded = np.char.encode(np.asarray(words, np.str_), "utf-8")
    return encoded.astype(h5py.string_dtype("utf-8", max(1, encoded.dtype.itemsize)))


def _own(parent: Any, name: str) -> Any:
    """What stands under a name in the file itself; KeyError where there is nothing."""
    import h5py

    link = parent.get(name, getlink=True)
    if isinstance(link, h5py.SoftLink | h5py.ExternalLink):
        raise ElsewhereError(f"{name} is a link to somewhere else")
    return parent[name]


def _walk(path: Path, form: str) -> None:
    """Let another process read all that a file says, where the library may not come back from it; RuntimeError when it
    did not. A walk that only fails is none of this: whoever reads the file finds the same.
    """
    state = path.stat()
    key = (str(path.resolve()), state.st_size, state.st_mtime_ns)
    if key in _walked or not sys.executable:
        return
    if not _may_loop(path):
        _walked.add(key)
        return
    limit_s = _WALK_S + state.st_size / _WALK_BYTES_PER_S
    walker = Path(__file__).with_name("hdf5_walker.py")
    try:
        # -P: the folder of the script holds modules of ours, which are nobody's standard library.
        walk = subprocess.run(
            [sys.executable, "-P", str(walker), str(path), form, str(limit_s)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60 + 10 * limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError("the library does not come back from it") from None
    if walk.returncode < 0:
        raise RuntimeError("the library does not come back from it")
    _walked.add(key)


def _may_loop(path: Path) -> bool:
    """Whether a file is HDF5 and has structures without a checksum."""
    if path.stat().st_size < len(_SIGNATURE) + 1:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[: len(_SIGNATURE)] != _SIGNATURE:
            return False  # the library looks further on, at 512, 1024, ..., where no file of ours begins
        return data[len(_SIGNATURE)] < _CHECKED_FROM or any(data.find(sign) >= 0 for sign in _UNCHECKED)
