"""A folder of wells with broken ones among them ends with the results of the others and a list."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

HOLE = ("--hole-diameter", 0.2159, "--reference", "north", "--threshold", 0.9)


def image(path: Path, seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).normal(100, 20, (150, 16)).round(1)
    rows = [f"{1000 + 0.01 * k:.2f}," + ",".join(map(str, row)) for k, row in enumerate(pixels)]
    path.write_text("\n".join(["DEPTH_m," + ",".join(f"AMP[{k}]" for k in range(16)), *rows]) + "\n")
    return path


@pytest.fixture
def wells(tmp_path: Path) -> Path:
    folder = tmp_path / "wells"
    image(folder / "a.csv", 1)
    image(folder / "north" / "b.csv", 2)
    image(folder / "north" / "deep" / "a.csv", 3)
    (folder / "broken.las").write_text("~V\nVERS. 2.0 :\n~A\n1 2 3\n")
    (folder / "north" / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "north" / "dips.csv").write_text("depth_m,dip_deg,azimuth_deg\n1000.5,20,100\n")
    (folder / "north" / "survey.csv").write_text("MD_m,Inc,Azi\n0,0,0\n900,10,20\n")
    image(folder / ".hidden" / "c.csv")
    (folder / ".c.csv").write_text("x")
    return folder


def test_what_can_be_picked_is_and_what_not_is_listed(run, tmp_path: Path, wells: Path) -> None:
    out = tmp_path / "out"
    code, printed, told = run("predict", wells, "-o", out, *HOLE)
    assert code == 1
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*.picks.csv")) == [
        "a.picks.csv", "north/b.picks.csv", "north/deep/a.picks.csv"
    ]  # fmt: skip
    table = pd.read_csv(out / "predict.csv", index_col="file")
    table.index = [str(Path(file).relative_to(wells)) for file in table.index]
    assert table["status"].to_dict() == {
        "a.csv": "picked", "broken.las": "failed", "north/b.csv": "picked", "north/cut.png": "failed",
        "north/deep/a.csv": "picked", "north/dips.csv": "no log", "north/survey.csv": "no log",
    }  # fmt: skip
    assert table.loc["broken.las", "message"] in told
    assert "dips.csv" in told
    assert "7 files, 2 failed" in printed


def test_what_is_done_is_kept_until_something_that_decides_it_is_another(run, tmp_path: Path, wells: Path) -> None:
    out = tmp_path / "out"

    def statuses(*options: object) -> list[str]:
        run("predict", wells / "a.csv", wells / "north" / "b.csv", "-o", out, *HOLE, *options)
        return list(pd.read_csv(out / "predict.csv")["status"])

    assert statuses() == ["picked", "picked"]
    before = (out / "a.picks.csv").stat().st_mtime_ns
    assert statuses() == ["kept", "kept"]
    assert (out / "a.picks.csv").stat().st_mtime_ns == before
    assert statuses("--again") == ["picked", "picked"]
    image(wells / "a.csv", 9)
    assert statuses() == ["picked", "kept"]
    assert statuses("--first-azimuth", 10) == ["picked", "picked"]
    (out / "b.score.las").unlink()
    assert statuses("--first-azimuth", 10) == ["kept", "picked"]


def test_picks_that_somebody_edited_fail_alone(run, tmp_path: Path, wells: Path) -> None:
    out = tmp_path / "out"
    both = (wells / "a.csv", wells / "north" / "b.csv", "-o", out, *HOLE)
    assert run("predict", *both)[0] == 0
    edited = out / "a.picks.csv"
    edited.write_text(edited.read_text() + "1000.5,20,30,bedding,,,,,,,,,,A\n")
    assert run("predict", *both, "--again")[0] == 1
    table = pd.read_csv(out / "predict.csv")
    assert table["status"].tolist() == ["failed", "picked"]
    assert "--overwrite" in table["message"][0]
    assert run("predict", *both, "--overwrite")[0] == 0


def test_the_settings_beside_a_well_are_its_own(run, tmp_path: Path, wells: Path) -> None:
    (wells / "a.yaml").write_text("hole_diameter: 0.1\nreference: high_side\nwell: A-7\n")
    (wells / "north" / "b.yaml").write_text("hole_diameter: 0.3\nreference: north\n")
    out = tmp_path / "out"
    both = (wells / "a.csv", wells / "north" / "b.csv")
    assert run("predict", *both, "-o", out, "--threshold", 0.9)[0] == 0
    said = {name: json.loads((out / f"{name}.picks.csv-metadata.json").read_text())["notes"][0] for name in ("a", "b")}
    assert [(said[name]["hole_diameter_m"], said[name]["reference"]) for name in "ab"] == [
        ("0.1", "high_side"), ("0.3", "north")
    ]  # fmt: skip
    assert run("predict", *both, "-o", out, "--threshold", 0.9, "--hole-diameter", 0.2)[0] == 0
    assert json.loads((out / "a.picks.csv-metadata.json").read_text())["notes"][0]["hole_diameter_m"] == "0.2"
    (wells / "a.yaml").write_text("hole_diametre: 0.1\n")
    assert run("predict", *both, "-o", out, "--threshold", 0.9)[0] == 1


def test_results_below_the_folder_itself_are_no_logs_of_it(run, wells: Path) -> None:
    (wells / "broken.las").unlink()
    (wells / "north" / "cut.png").unlink()
    for _ in range(2):
        assert run("predict", wells, "-o", wells / "picks", *HOLE)[0] == 0
    assert len(list((wells / "picks").rglob("*.picks.csv"))) == 3


@pytest.fixture
def picked(run, tmp_path: Path, wells: Path) -> Path:
    """The picks of those wells that can be picked, and a few planes in each."""
    out = tmp_path / "out"
    assert run("predict", wells, "-o", out, *HOLE)[0] == 1
    for name in ("a", "north/b", "north/deep/a"):
        path = out / f"{name}.picks.csv"
        path.write_text(
            path.read_text().splitlines()[0]
            + "\n1000.5,20,100,bedding,0.9,,,,,,,,,w\n1001,60,200,fracture,.8,,,,,,,,,w\n"
        )
    return out


def test_the_quality_of_a_folder_is_a_list_and_a_file_a_well(run, tmp_path: Path, wells: Path, picked: Path) -> None:
    hole = HOLE[:4]
    with (picked / "north" / "b.picks.csv").open("a") as file:
        file.write("3000,20,100,bedding,0.9,,,,,,,,,w\n")  # below the image
    qc = ("qc", wells, "--picks", picked, "-o", tmp_path / "qc", *hole)
    code, printed, told = run(*qc)
    assert (code, "7 files, 2 failed" in printed) == (1, True)
    table = pd.read_csv(tmp_path / "qc" / "qc.csv")
    assert table["status"].tolist() == ["checked", "failed", "checked", "failed", "checked", "no log", "no log"]
    one = json.loads((tmp_path / "qc" / "north" / "b.qc.json").read_text())
    assert table["findings"].tolist() == [1, 0, len(one["findings"]), 0, 1, 0, 0]  # 16 columns are few
    assert "3000" in str(one["findings"])
    kept = json.loads(run(*qc, "--json")[1])
    assert [len(log["findings"]) for log in kept] == table["findings"][table["status"] == "checked"].tolist()
    assert pd.read_csv(tmp_path / "qc" / "qc.csv")["status"].tolist().count("kept") == 3
    (picked / "a.picks.csv").unlink()
    assert run(*qc)[0] == 1
    told = pd.read_csv(tmp_path / "qc" / "qc.csv")["message"][0]
    assert "has no picks" in told
    assert str(picked / "a.picks.csv") in told
    code, _, told = run("qc", wells, "--picks", picked / "north" / "b.picks.csv", *hole)
    assert (code, "give their folder" in told) == (2, True)


@pytest.mark.slow
@pytest.mark.usefixtures("without_figures")
def test_reports_of_a_folder_lie_as_its_wells_do(run, tmp_path: Path, wells: Path, picked: Path) -> None:
    pages = tmp_path / "pages"
    report = ("report", wells, "--picks", picked, "-o", pages, "--pdf", tmp_path / "pdf", *HOLE[:4])
    assert run(*report)[0] == 1
    names = {"a", "north/b", "north/deep/a"}
    assert {str(path.relative_to(pages).with_suffix("")) for path in pages.rglob("*.html")} == names
    assert {
        str(path.relative_to(tmp_path / "pdf").with_suffix("")) for path in (tmp_path / "pdf").rglob("*.pdf")
    } == names
    table = pd.read_csv(pages / "report.csv")
    assert table["status"].tolist() == ["reported", "failed", "reported", "failed", "reported", "no log", "no log"]
    assert table["picks"].tolist() == [2, 0, 2, 0, 2, 0, 0]
    before = (pages / "a.html").read_bytes()
    (tmp_path / "pdf" / "north" / "b.pdf").unlink()
    assert run(*report, "--overwrite")[0] == 1
    assert run(*report)[0] == 1
    assert pd.read_csv(pages / "report.csv")["status"].tolist().count("kept") == 3
    assert run(*report, "--window", 2)[0] == 2
    assert (pages / "a.html").read_bytes()[:300] == before[:300]


def test_two_folders_are_scored_well_by_well(run, tmp_path: Path, wells: Path, picked: Path) -> None:
    theirs = tmp_path / "theirs"
    (theirs / "north" / "deep").mkdir(parents=True)
    (theirs / "a.dips.csv").write_text("depth_m,dip_deg,azimuth_deg,kind\n1000.51,20,100,bedding\n")
    (theirs / "north" / "b.csv").write_text("depth_m,dip_deg,azimuth_deg,kind\n1000.5,20,100,B\n1001.02,60,200,F\n")
    (theirs / "north" / "b.yaml").write_text("kind: [B=bedding, F=fracture]\n")
    (theirs / "north" / "b.las").write_text("no table")
    score = ("score", picked, theirs, "-o", tmp_path / "scores")
    code, printed, told = run(*score)
    assert code == 1
    assert "a: 1 of 1 planes found with 2 picks at 8 cm" in printed
    assert "north/b: 2 of 2 planes found with 2 picks at 8 cm" in printed
    assert "north/deep/a.picks.csv" in told
    table = pd.read_csv(tmp_path / "scores" / "score.csv")
    assert table["status"].tolist() == ["scored", "scored", "failed"]
    whole = json.loads((tmp_path / "scores" / "score.json").read_text())
    assert {well["well"]: well["hole_diameter_m"] for well in whole["wells"]} == {"a": 0.2159, "north/b": 0.2159}
    pooled = next(line for line in whole["scores"] if line["group"] == "all" and line["tolerance_m"] == 0.08)
    assert (pooled["n_ref"], pooled["n_est"], pooled["hits"]) == (3, 4, 3)
    (theirs / "north" / "b.txt").write_text("depth_m,dip_deg,azimuth_deg\n1000.5,20,100\n")
    assert run(*score)[0] == 1
    assert "b.csv and in" in pd.read_csv(tmp_path / "scores" / "score.csv")["message"][1]
    code, _, told = run(*score, "--hole-diameter", 0.3)
    assert (code, "says that its hole is 0.2159 m wide" in told) == (2, True)


def test_a_survey_that_settings_name_counts_for_its_well(run, tmp_path: Path, wells: Path) -> None:
    (wells / "a.yaml").write_text("survey: north/survey.csv\n")
    out = tmp_path / "out"
    assert run("predict", wells / "a.csv", wells / "north" / "b.csv", "-o", out, *HOLE[:4], "--threshold", 0.05)[0] == 0
    assert pd.read_csv(out / "a.picks.csv")["true_dip_deg"].notna().all()
    assert pd.read_csv(out / "b.picks.csv")["true_dip_deg"].isna().all()
    (wells / "a.yaml").write_text("hole_diameter: wide\n")
    code, _, told = run("predict", wells / "a.csv", "-o", out, "--reference", "north")
    assert (code, "a.yaml: hole_diameter" in told, "Traceback" in told) == (2, True, False)
