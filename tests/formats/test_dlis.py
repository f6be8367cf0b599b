"""DLIS: images are found in any frame, in any unit and order of depth, and what cannot be told apart is listed."""

import json

import numpy as np
import pytest
from dliswriter import AttrSetup, DLISFile, enums

from geobfdt import formats
from geobfdt.borehole import pad_tools
from geobfdt.borehole.image_log import StoredImage
from geobfdt.borehole.well import Well
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.corpus import write_corpus
from geobfdt.formats.survey import read_survey

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


def test_two_arms_and_where_they_point_make_an_oval_hole(tmp_path, rng):
    arms = {"C1": (np.full(ROWS, 9.0), "in"), "C2": (np.full(ROWS, 8.0), "in"), "P1AZ": (np.full(ROWS, 30.0), "deg")}
    image = rng.normal(size=(ROWS, 192))
    path = write(tmp_path / "o.dlis", by_depth(image, **arms), parameters=[("BS", 8.5, "in")])
    log = formats.read(path, caliper="elliptical")
    assert log.reference == "north", "as the arms are oriented"
    assert log.ovality == pytest.approx(np.tile([np.cos(np.pi / 3) / 17, np.sin(np.pi / 3) / 17], (ROWS, 1)))
    assert log.slice(1000.1, 1000.2).ovality.shape == (11, 2)
    write_corpus(tmp_path / "o.h5", [Well(log)])
    assert formats.read(tmp_path / "o.h5").ovality_at([1000.05])[0] == pytest.approx(log.ovality[0])
    assert formats.read(path, reference="north").ovality is None
    with pytest.raises(InputError, match="oriented by P1AZ, from north; leave out --reference high_side"):
        formats.read(path, caliper="elliptical", reference="high_side")
    one = write(tmp_path / "r.dlis", by_depth(image, CALI=(np.full(ROWS, 9.0), "in")), parameters=[("BS", 8.5, "in")])
    with pytest.raises(InputError, match="no caliper of two arms"):
        formats.read(one, caliper="elliptical", reference="north")
    with pytest.raises(InputError, match="only a DLIS gives the arms"):
        formats.read(tmp_path / "o.h5", caliper="elliptical")


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
    (part,) = json.loads(run("info", path, "--json")[1])["parts"]
    assert part["images"] == ["FMI_DYN"]


def test_a_real_file_without_an_image_says_so(shared_data):
    path = shared_data / "dlis_no_image" / "206_05a-3_wireline.dlis"
    frames = formats.contents(path)
    assert [(part.rows, len(part.channels)) for part in frames] == [(921, 4), (2301, 43)]
    with pytest.raises(InputError, match="holds no image"):
        formats.read(path, reference="north", hole_diameter_m=0.2159)


@pytest.mark.parametrize("null", [-999999.0, -999.0, 1e30])
@pytest.mark.parametrize("small", [1.0, StoredImage.SMALL_BYTES])
def test_nulls_of_another_program_are_taken_out_with_a_word(tmp_path, rng, monkeypatch, null, small):
    image = rng.normal(100, 20, size=(ROWS, 32)).astype(np.float32)
    image[:, 3::4] = null
    monkeypatch.setattr(StoredImage, "SMALL_BYTES", small)
    path = write(tmp_path / "n.dlis", by_depth(image))
    with pytest.warns(InputWarning, match=r"image FMI_DYN: .* stands in 320 of 1280 values, .*taken for null"):
        log = formats.read(path, reference="north", hole_diameter_m=0.2)
    np.testing.assert_array_equal(np.isnan(np.asarray(log.image)), image == np.float32(null))
    kept = formats.read(path, reference="north", hole_diameter_m=0.2, nulls=())
    np.testing.assert_array_equal(np.asarray(kept.image), image)


def test_a_null_in_raw_pads_does_not_become_rock(tmp_path):
    name, index_type, channels = pads_by_depth()
    holes = channels["FCA1"][0].copy()
    holes[100:150] = -99999
    channels["FCA1"] = (holes, None)
    path = write(tmp_path / "holes.dlis", (name, index_type, channels), parameters=[("BS", 8.5, "in")])
    with pytest.warns(InputWarning, match="channel FCA1: -99999 stands in 600 of 6000 values"):
        log = formats.read(path)
    assert fitted_plane(log) == pytest.approx((1000.6, 40.0, 200.0), abs=0.7)
    assert np.nanmin(log.image) > 0


def test_single_pads_and_distributions_are_not_taken_for_images_unasked(tmp_path, rng):
    depth = 1000 + 0.01 * np.arange(ROWS)
    pads = {f"PAD{k}_IMG": (rng.normal(size=(ROWS, 16)), None) for k in (1, 2, 3, 4)}
    frame = ("60B", enums.FrameIndexType.BOREHOLE_DEPTH, {"TDEP": (depth, "m"), **pads})
    path = write(tmp_path / "pads.dlis", frame)
    options = {"reference": "north", "hole_diameter_m": 0.2}
    with pytest.raises(InputError, match=r"PAD1_IMG .* look like single pads .*--image NAME"):
        formats.read(path, **options)
    assert formats.read(path, image="pad3_img", **options).columns == 16
    for channel, unit in (("T2_DIST", "m3/m3"), ("WF2", None), ("RLA5", "ohm.m"), ("MFC_R", "in")):
        channels = {"TDEP": (depth, "m"), channel: (rng.normal(size=(ROWS, 30)), unit)}
        path = write(tmp_path / "one.dlis", ("60B", enums.FrameIndexType.BOREHOLE_DEPTH, channels))
        with pytest.raises(InputError, match=f"{channel} may be no image of the wall: .*--image {channel}"):
            formats.read(path, **options)


def test_a_log_by_time_whose_depth_hangs_loses_a_few_rows_or_is_refused(tmp_path, rng):
    image = rng.normal(100, 20, size=(ROWS, 32)).astype(np.float32)
    once = 1000 + 0.01 * np.arange(ROWS)
    once[20] = once[18]
    options = {"reference": "north", "hole_diameter_m": 0.2}
    with pytest.warns(InputWarning, match="1 of 40 rows stand still or step back, the first of them at row 21"):
        log = formats.read(write(tmp_path / "once.dlis", by_depth(image, once)), **options)
    np.testing.assert_array_equal(log.image, np.delete(image, 20, axis=0))
    often = 1000 + 0.01 * np.arange(ROWS)
    often[3:40:6] = often[2:39:6] - 1e-9  # the same depth, computed in two ways
    by_time = {"TIME": (np.arange(ROWS) * 0.5, "s"), "TDEP": (often, "m"), "ROAB": (image, "ohm.m")}
    path = write(tmp_path / "often.dlis", ("60T", enums.FrameIndexType.NON_STANDARD, by_time))
    with pytest.raises(InputError, match=r"as 7 of 40 rows do; .* more decimals or, .* by depth instead of by time"):
        formats.read(path, **options)


PAD_ROWS, PAD_STEP_M = 500, 0.00254
PAD_DEPTH = 1000 + PAD_STEP_M * np.arange(PAD_ROWS)


def raw_pads(tool, pad_one_deg, dip_deg=40.0, azimuth_deg=200.0, at_m=1000.6, diameter_m=0.2159, moved=False):
    """Channels of a tool that measured a dark plane in rock with a fine, even texture."""
    channels = {}
    for row in tool.rows:
        towards = (pad_one_deg + (row.pad - 1) * 360 / tool.pads)[:, None]
        towards = np.radians(towards + row.across_m(12) * 360 / (np.pi * diameter_m))
        trace = at_m + diameter_m / 2 * np.tan(np.radians(dip_deg)) * np.cos(towards - np.radians(azimuth_deg))
        depth = PAD_DEPTH[:, None] + (0.0 if moved else row.depth_offset_m)
        rock = 100 + 5 * np.sin(60 * depth) + 5 * np.sin(170 * depth + 1) + 5 * np.sin(430 * depth)
        values = rock - 75 * np.exp(-(((depth - trace) / 0.005) ** 2))
        channels[row.channel] = (values.astype(np.float32), None)
    return channels


def pads_by_depth(tool=pad_tools.FMI, orientation="P1AZ", turn_deg=0.0, name="1B", **more):
    turning = (30.0 + 40.0 * (PAD_DEPTH - 1000.0) + turn_deg) % 360
    channels = raw_pads(tool, turning - turn_deg) | more
    if orientation:
        channels[orientation] = (turning, "deg")
    return (name, enums.FrameIndexType.BOREHOLE_DEPTH, {"TDEP": (PAD_DEPTH, "m"), **channels})


def fitted_plane(log):
    """(depth, dip, azimuth) of the sinusoid through the dark pixels of a log."""
    row, column = np.nonzero(log.image < 55)
    theta = np.radians(log.column_azimuths_deg[column])
    shape = np.column_stack([np.ones_like(theta), np.cos(theta), np.sin(theta)])
    (z0, a, b), *_ = np.linalg.lstsq(shape, log.depth_m[row], rcond=None)
    return z0, np.degrees(np.arctan(np.hypot(a, b) / log.radius_m)), np.degrees(np.arctan2(b, a)) % 360


@pytest.mark.parametrize("tool", pad_tools.PAD_TOOLS, ids=lambda tool: tool.name)
def test_raw_pads_become_an_image_that_the_file_itself_orients(tmp_path, tool):
    path = write(tmp_path / "pads.dlis", pads_by_depth(tool), parameters=[("BS", 8.5, "in")])
    log = formats.read(path)
    assert (log.name, log.reference, log.columns) == (tool.label, "north", 360)
    assert log.hole_diameter_m == pytest.approx(0.2159)
    assert fitted_plane(log) == pytest.approx((1000.6, 40.0, 200.0), abs=0.7)
    assert fitted_plane(log)[0] == pytest.approx(1000.6, abs=0.002)


def test_info_lists_pads_and_image_picks_them_beside_another_image(run, tmp_path, rng):
    frame = pads_by_depth(FMI_DYN=(rng.normal(size=(PAD_ROWS, 180)), None))
    path = write(tmp_path / "both.dlis", frame, parameters=[("BS", 8.5, "in")])
    assert "images: FMI_DYN, pads FCA1..FCD4" in run("info", path)[1]
    with pytest.raises(InputError, match=r"2 images, FMI_DYN \(180 sectors\), pads FCA1..FCD4 \(360 sectors\)"):
        formats.read(path)
    assert formats.read(path, image="PADS fca1..fcd4").columns == 360
    assert formats.read(path, image="FMI_DYN", reference="north").columns == 180


def test_pads_lacking_a_row_are_no_image(run, tmp_path):
    name, index_type, channels = pads_by_depth()
    del channels["FCC3"]
    path = write(tmp_path / "part.dlis", (name, index_type, channels))
    assert "images: none" in run("info", path)[1]


def test_orientation_and_caliper_may_stand_in_a_frame_of_their_own(tmp_path):
    """One reading every 15 cm, over north in between; and the hole is as wide as the caliper says, not the bit."""
    depth = np.arange(999.0, 1002.0, 0.15)
    turning = (350.0 + 40.0 * (depth - 1000.0)) % 360
    name, index_type, channels = pads_by_depth(orientation=None)
    channels |= raw_pads(pad_tools.FMI, 350.0 + 40.0 * (PAD_DEPTH - 1000.0))
    beside = {"DEPT": (depth, "m"), "P1NO_FBST_S": (turning, "deg"), "HCAL": (np.full(len(depth), 8.5), "in")}
    path = write(
        tmp_path / "two.dlis", (name, index_type, channels), ("60B", index_type, beside), parameters=[("BS", 6.0, "in")]
    )
    log = formats.read(path)
    assert log.caliper_m == pytest.approx(0.2159)
    # Dips are of the bit's hole in this fit; depth and azimuth are not.
    z0, _, azimuth = fitted_plane(log)
    assert (z0, azimuth) == pytest.approx((1000.6, 200.0), abs=0.7)


def test_pads_oriented_by_relative_bearing_count_from_the_high_side(tmp_path):
    path = write(tmp_path / "rb.dlis", pads_by_depth(orientation="RB_FBST_S"), parameters=[("BS", 8.5, "in")])
    assert formats.read(path).reference == "high_side"
    with pytest.raises(InputError, match=r"oriented by RB_FBST_S, from high side; leave out --reference north"):
        formats.read(path, reference="north")


def test_of_two_orientations_the_user_may_choose(tmp_path):
    turning = (30.0 + 40.0 * (PAD_DEPTH - 1000.0)) % 360
    frame = pads_by_depth(orientation="P1AZ", turn_deg=90.0, RB=(turning, "deg"))
    path = write(tmp_path / "both.dlis", frame, parameters=[("BS", 8.5, "in")])
    for reference, azimuth, asked in (
        ("north", 290.0, None),
        ("north", 290.0, "north"),
        ("high_side", 200.0, "high_side"),
    ):
        log = formats.read(path, reference=asked)
        assert log.reference == reference
        assert fitted_plane(log)[2] == pytest.approx(azimuth, abs=0.7)


def test_pads_without_orientation_or_width_of_the_hole_say_what_is_missing(tmp_path):
    path = write(tmp_path / "lost.dlis", pads_by_depth(orientation=None), parameters=[("BS", 8.5, "in")])
    with pytest.raises(InputError, match=r"lost\.dlis: pads FCA1..FCD4 have no orientation, none of .* P1AZ, .*export"):
        formats.read(path, reference="north")
    path = write(tmp_path / "wide.dlis", pads_by_depth())
    with pytest.raises(InputError, match=r"need the width of the hole, .* give it in metres with --hole-diameter"):
        formats.read(path)
    assert fitted_plane(formats.read(path, hole_diameter_m=0.2159))[1] == pytest.approx(40.0, abs=0.7)
    odd = pads_by_depth(orientation=None, P1AZ=(np.zeros(PAD_ROWS), "m"))
    with pytest.raises(InputError, match="P1AZ has the unit 'm'; use deg or rad"):
        formats.read(write(tmp_path / "odd.dlis", odd), hole_diameter_m=0.2159)


def test_rows_of_pads_that_were_moved_to_their_depths_before_are_left_there(tmp_path):
    name, index_type, channels = pads_by_depth()
    channels |= raw_pads(pad_tools.FMI, (30.0 + 40.0 * (PAD_DEPTH - 1000.0)) % 360, moved=True)
    path = write(tmp_path / "moved.dlis", (name, index_type, channels), parameters=[("BS", 8.5, "in")])
    with pytest.warns(InputWarning, match="agree best at the depths they stand at, so they were not moved"):
        log = formats.read(path)
    assert fitted_plane(log) == pytest.approx((1000.6, 40.0, 200.0), abs=0.7)


def test_pads_of_a_long_log_recorded_upwards_stay_in_the_file(tmp_path, monkeypatch):
    name, index_type, channels = pads_by_depth()
    up = {channel: (values[::-1].copy(), unit) for channel, (values, unit) in channels.items()}
    parameters = [("BS", 8.5, "in")]
    down = formats.read(write(tmp_path / "down.dlis", (name, index_type, channels), parameters=parameters))
    path = write(tmp_path / "up.dlis", (name, index_type, up), parameters=parameters)
    monkeypatch.setattr(StoredImage, "SMALL_BYTES", 1.0)
    with pytest.warns(InputWarning, match="turned over"):
        log = formats.read(path)
    assert isinstance(log.image, StoredImage)
    np.testing.assert_allclose(log.image[200:220], down.image[200:220], rtol=1e-3)
    np.testing.assert_allclose(np.asarray(log.image), down.image, rtol=1e-3)
