"""
2. A plane draws a sinusoid
===========================

What depth, dip and azimuth mean on an unwrapped wall, drawn from the formula that everything here goes by::

    z(θ) = depth + r · tan(dip) · cos(θ - azimuth)

The azimuth is the dip direction, where the trace lies deepest; the depth is where the plane crosses the axis of the
hole.
"""

import numpy as np
from matplotlib import pyplot

from geobfdt.borehole.geometry import height_m, trace_depths_m

# %%
# One plane in an 8.5 in hole
# ---------------------------
# Its trace is as high as the hole is wide times the tangent of the dip.

hole_m, depth_m, dip_deg, azimuth_deg = 0.2159, 1000.0, 60.0, 135.0
theta_deg = np.linspace(0, 360, 361)
trace_m = trace_depths_m(depth_m, dip_deg, azimuth_deg, hole_m, theta_deg).ravel()
print(
    f"deepest at {theta_deg[trace_m.argmax()]:.0f} degrees, {trace_m.max() - trace_m.min():.4f} m from crest to trough"
)
print(f"diameter x tan(dip) = {float(height_m(dip_deg, hole_m)):.4f} m")

figure, axis = pyplot.subplots(figsize=(6, 4.2), layout="constrained")
axis.plot(theta_deg, trace_m, color="#0033cc", linewidth=2)
axis.axhline(depth_m, color="0.5", linewidth=0.8, linestyle="--")
arrow = {"arrowstyle": "->"}
axis.annotate("depth: where the plane\ncrosses the axis", (225, depth_m), (60, depth_m - 0.12), arrowprops=arrow)
axis.annotate("azimuth: the deepest point", (azimuth_deg, trace_m.max()), (170, trace_m.max() + 0.03), arrowprops=arrow)
axis.annotate("", (20, trace_m.min()), (20, trace_m.max()), arrowprops={"arrowstyle": "<->"})
axis.text(26, depth_m + 0.11, "diameter · tan(dip)")
axis.set(xlim=(0, 360), ylim=(1000.25, 999.75), xlabel="azimuth, clockwise seen downhole (°)", ylabel="depth (m)")
axis.set_xticks([0, 90, 180, 270, 360], ["N", "E", "S", "W", "N"])
axis.ticklabel_format(axis="y", useOffset=False)
figure

# %%
# What dips look like
# -------------------
# Level planes are lines, and their azimuth says nothing. Beyond 84 degrees a trace is taller than the detector's
# window, and such planes are not found.

figure, axes = pyplot.subplots(1, 2, figsize=(9, 5), layout="constrained", sharey=True)
for dip in (0, 20, 40, 60, 70, 80):
    for axis, diameter_m in zip(axes, (0.096, 0.2159), strict=True):
        axis.plot(theta_deg, trace_depths_m(0.0, dip, 180.0, diameter_m, theta_deg).ravel(), label=f"{dip}°")
for axis, name in zip(axes, ("96 mm hole", "8.5 in hole"), strict=True):
    axis.set(title=name, xlabel="azimuth (°)", xlim=(0, 360), ylim=(0.65, -0.65), xticks=[0, 90, 180, 270, 360])
axes[0].set_ylabel("depth below where the axis is crossed (m)")
axes[1].legend(title="dip", loc="upper right")
figure

# %%
# The same plane is more than twice as high in the wider hole. That is why a hole's diameter is asked for and never
# guessed, and why the detector sees windows measured in hole radii: in them a plane of one dip has one shape in every
# hole.
