"""``import torchvision`` beside any torch.

The registry's torchvision is a CUDA build. Beside a CPU build of torch its compiled operators cannot load, and the
import then stops at ``operator torchvision::nms does not exist``, because its Python half registers shapes for
operators that were never declared. Declaring the two missing schemas lets the import finish: the focal loss and the
transforms are plain Python and work; the compiled ``nms``, ``deform_conv2d`` and image readers do not,
and nothing here needs them. Import torchvision only through this module.
"""

from __future__ import annotations

import sys

import torch

_MISSING_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)

_declared: list[torch.library.Library] = []  # a Library withdraws its schemas when it is collected


def _import_torchvision() -> bool:
    """Import torchvision and say whether its compiled operators are the native ones."""
    try:
        import torchvision
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]  # what the failed import left half-initialised
        library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
        for schema in _MISSING_SCHEMAS:
            library.define(schema)  # type: ignore[no-untyped-call]
        _declared.append(library)
        import torchvision  # noqa: F401

        return False
    return True


NATIVE = _import_torchvision()
"""True where torchvision's compiled operators match the installed torch."""

from torchvision.ops import sigmoid_focal_loss  # noqa: E402

__all__ = ["NATIVE", "sigmoid_focal_loss"]
