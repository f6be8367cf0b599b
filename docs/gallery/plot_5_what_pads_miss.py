"""
5. What pads miss
=================

The same planes, seen over the whole wall, by eight pads and by four. Where a plane is steep, what little of its trace
lies on a pad may look like something else.
"""

from dataclasses import replace

import numpy as np

from geobfdt import predict, score, synthetic_well
from geobfdt.report.plots import log_figure

# %%
# One well, three tools
# ---------------------
# A televiewer's image is the whole wall. Pads are cut out of it here, with gaps as wide as those of common tools, so
# that all else is alike: eight pads see 80 % of the wall, four 40 %.

well = synthetic_well("pads", 6.0, seed=5, tool="optical_televiewer")
whole = well.log


def through_pads(pads: int, seen: float) -> np.ndarray:
    """Columns that lie on a pad: so many, evenly around the hole, that see a share of it together."""
    return (np.arange(whole.columns) / whole.columns * pads + seen / 2) % 1 < seen


logs = {"whole wall": whole}
for pads, seen in ((8, 0.8), (4, 0.4)):
    image = np.where(through_pads(pads, seen), whole.image, np.float32(np.nan))
    logs[f"{pads} pads"] = replace(whole, image=image, colours=None)

# %%
# What is found
# -------------

found = {name: predict(log) for name, log in logs.items()}
for name, picks in found.items():
    report = score(well.picks, picks, hole_diameter_m=whole.hole_diameter_m)
    joint = report.get("all", "joint", 0.08)
    chance = f"chance {joint.chance.f1:.2f}"
    print(f"{name:11} sensitivity {joint.counts.sensitivity:.2f}  precision {joint.counts.precision:.2f}  {chance}")

# %%
# The four pads, and the truth beside
# -----------------------------------
# A single well says little about a tool: the model card has seven tools on 63 wells.

top_m = whole.top_m
figure = log_figure(logs["4 pads"], {"truth": well.picks, "found": found["4 pads"]}, top_m=top_m, base_m=top_m + 2)
figure.set_size_inches(9, 9)
figure
