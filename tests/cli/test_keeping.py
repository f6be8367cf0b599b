"""``geobfdt predict`` keeps as many picks as it is asked for."""

import json

import numpy as np
import pytest

from geobfdt import formats
from geobfdt.synthetic.wells import synthetic_well


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """An image of 6 m and the picks of an interpreter who has every plane of it."""
    folder = tmp_path_factory.mktemp("log")
    well = synthetic_well("well", 6.0, 3, tool="microresistivity_8_pads")
    np.save(folder / "well.npy", well.log.image[:])
    formats.write(well.picks, folder / "planes.csv")
    said = ("--top", well.log.top_m, "--bottom", well.log.base_m, "--hole-diameter", well.log.hole_diameter_m)
    return folder, (folder / "well.npy", *said, "--reference", "north"), well


def predicted(run, log, out, *options):
    code, printed, told = run("predict", *log[1], "-o", out, "--json", *options)
    assert code == 0, told
    (found,) = json.loads(printed)
    return found


def test_more_detail_is_more_picks_and_a_density_is_so_many(run, log, tmp_path):
    counts = [predicted(run, log, tmp_path / level, "--detail", level)["picks"] for level in ("low", "normal", "high")]
    assert counts == sorted(counts)
    assert counts[0] < counts[2]
    assert predicted(run, log, tmp_path / "none")["picks"] == counts[1]
    predicted(run, log, tmp_path / "few", "--density", 2.5)
    (table,) = (tmp_path / "few").glob("*.csv")
    confidence = np.sort(formats.read_picks(table).confidence)
    wanted = round(2.5 * log[2].log.rows * log[2].log.row_step_m)
    assert (confidence > confidence[0]).sum() < wanted <= len(confidence) < counts[1]  # those as sure as the last stay


def test_both_ways_is_another_question(run, log, tmp_path):
    assert not predicted(run, log, tmp_path / "out")["kept"]
    found = predicted(run, log, tmp_path / "out", "--both-ways", "--overwrite")
    assert not found["kept"], "what one view found is another answer"
    assert predicted(run, log, tmp_path / "out", "--both-ways")["kept"]
    (said,) = (tmp_path / "out").glob("*-metadata.json")
    assert json.loads(said.read_text())["notes"][0]["both_ways"] == "yes"


def test_an_interpreter_is_followed_where_he_reviewed(run, log, tmp_path):
    folder, _, well = log
    reviewed = f"{well.log.top_m}:{well.log.base_m}"
    found = predicted(run, log, tmp_path / "out", "--like", folder / "planes.csv", "--reviewed", reviewed)
    assert 0 < found["threshold"] < 1
    assert any("planes.csv: at threshold" in note and "joint F1" in note for note in found["notes"])
    again = predicted(run, log, tmp_path / "out", "--like", folder / "planes.csv", "--reviewed", reviewed)
    assert again["kept"]
    formats.write(well.picks[::2], folder / "others.csv")
    other = predicted(
        run, log, tmp_path / "out", "--like", folder / "others.csv", "--reviewed", reviewed, "--overwrite"
    )
    assert not other["kept"], "another interpreter's picks are another question"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--detail", "low", "--threshold", 0.5), "--threshold and --detail each say how many picks are kept"),
        (("--like", "planes.csv"), "go together; give both"),
        (("--reviewed", "1:2"), "go together; give both"),
        (("--density", 0), "--density 0: must be picks per metre"),
        (("--like", "two.csv", "--reviewed", "0:9"), "two.csv: holds picks of several wells; give those of one"),
        (("--like", "few.csv", "--reviewed", "0:9"), "few.csv: 0 picks lie in the reviewed intervals"),
    ],
)
def test_what_cannot_be_kept_is_refused(run, log, tmp_path, options, told):
    folder = log[0]
    (folder / "two.csv").write_text("well,depth_m,dip_deg,azimuth_deg\na,1,10,0\nb,2,20,90\n")
    (folder / "few.csv").write_text("depth_m,dip_deg,azimuth_deg\n100000,10,0\n")
    given = [folder / option if str(option).endswith(".csv") else option for option in options]
    code, _, said = run("predict", *log[1], "-o", tmp_path / "out", *given)
    assert code == 2
    assert told in " ".join(said.split())
