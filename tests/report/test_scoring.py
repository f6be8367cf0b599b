"""The score as a page: what is drawn is what was counted."""

import re

import numpy as np
import pytest

from geobfdt import formats
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.eval import match
from geobfdt.eval.wells import InterpreterPicks
from geobfdt.report.scoring import scored, write_score_report

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
    assert re.search(r"<td>2</td><td>1</td><td>1</td>", page)
    assert "a &lt;table&gt;" in page
    assert page.count("data:image/jpeg") == 4
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
    assert (tmp_path / "s.html").read_text(encoding="utf-8").count("data:image/jpeg") == 1


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
