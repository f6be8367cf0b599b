"""Weights that rebuild their own network, and the state from which a run goes on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from geobfdt.errors import InputError, reason_of
from geobfdt.formats.atomic import replacing
from geobfdt.model.config import ModelConfig
from geobfdt.model.detector import Detector
from geobfdt.model.network import Network, network_of

NAMED = ("bundled", "published")
"""Weights that come with the package, by the names that stand for them wherever a weights file is asked for. The
published ones are the published recipe's, for comparison."""
_FAMILY = "geobfdt-weights-"
_FORMAT = _FAMILY + "2"
"""The number counts shapes of the network that do not fit each other."""


@dataclass(frozen=True)
class Weights:
    """A network ready to predict, the score threshold that its validation chose, and where it comes from."""

    network: Network
    threshold: float
    source: str

    def gives_planes(self) -> Detector:
        """The network, where it is a detector. Raises :class:`InputError` where it gives masks alone."""
        if not isinstance(self.network, Detector):
            raise InputError(f"{self.source}: gives traces, no planes of its own; give the weights of a detector")
        return self.network


def save_weights(path: str | Path, network: Network, threshold: float) -> None:
    """Write a network as safetensors; its shape and threshold travel in the header. Complete or not there at all."""
    header = {"format": _FORMAT, "model": network.config.model_dump_json(), "threshold": repr(float(threshold))}
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
    with replacing(path) as temporary:
        temporary.write_bytes(save(tensors, metadata=header))  # save_file would make it readable to its owner alone


def load_weights(path: str | Path | None = None) -> Weights:
    """Rebuild a network from its file, or from a name of :data:`NAMED`; without either, the bundled one. It comes on
    the CPU, in evaluation mode.

    Raises :class:`InputError` when the file is missing, damaged or of another program.
    """
    name = NAMED[0] if path is None else str(path)
    if name in NAMED:
        with resources.as_file(resources.files("geobfdt.model.weights") / f"{name}.safetensors") as packaged:
            return load_weights(packaged)
    path = Path(name)
    remedy = "give a .safetensors file written by `geobfdt train`"
    if not path.is_file():
        raise InputError(f"{path}: no such weights file; {remedy}")
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
        written = header.get("format", "")
        if written.startswith(_FAMILY) and written != _FORMAT:
            raise InputError(f"{path}: holds weights of another version of geobfdt ({written}); train them anew")
        if written != _FORMAT:
            raise InputError(f"{path}: holds no geobfdt weights; {remedy}")
        config = ModelConfig.model_validate_json(header["model"])
        _check_size(config, tensors)
        network = network_of(config)
        network.load_state_dict(tensors)
        threshold = float(header["threshold"])
        if not 0 <= threshold <= 1:
            raise ValueError(f"threshold {threshold} outside 0 to 1")
    except (SafetensorError, ValidationError, KeyError, ValueError, RuntimeError, OSError) as error:
        raise InputError(f"{path}: the weights are damaged ({reason_of(error)}); {remedy}") from error
    return Weights(network.eval(), threshold, str(path))


def _check_size(config: ModelConfig, tensors: dict[str, torch.Tensor]) -> None:
    """A header may declare a network larger than memory: it has to fit the tensors before any is built."""
    layers = 0 if config.head == "traces" else config.encoder_layers + config.decoder_layers
    if layers > len(tensors):
        raise ValueError(f"{layers} layers declared for {len(tensors)} tensors")
    with torch.device("meta"):  # shapes without numbers
        declared = sum(tensor.numel() for tensor in network_of(config).state_dict().values())
    held = sum(tensor.numel() for tensor in tensors.values())
    if declared != held:
        raise ValueError(f"{declared} numbers declared, {held} held")


def save_state(path: str | Path, state: dict[str, Any]) -> None:
    """Write what a run needs to go on: tensors, numbers, text and containers of them."""
    with replacing(path) as temporary:
        torch.save(state, temporary)


def load_state(path: str | Path) -> dict[str, Any]:
    """Read a run's state, tensors and plain values only. Raises :class:`InputError` when it is missing or damaged."""
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: there is no run to resume; start one without --resume")
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises what its unpickler and zip reader happen to meet
        raise InputError(
            f"{path}: the checkpoint is damaged ({reason_of(error)}); start the run again in a new folder"
        ) from error
    return state


def describe_weights(weights: Weights) -> dict[str, Any]:
    """Shape, size and threshold of weights, for people and for --json."""
    parameters = sum(parameter.numel() for parameter in weights.network.parameters())
    return {
        "source": weights.source,
        "parameters": parameters,
        "threshold": weights.threshold,
        "model": json.loads(weights.network.config.model_dump_json()),
    }
