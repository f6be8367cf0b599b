"""
3. What a score proves
======================

Where planes are dense, random depths hit some of them as well. Picks that never saw the image are scored here, and then
real ones, so that a figure can be read beside what luck earns.
"""

import numpy as np
from matplotlib import pyplot

from geobfdt import Picks, predict, score, synthetic_well

# %%
# Picks that saw nothing
# ----------------------
# Two sets of random planes in ten metres, at densities from 1 to 10 a metre, scored against each other at 8 cm.

rng = np.random.default_rng(0)
per_m = np.array([1, 2, 3, 5, 7, 10])
drawn = {"depth": [], "curve": [], "joint": []}
labels = {"depth": "depth alone", "curve": "whole curve", "joint": "depth and pole"}


def blind(count: int) -> Picks:
    return Picks(np.sort(rng.uniform(1000, 1010, count)), rng.uniform(0, 60, count), rng.uniform(0, 360, count))


for density in per_m:
    count = 10 * int(density)
    reports = [score(blind(count), blind(count), hole_diameter_m=0.2159, chance_draws=0) for _ in range(12)]
    for name, line in drawn.items():
        line.append(np.mean([report.get("all", name, 0.08).counts.f1 for report in reports]))
for name, line in drawn.items():
    print(f"{name:6} " + " ".join(f"{value:.2f}" for value in line))

figure, axis = pyplot.subplots(figsize=(6.5, 4), layout="constrained")
for (name, line), style in zip(drawn.items(), ("-", "--", ":"), strict=True):
    axis.plot(per_m, line, style, marker="o", label=labels[name])
axis.set(xlabel="planes per metre", ylabel="F1 at 8 cm of two random sets", ylim=(0, 1), xlim=(0, 10.5))
axis.legend()
figure

# %%
# Where an interpreter's planes lie evenly, as beds tend to, random picks fare better still.

evenly = Picks(1000 + (np.arange(70) + 0.5) / 7, rng.uniform(0, 60, 70), rng.uniform(0, 360, 70))
reports = [score(evenly, blind(70), hole_diameter_m=0.2159, chance_draws=0) for _ in range(12)]
of_even = np.mean([report.get("all", "depth", 0.08).counts.f1 for report in reports])
print(f"7 planes a metre, depth alone: {drawn['depth'][4]:.2f} where they lie at random, {of_even:.2f} evenly")

# %%
# Depth alone proves little at 7 planes a metre. Two further criteria ask for more: the mean distance between the
# whole traces, which says more the steeper the planes and the narrower the tolerance, or the depth together with the
# pole of the plane, within 10 degrees.
#
# Real picks
# ----------
# :func:`geobfdt.score` puts beside each figure what the same picks earn at random depths, and
# ``skill = (F1 - chance) / (1 - chance)``: 0 is luck, 1 is perfect.

well = synthetic_well("example", 6.0, seed=21, tool="slim_microresistivity")
picks = predict(well.log)
report = score(well.picks, picks, hole_diameter_m=well.log.hole_diameter_m)
for tolerance_m in (0.03, 0.08):
    for criterion in ("depth", "curve", "joint"):
        one = report.get("all", criterion, tolerance_m)
        figures = f"F1 {one.counts.f1:.2f}  chance {one.chance.f1:.2f}  skill {one.skill:.2f}"
        print(f"{100 * tolerance_m:.0f} cm {criterion:6} {figures}")
