"""Synthetic windows and wells with exact truth, in batched torch, on whatever device trains; and wells as interpreters
pick them.
"""

from geobfdt.synthetic.corpora import WellSet
from geobfdt.synthetic.interpreters import Interpreter, draw_interpreter
from geobfdt.synthetic.wells import TOOLS, synthetic_well
from geobfdt.synthetic.windows import training_windows

__all__ = [
    "TOOLS",
    "Interpreter",
    "WellSet",
    "draw_interpreter",
    "synthetic_well",
    "training_windows",
]
