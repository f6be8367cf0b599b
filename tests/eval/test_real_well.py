"""A dense real well, where available: random depths score well by depth, and a published detector little more.

Well 48/19a-C2: 102 expert picks in 13.8 m of an 8.5 in hole, and the detections of an a-contrario Hough transform
(Costes et al. 2021, 10.1190/geo2020-0392.1). The figures to meet come from another implementation of the same
definitions, whose threshold, duplicates and randomisation may differ in detail: hence the margins.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from geobfdt.borehole.picks import Picks, wrap_azimuth_deg
from geobfdt.eval import CRITERIA, TOLERANCES_M, Criterion, match, score

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "lwd_48_19a-C2"
HOLE_M = 0.2159
FOOT_M = 0.3048
TOP_FT, ROW_FT, SECTORS = 13375.0, 0.025, 56

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the real well is not beside this checkout")


@pytest.fixture(scope="module")
def expert() -> Picks:
    table = pd.read_csv(FOLDER / "dips_13375-13426ft.csv", skiprows=[1]).drop_duplicates()
    dip_deg, azimuth_deg = table["RES_BD_IMG_DipPiking_JK_APP"], table["RES_BD_IMG_Azimuth"]
    return Picks(table["TDEP"].to_numpy() * FOOT_M, dip_deg.to_numpy(), wrap_azimuth_deg(azimuth_deg.to_numpy()))


@pytest.fixture(scope="module")
def detector() -> tuple[Picks, NDArray[np.float64]]:
    """Detections, and the column ``nfa`` that ranks them: the smaller, the surer."""
    table = pd.read_csv(FOLDER / "a_contrario_detections.txt", sep=r"\s+").astype(float)
    phi1, phi2 = table["phi1"].to_numpy(), table["phi2"].to_numpy()
    half_height_m = np.hypot(phi1, phi2) * SECTORS / np.pi * ROW_FT * FOOT_M
    dip_deg = np.degrees(np.arctan(half_height_m / (HOLE_M / 2)))
    azimuth_deg = wrap_azimuth_deg(np.degrees(np.arctan2(phi2, phi1)))
    depth_m = (TOP_FT + table["depth"].to_numpy() * ROW_FT) * FOOT_M
    return Picks(depth_m, dip_deg, azimuth_deg), table["nfa"].to_numpy()


def test_random_depths_score_what_they_were_measured_to_score(expert: Picks) -> None:
    assert len(expert) == 102
    report = score(expert, expert, hole_diameter_m=HOLE_M, chance_draws=100)
    chance = {c: [report.get("all", c, tolerance).chance.f1 for tolerance in TOLERANCES_M] for c in CRITERIA}
    np.testing.assert_allclose(chance["depth"], [0.35, 0.50, 0.63], atol=0.015)
    np.testing.assert_allclose(chance["curve"], [0.16, 0.37, 0.54], atol=0.03)


def test_random_azimuths_leave_the_curve_little_luck(expert: Picks) -> None:
    turned = replace(expert, azimuth_deg=np.random.default_rng(0).uniform(0, 360, len(expert)))
    report = score(expert, turned, hole_diameter_m=HOLE_M, chance_draws=100)
    chance = [report.get("all", "curve", tolerance).chance.f1 for tolerance in TOLERANCES_M]
    np.testing.assert_allclose(chance, [0.02, 0.05, 0.12], atol=0.05)


@pytest.mark.parametrize(
    ("criterion", "measured"),
    [("depth", (0.39, 0.53, 0.64)), ("curve", (0.18, 0.36, 0.50)), ("joint", (0.27, 0.38, 0.45))],
)
def test_the_published_detector_scores_about_what_was_measured(
    expert: Picks, detector: tuple[Picks, NDArray[np.float64]], criterion: Criterion, measured: tuple[float, ...]
) -> None:
    est, nfa = detector
    best = []
    for tolerance_m in TOLERANCES_M:
        f1 = []
        for count in range(60, len(est), 8):
            kept = est[np.argsort(nfa, kind="stable")[:count]]
            hits = len(match(expert, kept, criterion, tolerance_m, hole_diameter_m=HOLE_M))
            f1.append(2 * hits / (len(expert) + count))
        best.append(max(f1))
    np.testing.assert_allclose(best, measured, atol=0.05)
