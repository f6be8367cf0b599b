"""One trial: train a network on a study's corpus, score it on the corpus's test wells, write down what came of it."""

from __future__ import annotations

import hashlib
import json
import math
import platform
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.errors import InputWarning, TrainingWarning
from geobfdt.eval import TOLERANCE_M, Criterion, Report, score
from geobfdt.experiments.studies.budget import Budget
from geobfdt.experiments.studies.corpora import corpus_file, is_seen, metres_of, trained_on
from geobfdt.experiments.studies.outcome import GROUPS, Labels, Outcome, Pixels, Tally, WellTally
from geobfdt.experiments.studies.study import Origin, Row, Study
from geobfdt.formats.atomic import replacing
from geobfdt.formats.corpus import iter_corpus
from geobfdt.model.checkpoint import Weights, load_state, load_weights
from geobfdt.model.detector import Detector
from geobfdt.model.device import precision_of
from geobfdt.model.masks import CLASSES
from geobfdt.model.network import ClassNet, MaskNet
from geobfdt.prediction.detect import predict
from geobfdt.training import WandbMode
from geobfdt.training.classes.sources import IntervalWindows, labelled_windows
from geobfdt.training.classes.validation import validate_classes
from geobfdt.training.config import LossConfig, TrainConfig, changed
from geobfdt.training.loop import train
from geobfdt.training.losses import detection_losses
from geobfdt.training.sources import CorpusWindows, well_windows
from geobfdt.training.traces.validation import MaskValidation, validate_masks
from geobfdt.windows.batch import WindowBatch

_PUBLISHED_LOSS = LossConfig()
LATER_KEYS: dict[str, Any] = {
    "compile": "off",  # torch's compiler is not asked, as it never was before there was the key
    "freeze": "none",  # all parts learn, as all did
    "model.classes": [],  # no labels; a head of classes has at least two
}
"""Keys of a configuration that came after outcomes were recorded, at the value that changes nothing of those trials:
their code did then what it does now under this value, which no later default can alter."""


@dataclass(frozen=True)
class Trial:
    """One row of a study with one corpus and one seed. ``group`` is the study that asked for it first, ``init`` the
    weights that it starts from, if any.
    """

    config: TrainConfig
    corpus: str
    well_m: float
    group: str
    init: Origin = ""

    @property
    def key(self) -> str:
        """Names what decides the outcome, and nothing else: trials of several studies that agree in it are one.

        Defaults are part of it: an outcome must not be taken for that of a default which came later. So are the first
        names of keys: an outcome is found by them after a key was renamed. Of keys that came later, those of
        :data:`LATER_KEYS` are no part of it at the value that they name.
        """
        config = self.config.model_dump(by_alias=True)
        for name, unchanged in LATER_KEYS.items():
            *sections, key = name.split(".")
            place = config
            for section in sections:
                place = place[section]
            if place[key] == unchanged:
                del place[key]
        decides = {"config": config, "corpus": self.corpus, "well_m": self.well_m}
        if self.init:
            decides["init"] = self.init
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:12]

    def outcome_file(self, folder: Path) -> Path:
        return folder / "trials" / f"{self.key}.json"

    def outcome(self, folder: Path) -> Outcome | None:
        """What came of it, when it was run before."""
        file = self.outcome_file(folder)
        return Outcome.model_validate_json(file.read_text(encoding="utf-8")) if file.is_file() else None


def trials_of(study: Study, row: Row, budget: Budget) -> list[list[Trial]]:
    """The trials of a row: a list a seed, and in it a trial a corpus."""
    values = budget.config | ({"model": bundled_shape()} if row.shape else {})
    configs = [changed(values, (*row.changes, f"seed={seed}"), study.name) for seed in budget.seeds]
    return [
        [Trial(config, corpus, metres_of(corpus, budget.well_m), study.name, row.init) for corpus in row.corpora]
        for config in configs
    ]


@cache
def bundled_shape() -> dict[str, Any]:
    """The section ``model`` of a configuration that the bundled weights fit."""
    return load_weights().network.config.model_dump()


def run_trial(trial: Trial, folder: Path, work: Path, device: torch.device, wandb_mode: WandbMode) -> None:
    """Train, score and write ``folder/trials/KEY.json``; a training that was stopped goes on from its last epoch."""
    start = time.monotonic()
    file, run = corpus_file(trial.corpus, trial.well_m, work), work / "training" / trial.key
    classes = trial.config.model.head == "classes"
    source = (IntervalWindows if classes else CorpusWindows)(file, trial.config, device)
    resume = (run / "last.pt").is_file()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TrainingWarning)  # what guards say is for the page
        warnings.filterwarnings(
            "ignore", ".*holds weights of the head", InputWarning
        )  # what is taken over is the row's
        train(
            trial.config,
            run,
            source,
            device=device,
            resume=resume,
            init=None if resume else trial.init or None,
            wandb_mode=wandb_mode,
            wandb_group=trial.group,
        )
    trained_s = time.monotonic() - start
    warned = tuple(load_state(run / "last.pt")["warned"].values())
    outcome = measured(load_weights(run / "last.safetensors"), trial, file, device)
    outcome = outcome.model_copy(update={"seconds": trained_s, "warnings": warned})
    target = trial.outcome_file(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as temporary:
        temporary.write_text(outcome.model_dump_json(indent=1), encoding="utf-8")
    (run / "last.pt").unlink()  # the largest of its files, of no use any more


def measured(weights: Weights, trial: Trial, file: Path, device: torch.device) -> Outcome:
    """Score weights on the test wells of a corpus; what their training took is not known here."""
    wells = list(iter_corpus(file, split="test"))
    network = weights.network.to(device)
    cost: dict[str, Any] = {
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "windows": trial.config.epochs * trial.config.steps_per_epoch * trial.config.batch,
        "seconds": math.nan,
        "machine": machine(device),
        "thin_beds": True,
    }
    if isinstance(network, ClassNet):
        return Outcome(wells=(), labels=labels_of(network, wells, trial.config, device), **cost)
    found = [predict(well.log, weights, device=device).within(well.reviewed_or_all_m) for well in wells]
    report = score(
        Picks.concatenate([well.picks for well in wells]),
        Picks.concatenate(found),
        hole_diameter_m={well.log.well: well.log.hole_diameter_m for well in wells},
        tolerances_m=[TOLERANCE_M],
        intervals_m={well.log.well: well.reviewed_or_all_m for well in wells},
        seed=trial.config.seed,
    )
    trained = trained_on(file)
    batches = well_windows(wells, trial.config, device)
    pixels, losses = None, (math.nan,) * 3
    if isinstance(network, MaskNet):
        pixels = pixels_of(validate_masks(network, batches, precision_of("auto", device)))
    else:
        losses = detr_losses(weights.gives_planes(), batches)
    return Outcome(
        wells=tuple(
            tally_of(well, picks, report, is_seen(well.log.well, trained))
            for well, picks in zip(wells, found, strict=True)
        ),
        class_error=losses[0],
        hungarian_loss=losses[1],
        parameter_loss=losses[2],
        pixels=pixels,
        threshold=weights.threshold,
        **cost,
    )


def labels_of(network: ClassNet, wells: Sequence[Well], config: TrainConfig, device: torch.device) -> Labels:
    """What a network calls the windows of wells whose rock is labelled."""
    batches = labelled_windows(wells, config, device)
    confusion = validate_classes(network, batches, precision_of("auto", device)).confusion
    counts = confusion.amounts[:, :-1].astype(int).tolist()
    return Labels(names=confusion.names, windows=tuple(map(tuple, counts)))


def machine(device: torch.device) -> str:
    """What a trial ran on, for people."""
    on = torch.cuda.get_device_name(device) if device.type == "cuda" else "each on one core"
    return f"{on} of {platform.machine()} {platform.system()}, torch {torch.__version__}"


def tally_of(well: Well, picks: Picks, report: Report, seen: bool) -> WellTally:
    """The counts of one test well."""
    (scores,) = [one.scores for one in report.wells if one.well == well.log.well]

    def tallies(criterion: Criterion) -> dict[str, Tally]:
        lines = {line.group: line for line in scores if line.criterion == criterion}
        return {
            group: Tally(
                n_ref=lines[group].counts.n_ref,
                n_est=lines[group].counts.n_est,
                hits=int(lines[group].counts.hits),
                chance_hits=float(lines[group].chance.hits),
            )
            for group in GROUPS
        }

    return WellTally(
        well=well.log.well,
        seen=seen,
        metres=sum(base - top for top, base in well.reviewed_or_all_m),
        joint=tallies("joint"),
        depth=tallies("depth"),
        off_by={group: off_by(well, picks, group) for group in GROUPS},
    )


def off_by(well: Well, picks: Picks, group: str) -> int:
    """Sum over bins of a metre, from the top of the image, of the difference between the numbers of picks and truth."""
    edges = np.arange(well.log.top_m, well.log.base_m + 1.0, 1.0)
    truth = well.picks.within(well.reviewed_or_all_m)
    one, other = (
        np.histogram((table if group == "all" else table.of_kind(group)).depth_m, edges)[0] for table in (truth, picks)
    )
    return int(np.abs(one - other).sum())


def pixels_of(validation: MaskValidation) -> Pixels:
    counts = [validation.counts[name] for name in CLASSES]
    return Pixels(
        right=tuple(int(one.hits) for one in counts),
        wrong=tuple(int(one.n_est - one.hits) for one in counts),
        missed=tuple(int(one.n_ref - one.hits) for one in counts),
    )


@torch.inference_mode()
def detr_losses(detector: Detector, batches: Sequence[WindowBatch]) -> tuple[float, float, float]:
    """Class error, Hungarian loss and parameter loss of DETR's code, with the published weights, mean over batches."""
    detector.eval()
    sums = np.zeros(3)
    for batch in batches:
        losses = detection_losses(detector(batch.windows), batch, _PUBLISHED_LOSS)
        sums += [float(losses.class_error), float(losses.total), float(losses.l1)]
    class_error, total, l1 = (sums / len(batches)).tolist()
    return class_error, total, l1
