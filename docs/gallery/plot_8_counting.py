"""
8. Counting planes along a hole
===============================

A hole cuts few of the planes that run along it. Each pick is therefore weighed by how many it stands for (Terzaghi
1965), and what that is worth is tried on planes whose number is known.
"""

import numpy as np
from matplotlib.figure import Figure

from geobfdt import Picks
from geobfdt.interpretation.statistics import fisher_mean, frequency, terzaghi_weights

# %%
# A set of planes, and holes through it
# -------------------------------------
# Level parallel planes, four a metre. A hole that leans by an angle sees them at that dip, and cuts fewer of them a
# metre of its own length: cos(angle) times as many.

rng = np.random.default_rng(8)
length_m, per_m = 200.0, 4.0
angles_deg = np.arange(0, 90, 5)
counted, corrected = [], []
for angle_deg in angles_deg:
    number = rng.poisson(per_m * np.cos(np.radians(angle_deg)) * length_m)
    dip_deg = np.full(number, float(angle_deg))
    counted.append(number / length_m)
    corrected.append(terzaghi_weights(dip_deg).sum() / length_m)
    if angle_deg % 30 == 0:
        print(f"leaning by {angle_deg:2d}°: {counted[-1]:.2f} a metre counted, {corrected[-1]:.2f} corrected")

figure = Figure(figsize=(7, 4), layout="constrained")
axis = figure.subplots()
axis.plot(angles_deg, counted, "o-", label="as counted (P10)")
axis.plot(angles_deg, corrected, "s--", label="weighed by 1 / cos(dip)")
axis.axhline(per_m, color="0.5", linewidth=0.8)
axis.set(xlabel="dip against the hole (°)", ylabel="planes per metre", ylim=(0, 6))
axis.legend(loc="lower left")
figure

# %%
# The weight is right on average and ever noisier: at 85 degrees, where it is capped at 11.47, a plane more or less in
# ten metres counts as one a metre. What was **not** picked, because such planes are hard to see, no weight brings
# back.
#
# Counts along a log
# ------------------
# In windows of five metres that follow each other by a quarter: a zone of 30 m is twice as fractured.

depth_m = np.sort(np.concatenate([rng.uniform(1000, 1100, 150), rng.uniform(1040, 1070, 45)]))
picks = Picks(depth_m, rng.uniform(20, 70, len(depth_m)), rng.normal(120, 15, len(depth_m)) % 360, kind="fracture")
along = frequency(picks.depth_m, picks.dip_deg, 1000, 1100, window_m=5.0)
figure = Figure(figsize=(4.5, 6), layout="constrained")
axis = figure.subplots()
axis.plot(along.raw, along.depth_m, label="as counted")
axis.plot(along.corrected, along.depth_m, "--", label="weighed")
axis.axhspan(1040, 1070, color="0.92")
axis.set(ylim=(1100, 1000), xlim=(0, None), xlabel="fractures per metre", ylabel="depth (m)")
axis.legend()
figure

# %%
# The mean of a set
# -----------------
# By Fisher's law, with the cone that holds the mean pole with 95 % confidence.

mean = fisher_mean(picks.dip_deg, picks.azimuth_deg)
print(f"{mean.count} planes, mean {mean.dip_deg:.1f}/{mean.azimuth_deg:.1f}")
print(f"kappa {mean.kappa:.0f}, alpha95 {mean.alpha95_deg:.1f} degrees")
