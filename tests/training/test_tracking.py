"""Weights & Biases, offline: figures, scores by kind and pictures, all inside the run's folder."""

import json

import pytest
import torch
from PIL import Image

from geobfdt.model.checkpoint import load_weights
from geobfdt.model.config import ModelConfig
from geobfdt.model.network import network_of
from geobfdt.synthetic.windows import training_windows
from geobfdt.training.loop import train
from geobfdt.training.tracking import PICTURES_EVERY, Tracker, plot_masks, plot_windows
from tests.forked import comes
from tests.training.test_loop import metrics_of, tiny


@pytest.mark.slow
def test_a_run_leaves_its_scores_and_a_picture_of_its_end(tmp_path):
    train(tiny(epochs=2), tmp_path / "some study" / "run", wandb_mode="offline", wandb_group="some study")
    (session,) = (tmp_path / "some study" / "run" / "wandb").glob("offline-run-*")
    (table,) = (session / "files" / "media" / "table").glob("scores_2_*.json")
    scores = json.loads(table.read_text())
    assert [row[0] for row in scores["data"]] == ["fracture", "bedding", "all"]
    planes = scores["columns"].index("planes")
    assert scores["data"][2][planes] == sum(row[planes] for row in scores["data"][:2]) > 0
    (picture,) = (session / "files" / "media" / "images").glob("windows_2_*.png")
    with Image.open(picture) as image:
        assert min(image.size) > 300
    told = ["some study", *metrics_of(tmp_path / "some study" / "run")[0]]

    def recorded():
        (record,) = session.glob("*.wandb")
        return all(name.encode() in record.read_bytes() for name in told)

    assert comes(recorded), "a process of Weights & Biases writes it, also after the run"


def test_a_mask_head_is_pictured_by_its_pixels(tmp_path):
    batch = training_windows(4, 4, barren=0.0)
    network = network_of(ModelConfig(head="traces", width=4))
    assert plot_masks(tmp_path / "traces.png", network, batch, torch.float32)
    assert (tmp_path / "traces.png").stat().st_size > 10_000


def test_pictures_are_drawn_of_better_weights_now_and_then_and_of_the_last():
    tracker = Tracker(None)
    assert not tracker.due(PICTURES_EVERY - 1, best=True, over=False)
    assert tracker.due(PICTURES_EVERY, best=True, over=False)
    assert not tracker.due(PICTURES_EVERY, best=False, over=False)
    assert tracker.due(1, best=False, over=True)


def test_windows_without_planes_or_pixels_are_not_drawn(tmp_path):
    weights = load_weights()
    batch = training_windows(3, 1, barren=0.0)
    batch.present[1] = False
    batch.windows[2] = 0.0
    assert plot_windows(tmp_path / "one.png", weights.network, batch, torch.float32, weights.threshold)
    assert plot_windows(
        tmp_path / "same.png", weights.network, batch.some(torch.tensor([0])), torch.float32, weights.threshold
    )
    with Image.open(tmp_path / "one.png") as one, Image.open(tmp_path / "same.png") as same:
        assert one.tobytes() == same.tobytes()
    bare = batch.some(torch.tensor([1, 2]))
    assert not plot_windows(tmp_path / "none.png", weights.network, bare, torch.float32, weights.threshold)
    assert not (tmp_path / "none.png").exists()
