"""Augmentation of training windows, in batched torch, on whatever device holds them.

Conventions:

- Windows are (batch, 2, rows, columns): an image in any unit, and its 0/1 validity. Rows go down, columns clockwise.
- *Geometric* augmentations move pixels and truth by one and the same :class:`Motion`: turn, mirror, flip, stretch,
  shift and all that they compose to. On (z0, a, b, 1), hole radii from the window's centre, a motion is a 4x4 matrix,
  and drawing the moved sinusoids gives the moved image.
- *Radiometric* augmentations change pixels only, measured in the spread of each window's own valid pixels.
- Functions are pure and take explicit parameters, one per window; only :mod:`~geobfdt.augment.pipeline` draws them,
  from a seed. Missing pixels stay missing, and what they hold is never used.
"""

from geobfdt.augment.geometric import (
    Motion,
    flip_depth,
    mirror,
    move,
    move_sinusoids,
    move_windows,
    roll,
    shift,
    stretch,
)
from geobfdt.augment.pipeline import augment
from geobfdt.augment.radiometric import add, bend, blur, gain, hide, holes, pad_gaps

__all__ = [
    "Motion",
    "add",
    "augment",
    "bend",
    "blur",
    "flip_depth",
    "gain",
    "hide",
    "holes",
    "mirror",
    "move",
    "move_sinusoids",
    "move_windows",
    "pad_gaps",
    "roll",
    "shift",
    "stretch",
]
