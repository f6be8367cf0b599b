"""Hints: planes of the truth handed to the decoder a little astray, which its own queries must know nothing of."""

import pytest
import torch

from geobfdt.model.config import ModelConfig
from geobfdt.model.detector import Detector
from geobfdt.synthetic import training_windows
from geobfdt.training.config import LossConfig
from geobfdt.training.hints import draw_hints
from geobfdt.training.losses import detection_losses

MODEL = ModelConfig(width=8, channels=32, heads=2, feed_forward=32, encoder_layers=1, decoder_layers=2, queries=6)


@pytest.fixture(scope="module")
def batch():
    return training_windows(6, 3, barren=0.2)


def test_every_target_is_hinted_at_once_and_near_to_where_it_is(batch):
    hints = draw_hints(batch, 0)
    assert hints.present.sum() == batch.targets.sum()
    for window in range(len(batch)):
        planes = hints.plane[window][hints.present[window]].tolist()
        assert sorted(planes) == batch.targets[window].nonzero()[:, 0].tolist()
    truth = batch.sinusoids.gather(1, hints.plane[..., None].expand(-1, -1, 3))
    astray = (hints.sinusoids - truth)[hints.present][:, 0].abs()
    assert 0.1 < astray.median() < 0.6
    assert torch.equal(draw_hints(batch, 0).sinusoids, hints.sinusoids)
    assert not torch.equal(draw_hints(batch, 1).sinusoids, hints.sinusoids)


@pytest.mark.parametrize("decoder", ["curve", "plain"])
def test_queries_answer_the_same_whether_others_are_hinted_or_not(batch, decoder):
    torch.manual_seed(0)
    detector = Detector(MODEL.model_copy(update={"decoder": decoder})).eval()
    hints = draw_hints(batch, 0)
    with torch.inference_mode():
        alone, beside = detector(batch.windows), detector(batch.windows, hints.sinusoids)
    assert alone.hinted is None
    assert beside.hinted.logits.shape == (2, 6, hints.present.shape[1], 2)
    torch.testing.assert_close(beside.logits, alone.logits)
    torch.testing.assert_close(beside.planes, alone.planes)


def test_the_loss_of_hints_counts_real_ones_alone(batch):
    torch.manual_seed(0)
    detector, hints = Detector(MODEL), draw_hints(batch, 0)
    detections = detector(batch.windows, hints.sinusoids)
    without, with_hints = (detection_losses(detections, batch, LossConfig(hints=w), hints).total for w in (0.0, 1.0))
    assert with_hints > without
    detections.hinted.logits.retain_grad()
    detection_losses(detections, batch, LossConfig(hints=1.0), hints).total.backward()
    taught = detections.hinted.logits.grad.abs().sum((0, 3)) > 0
    assert torch.equal(taught, hints.present)
