"""
6. What a threshold trades
==========================

A confidence is the share of such picks that are right. Where picks begin to be kept is therefore a choice between
planes that are missed and picks that are wrong.
"""

import warnings

import numpy as np
from matplotlib.figure import Figure

from geobfdt import InputWarning, Picks, detect, score, synthetic_well
from geobfdt.eval import match

# %%
# Everything that is found
# ------------------------
# Four wells of coarse tools, at a threshold near 0: all that the detector thinks of. The first tool sees 56 sectors,
# the second 16, which hold too little. Among doubtful picks are some so steep that a note would say so.

warnings.simplefilter("ignore", InputWarning)
pooled = {}
for tool in ("lwd_56_sectors", "lwd_16_sectors"):
    wells = [synthetic_well(f"{tool}-{seed}", 8.0, seed=seed, tool=tool, hole_diameter_m=0.2159) for seed in (1, 2)]
    truth = Picks.concatenate([well.picks for well in wells])
    pooled[tool] = truth, Picks.concatenate([detect(well.log, threshold=0.05).picks for well in wells])
    print(f"{tool}: {len(truth)} planes, {len(pooled[tool][1])} picks of any confidence")

# %%
# Sensitivity and precision against the threshold
# -----------------------------------------------
# Depth and pole must agree, at 8 cm.

thresholds = np.linspace(0.05, 0.95, 13)
figure = Figure(figsize=(9, 3.8), layout="constrained")
axes = figure.subplots(1, 2, sharey=True)
for axis, (tool, (truth, picks)) in zip(axes, pooled.items(), strict=True):
    lines = []
    for threshold in thresholds:
        report = score(truth, picks.at_least(threshold), hole_diameter_m=0.2159, chance_draws=5)
        line = report.get("all", "joint", 0.08)
        lines.append((line.counts.sensitivity, line.counts.precision, line.counts.f1, line.chance.f1))
    names = ("sensitivity", "precision", "F1", "chance of that F1")
    for values, name, style in zip(np.array(lines).T, names, ("-", "--", "-.", ":"), strict=True):
        axis.plot(thresholds, values, style, label=name)
    axis.axvline(0.45, color="0.6", linewidth=0.8)
    axis.set(title=tool.replace("_", " "), xlabel="threshold", ylim=(0, 1.02))
axes[0].legend(loc="lower left")
figure

# %%
# The bundled weights keep picks from 0.45 on, the grey line. ``geobfdt predict --detail low`` keeps what is right
# four times in five, ``--detail high`` what is right once in five, and ``--like FILE --reviewed TOP:BASE`` does as an
# interpreter did.
#
# Is a confidence true?
# ---------------------
# Picks in bins of confidence, and the share of them that is right.

for tool, (truth, picks) in pooled.items():
    print(tool)
    right = np.zeros(len(picks), bool)
    for well in sorted(set(truth.well)):
        rows = np.flatnonzero(picks.well == well)
        hits = match(truth[truth.well == well], picks[rows], "joint", 0.08, hole_diameter_m=0.2159)
        right[rows[hits.est]] = True
    for low, high in ((0.05, 0.3), (0.3, 0.6), (0.6, 0.9), (0.9, 1.01)):
        chosen = (picks.confidence >= low) & (picks.confidence < high)
        print(f"  {low:.2f} to {min(high, 1):.2f}: {chosen.sum():4d} picks, {right[chosen].mean():.2f} of them right")
