"""The well report: one page that holds everything, whatever the length of the log and the number of picks."""

import re
from dataclasses import replace

import numpy as np
import pytest

from geobfdt import formats
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.interpretation.zones import Zone, restored
from geobfdt.report.figures import Look, strips_m
from geobfdt.report.well import Source, write_report

SOURCE = Source("picks.csv", "geobfdt report a.csv", {"model": "bundled", "threshold": "0.45"}, "# The <model>")


def log_of(length_m, **more):
    depth = 1000 + np.arange(round(length_m / 0.01)) * 0.01
    return ImageLog(np.random.default_rng(0).normal(size=(len(depth), 36)), depth, 0.2, well="A & B", **more)


@pytest.fixture
def picks():
    return Picks(
        [1000.2, 1000.6, 1200.0], [10.0, 60.0, 5.0], [20.0, 200.0, 0.0], kind=["bedding", "fracture", "bedding"]
    )


def test_the_page_needs_no_other_file_and_says_where_everything_comes_from(tmp_path, picks):
    drawn = []
    write_report(
        log_of(3.0),
        picks,
        SOURCE,
        tmp_path / "r.html",
        pdf=tmp_path / "r.pdf",
        progress=lambda n, of: drawn.append((n, of)),
    )
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert page.count("data:image/jpeg") == 3
    assert drawn == [(1, 3), (2, 3), (3, 3)]
    for said in ("A &amp; B: 2 planes", "geobfdt report a.csv", "0.45", "The &lt;model&gt;", "no survey was given"):
        assert said in page
    # Two planes inside 3 m, one of 60 degrees that stands for two; the third lies outside and is a finding.
    assert re.findall(r"<td>fracture</td><td>1</td><td>0.33</td><td>(.*?)</td>", page) == ["0.67"]
    assert "1 of 3 picks lie outside the image" in page
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")


def test_a_log_without_picks_is_still_a_report(tmp_path):
    write_report(log_of(1.0), Picks(), SOURCE, tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "0 planes" in page
    assert page.count("data:image/jpeg") == 1


def test_true_orientations_are_drawn_once_all_are_known(tmp_path, picks):
    true = replace(picks, true_dip_deg=30.0, true_azimuth_deg=90.0)
    write_report(log_of(1.0), true, SOURCE, tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<td>orientations</td><td>true</td>" in page
    assert page.count("<td>30.0 / 90</td>") == 2


def test_structural_dip_is_removed_in_its_zone_alone(tmp_path, picks):
    true = replace(picks, true_dip_deg=30.0, true_azimuth_deg=90.0)
    zone = Zone(1000.0, 1000.5, 10.0, 90.0)
    assert restored(true, [zone]).true_dip_deg == pytest.approx([20.0, 30.0, 30.0])
    write_report(log_of(1.0), true, SOURCE, tmp_path / "r.html", zones=[zone])
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Orientations without structural dip (1000 to 1000.5 m: 10/90)" in page
    with pytest.raises(InputError, match="give the survey"):
        write_report(log_of(1.0), picks, SOURCE, tmp_path / "no.html", zones=[zone])
    assert not (tmp_path / "no.html").exists()


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


def test_the_report_of_a_prediction_names_its_model_and_adds_true_dips(run, tmp_path, picks):
    (tmp_path / "a.csv").write_text(
        "DEPTH_m," + ",".join(f"IMG[{k}]" for k in range(16)) + "\n"
        + "\n".join(f"{1000 + row * 0.01:.2f}," + ",".join(str(row * k % 7) for k in range(16)) for row in range(150))
        + "\n"
    )  # fmt: skip
    said = {"model": "geobfdt bundled.safetensors", "threshold": "0.45"}
    for suffix in (".csv", ".las"):
        inside = picks[:2]
        more = {"parameters": said, "well": "a"} if suffix == ".las" else {}
        formats.write(inside, tmp_path / f"a.picks{suffix}", **more)
    (tmp_path / "s.csv").write_text("MD_m,Inc,Azi\n0,90,0\n")
    hole = ["--hole-diameter", "0.2", "--reference", "high_side", "--survey", tmp_path / "s.csv"]
    code, printed, told = run(
        *("report", tmp_path / "a.csv", "--picks", tmp_path / "a.picks.csv", "-o", tmp_path / "r.html", *hole)
    )
    assert (code, printed.strip()) == (0, str(tmp_path / "r.html")), told
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<td>threshold</td><td>0.45</td>" in page
    assert "<td>orientations</td><td>true</td>" in page
    assert "<td>true vertical depth</td><td>0.00 to 0.00 m below the survey" in page  # level throughout
    assert "The bundled weights" in page
