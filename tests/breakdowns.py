"""Kills commands at random moments and lets disks run full under them: ``python -m tests.breakdowns --count 50``.

Every command works in a copy of one folder. Whenever it is killed, and however little room there is, what stood there
must still be whole, what is new be whole or absent, and the same command, given again, must end as one that was never
disturbed and leave nothing else behind. Prints a line a command; exits with 1 at the first that breaks this.

A full disk is a small file system in memory where this process may mount one; elsewhere a limit on the size of files.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # nothing here has threads when it forks

HOLE = ("--hole-diameter", "0.2159", "--reference", "north")
TRAINING = """
epochs: 3
steps_per_epoch: 3
batch: 2
precision: float32
model: {width: 4, channels: 16, heads: 2, feed_forward: 16, encoder_layers: 1, decoder_layers: 1, queries: 8}
data: {validation_windows: 4}
"""


class Child:
    """Work in a forked process. Its words go through a pipe, which a full disk leaves alone, and are short."""

    def __init__(self, work: Callable[[], object], most_bytes: int | None = None) -> None:
        self.words, told = os.pipe()
        self.number = os.fork()
        if self.number:
            os.close(told)
            return
        code = 1
        try:
            os.dup2(told, 1)
            os.dup2(told, 2)
            if most_bytes is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
            work()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def end(self) -> tuple[int, str]:
        """Its exit code, and all that it said."""
        with open(self.words, encoding="utf-8") as words:
            said = words.read()
        return os.waitstatus_to_exitcode(os.waitpid(self.number, 0)[1]), said


def done(work: Callable[[], object]) -> None:
    """Do work in another process, which a library may bring down."""
    code, words = Child(work).end()
    assert code == 0, words


@dataclass(frozen=True)
class Scene:
    """A command, and what is checked of its folder at any time and of its output once it has ended."""

    name: str
    arguments: tuple[str, ...]
    check: Callable[[Path], None]
    again: tuple[str, ...] = ()
    """Options that the command needs where it was begun before."""
    adds: bool = False
    """Given again after its end it would add another well."""

    def run(self, folder: Path, *more: str) -> Callable[[], None]:
        def work() -> None:
            from geobfdt.cli import main

            os.chdir(folder)
            sys.argv = ["geobfdt", *self.arguments, *more]
            main()

        return work


def corpus_is_whole(folder: Path) -> None:
    from geobfdt.formats.corpus import read_corpus

    wells = [well.log.well for well in read_corpus(folder / "corpus.h5")]
    assert wells[0] == "first", wells
    assert len(wells) in (1, 2), wells


def picks_are_whole(folder: Path) -> None:
    from geobfdt.formats.provenance import is_as_written, metadata_of

    for path in (folder / "picks").rglob("[!.]*.*"):
        if path.suffix == ".las" or (path.name.endswith(".picks.csv") and metadata_of(path).exists()):
            assert is_as_written(path), path


def run_is_whole(folder: Path) -> None:
    from geobfdt.model.checkpoint import load_state, load_weights

    if (folder / "run" / "last.pt").exists():
        load_state(folder / "run" / "last.pt")
    if (folder / "run" / "best.safetensors").exists():
        load_weights(folder / "run" / "best.safetensors")


def file_is_whole(name: str, end: bytes) -> Callable[[Path], None]:
    def check(folder: Path) -> None:
        if (folder / name).exists():
            assert (folder / name).read_bytes().endswith(end), name

    return check


SCENES = (
    Scene("synth", ("synth", "corpus.h5", "--append", "--length", "2", "--seed", "7"), corpus_is_whole, adds=True),
    Scene("import", ("import", "logs/a.csv", "-o", "corpus.h5", *HOLE), corpus_is_whole, adds=True),
    Scene("predict", ("predict", "logs", "-o", "picks", *HOLE), picks_are_whole),
    Scene("train", ("train", "config.yaml", "-o", "run", "--wandb", "off"), run_is_whole, ("--resume",)),
)
"""Commands that are killed."""
OUTPUTS = (
    *SCENES,
    *(
        Scene(f"export{end}", ("export", "dips.csv", "-o", f"x{end}", *HOLE[:2]), file_is_whole(f"x{end}", last))
        for end, last in ((".csv", b"\n"), (".las", b"\n"), (".json", b"]"), (".dlis", b""))
    ),
    Scene("score", ("score", "dips.csv", "dips.csv", "-o", "s.json", *HOLE[:2]), file_is_whole("s.json", b"}")),
    Scene(
        "score --report",
        ("score", "few.csv", "few.csv", "--report", "s.html", *HOLE[:2]),
        file_is_whole("s.html", b"</html>\n"),
    ),
    Scene(
        "report",
        ("report", "logs/a.csv", "--picks", "few.csv", "-o", "r.html", "--pdf", "r.pdf", *HOLE),
        file_is_whole("r.html", b"</html>\n"),
    ),
    Scene("qc", ("qc", "logs", "-o", "checks", *HOLE), file_is_whole("checks/a.qc.json", b"}")),
    Scene("plot", ("plot", "logs/a.csv", "-o", "p.png", *HOLE), file_is_whole("p.png", b"IEND\xaeB`\x82")),
    Scene("info", ("info", "logs/a.csv", "--write-settings", "a.yaml"), file_is_whole("a.yaml", b"\n")),
    Scene("demo", ("demo", "-o", "demo", "--length", "1"), file_is_whole("demo/well.score.txt", b"\n")),
)
"""Commands whose disk runs full: all that write, but for bench and studies, which take long."""


def furnish(folder: Path) -> None:
    """What every command begins with: two logs, many dips and few, a corpus of one well, a configuration."""
    import numpy as np

    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.borehole.well import Well
    from geobfdt.formats.corpus import write_corpus

    (folder / "logs").mkdir()
    rng = np.random.default_rng(0)
    pixels = rng.normal(100, 20, (200, 16)).round(1)
    write_corpus(folder / "corpus.h5", [Well(ImageLog(pixels, np.arange(200) / 100, 0.2159, well="first"))])
    for name in ("a", "b"):
        pixels = rng.normal(100, 20, (300, 16)).round(1)
        rows = [f"{1000 + k / 100:.2f}," + ",".join(map(str, row)) for k, row in enumerate(pixels)]
        header = ",".join(["DEPTH_m", *(f"A[{k}]" for k in range(16))])
        (folder / "logs" / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n")
    dips = [f"{1000 + k / 200:.3f},{k % 80},{k % 360}" for k in range(500)]
    # Many, so that what is exported fills more than a page of a disk; a report is large of few.
    for table, of_them in (("dips.csv", dips), ("few.csv", dips[::20])):
        (folder / table).write_text("\n".join(["depth_m,dip_deg,azimuth_deg", *of_them]) + "\n")
    (folder / "config.yaml").write_text(TRAINING)


@contextmanager
def disk(folder: Path, room: int) -> Iterator[None]:
    """What is in a folder on a disk with so little room beside it."""
    kept = folder.with_name(f"{folder.name}-kept")
    shutil.copytree(folder, kept)
    taken = sum(-(-path.stat().st_size // 4096) for path in kept.rglob("*") if path.is_file()) * 4096
    libc = ctypes.CDLL(None, use_errno=True)
    size = f"size={taken + room}".encode()
    if libc.mount(b"tmpfs", bytes(folder), b"tmpfs", 0, size) != 0:
        raise OSError(ctypes.get_errno(), "no file system of this size")
    try:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        yield
    finally:
        libc.umount2(bytes(folder), 2)
        shutil.rmtree(kept)


def may_mount() -> bool:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "disk").mkdir()
        try:
            with disk(Path(name) / "disk", 4096):
                return True
        except OSError:
            return False


@dataclass
class Stage:
    """Where scenes are played: a folder to copy, and what an undisturbed run leaves."""

    root: Path
    seed: int

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.furnished = self.root / "furnished"
        self.furnished.mkdir()
        self.undisturbed: dict[str, tuple[float, int, Left]] = {}
        done(lambda: furnish(self.furnished))

    def fresh(self) -> Path:
        folder = self.root / "work"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.furnished, folder)
        return folder

    def whole(self, scene: Scene) -> tuple[float, int, Left]:
        """How long the command takes, how many bytes it writes, and what it leaves."""
        if scene.name not in self.undisturbed:
            folder = self.fresh()
            start = time.monotonic()
            done(scene.run(folder))
            seconds = time.monotonic() - start
            written = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            before = sum(path.stat().st_size for path in self.furnished.rglob("*") if path.is_file())
            self.undisturbed[scene.name] = seconds, max(written - before, 1), left_in(folder)
        return self.undisturbed[scene.name]

    def finish(self, scene: Scene, folder: Path, left: Left) -> None:
        """Give the command again: it ends as if nothing had happened."""
        more = scene.again if (folder / "run" / "last.pt").exists() else ()
        done(scene.run(folder, *more))
        done(lambda: scene.check(folder))
        assert left_in(folder) == left, (left_in(folder)[0] ^ left[0], "or the weights differ")

    def killed(self, scene: Scene, count: int) -> str:
        seconds, _, left = self.whole(scene)
        within, kills, tries = seconds, 0, 0
        while kills < count and tries < 4 * count:
            tries += 1
            folder = self.fresh()
            child = Child(scene.run(folder))
            time.sleep(self.rng.uniform(0, within))
            os.kill(child.number, signal.SIGKILL)
            if child.end()[0] == -signal.SIGKILL:
                kills += 1
            else:  # the one that was not disturbed took longer, as on a machine that was busier then
                within /= 2
            done(partial(scene.check, folder))
            if not (scene.adds and Child(partial(two_wells, folder)).end()[0] == 2):
                self.finish(scene, folder, left)
        return f"{scene.name}: killed {kills} times within {seconds:.1f} s, {tries - kills} had ended"

    def without_room(self, scene: Scene, shares: tuple[float, ...], *, mounted: bool) -> str:
        _, written, left = self.whole(scene)
        refused = 0
        for share in shares:
            folder, room = self.fresh(), int(share * written)
            if mounted:
                with disk(folder, room):
                    refused += self._full(scene, folder, None)
            elif self._full(scene, folder, room):
                refused += 1
                self.finish(scene, folder, left)
        return f"{scene.name}: {written} bytes, {refused} of {len(shares)} disks were too small"

    def _full(self, scene: Scene, folder: Path, most_bytes: int | None) -> bool:
        """Run the command where there may be too little room; whether there was."""
        code, words = Child(scene.run(folder), most_bytes).end()
        assert code in (0, 1, 2), (code, words)  # 1 where one well of several failed
        assert code == 0 or "the disk is full" in words or "file too large" in words, words
        assert "Traceback" not in words, words
        assert not [name for name in left_in(folder)[0] if Path(name).name.startswith(".")], left_in(folder)[0]
        done(lambda: scene.check(folder))
        return code != 0


Left = tuple[frozenset[str], tuple[bytes, ...]]
"""The names of all files, and the weights that a training run ended with."""


def left_in(folder: Path) -> Left:
    names = frozenset(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return names, tuple(path.read_bytes() for path in folder.glob("run/best.safetensors"))


def two_wells(folder: Path) -> None:
    """End with the code 2 where the corpus has its second well."""
    from geobfdt.formats.corpus import well_names

    sys.exit(len(well_names(folder / "corpus.h5")))


def load() -> None:
    """Load what commands load, so that a forked process does its work from the first moment on."""
    import dliswriter  # noqa: F401
    import h5py  # noqa: F401
    import lasio  # noqa: F401
    import matplotlib.backends.backend_agg
    import matplotlib.backends.backend_pdf
    import matplotlib.backends.backend_svg
    import matplotlib.pyplot  # noqa: F401
    import onnxruntime  # noqa: F401
    import pandas  # noqa: F401
    import PIL.Image

    import geobfdt.cli.app
    import geobfdt.cli.demo
    import geobfdt.cli.scoring
    import geobfdt.formats.corpus
    import geobfdt.formats.las_writer
    import geobfdt.prediction.detect
    import geobfdt.report.well
    import geobfdt.synthetic.interpreters
    import geobfdt.training.loop  # noqa: F401

    PIL.Image.init()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=50, help="kills a command")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help="the command to try")
    parser.add_argument("--no-mount", action="store_true", help="limit files instead of mounting disks")
    parser.add_argument("--disks", type=int, default=8, help="disks a command")
    arguments = parser.parse_args()
    load()

    def chosen(scenes: tuple[Scene, ...]) -> list[Scene]:
        return [scene for scene in scenes if arguments.only in (None, scene.name)]

    with tempfile.TemporaryDirectory() as name:
        stage = Stage(Path(name), arguments.seed)
        for scene in chosen(SCENES):
            print(stage.killed(scene, arguments.count), flush=True)
        mounted = not arguments.no_mount and may_mount()
        print("disks in memory" if mounted else "no disks: files are limited", flush=True)
        shares = tuple(k / arguments.disks for k in range(arguments.disks))
        for scene in chosen(OUTPUTS):
            print(stage.without_room(scene, shares, mounted=mounted), flush=True)


if __name__ == "__main__":
    main()
