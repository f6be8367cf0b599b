"""Synthetic windows and wells with exact truth, in batched torch, on whatever device trains."""

from geobfdt.synthetic.windows import training_windows

__all__ = ["training_windows"]
