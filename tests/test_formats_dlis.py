"""DLIS: images are found in any frame, in any unit and order of depth, and what cannot be told apart is listed."""

import json

import numpy as np
import pytest
from dliswriter import AttrSetup, DLISFile, enums

from geobfdt import formats
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.survey import read_survey
from geobfdt.image_log import StoredImage

TENTH_INCH_M = 0.00254
ROWS = 40


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def write(path, *frames, well="34/2-A", parameters=()):
    """A file of one logical file; frames are (name, index type, {channel: (values, unit)})."""
    disk = DLISFile()
    logical = disk.add_logical_file()
    logical.add_origin("ORIGIN", well_name=well)
    for name, value, unit in parameters:
        logical.add_parameter(name, values=AttrSetup(value, units=unit))
    for number, (name, index_type, channels) in enumerate(frames):
        added = [
            logical.add_channel(channel, data=values, units=unit, dataset_name=f"{number}_{channel}")
            for channel, (values, unit) in channels.items()
        ]
        logical.add_frame(name, channels=added, index_type=index_type)
    disk.write(str(path), output_chunk_size=2**20)  # the default one takes 4 GB of memory
    return path


def by_depth(image, depth=None, unit="m", **more):
    depth = 1000 + 0.01 * np.arange(len(image)) if depth is None else depth
    return ("60B", enums.FrameIndexType.BOREHOLE_DEPTH, {"TDEP": (depth, unit), "FMI_DYN": (image, None), **more})


def test_an_image_recorded_upwards_in_tenths_of_inches_comes_out_downwards_in_metres(tmp_path, rng):
    image = rng.normal(size=(ROWS, 360)).astype(np.float32)
    image[3, 5] = -9999
    up = (1000 + 0.01 * np.arange(ROWS))[::-1] / TENTH_INCH_M
    path = write(tmp_path / "up.dlis", by_depth(image, up, "0.1 in"), parameters=[("BS", 8.5, "in")])
    with pytest.warns(InputWarning, match="turned over"):
        log = formats.read(path, reference="north")
    assert log.depth_m == pytest.approx(1000 + 0.01 * np.arange(ROWS))
    assert (log.well, log.name) == ("34/2-A", "FMI_DYN")
    assert log.hole_diameter_m == pytest.approx(0.2159)
    np.testing.assert_array_equal(np.isnan(log.image), image[::-1] == -9999)
    np.testing.assert_array_equal(log.image[0], image[-1])


def test_the_caliper_beside_an_image_is_the_mean_of_its_arms(tmp_path, rng):
    arms = {"C1": (np.full(ROWS, 8.0), "in"), "C2": (np.linspace(8.0, 10.0, ROWS), "in")}
    path = write(tmp_path / "c.dlis", by_depth(rng.normal(size=(ROWS, 192)), **arms), parameters=[("BS", 8.5, "in")])
    log = formats.read(path, reference="north")
    assert log.caliper_m == pytest.approx(np.linspace(8.0, 9.0, ROWS) * 0.0254)


def test_an_image_in_a_frame_by_time_takes_its_depths_from_the_channel_beside_it(tmp_path, rng):
    channels = {
        "TIME": (np.arange(ROWS) * 0.5, "ms"),
        "TDEP": ((500 + 0.01 * np.arange(ROWS)) / 0.3048, "ft"),
        "ARRAY_WBI_H": (rng.normal(size=(ROWS, 56)), None),
    }
    path = write(tmp_path / "t.dlis", ("500T", enums.FrameIndexType.NON_STANDARD, channels))
    log = formats.read(path, reference="high_side", hole_diameter_m=0.2159)
    assert log.depth_m == pytest.approx(500 + 0.01 * np.arange(ROWS))


def test_the_way_the_hole_runs_comes_out_of_the_frame_that_has_it(tmp_path, rng):
    depth = 1000 + 0.5 * np.arange(ROWS)
    hole = {
        "TDEP": (depth / 0.3048, "ft"),
        "DEVI": (np.linspace(10, 20, ROWS), "deg"),
        "HAZI_S": (np.full(ROWS, 725.0), "deg"),
    }
    frame = ("GPIT", enums.FrameIndexType.BOREHOLE_DEPTH, hole)
    path = write(tmp_path / "s.dlis", by_depth(rng.normal(size=(ROWS, 192))), frame)
    deviation, azimuth = read_survey(path).at([1000.0, 1000 + 0.5 * (ROWS - 1)])
    assert deviation == pytest.approx([10, 20])
    assert azimuth == pytest.approx([5, 5])
    with pytest.raises(InputError, match="no frame of it holds"):
        read_survey(write(tmp_path / "n.dlis", by_depth(rng.normal(size=(ROWS, 192)))))


def test_large_images_stay_in_the_file(tmp_path, rng, monkeypatch):
    image = rng.normal(size=(ROWS, 64)).astype(np.float32)
    path = write(tmp_path / "large.dlis", by_depth(image, GR=(np.arange(ROWS) * 1.0, "gAPI")))
    monkeypatch.setattr(StoredImage, "SMALL_BYTES", 1.0)
    log = formats.read(path, reference="north", hole_diameter_m=0.2)
    assert isinstance(log.image, StoredImage)
    np.testing.assert_array_equal(log.image[7:11], image[7:11])
    np.testing.assert_array_equal(np.asarray(log.image), image)


def test_of_several_images_one_is_asked_for_by_the_name_that_tells_it_apart(tmp_path, rng):
    first, second = rng.normal(size=(2, ROWS, 180))
    depth = 1000 + 0.01 * np.arange(ROWS)
    frames = [
        (name, enums.FrameIndexType.BOREHOLE_DEPTH, {"DEPT": (depth, "m"), "FMI_DYN": (image, None)})
        for name, image in (("MAIN", first), ("REPEAT", second))
    ]
    path = write(tmp_path / "two.dlis", *frames)
    options = {"reference": "north", "hole_diameter_m": 0.2}
    with pytest.raises(InputError, match=r"2 images, MAIN/FMI_DYN \(180 sectors\), REPEAT/FMI_DYN"):
        formats.read(path, **options)
    log = formats.read(path, image="repeat/fmi_dyn", **options)
    np.testing.assert_allclose(log.image, second, rtol=1e-6)


BY_TIME = (
    "T",
    enums.FrameIndexType.NON_STANDARD,
    {"TIME": (np.arange(4.0), "s"), "IMG": (np.ones((4, 36)), None)},
)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (by_depth(np.zeros((ROWS, 8))), "holds no image, that is a channel of at least 16"),
        (by_depth(np.zeros((ROWS, 36)), unit=None), "depth channel TDEP has no unit"),
        (BY_TIME, "image IMG has no depths"),
    ],
)
def test_what_cannot_be_read_for_certain_is_said(tmp_path, frame, message):
    with pytest.raises(InputError, match=message):
        formats.read(write(tmp_path / "w.dlis", frame), reference="north", hole_diameter_m=0.2)


def test_a_damaged_file_is_called_damaged(tmp_path, rng):
    path = write(tmp_path / "whole.dlis", by_depth(rng.normal(size=(ROWS, 36))))
    (tmp_path / "cut.dlis").write_bytes(path.read_bytes()[:3000])
    (tmp_path / "text.dlis").write_text("DEPTH,IMG\n" * 100)
    for name in ("cut", "text"):
        with pytest.raises(InputError, match=r"\.dlis: .*(damaged|no image)"):
            formats.read(tmp_path / f"{name}.dlis", reference="north", hole_diameter_m=0.2)


def test_info_lists_what_a_file_holds(run, tmp_path, rng):
    path = write(tmp_path / "i.dlis", by_depth(rng.normal(size=(ROWS, 192)), GR=(np.ones(ROWS), "gAPI")))
    code, printed, _ = run("info", path)
    assert code == 0
    assert "frame 60B, 34/2-A: 40 rows by TDEP, 1000.00 to 1000.39 m" in printed
    assert "FMI_DYN[192], GR (gAPI)" in printed
    assert "images: FMI_DYN" in printed
    (part,) = json.loads(run("info", path, "--json")[1])
    assert part["images"] == ["FMI_DYN"]


def test_a_real_file_without_an_image_says_so(shared_data):
    path = shared_data / "dlis_no_image" / "206_05a-3_wireline.dlis"
    frames = formats.contents(path)
    assert [(part.rows, len(part.channels)) for part in frames] == [(921, 4), (2301, 43)]
    with pytest.raises(InputError, match="holds no image"):
        formats.read(path, reference="north", hole_diameter_m=0.2159)
