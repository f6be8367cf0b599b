"""The whole bench: draw the wells, let every detector pick them, time it, and say all of it in one report."""

from __future__ import annotations

import json
import platform
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import torch

from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.errors import InputWarning
from geobfdt.eval import CRITERIA
from geobfdt.eval.lines import POOLED
from geobfdt.experiments.bench.accuracy import (
    CLASS_ERROR_WINDOWS,
    Detect,
    Figures,
    class_error,
    draw_wells,
    figures,
    with_true_kinds,
)
from geobfdt.experiments.bench.contrast import Shown, shown
from geobfdt.experiments.bench.engines import Engines
from geobfdt.experiments.bench.gallery import FAINT, FALSE_PICKS, MISSES, Gallery, write_gallery
from geobfdt.experiments.bench.hard import Steadiness, hard_figures, steadiness
from geobfdt.experiments.bench.pictures import write_pictures
from geobfdt.experiments.bench.size import FULL, QUICK, Size
from geobfdt.experiments.bench.tables import (
    by_case,
    by_cause,
    by_contrast,
    by_criterion,
    by_kind,
    by_steadiness,
    by_tool,
    figure,
    summary,
)
from geobfdt.experiments.bench.timings import Timings
from geobfdt.experiments.bench.workers import WorkerTable
from geobfdt.experiments.wells.well import BENCH_TOOLS, CASES
from geobfdt.formats.atomic import replacing
from geobfdt.model.checkpoint import load_weights
from geobfdt.model.detector import Detector
from geobfdt.model.device import device_of
from geobfdt.prediction.both_ways import seen
from geobfdt.prediction.classical import classical_picks
from geobfdt.prediction.detect import predict
from geobfdt.prediction.engine import Engine, answering

OURS, BOTH_WAYS, CLASSICAL = "geobfdt", "geobfdt both ways", "classical (edges, Hough, RANSAC)"
SEED = 2026
EASE = 2.0
MIXED, FEWEST_M = "mixed", 6.0
"""The case whose wells are picked again from some of their rows, and how long those are at least."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Bench:
    """What one run of the bench found.

    accuracy     every detector's figures, over all wells first
    class_error  every detector's, see :func:`~geobfdt.experiments.bench.accuracy.class_error`
    hard         every detector's figures in the cases that real logs were picked wrongly on
    steadiness   of all weights, and of geobfdt both ways: whether the same rows give the same picks
    bounds       geobfdt's over all wells, told the kinds by an oracle, and on easier wells: what holds it back
    gallery      how many of geobfdt's misses and false picks have each cause, see :meth:`Gallery.counts`
    contrast     how many planes show how much, and how many of those geobfdt found
    timings      what takes a quarter of an hour more on a slow machine; None as long as it was not taken
    """

    seed: int
    size: Size
    machine: str
    accuracy: tuple[Figures, ...]
    class_error: Mapping[str, float]
    hard: tuple[Figures, ...]
    steadiness: tuple[Steadiness, ...]
    bounds: tuple[Figures, ...]
    gallery: Mapping[str, Mapping[str, int]]
    contrast: tuple[Shown, ...]
    timings: Timings | None
    seconds: float

    def to_json(self) -> str:
        plain = asdict(replace(self, accuracy=(), hard=(), bounds=()))
        for name in ("accuracy", "hard", "bounds"):
            plain[name] = [line.to_dict() for line in getattr(self, name)]
        return json.dumps(plain, indent=2)

    def to_markdown(self) -> str:
        """Tables that can be pasted into a README."""
        methods = list(dict.fromkeys(line.method for line in self.accuracy))
        whole = [line for line in self.accuracy if line.group == POOLED]
        wrong = ", ".join(f"{name} {figure(value)}" for name, value in self.class_error.items())
        parts = [
            f"Seed {self.seed}, {whole[0].metres:.0f} m of wells, torch {torch.__version__}, {self.machine}.",
            "### Detectors side by side\n\n" + summary(whole, named_by="method"),
            f"DETR's class error, per cent of matched queries over {CLASS_ERROR_WINDOWS} synthetic windows, which sees "
            f"neither misses nor false picks: {wrong}.",
        ]
        parts.append("### What real logs were picked wrongly on\n\n" + by_case(self.hard))
        parts.append(
            "### Whether the same rows give the same picks: shares within 1 cm\n\n" + by_steadiness(self.steadiness)
        )
        for method in methods:
            lines = [line for line in self.accuracy if line.method == method]
            parts.append(f"### {method}: by tool and case\n\n" + summary(lines))
        parts.append(f"### {methods[0]}: what bounds it, depth and pole at 8 cm\n\n" + by_kind(self.bounds))
        parts.append(f"### {methods[0]}: misses by cause\n\n" + by_cause("misses", self.gallery["misses"], MISSES))
        parts.append(f"### {methods[0]}: planes by how much they show\n\n" + by_contrast(self.contrast))
        false_picks = by_cause("false picks", self.gallery["false_picks"], FALSE_PICKS)
        parts.append(f"### {methods[0]}: false picks by cause\n\n" + false_picks)
        parts.append(f"### {methods[0]}: by kind, criterion and tolerance\n\n" + by_criterion(whole[0]))
        tools = [line for line in self.accuracy if line.method == methods[0] and line.group in BENCH_TOOLS]
        for criterion in CRITERIA:
            parts.append(f"### {methods[0]}: {criterion} by tool, kind and tolerance\n\n" + by_tool(tools, criterion))
        parts.append(self.timings.to_markdown().rstrip() if self.timings else "Speed is still being measured.")
        return "\n\n".join(parts) + "\n"


def run_bench(
    *,
    quick: bool = False,
    weights: str | Path | None = None,
    compare: Sequence[str | Path] = (),
    device: str = "auto",
    pictures: Path | None = None,
    progress: Progress = lambda done, total: None,
    so_far: Callable[[Bench], object] = lambda bench: None,
) -> Bench:
    """Run the bench and return its figures; pictures go to a folder when one is given.

    ``weights`` are benched as geobfdt (none: the bundled ones), also seeing windows both ways, beside any to
    ``compare``, files or names of :data:`geobfdt.model.NAMED`, and the classical baseline. ``progress`` is called with
    how many of how many parts are done, and ``so_far`` with all but the timings before these are taken. Raises
    :class:`InputError` on weights that cannot be read or a device that is not there.
    """
    with warnings.catch_warnings(action="ignore", category=InputWarning):  # planes of these wells are known
        size = QUICK if quick else FULL
        return _run(size, quick, weights, compare, device_of(device), pictures, progress, so_far)


def _run(
    size: Size,
    quick: bool,
    weights: str | Path | None,
    compare: Sequence[str | Path],
    where: torch.device,
    pictures: Path | None,
    progress: Progress,
    so_far: Callable[[Bench], object],
) -> Bench:
    start = time.monotonic()
    ours = load_weights(weights)
    ours.gives_planes()  # or its speed could not be taken, minutes later
    networks = {OURS: ours} | {str(path): load_weights(path) for path in compare}
    engines = {name: answering(network, where) for name, network in networks.items()}
    engines[BOTH_WAYS] = seen(engines[OURS], both_ways=True)
    detectors: dict[str, Detect] = {name: partial(predict, weights=engine) for name, engine in engines.items()}
    detectors[CLASSICAL] = classical_picks
    others = {name: detect for name, detect in detectors.items() if name != OURS}
    parts = len(BENCH_TOOLS) * len(CASES) + 3
    picked = _picked(size, engines[OURS], others, lambda done: progress(done, parts))
    wells, found = picked.wells, picked.found
    accuracy = [line for name, picks in found.items() for line in figures(name, wells, picks)]
    gallery = Gallery.of(wells, found[OURS], picked.faint)
    if pictures is not None:
        write_pictures(pictures, wells, found[OURS])
        write_gallery(pictures, gallery, wells, found[OURS])
    hard = hard_figures(size.well_m, SEED, tuple(BENCH_TOOLS), detectors)
    mixed = list(draw_wells(max(size.well_m, FEWEST_M), SEED, tuple(BENCH_TOOLS), (MIXED,)))
    steady = [steadiness(name, engine, mixed) for name, engine in engines.items() if engine.gives in ("planes", "both")]
    bounds = _bounds(accuracy[0], picked, size.well_m, None if quick else engines[OURS])
    bench = Bench(
        SEED,
        size,
        f"{platform.machine()} {platform.system()}",
        tuple(accuracy),
        {name: class_error(w, where, SEED) for name, w in networks.items() if isinstance(w.network, Detector)},
        tuple(hard),
        tuple(steady),
        tuple(bounds),
        gallery.counts(),
        tuple(shown(wells, found[OURS], SEED)),
        None,
        time.monotonic() - start,
    )
    so_far(bench)
    timings = Timings.taken(ours, where, size, lambda left: progress(parts - left, parts))
    return replace(bench, timings=timings, seconds=time.monotonic() - start)


@dataclass(frozen=True, eq=False)
class _Picked:
    """The bench's wells, what every detector found in each, and geobfdt's picks down to the faintest."""

    wells: list[Well]
    found: dict[str, list[Picks]]
    faint: list[Picks]


def _picked(size: Size, ours: Engine, others: Mapping[str, Detect], progress: Callable[[int], None]) -> _Picked:
    picked = _Picked([], {name: [] for name in (OURS, *others)}, [])
    for well in draw_wells(size.well_m, SEED, tuple(BENCH_TOOLS), CASES):
        picked.wells.append(well)
        # Picks do not hang on the threshold, only which of them are kept: the well is predicted once for both.
        picked.faint.append(predict(well.log, ours, threshold=min(FAINT, ours.threshold)))
        picked.found[OURS].append(picked.faint[-1].at_least(ours.threshold))
        for name, detect in others.items():
            picked.found[name].append(detect(well.log))
        progress(len(picked.wells))
    return picked


def _bounds(as_they_are: Figures, picked: _Picked, well_m: float, easier_for: Engine | None) -> list[Figures]:
    """What holds geobfdt back: its figures, with the kinds right, and, for an engine, on easier wells."""
    right = list(map(with_true_kinds, picked.wells, picked.found[OURS]))
    bounds = [
        replace(as_they_are, method="as they are"),
        *figures("told the kinds by an oracle", picked.wells, right)[:1],
    ]
    if easier_for is not None:
        easier = list(draw_wells(well_m, SEED, tuple(BENCH_TOOLS), CASES, EASE))
        found = [predict(well.log, easier_for) for well in easier]
        bounds += figures(f"contrasts and distances times {EASE:g}", easier, found)[:1]
    return bounds


def write_bench(
    found: Bench | Timings | Engines | WorkerTable, folder: Path, name: str = "bench"
) -> Mapping[str, Path]:
    """Write ``bench.md`` and ``bench.json``, or of another name, into a folder; return their paths by what they are."""
    files = {"tables": folder / f"{name}.md", "figures": folder / f"{name}.json"}
    for path, text in zip(files.values(), (found.to_markdown(), found.to_json()), strict=True):
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return files
