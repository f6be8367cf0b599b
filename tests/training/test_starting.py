"""Weights of another head give their encoder, which may stay as it is, also where a run was killed in between."""

import pytest
import torch

from geobfdt.errors import InputError, InputWarning
from geobfdt.model.checkpoint import load_weights, save_weights
from geobfdt.model.network import ENCODER, network_of
from geobfdt.training.config import TrainConfig, load_config
from geobfdt.training.loop import train
from tests.training import test_classes

MODEL = {"width": 8, "channels": 16, "heads": 2, "feed_forward": 16, "queries": 6}
MODEL |= {"encoder_layers": 1, "decoder_layers": 1}
RUN = {"epochs": 1, "steps_per_epoch": 2, "batch": 2, "precision": "float32", "augment": {"radiometric": 0.0}}
RUN |= {"data": {"validation_windows": 2}}


def config(head="planes", changes=(), **model):
    names = {"classes": ["sand", "shale"]} if head == "classes" else {}
    values = RUN | {"model": MODEL | {"head": head} | names | model} | dict(changes)
    return TrainConfig.model_validate(values)


def weights_of(folder, head, **model):
    """Weights that differ in every number from those of a run with seed 0, its norms' statistics too."""
    torch.manual_seed(99)
    network = network_of(config(head, **model).model)
    for buffer in network.buffers():
        if buffer.is_floating_point():
            buffer.add_(0.25)
    path = folder / f"{head}.safetensors"
    save_weights(path, network, 0.5)
    return path


def encoder_of(network):
    state = network.state_dict()
    return {name: tensor for name, tensor in state.items() if name.partition(".")[0] in ENCODER}


@pytest.mark.parametrize(
    ("theirs", "head", "said"),
    [
        ("planes", "traces", "of the head planes; taken from them: backbone; new, for the head traces: head"),
        ("traces", "planes", "of the head traces; taken from them: backbone; new, for the head planes: "),
        (
            "planes",
            "classes",
            "of the head planes; taken from them: backbone, project and encoder; new, for the head classes: label",
        ),
        ("traces", "classes", "taken from them: backbone; new, for the head classes: project, encoder and label"),
        (
            "classes",
            "planes",
            "of the head classes; taken from them: backbone, project and encoder; new, for the head ",
        ),
        ("planes", "both", "refine; new, for the head both: masks"),
        ("both", "planes", "refine; new, for the head planes: nothing"),
    ],
)
def test_a_frozen_encoder_of_another_head_ends_as_it_came(tmp_path, theirs, head, said):
    given = weights_of(tmp_path, theirs)
    source = test_classes.Few() if head == "classes" else None
    with pytest.warns(InputWarning) as notes:
        best = train(config(head, {"freeze": "encoder"}), tmp_path / "run", source, init=given, wandb_mode="off")
    (note,) = [str(one.message) for one in notes if said in str(one.message)]
    assert "; frozen: backbone" in note
    came, ended = load_weights(given).network.state_dict(), load_weights(best).network
    shared = {name for name in encoder_of(ended) if name in came}
    assert shared
    assert all(torch.equal(came[name], ended.state_dict()[name]) for name in shared)
    fresh = network_of(config(head).model).state_dict()
    assert any(not torch.equal(fresh[name], ended.state_dict()[name]) for name in fresh.keys() - shared)


def test_an_encoder_that_is_not_frozen_goes_on_learning(tmp_path):
    given = weights_of(tmp_path, "planes")
    with pytest.warns(InputWarning, match="taken from them: backbone"):
        best = train(config("traces"), tmp_path / "run", init=given, wandb_mode="off")
    came, ended = encoder_of(load_weights(given).network), encoder_of(load_weights(best).network)
    assert not any(torch.equal(came[name], ended[name]) for name in ended if "num_batches" not in name)


def test_weights_of_the_same_head_are_kept_in_their_encoder_too(tmp_path):
    given = weights_of(tmp_path, "planes")
    best = train(config("planes", {"freeze": "encoder"}), tmp_path / "run", init=given, wandb_mode="off")
    came, ended = load_weights(given).network.state_dict(), load_weights(best).network.state_dict()
    kept = {name for name in came if torch.equal(came[name], ended[name])}
    assert encoder_of(load_weights(given).network).keys() <= kept < came.keys()


def test_a_frozen_run_that_is_killed_ends_with_the_very_weights_of_one_that_was_not(tmp_path):
    given, frozen = weights_of(tmp_path, "traces"), config("planes", {"freeze": "encoder", "epochs": 2})
    with pytest.warns(InputWarning):
        train(frozen, tmp_path / "whole", init=given, wandb_mode="off")

    def stop(progress):
        if progress.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), pytest.warns(InputWarning):
        train(frozen, tmp_path / "killed", init=given, wandb_mode="off", progress=stop)
    train(frozen, tmp_path / "killed", resume=True, wandb_mode="off")
    states = [torch.load(tmp_path / run / "last.pt", weights_only=True) for run in ("whole", "killed")]
    assert states[0]["frozen"] == states[1]["frozen"] == ["backbone"]
    assert all(torch.equal(tensor, states[1]["detector"][name]) for name, tensor in states[0]["detector"].items())
    with pytest.raises(InputError, match="freeze was encoder and is none"):
        train(config("planes", {"epochs": 2}), tmp_path / "killed", resume=True, wandb_mode="off")


def test_there_is_nothing_to_freeze_without_weights(tmp_path):
    with pytest.raises(InputError, match="freeze encoder: there is nothing to keep; add --init WEIGHTS"):
        train(config("planes", {"freeze": "encoder"}), tmp_path / "run", wandb_mode="off")


def test_an_encoder_of_another_shape_is_refused_by_its_part(tmp_path):
    given = weights_of(tmp_path, "planes")
    with pytest.raises(InputError, match=r"planes\.safetensors: the weights are of another shape .* in its backbone"):
        train(config("traces", width=4), tmp_path / "run", init=given, wandb_mode="off")


def test_the_command_line_says_what_was_taken(run, tmp_path):
    given = weights_of(tmp_path, "planes")
    sets = ["--set=model.head=traces", "--set=freeze=encoder", "--set=epochs=1", "--set=steps_per_epoch=1"]
    sets += ["--set=batch=1", "--set=data.validation_windows=1"]
    code, _, said = run("train", "--init", given, "-o", tmp_path / "run", "--wandb", "off", "--device", "cpu", *sets)
    assert code == 0, said
    assert f"note: {given}: holds weights of the head planes; taken from them: backbone" in said
    code, _, said = run("train", "--init", given, "-o", tmp_path / "no", "--set=freeze=all")
    assert code == 2
    assert said.endswith("it takes none or encoder\n")


def test_the_key_is_known():
    assert load_config(None, ["freeze=encoder"]).freeze == "encoder"
    assert load_config(None, ["freeze=none"]).freeze == "none"
