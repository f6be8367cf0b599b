"""Networks: backbone, transformer and heads, the mask network, and the files that hold their weights.

Here stand the words that a user chooses from: whoever only names them loads no torch.
"""

from typing import Literal

NAMED = ("bundled",)
"""Weights that come with the package, by the names that stand for them wherever a weights file is asked for."""
NAMED_ONCE = {
    "published": "the published recipe's weights do not come with the package any more; take published.safetensors "
    "from the files of a release and name that file"
}
"""What to do instead, by the names that came with earlier versions."""

EngineName = Literal["auto", "torch", "onnx"]
"""What weights are computed by: see :func:`geobfdt.prediction.engine.chosen`."""
