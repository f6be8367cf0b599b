"""Labels of windows: a network on the detector's encoder that knows its classes by name."""

import pytest
import torch

from geobfdt.errors import InputError
from geobfdt.model.checkpoint import Weights, describe_weights, load_weights, save_weights
from geobfdt.model.config import ModelConfig
from geobfdt.model.network import ENCODER, ClassNet, network_of
from geobfdt.prediction.by_torch import for_prediction
from geobfdt.training.config import load_config

SMALL = {"width": 8, "channels": 16, "heads": 2, "feed_forward": 16, "encoder_layers": 1, "decoder_layers": 1}


def network(*names, **changes):
    torch.manual_seed(3)
    return network_of(ModelConfig(head="classes", classes=names or ("sand", "shale", "coal"), **(SMALL | changes)))


def windows(count=2):
    torch.manual_seed(1)
    return torch.stack([torch.rand(count, 384, 180), torch.ones(count, 384, 180)], dim=1)


def test_a_window_gets_a_number_for_every_class_as_in_prediction():
    net = network().eval()
    assert isinstance(net, ClassNet)
    logits = net(windows())
    assert logits.shape == (2, 3)
    folded = for_prediction(net, torch.device("cpu")).float()
    assert torch.allclose(folded(windows()), logits, atol=1e-2)


def test_the_encoder_is_the_detectors_by_name_and_shape():
    planes, classes = network_of(ModelConfig(**SMALL)), network()
    assert all(name in dict(classes.named_children()) for name in ENCODER)
    shapes = [
        {name: t.shape for name, t in net.state_dict().items() if name.partition(".")[0] in ENCODER}
        for net in (planes, classes)
    ]
    assert shapes[0] == shapes[1]


def test_what_is_missing_has_no_part_in_the_mean_and_nothing_at_all_is_no_number():
    net = network().eval()
    seen = []
    net.label.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    # Cells are told by their depth alone: the lower half of the map has twos where the upper has ones.
    net.backbone = Halves()
    net.project, net.encoder = torch.nn.Identity(), torch.nn.ModuleList()
    some = windows(3)
    some[1, 1, 192:] = 0
    some[2, 1] = 0
    assert net(some).isfinite().all()
    assert torch.allclose(seen[0].mean(1), torch.tensor([1.5, 1.0, 0.0]))


class Halves(torch.nn.Module):
    def forward(self, windows):
        coarse = torch.ones(len(windows), 16, 12, 15)
        coarse[:, :, 6:] = 2.0
        return (coarse,)


def test_the_names_are_in_the_weights_and_their_digest(tmp_path):
    save_weights(tmp_path / "w.safetensors", network(), 0.0)
    loaded = load_weights(tmp_path / "w.safetensors")
    assert loaded.gives_classes().config.classes == ("sand", "shale", "coal")
    assert torch.equal(loaded.network(windows()), network().eval()(windows()))
    assert describe_weights(loaded)["model"]["classes"] == ["sand", "shale", "coal"]
    renamed = Weights(network("sand", "silt", "coal").eval(), 0.0, "w")
    assert renamed.digest() != loaded.digest()


def test_weights_say_what_they_do_not_give():
    with pytest.raises(InputError, match="w: gives classes, no planes of its own"):
        Weights(network(), 0.0, "w").gives_planes()
    with pytest.raises(InputError, match="gives planes, no classes of rock; give weights of head classes"):
        load_weights().gives_classes()


def test_classes_are_named_once_and_by_names_or_codes():
    config = load_config(None, ["model.head=classes", "model.classes=[1, shale, 03]"])
    assert config.model.classes == ("1", "shale", "3")
    for given, message in (
        ("[sand]", "model.classes=.*: head classes needs the names of two classes or more"),
        ("[sand, coal, sand]", "classes names sand twice; leave one out"),
        ("sand", "it takes names in brackets"),
        ("[yes, no]", "it takes names in brackets"),
    ):
        with pytest.raises(InputError, match=message):
            load_config(None, ["model.head=classes", f"model.classes={given}"])
    with pytest.raises(InputError, match=r"--set model\.head=classes: model: head classes needs the names"):
        load_config(None, ["model.head=classes"])
