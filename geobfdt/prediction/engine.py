"""Weights that answer windows, whatever computes them, and which engine it is to be. Itself without torch."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from geobfdt.errors import InputError
from geobfdt.formats.provenance import file_digest
from geobfdt.model import NAMED, NAMED_ONCE, EngineName
from geobfdt.model.config import Head, ModelConfig
from geobfdt.model.onnx_format import Said, texts_of
from geobfdt.prediction.found import Answers

if TYPE_CHECKING:
    import torch

    from geobfdt.model.checkpoint import Weights

ONNX_SUFFIX = ".onnx"


class Engine(Protocol):
    """Weights that answer windows (n, channels, rows, columns), as :mod:`geobfdt.windows.cut` cuts them.

    name       "torch" or "onnx"
    config     shape of the network, which also says in what form windows are cut
    threshold  least score of a pick, in [0, 1], that the weights' validation chose
    source     the file that the weights come from
    at_once    windows that it is best asked for at once
    ahead      threads that cut the next ones meanwhile; 0 where those would only be in its way
    """

    @property
    def name(self) -> str: ...
    @property
    def config(self) -> ModelConfig: ...
    @property
    def threshold(self) -> float: ...
    @property
    def source(self) -> str: ...
    @property
    def at_once(self) -> int: ...
    @property
    def ahead(self) -> int: ...

    @property
    def gives(self) -> Head:
        """What the network says: planes, traces that planes are fitted to, or classes of rock."""
        ...

    def digest(self) -> str:
        """What tells the weights from all others, wherever they lie and whatever computes them."""
        ...

    def planes(self, windows: NDArray[np.float32]) -> Callable[[], Answers]:
        """Ask a detector; what is handed back waits for its answer, which a card computes meanwhile."""
        ...

    def shares(self, windows: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, 3, rows, columns) probabilities of background, fracture and bedding at every pixel, or (n, classes)."""
        ...


@dataclass(frozen=True)
class Choice:
    """An engine, and why it is the one, as people are told."""

    name: Literal["torch", "onnx"]
    why: str


def answering(weights: Weights | Engine | None, device: str | torch.device = "auto") -> Engine:
    """Loaded weights as an engine: torch on a device; an engine as it is; the bundled weights where there are none.

    Raises :class:`InputError` on a device that is not there.
    """
    if weights is None:
        return engine_of(None, device=device)
    if not hasattr(weights, "network"):
        return weights
    from geobfdt.prediction.by_torch import ByTorch

    return ByTorch.of(cast("Weights", weights), device)


def engine_of(
    path: str | Path | None = None, engine: EngineName = "auto", device: str | torch.device = "auto"
) -> Engine:
    """Load weights from their file, or by a name of :data:`~geobfdt.model.NAMED`; without either, the bundled ones.

    Which engine answers says :func:`chosen`. Raises :class:`InputError` on a file that is missing or damaged, and
    where what would compute it is not installed.
    """
    file = weights_file(path)
    if chosen(path, engine, device).name == "onnx":
        from geobfdt.prediction.by_onnx import ByOnnx

        return ByOnnx.of(file.with_suffix(ONNX_SUFFIX), str(file))
    if find_spec("torch") is None:
        raise InputError(_without_torch(file))
    from geobfdt.model.checkpoint import load_weights
    from geobfdt.prediction.by_torch import ByTorch

    return ByTorch.of(load_weights(path), device)


def chosen(path: str | Path | None = None, engine: EngineName = "auto", device: str | torch.device = "auto") -> Choice:
    """Which engine answers for weights: onnxruntime for an ONNX file, and for a safetensors file the fastest that is
    there, torch on a card, torch where the processor computes in bfloat16, onnxruntime where an ONNX file that was made
    of the weights lies beside them, torch.

    Raises :class:`InputError` where the one that is asked for cannot be.
    """
    file = weights_file(path)
    if file.suffix == ONNX_SUFFIX and engine == "torch":
        raise InputError(f"{file}: is an ONNX file, which torch does not read; leave --engine torch out")
    if engine == "torch":
        return Choice("torch", "it was asked for")
    missing, elsewhere = _missing_onnx(file), str(device) not in ("auto", "cpu")
    if engine == "onnx" or file.suffix == ONNX_SUFFIX:
        if missing:
            raise InputError(f"{file}: onnxruntime cannot answer, since {missing}")
        if elsewhere:
            raise InputError(f"--device {device}: onnxruntime is asked, which computes on the processor; leave one out")
        return Choice("onnx", "it was asked for" if engine == "onnx" else "the weights are an ONNX file")
    if missing:
        return Choice("torch", f"onnxruntime cannot answer: {missing}")
    if elsewhere:
        return Choice("torch", f"--device {device} was asked for")
    if find_spec("torch") is None:
        return Choice("onnx", "torch is not installed")
    faster = _faster_torch(str(device))
    return Choice("torch", faster) if faster else Choice("onnx", "torch finds neither a card nor bfloat16 here")


def _without_torch(file: Path) -> str:
    """What the user is told where torch would have to answer, and is missing."""
    if find_spec("onnxruntime") is None:
        return "neither torch nor onnxruntime is installed; run pip install onnxruntime"
    return (
        f"{file}: needs torch, which is not installed; run pip install torch, or give an .onnx file of the weights, "
        "which geobfdt export-model writes"
    )


def weights_file(path: str | Path | None = None) -> Path:
    """The file that a name of :data:`~geobfdt.model.NAMED` stands for, or the one that is named; without either, that
    of the bundled weights. Raises :class:`InputError` on a name that came with earlier versions alone.
    """
    name = NAMED[0] if path is None else str(path)
    if name in NAMED:
        return Path(str(resources.files("geobfdt.model.weights"))) / f"{name}.safetensors"
    if name in NAMED_ONCE and not Path(name).exists():
        raise InputError(f"{name}: {NAMED_ONCE[name]}")
    return Path(name)


def _missing_onnx(file: Path) -> str:
    """What onnxruntime lacks to answer for weights, and what to do; "" where it lacks nothing."""
    if find_spec("onnxruntime") is None:
        return "the package onnxruntime is not installed: pip install onnxruntime"
    if file.suffix == ONNX_SUFFIX or not file.is_file():
        return ""  # what is wrong with a file is said where it is read
    beside = file.with_suffix(ONNX_SUFFIX)
    remedy = "geobfdt export-model writes one where torch is installed"
    if not beside.is_file():
        return f"the weights have no {beside.name} beside them: {remedy}"
    try:
        made_of_them = said_of(file).safetensors == file_digest(file)
    except ValueError:
        made_of_them = False
    return "" if made_of_them else f"{beside.name} beside them was not made of them: {remedy}"


def said_of(file: Path) -> Said:
    """What the ONNX file beside a file of weights says of them. Raises :class:`OSError` and :class:`ValueError`."""
    return Said.of(texts_of(file.with_suffix(ONNX_SUFFIX).read_bytes()))


def _faster_torch(device: str) -> str:
    """Why torch is faster here than onnxruntime, which computes in float32 on processors; "" where it is not."""
    if device == "auto" and _has_card():
        return "there is a card"
    return "the processor computes in bfloat16" if has_bfloat16() else ""


def _has_card() -> bool:
    """Whether torch computes on a card; it is loaded only where there is a driver of one."""
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    import torch

    return torch.cuda.is_available()


def has_bfloat16(facts: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether the processor computes in bfloat16, as torch would say it; known without loading torch, on Linux alone:
    elsewhere onnxruntime is taken where it is installed.
    """
    try:
        flags = next((line for line in facts.read_text().splitlines() if line.startswith("flags")), "")
    except OSError:
        return False
    return "avx512_bf16" in flags.split()
