"""Tools that press pads with rows of buttons against the wall: what their channels are called, and where they look.

Positions across a pad are metres along the wall, clockwise seen downhole, from the middle of the pad. What is published
and what is assumed stands with each tool; an assumption is a field, so that another figure makes another tool.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from geobfdt.borehole.geometry import Floats

INCH_M = 0.0254


@dataclass(frozen=True)
class ButtonRow:
    """A row of buttons, as one channel of a file records it.

    channel          its name
    pad              number of its pad, from 1, clockwise seen downhole
    depth_offset_m   how much deeper it touches the wall than the depth it is recorded at
    first_m, last_m  where its first and last buttons lie across the pad; the others stand evenly between them
    flap             it lies on the flap of its pad, which touches the wall elsewhere than the pad itself
    """

    channel: str
    pad: int
    depth_offset_m: float
    first_m: float
    last_m: float
    flap: bool = False

    def across_m(self, buttons: int) -> Floats:
        """Where each of so many buttons lies across the pad, (buttons,) metres."""
        return np.linspace(self.first_m, self.last_m, buttons)


@dataclass(frozen=True)
class PadTool:
    """A tool of ``pads`` pads evenly around it, and its rows of buttons, those of one pad or flap together."""

    name: str
    pads: int
    rows: tuple[ButtonRow, ...]

    @property
    def label(self) -> str:
        """What its image is called, as in ``pads FCA1..FCD4``."""
        return f"pads {self.rows[0].channel}..{self.rows[-1].channel}"

    def in_depth(self) -> PadTool:
        """The tool whose rows are recorded at the depths where they touched the wall."""
        return replace(self, rows=tuple(replace(row, depth_offset_m=0.0) for row in self.rows))


@dataclass(frozen=True)
class FourPadsWithFlaps:
    """Four pads A to D with a flap each, two rows of buttons on either: the FMI.

    Public: four arms with a pad and a flap, images of 80-90 % of the wall (SEG wiki, Dictionary:Formation
    microimager); 192 buttons, 12 a row, one reading every 2.54 mm. Assumed, for no page with the figures could be
    found, and therefore fields: the rows of a pad are staggered so that together they have a button every 0.1 in
    (then 192 of them see 76 % of an 8 in hole, a little less than published); the second row lies 0.3 in below the
    first, the flap 5.7 in below its pad; the middle of the flap lies 2.6 in clockwise of that of the pad, the width of
    the pad and a gap of 0.2 in, in any hole; buttons are numbered clockwise. Depths are those of the first row of the
    pads.
    """

    button_step_m: float = 0.1 * INCH_M
    row_drop_m: float = 0.3 * INCH_M
    flap_drop_m: float = 5.7 * INCH_M
    flap_turn_m: float = 2.6 * INCH_M
    buttons: int = 12

    def tool(self) -> PadTool:
        half = (self.buttons - 0.5) * self.button_step_m
        rows = []
        for pad, letter in enumerate("ABCD", 1):
            for number in (1, 2, 3, 4):
                second, flap = number in (2, 4), number > 2
                middle = flap * self.flap_turn_m + second * self.button_step_m - 0.5 * self.button_step_m
                reach = half - 0.5 * self.button_step_m
                drop = flap * self.flap_drop_m + second * self.row_drop_m
                rows.append(ButtonRow(f"FC{letter}{number}", pad, drop, middle - reach, middle + reach, flap))
        return PadTool("FMI", 4, tuple(rows))


@dataclass(frozen=True)
class EightPads:
    """Eight pads 45 degrees apart with a lower and an upper row of buttons each: the CMI.

    From public processing of a CMI recording (Anya 105, Surat Basin), matched there against the vendor's image of the
    same well: 176 buttons, 10 or 12 a row; a row covers about 20 degrees of an 8.5 in hole; buttons are numbered
    anticlockwise; the rows stand at the depths where they touched the wall. Assumed: both rows cover the same width.
    """

    width_m: float = math.pi * 8.5 * INCH_M * 20.0 / 360.0
    lower_row_drop_m: float = 0.0
    clockwise: bool = False

    def tool(self) -> PadTool:
        first = (-0.5 if self.clockwise else 0.5) * self.width_m
        return PadTool(
            "CMI",
            8,
            tuple(
                ButtonRow(f"BT{pad}{row}", pad, drop, first, -first)
                for pad in range(1, 9)
                for row, drop in (("L", self.lower_row_drop_m), ("U", 0.0))
            ),
        )


FMI = FourPadsWithFlaps().tool()
CMI = EightPads().tool()
PAD_TOOLS = (FMI, CMI)
