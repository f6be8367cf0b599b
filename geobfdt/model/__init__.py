"""Networks: backbone, transformer and heads, the mask network, and the files that hold their weights.

Here stand the words that a user chooses from: whoever only names them loads no torch.
"""

from typing import Literal

NAMED = ("bundled", "published")
"""Weights that come with the package, by the names that stand for them wherever a weights file is asked for. The
published ones are the published recipe's, for comparison."""

EngineName = Literal["auto", "torch", "onnx"]
"""What weights are computed by: see :func:`geobfdt.prediction.engine.chosen`."""
