"""Labels of windows become intervals and curves, each window for what it owns."""

import json

import lasio
import numpy as np
import pytest
import torch

from geobfdt.borehole.image_log import ImageLog
from geobfdt.errors import InputError
from geobfdt.formats import read_picks
from geobfdt.formats.corpus import write_corpus
from geobfdt.formats.intervals import read_intervals
from geobfdt.model.checkpoint import Weights, save_weights
from geobfdt.model.config import ModelConfig
from geobfdt.model.network import ClassNet
from geobfdt.prediction.classes import Classified, classified
from geobfdt.prediction.detect import detect
from geobfdt.windows.grid import HALF, row_step_m
from tests.training import rock
from tests.training.test_classes import MODEL

NAMES = ("laminated", "massive")


class Knows(ClassNet):
    """Tells laminae by how much rows differ from those beside them, and is half sure of massive rock."""

    def forward(self, windows):
        middle = windows[:, :, HALF // 2 : HALF // 2 + HALF]
        rows = (middle[:, 0] * middle[:, 1]).mean(-1)
        laminated = rows.std(1) > 0.5
        return torch.where(laminated[:, None], torch.tensor([3.0, 0.0]), torch.tensor([0.0, 1.0]))


def weights():
    return Weights(Knows(ModelConfig(**MODEL)).eval(), 0.0, "w.safetensors")


SURE = 1 / (1 + np.exp([-3.0, -1.0]))


def test_intervals_run_from_the_top_of_a_log_to_its_base_with_a_border_where_the_rock_changes():
    log = rock.log()
    told = []
    found = classified(log, weights(), progress=lambda *done: told.append(done))
    assert told[-1][0] == told[-1][1]
    intervals = found.intervals("A-1")
    assert intervals.label.tolist() == ["massive", "laminated"]
    assert intervals.top_m[0] == pytest.approx(rock.TOP_M)
    assert intervals.base_m[1] == pytest.approx(rock.BASE_M)
    assert intervals.base_m[0] == intervals.top_m[1] == pytest.approx(rock.BORDER_M, abs=HALF * row_step_m(log))
    assert intervals.share == pytest.approx(SURE[::-1])
    assert set(intervals.well) == {"A-1"}


def test_curves_have_the_share_of_the_window_that_owns_each_depth():
    found = classified(rock.log(), weights())
    assert np.diff(found.depth_m) == pytest.approx(row_step_m(rock.log()))
    assert np.isfinite(found.curves).all()
    assert found.curves.sum(1) == pytest.approx(1.0)
    border_m = found.intervals().base_m[0]
    assert (found.curves[:, 0] > 0.5).tolist() == (found.depth_m >= border_m).tolist()


def test_what_shows_nothing_is_of_no_class():
    log = rock.log()
    image = log.image.copy()
    image[(log.depth_m > 102) & (log.depth_m < 105)] = np.nan
    found = classified(ImageLog(image, log.depth_m, 0.2159, "north"), weights())
    intervals = found.intervals()
    assert intervals.label.tolist() == ["massive", "massive", "laminated"]
    assert 101.2 < intervals.base_m[0] < 103
    assert 104 < intervals.top_m[1] < 105.8
    middle = np.abs(found.depth_m - 103.5) < 0.3
    assert np.isnan(found.curves[middle]).all()


def test_rows_that_are_not_there_part_intervals_of_one_class():
    log = rock.log()
    kept = (log.depth_m < 101.5) | (log.depth_m > 104.5)
    found = classified(ImageLog(log.image[kept], log.depth_m[kept], 0.2159, "north"), weights())
    assert found.intervals().label.tolist() == ["massive", "massive", "laminated"]


def test_the_share_of_an_interval_is_the_mean_by_metres():
    found = Classified(
        NAMES, np.array([0.0, 1.0]), np.array([1.0, 4.0]), np.array([[0.6, 0.4], [1.0, 0.0]]), np.empty(0)
    )
    assert found.intervals().share.tolist() == pytest.approx([0.9])
    nothing = Classified(NAMES, np.array([0.0]), np.array([1.0]), np.full((1, 2), np.nan), np.empty(0))
    assert len(nothing.intervals()) == 0


def test_windows_of_metres_count_in_those_of_the_log():
    narrow = rock.log()
    narrow = ImageLog(narrow.image, narrow.depth_m, 0.1, "north")
    metres = Weights(Knows(ModelConfig(**MODEL | {"window": "metres"})).eval(), 0.0, "w")
    intervals = classified(narrow, metres).intervals()
    assert intervals.top_m[0] == pytest.approx(rock.TOP_M)
    assert intervals.base_m[-1] == pytest.approx(rock.BASE_M)


def test_planes_are_not_asked_of_classes():
    with pytest.raises(InputError, match=r"w\.safetensors: gives classes, no planes of its own"):
        detect(rock.log(), weights())


@pytest.fixture
def files(tmp_path):
    """A log, and weights of classes that nobody trained."""
    write_corpus(tmp_path / "A-1.h5", [rock.well()])
    torch.manual_seed(0)
    save_weights(tmp_path / "w.safetensors", ClassNet(ModelConfig(**MODEL)), 0.0)
    return tmp_path / "A-1.h5", tmp_path / "w.safetensors"


def test_the_command_line_writes_a_table_and_a_curve_a_class(run, tmp_path, files):
    log, given = files
    code, printed, told = run("predict", log, "--weights", given, "-o", tmp_path / "out")
    assert code == 0, told
    assert "1 interval (" in printed
    table, las = tmp_path / "out" / "A-1.intervals.csv", tmp_path / "out" / "A-1.shares.las"
    assert {path.name for path in table.parent.iterdir()} >= {table.name, las.name}
    assert not list(table.parent.glob("*.picks.*"))
    found = read_intervals(table)
    assert found.top_m[0] == pytest.approx(rock.TOP_M)
    assert ((found.share > 0.5) & (found.share <= 1)).all()
    curves = lasio.read(str(las))
    assert [curve.mnemonic for curve in curves.curves] == ["DEPT", "SHARE_LAMINATED", "SHARE_MASSIVE"]
    assert curves["SHARE_LAMINATED"] + curves["SHARE_MASSIVE"] == pytest.approx(1.0, abs=2e-4)
    assert curves.curves["SHARE_MASSIVE"].descr == "Share of massive, 0 to 1"
    assert run("predict", log, "--weights", given, "-o", tmp_path / "out")[1].endswith("and options; --again\n")
    table.write_text(table.read_text() + "\n")
    code, _, told = run("predict", log, "--weights", given, "-o", tmp_path / "out")
    assert code == 2
    assert "is not as geobfdt wrote it; give another name, or --overwrite" in told
    code, printed, _ = run("predict", log, "--weights", given, "-o", tmp_path / "out", "--overwrite", "--json")
    (summary,) = json.loads(printed)
    assert code == 0
    assert sum(summary["metres"].values()) == pytest.approx(rock.BASE_M - rock.TOP_M, abs=0.001)


@pytest.mark.parametrize(
    "option",
    [("--threshold", 0.5), ("--detail", "low"), ("--density", 3), ("--profile", "techlog")],
)
def test_what_says_something_of_picks_is_refused(run, tmp_path, files, option):
    log, given = files
    code, _, told = run("predict", log, "--weights", given, "-o", tmp_path / "out", *option)
    assert code == 2
    assert told.strip().endswith(
        f"{option[0]}: says something of picks, and {given} gives classes of rock; leave it out"
    )
    assert not (tmp_path / "out" / "A-1.intervals.csv").exists()


def test_intervals_are_no_picks_for_a_report_or_an_export(run, tmp_path, files):
    log, given = files
    assert run("predict", log, "--weights", given, "-o", tmp_path)[0] == 0
    table = tmp_path / "A-1.intervals.csv"
    with pytest.raises(InputError, match="holds intervals of rock, no planes; geobfdt score"):
        read_picks(table)
    for command in (
        ("report", log, "--picks", table, "-o", tmp_path / "a.html"),
        ("export", table, "-o", tmp_path / "a.las", "--hole-diameter", 0.2),
    ):
        code, _, told = run(*command)
        assert code == 2
        assert "holds intervals of rock, no planes" in told


def test_a_folder_of_wells_is_labelled_and_its_tables_of_intervals_passed_over(run, tmp_path, files):
    log, given = files
    wells = tmp_path / "wells"
    wells.mkdir()
    log.rename(wells / "A-1.h5")
    (wells / "facies.csv").write_text("top_m,base_m,label\n100,106,massive\n106,112,laminated\n")
    code, _, told = run("predict", wells, "--weights", given, "-o", tmp_path / "out")
    assert code == 0, told
    header, *rows = (tmp_path / "out" / "predict.csv").read_text().splitlines()
    assert header.split(",")[2] == "intervals"
    assert [row.split(",")[1] for row in rows] == ["picked", "no log"]


def test_settings_of_a_well_that_hold_a_survey_are_no_mistake(run, tmp_path, files):
    log, given = files
    (tmp_path / "survey.csv").write_text("MD_m,Inc,Azi\n0,0,0\n200,10,20\n")
    (tmp_path / "well.yaml").write_text(f"survey: {tmp_path / 'survey.csv'}\n")
    options = ("--weights", given, "-o", tmp_path / "out", "--settings", tmp_path / "well.yaml")
    code, _, told = run("predict", log, *options)
    assert code == 0
    assert "survey.csv: adds nothing to classes of rock" in told
