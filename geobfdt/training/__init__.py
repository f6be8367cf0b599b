"""From windows to weights."""

from typing import Literal

WandbMode = Literal["off", "offline", "online"]
"""Whether Weights & Biases keeps a run's record, and where: in the run's folder, or at their servers."""
