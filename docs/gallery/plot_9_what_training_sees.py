"""
9. What training sees
=====================

The detector was trained on synthetic windows alone. Here are some of them with their truth, moved and spoilt as
training does it: truth moves with the pixels.
"""

import numpy as np
import torch
from matplotlib.figure import Figure

from geobfdt.augment.pipeline import augment
from geobfdt.synthetic.windows import training_windows
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.grid import HEIGHT_RADII
from geobfdt.windows.traces import column_azimuths, traces

# %%
# Windows as they are drawn
# -------------------------
# 384 rows and 180 columns, measured in hole radii. A fifth of the windows of training hold no plane: what not to pick
# is learned as well.

batch = training_windows(6, seed=11, barren=0.2)
print("windows, channels (image and validity), rows, columns:", tuple(batch.windows.shape))


def drawn(windows: WindowBatch, title: str) -> Figure:
    """Windows side by side, missing pixels grey, with the sinusoids that are to be found in them."""
    figure = Figure(figsize=(10, 4.6), layout="constrained")
    azimuths = column_azimuths(180)
    for number, axis in enumerate(figure.subplots(1, len(windows), sharex=True, sharey=True)):
        image, valid = windows.windows[number, 0].numpy(), windows.windows[number, 1].numpy() > 0
        low, high = np.percentile(image[valid], (2, 98))
        shown = np.where(valid, image, np.nan)
        axis.set_facecolor("0.75")
        extent = (0, 360, HEIGHT_RADII / 2, -HEIGHT_RADII / 2)
        axis.imshow(shown, cmap="YlOrBr_r", vmin=low, vmax=high, extent=extent, aspect="auto")
        for row in torch.nonzero(windows.targets[number])[:, 0]:
            kind = int(windows.kind[number, row])
            trace = traces(windows.sinusoids[number, row], azimuths)
            axis.plot(torch.rad2deg(azimuths), trace, color=("#0033cc", "#00c9b7")[kind], linewidth=1.2)
        axis.set(ylim=(HEIGHT_RADII / 2, -HEIGHT_RADII / 2), xticks=[0, 180, 360])
    figure.axes[0].set_ylabel("hole radii from the window's centre")
    figure.suptitle(title, fontsize=10)
    return figure


figure = drawn(batch, "as drawn; fractures dark blue, beds turquoise; planes at the edges are the neighbours'")
figure

# %%
# Moved
# -----
# Turned around the hole, mirrored, put upside down, stretched, shifted: each is a matrix on a plane's vector, and a
# test holds that drawing what was moved is moving what was drawn.

figure = drawn(augment(batch, seed=1, geometric=1.0, radiometric=0.0), "moved")
figure

# %%
# Spoilt
# ------
# Contrast, noise, stripes, gaps between pads, missing rows: what tools do to rock. The planes stay where they are.

figure = drawn(augment(batch, seed=2, geometric=0.0, radiometric=1.0), "spoilt")
figure
