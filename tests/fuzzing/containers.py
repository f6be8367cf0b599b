"""Damage that keeps a binary file's own checks happy: declared sizes, bombs, and values of the wrong kind."""

from __future__ import annotations

import io
import json
import struct
import zlib
from random import Random
from typing import Any

import numpy as np

from tests.fuzzing.mutators import HOSTILE_FLOATS, HUGE_INTS, Mutator
from tests.fuzzing.seeds import DEPTHS

Others = tuple[bytes, ...]


# DLIS


def dlis_depth(data: bytes, rng: Random, others: Others, long_bytes: int) -> bytes:
    """One depth of the index replaced by one that is none, repeated or far away."""
    old = struct.pack(">d", rng.choice(DEPTHS.tolist()))
    value = rng.choice((*HOSTILE_FLOATS, DEPTHS[0], DEPTHS[5] + 0.1))
    return data.replace(old, struct.pack(">d", value))


def dlis_word(data: bytes, rng: Random, others: Others, long_bytes: int) -> bytes:
    """A name replaced by one of the same length, so that the records around it stay whole."""
    word = rng.choice(
        (
            b"TDEP",
            b"C1",
            b"C2",
            b"FMI_DYN",
            b"GR",
            b"60B",
            b"DIMENSION",
            b"UNITS",
            b"REPRESENTATION-CODE",
            b"CHANNELS",
            b"INDEX-TYPE",
            b"BOREHOLE-DEPTH",
            b"CHANNEL",
            b"FRAME",
            b"ORIGIN",
            b"VALUES",
        )
    )
    new = rng.choice((b"\xff", b" ", b"\0", b"GR", b"C1", b"TDEP", b"%s", b"\xc3\xa4")) * len(word)
    count = rng.choice((1, -1))
    return data.replace(word, new[: len(word)], count)


# Pictures


def _png_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    chunks, at = [], 8
    while at + 8 <= len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    return chunks


def _png(chunks: list[tuple[bytes, bytes]]) -> bytes:
    parts = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def png_chunks(data: bytes, rng: Random, others: Others, long_bytes: int) -> bytes:
    """Chunks removed, doubled, swapped, damaged or added, each with the right checksum."""
    chunks = _png_chunks(data)
    if not chunks:
        return data
    number = rng.randrange(len(chunks))
    kind, body = chunks[number]
    change = rng.randrange(6)
    if change == 0:
        del chunks[number]
    elif change == 1:
        chunks.insert(number, chunks[number])
    elif change == 2:
        rng.shuffle(chunks)
    elif change == 3 and body:
        damaged = bytearray(body)
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        chunks[number] = (kind, bytes(damaged))
    elif change == 4:
        text = b"k\0\0" + zlib.compress(bytes(long_bytes * 20))
        chunks.insert(1, (rng.choice((b"zTXt", b"iCCP", b"tEXt", b"PLTE", b"tRNS", b"eXIf", b"fcTL", b"acTL")), text))
    else:
        chunks[number] = (kind, body[: rng.randrange(len(body) + 1)])
    return _png(chunks)


def _png_of(columns: int, rows: int, idat: bytes, bits: int = 8, colour: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", columns, rows, bits, colour, 0, 0, 0)
    return _png([(b"IHDR", header), (b"IDAT", idat), (b"IEND", b"")])


def png_bomb(data: bytes, rng: Random, others: Others, long_bytes: int) -> bytes:
    """A picture of a few kilobytes that says it is, or really becomes, one of gigabytes."""
    columns, rows = rng.choice(
        ((60000, 60000), (4096, 300_000), (4, 2**31 - 1), (0, 5), (360, 3_000_000), (4096, 2**20))
    )
    colour, bits = rng.choice(((0, 8), (0, 16), (2, 8), (6, 16), (0, 1), (3, 8)))
    if rng.random() < 0.5:
        return _png_of(columns, rows, zlib.compress(bytes(5000)), bits, colour)
    squeeze = zlib.compressobj(9)
    zeros = bytes(10**6)
    body = b"".join(squeeze.compress(zeros) for _ in range(min(200, columns * rows // 10**6))) + squeeze.flush()
    return _png_of(columns, rows, body, bits, colour)


def tiff_entry(data: bytes, rng: Random, others: Others, long_bytes: int) -> bytes:
    """An entry of the directory with another tag, type, count or value."""
    if len(data) < 8 or data[:2] != b"II":
        return data
    (start,) = struct.unpack("<I", data[4:8])
    if start + 2 > len(data):
        return data
    (count,) = struct.unpack("<H", data[start : start + 2])
    place = start + 2 + 12 * rng.randrange(max(1, count))
    offset, code = rng.choice(((0, "<H"), (2, "<H"), (4, "<I"), (8, "<I"), (8, "<I")))
    value = rng.choice((*HUGE_INTS, 7, 32946, 5, 34712, 8, 50000, 256, 257, 273, 279)) % 256 ** struct.calcsize(code)
    packed = struct.pack(code, value)
    return data[: place + offset] + packed + data[place + offset + len(packed) :]


def tiff_bomb(data: bytes, rng: Random, others: Others, long_bytes: int) -> bytes:
    """A small file whose one strip is said to hold a huge picture."""
    columns, rows = rng.choice(((60000, 60000), (4096, 300_000), (4096, 10**6), (360, 3_000_000)))
    entries = [
        (256, 4, columns),
        (257, 4, rows),
        (258, 3, 8),
        (259, 3, rng.choice((1, 5, 8, 32773))),
        (262, 3, 1),
        (273, 4, 122),
        (277, 3, 1),
        (278, 4, rows),
        (279, 4, 4000),
    ]
    listed = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    strip = zlib.compress(bytes(4 * 10**6)).ljust(4000, b"\0")
    return struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + listed + bytes(4) + strip


def bmp_header(data: bytes, rng: Random, others: Others, long_bytes: int) -> bytes:
    """Sizes, bit depths, compressions and offsets of the header."""
    offset, code = rng.choice(
        (
            (2, "<I"),
            (10, "<I"),
            (14, "<I"),
            (18, "<I"),
            (22, "<I"),
            (26, "<H"),
            (28, "<H"),
            (30, "<I"),
            (34, "<I"),
            (46, "<I"),
        )
    )
    value = rng.choice((*HUGE_INTS, 4, 24, 32, 3, 40, 108, 124, 5000, 0xFFFFFFF0)) % 256 ** struct.calcsize(code)
    packed = struct.pack(code, value)
    return data[:offset] + packed + data[offset + len(packed) :]


# Arrays


def npy_header(data: bytes, rng: Random, others: Others, long_bytes: int) -> bytes:
    """Another shape, type or order over the same numbers."""
    shapes = (
        "(1000000000000, 16)",
        "(0, 16)",
        "(12,)",
        "()",
        "(12, 16, 1)",
        "(-1, 16)",
        "(12.5, 16)",
        "(6, 32)",
        "(192, 1)",
        "(2, 96)",
        "(9223372036854775807, 2)",
        "(4294967296, 4294967296)",
        "'12'",
        "(12, 16",
        "(True, 16)",
        "[12, 16]",
        "(1, 16)",
        "(48, 4)",
    )
    types = (
        "'<f8'",
        "'>f8'",
        "'|O'",
        "'<c16'",
        "'|S8'",
        "'<M8[s]'",
        "'<i8'",
        "'|b1'",
        "[('a', '<f8')]",
        "'<f2'",
        "'V8'",
        "'<U999999999'",
        "'f8,f8'",
        "8",
        "None",
        "('<f8', (1000000, 1000000))",
        "'|u1'",
    )
    shape = rng.choice(shapes) if rng.random() < 0.6 else "(12, 16)"
    descr = rng.choice(types) if rng.random() < 0.6 else "'<f8'"
    order = rng.choice(("False", "True", "0", "None", "1L"))
    text = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}".encode()
    if rng.random() < 0.1:
        text = rng.choice(
            (b"(" * 5000, b"{" + b"'a':" * 500, b"\xff" * 50, b"9" * 9000, b"[[" + text, b"1L" + text, b"'''")
        )
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data[128:]


def npy_hostile(data: bytes, rng: Random, others: Others, long_bytes: int) -> bytes:
    """Pixels that are no number, without end or null, one or all."""
    values = np.random.default_rng(rng.randrange(2**32)).normal(size=(40, 16))
    values[rng.choice((slice(3, 4), slice(None)))] = rng.choice(HOSTILE_FLOATS)
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


# Corpora


def _hdf5_edit(file: Any, rng: Random) -> None:
    """Change one thing of a corpus to something that HDF5 allows and a corpus does not."""
    import h5py

    well = file["wells"][rng.choice(sorted(file["wells"]))]
    if not all(isinstance(well.get(name), h5py.Group) for name in ("picks", "coverage")):
        return  # edited before
    group, names = rng.choice(
        (
            (well, ("image", "depth_m", "reviewed_m", "caliper_m", "picks", "coverage")),
            (well["picks"], tuple(well["picks"])),
            (well["coverage"], tuple(well["coverage"])),
        )
    )
    name = rng.choice(names)
    change = rng.randrange(12)
    if change == 0:
        owner, key = rng.choice(((well, rng.choice(sorted(well.attrs))), (file, "version"), (file, "format")))
        value = rng.choice(
            (
                float("nan"),
                float("inf"),
                -1,
                1e300,
                "text",
                "",
                [1.0, 2.0],
                np.zeros((3, 3)),
                b"\xff\xfe",
                True,
                "north",
                h5py.Empty("f8"),
            )
        )
        owner.attrs[key] = value
        return
    if change == 1:
        del well.attrs[rng.choice(sorted(well.attrs))]
        return
    if name not in group:
        group.create_group(name)
        return
    if change in (2, 3, 4) and isinstance(group[name], h5py.Dataset) and group[name].dtype.kind == "f":
        numbers = group[name][()]
        if numbers.size:
            numbers[rng.choice((0, -1, slice(None)))] = rng.choice((*HOSTILE_FLOATS[:6], 1e38, 400.0))
            group[name][...] = numbers
        return
    del group[name]
    if change == 5:
        group.create_group(name)
    elif change == 6:
        group[name] = rng.choice(
            (1.5, "text", h5py.Empty("f8"), [b"a", b"b"], np.zeros((0, 16)), np.zeros((12, 16, 2)))
        )
    elif change == 7:
        group[name] = h5py.SoftLink(rng.choice(("/wells", "/nowhere", well.name)))
    elif change == 8:
        group[name] = h5py.ExternalLink(rng.choice(("/etc/passwd", "nowhere.h5")), "/image")
    elif change == 9:
        group[name] = np.zeros(12, [("a", "f4"), ("b", "S3")])
    elif change == 10:
        shape = rng.choice(((10**9,), (10**9, 16), (10**5, 2**20), (12, 2**30), (2**40, 16)))
        group.create_dataset(name, shape, "f8", chunks=tuple(min(n, 512) for n in shape), compression="gzip")
    else:
        # What was never written takes no room in the file and reads as zeros without end.
        group.create_dataset(name, (10**7, 64), "f4", chunks=rng.choice(((10**6, 64), (4096, 64))), compression="gzip")


def corpus_edit(data: bytes, rng: Random, others: Others, long_bytes: int) -> bytes:
    import h5py

    file = io.BytesIO(data)
    try:
        with h5py.File(file, "r+") as opened:
            _hdf5_edit(opened, rng)
    except (OSError, KeyError, RuntimeError, ValueError, AttributeError):
        return data  # damaged before: nothing left to edit
    return file.getvalue()


# Weights


def weights_header(data: bytes, rng: Random, others: Others, long_bytes: int) -> bytes:
    """Another shape of the network, another threshold, or tensors that lie elsewhere."""
    (size,) = struct.unpack("<Q", data[:8].ljust(8, b"\0"))
    try:
        header = json.loads(data[8 : 8 + size])
        model = json.loads(header["__metadata__"]["model"])
        tensor = header[rng.choice(sorted(name for name in header if name != "__metadata__"))]
        change = rng.randrange(6)
        if change < 3:
            values = (*HUGE_INTS, 3, 5, 64, 10**5, "curve", "vector", -1, 1.5, None, True)
            model[rng.choice(sorted(model))] = rng.choice(values)
            header["__metadata__"]["model"] = json.dumps(model)
        elif change == 3:
            header["__metadata__"]["threshold"] = rng.choice(
                ("nan", "inf", "-1", "high", "", "1e999", "0x1", "9" * 5000)
            )
        elif change == 4:
            tensor["data_offsets"] = [0, rng.choice(HUGE_INTS)]
        else:
            tensor.update(
                rng.choice(({"dtype": "I8"}, {"dtype": "BF16"}, {"shape": [10**12]}, {"shape": [-1]}, {"shape": []}))
            )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data[8 + size :]


def yaml_bomb(data: bytes, rng: Random, others: Others, long_bytes: int) -> bytes:
    """Lists of lists of lists, by reference and by nesting."""
    if rng.random() < 0.5:
        return b"epochs: " + b"[" * rng.choice((100, 5000, long_bytes // 100))
    levels = "".join(f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]\n" for k in range(1, 12))
    return ("a0: &a0 [lol]\n" + levels).encode() + rng.choice((b"epochs: *a11\n", b"model: *a11\n", data))


def json_bomb(data: bytes, rng: Random, others: Others, long_bytes: int) -> bytes:
    """Nesting, rows of different lengths, and containers where values belong."""
    row = rng.choice(
        (
            "[1]",
            "{}",
            "null",
            "3",
            '"abc"',
            "[[1, 2], 3, 4, 5]",
            "[{}, 1, 2, 3]",
            "[" * 5000,
            "[1, NaN, 3, 4]",
            "[1" + ", 1" * (long_bytes // 100) + "]",
            "[" + "9" * 5000 + ", 1, 2, 3]",
            "[1e400, 1, 2, 3]",
            '["1", true, 2, []]',
            "[" + "9" * 400 + ", 1, 2, 3]",
        )
    )
    text = data.decode("utf-8", errors="replace")
    return text.replace('"data": [', f'"data": [{row},', 1).encode()


MUTATORS: dict[str, tuple[Mutator, ...]] = {
    "dlis": (dlis_depth, dlis_word, dlis_word),
    "png": (png_chunks, png_chunks, png_bomb),
    "tiff": (tiff_entry, tiff_entry, tiff_entry, tiff_bomb),
    "bmp": (bmp_header, bmp_header, bmp_header),
    "npy": (npy_header, npy_header, npy_hostile),
    "corpus": (corpus_edit, corpus_edit, corpus_edit, corpus_edit, corpus_edit, corpus_edit),
    "weights": (weights_header, weights_header, weights_header, weights_header),
    "config": (yaml_bomb,),
    "json picks": (json_bomb,),
}
"""By reader, besides those of any binary or text file."""
