"""Teaching from the page: what may teach and what judges; a run that is begun, stopped, gone on with and finished."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.formats.corpus import read_corpus
from geobfdt.reviewing.edits import NotNowError
from geobfdt.reviewing.holding_out import (
    FEWEST_HELD_OUT,
    FEWEST_TAUGHT,
    GAP_HEIGHTS,
    LEAST_HEIGHTS,
    check_enough,
    parted,
)
from geobfdt.reviewing.lessons import Folder, Lesson
from geobfdt.reviewing.pupil import end_of_its_own, epochs_of, recipe
from geobfdt.reviewing.run_clock import RunClock
from geobfdt.reviewing.teaching import Teaching
from geobfdt.synthetic.wells import synthetic_well
from geobfdt.training.config import load_config
from geobfdt.windows.grid import HEIGHT_RADII, ROWS, row_step_m, window_starts
from tests.forked import PATIENCE_S, gone
from tests.reviewing.pupils import held_back, lingers

HOLE_M, LENGTH_M, TOP_M = 0.2159, 24.0, 1000.0
HEIGHT_M = HEIGHT_RADII * HOLE_M / 2
REVIEWED = ((1000.0, 1014.0), (1014.5, 1016.0), (1018.0, 1024.0))
MODEL = {"width": 4, "channels": 16, "heads": 2, "feed_forward": 16, "encoder_layers": 1, "decoder_layers": 1}
MODEL |= {"queries": 8, "curve_channels": 8, "decoder": "curve", "target": "vector", "dropout": 0.1}


def well():
    return synthetic_well("A", LENGTH_M, 3, tool="lwd_56_sectors", hole_diameter_m=HOLE_M)


def read_log():
    return well().log


def tiny_weights(folder):
    """A file of weights that know nothing, and learn fast."""
    from geobfdt.model.checkpoint import save_weights
    from geobfdt.model.config import ModelConfig
    from geobfdt.model.detector import Detector

    path = folder / "tiny.safetensors"
    save_weights(path, Detector(ModelConfig.model_validate(MODEL)), 0.5)
    return path


def until(teaching, reached, patience_s=2 * PATIENCE_S):
    """The first status that is as it should be."""
    end = time.monotonic() + patience_s
    while not reached(status := teaching.status()):
        assert time.monotonic() < end, status
        time.sleep(0.05)
    return status


stretches = st.lists(st.tuples(st.floats(0.0, 50.0), st.floats(0.05, 30.0)), min_size=1, max_size=5)


@given(stretches)
def test_no_window_that_judges_shows_what_was_taught(drawn):
    reviewed, top_m = [], 100.0
    for gap_m, length_m in drawn:
        reviewed.append((top_m + gap_m, top_m + gap_m + length_m))
        top_m = reviewed[-1][1] + 0.01
    parts = parted(reviewed[::-1], HOLE_M / 2)
    for top, base in (*parts.taught_m, *parts.held_out_m):
        assert any(of[0] <= top < base <= of[1] for of in reviewed)
    for top, base in parts.held_out_m:
        length_m = 4 * (base - top)
        assert length_m >= LEAST_HEIGHTS * HEIGHT_M - 1e-6
        for other in parts.taught_m:
            assert other[1] <= top - GAP_HEIGHTS * HEIGHT_M + 1e-9 or other[0] >= base + GAP_HEIGHTS * HEIGHT_M - 1e-9


def test_the_windows_that_own_held_out_depths_begin_below_what_is_taught():
    log = read_log()
    parts = parted([(1000.0, 1024.0)], HOLE_M / 2)
    (_, taught_base), (top, base) = parts.taught_m[0], parts.held_out_m[0]
    step_m = row_step_m(log)
    centres = (window_starts(log) + ROWS / 2) * step_m
    for depth_m in np.linspace(top, base, 50):
        owner = centres[np.abs(centres - depth_m).argmin()]
        assert owner - HEIGHT_M / 2 >= taught_base - 1e-6
    assert top == pytest.approx(1018.0)


def test_too_little_is_refused_and_says_how_much_is_needed():
    def picks(count, top=1000.0, base=1024.0):
        return Picks(np.linspace(top, base, count), 10.0, 20.0, "bedding")

    enough = parted([(1000.0, 1024.0)], HOLE_M / 2)
    check_enough(picks(60), enough, HOLE_M / 2)
    for given_, parts, told in (
        (picks(60), parted([(1000.0, 1004.0)], HOLE_M / 2), r"a stretch of 4\.3 m and more"),
        (picks(9), enough, f"it takes {FEWEST_TAUGHT} in 5\\.8 m"),
        (picks(60), parted([(1000.0, 1005.0)], HOLE_M / 2), r"accepted picks in 2\.\d reviewed m are too few"),
        (picks(60, 1000.0, 1017.0), enough, f"last quarter .* it takes {FEWEST_HELD_OUT}"),
    ):
        with pytest.raises(InputError, match=told):
            check_enough(given_, parts, HOLE_M / 2)


def test_epochs_of_as_many_steps_as_they_make_are_the_same():
    """A run that is gone on with has the very configuration that it began with."""
    for steps in range(1, 3000):
        epochs, an_epoch = epochs_of(steps)
        assert epochs_of(epochs * an_epoch) == (epochs, an_epoch)
        assert steps <= epochs * an_epoch < steps + 20


@pytest.mark.parametrize("steps", [1, 2, 7, 60, 300, 307, 5000])
def test_a_recipe_is_one_that_training_takes(steps):
    from geobfdt.model.checkpoint import load_weights
    from geobfdt.training.schedule import never_acts

    epochs, an_epoch = epochs_of(steps)
    config = load_config(None, recipe(steps)[1::2], load_weights().network.config)
    assert (config.epochs, config.steps_per_epoch) == (epochs, an_epoch)
    assert config.data.synthetic == 0.5
    assert steps < 4 or never_acts(config, an_epoch) is None


def test_the_clock_tells_between_epochs(tmp_path, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    metrics = tmp_path / "metrics.csv"
    clock = RunClock(metrics, 60, 50.0)

    def after(seconds, rows=None):
        now[0] += seconds
        if rows is not None:
            text = "epoch,steps,windows_per_s,val_f1\n" + "".join(f"{n},{20 * n},10,0.5\n" for n in range(1, rows + 1))
            metrics.write_text(text)
            os.utime(metrics, ns=(rows, rows))
        return clock.look()

    assert after(5) == (first := clock.look())
    assert (first.step, first.seconds_left) == (0, None)
    assert after(40, rows=1).step == 20
    assert clock.look().seconds_left is None
    where = after(30, rows=2)
    assert (where.step, where.seconds_left) == (40, pytest.approx(30 + 5))
    where = after(15)
    assert (where.step, where.seconds_left) == (50, pytest.approx(15 + 5))
    assert after(100).step == 59
    assert after(0, rows=3).step == 60
    assert "F1 0.50" in clock.look().told


@pytest.fixture
def forking(monkeypatch):
    """Children are forked, with what they need loaded; those of a server that is killed are started as ever."""

    monkeypatch.setattr("geobfdt.workers.child.get_context", lambda _: multiprocessing.get_context("fork"))


@pytest.mark.slow
def test_begun_stopped_found_again_gone_on_with_and_finished(tmp_path, monkeypatch, forking):
    folder, picks, hold = tmp_path / "taught", well().picks, held_back(tmp_path, monkeypatch)
    teaching = Teaching(folder, read_log, tiny_weights(tmp_path))
    assert teaching.status()["state"] == "none"
    assert teaching.picks() is None
    for asked in (teaching.cancel, teaching.resume):
        with pytest.raises(NotNowError):
            asked()
    with pytest.raises(InputError, match="too few to teach"):
        teaching.start(picks[:15], REVIEWED, 24)
    assert not folder.exists()

    teaching.start(picks, REVIEWED, 24)
    with pytest.raises(NotNowError):
        teaching.start(picks, REVIEWED, 24)
    status = until(teaching, lambda status: status["step"] >= 6)
    assert (status["state"], status["stage"], status["steps"]) == ("running", "training", 24)
    process = json.loads((folder / "lesson.json").read_text())["process"]
    teaching.cancel()
    status = teaching.status()
    assert status["state"] == "cancelled"
    assert 6 <= status["step"] < 24
    assert gone(process)
    teaching.close()

    again = Teaching(folder, read_log, tmp_path / "tiny.safetensors", hole_diameter_m=HOLE_M)
    assert again.status() == status
    kept = Folder(folder)
    rows = (kept.run(1) / "metrics.csv").read_text()
    hold.unlink()
    again.resume()
    status = until(again, lambda status: status["state"] != "running")
    assert status["state"] == "finished", status
    assert status["step"] == 24
    assert (kept.run(1) / "metrics.csv").read_text().startswith(rows)
    assert status["weights"] == str(folder / "retrained.safetensors")
    assert kept.weights.read_bytes() == (kept.run(1) / "last.safetensors").read_bytes()
    for when in ("before", "after"):
        assert set(status["scores"][when]) == {"depth", "curve", "joint"}
        held_out = len(picks.within(status["held_out_m"]))
        assert {figures["n_ref"] for figures in status["scores"][when].values()} == {held_out}
    assert again.picks() is not None
    assert Teaching(folder, read_log, None).status() == status
    assert len(Teaching(folder, read_log, None).picks()) == len(again.picks())
    again.close()

    wells = read_corpus(kept.corpus(1))
    for split, parts in (("train", status["taught_m"]), ("test", status["held_out_m"])):
        of_split = [one for one in wells if one.split == split]
        assert len(of_split) == len(parts)
        for one, (top, base) in zip(of_split, parts, strict=True):
            assert top - 0.01 <= one.log.top_m < one.log.base_m <= base + 0.01
            assert len(one.picks) == len(picks.within([(one.log.top_m, one.log.base_m)]))


@pytest.mark.slow
def test_a_server_that_is_killed_leaves_nothing_running_and_what_can_be_gone_on_with(tmp_path):
    tiny_weights(tmp_path)
    program = tmp_path / "server.py"
    program.write_text(
        "import sys, time\n"
        "from pathlib import Path\n"
        "from geobfdt.reviewing.teaching import Teaching\n"
        "from tests.reviewing.test_teaching import HOLE_M, REVIEWED, read_log, well\n"
        "if __name__ == '__main__':\n"
        "    here = Path(sys.argv[1])\n"
        "    teaching = Teaching(here / 'taught', read_log, here / 'tiny.safetensors', hole_diameter_m=HOLE_M)\n"
        "    teaching.start(well().picks, REVIEWED, 4000)\n"
        "    while teaching.status()['step'] < 1:\n"
        "        time.sleep(0.05)\n"
        "    print(teaching._child.pid, flush=True)\n"
        "    time.sleep(600)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.fspath(Path(__file__).parents[2])}
    command = [sys.executable, program, tmp_path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        child = int(server.stdout.readline())
        train = json.loads((tmp_path / "taught" / "lesson.json").read_text())["process"]
        assert train > 0
        server.kill()
    assert gone(child)
    assert gone(train)
    teaching = Teaching(tmp_path / "taught", read_log, tmp_path / "tiny.safetensors", hole_diameter_m=HOLE_M)
    status = teaching.status()
    assert status["state"] == "cancelled"
    assert "can be resumed" in status["told"]
    assert status["step"] > 0
    teaching.resume()
    until(teaching, lambda now: now["step"] > status["step"])
    teaching.close()
    assert teaching.status()["state"] == "cancelled"


@pytest.mark.slow
def test_what_training_refuses_is_told_and_another_teaching_may_begin(tmp_path, forking):
    weights = tmp_path / "mine.safetensors"
    weights.write_bytes(b"no weights")
    teaching = Teaching(tmp_path / "taught", read_log, weights, hole_diameter_m=HOLE_M)
    teaching.start(well().picks, REVIEWED, 2)
    status = until(teaching, lambda status: status["state"] != "running")
    assert status["state"] == "failed"
    assert "mine.safetensors: the weights are damaged" in status["told"]
    until(teaching, lambda _: teaching._child is None)
    weights.write_bytes(tiny_weights(tmp_path).read_bytes())
    teaching.start(well().picks, REVIEWED, 2)
    status = until(teaching, lambda status: status["state"] != "running")
    assert status["state"] == "finished", status
    assert Folder(tmp_path / "taught").run(2).is_dir()
    teaching.close()


def test_what_is_said_to_have_ended_can_be_gone_on_with_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr("geobfdt.reviewing.teaching.be_taught", lingers)
    teaching = Teaching(tmp_path / "taught", list, None, hole_diameter_m=HOLE_M)
    teaching.start(well().picks, REVIEWED, 4)
    until(teaching, lambda status: status["state"] == "cancelled")
    teaching.resume()
    assert teaching.status()["state"] == "running"
    teaching.close()
    assert teaching.status()["state"] == "cancelled"


def test_a_run_that_outlived_its_server_is_ended_and_no_other_process(tmp_path):
    run = tmp_path / "run-1"
    sleeping = [sys.executable, "-c", "import time; print('begun', flush=True); time.sleep(600)"]
    pipe = {"stdout": subprocess.PIPE}
    with subprocess.Popen([*sleeping, run], **pipe) as its_own, subprocess.Popen(sleeping, **pipe) as another:
        for process in (its_own, another):  # before it says so it may not yet have the arguments it is known by
            assert process.stdout.readline() == b"begun\n"
        end_of_its_own(another.pid, run)
        assert another.poll() is None
        # Whoever finds the lesson again knows of it.
        Folder(tmp_path).keep(Lesson("running", process=its_own.pid))
        end_of_its_own(Folder(tmp_path).kept().process, run)
        assert its_own.wait(PATIENCE_S) == -signal.SIGTERM
        another.kill()
    end_of_its_own(0, run)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"state": "running"}'])
def test_a_folder_that_holds_no_lesson_is_refused(tmp_path, text):
    (tmp_path / "lesson.json").write_text(text)
    with pytest.raises(InputError, match="remove it to begin anew"):
        Teaching(tmp_path, read_log, None)
