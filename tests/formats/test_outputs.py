"""What is written is whole and where it should be, and nothing else is touched."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from geobfdt import formats
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.formats.atomic import alone, replacing, together
from geobfdt.formats.corpus import well_names
from tests.forked import PATIENCE_S

PICKS = Picks([100.5, 101.5], [20, 30], [40, 50], well="A")
Run = Callable[..., tuple[int, str, str]]


def write(path: Path, text: str = "new") -> None:
    with replacing(path) as temporary:
        temporary.write_text(text)


def test_a_link_is_written_through_and_its_target_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    target = tmp_path / "far" / "real.csv"
    target.write_text("old")
    target.chmod(0o640)
    link = tmp_path / "link.csv"
    link.symlink_to(target)
    write(link)
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    dangling = tmp_path / "dangling.csv"
    dangling.symlink_to(tmp_path / "far" / "not yet.csv")
    write(dangling)
    assert (tmp_path / "far" / "not yet.csv").read_text() == "new"
    assert sorted(path.name for path in (tmp_path / "far").iterdir()) == ["not yet.csv", "real.csv"]


def test_files_that_belong_together_are_there_together_or_as_they_were(tmp_path: Path) -> None:
    a, b = tmp_path / "a.csv", tmp_path / "b.csv"
    a.write_text("old")

    def both(fails: bool) -> None:
        with together():
            write(a, "a")
            assert a.read_text() == "old"
            with together():
                write(b, "b")
            assert not b.exists()
            if fails:
                write(tmp_path / "no folder" / "c.csv")

    with pytest.raises(InputError, match="does not exist"):
        both(fails=True)
    assert a.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    both(fails=False)
    assert [path.read_text() for path in sorted(tmp_path.iterdir())] == ["a", "b"]


def test_rights_of_a_new_file_are_those_of_any_other(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write(tmp_path / "new.csv")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new.csv").stat().st_mode) == 0o640


def test_devices_pipes_and_folders_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for path, message in (
        (Path("/dev/null"), "a device or a pipe"),
        (tmp_path / "pipe.csv", "a device or a pipe"),
        (tmp_path, "is a folder"),
    ):
        with pytest.raises(InputError, match=message):
            write(path)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe.csv"]


def test_what_a_killed_process_left_is_removed_and_what_a_running_one_writes_is_not(tmp_path: Path) -> None:
    left, running = tmp_path / ".p.0123456789ab.csv", tmp_path / ".p.ba9876543210.csv"
    others = [tmp_path / name for name in (".p.0123456789ab.las", ".q.0123456789ab.csv", ".p.csv", ".p.mine.csv")]
    for path in (left, running, *others):
        path.write_text("half")
    with running.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        write(tmp_path / "p.csv")
        assert not left.exists()
        assert running.exists()
    assert all(path.exists() for path in others)
    write(tmp_path / "p.csv")
    assert not running.exists()


def test_two_at_once_both_finish_and_one_of_them_stays(tmp_path: Path) -> None:
    with replacing(tmp_path / "p.csv") as one, replacing(tmp_path / "p.csv") as other:
        assert one != other
        one.write_text("one")
        other.write_text("other")
    assert (tmp_path / "p.csv").read_text() == "one"  # the outer one ends last
    assert [path.name for path in tmp_path.iterdir()] == ["p.csv"]


def test_a_command_never_writes_over_what_it_reads(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "p.csv"
    formats.write(PICKS, path)
    before = path.read_bytes()
    (tmp_path / "link.csv").symlink_to(path)
    (tmp_path / "s.json").symlink_to(path)
    hole = ("--hole-diameter", 0.2)
    for command in (
        ("export", path, "-o", path),
        ("export", path, "-o", tmp_path / "link.csv"),
        ("export", tmp_path / "link.csv", "-o", path),
        ("score", path, path, *hole, "-o", tmp_path / "s.json"),
    ):
        code, _, told = run(*command)
        assert (code, "is read by this command; give its results another name" in told) == (2, True), command
        assert path.read_bytes() == before


def test_results_are_named_for_what_they_are(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "p.csv"
    formats.write(PICKS, path)
    code, _, told = run("score", path, path, "--hole-diameter", 0.2, "-o", tmp_path / "other.csv")
    assert (code, "is written as .json, not as .csv" in told) == (2, True)
    code, _, told = run("synth", tmp_path / "wells.csv", "--length", 1)
    assert (code, "is written as .h5 .hdf5, not as .csv" in told) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["p.csv"]


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
def test_a_signal_ends_the_command_line_with_one_word_and_nothing_half_written(
    tmp_path: Path, name: str, code: int
) -> None:
    script = (
        "import signal, time\n"
        "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"  # under nohup and in the background they are ignored
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from geobfdt import cli\n"
        "from geobfdt.cli import app\n"
        "from geobfdt.formats.atomic import replacing\n"
        "def run():\n"
        f"    with replacing({str(tmp_path / 'p.csv')!r}) as temporary:\n"
        "        temporary.write_text('half')\n"
        "        print('writing', flush=True)\n"
        # Of a signal that comes just before it, a sleep knows nothing until it ends.
        "        for _ in range(600): time.sleep(0.1)\n"
        "app.run = run\n"
        "cli.main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    process.send_signal(getattr(signal, name))
    _, told = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, told) == (code, "geobfdt: stopped\n")
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_in_a_command_is_one_word(tmp_path: Path) -> None:
    script = (
        "import signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from geobfdt import cli\n"
        "from geobfdt.cli.app import app\n"
        "@app.command()\n"
        "def stopped(): signal.raise_signal(signal.SIGINT)\n"
        "cli.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", script, "stopped"], capture_output=True, text=True, timeout=PATIENCE_S)
    assert (done.returncode, done.stderr) == (130, "geobfdt: stopped\n")


def test_ctrl_c_while_the_command_line_starts_is_one_word_too(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text(
        "import os, signal, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "os.kill(os.getpid(), signal.SIGINT)\ntime.sleep(9)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    code = "from geobfdt.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert (done.returncode, done.stderr) == (130, "geobfdt: stopped\n")


def test_what_is_written_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file, the rename, the folder: in that order."""
    steps: list[str] = []
    plain, replace = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        plain(descriptor)

    monkeypatch.setattr(os, "fsync", synced)

    def renamed(*paths: Path) -> None:
        steps.append("rename")
        replace(*paths)

    monkeypatch.setattr(os, "replace", renamed)
    write(tmp_path / "p.csv")
    assert steps == ["file", "rename", "folder"]


def test_four_writers_to_one_corpus_store_four_wells(tmp_path: Path) -> None:
    script = (
        "import sys, numpy as np\n"
        "from geobfdt.borehole.image_log import ImageLog\n"
        "from geobfdt.borehole.well import Well\n"
        "from geobfdt.formats.corpus import write_corpus\n"
        "log = ImageLog(np.ones((5000, 64)), np.arange(5000) * 0.01, 0.2, well=sys.argv[1])\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        f"write_corpus({str(tmp_path / 'c.h5')!r}, [Well(log)], append=True)\n"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    writers = [subprocess.Popen([sys.executable, "-c", script, name], **pipes) for name in "ABCD"]  # type: ignore[call-overload]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("\n")
        writer.stdin.flush()
    assert [writer.wait(timeout=PATIENCE_S) for writer in writers] == [0] * 4
    assert sorted(well_names(tmp_path / "c.h5")) == ["A", "B", "C", "D"]
    assert [path.name for path in tmp_path.iterdir()] == ["c.h5"]


def test_a_lock_outlives_no_process_and_is_refused_where_nobody_waits(tmp_path: Path) -> None:
    path = tmp_path / "run"
    script = (
        "import time\nfrom pathlib import Path\nfrom geobfdt.formats.atomic import alone\n"
        f"with alone(Path({str(path)!r})):\n    print('in', flush=True)\n    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "in\n"
    with pytest.raises(InputError, match="another process is at work on it"), alone(path, wait=False):
        pass
    process.kill()
    process.wait()
    with alone(path, wait=False):
        assert (tmp_path / ".run.lock").exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_writers_that_are_killed_at_any_moment_leave_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from geobfdt.borehole.picks import Picks\n"
        "from geobfdt import formats\n"
        "import numpy as np\n"
        "print('ready', flush=True)\n"
        "n = 20000\n"
        "while True:\n"
        "    for dip in (10.0, 20.0):\n"
        "        picks = Picks(100 + np.arange(n), np.full(n, dip), np.zeros(n), well='A')\n"
        f"        formats.write(picks, {str(tmp_path / 'p.csv')!r})\n"
    )
    rng = np.random.default_rng(0)
    for _ in range(10):
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(float(rng.uniform(0.0, 0.6)))
        process.kill()
        process.wait()
        if (tmp_path / "p.csv").exists():
            picks = formats.read_picks(tmp_path / "p.csv")
            assert len(picks) == 20000
            assert set(picks.dip_deg.tolist()) in ({10.0}, {20.0})
    formats.write(PICKS, tmp_path / "p.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["p.csv"]
