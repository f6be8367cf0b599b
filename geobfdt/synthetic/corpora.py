"""Sets of synthetic wells: what ``geobfdt synth`` writes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace

from geobfdt.borehole import Split
from geobfdt.borehole.well import Well
from geobfdt.synthetic import Picked, WellPlanes
from geobfdt.synthetic.changing import changing_well
from geobfdt.synthetic.interpreters import Interpreter, draw_interpreter, draw_professional
from geobfdt.synthetic.wells import synthetic_well


@dataclass(frozen=True)
class WellSet:
    """Synthetic wells that are alike, drawn from a seed; the defaults are those of ``geobfdt synth``.

    wells     how many
    length_m  metres of each
    seed      equal seeds give equal wells; with other tools or planes other ones
    tools     names of :data:`geobfdt.synthetic.wells.SYNTHETIC_TOOLS` that take turns over the wells; none: any
    planes    kinds of planes in the wells; changing: labelled rock of :mod:`geobfdt.synthetic.changing`
    picked    how they are picked; the images are the same with any
    split     what they are for
    """

    wells: int = 1
    length_m: float = 50.0
    seed: int = 0
    tools: tuple[str, ...] = ()
    planes: WellPlanes = "mixed"
    picked: Picked = "exact"
    split: Split = "test"

    def draw(self) -> Iterator[Well]:
        """The wells one by one. Raises :class:`InputError` as :func:`geobfdt.synthetic.wells.synthetic_well` and
        :func:`geobfdt.synthetic.changing.changing_well`.
        """
        for number in range(self.wells):
            seed = self.seed * 1_000_003 + number
            name, interpreter = f"synth-{self.seed}-{number + 1}", self._interpreter(seed)
            tool = self.tools[number % len(self.tools)] if self.tools else None
            if self.planes == "changing":
                well = changing_well(name, self.length_m, seed, tool=tool, interpreter=interpreter)
            else:
                well = synthetic_well(name, self.length_m, seed, tool=tool, planes=self.planes, interpreter=interpreter)
            yield replace(well, split=self.split)

    def _interpreter(self, seed: int) -> Interpreter | None:
        if self.picked == "exact":
            return None
        if self.picked == "professionals":
            return draw_professional(seed)
        return draw_interpreter(seed, self.picked == "every_lamina")

    def command(self, out: str, append: bool = False) -> str:
        """The command that writes these wells to a corpus ``out``, or adds them to it."""
        words = ["geobfdt", "synth", out, "--wells", str(self.wells), "--length", f"{self.length_m:.10g}"]
        words += ["--seed", str(self.seed)]
        words += [word for tool in self.tools for word in ("--tool", tool)]
        words += ["--planes", self.planes, "--picked", self.picked, "--split", self.split]
        return shlex.join([*words, *(["--append"] if append else [])])
