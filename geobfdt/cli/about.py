"""What is installed here and what it can do."""

from __future__ import annotations

import platform
from importlib import metadata
from importlib.util import find_spec
from typing import Any

from geobfdt.prediction.engine import chosen, said_of, weights_file

_PACKAGES = ("geobfdt", "torch", "torchvision", "onnxruntime", "numpy", "scipy", "lasio", "h5py")


def about() -> dict[str, Any]:
    """Versions, device, engine, bundled weights and the state of torchvision, each a short value under its name."""
    facts: dict[str, Any] = {"python": platform.python_version()}
    facts |= {package: _version(package) for package in _PACKAGES}
    facts |= _of_torch() if find_spec("torch") is not None else _without_torch()
    choice = chosen()
    facts["engine"] = f"{choice.name}, since {choice.why}"
    try:
        said = said_of(weights_file())
        facts["bundled weights"] = f"{said.parameters / 1e6:.2f} M parameters, threshold {said.threshold:g}"
    except (OSError, ValueError) as error:
        facts["bundled weights"] = f"missing: {error}"
    return facts


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _of_torch() -> dict[str, Any]:
    import torch

    from geobfdt.model.device import device_of, precision_of
    from geobfdt.training.torchvision_operators import NATIVE

    device = device_of()
    name = torch.cuda.get_device_name() if device.type == "cuda" else _processor()
    works = "ResNet, focal loss, transforms; not nms, deform_conv2d or image files, which geobfdt does not use"
    return {
        "device": f"{device.type} ({name}), {str(precision_of('auto', device)).removeprefix('torch.')}",
        "threads": torch.get_num_threads(),
        "torchvision works": "everything" if NATIVE else works,
    }


def _without_torch() -> dict[str, Any]:
    from geobfdt.workers.processors import threads

    return {"device": f"cpu ({_processor()}), float32", "threads": threads()}


def _processor() -> str:
    return platform.processor() or platform.machine()
