"""What commands show: how long work takes, with bars on a terminal and plain lines elsewhere, and lists for people."""

from __future__ import annotations

import json
import logging
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geobfdt.errors import InputError, TrainingWarning

if TYPE_CHECKING:
    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.formats.listing import Part
    from geobfdt.report.qc import Finding
    from geobfdt.training.loop import Progress

told: list[str] = []
"""Notes and warnings shown since they were last taken."""

_PLAIN_EVERY_S = 10.0
_PLAIN_EPOCH_EVERY_S = 60.0


LOG = logging.getLogger("geobfdt.cli")
"""Where --log-file listens: the command, its notes, its error and its end."""
LOG.addHandler(logging.NullHandler())  # or Python itself would print what nobody listens to
LOG.propagate = False


@dataclass
class Talk:
    """How much a command says beside its results, and whether it shows how its work goes on."""

    quiet: bool = False
    verbose: bool = False
    progress: bool = True


talk = Talk()


@contextmanager
def logged() -> Iterator[None]:
    """What is said in here goes to the file of --log-file as well, and nowhere afterwards."""
    talk.quiet = talk.verbose = False
    try:
        yield
    finally:
        for handler in LOG.handlers[1:]:
            LOG.removeHandler(handler)
            handler.close()


def log_to(path: Path) -> None:
    """Add what a command says to a file, a line each with its time."""
    try:
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"--log-file {path}: cannot be written ({reason}); choose another place") from None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)


def tell(word: str, message: object) -> None:
    """A note, a warning or an error, on the error stream and in the log."""
    LOG.log(logging.ERROR if word == "geobfdt" else logging.WARNING, "%s", message)
    if word == "geobfdt" or not talk.quiet:
        print(f"{word}: {message}", file=sys.stderr, flush=True)


def hear(message: Warning | str, category: type[Warning]) -> tuple[str, str]:
    """Keep what was warned of for JSON; the word and the text to tell."""
    told.append(str(message))
    return "warning" if issubclass(category, TrainingWarning) else "note", str(message)


def taken_notes() -> list[str]:
    """The notes shown since the last call, for what is printed as JSON."""
    notes = told.copy()
    told.clear()
    return notes


def with_notes(result: Mapping[str, object]) -> str:
    """A result as JSON, with the notes that were shown on the way to it: whoever reads the one must see the others."""
    return json.dumps({**result, "notes": taken_notes()}, indent=2)


def answer(result: Mapping[str, object], text: str, *, as_json: bool) -> None:
    """Print what a command found or made: for people, or as JSON."""
    print(with_notes(result) if as_json else text)


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[..., None]]:
    """Yield ``done(n)`` or ``done(n, total)``. A terminal shows a bar; elsewhere long work gets a line every 10 s."""
    if not talk.progress:
        yield lambda n, of=total: None
        return
    if not sys.stderr.isatty():
        last = time.monotonic()

        def plain(n: int, of: int | None = total) -> None:
            nonlocal last
            if time.monotonic() - last >= _PLAIN_EVERY_S:
                last = time.monotonic()
                print(f"{what} {n} of {of}", file=sys.stderr, flush=True)

        yield plain
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(what, total=total)
        yield lambda n, of=total: bars.update(bar, completed=n, total=of)


@contextmanager
def training() -> Iterator[Callable[[Progress], None]]:
    """Yield the progress of a training run: a bar within an epoch, a line an epoch."""
    start = time.monotonic()
    steps_done = 0

    def line(p: Progress) -> str:
        """Where an epoch ended and how long the epochs left will take at the run's speed so far."""
        left_s = (time.monotonic() - start) / max(steps_done, 1) * (p.epochs - p.epoch) * p.steps
        v = p.validation
        assert v is not None
        return (
            f"epoch {p.epoch}/{p.epochs}  loss {p.loss:.3f}  {v.line()}  {p.windows_per_s:.0f} windows/s  "
            f"at most {_duration(left_s)} left{'  *' if p.best else ''}"
        )

    def shown(p: Progress, show: Callable[[str], None], step: Callable[[Progress], None]) -> None:
        nonlocal steps_done
        if p.validation is None:
            step(p)
            return
        steps_done += p.steps
        show(line(p))

    if not sys.stderr.isatty():
        last = time.monotonic()

        def plain_step(p: Progress) -> None:
            nonlocal last
            if time.monotonic() - last >= _PLAIN_EPOCH_EVERY_S:
                last = time.monotonic()
                show(f"epoch {p.epoch}/{p.epochs}, step {p.step} of {p.steps}, {p.windows_per_s:.0f} windows/s")

        def show(text: str) -> None:
            print(text, file=sys.stderr, flush=True)

        yield lambda p: shown(p, show, plain_step)
        return
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task("epoch", total=None)

        def step(p: Progress) -> None:
            bars.update(
                bar, description=f"epoch {p.epoch}/{p.epochs}, loss {p.loss:.3f}", completed=p.step, total=p.steps
            )

        yield lambda p: shown(p, bars.console.print, step)


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"


def listed(path: Path, parts: Sequence[Part]) -> str:
    """What a file holds, for people: a part with its depths, its channels with shapes and units, and its images."""
    lines = []
    for part in parts:
        name = ", ".join(filter(None, (str(path), part.name, part.well)))
        if part.depth:
            where = f"{part.depth}, {part.top_m:.2f} to {part.base_m:.2f} m" if part.top_m == part.top_m else part.depth
            lines.append(f"{name}: {part.rows} rows by {where}")
        else:
            lines.append(f"{name}: {part.rows} rows without depths")
        channels = [f"{c.name}{[*c.shape] if c.shape else ''}{f' ({c.unit})' if c.unit else ''}" for c in part.channels]
        lines.append(textwrap.fill(", ".join(channels), 110, initial_indent="  ", subsequent_indent="  "))
        lines.append(f"  images: {', '.join(part.images) or 'none'}")
    return "\n".join(lines)


def checked(path: Path, log: ImageLog, findings: Sequence[Finding], most: int | None) -> str:
    """What a log is and what was found about it, for people; of each check at most ``most`` findings, None for all."""
    lines = [
        f"{path}: {log.well}, {log.top_m:.2f} to {log.base_m:.2f} m, {log.rows} rows of {log.columns} columns every "
        f"{1000 * log.row_step_m:.3g} mm, hole {log.hole_diameter_m:.4g} m, azimuths from {log.reference}"
    ]
    counts: Counter[str] = Counter()
    for finding in findings:
        counts[finding.check] += 1
        if most is None or counts[finding.check] <= most:
            lines.append(textwrap.fill(str(finding), 110, subsequent_indent="    "))
    hidden = [f"{count - most} of {check}" for check, count in counts.items() if most is not None and count > most]
    if hidden:
        lines.append(f"and {', '.join(hidden)}; list them with --all")
    return "\n".join(lines if findings else [*lines, "nothing doubtful was found"])
