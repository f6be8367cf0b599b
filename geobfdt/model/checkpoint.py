"""Weights that rebuild their own network, and the state from which a run goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch.overrides import TorchFunctionMode

from geobfdt.errors import InputError, quiet, reason_of
from geobfdt.formats.atomic import replacing
from geobfdt.formats.steady_file import SteadyFile
from geobfdt.model import NAMED, NAMED_ONCE
from geobfdt.model.config import Head, ModelConfig, gives_no_classes, gives_no_planes, problem_of
from geobfdt.model.detector import Detector
from geobfdt.model.network import ClassNet, Network, network_of
from geobfdt.model.sound import check_alike, check_numbers, digest_of

_FAMILY = "geobfdt-weights-"
_FORMAT = _FAMILY + "2"
"""The number counts shapes of the network that do not fit each other."""
NOT_AS_WRITTEN = "it is not as it was written, as its digest says"


@dataclass(frozen=True)
class Weights:
    """A network ready to predict, the score threshold that its validation chose, and where it comes from."""

    network: Network
    threshold: float
    source: str

    def digest(self) -> str:
        """What tells these weights from all others, wherever they lie."""
        return digest_of([self.network.config.model_dump_json(), self.threshold, self.network.state_dict()])

    @property
    def config(self) -> ModelConfig:
        return self.network.config

    @property
    def gives(self) -> Head:
        """What the network says: planes, traces that planes are fitted to, or classes of rock."""
        return self.config.head

    def gives_planes(self) -> Detector:
        """The network, where it is a detector. Raises :class:`InputError` where it gives masks or classes alone."""
        if not isinstance(self.network, Detector):
            raise gives_no_planes(self.source, self.gives)
        return self.network

    def gives_classes(self) -> ClassNet:
        """The network, where it labels windows. Raises :class:`InputError` where it finds planes or traces."""
        if not isinstance(self.network, ClassNet):
            raise gives_no_classes(self.source, self.gives)
        return self.network


def save_weights(path: str | Path, network: Network, threshold: float) -> None:
    """Write a network as safetensors; its shape, threshold and digest travel in the header. Complete or not there at
    all, and equal weights give equal bytes.

    Raises :class:`InputError` on weights that :func:`load_weights` would not take back.
    """
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
    try:
        check_numbers(tensors)
    except ValueError as error:
        raise InputError(
            f"{path}: the weights have run away ({error}), nothing was saved; lower learning_rate"
        ) from None
    told = {"format": _FORMAT, "model": network.config.model_dump_json(), "threshold": repr(float(threshold))}
    with replacing(path) as temporary:
        temporary.write_bytes(_with_header(save(tensors), told | {"digest": digest_of([told, tensors])}))


def _with_header(data: bytes, told: Mapping[str, str]) -> bytes:
    """A safetensors file with texts in its header, in their order: the library's own is another one every time."""
    size = int.from_bytes(data[:8], "little")
    text = json.dumps({"__metadata__": told, **json.loads(data[8 : 8 + size])}, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # the numbers begin at a multiple of 8
    return len(text).to_bytes(8, "little") + text + data[8 + size :]


def load_weights(path: str | Path | None = None) -> Weights:
    """Rebuild a network from its file, or from a name of :data:`NAMED`; without either, the bundled one. It comes on
    the CPU, in evaluation mode.

    Raises :class:`InputError` when the file is missing, damaged or of another program. Names, shapes and numbers are
    checked before a network is built; the digest, where the file has one (those of version 0.1 have none).
    """
    name = NAMED[0] if path is None else str(path)
    if name in NAMED:
        with resources.as_file(resources.files("geobfdt.model.weights") / f"{name}.safetensors") as packaged:
            return load_weights(packaged)
    path = Path(name)
    remedy = "give a .safetensors file written by `geobfdt train`"
    if not path.is_file():
        raise InputError(f"{path}: {NAMED_ONCE.get(name) or f'no such weights file; {remedy}'}")
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
        written = header.get("format", "")
        if written.startswith(_FAMILY) and written != _FORMAT:
            raise InputError(f"{path}: holds weights of another version of geobfdt ({written}); train them anew")
        if written != _FORMAT:
            raise InputError(f"{path}: holds no geobfdt weights; {remedy}")
        config, threshold = _told(header)
        network = _unfilled(config, tensors)
        digest = header.pop("digest", None)
        if digest is not None and digest != digest_of([header, tensors]):
            raise ValueError(NOT_AS_WRITTEN)
        check_numbers(tensors)
        network.load_state_dict({name: tensor.clone() for name, tensor in tensors.items()}, assign=True)
    except (SafetensorError, ValueError, RuntimeError, OSError) as error:
        raise InputError(
            f"{path}: the weights are damaged ({reason_of(error)}); copy the file anew from where it came, or {remedy}"
        ) from error
    return Weights(network.eval(), threshold, str(path))


def _told(header: Mapping[str, str]) -> tuple[ModelConfig, float]:
    """The shape and the threshold that a header tells. Raises :class:`ValueError` where one is missing or cannot be."""
    for name in ("model", "threshold"):
        if name not in header:
            raise ValueError(f"its header lacks the {name}")
    threshold = float(header["threshold"])
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold {threshold} outside 0 to 1")
    try:
        return ModelConfig.model_validate_json(header["model"]), threshold
    except ValidationError as error:
        raise ValueError(f"model {problem_of(error)}") from None


def _unfilled(config: ModelConfig, tensors: Mapping[str, torch.Tensor]) -> Network:
    """A network of a shape that fits tensors, which are its parameters' numbers to be: it has none yet. A header may
    declare a network larger than memory. Raises :class:`ValueError` where it does not fit them.
    """
    layers = 0 if config.head == "traces" else config.encoder_layers
    layers += config.decoder_layers if config.head in ("planes", "both") else 0
    if layers > len(tensors):
        raise ValueError(f"{layers} layers declared for {len(tensors)} tensors")
    with _Unfilled():
        network = network_of(config)
    check_alike(tensors, network.state_dict())
    return network


class _Unfilled(TorchFunctionMode):
    """A context in which parameters have shapes alone, on torch's device "meta", while constants have their numbers.

    Under ``torch.device("meta")`` the constants, too, would be computed without numbers, and that loads torch's
    compiler, which takes longer than torch itself.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.empty:
            return func(*args, **{**(kwargs or {}), "device": "meta"})
        return args[0] if func in _DRAWS else func(*args, **(kwargs or {}))


_DRAWS = (torch.Tensor.normal_, torch.Tensor.uniform_)


def save_state(path: str | Path, state: Mapping[str, Any]) -> None:
    """Write what a run needs to go on, tensors, numbers, text and containers of them, with its digest."""
    with replacing(path) as temporary, SteadyFile(temporary, "w") as file:  # torch hides why a write failed
        torch.save({**state, "digest": digest_of(state)}, file)


def load_state(path: str | Path) -> dict[str, Any]:
    """Read a run's state, tensors and plain values only, as it was written; its keys are for the caller to check.

    Raises :class:`InputError` when it is missing, damaged, or differs from its digest, which those of version 0.1 lack.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: there is no run to resume; start one without --resume")
    try:
        if not path.stat().st_size:
            raise ValueError("the file is empty")
        with quiet():  # of what the unpickler thinks of damaged bytes
            state = torch.load(path, map_location="cpu", weights_only=True)
        if not isinstance(state, dict):
            raise ValueError(f"it holds a {type(state).__name__}, not the state of a run")
        digest = state.pop("digest", None)
        if digest is not None and digest != digest_of(state):
            raise ValueError(NOT_AS_WRITTEN)
    except Exception as error:  # torch raises what its unpickler and zip reader happen to meet
        raise damaged_state(path, error) from error
    return state


def damaged_state(path: Path, error: Exception) -> InputError:
    """What the user is told of a state that no run can go on from."""
    return InputError(
        f"{path}: the checkpoint is damaged ({reason_of(error)}); start the run again in a new folder, with --init "
        f"{path.with_name('last.safetensors')} if its weights are to go on"
    )


def describe_weights(weights: Weights) -> dict[str, Any]:
    """Shape, size and threshold of weights, for people and for --json."""
    parameters = sum(parameter.numel() for parameter in weights.network.parameters())
    return {
        "source": weights.source,
        "parameters": parameters,
        "threshold": weights.threshold,
        "model": json.loads(weights.network.config.model_dump_json()),
    }
