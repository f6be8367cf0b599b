"""Batches made ahead are those that are asked for, and a card's run is a processor's but for where it computes."""

import threading
from types import SimpleNamespace

import pytest
import torch

from geobfdt.model.config import ModelConfig
from geobfdt.model.detector import Detector
from geobfdt.synthetic.windows import training_windows
from geobfdt.training import denoising, loop
from geobfdt.training.ahead import Ahead
from geobfdt.training.config import LossConfig
from geobfdt.training.denoising import draw_denoising_queries
from geobfdt.training.loop import Trainer, compiled, train
from geobfdt.training.losses import detection_losses
from tests.model.test_model import SMALL
from tests.training.test_loop import tiny

CPU = torch.device("cpu")


class Numbered:
    """A source whose batches are known by their numbers, and which cannot make one of them."""

    steps_per_epoch = 3

    def __init__(self, broken=None):
        self.made, self.threads, self.broken = [], set(), broken

    def batch(self, epoch, step):
        self.made.append((epoch, step))
        self.threads.add(threading.current_thread())
        if (epoch, step) == self.broken:
            raise ValueError("no such window")
        return epoch, step


def test_every_batch_is_the_one_that_was_asked_for():
    source = Numbered()
    in_order = [(epoch, step) for epoch in range(2) for step in range(3)]
    with Ahead(source, CPU, epochs=2) as ahead:
        assert [ahead.batch(*asked) for asked in in_order] == in_order
    assert source.made == in_order, "each once, and none beyond the end"
    assert threading.current_thread() not in source.threads


def test_a_run_that_goes_on_elsewhere_gets_its_batches():
    with Ahead(Numbered(), CPU, epochs=9) as ahead:
        asked = [(4, 2), (5, 0), (1, 1), (1, 1), (8, 2)]
        assert [ahead.batch(*one) for one in asked] == asked


def test_a_batch_that_cannot_be_made_fails_where_it_is_asked_for():
    with Ahead(Numbered(broken=(0, 1)), CPU, epochs=1) as ahead:
        assert ahead.batch(0, 0) == (0, 0)
        with pytest.raises(ValueError, match="no such window"):
            ahead.batch(0, 1)


@pytest.mark.slow
def test_the_weights_are_the_same_when_batches_are_made_ahead(tmp_path, monkeypatch):
    train(tiny(epochs=2), tmp_path / "asked", wandb_mode="off")
    monkeypatch.setattr(Trainer, "_made", lambda self: Ahead(self.source, self.device, self.config.epochs))
    train(tiny(epochs=2), tmp_path / "ahead", wandb_mode="off")
    asked, ahead = ((tmp_path / name / "last.safetensors").read_bytes() for name in ("asked", "ahead"))
    assert asked == ahead


@pytest.mark.slow
def test_the_compiler_takes_the_network_of_a_card_whole(monkeypatch):
    """What it does with it is the card's; that nothing stops it, and that it computes the same, shows anywhere."""
    network = Detector(
        ModelConfig(**SMALL, decoder="curve", target="vector", proposals=4, encoder_layers=1, decoder_layers=2)
    ).train()
    assert compiled(network, "kernels", CPU) is network
    asked = {}

    def compile(network, **options):
        asked.update(options)
        return torch._dynamo.optimize("aot_eager", nopython=True)(network)

    monkeypatch.setattr(loop.torch, "compile", compile)
    called = compiled(network, "graphs", SimpleNamespace(type="cuda"))
    assert asked == {"dynamic": False, "mode": "reduce-overhead"}
    batch = training_windows(2, 1, 0.0)
    given = draw_denoising_queries(batch, 0)
    losses = []
    for one in (network, called):
        torch.manual_seed(0)
        network.zero_grad()
        total = detection_losses(one(batch.windows, given.sinusoids), batch, LossConfig(denoising=0.5), given).total
        total.backward()
        losses.append((total, network.queries.grad.clone()))
    for one, other in zip(*losses, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-3)


def test_queries_of_a_card_come_in_few_numbers():
    widths = {denoising.padded(fullest, SimpleNamespace(type="cuda")) for fullest in range(73)}
    assert widths == {16, 32, 48, 64, 80}
    assert [denoising.padded(fullest, CPU) for fullest in (0, 1, 7)] == [1, 1, 7]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a card")
@pytest.mark.parametrize("how", ["off", "kernels", "graphs"])
def test_a_card_learns_what_a_processor_learns(tmp_path, how):
    losses = []
    for device, compile in ((CPU, "off"), (torch.device("cuda"), how)):
        config = tiny(epochs=1).model_copy(update={"compile": compile, "precision": "float32"})
        with torch.random.fork_rng():
            trainer = Trainer(config, tmp_path, Numbered(), device, SimpleNamespace())
            batch = training_windows(4, 3, 0.0).to(device)
            losses.append(float(trainer.train_step(batch, 0)[0]))
    assert losses[1] == pytest.approx(losses[0], rel=0.02)
