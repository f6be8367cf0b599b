"""
4. Apparent and true dips
=========================

What an image shows is a plane's dip against the hole. The survey turns it into the dip against the horizontal; here one
set of beds is seen by three holes, and comes out the same.
"""

import numpy as np
from matplotlib.figure import Figure

from geobfdt import Collar, Picks, Survey, with_true_dips
from geobfdt.borehole.geometry import apparent_from_true, height_m

# %%
# One set of beds, three holes
# ----------------------------
# The beds dip 20 degrees to the east (azimuth 90), give or take two degrees. One hole is vertical, one deviates 40
# degrees to the east, and one runs nearly horizontally to the north.

rng = np.random.default_rng(4)
count = 40
bed_dip_deg = 20 + 2 * rng.standard_normal(count)
bed_azimuth_deg = 90 + 5 * rng.standard_normal(count)
depth_m = np.sort(rng.uniform(1000, 1020, count))
holes = {"vertical": (0.01, 0.0), "40° to the east": (40.0, 90.0), "85° to the north": (85.0, 0.0)}

found = {}
for name, (deviation_deg, hole_azimuth_deg) in holes.items():
    dip_deg, azimuth_deg = apparent_from_true(bed_dip_deg, bed_azimuth_deg, deviation_deg, hole_azimuth_deg)
    # An image oriented to north: azimuths from high side, turned by the way the hole runs.
    seen = Picks(depth_m, dip_deg, (azimuth_deg + hole_azimuth_deg) % 360, kind="bedding")
    survey = Survey(np.array([990.0, 1030.0]), np.full(2, deviation_deg), np.full(2, hole_azimuth_deg))
    found[name] = with_true_dips(seen, survey, "north")
    high_m = height_m(np.median(dip_deg), 0.2159)
    true_deg = np.median(found[name].true_dip_deg)
    print(f"{name:17} apparent dip {np.median(dip_deg):4.1f}, a trace {high_m:.2f} m high; true dip {true_deg:.1f}")

# %%
# Tadpoles before and after
# -------------------------
# The tail of a tadpole points to the azimuth, north up. Above as the image shows it, below as the rock lies.

figure = Figure(figsize=(9, 6.5), layout="constrained")
axes = figure.subplots(2, 3, sharex=True, sharey=True)
for (name, picks), column in zip(found.items(), axes.T, strict=True):
    rows = ((picks.dip_deg, picks.azimuth_deg), (picks.true_dip_deg, picks.true_azimuth_deg))
    for axis, (dip_deg, azimuth_deg) in zip(column, rows, strict=True):
        turn = np.radians(azimuth_deg)
        axis.quiver(dip_deg, picks.depth_m, np.sin(turn), np.cos(turn), color="#00a08f", scale=14, width=0.008)
        axis.plot(dip_deg, picks.depth_m, "o", color="#00a08f", markersize=4)
        axis.set(xlim=(-3, 93), xticks=range(0, 91, 30))
    column[0].set_title(name)
    column[1].set_xlabel("dip (°)")
axes[0, 0].set(ylim=(1020.5, 999.5), ylabel="as the image shows it\ndepth (m)")
axes[1, 0].set_ylabel("against the horizontal\ndepth (m)")
figure

# %%
# Where they lie
# --------------
# With the collar, the easting, northing and elevation of depth 0, every pick has a place: the hole follows its
# stations by minimum curvature. ``geobfdt export --profile points`` writes the same.

survey = Survey(np.array([0.0, 500.0, 1500.0]), np.array([0.0, 10.0, 60.0]), np.array([90.0, 90.0, 100.0]))
x_m, y_m, z_m = survey.positions(depth_m[:4], Collar(456789.1, 6543210.2, 87.5))
for row in zip(depth_m, x_m, y_m, z_m, strict=False):
    print("depth {:.2f} m: x {:.2f}, y {:.2f}, z {:.2f} m".format(*row))
