"""
1. From an image to picks
=========================

A log is read, or here drawn; the bundled weights pick it; the picks are looked at beside the truth. Five lines do it.
"""

from geobfdt import predict, synthetic_well
from geobfdt.report.plots import log_figure

# %%
# The well
# --------
# Three metres as an acoustic televiewer sees them. :func:`geobfdt.read` gives the same object, an
# :class:`~geobfdt.ImageLog`, from a file: rows of readings, the depth of each in metres, the diameter of the hole, and
# what azimuths count from.

well = synthetic_well("example", 3.0, seed=7, tool="acoustic_televiewer")
log = well.log
print(log)
print(f"{log.rows} rows {1000 * log.row_step_m:.1f} mm apart, {log.columns} columns, hole {log.hole_diameter_m} m")

# %%
# The picks
# ---------
# A pick is a plane: where it crosses the axis of the hole, its dip against the hole, the azimuth of its deepest
# point, a kind, a confidence, and how far off depth, dip and azimuth may be.

picks = predict(log)
print(picks)
picks.to_pandas()[["depth_m", "dip_deg", "azimuth_deg", "kind", "confidence", "depth_sd_m"]].head(8).round(3)

# %%
# Beside the truth
# ----------------
# Sinusoids lie over the image, paler where the confidence is lower; tadpoles stand beside it, the head at the dip, the
# tail towards the azimuth. The truth of a synthetic well is exact.

figure = log_figure(log, {"truth": well.picks, "geobfdt": picks})
figure.set_size_inches(9, 9)
figure
