"""Synthetic windows and wells with exact truth, in batched torch, on whatever device trains."""

from geobfdt.synthetic.wells import TOOLS, synthetic_well
from geobfdt.synthetic.windows import training_windows

__all__ = ["TOOLS", "synthetic_well", "training_windows"]
