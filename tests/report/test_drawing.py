"""What a report is drawn from: strips at round depths, pictures within their size, poles where others have them."""

import io
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from geobfdt.borehole.curve import Curve
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.report.figures import Look, Shown
from geobfdt.report.image_tiles import BYTES_PER_M, Tiles, encoded, pixels
from geobfdt.report.markdown import markdown_html
from geobfdt.report.net import great_circle, on_net
from geobfdt.report.overlays import CurveLine, Planes, curves_svg, traces_svg
from geobfdt.report.paper import Line, paper, sheet, table_lines, text_pages, text_sheet
from geobfdt.report.scale import DepthScale, Strip, strips_of
from geobfdt.report.words import in_words


def log_of(top_m, length_m, step_m=0.01, columns=36, diameter_m=0.2):
    depth_m = top_m + (np.arange(round(length_m / step_m)) + 0.5) * step_m
    image = np.random.default_rng(0).normal(size=(len(depth_m), columns))
    return ImageLog(image, depth_m, diameter_m, well="W")


@settings(deadline=None)
@given(st.floats(0, 5000), st.floats(1, 60), st.sampled_from(["m", "ft"]))
def test_strips_break_at_round_depths_and_leave_nothing_out(top_m, length_m, unit):
    log, scale = log_of(top_m, length_m, 0.05, 4), DepthScale(20, unit)
    strips = strips_of(log, scale)
    assert strips[0].top_m <= log.top_m + 1e-5
    assert strips[-1].base_m >= log.base_m - 1e-5
    for one, other in pairwise(strips):
        assert one.base_m == other.top_m
        assert one.base_m / scale.metres == pytest.approx(round(one.base_m / scale.metres), abs=1e-6)


def test_a_gap_of_the_log_has_no_strip():
    depth_m = np.concatenate([np.arange(0, 8, 0.01), np.arange(40, 46, 0.01)])
    strips = strips_of(ImageLog(np.zeros((len(depth_m), 4)), depth_m, 0.2), DepthScale())
    assert not any(strip.top_m < 39 and strip.base_m > 9 for strip in strips)
    assert {strip.top_m for strip in strips} >= {0.0, 40.0}


@pytest.mark.parametrize("columns", [36, 144, 720])
def test_pictures_stay_within_their_size_however_fine_the_log(columns):
    log = log_of(100.0, 8.0, 0.001, columns)
    tiles = Tiles(Shown(log, Look()), tuple(strips_of(log, DepthScale())))
    size = sum(len(tile.data) for strip in tiles.strips for tile in tiles.of(strip))
    assert size < 1.3 * 8 * BYTES_PER_M


def test_missing_pixels_are_transparent_and_others_keep_their_place():
    log = log_of(100.0, 1.0)
    log.image[:] = 0.0
    log.image[50:] = 1.0
    log.image[:, 3] = np.nan
    drawn = np.asarray(Image.open(io.BytesIO(encoded(pixels(log, 100)))))
    assert drawn.shape == (100, 36, 4)
    assert (drawn[:, 3, 3] == 0).all()
    assert (np.delete(drawn[..., 3], 3, axis=1) == 255).all()
    assert drawn[0, 0, :3].sum() < drawn[99, 0, :3].sum()


@settings(deadline=None)
@given(st.floats(1, 89), st.floats(0, 359.9))
def test_poles_and_great_circles_lie_where_mplstereonet_puts_them(dip, azimuth):
    from mplstereonet.stereonet_math import plane, pole
    from mplstereonet.stereonet_transforms import LambertTransform

    schmidt = LambertTransform(0, 0, 75)

    def placed(lon, lat):
        """Theirs has a radius of root 2, and y to the north."""
        at = schmidt.transform(np.column_stack([np.ravel(lon), np.ravel(lat)]))
        return at * [1, -1] / np.sqrt(2)

    assert on_net(dip, azimuth)[0] == pytest.approx(placed(*pole(azimuth - 90, dip))[0], abs=1e-6)
    theirs, ours = placed(*plane(azimuth - 90, dip)), great_circle(dip, azimuth)
    nearest = np.linalg.norm(theirs[:, None] - ours[None], axis=-1).min(1)
    assert nearest.max() < 0.03


def test_a_trace_is_the_plane_in_the_hole():
    log = log_of(100.0, 4.0)
    planes = Planes.of(log, Picks([102.0], [60.0], [90.0], kind="fracture"), DepthScale(), np.array([1]))
    drawn = traces_svg(planes, Strip(100.0, 105.0))
    (path,) = re.findall(r'class="line" d="M0 (\S+?)l([^"]+)"', drawn)
    down = np.concatenate([[float(path[0])], float(path[0]) + np.cumsum([int(n) for n in path[1].split()[1::2]])])
    expected = 1000 * (2.0 + 0.1 * np.tan(np.radians(60)) * np.cos(np.radians(np.arange(0, 361, 6) - 90)))
    assert down == pytest.approx(expected, abs=1.0)


def test_a_curve_breaks_at_its_gaps_and_keeps_inside_its_track():
    depth_m = np.arange(100, 102, 0.1)
    values = np.where((depth_m > 100.75) & (depth_m < 101.15), np.nan, 50 + 100 * (depth_m > 101.5))
    drawn = curves_svg([CurveLine(Curve("GR", "", "", depth_m, values), 0.0, 100.0)], Strip(100.0, 102.0))
    paths = re.findall(r' d="M([^"]+)"', drawn)
    assert len(paths) == 2
    across = [int(point.split()[0]) for path in paths for point in path.split("L")]
    assert (min(across), max(across)) == (500, 1010)


def test_a_pdf_has_its_title_and_bookmarks_that_lead_to_their_pages(tmp_path):
    with paper(tmp_path / "a.pdf", "Well Ä", "note", 3) as made:
        for mark in ("Title", "Log", "Log"):
            made.add(sheet(), mark)
    data = (tmp_path / "a.pdf").read_bytes()
    assert data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") == 3
    outline = re.search(rb"/Type /Outlines\s+/Count (\d+)", data)
    assert outline is not None
    assert int(outline[1]) == 2
    # The place of an object that was written twice is that of the second.
    start = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    table = data[start:].split(b"\n")
    root = int(re.findall(rb"/Root (\d+) 0 R", data)[-1])
    catalogue = data[int(table[2 + root].split()[0]) :][:300]
    assert b"/Outlines" in catalogue


def test_pages_of_text_hold_every_line_and_leave_no_heading_alone():
    lines = [Line(((0.0, f"line {k}"),), keep=k == 54) for k in range(120)]
    pages = text_pages(lines)
    assert sum(map(len, pages)) == 120
    assert not any(page[-1].keep for page in pages)
    assert len(text_sheet(pages[0]).texts) == len(pages[0])


def test_a_table_too_wide_for_its_words_is_smaller_and_one_with_long_cells_wraps():
    wide = table_lines([f"column{k}" for k in range(16)], [["0.123"] * 16])
    assert wide[0].size < 9
    wrapped = table_lines(["a", "b"], [["short", "many words " * 30]])
    assert len(wrapped) > 4
    assert all(line.cells[-1][0] < 60 for line in wrapped if line.cells)


@pytest.mark.parametrize(
    ("names", "row"),
    [
        (("mean dip / azimuth", "kappa", "95 % cone (°)"), ("46.6 / 274", "2.1", "56.9")),
        (("kind", "planes", *["P32, cut 15° (m²/m³)"] * 4), ("bedding", "26", *["2.38 (0.93 to 5.00)"] * 4)),
    ],
)
def test_the_bold_names_of_columns_do_not_run_into_each_other(names, row):
    figure = text_sheet(table_lines(names, [row]))
    canvas = FigureCanvasAgg(figure)
    ends = [text.get_window_extent(canvas.get_renderer()) for text in figure.texts[: len(names)]]
    assert [text.get_text().split()[0] for text in figure.texts[: len(names)]] == [name.split()[0] for name in names]
    millimetre = figure.dpi / 25.4
    assert all(left.x1 + millimetre < right.x0 for left, right in pairwise(ends))


def test_a_card_is_rendered_and_what_looks_like_html_in_it_is_text():
    drawn = markdown_html("# Weights\n\n| a | b |\n|--|--:|\n| x | 1 |\n\n<script>alert(1)</script>")
    assert "<h3>Weights</h3>" in drawn
    assert "<td>x</td>" in drawn
    assert "<script>" not in drawn


def test_words_say_what_was_found_how_sure_and_what_to_look_at():
    log = log_of(100.0, 10.0)
    picks = Picks([101.0, 102.0, 103.0, 104.0, 105.0], 30.0, 90.0, kind="bedding", confidence=[0.9, 0.9, 0.9, 0.8, 0.5])
    told = in_words(log, picks, [], DepthScale(), calibrated=True)
    assert "were picked: 5 bedding planes at 30° towards 90° on average" in told
    assert "about 1 of 5 are wrong" in told
    assert "the one pick below a confidence of 0.6" in told
    assert "wrong" not in in_words(log, picks, [], DepthScale(), calibrated=False)


@pytest.mark.parametrize(("length_m", "ratio"), [(3, 20), (470, 20), (500, 50), (2000, 100), (50_000, 500)])
def test_a_long_log_is_drawn_smaller_where_nobody_says_a_scale(length_m, ratio):
    assert DepthScale.fitting(length_m) == DepthScale(ratio)
