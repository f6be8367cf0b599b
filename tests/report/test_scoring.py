"""The score as a page: what is drawn is what was counted."""

import re

import numpy as np
import pytest

from geobfdt import formats
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.eval import match
from geobfdt.eval.wells import InterpreterPicks
from geobfdt.report.scoring import CRITERION_COLOURS, OUTCOMES, scored, write_score_report

TRUTH = Picks([100.2, 100.6, 101.0], [20.0, 40.0, 60.0], [10.0, 120.0, 300.0], kind="bedding", well="A")
FOUND = Picks([100.21, 100.9, 101.02], [20.5, 70.0, 59.0], [12.0, 0.0, 301.0], confidence=[0.9, 0.3, 0.8], well="A")


def log_of():
    depth = 100 + np.arange(150) * 0.01
    return ImageLog(np.random.default_rng(0).normal(size=(150, 36)), depth, 0.2, well="A")


def test_a_page_counts_what_was_matched_missed_and_false(tmp_path):
    truth = InterpreterPicks(TRUTH, 0.2, None)
    drawn = []
    write_score_report(
        truth, FOUND, tmp_path / "s.html", text="a <table>", log=log_of(), progress=lambda n, of: drawn.append((n, of))
    )
    page = (tmp_path / "s.html").read_text(encoding="utf-8")
    assert "3 picks against 3: joint F1 0.67 at 8 cm" in page
    assert "Of 3 planes 2 were found within 8 cm and 10° of their pole, 1 were missed, 1 of 3 picks are false" in page
    assert re.search(r"<td>all</td><td>3</td><td>3</td><td>2</td><td>1</td><td>1</td><td>0.67</td>", page)
    assert "<td>fracture</td>" not in page, "there is none on either side"
    assert "a &lt;table&gt;" in page
    assert (page.count("data:image/jpeg"), page.count("<svg")) == (1, 3)
    assert drawn[-1] == (4, 4)


def test_wells_are_matched_apart_and_only_inside_what_was_reviewed():
    other = Picks(TRUTH.depth_m, TRUTH.dip_deg, TRUTH.azimuth_deg, well="B")
    truth = InterpreterPicks(
        Picks.concatenate([TRUTH, other]), {"A": 0.2, "B": 0.2}, {"A": None, "B": [(100.5, 102.0)]}
    )
    est = Picks.concatenate([FOUND, other])
    found = scored(truth, est)
    assert (len(found.ref), len(found.est)) == (5, 5)
    assert found.right.sum() == 4
    pairs = match(TRUTH, FOUND, "joint", 0.08, hole_diameter_m=0.2)
    assert len(pairs) == 2
    assert (np.asarray(found.ref.well)[found.ref_hits] == np.asarray(found.est.well)[found.est_hits]).all()


@pytest.mark.parametrize("est", [Picks(), Picks([100.9], [10.0], [0.0])])
def test_no_hits_and_no_confidences_leave_their_pictures_out(tmp_path, est):
    write_score_report(InterpreterPicks(TRUTH, 0.2, None), est, tmp_path / "s.html", text="")
    assert (tmp_path / "s.html").read_text(encoding="utf-8").count("<svg") == 1


def test_score_draws_a_page_beside_its_table(run, tmp_path):
    for name, picks in (("truth", TRUTH), ("found", FOUND)):
        formats.write(picks, tmp_path / f"{name}.csv")
    page = tmp_path / "s.html"
    code, printed, _ = run(
        *("score", tmp_path / "found.csv", tmp_path / "truth.csv", "--hole-diameter", 0.2, "--report", page)
    )
    assert code == 0
    assert "skill" in printed
    assert page.exists()
    wrong = run("score", tmp_path / "found.csv", tmp_path / "truth.csv", "--hole-diameter", 0.2, "--report", "s.txt")
    assert wrong[0] == 2
    assert "written as .html" in wrong[2]


def test_colours_of_outcomes_are_told_apart_without_red_or_green():
    from matplotlib.colors import to_rgb
    from skimage.color import deltaE_ciede2000, rgb2lab

    # Machado, Oliveira & Fernandes 2009 (IEEE TVCG 15, 1291), of the whole deficiency.
    protan = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    deutan = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    for matrix in (protan, deutan, np.eye(3)):
        for colours in (OUTCOMES, CRITERION_COLOURS):
            rgb = np.array([to_rgb(colour) for colour in colours.values()])
            linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
            seen = np.clip(linear @ np.array(matrix).T, 0, 1)
            seen = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
            lab = rgb2lab(seen)
            apart = [deltaE_ciede2000(lab[i], lab[j]) for i in range(3) for j in range(i)]
            assert min(apart) > 20, (colours, apart)


def test_picks_in_feet_are_not_scored_against_metres(run, tmp_path):
    formats.write(TRUTH, tmp_path / "truth.csv")
    formats.write(Picks(FOUND.depth_m / 0.3048, FOUND.dip_deg, FOUND.azimuth_deg, well="A"), tmp_path / "feet.csv")
    code, _, told = run("score", tmp_path / "feet.csv", tmp_path / "truth.csv", "--hole-diameter", 0.2)
    assert code == 2
    assert "the picks lie at 328.77 to 331.43 m, and the interpreter's at 100.20 to 101.00 m" in told
