"""Teaching, in a child process: a corpus of what was reviewed, fine-tuning, the new weights' picks and their score.

Every stage leaves a file that is complete or not there, so that what was stopped goes on from there.
"""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from geobfdt import formats
from geobfdt.borehole import Split
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well, well_from
from geobfdt.errors import InputError
from geobfdt.eval import CRITERIA, TOLERANCE_M, score
from geobfdt.eval.lines import POOLED
from geobfdt.formats.atomic import alone, replacing
from geobfdt.formats.corpus import write_corpus
from geobfdt.reviewing.comparing import figures_of
from geobfdt.reviewing.holding_out import Stretches
from geobfdt.reviewing.lessons import Folder, Lesson, Stage
from geobfdt.reviewing.run_clock import RunClock
from geobfdt.windows.grid import HALF, HEIGHT_RADII, ROW_STEP_RADII

STEPS_AN_EPOCH, FEWEST_EPOCHS = 20, 4
"""After each epoch the run can be stopped and gone on with, and says where it stands."""
_LOOK_EVERY_S = 0.3
_ENDING_S = 30.0
"""How long training may take to end when it is asked to."""
_PREDICTS_FASTER = 4.0
"""Windows that are predicted while one is trained on."""


class _StoppedError(BaseException):
    """The server asks to stop, or is no longer there."""


def be_taught(pipe: Connection, folder: Path, read: Callable[[], ImageLog], weights: Path | str | None) -> None:
    """Go on with the lesson of a folder until it is finished, or the server says or does not say anything any more.

    Sends a :class:`Lesson` whenever it has come further; any message means to stop.
    """
    if hasattr(os, "nice"):
        os.nice(5)  # the page goes first
    pupil = _Pupil(pipe, Folder(folder), read, weights)
    try:
        with alone(folder / "lesson", wait=False):
            pupil.go_on()
    except InputError as error:
        pupil.end(replace(pupil.lesson, state="failed", process=0, seconds_left=None, told=str(error)))
    except (_StoppedError, SystemExit):
        pupil.end(pupil.lesson.interrupted())
    except Exception as error:
        told = f"teaching broke off while {pupil.lesson.stage}: {type(error).__name__}: {error}"
        pupil.end(replace(pupil.lesson, state="failed", process=0, seconds_left=None, told=told))
        raise


@dataclass
class _Pupil:
    pipe: Connection
    folder: Folder
    read: Callable[[], ImageLog]
    weights: Path | str | None

    def __post_init__(self) -> None:
        self.lesson = replace(self.folder.kept(), state="running")
        self.hole_diameter_m = math.nan

    def go_on(self) -> None:
        """All stages that are left."""
        self._at("writing the corpus", "reading the log")
        log, given = self.read(), formats.read_picks(self.folder.given)
        self.hole_diameter_m = log.hole_diameter_m
        self._look()
        corpus = self.folder.corpus(self.lesson.number)
        if not corpus.exists():
            write_corpus(corpus, lesson_wells(log, given, self.lesson))
        self._look()
        if not self.lesson.trained:
            self._train(log, corpus)
        taught = self.folder.run(self.lesson.number) / "last.safetensors"
        picks = self._picks(log, taught)
        self._at("scoring", "scoring the held-out metres")
        scores = {"before": self._scores(given, self._before(log)), "after": self._scores(given, picks)}
        with replacing(self.folder.weights) as temporary:
            shutil.copyfile(taught, temporary)
        before, after = (scores[when]["joint"] for when in ("before", "after"))
        told = (
            f"joint F1 at {100 * TOLERANCE_M:g} cm {_figure(before['f1'])} before and {_figure(after['f1'])} after, by "
            f"chance {_figure(before['chance_f1'])} and {_figure(after['chance_f1'])}, on {before['n_ref']} picks in "
            f"{_metres(self.lesson.held_out_m):.1f} m that training did not see; the weights are {self.folder.weights}"
        )
        finished = replace(self.lesson, state="finished", seconds_left=0.0, picked=len(picks), scores=scores, told=told)
        self.end(replace(finished, weights=str(self.folder.weights)))

    def _train(self, log: ImageLog, corpus: Path) -> None:
        lesson = self.lesson
        run = self.folder.run(lesson.number)
        end_of_its_own(lesson.process, run)
        command = [sys.executable, "-m", "geobfdt", "train", "--data", corpus, "--init", self.weights or "bundled"]
        command += ["-o", run, "--wandb", "off", *recipe(lesson.steps)]
        if (run / "last.pt").exists():
            command.append("--resume")
        self._at("training", "training begins", seconds_left=None)
        windows = log.rows * log.row_step_m / (HALF * ROW_STEP_RADII * log.radius_m)
        clock = RunClock(run / "metrics.csv", lesson.steps, windows / _PREDICTS_FASTER)
        with open(self.folder.log(lesson.number), "ab") as said:
            process = subprocess.Popen(
                list(map(str, command)),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._at("training", "training begins", process=process.pid)
            while process.poll() is None:
                self._look(_LOOK_EVERY_S)
                where = clock.look()
                told = f"step {where.step} of {lesson.steps}{where.told}"
                self._tell(replace(self.lesson, step=where.step, seconds_left=where.seconds_left, told=told))
        finally:
            if process.poll() is None:
                process.terminate()  # what the run has come to stays
                self.lesson = replace(self.lesson, step=clock.look().step)
                with contextlib.suppress(InputError):  # of a server that was killed it waits no longer than so long
                    self.folder.keep(self.lesson)
                try:
                    process.wait(_ENDING_S)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            self.lesson = replace(self.lesson, process=0, step=clock.look().step)
        if process.returncode:
            raise InputError(self._why_training_failed(process.returncode))
        self.lesson = replace(self.lesson, step=lesson.steps, trained=True)
        self.folder.keep(self.lesson)

    def _why_training_failed(self, code: int) -> str:
        log = self.folder.log(self.lesson.number)
        last = (log.read_text(encoding="utf-8", errors="replace").splitlines() or [""])[-1]
        if code == 2 and last.startswith("geobfdt: "):
            return last.removeprefix("geobfdt: ")
        return f"training ended with the code {code}; {log} says why, and it can be resumed"

    def _picks(self, log: ImageLog, taught: Path) -> Picks:
        """The picks of the new weights on the whole log."""
        from geobfdt.model.checkpoint import load_weights
        from geobfdt.prediction.detect import detect

        self._at("predicting", "picking the log with the new weights")
        clock = _Clock()

        def progress(done: int, total: int) -> None:
            self._look()
            told = f"picking the log with the new weights, window {done} of {total}"
            self._tell(replace(self.lesson, seconds_left=clock.left(done, total), told=told))

        found = detect(log, load_weights(taught), progress=progress)
        parameters = {"model": str(self.folder.weights), "threshold": f"{found.threshold:g}"}
        formats.write(found.picks, self.folder.retrained, parameters=parameters)
        return found.picks

    def _before(self, log: ImageLog) -> Picks:
        """The picks of the weights that it began with, on the held-out metres alone: a part of a log has, a window's
        height away from its ends, the windows of the whole.
        """
        from geobfdt.model.checkpoint import load_weights
        from geobfdt.prediction.detect import detect

        weights = load_weights(self.weights)
        more_m = HEIGHT_RADII * log.radius_m
        parts = [log.slice(top - more_m, base + more_m) for top, base in self.lesson.held_out_m]
        return Picks.concatenate(
            detect(part, weights, progress=lambda *_: self._look()).picks.within([held])
            for part, held in zip(parts, self.lesson.held_out_m, strict=True)
        )

    def _scores(self, ref: Picks, est: Picks) -> dict[str, Any]:
        """What picks score on the held-out metres, by criterion, chance included."""
        report = score(
            replace(ref, well=""),
            replace(est, well=""),
            hole_diameter_m=self.hole_diameter_m,
            tolerances_m=(TOLERANCE_M,),
            intervals_m=self.lesson.held_out_m,
        )
        return {name: figures_of(report.get(POOLED, name, TOLERANCE_M)) for name in CRITERIA}

    def _at(self, stage: Stage, told: str, **more: Any) -> None:
        """Begin a stage."""
        self._tell(replace(self.lesson, stage=stage, told=told, **more))
        self.folder.keep(self.lesson)

    def _tell(self, lesson: Lesson) -> None:
        self.lesson = lesson
        try:
            self.pipe.send(lesson)
        except OSError:
            raise _StoppedError from None

    def _look(self, wait_s: float = 0.0) -> None:
        """Whether the server says something, or has gone."""
        try:
            if self.pipe.poll(wait_s):
                self.pipe.recv()
                raise _StoppedError
        except (EOFError, OSError):
            raise _StoppedError from None

    def end(self, lesson: Lesson) -> None:
        """Keep the last word, and say it where somebody listens."""
        self.lesson = lesson
        self.folder.keep(lesson)
        try:
            self.pipe.send(lesson)
        except OSError:
            return


class _Clock:
    """How long work takes that goes on evenly."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def left(self, done: int, total: int) -> float | None:
        """Seconds; None before anything is done."""
        return (time.monotonic() - self._began) / done * (total - done) if done else None


def lesson_wells(log: ImageLog, picks: Picks, lesson: Lesson) -> Iterator[Well]:
    """A well for each stretch that teaches, in the split "train", and that is held out, "test", which training does not
    open. Each holds the rows of its stretch alone.
    """
    parts: tuple[tuple[Split, Stretches], ...] = (("train", lesson.taught_m), ("test", lesson.held_out_m))
    for split, stretches in parts:
        for top, base in stretches:
            name = f"{log.well or 'well'} {top:.3f}-{base:.3f} m"
            part = replace(log.slice(top, base), well=name)
            inside = picks.within([(part.top_m, part.base_m)])
            yield well_from(part, replace(inside, well=name), split=split)


def recipe(steps: int) -> list[str]:
    """Options of `geobfdt train` for a fine-tuning of at least so many steps: its own recipe, in epochs short enough to
    stop at; the learning rate falls over the last three quarters of them.
    """
    epochs, an_epoch = epochs_of(steps)
    keys = {
        "epochs": epochs,
        "steps_per_epoch": an_epoch,
        "warmup_steps": min(20, epochs * an_epoch // 15),
        "decay_epochs": max(1, round(0.75 * epochs)),
        "patience": epochs,
    }
    return [word for name, value in keys.items() for word in ("--set", f"{name}={value}")]


def epochs_of(steps: int) -> tuple[int, int]:
    """Epochs, and steps of each, that make so many steps or a few more: four short ones where they are few. Of as many
    as they make, the same.
    """
    if steps > FEWEST_EPOCHS * STEPS_AN_EPOCH:
        return math.ceil(steps / STEPS_AN_EPOCH), STEPS_AN_EPOCH
    epochs = min(steps, FEWEST_EPOCHS)
    return epochs, math.ceil(steps / epochs)


def end_of_its_own(process: int, run: Path) -> None:
    """End the training of a run that outlived its server, if there is one: nothing else has both its number and its
    folder's name.
    """
    command = Path(f"/proc/{process}/cmdline")
    for waited in range(round(_ENDING_S / _LOOK_EVERY_S)):
        try:
            its_own = process > 0 and str(run).encode() in command.read_bytes().split(b"\0")
        except OSError:
            return
        if not its_own:
            return
        if not waited:
            os.kill(process, signal.SIGTERM)
        time.sleep(_LOOK_EVERY_S)


def _metres(stretches: Stretches) -> float:
    return sum(base - top for top, base in stretches)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
