"""What is installed here and what it can do."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import Any

import torch

from geobfdt.errors import InputError
from geobfdt.model.checkpoint import describe_weights, load_weights
from geobfdt.model.device import device_of, precision_of
from geobfdt.training.torchvision_operators import NATIVE

_PACKAGES = ("geobfdt", "torch", "torchvision", "numpy", "scipy", "lasio", "h5py")


def about() -> dict[str, Any]:
    """Versions, device, bundled weights and the state of torchvision, each a short value under its name."""
    device = device_of()
    name = torch.cuda.get_device_name() if device.type == "cuda" else platform.processor() or platform.machine()
    facts: dict[str, Any] = {"python": platform.python_version()}
    facts |= {package: metadata.version(package) for package in _PACKAGES}
    facts["device"] = f"{device.type} ({name}), {str(precision_of('auto', device)).removeprefix('torch.')}"
    facts["threads"] = torch.get_num_threads()
    facts["torchvision works"] = (
        "everything"
        if NATIVE
        else "ResNet, focal loss, transforms; not nms, deform_conv2d or image files, which geobfdt does not use"
    )
    try:
        weights = describe_weights(load_weights())
        facts["bundled weights"] = f"{weights['parameters'] / 1e6:.2f} M parameters, threshold {weights['threshold']:g}"
    except InputError as error:
        facts["bundled weights"] = f"missing: {error}"
    return facts
