"""One file of settings a well: written once from what its log says, and the default of every command from then on."""

from __future__ import annotations

import json

import numpy as np
import pytest
import yaml

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import well_from
from geobfdt.formats import read_picks, write
from geobfdt.formats.corpus import write_corpus

DEPTHS = 100 + 0.005 * np.arange(400)


@pytest.fixture
def log(tmp_path):
    """A log that says its well alone, as text has it."""
    image = np.random.default_rng(3).normal(100, 20, (400, 36)).round(2)
    lines = [",".join(map(str, (f"{depth:.3f}", *row))) for depth, row in zip(DEPTHS, image, strict=True)]
    path = tmp_path / "logs" / "w.csv"
    path.parent.mkdir()
    path.write_text(f"DEPTH_m,{','.join(f'IMG[{k}]' for k in range(36))}\n" + "\n".join(lines) + "\n")
    return path


def test_a_well_is_described_once_and_every_command_knows_it(run, tmp_path, log):
    settings = tmp_path / "well.yaml"
    code, printed, _ = run("info", log, "--write-settings", settings)
    assert code == 0
    assert str(settings) in printed
    assert "# hole_diameter:" in settings.read_text()
    assert run("predict", log, "-o", tmp_path / "out", "--settings", settings)[0] == 2  # it says what is still missing
    text = settings.read_text().replace("# hole_diameter:", "hole_diameter: 0.2159")
    settings.write_text(text.replace("# reference:", "reference: north").replace("# null:", "null: [-1, -2]"))
    code, printed, told = run("predict", log, "-o", tmp_path / "out", "--settings", settings, "--json")
    assert code == 0, told
    assert json.loads(printed)[0]["log"] == "w"
    assert run("qc", log, "--settings", settings)[0] == 0
    assert run("plot", log, "-o", tmp_path / "w.png", "--settings", settings)[0] == 0
    picks = tmp_path / "out" / "w.picks.csv"
    assert run("score", picks, picks, "--settings", settings)[0] == 0


def test_options_go_before_settings(run, tmp_path, log):
    (tmp_path / "well.yaml").write_text("hole_diameter: 5\nreference: north\nthreshold: 1\n")
    code, _, told = run("qc", log, "--settings", tmp_path / "well.yaml")
    assert code == 2
    assert "knows no setting threshold; its settings are hole_diameter" in told
    (tmp_path / "well.yaml").write_text("hole_diameter: 5\nreference: north\n")
    assert "hole" in run("qc", log, "--settings", tmp_path / "well.yaml")[2]
    assert run("qc", log, "--settings", tmp_path / "well.yaml", "--hole-diameter", 0.2)[0] == 0


def test_files_that_settings_name_lie_beside_them(run, tmp_path):
    there = tmp_path / "well"
    there.mkdir()
    (there / "survey.csv").write_text("MD_m,Inc,Azi\n0,20,30\n500,20,30\n")
    (there / "kinds.csv").write_text("name,kind\nwormhole,bedding\n")
    (there / "picks.csv").write_text("depth_m,dip_deg,azimuth_deg,kind\n100,20,10,wormhole\n")
    (there / "well.yaml").write_text("survey: survey.csv\nkind_map: kinds.csv\nreference: north\ncollar: [1, 2, 3]\n")
    out = tmp_path / "points.csv"
    code, _, told = run(
        "export", there / "picks.csv", "-o", out, "--profile", "points", "--settings", there / "well.yaml"
    )
    assert code == 0, told
    assert "well,x_m,y_m,z_m" in out.read_text()
    assert read_picks(out).kind.tolist() == ["bedding"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("- 1\n", "holds no settings"), ("a: [", "is not YAML"), ("reference: west\n", "west"), ("hue: 3\n", "hue")],
)
def test_settings_that_are_wrong_are_named(run, tmp_path, log, text, said):
    (tmp_path / "well.yaml").write_text(text)
    code, _, told = run("qc", log, "--settings", tmp_path / "well.yaml")
    assert code == 2
    assert said in told
    assert run("qc", log, "--settings", tmp_path / "none.yaml")[0] == 2


def test_a_dlis_says_for_itself_what_it_holds_and_its_survey(run, tmp_path):
    image = np.random.default_rng(1).normal(100, 20, (200, 32))
    log = ImageLog(image, 50 + 0.01 * np.arange(200), 0.2, reference="north", first_azimuth_deg=7.5, well="A-7")
    write(Picks(), tmp_path / "a.dlis", log=log)
    code, _, told = run("info", tmp_path / "a.dlis", "--write-settings", tmp_path / "a.yaml")
    assert code == 0, told
    assert yaml.safe_load((tmp_path / "a.yaml").read_text()) == {
        "hole_diameter": 0.2,
        "reference": "north",
        "first_azimuth": 7.5,
        "well": "A-7",
    }


def test_what_contradicts_the_file_is_taken_with_both_numbers_in_a_note(run, tmp_path):
    log = ImageLog(np.random.default_rng(1).normal(size=(900, 60)), 1000 + 0.005 * np.arange(900), 0.1556, well="w")
    write_corpus(tmp_path / "c.h5", [well_from(log, Picks(), [(1000.0, 1004.0)], "test")])
    _, _, told = run("qc", tmp_path / "c.h5", "--hole-diameter", 0.2159, "--reference", "high_side")
    assert "the hole diameter is 0.1556 by the file and 0.2159 as given, which was taken" in told
    assert "the reference is north by the file and high_side as given, which was taken" in told
    _, _, told = run("qc", tmp_path / "c.h5", "--hole-diameter", 0.156, "--reference", "north")
    assert "as given" not in told
