"""Weights: equal ones give equal bytes, old ones load, and damage is a sentence before any network is built."""

import struct
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from geobfdt.errors import InputError
from geobfdt.model import NAMED, checkpoint
from geobfdt.model.checkpoint import load_weights, save_weights
from geobfdt.model.config import ModelConfig
from geobfdt.model.detector import Detector
from geobfdt.model.sound import digest_of
from geobfdt.prediction.engine import engine_of

SHAPE = ModelConfig(width=2, channels=8, heads=2, feed_forward=8, encoder_layers=1, decoder_layers=1, queries=4)
STEM = "backbone.stem.0.weight"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A file of weights as it is written today."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "whole.safetensors"
    save_weights(path, Detector(SHAPE), 0.45)
    return path


def told(path):
    with safe_open(path, framework="pt") as file:
        return file.metadata()


def without_digest(path):
    return {name: text for name, text in told(path).items() if name != "digest"}


def test_equal_weights_give_equal_bytes(whole, tmp_path):
    weights = load_weights(whole)
    for number in range(5):  # the library's own header is in another order nearly every time
        save_weights(tmp_path / f"{number}.safetensors", weights.network, weights.threshold)
        assert (tmp_path / f"{number}.safetensors").read_bytes() == whole.read_bytes()
    save_weights(tmp_path / "other.safetensors", weights.network, 0.5)
    assert told(tmp_path / "other.safetensors")["digest"] != told(whole)["digest"]


def test_weights_without_a_digest_load_as_before(whole, tmp_path):
    save_file(load_file(whole), tmp_path / "old.safetensors", without_digest(whole))
    old, new = load_weights(tmp_path / "old.safetensors"), load_weights(whole)
    assert old.threshold == new.threshold == 0.45
    assert digest_of(old.network.state_dict()) == digest_of(new.network.state_dict())


@pytest.mark.parametrize("name", NAMED)
def test_weights_of_the_package_load(name):
    assert 0 < load_weights(name).threshold < 1


def test_whoever_asks_for_the_weights_that_came_once_is_told_where_they_are():
    for loads in (load_weights, engine_of):
        with pytest.raises(InputError, match="do not come with the package any more; take published"):
            loads("published")


def changed(name, place, value):
    def change(tensors):
        tensors[name].view(-1)[place] = value

    return change


def renamed(tensors):
    tensors[f"{STEM}s"] = tensors.pop(STEM)


def flat(tensors):
    tensors[STEM] = tensors[STEM].reshape(-1).clone()


def doubled(tensors):
    tensors[STEM] = tensors[STEM].double()


VARIANCE = "backbone.stem.1.running_var"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda tensors: tensors.pop(STEM), f"it lacks tensor {STEM}"),
        (dict.clear, "2 layers declared for 0 tensors"),
        (renamed, f"it lacks tensor {STEM}"),
        (lambda tensors: tensors.update(more=torch.ones(2)), "it has a foreign tensor more"),
        (flat, rf"{STEM}: 2 x 2 x 14 x 7 numbers declared, 392 held"),
        (doubled, f"{STEM}: torch.float32 declared, torch.float64 held"),
        (changed(STEM, 3, torch.nan), f"{STEM} holds values that are no numbers"),
        (changed(STEM, 3, -torch.inf), f"{STEM} holds values that are no numbers"),
        (changed(STEM, 3, 1e30), f"{STEM} runs from .* to 1e.30, and no training leaves more than 1e.06"),
        (changed(VARIANCE, 1, -0.5), f"{VARIANCE}, a mean of squares, falls to -0.5"),
    ],
)
@pytest.mark.parametrize("digest", [False, True])
def test_damaged_tensors_are_refused_before_a_network_is_built(whole, tmp_path, monkeypatch, change, message, digest):
    """Whoever made the file: with a digest of what is in it as well as without one."""
    tensors, header = load_file(whole), without_digest(whole)
    change(tensors)
    if digest:
        header["digest"] = digest_of([header, tensors])
    save_file(tensors, tmp_path / "w.safetensors", header)
    built = []

    def network_of(config):
        built.append(torch.empty(1).device.type)
        return Detector(config)

    monkeypatch.setattr(checkpoint, "network_of", network_of)
    with pytest.raises(InputError, match=rf"w\.safetensors: the weights are damaged \({message}\); copy the file anew"):
        load_weights(tmp_path / "w.safetensors")
    assert set(built) <= {"meta"}, "shapes alone"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": None}, "its header lacks the model"),
        ({"threshold": None}, "its header lacks the threshold"),
        ({"model": "[1]"}, "model Input should be an object"),
        ({"model": '{"queries": -3}'}, "model queries: Input should be greater than or equal to 1"),
        ({"threshold": "1.5"}, "threshold 1.5 outside 0 to 1"),
    ],
)
def test_a_damaged_header_is_named(whole, tmp_path, change, message):
    header = {name: text for name, text in (without_digest(whole) | change).items() if text is not None}
    save_file(load_file(whole), tmp_path / "w.safetensors", header)
    with pytest.raises(InputError, match=rf"the weights are damaged \({message}"):
        load_weights(tmp_path / "w.safetensors")


@pytest.mark.parametrize("data", [b"", struct.pack("<Q", 8) + b"[1, 2]  ", struct.pack("<Q", 2**60) + b"{}"])
def test_what_is_no_safetensors_file_is_named(tmp_path, data):
    (tmp_path / "w.safetensors").write_bytes(data)
    with pytest.raises(InputError, match=r"w\.safetensors: the weights are damaged \(.+\); copy the file anew"):
        load_weights(tmp_path / "w.safetensors")


def test_no_bit_flips_unseen(whole, tmp_path):
    """Any bit of a sample over the whole file: it is refused, or what was loaded is what was written."""
    data = whole.read_bytes()
    before = load_weights(whole)
    (size,) = struct.unpack("<Q", data[:8])
    path = Path(tmp_path / "w.safetensors")
    refused = 0
    places = [*range(0, 8 + size, 41), *range(8 + size, len(data), 997)]
    for number, place in enumerate(places):
        flipped = bytearray(data)
        flipped[place] ^= 1 << number % 8
        path.write_bytes(flipped)
        try:
            after = load_weights(path)
        except InputError:
            refused += 1
            continue
        assert after.threshold == before.threshold
        assert after.network.config == before.network.config
        assert digest_of(after.network.state_dict()) == digest_of(before.network.state_dict())
    assert refused > 0.99 * len(places)


def test_weights_that_would_not_load_are_not_saved(tmp_path):
    detector = Detector(SHAPE)
    with torch.no_grad():
        detector.queries[0, 0] = 1e9
    with pytest.raises(InputError, match=r"w\.safetensors: the weights have run away \(queries .* lower learning_rate"):
        save_weights(tmp_path / "w.safetensors", detector, 0.5)
    assert not list(tmp_path.iterdir())


def test_a_digest_tells_values_places_and_types_apart_and_no_order():
    one = {"a": torch.arange(4), "b": [1, 2.5, None, "x"], "c": {}}
    assert digest_of(one) == digest_of(dict(reversed(one.items())))
    others = [
        one | {"a": torch.arange(4).reshape(2, 2)},
        one | {"a": torch.arange(4, dtype=torch.int32)},
        one | {"b": [2.5, 1, None, "x"]},
        one | {"b": [1, 2.5, "None", "x"]},
        one | {"c": []} | {"d": 0},
        {"a": one["a"], "b": one["b"]},
    ]
    assert len({digest_of(value) for value in [one, *others]}) == 1 + len(others)
