"""How much work a trial is: of half an hour a study on two cores, but for trace-losses, or of a GPU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geobfdt.experiments.studies import BudgetName
from geobfdt.training.config import FINE_TUNING

_RECIPE: dict[str, Any] = {
    "warmup_steps": 20,
    "schedule": "cosine",
    "patience": 1000,
    "guard_epochs": 5,
    "loss": FINE_TUNING["loss"] | {"fine_map": 20.0},
    "augment": {"geometric": 0.5, "radiometric": 0.3},
    "data": {"epoch": "steps", "wells": 14},
}


@dataclass(frozen=True)
class Budget:
    """name, metres of each well, seeds of the trials, and the configuration that the rows of a study change."""

    name: BudgetName
    well_m: float
    seeds: tuple[int, ...]
    config: dict[str, Any]


BUDGETS = {
    "small": Budget(
        "small",
        12.0,
        (0, 1, 2),
        _RECIPE
        | {
            "epochs": 5,
            "steps_per_epoch": 80,
            "batch": 16,
            "learning_rate": 3e-3,
            "model": {
                "width": 16,
                "channels": 64,
                "heads": 4,
                "feed_forward": 128,
                "encoder_layers": 2,
                "decoder_layers": 2,
                "queries": 24,
                "proposals": 24,
                "dropout": 0.0,
                "decoder": "curve",
                "target": "vector",
                "curve_channels": 16,
            },
        },
    ),
    "full": Budget(
        "full",
        60.0,
        (0, 1, 2, 3, 4),
        _RECIPE
        | {
            "epochs": 20,
            "steps_per_epoch": 250,
            "batch": 64,
            "learning_rate": 8e-4,
            "warmup_steps": 200,
            "guard_epochs": 10,
            "model": {
                "width": 32,
                "channels": 128,
                "heads": 4,
                "feed_forward": 512,
                "queries": 48,
                "proposals": 40,
                "dropout": 0.0,
                "decoder": "curve",
                "target": "vector",
            },
        },
    ),
}
"""small: 6,400 windows of a net of 0.5 M parameters; full: 320,000 of the bundled weights' 3 M."""
