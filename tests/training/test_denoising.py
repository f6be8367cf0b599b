"""Denoising queries: planes of the truth handed to the decoder astray, which its own queries must know nothing of."""

import pytest
import torch

from geobfdt.model.config import ModelConfig
from geobfdt.model.detector import Detector
from geobfdt.synthetic.windows import training_windows
from geobfdt.training.config import LossConfig
from geobfdt.training.denoising import draw_denoising_queries
from geobfdt.training.losses import detection_losses

MODEL = ModelConfig(width=8, channels=32, heads=2, feed_forward=32, encoder_layers=1, decoder_layers=2, queries=6)


@pytest.fixture(scope="module")
def batch():
    return training_windows(6, 3, barren=0.2)


def test_every_target_is_given_once_and_near_to_where_it_is(batch):
    denoising = draw_denoising_queries(batch, 0)
    assert denoising.present.sum() == batch.targets.sum()
    for window in range(len(batch)):
        planes = denoising.plane[window][denoising.present[window]].tolist()
        assert sorted(planes) == batch.targets[window].nonzero()[:, 0].tolist()
    truth = batch.sinusoids.gather(1, denoising.plane[..., None].expand(-1, -1, 3))
    astray = (denoising.sinusoids - truth)[denoising.present][:, 0].abs()
    assert 0.1 < astray.median() < 0.6
    assert torch.equal(draw_denoising_queries(batch, 0).sinusoids, denoising.sinusoids)
    assert not torch.equal(draw_denoising_queries(batch, 1).sinusoids, denoising.sinusoids)


@pytest.mark.parametrize("decoder", ["curve", "plain"])
def test_queries_answer_the_same_whether_others_are_given_or_not(batch, decoder):
    torch.manual_seed(0)
    detector = Detector(MODEL.model_copy(update={"decoder": decoder})).eval()
    denoising = draw_denoising_queries(batch, 0)
    with torch.inference_mode():
        alone, beside = detector(batch.windows), detector(batch.windows, denoising.sinusoids)
    assert alone.denoised is None
    assert beside.denoised.logits.shape == (2, 6, denoising.present.shape[1], 2)
    torch.testing.assert_close(beside.logits, alone.logits)
    torch.testing.assert_close(beside.planes, alone.planes)


def test_the_loss_of_denoising_queries_counts_real_ones_alone(batch):
    torch.manual_seed(0)
    detector, denoising = Detector(MODEL), draw_denoising_queries(batch, 0)
    detections = detector(batch.windows, denoising.sinusoids)
    without, with_it = (
        detection_losses(detections, batch, LossConfig(denoising=w), denoising).total for w in (0.0, 1.0)
    )
    assert with_it > without
    detections.denoised.logits.retain_grad()
    detection_losses(detections, batch, LossConfig(denoising=1.0), denoising).total.backward()
    taught = detections.denoised.logits.grad.abs().sum((0, 3)) > 0
    assert torch.equal(taught, denoising.present)
