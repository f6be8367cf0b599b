"""What is known of teaching the detector: kept in a file of its folder, so that another server finds it again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from geobfdt.errors import InputError
from geobfdt.formats.atomic import replacing

State = Literal["none", "running", "cancelled", "finished", "failed"]
Stage = Literal["writing the corpus", "training", "predicting", "scoring"]


@dataclass(frozen=True)
class Lesson:
    """One teaching, how far it has come, and what came of it.

    number        of the teachings in its folder, from 1 on
    step, steps   of the training
    seconds_left  of all that is left, None where nothing tells yet
    told          a sentence
    taught_m, held_out_m   metres that teach, and that are kept to judge by
    trained       whether the training is over
    process       number of the training's process, 0 where it has ended
    picked        how many picks the new weights made
    scores        before and after by criterion on the held-out metres
    weights       path of the new weights
    """

    state: State = "none"
    stage: Stage = "writing the corpus"
    told: str = "the detector has not been taught"
    number: int = 0
    step: int = 0
    steps: int = 0
    seconds_left: float | None = None
    taught_m: tuple[tuple[float, float], ...] = ()
    held_out_m: tuple[tuple[float, float], ...] = ()
    trained: bool = False
    process: int = 0
    picked: int = 0
    scores: dict[str, Any] | None = None
    weights: str | None = None

    def interrupted(self) -> Lesson:
        """The same where nobody is at it any more. Its training may have outlived whoever was: the next ends it."""
        if self.state != "running":
            return self
        return replace(
            self,
            state="cancelled",
            seconds_left=None,
            told=f"stopped while {self.stage}, after {self.step} of {self.steps} steps; it can be resumed",
        )

    def status(self) -> dict[str, Any]:
        """What the page is told, as plain values."""
        shown = (
            "state",
            "stage",
            "told",
            "step",
            "steps",
            "seconds_left",
            "taught_m",
            "held_out_m",
            "scores",
            "weights",
        )
        return {name: value for name, value in asdict(self).items() if name in shown}


@dataclass(frozen=True)
class Folder:
    """The folder of all teachings of a log.

    ``lesson.json`` says how far the last has come, ``taught.picks.csv`` holds the picks that it was given and
    ``retrained.picks.csv`` those that came of it; the weights that did are ``retrained.safetensors``. Corpus, run and
    what training said of each teaching stay beside them by number: ``corpus-1.h5``, ``run-1``, ``run-1.log``.
    """

    path: Path

    @property
    def lesson(self) -> Path:
        return self.path / "lesson.json"

    @property
    def given(self) -> Path:
        return self.path / "taught.picks.csv"

    @property
    def retrained(self) -> Path:
        return self.path / "retrained.picks.csv"

    @property
    def weights(self) -> Path:
        return self.path / "retrained.safetensors"

    def corpus(self, number: int) -> Path:
        return self.path / f"corpus-{number}.h5"

    def run(self, number: int) -> Path:
        return self.path / f"run-{number}"

    def log(self, number: int) -> Path:
        return self.path / f"run-{number}.log"

    def next_number(self, after: int) -> int:
        """The first number after one that no corpus and no run has."""
        number = after + 1
        while self.corpus(number).exists() or self.run(number).exists():
            number += 1
        return number

    def keep(self, lesson: Lesson) -> None:
        """Put a lesson on the disk. Raises :class:`InputError` where it cannot be written."""
        with replacing(self.lesson) as temporary:
            temporary.write_text(json.dumps(asdict(lesson), indent=1), encoding="utf-8")

    def kept(self) -> Lesson:
        """The lesson that is on the disk, as one that nobody is at; the first where there is none.

        Raises :class:`InputError` where the file is no lesson.
        """
        if not self.lesson.exists():
            return Lesson()
        try:
            said = json.loads(self.lesson.read_text(encoding="utf-8"))
            lesson = Lesson(**{field.name: said[field.name] for field in fields(Lesson)})
            taught_m, held_out_m = _stretches(lesson.taught_m), _stretches(lesson.held_out_m)
            return replace(lesson, taught_m=taught_m, held_out_m=held_out_m).interrupted()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{self.lesson}: does not say how far teaching has come ({type(error).__name__}); remove it to begin "
                "anew"
            ) from None


def _stretches(value: Any) -> tuple[tuple[float, float], ...]:
    return tuple((float(top), float(base)) for top, base in value)
