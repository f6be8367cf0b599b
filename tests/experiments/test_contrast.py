"""Whether planes show is told by the image alone: what is painted stands out, what is not does not."""

import numpy as np
import pytest

from geobfdt.borehole.geometry import trace_depths_m
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.experiments.bench.contrast import EDGES, contrasts, shown
from geobfdt.experiments.bench.tables import by_contrast

PLANES = Picks(
    np.arange(101.0, 109.0),
    np.array([5.0, 20.0, 40.0, 55.0, 65.0, 70.0, 30.0, 10.0]),
    np.arange(8) * 45.0,
    ["fracture", "bedding"] * 4,
)


def noisy(strength, *, as_steps=False, gaps=False):
    """10 m of white noise around an 8.5 in hole in which the planes are lines, or steps, of a strength."""
    rng = np.random.default_rng(0)
    depth_m = 100 + 0.005 * np.arange(2000)
    log = ImageLog(rng.normal(size=(2000, 120)), depth_m, 0.2159, reference="north")
    traces_m = trace_depths_m(
        PLANES.depth_m, PLANES.dip_deg, PLANES.azimuth_deg, log.diameters_m(PLANES.depth_m), log.column_azimuths_deg
    )
    image = log.image.astype(np.float64)
    for number, trace_m in enumerate(traces_m):
        below = depth_m[:, None] - trace_m
        shape = np.where(below > 0, 1, 0) * (-1) ** number if as_steps else np.exp(-0.5 * (below / 0.005) ** 2)
        image += strength * shape
    if gaps:
        image[:, 30:90] = np.nan
    return ImageLog(image, depth_m, 0.2159, reference="north")


@pytest.mark.parametrize("as_steps", [False, True])
@pytest.mark.parametrize("gaps", [False, True])
def test_what_is_painted_stands_out_the_more_the_stronger_it_is(as_steps, gaps):
    unpainted, faint, strong = (
        contrasts(noisy(strength, as_steps=as_steps, gaps=gaps), PLANES, np.random.default_rng(1))
        for strength in (0.0, 0.5, 2.0)
    )
    assert np.median(unpainted) < 1
    assert np.median(unpainted) < np.median(faint) < np.median(strong)
    assert (strong > EDGES[-1]).sum() >= 6


def test_each_plane_is_counted_once_and_found_where_it_was_found():
    well = Well(noisy(2.0), PLANES)
    lines = shown([well, well], [PLANES, PLANES[:3]], seed=0)
    assert sum(line.planes for line in lines) == 16
    assert sum(line.found for line in lines) == 11
    assert sum(line.planes for line in lines if line.kind == "fracture") == 8
    assert shown([well, well], [PLANES, PLANES[:3]], seed=0) == lines
    table = by_contrast(lines).splitlines()
    assert len(table) == 2 + 2 * (len(EDGES) + 1)
    assert [cell.strip() for cell in table[2].split("|")[1:3]] == ["fracture", "below 1"]
    assert [cell.strip() for cell in table[-1].split("|")[1:3]] == ["bedding", "8 and more"]


def test_where_nothing_was_measured_nothing_stands_out():
    image = np.full((2000, 120), np.nan)
    image[0] = 1.0
    log = ImageLog(image, 100 + 0.005 * np.arange(2000), 0.2159, reference="north")
    assert contrasts(log, PLANES, np.random.default_rng(0)) == pytest.approx(np.zeros(8))
    assert contrasts(log, PLANES[:0], np.random.default_rng(0)).shape == (0,)
