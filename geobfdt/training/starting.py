"""What a run starts from: all of other weights, or, of another head, what both networks have by name and shape."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path

from torch import Tensor, nn

from geobfdt.errors import InputError, InputWarning
from geobfdt.model.checkpoint import load_weights
from geobfdt.model.network import ENCODER, Network


def start_from(network: Network, path: str | Path, *, freeze: bool = False) -> tuple[str, ...]:
    """Take over the numbers of a weights file, in place; the parts of the :data:`~geobfdt.model.network.ENCODER` that
    came from it.

    From weights of another head come the encoder and whatever else both networks have, part by part and each whole; the
    rest stays as it was drawn, and a note says what is what, and with ``freeze`` that the encoder is to stay as it is.
    Raises :class:`InputError` where weights of the same head are of another shape, or the encoders are.
    """
    held = load_weights(path).network
    misfit = f"{path}: the weights are of another shape than the configuration's model"
    if held.config.head == network.config.head:
        known, names = held.config.classes, network.config.classes
        if network.config.head == "classes" and known != names:  # as many of them would fit in shape
            raise InputError(
                f"{path}: the weights tell {', '.join(known)} apart, and model.classes names {', '.join(names)}; give "
                "the same names in the same order, or start from weights of another head"
            )
        try:
            network.load_state_dict(held.state_dict())
        except RuntimeError:
            raise InputError(misfit) from None
        return tuple(name for name, _ in network.named_children() if name in ENCODER)
    theirs, own = _parts(held), _parts(network)
    alike = [part for part in own if part in theirs and _shapes(theirs[part]) == _shapes(own[part])]
    misfits = [part for part in ENCODER if part in own and part in theirs and part not in alike]
    if misfits:
        raise InputError(
            f"{misfit}, in its {_listed(misfits)}; leave out the keys that differ from the weights' (geobfdt train "
            "without a file takes theirs), or leave out --init"
        )
    network.load_state_dict({name: tensor for part in alike for name, tensor in theirs[part].items()}, strict=False)
    encoder = tuple(part for part in alike if part in ENCODER)
    stays = f"; frozen: {_listed(encoder)}" if freeze else ""
    new = _listed(part for part in own if part not in alike) or "nothing"
    warnings.warn(
        f"{path}: holds weights of the head {held.config.head}; taken from them: {_listed(alike)}; new, for the head "
        f"{network.config.head}: {new}{stays}",
        InputWarning,
        stacklevel=2,
    )
    return encoder


def frozen(network: Network, parts: Iterable[str]) -> list[nn.Module]:
    """The parts of a network, whose parameters from now on get no gradient and are none that an optimizer moves. A run
    keeps them in evaluation mode: their norms then keep their statistics, too, and nothing is dropped out.
    """
    modules = [module for name, module in network.named_children() if name in set(parts)]
    for module in modules:
        module.requires_grad_(False)
    return modules


def _parts(network: nn.Module) -> dict[str, dict[str, Tensor]]:
    """The tensors of a network by its part, the first word of their names."""
    parts: dict[str, dict[str, Tensor]] = {}
    for name, tensor in network.state_dict().items():
        parts.setdefault(name.partition(".")[0], {})[name] = tensor
    return parts


def _shapes(tensors: dict[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def _listed(names: Iterable[str]) -> str:
    *first, last = list(names) or [""]
    return f"{', '.join(first)} and {last}" if first else last
