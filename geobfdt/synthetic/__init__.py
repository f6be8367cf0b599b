"""Synthetic windows and wells with exact truth, in batched torch, on whatever device trains; and wells as interpreters
pick them.

Here stand the words that a user chooses from: whoever only names them loads no torch.
"""

from typing import Literal

PlaneKinds = Literal["mixed", "bedding", "fracture", "none"]
"""Kinds of planes in a well."""
Picked = Literal["exact", "interpreters", "every_lamina"]
"""How wells are picked: exactly; each by an interpreter of its own; each by one of its own who picks every lamina."""
