"""Calibration: scores and spreads say what happens, whatever the network said before."""

import numpy as np
import pytest
import torch

from geobfdt.model.config import ModelConfig
from geobfdt.model.detector import Detections, uncalibrated
from geobfdt.model.planes import planes_from_sinusoids
from geobfdt.training.calibrate import calibrate, logistic
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.grid import COLUMNS, ROWS

QUERIES, WINDOWS, STATED = 8, 256, 0.002


def test_a_logistic_regression_finds_the_factor_and_offset_that_were_planted():
    rng = np.random.default_rng(0)
    logit = rng.normal(0, 2, 20_000)
    right = rng.uniform(size=len(logit)) < 1 / (1 + np.exp(-(0.5 * logit - 1)))
    assert logistic(logit, right) == pytest.approx((0.5, -1.0), abs=0.06)


def test_what_is_told_apart_without_fail_stays_finite():
    logit = np.linspace(-3, 3, 100)
    assert np.isfinite(logistic(logit, logit > 0)).all()


class Overconfident(torch.nn.Module):
    """Finds every plane, half of them twice as sure as it should be, with errors three times what it states."""

    curve = True

    def __init__(self):
        super().__init__()
        self.config = ModelConfig()
        self.calibration, self.spread_factor = uncalibrated(), torch.ones(3)
        self.generator = torch.Generator().manual_seed(0)

    def forward(self, windows):
        truth = planes_from_sinusoids(windows[:, 0, :QUERIES, :3])
        noise = torch.rand(truth.shape, generator=self.generator) - 0.5
        law = -noise.sign() * torch.log1p(-2 * noise.abs().clamp(max=0.4999))
        logit = torch.randn(truth.shape[:2], generator=self.generator) * 2
        right = torch.rand(logit.shape, generator=self.generator) < (0.5 * logit).sigmoid()
        planes = truth + 3 * STATED * law + torch.where(right[..., None], 0.0, torch.tensor([0.0, 0.3, 0.0]))
        logits = torch.stack([logit, torch.full_like(logit, -9.0)], -1)[None]
        spread = torch.full_like(planes, float(np.log(STATED))) + self.spread_factor.log()
        return Detections(logits, planes[None], "vector", spread=spread, calibration=self.calibration)


def test_an_overconfident_detector_is_set_right():
    z0 = torch.linspace(-2.9, 2.9, QUERIES).expand(WINDOWS, -1)
    sinusoids = torch.stack([z0, torch.full_like(z0, 0.7), torch.full_like(z0, -0.2)], -1)
    windows = torch.ones(WINDOWS, 2, ROWS, COLUMNS)
    windows[:, 0, :QUERIES, :3] = sinusoids
    present = torch.ones(WINDOWS, QUERIES, dtype=torch.bool)
    detector = Overconfident()
    calibrate(detector, [WindowBatch(windows, sinusoids, torch.zeros(WINDOWS, QUERIES).long(), present)], torch.float32)
    assert detector.calibration[0].tolist() == pytest.approx([0.5, 0.0], abs=0.15)
    assert torch.equal(detector.calibration[1], uncalibrated()[1])  # no bedding to learn from
    assert detector.spread_factor.tolist() == pytest.approx([3.0, 3.0, 3.0], rel=0.15)
