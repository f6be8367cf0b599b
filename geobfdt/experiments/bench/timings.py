"""What geobfdt costs on a machine, in one run: detection, training, whole processes, reading and scoring."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch

from geobfdt.experiments.bench.card import CardSpeed, card_speeds
from geobfdt.experiments.bench.processes import ProcessCost, process_costs
from geobfdt.experiments.bench.reading import ReadingSpeed, reading_speeds
from geobfdt.experiments.bench.review_page import ReviewCost, review_cost
from geobfdt.experiments.bench.scoring import ScoringSpeed, scoring_speeds
from geobfdt.experiments.bench.size import Size
from geobfdt.experiments.bench.speed import PredictionSpeed, TrainingSpeed, prediction_speed, training_speed
from geobfdt.experiments.bench.tables import by_picks, by_step, figure, markdown
from geobfdt.model.checkpoint import Weights


@dataclass(frozen=True)
class Timings:
    """``card`` is training on one, where there is one; ``review`` the page, where its extra is installed."""

    prediction: PredictionSpeed
    training: TrainingSpeed
    card: tuple[CardSpeed, ...]
    processes: tuple[ProcessCost, ...]
    reading: tuple[ReadingSpeed, ...]
    scoring: tuple[ScoringSpeed, ...]
    review: ReviewCost | None

    @classmethod
    def taken(
        cls, weights: Weights, device: torch.device, size: Size, left: Callable[[int], None] = lambda parts: None
    ) -> Timings:
        """``left`` is called with how many of three parts are left to do."""
        prediction = prediction_speed(weights, device, size.timed_m)
        left(2)
        training = training_speed(weights, device, size.training_steps)
        card = card_speeds(weights, device, size.card_batches) if device.type == "cuda" else []
        left(1)
        return cls(
            prediction,
            training,
            tuple(card),
            tuple(process_costs(size.processes_m, size.process_runs)),
            tuple(reading_speeds(size.timed_m)),
            tuple(scoring_speeds(size.scored)),
            review_cost(size.reviewed_m) if importlib.util.find_spec("starlette") else None,
        )

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2)

    def to_markdown(self) -> str:
        parts = ["### Speed\n\n" + self._speed()]
        if self.card:
            parts.append("### Training on a card\n\n" + by_step(self.card))
        parts.append("### Scoring: time against picks\n\n" + by_picks(self.scoring))
        return "\n\n".join(parts) + "\n"

    def _speed(self) -> str:
        p, t = self.prediction, self.training
        rows = [
            ["prediction after start-up, windows/s", figure(p.windows_per_s, 0)],
            ["prediction after start-up, m/s in an 8.5 in hole", figure(p.metres_per_s, 0)],
            ["the same, seconds per metre", figure(1 / p.metres_per_s, 4)],
            ["log to picks over the bare forward pass", figure(p.over_forward)],
            ["forward pass, GFLOP a window", figure(p.gflop)],
            ["forward pass, share of the peak of matrix products", figure(p.share_of_peak)],
            [f"training, windows/s in steps of {t.windows}", figure(t.windows_per_s, 0)],
            ["training, GFLOP a window", figure(t.gflop)],
            ["training, share of the peak of matrix products", figure(t.share_of_peak)],
            ["peak of matrix products, GFLOP/s", figure(t.peak_gflops, 0)],
            *([f"training step: {stage}, share", figure(t.share(stage))] for stage in t.stages_s),
            *([f"{cost.what}: seconds, median of {cost.runs}", figure(cost.seconds)] for cost in self.processes),
            *([f"{cost.what}: processors' seconds", figure(cost.cpu_seconds)] for cost in self.processes),
            *([f"{cost.what}: GB at most", figure(cost.memory_gb)] for cost in self.processes),
            *([f"reading {r.metres:g} m of {r.file}, speed over {r.library}", figure(r.share)] for r in self.reading),
            *(self._review_rows(self.review) if self.review else []),
        ]
        return f"{p.device}, {p.precision}.\n\n" + markdown(("what", "value"), rows)

    @staticmethod
    def _review_rows(cost: ReviewCost) -> list[list[str]]:
        what = f"geobfdt review, {cost.metres:g} m"
        return [
            [f"{what}: seconds until its address, once", figure(cost.ready_s)],
            [f"{what}: seconds for the first tile, once", figure(cost.first_tile_s)],
            [f"{what}: processors' seconds of the dearest tile", figure(cost.tile_cpu_s)],
            [f"{what}: GB at most", figure(cost.memory_gb)],
        ]
