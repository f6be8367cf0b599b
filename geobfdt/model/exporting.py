"""A network as an ONNX file, which answers windows without torch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from geobfdt.errors import missing_extra, quiet
from geobfdt.formats.provenance import file_digest
from geobfdt.model.checkpoint import Weights
from geobfdt.model.detector import Detections, Detector, image_channels
from geobfdt.model.network import Network
from geobfdt.model.onnx_format import INPUT, OUTPUTS, Said, sealed
from geobfdt.windows.grid import COLUMNS, ROWS

if TYPE_CHECKING:
    from onnx import ModelProto, TensorProto

_OPSET = 18
_WITHIN = "network."
"""Before the names of a network's tensors in a graph."""


def exported(weights: Weights, source: Path) -> bytes:
    """The bytes of an ONNX file that holds weights whole; ``source`` is the file they were loaded from.

    Its form is :mod:`geobfdt.model.onnx_format`'s. Raises :class:`InputError` where the packages that write ONNX are
    missing.
    """
    return _sealed(_graph_of(weights.network), weights, source)


def exported_beside(weights: Weights, source: Path) -> bytes:
    """The same without the numbers of the weights, which are read from ``source``, a safetensors file that has to lie
    beside it: of both formats each number is the same four bytes.
    """
    model = _graph_of(weights.network)
    places = _places(source)
    for tensor in model.graph.initializer:
        first, last = places.get(tensor.name.removeprefix(_WITHIN), (0, 0))
        if last:
            _point_to(tensor, source, first, last)
    return _sealed(model, weights, source)


def _sealed(model: ModelProto, weights: Weights, source: Path) -> bytes:
    for name, text in _said_of(weights, source).texts().items():
        model.metadata_props.add(key=name, value=text)
    return sealed(model.SerializeToString(deterministic=True))


def _said_of(weights: Weights, source: Path) -> Said:
    network = weights.network
    calibration = network.calibration.tolist() if isinstance(network, Detector) else []
    parameters = sum(parameter.numel() for parameter in network.parameters())
    return Said(
        network.config,
        weights.threshold,
        tuple((factor, offset) for factor, offset in calibration),
        parameters,
        weights.digest(),
        file_digest(source),
    )


class _Answering(nn.Module):
    """A network that answers in tensors alone, those of :data:`OUTPUTS`."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, windows: Tensor) -> tuple[Tensor, ...]:
        said: Detections | Tensor = self.network(windows)
        if isinstance(said, Tensor):
            return (said.softmax(1),)
        spread = () if said.spread is None else (said.spread.exp(),)
        return said.sinusoids, said.scores, said.logits[-1], *spread


def _graph_of(network: Network) -> ModelProto:
    """What a network computes, with its tensors under their own names."""
    try:
        import onnxscript
    except ImportError:
        raise missing_extra("writing ONNX", "onnx") from None
    outputs = list(OUTPUTS[network.config.head])
    if isinstance(network, Detector) and not network.curve:
        outputs.remove("spread")
    # Neither 1 nor what any part of the network has so many of: such sizes would be taken for fixed ones.
    example = torch.rand(3, image_channels(network.config), ROWS, COLUMNS)
    with torch.no_grad(), quiet(logger="torch.onnx", ignored=(FutureWarning,)):
        program = torch.onnx.export(
            _Answering(network).eval(),
            (example,),
            input_names=[INPUT],
            output_names=outputs,
            dynamic_shapes={INPUT: {0: torch.export.Dim("batch")}},
            dynamo=True,
            opset_version=_OPSET,
            optimize=False,
            verbose=False,
        )
    if program is None:
        raise TypeError("torch gave no program for the network")
    with _untouched(program.model.graph):
        onnxscript.optimizer.optimize(program.model)
    return _without_history(program.model_proto)


@contextmanager
def _untouched(graph: Any) -> Iterator[None]:
    """Have a graph simplified around the network's tensors, which the optimizer would transpose and fold: as inputs it
    leaves them as they are, and whoever runs the graph folds them when it is loaded.
    """
    held = {name: value for name, value in graph.initializers.items() if name.startswith(_WITHIN)}
    numbers = {name: value.const_value for name, value in held.items()}
    for name, value in held.items():
        del graph.initializers[name]
        value.const_value = None
        graph.inputs.append(value)
    yield
    for name, value in held.items():
        graph.inputs.remove(value)
        if value.uses():
            value.const_value = numbers[name]
            graph.initializers[name] = value


def _without_history(model: ModelProto) -> ModelProto:
    """A graph without the lines of source that its nodes come from, and without shapes that follow from others."""
    for node in model.graph.node:
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    for value in (*model.graph.input, *model.graph.output, *model.graph.initializer):
        value.ClearField("metadata_props")
        value.ClearField("doc_string")
    del model.graph.value_info[:], model.metadata_props[:], model.graph.metadata_props[:]
    model.graph.name, model.producer_name, model.producer_version = "geobfdt", "geobfdt", ""
    return model


def _places(source: Path) -> dict[str, tuple[int, int]]:
    """First byte and the one after the last of each tensor in a safetensors file."""
    with source.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    header.pop("__metadata__", None)
    return {name: tuple(8 + size + place for place in told["data_offsets"]) for name, told in header.items()}


def _point_to(tensor: TensorProto, source: Path, first: int, last: int) -> None:
    """Have a tensor read from a file beside the graph's. Raises :class:`ValueError` where other bytes stand there."""
    with source.open("rb") as file:
        file.seek(first)
        if file.read(last - first) != tensor.raw_data:
            raise ValueError(f"{source}: {tensor.name} is not as the graph has it")
    tensor.ClearField("raw_data")
    tensor.data_location = tensor.EXTERNAL
    for key, value in (("location", source.name), ("offset", str(first)), ("length", str(last - first))):
        tensor.external_data.add(key=key, value=value)
