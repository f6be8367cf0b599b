"""The well report: one page that holds everything, whatever the length of the log and the number of picks."""

import re
from dataclasses import replace

import numpy as np
import pytest

from geobfdt import formats
from geobfdt.borehole.curve import Curve
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.interpretation.zones import Zone, restored
from geobfdt.report.contents import Source
from geobfdt.report.figures import Look, strips_m
from geobfdt.report.scale import DepthScale
from geobfdt.report.well import write_report

SOURCE = Source("picks.csv", "geobfdt report a.csv", {"model": "bundled", "threshold": "0.45"}, "# The <model>")


def log_of(length_m, **more):
    depth = 1000 + np.arange(round(length_m / 0.01)) * 0.01
    return ImageLog(np.random.default_rng(0).normal(size=(len(depth), 36)), depth, 0.2, well="A & B", **more)


@pytest.fixture(scope="module")
def picks():
    return Picks(
        [1000.2, 1000.6, 1200.0], [10.0, 60.0, 5.0], [20.0, 200.0, 0.0], kind=["bedding", "fracture", "bedding"]
    )


def written(folder, *arguments, **more):
    write_report(*arguments, folder / "r.html", **more)
    return (folder / "r.html").read_text(encoding="utf-8")


def field_of(page, name):
    """What a header has for a name, as HTML."""
    return re.search(rf"<dt>{re.escape(name)}</dt><dd>(.*?)</dd>", page)[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the whole report lies."""
    return tmp_path_factory.mktemp("whole")


@pytest.fixture(scope="module")
def whole(folder, picks):
    """The page of a whole report of 3 m, and how far it was at every step of its drawing and its PDF's."""
    drawn = []
    page = written(
        *(folder, log_of(3.0), picks, SOURCE),
        pdf=folder / "r.pdf",
        progress=lambda n, of: drawn.append((n, of)),
    )
    return page, drawn


def test_the_page_needs_no_other_file_and_says_where_everything_comes_from(whole):
    page, drawn = whole
    assert not re.findall(r'(?:src|href)="(?!data:|#)[^"]*', page)
    assert not re.findall(r"url\((?!#|data:)", page)
    assert page.count('<div class="strip"') == 3
    assert page.count("data:image/webp") == 6, "of each strip two looks; the second is shown twice"
    assert drawn[-1][0] == drawn[-1][1]
    for said in ("A &amp; B: 2 planes", "geobfdt report a.csv", "The &lt;model&gt;", "no survey was given"):
        assert said in page
    assert field_of(page, "threshold") == "0.45"
    # Two planes inside 3 m, one of 60 degrees that stands for two; the third lies outside and is a finding.
    assert re.findall(r"<td>fracture</td><td>1</td><td>0.33</td><td>(.*?)</td>", page) == ["0.67"]
    assert "1 of 3 picks lie outside the image" in page


@pytest.mark.usefixtures("whole")
def test_the_pdf_holds_what_the_page_holds_in_the_same_order(folder):
    marks = re.findall(rb"/Title \(([^)]*)\)\s+/Parent", (folder / "r.pdf").read_bytes())
    assert [mark.decode() for mark in marks] == [
        *("Title", "Log, 1000.0 to 1003.0 m", "Orientations", "Planes along the hole", "Fracture sets", "Intensity"),
        *("Apertures", "Picks", "Quality", "Model"),
    ]


@pytest.mark.usefixtures("without_figures")
def test_more_picks_than_a_page_holds_begin_another(tmp_path):
    pages = []
    for planes in (50, 100):
        many = Picks(np.linspace(1000.1, 1000.9, planes), np.full(planes, 20.0), np.full(planes, 30.0))
        written(tmp_path, log_of(1.0), many, SOURCE, pdf=tmp_path / "r.pdf")
        pages.append(len(re.findall(rb"/Type /Page\b(?!s)", (tmp_path / "r.pdf").read_bytes())))
    assert pages[1] == pages[0] + 1


def test_a_log_without_picks_is_still_a_report(tmp_path):
    page = written(tmp_path, log_of(1.0), Picks(), SOURCE, pdf=tmp_path / "r.pdf")
    assert "A &amp; B: 0 planes" in page
    assert "No plane was picked in 1.0 m" in page
    assert 'class="net"' not in page
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.usefixtures("without_figures")
def test_fields_that_nobody_says_are_empty_and_others_are_as_they_were_said(tmp_path, picks):
    said = {"field": "Ruyter", "elevation": "KB 35.8 M", "rig": "Ensco <72>"}
    page = written(tmp_path, log_of(1.0), picks, replace(SOURCE, header=said))
    assert field_of(page, "field") == "Ruyter"
    assert field_of(page, "elevation") == "KB 35.8 M"
    assert field_of(page, "rig") == "Ensco &lt;72&gt;"
    for name in ("company", "tool", "declination", "interpreted by", "bit size", "survey"):
        assert field_of(page, name) == ""


@pytest.mark.usefixtures("without_figures")
def test_true_orientations_are_drawn_once_all_are_known(tmp_path, picks):
    true = replace(picks, true_dip_deg=30.0, true_azimuth_deg=90.0)
    page = written(tmp_path, log_of(1.0), true, SOURCE)
    assert field_of(page, "orientations") == "true"
    assert page.count("<td>30.0 / 90</td>") == 2
    assert "north up" in page


def test_structural_dip_is_removed_in_its_zone_alone(tmp_path, picks):
    true = replace(picks, true_dip_deg=30.0, true_azimuth_deg=90.0)
    zone = Zone(1000.0, 1000.5, 10.0, 90.0)
    assert restored(true, [zone]).true_dip_deg == pytest.approx([20.0, 30.0, 30.0])
    page = written(tmp_path, log_of(1.0), true, SOURCE, zones=[zone])
    assert "1000 to 1000.5 m: 10/90" in page
    with pytest.raises(InputError, match="give the survey"):
        write_report(log_of(1.0), picks, SOURCE, tmp_path / "no.html", zones=[zone])
    assert not (tmp_path / "no.html").exists()


def test_every_plane_is_drawn_in_the_log_and_its_pole_and_row_lead_there(whole):
    page, _ = whole
    for number in (0, 1):
        assert page.count(f'id="p{number}"') == 1
        assert page.count(f'href="#p{number}"') == 2
    # The trace of 60 degrees reaches 17 cm up and down and stays in its strip; both lie in the first.
    first = page.split('<div class="strip"')[1]
    assert first.count('class="rim"') == 2
    assert page.count('class="rim"') == 2


@pytest.mark.usefixtures("without_figures")
def test_depths_and_scale_are_those_that_were_asked_for(tmp_path, picks):
    page = written(tmp_path, log_of(3.0), picks, SOURCE, scale=DepthScale(50, "ft"))
    assert ":root{--margin:7%;--mm:20}" in page
    assert 'id="s50" value="50" checked' in page
    assert field_of(page, "interval") == "3280.84 to 3290.65 ft along hole (9.81)"
    assert "<td>3281.496</td>" in page
    with pytest.raises(InputError, match="a scale of 1:25"):
        DepthScale(25)


@pytest.mark.usefixtures("without_figures")
def test_curves_get_tracks_by_their_names_and_none_is_missed_in_silence(tmp_path, picks):
    depth = np.linspace(990, 1010, 200)
    gamma = Curve("GR", "gAPI", "", depth, 60 + 20 * np.sin(depth))
    other = Curve("RT", "ohm.m", "", depth, np.geomspace(1, 500, 200))
    far = Curve("CALI", "in", "", depth + 500, np.full(200, 8.5))
    page = written(tmp_path, log_of(3.0), picks, SOURCE, curves=[gamma, other, far], named_curves=["rt"])
    assert '<span class="c0">0 GR gAPI 150</span>' in page
    assert '<span class="c0">1 RT ohm.m 1000</span>' in page
    assert "CALI in" not in page
    with pytest.raises(InputError, match=r"--curve NPHI: there is no curve of that name beside the image; .*: GR"):
        write_report(log_of(3.0), picks, SOURCE, tmp_path / "n.html", curves=[gamma, other], named_curves=["NPHI"])


@pytest.mark.parametrize(("length_m", "strips"), [(1.0, 1), (16.0, 4), (200.0, 40), (3000.0, 150)])
def test_strips_stay_readable_in_a_short_and_in_a_long_log(length_m, strips):
    log = ImageLog(np.zeros((11, 4)), np.linspace(0, length_m, 11), 0.2)
    found = strips_m(log)
    assert len(found) == strips
    assert (found[0][0], found[-1][1]) == (0.0, length_m)


@pytest.mark.parametrize("gap_m", [100.0, 10_000.0])
def test_a_gap_has_no_strips(gap_m):
    depth_m = np.concatenate([np.linspace(0, 8, 801), np.linspace(8, 14, 601) + gap_m])
    log = ImageLog(np.random.default_rng(0).normal(size=(len(depth_m), 4)), depth_m, 0.2)
    assert strips_m(log) == [(0, 4), (4, 8), (8 + gap_m, 11 + gap_m), (11 + gap_m, 14 + gap_m)]


def test_pads_are_evened_and_gaps_bridged_in_pictures_where_that_is_asked_for():
    log = log_of(3.0)
    gappy = log.image.copy()
    gappy[:, :4] += 9.0
    gappy[:, 6:8] = np.nan
    log = replace(log, image=gappy)
    plain, shown = Look().of(log, 1001.0, 1002.0), Look(equalise=True, fill_gaps=True).of(log, 1001.0, 1002.0)
    assert list(plain) == list(shown) == ["static", "dynamic, 1 m"]
    for title in plain:
        assert np.isnan(plain[title].image[:, 6:8]).all()
        assert np.isfinite(shown[title].image).all()
        assert shown[title].rows == plain[title].rows
    before, after = (np.ptp(np.delete(kept["dynamic, 1 m"].image, (6, 7), axis=1).mean(0)) for kept in (plain, shown))
    assert after < 0.3 * before


def test_strips_show_true_colour_beside_the_dynamic_image():
    log = log_of(3.0)
    colours = np.zeros((*log.image.shape, 3), np.uint8)
    colours[..., 1] = np.arange(log.rows)[:, None] % 251
    shown = Look(fill_gaps=True).of(replace(log, colours=colours), 1001.0, 1002.0)
    assert list(shown) == ["true colour", "dynamic, 1 m"]
    first = int(np.searchsorted(log.depth_m, 1001.0))
    np.testing.assert_array_equal(shown["true colour"].colours[0], colours[first])
    assert shown["dynamic, 1 m"].colours is None
    assert shown["dynamic, 1 m"].rows == shown["true colour"].rows


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"path": "r.doc"}, "written as .html"), ({"pdf": "r.txt"}, "not named .pdf"), ({"look": Look(0.0)}, "no length")],
)
def test_what_cannot_be_written_is_said_before_any_work(tmp_path, picks, changes, message):
    options = {"path": "r.html"} | changes
    files = {name: tmp_path / value if isinstance(value, str) else value for name, value in options.items()}
    with pytest.raises(InputError, match=message):
        write_report(log_of(1.0), picks, SOURCE, **files)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def well(tmp_path):
    """A log of 1.5 m as a table, as a file."""
    path = tmp_path / "a.csv"
    path.write_text(
        "DEPTH_m,GR," + ",".join(f"IMG[{k}]" for k in range(16)) + "\n"
        + "\n".join(
            f"{1000 + row / 100:.2f},{row}," + ",".join(str(row * k % 7) for k in range(16)) for row in range(150)
        )
        + "\n"
    )  # fmt: skip
    return path


def test_the_report_of_a_prediction_names_its_model_and_adds_true_dips(run, tmp_path, well, picks):
    said = {"model": "geobfdt bundled.safetensors", "threshold": "0.45"}
    for suffix in (".csv", ".las"):
        inside = picks[:2]
        more = {"parameters": said, "well": "a"} if suffix == ".las" else {}
        formats.write(inside, tmp_path / f"a.picks{suffix}", **more)
    (tmp_path / "s.csv").write_text("MD_m,Inc,Azi\n0,90,0\n")
    hole = ["--hole-diameter", "0.2", "--reference", "high_side", "--survey", tmp_path / "s.csv"]
    code, printed, told = run(
        *("report", well, "--picks", tmp_path / "a.picks.csv", "-o", tmp_path / "r.html", *hole),
        *("--header", "field=North", "--scale", "10"),
    )
    assert (code, printed.strip()) == (0, str(tmp_path / "r.html")), told
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert field_of(page, "threshold") == "0.45"
    assert field_of(page, "field") == "North"
    assert field_of(page, "orientations") == "true"
    assert field_of(page, "true vertical depth").startswith("0.00 to 0.00 m below the survey")  # level throughout
    assert "The bundled weights" in page
    assert 'id="s10" value="10" checked' in page
    assert "GR" in page


def test_an_interpreters_sets_stand_beside_and_are_of_one_log(run, tmp_path, well, picks):
    formats.write(picks[:2], tmp_path / "picked.csv")
    hole = ["--hole-diameter", "0.2", "--reference", "north"]
    asked = ["--picks", tmp_path / "picked.csv", "--interpreter", tmp_path / "picked.csv", *hole]
    code, _, told = run("report", well, "-o", tmp_path / "r.html", *asked)
    assert code == 0, told
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Against the interpreter" in page
    assert "outside" not in page.partition("Against the interpreter")[2].partition("<h2")[0]  # they are the same picks
    code, _, told = run("report", well, well, "-o", tmp_path, *asked[2:], "--picks", tmp_path)
    assert code == 2
    assert "--interpreter names one file for several logs" in told


@pytest.mark.parametrize("command", ["report", "plot"])
def test_picks_beside_the_log_or_of_another_well_are_refused_with_both_ranges(run, tmp_path, well, picks, command):
    out = tmp_path / ("r.html" if command == "report" else "r.png")
    hole = ["--hole-diameter", "0.2", "--reference", "north", "-o", out]
    formats.write(replace(picks, depth_m=picks.depth_m / 0.3048), tmp_path / "feet.csv")
    code, _, told = run(command, well, "--picks", tmp_path / "feet.csv", *hole)
    assert code == 2
    assert "lie at 3281.50 to 3937.01 m, and the log at 1000.00 to 1001.49 m" in told
    formats.write(replace(picks, well="B"), tmp_path / "other.csv")
    code, _, told = run(command, well, "--picks", tmp_path / "other.csv", *hole, "--well", "A")
    assert code == 2
    assert "are of B, 1000.20 to 1200.00 m, and the log is of A, 1000.00 to 1001.49 m" in told
    assert not out.exists()


@pytest.mark.slow
def test_rows_that_lie_alone_between_gaps_are_no_reason_to_fail(tmp_path, picks):
    depth_m = np.array([1000.0, 1000.01, 1000.02, 1040.0, 1080.0, 1080.01])
    log = ImageLog(np.random.default_rng(0).normal(size=(6, 8)), depth_m, 0.2, well="W")
    page = written(tmp_path, log, picks, SOURCE, pdf=tmp_path / "r.pdf")
    assert page.count('class="gap"') == 2
