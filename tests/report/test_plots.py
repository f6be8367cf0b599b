"""Pictures of logs: lines lie on what they mark, axes point the right way, files are whole or absent."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.quiver import Quiver
from numpy.typing import NDArray

from geobfdt.borehole.geometry import trace_depths_m
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.report.plots import DIP_ENDS_DEG, log_figure, plot_log

HOLE_M = 0.2159
STEP_M = 0.01


def log_of(length_m: float, planes: Picks | None = None, **fields: object) -> ImageLog:
    """A bright log on which every plane draws a dark line three rows wide."""
    planes = Picks() if planes is None else planes
    depth_m = 100.0 + np.arange(round(length_m / STEP_M)) * STEP_M
    log = replace(ImageLog(np.ones((len(depth_m), 90)), depth_m, HOLE_M, well="W", name="AMP"), **fields)
    traces_m = trace_depths_m(planes.depth_m, planes.dip_deg, planes.azimuth_deg, HOLE_M, log.column_azimuths_deg)
    distance_m = np.abs(depth_m[None, :, None] - traces_m[:, None, :]).min(axis=0, initial=np.inf)
    return replace(log, image=100.0 - 90.0 * np.exp(-((distance_m / (1.5 * STEP_M)) ** 2)))


def image_axes(figure: Figure) -> list[Axes]:
    return [axis for axis in figure.axes if axis.images]


def tadpole_axes(figure: Figure) -> list[Axes]:
    return [axis for axis in figure.axes if axis.get_xlim() == DIP_ENDS_DEG]


def traces(axis: Axes) -> list[NDArray[np.float64]]:
    """The (azimuth, depth) points of every sinusoid drawn."""
    lines = axis.collections[-1]
    assert isinstance(lines, LineCollection)
    return [np.asarray(segment) for segment in lines.get_segments()]


@pytest.mark.parametrize("length_m", [4.0, 80.0])
@pytest.mark.parametrize("first_azimuth_deg", [0.0, 30.0, 180.0])
def test_a_sinusoid_is_drawn_along_the_dark_line_of_its_plane(length_m: float, first_azimuth_deg: float) -> None:
    plane = Picks(np.array([102.0]), 70.0, 250.0, "fracture")
    figure = log_figure(log_of(length_m, plane, first_azimuth_deg=first_azimuth_deg), {"truth": plane})
    (axis,) = image_axes(figure)
    pixels = axis.images[0].get_array()
    assert pixels is not None
    left, right, base_m, top_m = axis.images[0].get_extent()
    rows, columns = pixels.shape
    row_m = (base_m - top_m) / rows
    darkest_m = top_m + (np.argmin(pixels, axis=0) + 0.5) * row_m
    column_deg = left + (np.arange(columns) + 0.5) * (right - left) / columns
    (trace,) = traces(axis)
    drawn_m = np.interp(column_deg, trace[:, 0], trace[:, 1])
    np.testing.assert_allclose(drawn_m, darkest_m, atol=1.01 * max(row_m, STEP_M))


def test_depth_runs_down_and_azimuth_starts_where_the_image_does() -> None:
    (axis,) = image_axes(log_figure(log_of(4.0, first_azimuth_deg=180.0), {}))
    lower, upper = axis.get_ylim()
    assert lower > upper
    assert [label.get_text() for label in axis.get_xticklabels()] == list("SWNES")
    (axis,) = image_axes(log_figure(log_of(4.0, reference="high_side", first_azimuth_deg=45.0), {}))
    assert [label.get_text() for label in axis.get_xticklabels()] == ["90", "180", "270", "0"]
    assert "high side" in axis.get_xlabel().replace("\n", " ")


def test_tails_of_tadpoles_point_to_their_azimuth_on_paper() -> None:
    picks = Picks(np.array([101.0, 102.0, 103.0]), 30.0, np.array([0.0, 90.0, 225.0]), "bedding")
    (axis,) = tadpole_axes(log_figure(log_of(4.0), {"truth": picks}))
    (tails,) = [one for one in axis.collections if isinstance(one, Quiver)]
    assert tails.angles == "uv"
    diagonal = np.sqrt(0.5)
    np.testing.assert_allclose(tails.U, [0.0, 1.0, -diagonal], atol=1e-12)
    np.testing.assert_allclose(tails.V, [1.0, 0.0, -diagonal], atol=1e-12)


def test_each_set_has_its_own_panel_and_says_how_many_planes_cross_the_interval() -> None:
    truth = Picks(np.array([101.0, 101.5, 103.9]), 60.0, 10.0, np.array(["fracture", "bedding", "bedding"]))
    figure = log_figure(log_of(4.0), {"truth": truth, "none": Picks()}, base_m=103.8)
    first, second = image_axes(figure)
    assert first.get_title() == "truth\n1 fracture, 1 bedding plane"
    assert second.get_title() == "none\nno picks"
    # The third plane crosses the axis below the interval, and its trace reaches into it.
    assert [len(traces(axis)) for axis in (first, second)] == [3, 0]


def test_lower_confidence_is_paler_and_none_is_full() -> None:
    picks = Picks(np.array([101.0, 102.0, 103.0]), 60.0, 10.0, "fracture", confidence=np.array([0.1, 0.9, np.nan]))
    (axis,) = image_axes(log_figure(log_of(4.0), {"picks": picks}))
    low, high, full = np.asarray(axis.collections[-1].get_edgecolor())[:, 3]
    assert 0 < low < high < full == 1


def test_a_long_log_makes_a_picture_that_can_still_be_opened() -> None:
    figure = log_figure(log_of(500.0), {"picks": Picks()})
    assert figure.get_figheight() <= 24
    pixels: Any = image_axes(figure)[0].images[0].get_array()
    assert pixels is not None
    assert len(pixels) <= 24 * 150


def test_gaps_stay_blank_and_jittering_depths_leave_none() -> None:
    log = log_of(4.0)
    keep = (log.depth_m < 101.0) | (log.depth_m > 102.0)
    gap = image_axes(log_figure(replace(log, image=log.image[keep], depth_m=log.depth_m[keep]), {}))[0].images[0]
    pixels: Any = np.ma.filled(np.ma.asarray(gap.get_array(), float), np.nan)
    np.testing.assert_allclose(np.isnan(pixels).any(axis=1).sum() * STEP_M, 1.0, atol=3 * STEP_M)
    jitter_m = np.random.default_rng(0).uniform(-0.4, 0.4, log.rows) * STEP_M
    jittering = image_axes(log_figure(replace(log, depth_m=log.depth_m + jitter_m), {}))[0].images[0]
    assert not np.isnan(np.ma.filled(np.ma.asarray(jittering.get_array(), float), np.nan)).any()


def test_contrast_ignores_wild_pixels_and_takes_logarithms_of_decades() -> None:
    log = log_of(4.0, Picks(np.array([102.0]), 70.0, 250.0))
    wild = log.image.copy()
    wild[0, :5] = 1e30
    norm = image_axes(log_figure(replace(log, image=wild), {}))[0].images[0].norm
    assert norm.vmax == pytest.approx(100.0)
    assert not isinstance(norm, LogNorm)
    decades = np.logspace(-1, 4, log.rows)[:, None] * np.ones(log.columns)
    assert isinstance(image_axes(log_figure(replace(log, image=decades), {}))[0].images[0].norm, LogNorm)


def test_of_several_wells_only_the_logs_own_are_drawn() -> None:
    picks = Picks(np.array([101.0, 102.0]), 60.0, 10.0, "fracture", well=np.array(["W", "other"]))
    (axis,) = image_axes(log_figure(log_of(4.0), {"picks": picks}))
    assert len(traces(axis)) == 1
    with pytest.raises(InputError, match="are of the wells W, other"):
        log_figure(replace(log_of(4.0), well="third"), {"picks": picks})
    # A single name is often spelt otherwise in the picks' file, and is no reason to draw nothing.
    (axis,) = image_axes(log_figure(log_of(4.0), {"picks": picks[np.array([False, True])]}))
    assert len(traces(axis)) == 1


def test_an_optical_televiewer_is_drawn_in_true_colour(tmp_path: Path) -> None:
    log = log_of(4.0)
    colours = np.zeros((*log.image.shape, 3), np.uint8)
    colours[:200, :, 0], colours[200:, :, 1] = 255, 51
    image = log.image.copy()
    image[:, 3] = np.nan
    figure = log_figure(replace(log, image=image, colours=colours), {"one": Picks(np.array([102.0]), 70.0, 250.0)})
    (axis,) = image_axes(figure)
    drawn = axis.images[0].get_array()
    assert drawn is not None
    np.testing.assert_allclose(drawn[10, 40], (1, 0, 0))
    np.testing.assert_allclose(drawn[-10, 40], (0, 0.2, 0))
    np.testing.assert_allclose(drawn[10, 3], 0.75)  # the grey of what is missing
    assert "true colour" in [text.get_text() for other in figure.axes for text in other.texts]
    figure.savefig(tmp_path / "colour.png")
    with pytest.raises(InputError, match="colours must be uint8"):
        replace(log, colours=colours[:-1])


@pytest.mark.parametrize(("suffix", "magic"), [(".png", b"\x89PNG"), (".pdf", b"%PDF"), (".svg", b"<?xml")])
def test_the_suffix_chooses_what_is_written(tmp_path: Path, suffix: str, magic: bytes) -> None:
    picks = Picks(np.array([102.0]), 60.0, 10.0, "bedding")
    path = plot_log(log_of(2.5), {"picks": picks}, tmp_path / f"log{suffix}")
    assert path.read_bytes().startswith(magic)
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_drawn_is_said_in_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    log = log_of(4.0)
    with pytest.raises(InputError, match=r"\.png \.pdf \.svg, not as \.jpg"):
        plot_log(log, {}, tmp_path / "log.jpg")
    with pytest.raises(InputError, match=r"from 900\.00 to 901\.00 m; the log runs from 100\.00"):
        plot_log(log, {}, tmp_path / "log.png", top_m=900.0, base_m=901.0)
    with pytest.raises(InputError, match="does not exist"):
        plot_log(log, {}, tmp_path / "missing" / "log.png")
    assert list(tmp_path.iterdir()) == []


def test_importing_plots_loads_no_matplotlib_and_drawing_no_pyplot(tmp_path: Path) -> None:
    code = (
        "import sys, numpy as np, geobfdt.report.plots as plots; assert 'matplotlib' not in sys.modules\n"
        "from geobfdt.borehole.image_log import ImageLog\n"
        f"plots.plot_log(ImageLog(np.ones((9, 8)), np.arange(9) * 0.01, 0.2), {{}}, {str(tmp_path / 'log.png')!r})\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_colour_bar_says_quantity_and_unit() -> None:
    labels = [axis.get_xlabel() for axis in log_figure(log_of(2.0), {}, unit="ohm.m").axes]
    assert "AMP (ohm.m)" in labels
    assert "AMP" in [axis.get_xlabel() for axis in log_figure(log_of(2.0), {}).axes]
