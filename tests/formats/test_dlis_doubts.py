"""What a DLIS says twice, and not alike: frames, sizes of the bit, calipers and depths are told or asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dliswriter import AttrSetup, DLISFile, enums

from geobfdt.errors import InputError, InputWarning
from tests.formats.reading import read, silently

ROWS = 60
DEPTHS = 1000 + 0.01 * np.arange(ROWS)
IMAGE = np.random.default_rng(0).normal(100, 20, (ROWS, 96)).astype(np.float32)
BY_DEPTH, BY_TIME = enums.FrameIndexType.BOREHOLE_DEPTH, enums.FrameIndexType.NON_STANDARD
Channels = dict[str, tuple[Any, str | None]]


def write(path: Path, *frames: tuple[str, str, Channels], bits: tuple[float, ...] = ()) -> Path:
    disk = DLISFile()
    logical = disk.add_logical_file()
    logical.add_origin("ORIGIN", well_name="A-1")
    if bits:
        zones = [
            logical.add_zone(f"Z{k}", domain="BOREHOLE-DEPTH", minimum=1000.0 + k, maximum=1001.0 + k)
            for k in range(len(bits))
        ]
        values = AttrSetup(list(bits), units="in")
        logical.add_parameter("BS", values=values, **({"zones": zones} if len(bits) > 1 else {}))
    for number, (name, index_type, channels) in enumerate(frames):
        added = [
            logical.add_channel(channel, data=values, units=unit, dataset_name=f"{number}_{channel}")
            for channel, (values, unit) in channels.items()
        ]
        logical.add_frame(name, channels=added, index_type=index_type)
    disk.write(str(path), output_chunk_size=2**20)
    return path


def by_depth(**more: tuple[Any, str | None]) -> tuple[str, str, Channels]:
    return "60B", BY_DEPTH, {"TDEP": (DEPTHS, "m"), "FMI_DYN": (IMAGE, None), **more}


def inches(*parts: float) -> tuple[np.ndarray[Any, Any], str]:
    """A channel of so many values, each for an equal part of the rows."""
    return np.repeat(np.array(parts), ROWS // len(parts)), "in"


def test_frames_of_one_name_keep_their_images(tmp_path: Path) -> None:
    frames = [("F", BY_DEPTH, {"TDEP": (DEPTHS, "m"), "IMG": (IMAGE + k, None)}) for k in (0, 500)]
    path = write(tmp_path / "two.dlis", *frames)
    with pytest.raises(InputError, match=r"2 images, 1/F/IMG .96 sectors., 1/F/IMG#2 .96 sectors."):
        read(path)
    np.testing.assert_array_equal(silently(path, image="1/F/IMG").image, IMAGE)
    np.testing.assert_array_equal(silently(path, image="1/F/IMG#2").image, IMAGE + 500)


def test_channels_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "one.dlis", by_depth(FMI_DYX=(IMAGE + 500, None)))
    path.write_bytes(path.read_bytes().replace(b"FMI_DYX", b"FMI_DYN"))
    with pytest.raises(InputError, match="frame 60B lists channel FMI_DYN twice"):
        read(path)


@pytest.mark.parametrize(
    ("bits", "more"),
    [((12.25, 8.5), {}), ((), {"BS": inches(12.25, 8.5)}), ((8.5,), {"BS": inches(6.0)}), ((8.5, 8.5, 6.0), {})],
)
def test_of_several_bit_sizes_none_is_taken(tmp_path: Path, bits: tuple[float, ...], more: Channels) -> None:
    path = write(tmp_path / "b.dlis", by_depth(**more), bits=bits)
    with (
        pytest.warns(InputWarning, match=r"holds several bit sizes, 0\.\d+, 0\.\d+ m, so none of them was taken"),
        pytest.raises(InputError, match="no hole diameter"),
    ):
        read(path, hole_diameter_m=None)
    with pytest.warns(InputWarning, match="several bit sizes"):
        assert read(path, hole_diameter_m=0.2).hole_diameter_m == 0.2


@pytest.mark.parametrize(
    ("bits", "channel"),
    [
        ((8.5, 8.5), inches(8.5)),
        ((8.5,), inches(*[-999.25] * 5, 8.5)),
        ((), inches(*[12.25] + [8.5] * 59)),
        ((8.5,), None),
    ],
)
def test_one_bit_size_however_often_needs_no_word(tmp_path: Path, bits: tuple[float, ...], channel: Any) -> None:
    path = write(tmp_path / "b.dlis", by_depth(**({"BS": channel} if channel else {})), bits=bits)
    assert silently(path, hole_diameter_m=None).hole_diameter_m == pytest.approx(0.2159)


@pytest.mark.parametrize("wild", [-999.0, 0.0, 100.0])
@pytest.mark.parametrize("arms", [("C1", "C2"), ("CALI",)])
def test_calipers_that_no_hole_can_have_are_left_out_and_counted(
    tmp_path: Path, wild: float, arms: tuple[str, ...]
) -> None:
    first = np.full(ROWS, 8.6)
    first[5:20] = wild
    more = {arm: (first if arm == arms[0] else np.full(ROWS, 8.6), "in") for arm in arms}
    with pytest.warns(InputWarning, match=f"15 of 60 values of caliper {arms[0]} are no diameters of a hole"):
        log = read(write(tmp_path / "c.dlis", by_depth(**more)))
    assert log.caliper_m is not None
    np.testing.assert_array_equal(np.isnan(log.caliper_m), first == wild)
    assert np.nanmax(np.abs(log.caliper_m - 8.6 * 0.0254)) < 1e-6


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"CALI": (np.full(ROWS, 8.6), None)}, "caliper CALI has no unit of length and was left out"),
        (
            {"CALI": inches(8.0), "HCAL": inches(11.0)},
            r"calipers differ, HCAL .0\.2794 m., CALI .0\.2032 m., of which HCAL was taken",
        ),
        ({"CALI": inches(4.0)}, r"its caliper says 0\.1016 m in the middle, and the hole diameter is 0\.2 m"),
        ({"C1": inches(16.0), "C2": inches(16.0)}, r"its caliper says 0\.4064 m in the middle"),
    ],
)
def test_doubts_about_a_caliper_are_told(tmp_path: Path, more: Channels, message: str) -> None:
    with pytest.warns(InputWarning, match=message):
        read(write(tmp_path / "c.dlis", by_depth(**more)))


def test_a_caliper_of_nulls_is_none(tmp_path: Path) -> None:
    assert silently(write(tmp_path / "c.dlis", by_depth(CALI=inches(-999.25)))).caliper_m is None


def test_depths_beside_time_must_agree(tmp_path: Path) -> None:
    def frame(**depths: tuple[Any, str | None]) -> tuple[str, str, Channels]:
        return "T", BY_TIME, {"TIME": (np.arange(ROWS) * 500.0, "ms"), **depths, "FMI_DYN": (IMAGE, None)}

    two = frame(DEPT=(DEPTHS + 3, "m"), TDEP=(DEPTHS, "m"))
    with pytest.raises(InputError, match=r"TDEP and DEPT could each be the depths of FMI_DYN, 1000\.0000 m and 1003"):
        read(write(tmp_path / "a.dlis", two))
    same = frame(DEPT=(DEPTHS / 0.3048, "ft"), TDEP=(DEPTHS, "m"))
    np.testing.assert_allclose(silently(write(tmp_path / "b.dlis", same)).depth_m, DEPTHS)
    unknown = frame(TDEP=(DEPTHS / 0.3048, None), DEPT=(DEPTHS, "m"))
    np.testing.assert_allclose(silently(write(tmp_path / "c.dlis", unknown)).depth_m, DEPTHS)
    by_depth_of_another = ("D", BY_DEPTH, {"DEPT": (DEPTHS, "m"), "TDEP": (DEPTHS + 5, "m"), "FMI_DYN": (IMAGE, None)})
    np.testing.assert_allclose(silently(write(tmp_path / "d.dlis", by_depth_of_another)).depth_m, DEPTHS)


def test_rows_without_a_depth_are_left_out_and_counted(tmp_path: Path) -> None:
    depths = DEPTHS.copy()
    depths[7] = -999.25
    frame = ("F", BY_DEPTH, {"TDEP": (depths, "m"), "FMI_DYN": (IMAGE, None)})
    with pytest.warns(InputWarning, match="1 of 60 rows have no depth, the first of them row 8; they were left out"):
        log = read(write(tmp_path / "n.dlis", frame))
    np.testing.assert_array_equal(log.image, np.delete(IMAGE, 7, axis=0))
    depths[5:40] = -9999
    with pytest.raises(InputError, match="row 6 has no depth"):
        read(write(tmp_path / "m.dlis", ("F", BY_DEPTH, {"TDEP": (depths, "m"), "FMI_DYN": (IMAGE, None)})))


@pytest.mark.parametrize("way", [1, -1])
def test_heights_are_no_depths(tmp_path: Path, way: int) -> None:
    frame = ("F", BY_DEPTH, {"TDEP": (-DEPTHS[::way], "m"), "FMI_DYN": (IMAGE, None)})
    with pytest.raises(InputError, match=r"all of its depths are negative, .* as heights are"):
        read(write(tmp_path / "h.dlis", frame))
    above = ("F", BY_DEPTH, {"TDEP": (DEPTHS - 1000.9, "m"), "FMI_DYN": (IMAGE, None)})
    assert silently(write(tmp_path / "a.dlis", above)).depth_m[0] == pytest.approx(-0.9)
