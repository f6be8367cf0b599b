"""
11. Fracture sets
=================

Two sets are planted among strays in an inclined hole, cut as often as a hole cuts them, and found again.
"""

import numpy as np

from geobfdt import Picks, Survey, with_true_dips
from geobfdt.borehole.geometry import apparent_from_true
from geobfdt.interpretation.sets import find_sets
from geobfdt.report.sets import plot_roses, plot_sets

# %%
# What is planted
# ---------------
# 100 m of a hole that deviates 30 degrees to the north. Of planes along the hole few are cut: each is kept with the
# chance that a hole cuts it, the cosine of its dip against the hole.

rng = np.random.default_rng(11)
planted = {"steep, to the east": (75.0, 95.0, 260), "shallow, to the south": (25.0, 185.0, 90)}
dips, azimuths = [], []
for dip_deg, azimuth_deg, number in planted.values():
    dips.append(dip_deg + 6 * rng.standard_normal(number))
    azimuths.append(azimuth_deg + 9 * rng.standard_normal(number))
dips.append(np.degrees(np.arccos(rng.uniform(0, 1, 40))))  # strays, of any direction
azimuths.append(rng.uniform(0, 360, 40))
true_dip_deg, true_azimuth_deg = np.clip(np.concatenate(dips), 0, 89), np.concatenate(azimuths) % 360
dip_deg, azimuth_deg = apparent_from_true(true_dip_deg, true_azimuth_deg, 30.0, 0.0)
cut = rng.uniform(0, 1, len(dip_deg)) < np.cos(np.radians(dip_deg))
depth_m = np.sort(rng.uniform(1000, 1100, cut.sum()))
picks = Picks(depth_m, dip_deg[cut], azimuth_deg[cut] % 360, kind="fracture")
survey = Survey(np.array([1000.0, 1100.0]), np.full(2, 30.0), np.zeros(2))
picks = with_true_dips(picks, survey, "high_side")
print(f"{len(picks)} of {len(dip_deg)} planes are cut")

# %%
# What is found
# -------------
# Each pick is weighed by how many it stands for, and the number of sets is the one that Schwarz's criterion prefers.

found = find_sets(picks, length_m=100.0)
for one in found.sets:
    mean = one.mean
    print(
        f"set {one.number}: {mean.count} planes, mean {mean.dip_deg:.0f}/{mean.azimuth_deg:.0f}, kappa {mean.kappa:.0f}"
    )

# %%
# The net
# -------

figure = plot_sets(found)
figure

# %%
# Roses
# -----

figure = plot_roses(found)
figure

# %%
# By the number asked for
# -----------------------
# A person who knows the rock may know the number better than a criterion does.

for number in (1, 2, 3):
    asked = find_sets(picks, length_m=100.0, number=number)
    print(number, [f"{one.mean.dip_deg:.0f}/{one.mean.azimuth_deg:.0f}" for one in asked.sets])
