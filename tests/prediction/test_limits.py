"""What is said of a log whose picks are not to be relied on, once, to whoever picks it and in its quality."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputWarning
from geobfdt.experiments.wells.well import bench_well
from geobfdt.prediction.detect import predict
from geobfdt.prediction.limits import FEWEST_COLUMNS, coarse_pixels, say_what_to_check
from geobfdt.report.qc import quality


def image(columns, row_step_m, hole_diameter_m=0.2159):
    pixels = np.random.default_rng(0).normal(size=(300, columns)).astype(np.float32)
    return ImageLog(pixels, 1000 + np.arange(300) * row_step_m, hole_diameter_m)


@pytest.mark.parametrize(
    ("columns", "row_step_m", "why"),
    [
        (16, 0.005, "has 16 columns around the hole"),
        (FEWEST_COLUMNS - 1, 0.005, "has 31 columns around the hole"),
        (56, 0.03048, r"has a row every 3\.0 cm, and more than a quarter of the hole's radius \(2\.7 cm\)"),
        (16, 0.1524, "has 16 columns around the hole"),
    ],
)
def test_a_coarse_image_is_told_of_once_and_in_its_quality(columns, row_step_m, why):
    log = image(columns, row_step_m)
    with pytest.warns(InputWarning, match=f"the image {why}.*check every pick") as told:
        say_what_to_check(log, Picks([1000.5], 20.0, 30.0))
    assert len(told) == 1
    (found,) = [finding for finding in quality(log) if finding.check == "pixels"]
    assert (found.top_m, found.base_m) == (log.top_m, log.base_m)
    with warnings.catch_warnings(action="error"):
        say_what_to_check(log, Picks())  # where nothing was picked there is nothing to check


@pytest.mark.parametrize(("columns", "row_step_m"), [(FEWEST_COLUMNS, 0.02), (56, 0.00762), (360, 0.0025)])
def test_a_fine_image_is_not(columns, row_step_m):
    assert coarse_pixels(image(columns, row_step_m)) is None
    assert "pixels" not in {finding.check for finding in quality(image(columns, row_step_m))}


def test_the_same_rows_are_coarse_in_a_slim_hole_and_not_in_a_wide_one():
    assert coarse_pixels(image(56, 0.02, 0.3112)) is None
    assert "a row every 2.0 cm" in coarse_pixels(image(56, 0.02, 0.076))


def test_whoever_picks_a_log_of_16_sectors_is_told():
    well = bench_well("lwd_16_sectors", "bedding", 4.0, 1)
    with pytest.warns(InputWarning, match="16 columns around the hole"):
        assert len(predict(well.log))
    with warnings.catch_warnings(action="error"):
        predict(replace(well.log, image=np.zeros_like(well.log.image)))
