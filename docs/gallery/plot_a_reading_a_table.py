"""
10. Reading a table, and being refused
======================================

Most televiewers come as text. What a file does not say is asked for, what it says wrongly is told, and nothing is
guessed.
"""

import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

import geobfdt
from geobfdt.report.plots import log_figure

# %%
# A file as vendors write it
# --------------------------
# Depth in feet, 72 columns of amplitudes, -999.25 where nothing was measured.

folder = Path(tempfile.mkdtemp())
log = geobfdt.synthetic_well("B-2", 2.0, seed=2, tool="acoustic_televiewer").log
table = pd.DataFrame(log.image[:, ::2].round(1), columns=[f"AMP[{k}]" for k in range(72)]).fillna(-999.25)
table.insert(0, "DEPTH(ft)", (log.depth_m / 0.3048).round(3))
table.to_csv(folder / "well.csv", index=False)
print((folder / "well.csv").read_text()[:60], "...")

# %%
# What it does not say
# --------------------
# How wide the hole is, and what azimuths count from. One sentence each, with the remedy; at the command line it is the
# same, and exit code 2.

for known in ({}, {"hole_diameter_m": log.hole_diameter_m}):
    try:
        geobfdt.read(folder / "well.csv", **known)
    except geobfdt.InputError as error:
        print("refused:", str(error).replace(str(folder), "..."))

# %%
# Read
# ----
# What was put right on the way, or assumed, is a warning.

with warnings.catch_warnings(record=True) as notes:
    warnings.simplefilter("always")
    read = geobfdt.read(folder / "well.csv", hole_diameter_m=log.hole_diameter_m, reference="north")
print(read)
for note in notes:
    print("note:", str(note.message).replace(str(folder), "..."))
print(f"off by {1000 * np.abs(read.depth_m - log.depth_m).max():.2f} mm at most")

# %%
# Picks, and where they go
# ------------------------
# The image that was read, and what is found on it.

picks = geobfdt.predict(read)
figure = log_figure(read, {"picks": picks}, top_m=1000.0, base_m=1001.0)
figure.set_size_inches(5, 6)
figure

# %%
# A LAS for log software, a CSV for everything else; ``geobfdt export`` and the table of profiles have the rest.

geobfdt.write(picks, folder / "well.las", hole_diameter_m=read.hole_diameter_m)
geobfdt.write(picks, folder / "well.csv.picks.csv")
print("\n".join((folder / "well.las").read_text().splitlines()[-5:]))
