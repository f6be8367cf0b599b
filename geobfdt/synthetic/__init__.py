"""Synthetic windows and wells with exact truth, in batched torch, on whatever device trains; and wells as interpreters
pick them.

Here stand the words that a user chooses from: whoever only names them loads no torch.
"""

from typing import Literal

from geobfdt.errors import InputError

PlaneKinds = Literal["mixed", "bedding", "fracture", "none"]
"""Kinds of planes in a well whose rock is the same throughout."""
WellPlanes = Literal[PlaneKinds, "changing"]
"""Those, or rock that changes from one to the other, with a label each."""
TOOLS = (
    *("microresistivity_8_pads", "microresistivity_4_pads", "slim_microresistivity"),
    *("acoustic_televiewer", "optical_televiewer", "lwd_56_sectors", "lwd_16_sectors"),
)
"""Imaging tools by name; :mod:`geobfdt.synthetic.wells` knows what they are like."""
Picked = Literal["exact", "interpreters", "every_lamina", "professionals"]
"""How wells are picked: exactly; each by an interpreter of its own; each by one of its own who picks every lamina; each
by one who picks as many planes as are wanted."""


def check_tool(name: str) -> str:
    """The name of a tool, or :class:`InputError` with those that there are."""
    if name not in TOOLS:
        raise InputError(f"--tool {name}: no such tool; choose one of {', '.join(TOOLS)}")
    return name
