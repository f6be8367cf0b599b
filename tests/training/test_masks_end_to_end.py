"""Traces from training to a score: a small network learns two windows, its weights rebuild it, its picks are scored."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.eval import match
from geobfdt.experiments.bench.run import run_bench
from geobfdt.model.checkpoint import Weights, describe_weights, load_weights, save_weights
from geobfdt.model.config import ModelConfig
from geobfdt.model.detector import Detector
from geobfdt.model.network import MaskNet
from geobfdt.prediction.detect import detect, predict
from geobfdt.synthetic.windows import training_windows
from geobfdt.training.config import TrainConfig
from geobfdt.training.guards import collapsed_traces
from geobfdt.training.loop import train
from geobfdt.training.traces.validation import validate_masks
from tests.training import test_loop

MODEL = {"head": "traces", "width": 8, "channels": 16, "heads": 2, "feed_forward": 16, "queries": 6}
MODEL |= {"encoder_layers": 1, "decoder_layers": 1}
RUN = {"epochs": 2, "steps_per_epoch": 2, "batch": 2, "precision": "float32", "augment": {"radiometric": 0.0}}
RUN |= {"model": MODEL, "data": {"validation_windows": 2}}


def config(**changes):
    return TrainConfig.model_validate(RUN | changes)


class OneWindow(test_loop.OneWindow):
    steps_per_epoch = 60


def test_a_small_network_learns_the_traces_of_two_windows_by_heart(tmp_path):
    source = OneWindow()
    traces = {"loss": "cross_entropy", "class_weight": 3.0}
    best = train(config(epochs=1, learning_rate=5e-3, traces=traces), tmp_path / "run", source, wandb_mode="off")
    weights = load_weights(best)
    assert isinstance(weights.network, MaskNet)
    result = validate_masks(weights.network, source.validation(), torch.float32)
    assert result.f1 > 0.65
    assert collapsed_traces(result) is None
    header, figures = (tmp_path / "run" / "metrics.csv").read_text().splitlines()
    row = dict(zip(header.split(","), map(float, figures.split(",")), strict=True))
    assert row["val_f1"] == pytest.approx(result.f1, rel=1e-4)
    assert row["masks"] == row["loss"] > 0
    columns = {f"val_{kind}_{name}" for kind in ("background", "fracture", "bedding") for name in ("f1", "iou")}
    assert columns | {"val_foreground_predicted", "val_accuracy"} <= set(row)


def test_a_resumed_run_of_traces_ends_with_the_same_weights(tmp_path):
    """Of the loss that changes half-way, which must know how much of the run is done."""
    whole = config(traces={"loss": "cross_entropy_then_lovasz", "penalty": "squared_variance"})
    train(whole, tmp_path / "whole", wandb_mode="off")

    def stop(progress):
        if progress.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(whole, tmp_path / "killed", wandb_mode="off", progress=stop)
    train(whole, tmp_path / "killed", wandb_mode="off", resume=True)
    states = [torch.load(tmp_path / run / "last.pt", weights_only=True)["detector"] for run in ("whole", "killed")]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_traces_beside_planes_are_taught_and_cost_prediction_nothing(tmp_path):
    both = config(epochs=1, model=MODEL | {"head": "both"}, traces={"weight": 0.5})
    weights = load_weights(train(both, tmp_path / "run", wandb_mode="off"))
    assert isinstance(weights.network, Detector)
    header, figures = (tmp_path / "run" / "metrics.csv").read_text().splitlines()
    row = dict(zip(header.split(","), map(float, figures.split(",")), strict=True))
    planes = 5.0 * row["focal"] + row["l1"]
    assert row["masks"] > 0
    assert row["loss"] == pytest.approx(planes + 0.5 * row["masks"], rel=1e-4)
    torch.manual_seed(0)
    before = Detector(both.model).masks.classify.weight
    assert not torch.equal(weights.network.masks.classify.weight, before)
    detect(crossed_log(), weights)


def test_weights_of_either_head_rebuild_their_network_and_refuse_another(tmp_path):
    torch.manual_seed(0)
    network = MaskNet(ModelConfig(**MODEL)).eval()
    path = tmp_path / "traces.safetensors"
    save_weights(path, network, 0.35)
    loaded = load_weights(path)
    windows = training_windows(1, 0, 0.0).windows
    assert loaded.threshold == 0.35
    assert torch.equal(loaded.network(windows), network(windows))
    said = describe_weights(loaded)
    assert said["model"]["head"] == "traces"
    assert said["parameters"] == sum(p.numel() for p in network.parameters())
    with safe_open(path, framework="pt") as file:
        header, tensors = file.metadata(), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    save_file(tensors, path, header | {"model": header["model"].replace('"traces"', '"both"')})
    with pytest.raises(InputError, match="damaged"):
        load_weights(path)


def test_weights_without_a_head_in_their_header_give_planes():
    assert isinstance(load_weights().network, Detector)


PLANES = Picks([1000.5, 1001.2, 1001.5], [40.0, 20.0, 60.0], [75.0, 200.0, 310.0], kind="fracture", well="crossed")


def crossed_log(columns=180):
    """Dark lines, three pixels wide, on bright rock, in an 8.5 in hole."""
    depths = 1000 + np.arange(540) * 0.00377
    theta = (np.arange(columns) + 0.5) * 2 * np.pi / columns
    image = np.ones((len(depths), columns))
    for depth, dip, azimuth in zip(PLANES.depth_m, PLANES.dip_deg, PLANES.azimuth_deg, strict=True):
        tangent, turn = np.tan(np.radians(dip)), theta - np.radians(azimuth)
        across = np.hypot(1.0, tangent * np.sin(turn))
        image[np.abs(depths[:, None] - depth - 0.10795 * tangent * np.cos(turn)) < 0.0055 * across] = 0.0
    return ImageLog(image, depths, 0.2159, well="crossed")


class Dark(MaskNet):
    """Knows what a trace is: whatever is dark."""

    def forward(self, windows):
        dark = (windows[:, 0] < 0.5) & (windows[:, 1] > 0)
        return torch.stack([~dark, dark, torch.zeros_like(dark)], dim=1) * 8.0


def dark_weights():
    return Weights(Dark(ModelConfig(**MODEL)).eval(), 0.4, "dark")


@pytest.mark.parametrize(("turn", "first_azimuth_deg"), [(0, 0.0), (37, 0.0), (0, 100.0)])
def test_traces_of_windows_become_picks_where_the_planes_are(turn, first_azimuth_deg):
    log = crossed_log()
    turned = replace(log, image=np.roll(log.image, turn, axis=1), first_azimuth_deg=first_azimuth_deg)
    found = predict(turned, dark_weights())
    there = replace(PLANES, azimuth_deg=(PLANES.azimuth_deg + 2 * turn + first_azimuth_deg) % 360)
    hits = match(there, found, "joint", 0.01, hole_diameter_m=0.2159)
    assert len(hits) == len(found) == len(PLANES)
    assert hits.pole_deg.max() < 1.5
    assert set(found.kind) == {"fracture"}
    assert np.isnan(found.depth_sd_m).all()


def test_a_prediction_from_traces_has_its_threshold_and_its_score_curve():
    told = []
    result = detect(crossed_log(), dark_weights(), progress=lambda done, total: told.append((done, total)))
    assert result.threshold == 0.4
    assert told[-1][0] == told[-1][1] > 0
    for depth, confidence in zip(result.picks.depth_m, result.picks.confidence, strict=True):
        near = np.abs(result.depth_m - depth) < 0.01
        assert result.score[near].max() >= 0.9 * confidence
    assert len(detect(crossed_log(), dark_weights(), threshold=1.0).picks) == 0


def test_the_bench_takes_traces_beside_a_detector_and_not_for_one(tmp_path):
    save_weights(tmp_path / "traces.safetensors", MaskNet(ModelConfig(**MODEL)), 0.4)
    with pytest.raises(InputError, match="gives traces"):
        run_bench(quick=True, weights=tmp_path / "traces.safetensors")


def test_the_command_line_trains_picks_and_scores_traces(run, tmp_path):
    sets = [f"--set=model.{key}={value}" for key, value in MODEL.items()]
    sets += ["--set=epochs=1", "--set=steps_per_epoch=1", "--set=batch=1", "--set=data.validation_windows=1"]
    out = tmp_path / "run"
    code, _, said = run("train", "-o", out, "--wandb", "off", "--device", "cpu", *sets)
    assert code == 0, said
    assert "pixel F1" in said
    assert run("synth", tmp_path / "w.h5", "--wells", 1, "--length", 1, "--seed", 3)[0] == 0
    weights = out / "best.safetensors"
    code, said, _ = run("predict", tmp_path / "w.h5", "-o", tmp_path / "picks", "--weights", weights, "--json")
    assert code == 0
    (summary,) = json.loads(said)
    code, said, _ = run("score", summary["files"][0], tmp_path / "w.h5")
    assert code == 0
    assert "joint" in said
