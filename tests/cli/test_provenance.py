"""Picks say where they come from, are read by what they say, and are not lost once somebody has edited them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geobfdt import formats
from geobfdt.borehole.picks import Picks
from geobfdt.formats.provenance import is_as_written, metadata_of, said_by

PICKS = Picks([500.5, 501.25], [20.5, 60], [30, 200], kind=["bedding", "fracture"], well="A")
SAID = {"model": "geobfdt bundled", "threshold": "0.45", "reference": "high_side", "hole_diameter_m": "0.2159"}


@pytest.mark.parametrize("suffix", [".csv", ".las", ".json"])
def test_what_is_said_is_read_back_and_every_edit_is_seen(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"p{suffix}"
    formats.write(PICKS, path, parameters=SAID, hole_diameter_m=0.2159)
    said = said_by(path)
    assert {name: said[name] for name in SAID} == SAID
    assert is_as_written(path) is True
    assert formats.read_picks(path).dip_deg.tolist() == [20.5, 60]
    text = path.read_text()
    for edited in (text.replace("60", "61", 1), text.replace("500.5", "500.6"), text + "\n"):
        path.write_text(edited)
        assert is_as_written(path) is False
    path.write_text(text)
    assert is_as_written(path) is True


@pytest.mark.parametrize("suffix", [".csv", ".las", ".json"])
def test_equal_picks_give_equal_bytes(tmp_path: Path, suffix: str) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        formats.write(PICKS, tmp_path / name / f"p{suffix}", parameters=SAID)
    one, other = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in "ab")
    assert one == other


def test_a_csv_stays_what_pandas_and_spreadsheets_read(tmp_path: Path) -> None:
    formats.write(PICKS, tmp_path / "p.csv", parameters=SAID)
    assert pd.read_csv(tmp_path / "p.csv")["dip_deg"].tolist() == [20.5, 60]
    beside = json.loads(metadata_of(tmp_path / "p.csv").read_text())
    assert (beside["@context"], beside["url"]) == ("http://www.w3.org/ns/csvw", "p.csv")
    formats.write(PICKS, tmp_path / "plain.csv")
    assert not metadata_of(tmp_path / "plain.csv").exists()
    assert is_as_written(tmp_path / "plain.csv") is None


@pytest.fixture
def image(tmp_path: Path) -> Path:
    np.save(tmp_path / "w.npy", np.random.default_rng(0).normal(size=(400, 36)))
    return tmp_path / "w.npy"


IMAGE = ("--hole-diameter", 0.2159, "--reference", "high_side", "--top", 500, "--bottom", 502, "--threshold", 0.9)


def test_a_prediction_says_what_it_was_made_of_and_an_export_heeds_it(run, tmp_path: Path, image: Path) -> None:
    out = tmp_path / "out"
    assert run("predict", image, "-o", out, *IMAGE)[0] == 0
    for name in ("w.picks.csv", "w.picks.las"):
        said = said_by(out / name)
        assert said["image_digest"] == hashlib.sha256(image.read_bytes()).hexdigest()
        assert (said["reference"], said["hole_diameter_m"], said["threshold"]) == ("high_side", "0.2159", "0.9")
        assert (said["image_file"], said["depth_unit"], said["null"]) == ("w.npy", "m", "by rule")
        assert said["command"].startswith("geobfdt predict ")
        assert said["geobfdt"]
    (tmp_path / "s.csv").write_text("MD_m,Inc,Azi\n0,30,40\n900,30,40\n")
    formats.write(PICKS, tmp_path / "p.las", parameters=SAID)
    survey = ("--survey", tmp_path / "s.csv")
    assert run("export", tmp_path / "p.las", "-o", tmp_path / "true.csv", *survey)[0] == 0
    assert run("export", tmp_path / "p.las", "-o", tmp_path / "same.csv", *survey, "--reference", "high_side")[0] == 0
    assert (tmp_path / "true.csv").read_bytes() == (tmp_path / "same.csv").read_bytes()
    assert said_by(tmp_path / "true.csv")["model"] == SAID["model"]
    code, _, told = run("export", tmp_path / "p.las", "-o", tmp_path / "no.csv", *survey, "--reference", "north")
    assert (code, "says that its azimuths count from high_side" in told) == (2, True)
    assert not (tmp_path / "no.csv").exists()


def test_edited_picks_are_kept_and_others_are_made_anew(run, tmp_path: Path, image: Path) -> None:
    out = tmp_path / "out"
    assert run("predict", image, "-o", out, *IMAGE)[0] == 0
    assert run("predict", image, "-o", out, *IMAGE)[0] == 0
    table = out / "w.picks.csv"
    table.write_text(table.read_text() + "500.5,20,30,bedding,,,,,,,,,,A\n")
    edited = table.read_bytes()
    code, _, told = run("predict", image, "-o", out, *IMAGE)
    assert (code, "is not as geobfdt wrote it" in told, "--overwrite" in told) == (2, True, True)
    assert table.read_bytes() == edited
    assert run("predict", image, "-o", out, *IMAGE, "--overwrite")[0] == 0
    assert table.read_bytes() != edited


def test_corpora_reports_and_picks_of_others_are_kept(run, tmp_path: Path, image: Path) -> None:
    assert run("synth", tmp_path / "c.h5", "--length", 1)[0] == 0
    before = (tmp_path / "c.h5").read_bytes()
    code, _, told = run("synth", tmp_path / "c.h5", "--length", 1)
    assert (code, "--append" in told, "--overwrite" in told) == (2, True, True)
    assert (tmp_path / "c.h5").read_bytes() == before
    assert run("synth", tmp_path / "c.h5", "--length", 1, "--seed", 5, "--append")[0] == 0
    formats.write(PICKS, tmp_path / "p.csv")
    (tmp_path / "mine.csv").write_text("depth_m,dip,azimuth\n1,2,3\n")
    code, _, told = run("export", tmp_path / "p.csv", "-o", tmp_path / "mine.csv")
    assert (code, "nothing says who made it" in told) == (2, True)
    (tmp_path / "r.html").write_text("mine")
    code, _, told = run("report", image, *IMAGE[:8], "--picks", tmp_path / "p.csv", "-o", tmp_path / "r.html")
    assert (code, (tmp_path / "r.html").read_text()) == (2, "mine")


@pytest.mark.usefixtures("without_figures")
def test_a_report_that_is_there_already_is_kept_and_one_of_other_picks_is_not_written_over_it(
    run, tmp_path: Path, image: Path
) -> None:
    formats.write(PICKS, tmp_path / "p.csv")
    report = ("report", image, *IMAGE[:8], "--picks", tmp_path / "p.csv", "-o", tmp_path / "r.html")
    assert run(*report)[0] == 0
    before = (tmp_path / "r.html").read_bytes()
    code, printed, _ = run(*report)
    assert (code, "r.html was there already" in printed) == (0, True)
    code, _, told = run(*report, "--window", 2)
    assert (code, "nothing says whether somebody has changed it" in told, "--overwrite" in told) == (2, True, True)
    assert (tmp_path / "r.html").read_bytes() == before
    assert run(*report, "--window", 2, "--overwrite")[0] == 0
    assert (tmp_path / "r.html").read_bytes() != before


def test_scores_carry_where_their_picks_come_from(run, tmp_path: Path) -> None:
    formats.write(PICKS, tmp_path / "p.csv", parameters=SAID)
    formats.write(PICKS, tmp_path / "i.csv")
    score = ("score", tmp_path / "p.csv", tmp_path / "i.csv", "--hole-diameter", 0.2159, "-o", tmp_path / "s.json")
    assert run(*score)[0] == 0
    told = json.loads((tmp_path / "s.json").read_text())["provenance"]
    assert (told["picks"]["model"], told["interpreter"]) == (SAID["model"], {})
    assert told["command"].startswith("geobfdt score ")
