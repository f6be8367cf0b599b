"""The interpretation in a report: what is drawn is what was computed, and what cannot be said is said so."""

import io
from xml.etree import ElementTree

import mplstereonet
import numpy as np
import pytest
from mplstereonet.stereonet_math import sph2cart

from geobfdt.borehole.geometry import poles
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import Survey
from geobfdt.errors import InputError
from geobfdt.interpretation.cross_section import cross_section
from geobfdt.interpretation.intensity import intensities
from geobfdt.interpretation.sets import Sets, find_sets
from geobfdt.interpretation.statistics import frequency
from geobfdt.interpretation.zones import Zone
from geobfdt.report.figures import plot_frequency
from geobfdt.report.intensity import plot_intensity
from geobfdt.report.interpretation import Section, placed, sections
from geobfdt.report.scale import DepthScale
from geobfdt.report.section import plot_section
from geobfdt.report.sets import OTHER, plot_restored, plot_roses, plot_sets, rose_counts
from tests.interpretation.planted import planes

HOLE = (35.0, 70.0)
SURVEY = Survey(np.array([0.0]), np.array([HOLE[0]]), np.array([HOLE[1]]))
THREE = poles([30.0, 70.0, 80.0], [100.0, 190.0, 320.0])


@pytest.fixture(scope="module")
def log() -> ImageLog:
    return ImageLog(np.zeros((400, 90), np.float32), np.linspace(0, 100, 400), 0.1, "high_side", well="W-1")


@pytest.fixture(scope="module")
def picks() -> Picks:
    return planes(np.random.default_rng(8), THREE, 30.0, 0.1, 200, HOLE)


def made_of(log, picks, survey=None, zones=(), number=None, **more) -> list[Section]:
    """The sections of picks, as a report makes them."""
    inside = placed(log, picks, survey)
    return sections(log, inside, find_sets(inside, log.base_m - log.top_m, number), survey, zones, **more)


@pytest.fixture(scope="module")
def surveyed(log, picks) -> list[Section]:
    """The sections of all picks in the hole as it was surveyed."""
    return made_of(log, picks, SURVEY)


@pytest.fixture(scope="module")
def sets(picks) -> Sets:
    return find_sets(picks, 100.0)


def by_title(found: list[Section]) -> dict[str, Section]:
    return {section.title: section for section in found}


def nets(figure):
    return [axis for axis in figure.axes if axis.name == "equal_area_stereonet"]


def test_all_that_picks_and_a_survey_allow_is_there(log, picks):
    zones = [Zone(0, 40, 10, 90), Zone(40, 100, 20, 180)]
    found = by_title(made_of(log, picks, SURVEY, zones, reference=picks))
    assert list(found) == [
        *("Fracture sets", "Sets through depth", "Intensity", "Without structural dip", "Section along the hole"),
        *("Apertures", "Against the interpreter"),
    ]
    assert "200 fractures make 3 sets" in found["Fracture sets"].words
    assert "41 are needed" in found["Fracture sets"].words or "(41 needed)" in found["Fracture sets"].words
    assert len(found["Fracture sets"].table[1]) == 3
    assert len(found["Sets through depth"].table[1]) == 6
    assert "No apertures are given" in found["Apertures"].words
    against = found["Against the interpreter"]
    assert against.words.startswith(f"{len(against.table[1])} of {len(against.table[1])} numbers lie within")
    for section in found.values():
        head, rows = section.table
        assert all(len(row) == len(head) for row in rows)
        assert section.words


def test_every_figure_is_drawn_as_vectors_of_a_size_that_a_page_can_hold(surveyed):
    for section in surveyed:
        for caption, figure in section.figures:
            drawn = io.BytesIO()
            figure.savefig(drawn, format="svg")
            assert caption
            assert len(drawn.getvalue()) < 500_000
            assert not list(ElementTree.fromstring(drawn.getvalue()).iter("{http://www.w3.org/2000/svg}image"))


def test_a_zone_counts_no_hole_beyond_the_log(log, picks):
    found = by_title(made_of(log, picks, SURVEY, [Zone(-50, 50, 10, 90), Zone(50, 900, 10, 90), Zone(500, 600, 5, 0)]))
    depths = {(row[1], row[2]) for row in found["Sets through depth"].table[1]}
    assert depths == {("0.00", "50.00"), ("50.00", "100.00")}


def test_without_a_survey_there_is_no_section_and_it_is_said_whose_orientations_these_are(log, picks, surveyed):
    bare = Picks(picks.depth_m, picks.dip_deg, picks.azimuth_deg, picks.kind)
    found = by_title(made_of(log, bare))
    assert "Section along the hole" not in found
    assert "no true ones are known" in found["Fracture sets"].words
    with pytest.raises(InputError, match="--survey"):
        made_of(log, bare, zones=[Zone(0, 50, 10, 90)])
    true = by_title(made_of(log, bare, SURVEY))
    assert "Section along the hole" in true
    assert true["Fracture sets"].table == by_title(surveyed)["Fracture sets"].table


def test_an_upright_hole_whose_image_counts_from_high_side_is_read_in_the_image_s_own_frame(log, picks):
    bare = Picks(picks.depth_m, picks.dip_deg, picks.azimuth_deg, picks.kind)
    found = by_title(made_of(log, bare, Survey([0.0], [0.0], [0.0])))
    assert "Section along the hole" not in found
    assert "no true ones are known" in found["Fracture sets"].words


def test_sets_by_hand_of_a_plane_or_two_are_drawn(log, picks):
    found = by_title(made_of(log, picks[:4], SURVEY, number=3))
    assert len(found["Fracture sets"].table[1]) == 3
    assert "0 spacings say nothing about their mean" in found["Fracture sets"].words


def test_what_counts_do_not_allow_is_said_in_words(log, picks):
    assert [section.title for section in made_of(log, picks[:0])] == ["Interpretation"]
    assert "nothing to interpret" in made_of(log, Picks([500.0], [10.0], [10.0]))[0].words
    one = by_title(made_of(log, picks[:1], SURVEY))
    assert "make no set" in one["Fracture sets"].words
    assert "Sets through depth" not in one
    beds = Picks(picks.depth_m, picks.dip_deg, picks.azimuth_deg, "bedding")
    assert "there are no sets" in by_title(made_of(log, beds))["Sets of planes"].words
    assert "beds per metre" in by_title(made_of(log, beds))["Intensity"].words
    unsaid = by_title(made_of(log, Picks(picks.depth_m, picks.dip_deg, picks.azimuth_deg)))
    assert "200 planes of unknown kind make" in unsaid["Sets of planes"].words
    few = by_title(made_of(log, picks[:20], SURVEY, number=1))
    assert "too few to follow sets through depth" in few["Sets through depth"].words
    assert "do not suffice" in few["Fracture sets"].words
    assert "asked for by hand" in few["Fracture sets"].words


def test_poles_planes_and_cones_lie_where_mplstereonet_puts_them(sets):
    _, net = nets(plot_sets(sets))
    for one in sets.sets:
        inside = sets.of(one.number)
        lon, lat = mplstereonet.pole(inside.true_azimuth_deg - 90, inside.true_dip_deg)
        drawn = [line for line in net.lines if line.get_label() == f"{one.name}: {one.mean.count}"]
        assert np.asarray(drawn[0].get_xdata()).ravel() == pytest.approx(lon)
        assert np.asarray(drawn[0].get_ydata()).ravel() == pytest.approx(lat)
        lon, lat = mplstereonet.plane(one.mean.azimuth_deg - 90, one.mean.dip_deg)
        drawn = [np.asarray(line.get_xdata()).ravel() for line in net.lines]
        assert any(line.shape == lon.ravel().shape and np.allclose(line, lon.ravel()) for line in drawn)
        cone = net.collections[-len(sets.sets) + one.number - 1].get_paths()[0].vertices
        axis = np.stack(sph2cart(*mplstereonet.pole(one.mean.azimuth_deg - 90, one.mean.dip_deg)), axis=-1)
        rim = np.stack(sph2cart(*cone.T), axis=-1)
        off = np.degrees(np.arccos(np.abs(rim @ axis.ravel())))
        assert np.median(off) == pytest.approx(one.mean.alpha95_deg, abs=0.05)


def test_every_net_and_rose_has_north_and_ticks(picks, sets):
    expected = {"N", *(str(angle) for angle in range(30, 360, 30))}
    for net in (*nets(plot_sets(sets)), *nets(plot_restored(picks, picks))):
        assert expected <= {text.get_text() for text in net.texts}
    for rose in plot_roses(sets).axes:
        assert {label.get_text() for label in rose.get_xticklabels()} == expected


def test_roses_count_planes_by_area():
    """20 planes that dip north-east, 5 south: sectors of 20 and 5, twice as long one as the other."""
    azimuth = np.concatenate([np.full(20, 42.0), np.full(5, 181.0)])
    assert rose_counts(azimuth)[[4, 18]].tolist() == [20, 5]
    strikes = rose_counts(azimuth - 90, both_ways=True)
    assert strikes[[31, 13]].tolist() == [20, 20]
    assert strikes[[9, 27]].tolist() == [5, 5]
    assert strikes.sum() == 50
    rng = np.random.default_rng(0)
    picks = Picks(rng.uniform(0, 9, 25), 45.0, azimuth, "fracture")
    strike, dip = plot_roses(find_sets(picks, 9.0, number=0)).axes
    heights = {round(np.degrees(bar.get_x()) + 5): bar.get_height() for bar in dip.patches if bar.get_height()}
    assert heights == {45: pytest.approx(np.sqrt(20)), 185: pytest.approx(np.sqrt(5))}
    assert len([bar for bar in strike.patches if bar.get_height()]) == 4


def test_planes_are_drawn_at_their_apparent_dips(picks):
    drawn = cross_section(picks, SURVEY, 0.0, 100.0)
    member = np.where(np.arange(len(picks)) % 2, OTHER, 0)
    axis = plot_section(drawn, member, 0.0, 100.0).axes[0]
    slopes = []
    for collection in axis.collections:
        for (x0, y0), (x1, y1) in collection.get_segments():
            slopes.append(np.degrees(np.arctan2(y1 - y0, x1 - x0)))
    assert np.sort(slopes) == pytest.approx(np.sort(drawn.apparent_dip_deg))
    assert axis.get_aspect() == 1.0
    assert axis.yaxis_inverted()


def test_depths_along_hole_are_in_the_unit_of_the_report_and_labelled_where_they_are_round_in_it(log, picks):
    feet = DepthScale(50, "ft")
    found = by_title(made_of(log, picks, SURVEY, scale=feet))
    head, rows = found["Sets through depth"].table
    assert head[1:3] == ("from (ft)", "to (ft)")
    assert (rows[0][1], rows[-1][2]) == ("0.00", "328.08")
    frequencies = frequency(picks.depth_m, picks.dip_deg, 0.0, 100.0, 4.0)
    drawn = [plot_frequency(picks, frequencies, 0.0, 100.0, feet)]
    drawn += [figure for title in ("Sets through depth", "Intensity") for _, figure in found[title].figures]
    for figure in drawn:
        axis = figure.axes[0]
        assert axis.get_ylabel() == "depth along hole (ft)"
        labels = {label.get_text(): label.get_position()[1] for label in axis.get_yticklabels()}
        assert labels["100"] == pytest.approx(30.48)
    (_, section), *_ = found["Section along the hole"].figures
    assert [text.get_text() for text in section.axes[0].texts][-1] == "328.1 ft"


def test_intensities_are_drawn_with_their_bands(log, picks):
    found = intensities(log, picks, 4.0)
    axes = plot_intensity(found, 0.0, 100.0).axes
    assert axes[0].lines[0].get_xdata() == pytest.approx(found["P10"].value)
    assert axes[1].lines[0].get_xdata() == pytest.approx(found["P21"].value)
    assert [line.get_label() for line in axes[2].lines] == ["P32, cut 15°", "P32, cut 1°"]
    for axis in axes:
        assert axis.collections
