"""Whether what is read is what was written: tensors of the right names, shapes and numbers, and a digest of it all."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

LARGEST = 1e6
"""Of a weight's magnitude. The bundled weights reach 66, a variance; AdamW moves a weight by about the learning rate a
step, so that a run at the largest of these, 1, would need a million steps all in one direction."""
_NEVER_NEGATIVE = ("running_var", "exp_avg_sq")  # by the last part of its name: a mean of squares


def digest_of(value: Any) -> str:
    """SHA-256 of tensors, numbers, texts and containers of them, as hexadecimal digits.

    Tensors count by their type, shape and bytes, a mapping's entries in the order of their keys; lists and tuples are
    alike. Equal contents give equal digests, in whatever order and on whatever device they are held.
    """
    digest = hashlib.sha256()

    def feed(place: str, inner: Any) -> None:
        if isinstance(inner, list | tuple):
            inner = dict(enumerate(inner))
        if isinstance(inner, Tensor):
            digest.update(f"{place} {inner.dtype} {tuple(inner.shape)}\n".encode())
            digest.update(inner.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
        elif isinstance(inner, Mapping):
            digest.update(f"{place} holds {len(inner)}\n".encode())
            for key in sorted(inner, key=repr):
                feed(f"{place}.{key!r}", inner[key])
        else:
            digest.update(f"{place} is {inner!r}\n".encode())

    feed("", value)
    return digest.hexdigest()


def check_alike(held: Mapping[str, Tensor], declared: Mapping[str, Tensor]) -> None:
    """Raises :class:`ValueError` on the first tensor that is missing, too many, or of another shape or type than the
    declared one, which may be without numbers (torch's device "meta").
    """
    for what, names in (("lacks", declared.keys() - held.keys()), ("has a foreign", held.keys() - declared.keys())):
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            raise ValueError(f"it {what} tensor {min(names)}{more}")
    for name, tensor in declared.items():
        if held[name].shape != tensor.shape:
            raise ValueError(f"{name}: {_size(tensor)} numbers declared, {_size(held[name])} held")
        if held[name].dtype != tensor.dtype:
            raise ValueError(f"{name}: {tensor.dtype} declared, {held[name].dtype} held")


def check_numbers(tensors: Mapping[str, Tensor], largest: float = LARGEST) -> None:
    """Raises :class:`ValueError` on the first tensor that holds what no training leaves: no number, one beyond
    ``largest``, or a negative mean of squares.
    """
    for name, tensor in tensors.items():
        if not tensor.is_floating_point() or not tensor.numel():
            continue
        low, high = (float(end) for end in tensor.detach().aminmax())  # both NaN where one number is
        if not math.isfinite(low + high):
            raise ValueError(f"{name} holds values that are no numbers")
        if max(-low, high) > largest:
            raise ValueError(
                f"{name} runs from {low:.3g} to {high:.3g}, and no training leaves more than {largest:.0e}"
            )
        if low < 0 and name.endswith(_NEVER_NEGATIVE):
            raise ValueError(f"{name}, a mean of squares, falls to {low:.3g}")


def _size(tensor: Tensor) -> str:
    return " x ".join(map(str, tensor.shape)) or "1"
