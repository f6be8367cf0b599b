"""What a run goes on from, checked before any of it is taken over: its parts, their names and shapes, their numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError
from torch import Tensor

from geobfdt.errors import InputError
from geobfdt.model.checkpoint import damaged_state, load_state
from geobfdt.model.config import Count, ModelConfig, problem_of
from geobfdt.model.network import Network
from geobfdt.model.sound import LARGEST, check_alike, check_numbers
from geobfdt.training.config import TrainConfig

_NEW_COLUMNS = {"trace": "fine_map", "traces": "masks"}
"""Of metrics.csv, by the names that they had in version 0.1."""


_HOW_LONG = {"epochs", "patience", "decay_epochs", "guard_epochs"}
"""Keys of a configuration that a run may go on with changed."""


def _flat(values: dict[str, Any], above: str = "") -> dict[str, Any]:
    """Values by keys with points between sections."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        flat |= _flat(value, f"{above}{name}.") if isinstance(value, dict) else {above + name: value}
    return flat


def _started(world: int) -> str:
    return f"torchrun with {world} processes" if world > 1 else "geobfdt train without torchrun"


class OptimizerState(BaseModel):
    """As torch has it: what it knows of each parameter by its number, and which numbers make a group."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    state: dict[int, dict[str, Tensor]]
    param_groups: list[dict[str, Any]]


class RunState(BaseModel):
    """The state of a run at the end of an epoch.

    rows     those of metrics.csv, one an epoch; figures may be NaN
    warned   what each guard said first, by its name; runs of version 0.1 called it "told", and the first had none
    skipped  steps in a row, up to the last one, that were without a finite loss
    data     identity of the source of its windows; "" in runs of version 0.1
    frozen   the parts of the network that stay as they were in the weights that the run started from
    world    processes that trained it together; runs of version 0.2 and before know of one
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    config: dict[str, Any]
    detector: dict[str, Tensor]
    optimizer: OptimizerState
    epoch: Count
    best_f1: float
    best_epoch: Count
    rows: list[dict[str, float]]
    warned: dict[str, str] = Field(default={}, validation_alias=AliasChoices("warned", "told"))
    skipped: Annotated[int, Field(ge=0)] = 0
    data: str = ""
    frozen: list[Literal["backbone", "project", "encoder"]] = []
    world: Count = 1

    @classmethod
    def read(cls, path: Path) -> RunState:
        """Raises :class:`InputError` when the file is missing or damaged."""
        raw = load_state(path)
        try:
            state = cls.model_validate(raw)
            if not state.best_epoch <= state.epoch == len(state.rows):
                raise ValueError(f"epoch {state.epoch}, the best {state.best_epoch}, and {len(state.rows)} rows")
        except ValidationError as error:
            raise damaged_state(path, ValueError(problem_of(error))) from None
        except ValueError as error:
            raise damaged_state(path, error) from None
        state.rows = [{_NEW_COLUMNS.get(name, name): value for name, value in row.items()} for row in state.rows]
        return state

    def check_goes_on(self, config: TrainConfig, data: str, world: int, run: Path) -> None:
        """Raise :class:`InputError` naming what differs between the run and what it is to go on with, but for how long
        it goes on.
        """
        try:
            began = TrainConfig.model_validate(self.config)
        except ValidationError as error:
            raise damaged_state(run / "last.pt", ValueError(problem_of(error))) from None
        before, now = _flat(began.model_dump()), _flat(config.model_dump())
        differ = [key for key in now if before.get(key) != now[key] and key not in _HOW_LONG]
        if differ:
            told = ", ".join(f"{key} was {before.get(key)} and is {now[key]}" for key in differ[:5])
            raise InputError(f"{run}: {told}; go on with its own config.yaml, or start a run of another name")
        if self.world != world:
            raise InputError(
                f"{run}: was trained by {self.world} process{'es' * (self.world > 1)} and cannot go on with {world}; "
                f"start as many as then ({_started(self.world)}), or start a run of another name"
            )
        if self.data and self.data != data:
            raise InputError(
                f"{run}: its windows came from {self.data[:20]}..., not from {data[:20]}...; give the data that it was "
                "started with, or start a run of another name"
            )

    def give(self, network: Network, optimizer: torch.optim.Optimizer, path: Path) -> None:
        """Put a network and its optimizer where the run stood. Raises :class:`InputError`, which names the ``path``,
        when the state is of another network or its numbers cannot be.
        """
        try:
            model = ModelConfig.model_validate(self.config.get("model"))
            if model != network.config:
                raise InputError(
                    f"{path.parent}: the run was started with another model; resume it with its own config.yaml"
                )
            check_alike(self.detector, network.state_dict())
            check_numbers(self.detector)
            self._check_optimizer(optimizer)
        except ValidationError as error:
            raise damaged_state(path, ValueError(f"config.model {problem_of(error)}")) from None
        except ValueError as error:
            raise damaged_state(path, error) from None
        network.load_state_dict(self.detector)
        # What a group was optimized with is the configuration's to say.
        groups = optimizer.state_dict()["param_groups"]
        optimizer.load_state_dict({"state": self.optimizer.state, "param_groups": groups})

    def _check_optimizer(self, optimizer: torch.optim.Optimizer) -> None:
        own = [group["params"] for group in optimizer.state_dict()["param_groups"]]
        if [group.get("params") for group in self.optimizer.param_groups] != own:
            raise ValueError("the groups of its optimizer are not those of the model's parameters")
        parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        for number, held in self.optimizer.state.items():
            if not 0 <= number < len(parameters):
                raise ValueError(f"its optimizer knows a parameter {number} of {len(parameters)}")
            alike = {"step": torch.tensor(0.0), "exp_avg": parameters[number], "exp_avg_sq": parameters[number]}
            held, declared = ({f"optimizer.{number}.{name}": one[name] for name in one} for one in (held, alike))
            check_alike(held, declared)
            check_numbers(held, LARGEST**2)  # gradients are squared in it
