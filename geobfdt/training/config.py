"""Configuration of a training run: YAML read into frozen, fully typed values; a key that nobody knows is an error."""

from __future__ import annotations

import copy
import re
import reprlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from geobfdt.errors import InputError
from geobfdt.formats.yaml_text import parse_yaml, read_yaml
from geobfdt.model.config import Count, Fraction, ModelConfig, Section
from geobfdt.training.keys import keys_of, nearest, sections_of

_REMEDY = "geobfdt train --keys lists every key"

# What counts for a thousand times as much as another leaves of it less than a step can show; below 0 errors would be
# rewarded.
Weight = Annotated[float, Field(ge=0.0, le=1000.0)]
NoneOrMore = Annotated[int, Field(ge=0, le=1_000_000)]

TraceLoss = Literal["cross_entropy", "focal", "dice", "tversky", "lovasz", "cross_entropy_then_lovasz", "cldice"]
Penalty = Literal["none", "clamped_variance", "squared_variance", "entropy_floor"]
"""What trace probabilities that are everywhere the same are made to cost."""
Sampling = Literal["as_is", "under", "over", "filtered"]
"""How often a corpus's windows are drawn: all alike; fewer without planes; more with planes; only those with enough."""


Compile = Literal["off", "kernels", "graphs"]
"""What torch's compiler does with the network of a run on a card: nothing, fuse its kernels, or launch them together as
well. It takes a minute or two before the first step."""

Freeze = Literal["none", "encoder"]
"""What weights that a run starts from keep as it is: nothing, or all that comes before the head."""


class LossConfig(Section):
    """Weights of the losses, and of the same terms where queries are matched to planes.

    Keys with an alias had that name in version 0.1: they are still read under it, and trials recorded then are found.
    """

    focal: Weight = 5.0
    l1: Weight = 1.0
    fine_map: Weight = Field(default=0.0, serialization_alias="trace")  # cells that traces pass through; curve decoder
    spread: Weight = 0.0  # expected errors of the planes; curve decoder only
    denoising: Weight = Field(
        default=0.0, serialization_alias="hints"
    )  # misplaced planes of the truth, to be put right
    quality: Fraction = Field(default=0.0, serialization_alias="placed")  # part of a target score that hangs on it
    match_focal: Weight = 5.0
    match_l1: Weight = 1.0
    focal_alpha: Fraction = 0.75  # weight of the rare side, queries that hold a plane
    focal_gamma: Annotated[float, Field(ge=0.0, le=10.0)] = 2.0  # an exponent; with 10, half sure counts for nothing


class TracesConfig(Section):
    """How the mask head is taught; without one, of no effect."""

    loss: TraceLoss = "dice"
    weight: Weight = 1.0  # beside the loss of the planes
    class_weight: Annotated[float, Field(gt=0.0, le=1e6)] | Literal["inverse"] = (
        1.0  # of traces; inverse: of their share
    )
    penalty: Penalty = "squared_variance"
    penalty_weight: Weight = 0.25


class AugmentConfig(Section):
    """Probabilities, per window, that a training window is transformed."""

    geometric: Fraction = 0.0  # azimuth roll, mirror, depth flip, stretch and shift
    radiometric: Fraction = 1.0  # contrast, gamma, noise, blur, stripes and gaps
    factor: NoneOrMore = 0  # passes over a corpus after which the same versions come again; 0: never


class DataConfig(Section):
    """Synthetic training windows, and how a corpus's are used."""

    barren: Fraction = 0.33  # share of synthetic windows without any plane
    validation_windows: Annotated[int, Field(ge=1, le=100_000)] = 256  # fixed-seed synthetic ones; 0.6 MB each
    synthetic: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0  # share of a batch that is drawn beside a corpus's windows
    epoch: Literal["pass", "steps"] = "pass"  # with a corpus: one pass over its windows, or steps_per_epoch
    wells: NoneOrMore = 0  # the first so many train wells of a corpus; 0: all
    kinds: Literal["both", "fracture", "bedding"] = "both"  # the kinds of planes that are taught
    sampling: Sampling = "as_is"
    least_trace_share: Fraction = 0.02  # of a window's pixels, for it to be drawn at all; sampling filtered


class TrainConfig(Section):
    """Everything that a training run depends on besides its data."""

    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0  # seeds are made from what is not below 0
    epochs: Count = 1000
    steps_per_epoch: Count = 200  # with synthetic windows; with a corpus alone an epoch is one pass over its windows
    batch: Annotated[int, Field(ge=1, le=100_000)] = 128  # windows a process; 0.6 MB each, in a step many times that
    learning_rate: Annotated[float, Field(gt=0.0, le=1.0)] = 4e-4  # AdamW moves a weight by as much a step
    weight_decay: Annotated[float, Field(ge=0.0, le=1.0)] = 1e-4  # at 1, and a rate of 1, a step leaves nothing
    warmup_steps: Annotated[int, Field(ge=0, le=10**9)] = 0
    schedule: Literal["linear", "cosine", "step", "one_cycle"] = "linear"
    decay_epochs: NoneOrMore = 0  # linear: the last so many epochs lower the learning rate to zero
    step_epochs: Count = 30  # step: so many epochs apart it falls to a tenth
    clip_norm: Annotated[float, Field(gt=0.0, le=1e6)] = 1.0  # of the gradient; 0 would stop it, 1e6 clips none
    patience: Count = 40  # epochs without a better validation F1
    freeze: Freeze = "none"
    guard_epochs: Count = 10  # a kind that is still never found after so many is warned of
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    compile: Compile = "off"
    model: ModelConfig = ModelConfig()
    loss: LossConfig = LossConfig()
    traces: TracesConfig = TracesConfig()
    augment: AugmentConfig = AugmentConfig()
    data: DataConfig = DataConfig()


FINE_TUNING: dict[str, Any] = {
    "epochs": 16,
    "steps_per_epoch": 25,
    "batch": 16,
    "learning_rate": 1e-4,
    "warmup_steps": 20,
    "decay_epochs": 12,
    "loss": {
        "l1": 5.0,
        "fine_map": 10.0,
        "spread": 0.1,
        "denoising": 0.5,
        "quality": 0.8,
        "match_focal": 2.0,
        "match_l1": 5.0,
        "focal_alpha": 0.5,
    },
    "augment": {"geometric": 0.5, "radiometric": 0.3},
    "data": {"barren": 0.2, "synthetic": 0.5},
}
"""What differs from the defaults where trained weights learn an interpreter's picks from few metres: half of a batch
stays synthetic, so that they forget nothing, and the few windows come back shifted, turned, mirrored and stretched."""
FROZEN_LEARNING_RATE = 1e-3
"""Of a new head of classes on a frozen encoder. On planted wells, massive above and laminated below, 10 steps of 8
windows reach F1 1 on a well held out; at the rate of fine-tuning 18 leave the head where it was drawn.
"""


def load_config(
    path: str | Path | None = None, changes: list[str] | None = None, init: ModelConfig | None = None
) -> TrainConfig:
    """Read a YAML file and apply ``section.key=value`` changes. Without a file: the defaults, or, to start from weights
    of the shape ``init``, that shape and :data:`FINE_TUNING`; for classes without synthetic windows.

    Raises :class:`InputError` naming the file, the key and what is allowed there.
    """
    values: dict[str, Any] = {}
    source = str(path) if path else "the defaults"
    if init is not None:
        values = copy.deepcopy(FINE_TUNING) | {"model": init.model_dump()}
    if path is not None:
        loaded = read_yaml(Path(path), _REMEDY)
        if loaded is not None and not isinstance(loaded, dict):
            raise InputError(f"{path}: must hold 'key: value' lines; {_REMEDY}")
        values = loaded or {}
    config = changed(values, changes or [], source)
    if init is not None and path is None and config.model.head == "classes":
        values["data"] = {"epoch": "steps"}  # as many steps as beside synthetic windows, which are of no class of rock
        if config.freeze == "encoder":  # what is taken over cannot be spoiled, and what is new has far to go
            values["learning_rate"] = FROZEN_LEARNING_RATE
        config = changed(values, changes or [], source)
    return config


def changed(values: dict[str, Any], changes: Iterable[str], source: str) -> TrainConfig:
    """The configuration of values by section, with ``section.key=value`` changes; ``source`` names them in errors.

    Raises :class:`InputError` naming the key, or the change that it was given by, and what is allowed there.
    """
    # A section of which every key is commented out is none.
    values = {name: {} if value is None and name in _SECTIONS else value for name, value in values.items()}
    values = copy.deepcopy(values)
    if isinstance(values.get("loss"), dict):
        values["loss"] = _by_new_names(values["loss"], source)
    given: dict[str, str] = {}
    for change in changes:
        key, separator, text = change.partition("=")
        if not separator:
            raise InputError(f"--set {change}: write it as key=value, e.g. --set model.queries=40")
        *sections, name = key.strip().split(".")
        place = values
        for section in sections:
            place = place.setdefault(section, {})
            if not isinstance(place, dict):
                raise InputError(f"--set {change}: {section} holds a value, not keys; {_REMEDY}")
        name = _NEW_NAMES.get(name, name) if sections == ["loss"] else name
        place[name] = parse_yaml(text, f"--set {change}", _REMEDY)
        given[".".join([*sections, name])] = f"--set {change}"
    try:
        return TrainConfig.model_validate(values)
    except ValidationError as error:
        raise _refusal(error.errors()[0], source, given) from None


def _refusal(problem: Mapping[str, Any], source: str, given: Mapping[str, str]) -> InputError:
    """What is wrong with a value, under the change that it was given by, if any: ``given`` has them by key."""
    names = [".".join(map(str, problem["loc"][:end])) for end in range(1, len(problem["loc"]) + 1)] or [""]
    where, unknown = next((name for name in names if name in KEYS), names[-1]), problem["type"] == "extra_forbidden"
    what = problem["msg"].removeprefix("Value error, ")
    # Of keys that contradict each other, those that are named.
    by = [
        change
        for key, change in given.items()
        if f"{where}.".startswith(f"{key}.")
        or (key.startswith(f"{where}.") and (unknown or re.search(rf"\b{key.rpartition('.')[2]}\b", what)))
    ]
    source = ", ".join(by) or source
    if unknown:
        meant = nearest(where, KEYS)
        return InputError(f"{source}: knows no key {where}; {f'did you mean {meant}?' if meant else _REMEDY}")
    # Shortened while it is written: ten lines of YAML that name each other make gigabytes.
    found = reprlib.repr(problem["input"])
    if where in KEYS:
        return InputError(f"{source}: {where}: {what}, found {found}; it takes {KEYS[where].takes}")
    if problem["type"] == "value_error":  # keys of a section that contradict each other: it says which and what to do
        return InputError(f"{source}: {where}: {what}")
    return InputError(f"{source}: {where}: {what}, found {found}; {_REMEDY}")


KEYS = keys_of(TrainConfig)
"""Every key of a configuration by its full name."""
_SECTIONS = sections_of(KEYS)
_NEW_NAMES = {field.serialization_alias or name: name for name, field in LossConfig.model_fields.items()}


def _by_new_names(loss: dict[str, Any], source: str) -> dict[str, Any]:
    both = [name for name in loss if _NEW_NAMES.get(name, name) in loss.keys() - {name}]
    if both:
        raise InputError(f"{source}: loss.{both[0]}: is the former name of loss.{_NEW_NAMES[both[0]]}; leave one out")
    return {_NEW_NAMES.get(name, name): value for name, value in loss.items()}
