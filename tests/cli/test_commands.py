"""The command line: every command does its work, and every mistake is one sentence and exit code 2."""

import errno
import json
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer
from PIL import Image

from geobfdt import __version__
from geobfdt.borehole.geometry import true_from_apparent
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import COLUMNS, Picks
from geobfdt.borehole.well import well_from
from geobfdt.cli.app import EXAMPLES, app
from geobfdt.formats import read_picks, write
from geobfdt.formats.corpus import read_corpus, write_corpus
from geobfdt.model.checkpoint import load_weights
from geobfdt.synthetic.wells import synthetic_well

HOLE = ["--hole-diameter", "0.2159", "--reference", "north"]


@pytest.fixture
def flattened(tmp_path):
    """A small image as one line per depth and sector, in feet, with a units row."""
    rng = np.random.default_rng(0)
    lines = ["wellName,TDEP,IMG", ",ft,ohm.m"]
    lines += [f"W,{100 + row * 0.05:.3f},{value:.4f}" for row in range(60) for value in rng.uniform(1, 9, 16)]
    path = tmp_path / "image.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def corpus(tmp_path):
    """A corpus of one bare log of 2 m and two picks."""
    depths = 500 + np.arange(400) * 0.005
    log = ImageLog(np.random.default_rng(1).normal(size=(400, 36)), depths, 0.2159, well="A")
    picks = Picks([500.5, 501.2], [10, 60], [20, 200], kind=["bedding", "fracture"], well="A")
    write_corpus(tmp_path / "a.h5", [well_from(log, picks, split="val")])
    return tmp_path / "a.h5"


def test_from_a_synthetic_well_to_a_score(run, tmp_path):
    corpus, out = tmp_path / "w.h5", tmp_path / "out"
    assert run("synth", corpus, "--wells", 1, "--length", 3, "--seed", 5)[0] == 0
    assert run("predict", corpus, "-o", out)[0] == 0
    names = {path.name for path in out.iterdir()}
    assert names == {"w.picks.csv", "w.picks.csv-metadata.json", "w.picks.las", "w.score.las"}
    table = pd.read_csv(out / "w.picks.csv")
    assert list(table.columns) == list(COLUMNS)
    assert table[["true_dip_deg", "true_azimuth_deg"]].isna().all().all()
    code, printed, _ = run("score", out / "w.picks.las", corpus, "-o", tmp_path / "s.json")
    assert code == 0
    assert "chance" in printed
    assert "skill" in printed
    assert "ceiling" not in json.loads((tmp_path / "s.json").read_text())
    code, printed, _ = run("score", out / "w.picks.las", corpus, "-o", tmp_path / "s.json", "--ceiling")
    assert code == 0
    assert "Assumed ceiling, simulated" in printed
    lines = json.loads((tmp_path / "s.json").read_text())["ceiling"]
    assert {line["criterion"] for line in lines} == {"depth", "curve", "joint"}
    assert all(0 < line["low"] <= 1 for line in lines)
    assert run("plot", corpus, "--picks", f"picks={out / 'w.picks.csv'}", "-o", tmp_path / "w.png")[0] == 0
    assert Image.open(tmp_path / "w.png").width > 300


def test_what_is_no_log_in_a_folder_is_left_out_with_a_word(run, tmp_path, flattened):
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "a_picks.csv").write_text("depth_m,dip_deg,azimuth_deg\n1000.5,20,100\n")
    code, _, told = run("predict", folder, "-o", tmp_path / "none", *HOLE)
    assert code == 2
    assert "a_picks.csv" in told
    for name in ("a.csv", "c.csv"):
        (folder / name).write_text(flattened.read_text())
    (folder / "b_picks.csv").write_text("depth_m,dip_deg,azimuth_deg\n1000.5,20,100\n")
    code, _, told = run("predict", folder, "-o", tmp_path / "out", *HOLE, "--threshold", 1.0)
    assert code == 0
    assert [line.count("it was left out") for line in told.splitlines() if "_picks.csv" in line] == [1, 1]
    assert {path.name for path in (tmp_path / "out").glob("*.picks.csv")} == {"a.picks.csv", "c.picks.csv"}
    _, printed, _ = run("predict", folder, "-o", tmp_path / "again", *HOLE, "--threshold", 1.0, "--json")
    notes = [note for log in json.loads(printed) for note in log["notes"]]
    assert [note.endswith("it was left out") for note in notes] == [True, True]


def test_notes_stand_in_what_every_command_gives_as_json(run, tmp_path):
    """A log recorded upwards, and a table whose first line lacks its dip."""
    depths = [f"{1001 - 0.01 * row:.2f}" for row in range(60)]
    lines = [",".join([z, *(str((row * 3 + k * k) % 19) for k in range(16))]) for row, z in enumerate(depths)]
    log, picks = tmp_path / "up.csv", tmp_path / "p.csv"
    log.write_text("\n".join([",".join(["DEPTH_m", *(f"AMP[{k}]" for k in range(16))]), *lines]) + "\n")
    picks.write_text("depth_m,dip_deg,azimuth_deg\n1000.6,,30\n1000.7,20,100\n")
    checked = json.loads(run("qc", log, "--picks", picks, *HOLE, "--json")[1])
    assert [finding["check"] for finding in checked["findings"]]
    assert ["turned over" in checked["notes"][0], "dip" in checked["notes"][1]] == [True, True]
    scored = tmp_path / "s.json"
    assert run("score", picks, picks, "--hole-diameter", 0.2159, "-o", scored)[0] == 0
    assert [note for note in json.loads(scored.read_text())["notes"] if "dip" in note]
    listed = json.loads(run("info", picks, "--json")[1])
    assert (len(listed["parts"]), listed["notes"]) == (1, [])


def test_predicting_a_folder_and_a_threshold(run, tmp_path, flattened):
    folder = tmp_path / "logs"
    folder.mkdir()
    flattened.rename(folder / "one.csv")
    code, printed, _ = run("predict", folder, "-o", tmp_path / "out", *HOLE, "--threshold", 1.0, "--json")
    assert code == 0
    assert json.loads(printed)[0]["picks"] == 0
    assert len(read_picks(tmp_path / "out" / "one.picks.csv")) == 0
    assert len(read_picks(tmp_path / "out" / "one.picks.las")) == 0


def test_importing_keeps_picks_intervals_and_split(run, tmp_path, flattened):
    (tmp_path / "picks.csv").write_text("depth_m,dip_deg,azimuth_deg,kind\n30.9,20,10,vein\n31.1,5,350,bedding\n")
    code, printed, _ = run(
        "import", flattened, "-o", tmp_path / "c.h5", "--picks", tmp_path / "picks.csv", "--kind", "vein=fracture",
        "--reviewed", "30.6:31.2", "--split", "test", *HOLE, "--first-azimuth", 90,
    )  # fmt: skip
    assert code == 0, printed
    (well,) = read_corpus(tmp_path / "c.h5")
    assert list(well.picks.kind) == ["fracture", "bedding"]
    assert (well.split, well.reviewed_m, well.log.first_azimuth_deg) == ("test", ((30.6, 31.2),), 90.0)


def test_exporting_between_formats_loses_nothing(run, tmp_path):
    picks = Picks(
        [100.1234, 101.5], [12.5, 80.25], [359.5, 0.25], kind=["bedding", "fracture"], confidence=[0.5, 0.75], well="é1"
    )
    write(picks, tmp_path / "a.csv")
    assert run("export", tmp_path / "a.csv", "-o", tmp_path / "b.las", "--hole-diameter", 0.2159)[0] == 0
    assert run("export", tmp_path / "b.las", "-o", tmp_path / "c.csv")[0] == 0
    assert (tmp_path / "c.csv").read_text() == (tmp_path / "a.csv").read_text()


def test_training_from_the_command_line(run, tmp_path):
    smoke = Path(__file__).parents[2] / "configs" / "smoke.yaml"
    changes = [
        "--set",
        "epochs=1",
        "--set",
        "steps_per_epoch=1",
        "--set",
        "batch=2",
        "--set",
        "data.validation_windows=2",
    ]
    code, printed, told = run("train", smoke, "--data", "synthetic", "-o", tmp_path / "run", "--wandb", "off", *changes)
    assert code == 0
    assert "epoch 1/1" in told
    assert str(tmp_path / "run" / "best.safetensors") in printed
    log = ImageLog(np.random.default_rng(1).normal(size=(300, 36)), 500 + np.arange(300) * 0.005, 0.2159, well="A")
    write_corpus(tmp_path / "a.h5", [well_from(log)])
    weights = tmp_path / "run" / "best.safetensors"
    assert run("predict", tmp_path / "a.h5", "-o", tmp_path / "out", "--weights", weights)[0] == 0


def test_fine_tuning_needs_picks_and_weights_to_start_from_alone(run, tmp_path):
    wells = [synthetic_well(split, 2.0, seed, tool="lwd_56_sectors") for seed, split in enumerate(("train", "val"))]
    write_corpus(tmp_path / "c.h5", [replace(well, split=well.log.well) for well in wells])
    changes = ["--set", "epochs=1", "--set", "steps_per_epoch=2", "--set", "batch=4", "--wandb", "off"]
    code, printed, told = run(
        "train", "--init", "bundled", "--data", tmp_path / "c.h5", "-o", tmp_path / "run", *changes
    )
    assert code == 0
    assert "fewer than 50: the train wells validate too" in told
    tuned, bundled = load_weights(tmp_path / "run" / "best.safetensors"), load_weights()
    assert str(tmp_path / "run" / "best.safetensors") in printed
    assert tuned.network.config == bundled.network.config
    moved = (tuned.network.queries - bundled.network.queries).abs().max()
    assert 0 < moved < 1e-2


def test_a_survey_adds_true_dips_to_what_is_predicted(run, tmp_path):
    """Of a horizontal hole, whose image shows level bedding as planes that lie along it."""
    made = synthetic_well("W", 3.0, 4, tool="acoustic_televiewer", planes="bedding")
    write_corpus(tmp_path / "w.h5", [made])
    (tmp_path / "survey.csv").write_text("MD_m,Incl,Azimuth\n0,0,80\n2000,-0,80\n")
    options = ["--survey", tmp_path / "survey.csv", "--inclination", "gradient", "--azimuth-correction", "10"]
    assert run("predict", tmp_path / "w.h5", "-o", tmp_path / "out", *options)[0] == 0
    picks = read_picks(tmp_path / "out" / "w.picks.csv")
    assert len(picks)
    assert set(zip(picks.hole_deviation_deg, picks.hole_azimuth_deg, strict=True)) == {(90.0, 90.0)}
    # A plane that crosses a horizontal hole at right angles to it stands upright.
    assert picks.true_dip_deg == pytest.approx(
        true_from_apparent(picks.dip_deg, picks.azimuth_deg - 90, 90.0, 90.0)[0], abs=0.01
    )


def test_export_adds_true_dips_and_writes_the_columns_of_techlog(run, tmp_path):
    write(Picks([10.0], [30.0], [0.0], kind="fracture", well="A"), tmp_path / "p.csv")
    (tmp_path / "s.csv").write_text("MD_m,Inc,Azi\n0,0,0\n50,0,0\n")
    options = ["--survey", tmp_path / "s.csv", "--profile", "techlog"]
    command = ["export", tmp_path / "p.csv", "-o", tmp_path / "p.las", *options]
    assert run(*command)[0] == 2
    assert run(*command, "--reference", "north")[0] == 0
    back = read_picks(tmp_path / "p.las")
    assert (back.true_dip_deg[0], back.true_azimuth_deg[0], back.kind[0]) == (30.0, 0.0, "fracture")
    assert "Dip_TRU" in (tmp_path / "p.las").read_text()


def test_info_names_versions_device_and_weights(run):
    code, printed, _ = run("info", "--json")
    assert code == 0
    assert {"torch", "device", "bundled weights", "torchvision works"} <= set(json.loads(printed))


def mistakes(tmp_path, flattened, corpus):
    """Name -> (arguments, what the sentence must say)."""

    def file(name, text):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    def predict(path, *more):
        return ["predict", path, "-o", tmp_path / "out", *more]

    text = flattened.read_text()
    shuffled = file("shuffled.csv", "DEPTH_m,I[0],I[1],I[2],I[3]\n1,1,2,3,4\n3,1,2,3,4\n2,1,2,3,4\n4,1,2,3,4\n")
    repeated = file("repeated.csv", "DEPTH_m,I[0],I[1],I[2],I[3]\n1,1,2,3,4\n2,1,2,3,4\n2,1,2,3,4\n3,1,2,3,4\n")
    null = file("null.csv", "DEPTH_m,I[0],I[1],I[2],I[3]\n" + "".join(f"{d},-9999,,-999.25,-9999\n" for d in range(5)))
    two = file("two.csv", "DEPTH_m,A[0],A[1],A[2],A[3],B[0],B[1],B[2],B[3]\n1,1,2,3,4,1,2,3,4\n2,1,2,3,4,1,2,3,4\n")
    picks = file("p.csv", "depth_m,dip_deg,azimuth_deg,kind\n500.5,20,10,bedding\n")
    far = file("far.csv", "depth_m,dip_deg,azimuth_deg,kind\n99.5,20,10,bedding\n")
    odd = file("odd.csv", "depth_m,dip_deg,azimuth_deg,kind\n500.5,20,10,wormhole\n")
    broken = tmp_path / "broken.h5"
    broken.write_bytes(corpus.read_bytes()[:700])
    bad_weights = file("bad.safetensors", "nothing")
    blocked = file("blocked", "a file where a folder should be")
    one_column = file("one.csv", "DEPTH_m,IMG\n1,5\n2,5\n3,5\n")
    no_depth = file("nodepth.csv", "DEPTH_m,I[0],I[1],I[2],I[3]\nx,1,2,3,4\ny,1,2,3,4\n")
    strip = tmp_path / "strip.png"
    Image.fromarray(np.zeros((40, 20), np.uint8)).save(strip)
    new = tmp_path / "new.h5"
    return {
        "missing file": (predict(tmp_path / "none.csv", *HOLE), "no such file"),
        "empty file": (predict(file("empty.csv", ""), *HOLE), "empty"),
        "truncated file": (predict(file("cut.csv", text[: len(text) // 2]), *HOLE), "cut.csv"),
        "wrong units row": (predict(file("units.csv", text.replace(",ft,", ",furlong,")), *HOLE), "furlong"),
        "no units": (predict(file("nounit.csv", text.replace(",ft,ohm.m", ",,")), *HOLE), "unit"),
        "no numeric depth": (predict(no_depth, *HOLE), "nodepth.csv"),
        "neither rising nor falling": (predict(shuffled, *HOLE), "shuffled.csv"),
        "repeated depths": (predict(repeated, *HOLE), "repeated.csv"),
        "no hole diameter": (predict(flattened, "--reference", "north"), "--hole-diameter"),
        "no reference": (predict(flattened, "--hole-diameter", "0.2159"), "--reference"),
        "inches as metres": (predict(flattened, "--hole-diameter", "8.5", "--reference", "north"), "0.2159"),
        "all null": (predict(null, *HOLE), "null"),
        "one column": (predict(one_column, *HOLE), "one.csv"),
        "several images": (predict(two, *HOLE), "--image"),
        "strip without depths": (predict(strip, *HOLE), "--top"),
        "unknown suffix": (predict(file("log.dlis", "x"), *HOLE), ".dlis"),
        "picks outside": (["import", corpus, "-o", new, "--picks", far], "lie at 99.50 to 99.50 m, and the log at"),
        "unknown kinds": (["import", corpus, "-o", new, "--picks", odd], "wormhole"),
        "unreadable interval": (["import", corpus, "-o", new, "--reviewed", "ten"], "TOP:BASE"),
        "wrong kind option": (["score", picks, picks, "--hole-diameter", 0.2, "--kind", "a=b"], "NAME="),
        "score without diameter": (["score", picks, picks], "--hole-diameter"),
        "corrupt corpus": (predict(broken), "broken.h5"),
        "corrupt weights": (predict(corpus, "--weights", bad_weights), "damaged"),
        "wrong threshold": (predict(corpus, "--threshold", 7), "between 0 and 1"),
        "no such device": (predict(corpus, "--device", "abacus"), "no such device"),
        "output cannot be a folder": (["predict", corpus, "-o", blocked], "blocked"),
        "export to nothing known": (["export", picks, "-o", tmp_path / "x.xlsx"], ".xlsx"),
        "plot to nothing known": (["plot", corpus, "-o", tmp_path / "x.bmp"], ".bmp"),
        "synth too short": (["synth", new, "--length", 0.1], "at least 1 m"),
        "train on nothing to validate": (
            ["train", "--data", corpus, "-o", tmp_path / "r", "--wandb", "off"],
            "--split train",
        ),
        "resume nothing": (["train", "-o", tmp_path / "r2", "--resume", "--wandb", "off"], "without --resume"),
    }


@pytest.mark.parametrize("number", range(31))
def test_a_mistake_is_one_sentence_and_leaves_nothing_behind(run, tmp_path, flattened, corpus, number):
    cases = mistakes(tmp_path, flattened, corpus)
    assert len(cases) == 31
    name = list(cases)[number]
    arguments, said = cases[name]
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    code, _, told = run(*arguments)
    sentence = [line for line in told.splitlines() if not line.startswith("note: ")]
    assert code == 2, name
    assert len(sentence) == 1, told
    assert said in sentence[0], sentence[0]
    assert "Traceback" not in told
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_full_disk_is_said_and_leaves_nothing(run, tmp_path, corpus, monkeypatch):
    def full(self, *arguments, **more):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    code, _, told = run("predict", corpus, "-o", tmp_path / "out")
    assert code == 2
    assert "disk is full" in told
    assert not any((tmp_path / "out").glob("*.las"))


def test_a_falling_log_is_turned_over_and_said(run, tmp_path):
    rows = "".join(f"{d:.2f},1,{d % 3},3,4\n" for d in np.arange(12, 10, -0.05))
    (tmp_path / "up.csv").write_text("DEPTH_m,I[0],I[1],I[2],I[3]\n" + rows)
    code, _, told = run("predict", tmp_path / "up.csv", "-o", tmp_path / "out", *HOLE)
    assert code == 0
    assert told.startswith("note: ")


@pytest.mark.parametrize("module", ["geobfdt.cli", "geobfdt.eval", "geobfdt.formats"])
def test_starting_does_not_load_torch(module):
    program = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_every_command_shows_an_example_that_it_takes(run):
    """Its options and arguments are those of the command, so that a reader can begin with it."""
    commands = typer.main.get_command(app).commands
    assert set(commands) == {example.split()[1] for example in EXAMPLES.values()}
    for example in EXAMPLES.values():
        _, name, *arguments = shlex.split(example)
        command = commands[name]
        with command.make_context(name, [*arguments], resilient_parsing=False):
            pass
        code, printed, _ = run(name, "-h")
        assert code == 0
        assert "Example: geobfdt" in " ".join(printed.split())
    assert run("--version")[:2] == (0, f"geobfdt {__version__}\n")


def test_a_command_may_say_less_or_more_and_be_put_on_record(run, tmp_path):
    (tmp_path / "p.csv").write_text("depth_m,dip_deg,azimuth_deg\n1000.6,,30\n1000.7,20,100\n")
    export = ("export", tmp_path / "p.csv", "-o", tmp_path / "o.csv")
    assert "without a dip" in run(*export)[2]
    assert run("-q", *export)[1:] == (f"{tmp_path / 'o.csv'}: 1 pick\n", "")
    assert run("-v", *export)[2].splitlines()[-1].endswith(" s")
    record = tmp_path / "log.txt"
    for options in (("-q",), ()):
        assert run(*options, "--log-file", record, *export)[0] == 0
    assert run("--log-file", record, "export", tmp_path / "none.csv", "-o", tmp_path / "x.csv")[0] == 2
    lines = record.read_text().splitlines()
    assert [
        sum(words in line for line in lines) for words in ("INFO geobfdt", "without a dip", "no such file", "ended")
    ] == [3, 2, 1, 3]
    before = record.read_text()
    assert run(*export)[0] == 0
    assert record.read_text() == before


@pytest.mark.usefixtures("without_figures")
def test_every_command_answers_in_json_where_it_is_asked_to(run, tmp_path):
    for command in typer.main.get_command(app).commands.values():
        assert [option.is_flag for option in command.params if "--json" in option.opts] == [True], command.name

    def answer(*arguments):
        code, printed, told = run(*arguments, "--json")
        assert code == 0, told
        return json.loads(printed)

    corpus, picks = tmp_path / "w.h5", tmp_path / "p.csv"
    made = answer("synth", corpus, "--length", 2, "--seed", 5)
    assert (made["file"], made["wells"], made["planes"] > 0, made["notes"]) == (str(corpus), 1, True, [])
    picks.write_text("depth_m,dip_deg,azimuth_deg\n1000.6,,30\n1000.7,20,100\n")
    exported = answer("export", picks, "-o", tmp_path / "p.las")
    assert (exported["picks"], len(exported["notes"])) == (1, 1)
    assert answer("plot", corpus, "-o", tmp_path / "w.png")["file"] == str(tmp_path / "w.png")
    (entry,) = answer("import", corpus, "-o", tmp_path / "again.h5")["wells"]
    assert (entry["top_m"], entry["picks"]) == (pytest.approx(1000, abs=0.1), 0)
    (page,) = answer("report", corpus, "--picks", picks, "-o", tmp_path / "w.html")
    assert page["files"] == [str(tmp_path / "w.html")]
    assert len(answer("info", picks)["parts"]) == 1
    shown = answer("demo", "-o", tmp_path / "demo", "--length", 2)
    assert all(Path(file).is_file() for file in shown["files"])
    assert shown["score"]["scores"]
