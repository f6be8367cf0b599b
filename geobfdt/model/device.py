"""Where to compute, and how precisely."""

from __future__ import annotations

import torch

from geobfdt.errors import InputError


def device_of(name: str = "auto") -> torch.device:
    """The device a name asks for; "auto" is CUDA where there is one, else the CPU."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError:
        raise InputError(f"--device {name}: no such device; use auto, cpu or cuda") from None
    if device.type == "cuda" and not torch.cuda.is_available():
        raise InputError("--device cuda: this machine or this build of torch has no CUDA; use --device cpu")
    return device


def precision_of(name: str, device: torch.device) -> torch.dtype:
    """bfloat16 where the processor computes in it faster than in float32, unless asked otherwise."""
    if name == "auto":
        helps = torch.cuda.is_bf16_supported() if device.type == "cuda" else bool(torch.cpu._is_avx512_bf16_supported())
        return torch.bfloat16 if helps else torch.float32
    return torch.bfloat16 if name == "bfloat16" else torch.float32


def computing_in(precision: torch.dtype, device: torch.device) -> torch.autocast:
    """The context in which a detector computes in that precision."""
    return torch.autocast(device.type, precision, enabled=precision != torch.float32)
