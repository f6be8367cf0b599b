"""Defects that damaged files once brought to light, each planted again: a clear refusal, or a correct read, in time."""

from __future__ import annotations

import json
import struct
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from PIL import Image

from geobfdt import formats
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.errors import LONGEST_MESSAGE, InputError, InputWarning
from geobfdt.formats.corpus import read_corpus, well_names
from geobfdt.training.config import load_config
from tests.fuzzing import seeds

LONG = 300_000
"""Characters; what takes time by their square takes minutes."""
ERRORS = ("error", "default::ResourceWarning", "default::pytest.PytestUnraisableExceptionWarning")
"""All warnings but of what other tests have left, which Python sweeps up when it likes."""


def read(path: Path, data: str | bytes, **options: Any) -> ImageLog:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return formats.read(path, hole_diameter_m=0.2159, reference="north", **options)


# Messages


def test_a_message_is_one_short_line_whatever_the_file_holds() -> None:
    message = str(InputError("a.csv: has '" + "x\n\x1b[31m" * LONG + "'; correct it"))
    assert len(message) <= LONGEST_MESSAGE
    assert message.isprintable()
    assert message.startswith("a.csv: has 'x")
    assert message.endswith("; correct it")
    assert str(InputWarning("b\u2028c")) == "b c"


# Text


@pytest.mark.parametrize("unit", ["1", "a", ",", '"', " "])
@pytest.mark.parametrize(("suffix", "text"), [(".csv", seeds.matrix()), (".las", seeds.las_image())])
def test_a_line_of_any_length_is_refused(tmp_path: Path, suffix: str, text: str, unit: str) -> None:
    middle = text.index("\n", len(text) // 2)
    with pytest.raises(InputError, match=r"line \d+ has more than 131072 characters"):
        read(tmp_path / f"f{suffix}", text[:middle] + unit * LONG + text[middle:])


@pytest.mark.parametrize("name", ["a.csv", "a.las"])
def test_blank_lines_without_end_take_no_time(tmp_path: Path, name: str) -> None:
    text = seeds.matrix(separator=";", comma=True) if name == "a.csv" else seeds.las_image()
    at = text.index("~Ascii") if name == "a.las" else len(text)
    log = read(tmp_path / name, text[:at] + "\n" * 80_000 + text[at:])
    np.testing.assert_allclose(log.depth_m, seeds.DEPTHS)


def test_a_header_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="its header takes 300029 lines"):
        read(tmp_path / "a.las", seeds.las_image().replace("~Ascii", "\n" * LONG + "~Ascii"))


def test_a_number_without_end_in_a_las_takes_no_time(tmp_path: Path) -> None:
    """lasio looks for numbers that run into each other, in the square of their length."""
    with pytest.raises(InputError, match=r"line \d+ has a number of more than 100 digits"):
        read(tmp_path / "a.las", seeds.las_image().replace("1003.0000 ", "1003.0000 " + "1" * 130_000))


@pytest.mark.filterwarnings(*ERRORS)
def test_rows_of_json_may_be_short_and_must_be_rows(tmp_path: Path) -> None:
    whole = json.loads(seeds.json_picks())[0]
    for rows, message in (
        ([[1000.5, 3, 4]], None),
        ([3], "a row is no list"),
        ([[1] * 10**6], "a row of 1000000 values"),
    ):
        (tmp_path / "p.json").write_text(json.dumps([whole | {"data": [*whole["data"], *rows]}]))
        if message is None:
            assert len(formats.read_picks(tmp_path / "p.json")) == 9
            continue
        with pytest.raises(InputError, match=message):
            formats.read_picks(tmp_path / "p.json")


def test_digits_without_end_take_no_time(tmp_path: Path) -> None:
    text = seeds.json_picks().replace('"bedding"', '"' + "1" * LONG + '"', 1)
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(InputError, match="line 1 has 300000 characters in column Type"):
        formats.read_picks(tmp_path / "p.json")


def test_a_column_numbered_by_thousands_of_digits_is_no_sector(tmp_path: Path) -> None:
    log = read(tmp_path / "m.csv", seeds.matrix().replace("IMG[15]", "A" + "9" * 5000))
    assert log.columns == seeds.SECTORS - 1


def test_a_name_longer_than_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 3 has 5000 characters in column wellName, at most 250"):
        read(tmp_path / "f.csv", seeds.flattened().replace("A-1", "W" * 5000, 1))


def test_comments_alone_are_no_table(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds comments alone"):
        read(tmp_path / "c.csv", "# one\n# two\n")


# Values


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"confidence": np.inf}, r"confidence must be in \[0, 1\]"),
        ({"confidence": 1.5}, r"confidence must be in \[0, 1\]"),
        ({"true_dip_deg": -np.inf}, "true_dip_deg must be a number"),
    ],
)
def test_infinite_picks_are_refused(change: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Picks(np.ones(1), np.ones(1), np.ones(1), **change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"depth_m": np.array([1.0, 2.0, np.inf])}, "row 3 has no depth"),
        ({"first_azimuth_deg": np.nan}, "the first azimuth must be a number"),
        ({"caliper_m": np.array([0.2, np.inf, 0.2])}, "hole diameter of inf m"),
    ],
)
def test_infinite_logs_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ImageLog(**{"image": np.ones((3, 4)), "depth_m": np.arange(3.0), "hole_diameter_m": 0.2} | change)


# Pictures and arrays


def png(columns: int, rows: int) -> bytes:
    """A picture that declares so many pixels and holds few."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(5000)))]
    parts = [
        struct.pack(">I", len(b)) + k + b + struct.pack(">I", zlib.crc32(k + b)) for k, b in [*chunks, (b"IEND", b"")]
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_decompression_bomb_is_not_unpacked(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"declares 4096 x 300000 pixels in \d+ bytes"):
        read(tmp_path / "bomb.png", png(4096, 300_000), top_m=0.0, base_m=1.0)


def test_a_picture_of_another_format_is_not_tried(tmp_path: Path) -> None:
    """Pillow would hand PostScript to another program."""
    Image.new("RGB", (16, 16)).save(tmp_path / "p.eps")
    with pytest.raises(InputError, match="not a whole picture"):
        read(tmp_path / "p.png", (tmp_path / "p.eps").read_bytes(), top_m=0.0, base_m=1.0)


@pytest.mark.filterwarnings(*ERRORS)
def test_what_libraries_tolerate_is_not_told_in_their_words(tmp_path: Path) -> None:
    ends = {"top_m": 0.0, "base_m": 1.0}
    image = np.arange(64.0).reshape(16, 4)
    image[3] = 1e300
    np.save(tmp_path / "a.npy", image)
    assert np.isnan(formats.read(tmp_path / "a.npy", hole_diameter_m=0.2, reference="north", **ends).image[3]).all()
    tiff = seeds.picture("tiff", "L")
    with pytest.raises(InputError, match="not a whole picture"):
        read(tmp_path / "a.tif", tiff[:-5], **ends)


def test_an_array_with_an_unfinished_header_is_refused(tmp_path: Path) -> None:
    header = b"{'descr': '<f8', 'shape': (12, 16" + b" " * 70 + b"\n"
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(1536)
    with pytest.raises(InputError, match="not a whole array"):
        read(tmp_path / "a.npy", data, top_m=0.0, base_m=1.0)


# Corpora


def replaced(name: str, value: Any) -> Callable[[Any], None]:
    def change(well: Any) -> None:
        del well[name]
        well[name] = value

    return change


def declared(name: str, shape: tuple[int, ...], chunks: tuple[int, ...]) -> Callable[[Any], None]:
    def change(well: Any) -> None:
        del well[name]
        well.create_dataset(name, shape, "f4", chunks=chunks, compression="gzip")

    return change


CORPUS_DEFECTS: dict[str, Callable[[Any], Any]] = {
    "a group for an image": lambda well: (well.__delitem__("image"), well.create_group("image")),
    "a group for texts": lambda well: (well.__delitem__("picks/kind"), well.create_group("picks/kind")),
    "numbers for texts": replaced("picks/kind", np.ones(4)),
    "texts without end": replaced("picks/kind", ["bedding"] * 3 + ["b" * 5000]),
    "records for depths": replaced("depth_m", np.zeros(12, [("a", "f4"), ("b", "S3")])),
    "one number for depths": replaced("depth_m", 3.0),
    "intervals of one depth": replaced("reviewed_m", np.ones(3)),
    "a dataset for the coverage": replaced("coverage", np.ones(3)),
    "the coverage of another log": replaced("coverage/planes", np.zeros((3, 3), int)),
    "texts for counts": replaced("coverage/planes", ["one"]),
    "terabytes of counts": declared("coverage/planes", (2**40, 3), (512, 3)),
    "records for shares": replaced("coverage/trace_share", np.zeros(12, [("a", "f4"), ("b", "S3")])),
    "no reviewed shares": lambda well: well.__delitem__("coverage/reviewed_share"),
    "stretches of nothing": lambda well: well["coverage"].attrs.update({"stretch_m": h5py.Empty("f8")}),
    "shares above one": lambda well: well["coverage/trace_share"].__setitem__(0, 1.5),
    "shares that are no numbers": lambda well: well["coverage/reviewed_share"].__setitem__(0, np.nan),
    "planes taken away": lambda well: well["coverage/planes"].__setitem__((0, 0), -1),
    "nothing for a diameter": lambda well: well.attrs.update({"hole_diameter_m": h5py.Empty("f8")}),
    "an array for a name": lambda well: well.attrs.update({"well": np.zeros((3, 3))}),
    "terabytes of depths": declared("depth_m", (2**40,), (512,)),
    "gigabytes in a piece": declared("image", (10**7, 64), (10**6, 64)),
    "gigabytes never written": declared("image", (10**7, 64), (4096, 64)),
}


@pytest.mark.parametrize("defect", CORPUS_DEFECTS)
def test_a_corpus_that_holds_something_else_is_damaged(tmp_path: Path, defect: str) -> None:
    path = tmp_path / "c.h5"
    path.write_bytes(seeds.seeds("corpus")[0])
    with h5py.File(path, "r+") as file:
        CORPUS_DEFECTS[defect](file["wells/0000"])
    with pytest.raises(InputError, match=r"c\.h5: .*damaged or no corpus"):
        read_corpus(path)


def test_a_corpus_of_another_kind_is_no_corpus(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "c.h5", "w") as file:
        file.attrs.update({"format": "geobfdt corpus", "version": np.zeros(2)})
        file["wells"] = 3.0
    with pytest.raises(InputError, match="damaged or no corpus"):
        well_names(tmp_path / "c.h5")


def test_an_infinite_pixel_of_a_corpus_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "c.h5"
    path.write_bytes(seeds.seeds("corpus")[0])
    with h5py.File(path, "r+") as file:
        file["wells/0000/image"][2, 3] = np.inf
    assert np.isnan(read_corpus(path)[0].log.image[2, 3])


# DLIS


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"\x02GR", b"\x02G\xff", "damaged|lists a channel"),
        (b"\x02ft", b"\x02\xff\xfe", "has the unit 'ÿþ'; use one of m, ft"),
    ],
)
def test_a_dlis_of_broken_names_is_refused(tmp_path: Path, old: bytes, new: bytes, message: str) -> None:
    data = seeds.seeds("dlis")[1]
    with pytest.raises(InputError, match=message):
        read(tmp_path / "d.dlis", data.replace(old, new, 1 if b"GR" in old else -1))


def test_a_dlis_that_declares_rows_larger_than_the_file_is_refused(tmp_path: Path) -> None:
    """The dimension of the image, 16 in one byte, becomes 16,383 in two, of which the second was an absent axis."""
    data = seeds.seeds("dlis")[0]
    with pytest.raises(InputError, match=r"declares 12 rows of 16387 values in \d+ bytes"):
        read(tmp_path / "d.dlis", data.replace(b"%\x12\x10\x00", b"%\x12\xbf\xff", 1))


# Configurations and weights

BOMB = "a0: &a0 [lol]\n" + "".join(f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]\n" for k in range(1, 12))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epochs: [" + "[" * 5000, r"is not YAML \(maximum recursion"),
        ("epochs: 2020-99-99\n", "is not YAML"),
        ("epochs: !!timestamp x\n", "is not YAML"),
        ("epochs: " + "9" * 5000 + "\n", "is not YAML|epochs"),
        (BOMB + "epochs: *a11\n", "c.yaml: "),
        ("seed: 1 # " + "x" * LONG, "has 300010 bytes, which nobody writes by hand"),
        ("learning_rate: .nan\n", "learning_rate: Input should be a finite number"),
        ("model: {channels: 10, heads: 4}\n", "model: .*channels must be a multiple of 4 and of heads, 4, found 10"),
        ("model: {queries: 10000000000000}\n", "model.queries: Input should be less than"),
    ],
)
def test_a_configuration_that_cannot_be_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(InputError, match=message):
        load_config(tmp_path / "c.yaml")


@pytest.mark.parametrize(
    ("change", "message"), [("epochs=[", "is not YAML"), ("epochs.a=1", "holds a value, not keys")]
)
def test_a_change_that_cannot_be_is_named(change: str, message: str) -> None:
    with pytest.raises(InputError, match=f"--set {change.split('=')[0]}.*{message}"):
        load_config(None, ["epochs=3", change])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"threshold": "nan"}, "threshold nan outside"),
        ({"encoder_layers": 60_000}, "60001 layers declared"),
        ({"channels": 99_996}, "numbers declared"),
        ({"heads": 3}, "damaged"),
    ],
)
def test_weights_that_declare_another_network_are_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    from geobfdt.model.checkpoint import load_weights

    data = seeds.seeds("weights")[0]
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    told = header["__metadata__"]
    told["threshold"] = change.pop("threshold", told["threshold"])
    told["model"] = json.dumps(json.loads(told["model"]) | change)
    text = json.dumps(header).encode()
    (tmp_path / "w.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data[8 + size :])
    with pytest.raises(InputError, match=rf"the weights are damaged .*{message}|{message}"):
        load_weights(tmp_path / "w.safetensors")


def test_raw_pads_at_an_infinite_depth_are_refused_before_rows_are_moved_by_it(tmp_path: Path) -> None:
    whole = seeds.dlis("m", "pads")
    depth = struct.pack(">d", 1002.0)
    assert depth in whole
    path = tmp_path / "pads.dlis"
    path.write_bytes(whole.replace(depth, struct.pack(">d", float("inf"))))
    with pytest.raises(InputError, match="row 5 has no depth"):
        formats.read(path)


def test_a_las_3_log_without_data_is_refused_without_a_warning_of_a_library(tmp_path: Path) -> None:
    text = seeds.las_3_image()
    start, end = text.index("\n", text.index("~Log_Data")), text.index("~Tops_Data")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InputError):
            read(tmp_path / "empty.las", text[: start + 1] + text[end:])


def test_a_header_entry_repeated_without_end_takes_no_time(tmp_path: Path) -> None:
    """lasio numbers entries of one name, in the cube of how many there are."""
    text = seeds.survey_las()
    null = next(line for line in text.split("\n") if "NULL" in line) + "\n"
    with pytest.raises(InputError, match=r"its header names NULL \d+ times; keep one"):
        read(tmp_path / "r.las", text.replace(null, null * 400))


def test_a_whole_number_without_end_in_json_is_no_depth(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(seeds.json_picks().replace("1000.0", "9" * 400))
    with pytest.raises(InputError, match="has no depth in column DEPT"):
        formats.read_picks(path)


@pytest.mark.parametrize("shape", ["(2., 16)", "(-3, 16)"])
def test_an_array_whose_header_declares_no_shape_is_refused(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.ones((10, 16)))
    data = path.read_bytes()
    path.write_bytes(data.replace(b"(10, 16)", shape.encode(), 1))
    with pytest.raises(InputError):
        formats.read(path, hole_diameter_m=0.2, reference="north", top_m=1.0, base_m=2.0)


def test_a_word_without_end_and_empty_lines_without_end_in_a_las_take_no_time(tmp_path: Path) -> None:
    text = seeds.las_image()
    with pytest.raises(InputError, match=r"line \d+ has a word of more than 1000 letters"):
        read(tmp_path / "w.las", text + "1011 " + "1 " * 15 + "~" * 120_000)
    with pytest.raises(InputError, match=r"has \d+ empty lines among its data"):
        read(tmp_path / "b.las", text + "\n" * 1_000_000 + "1011 " + "1 " * 16)


def test_a_header_below_the_data_is_counted_like_one_above(tmp_path: Path) -> None:
    """lasio takes time by the cube of the entries of one name."""
    path = tmp_path / "a.las"
    body = "~C\nDEPT.M :\nDEVI.DEG :\n~A\n1 2\n2 3\n~V\nVERS. 2.0 :\nWRAP. NO :\n~W\n" + "STRT.M 0.0 : s\n" * 2000
    path.write_text(body)
    with pytest.raises(InputError, match="its header names STRT 2000 times"):
        formats.read_picks(path)


def test_a_long_image_that_ends_in_a_part_of_a_depth_is_refused(tmp_path: Path) -> None:
    """With two columns of numbers, of which either could say where a line lies."""
    rows = [f"{1000 + 0.5 * depth},{sector + depth % 3},{sector * 7 % 5}" for depth in range(6) for sector in range(16)]
    with pytest.raises(InputError, match=r"has 2 sectors, not 16; the file is cut short"):
        read(tmp_path / "cut.csv", "\n".join(["TDEP_m,A,B", *rows[:-14]]) + "\n", image="B")
