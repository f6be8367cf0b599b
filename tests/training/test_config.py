"""The configurations in configs/ say what the code does."""

import re
from pathlib import Path

import pytest
import yaml

from geobfdt.errors import InputError
from geobfdt.training.config import KEYS, TrainConfig, load_config

CONFIGS = Path(__file__).parents[2] / "configs"


def test_the_default_configuration_is_the_published_recipe_with_every_key():
    written = yaml.safe_load((CONFIGS / "default.yaml").read_text())
    assert load_config(CONFIGS / "default.yaml") == TrainConfig()
    assert written == TrainConfig().model_dump()
    config = TrainConfig()
    assert (config.learning_rate, config.batch, config.patience) == (4e-4, 128, 40)
    assert (config.loss.focal, config.loss.l1, config.model.dropout) == (5.0, 1.0, 0.2)


@pytest.mark.parametrize("path", sorted(CONFIGS.rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_configuration_loads(path):
    assert load_config(path).model.queries > 0


def test_keys_are_read_by_the_names_that_they_had_too(tmp_path):
    (tmp_path / "old.yaml").write_text("loss: {trace: 10.0, hints: 0.5}\n")
    loss = load_config(tmp_path / "old.yaml", ["loss.placed=0.8", "loss.trace=3.0"]).loss
    assert (loss.fine_map, loss.denoising, loss.quality) == (3.0, 0.5, 0.8)
    assert loss.model_dump(by_alias=True)["trace"] == 3.0


def test_a_key_by_both_of_its_names_is_refused(tmp_path):
    (tmp_path / "both.yaml").write_text("loss: {trace: 10.0, fine_map: 5.0}\n")
    with pytest.raises(
        InputError, match=r"both\.yaml: loss\.trace: is the former name of loss\.fine_map; leave one out"
    ):
        load_config(tmp_path / "both.yaml")


def numbers():
    """Keys that take numbers, and the places of their bounds in what they are said to take."""
    bounded = re.compile(r"number (from|above) (\S+) up to (below )?(\S+)")
    return [(key, found.groups()) for key in KEYS.values() if (found := bounded.search(key.takes))]


def test_every_number_has_bounds_that_hold_its_default():
    assert {key.name for key, _ in numbers()} == {
        key.name for key in KEYS.values() if isinstance(key.default, int | float) and "number" in key.takes
    }
    for key, (_, least, _, most) in numbers():
        assert float(least) <= key.default <= float(most), key.name
    assert {key.name for key in KEYS.values() if "number" not in key.takes} == {
        *(
            "schedule",
            "precision",
            "compile",
            "freeze",
            "traces.loss",
            "traces.penalty",
            "data.epoch",
            "data.kinds",
            "data.sampling",
        ),
        *(f"model.{name}" for name in ("head", "classes", "image", "backbone", "window", "decoder", "target")),
    }


@pytest.mark.parametrize(("key", "bounds"), numbers(), ids=lambda value: getattr(value, "name", ""))
def test_numbers_are_taken_up_to_their_bounds_and_no_further(key, bounds):
    low, least, below, most = bounds
    beyond = {f"{float(least) - 1:.0f}", f"{2 * int(float(most)) + 1}", ".nan", "-.inf", "yes", "[1]", "much"}
    beyond |= {least} if low == "above" else set()
    beyond |= {most} if below else set()
    for value in beyond:
        with pytest.raises(InputError) as told:
            load_config(None, [f"{key.name}={value}"])
        assert str(told.value).startswith(f"--set {key.name}={value}: {key.name}: ")
        assert str(told.value).endswith(f"; it takes {key.takes}")
    fitting = {"model.channels": ["model.heads=1"], "model.heads": ["model.channels=100000"]}
    fitting["model.proposals"] = ["model.decoder=curve"]
    for value in (least if low == "from" else most, least if below else most):
        if (key.name, value) != ("model.channels", "1"):  # of which no quarter is whole
            load_config(None, [f"{key.name}={value}", *fitting.get(key.name, [])])


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("model.quries", "model.queries"),
        ("queries", "model.queries"),
        ("loss.barren", "data.barren"),
        ("batchsize", "batch"),
        ("learningrate", "learning_rate"),
        ("model.query", "model.queries"),
        ("quries.count", "model.queries"),
    ],
)
def test_an_unknown_key_is_told_the_one_it_is_nearest_to(tmp_path, key, meant):
    with pytest.raises(InputError) as told:
        load_config(None, ["epochs=3", f"{key}=3"])
    unknown = key if key.split(".")[0] in ("model", "loss") else key.split(".")[0]
    assert str(told.value) == f"--set {key}=3: knows no key {unknown}; did you mean {meant}?"
    values = {key: 3} if "." not in key else {key.split(".")[0]: {key.split(".")[1]: 3}}
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(values))
    with pytest.raises(InputError, match=rf"c\.yaml: knows no key {unknown}; did you mean {meant}\?"):
        load_config(tmp_path / "c.yaml", ["epochs=3"])


def test_a_key_like_none_is_told_where_all_are_listed():
    with pytest.raises(InputError, match="knows no key momentum; geobfdt train --keys lists every key"):
        load_config(None, ["momentum=0.9"])


def test_keys_that_contradict_each_other_name_the_changes_that_brought_it_about(tmp_path):
    (tmp_path / "c.yaml").write_text("model: {channels: 64}\n")
    with pytest.raises(InputError, match=r"^--set model\.heads=3: model: channels must be .* 3, found 64; change one"):
        load_config(tmp_path / "c.yaml", ["seed=1", "model.heads=3"])
    with pytest.raises(InputError, match=r"^--set model\.channels=9, --set model\.heads=3: model: channels must"):
        load_config(tmp_path / "c.yaml", ["model.channels=9", "model.heads=3"])
    (tmp_path / "c.yaml").write_text("model: {proposals: 4}\n")
    with pytest.raises(InputError, match=r"c\.yaml: model: proposals are read off .* set decoder to curve"):
        load_config(tmp_path / "c.yaml", ["seed=1", "model.queries=3"])  # neither has a part in it


def test_a_change_by_a_former_name_is_named_as_it_was_given():
    with pytest.raises(
        InputError, match=r"^--set loss\.trace=-1: loss\.fine_map: .*, found -1; it takes a number from 0"
    ):
        load_config(None, ["loss.trace=-1"])


def test_a_section_whose_keys_are_all_commented_out_is_the_default(tmp_path):
    (tmp_path / "c.yaml").write_text("model:\n  # queries: 40\nloss:\ndata:\n")
    assert load_config(tmp_path / "c.yaml") == TrainConfig()
    assert load_config(tmp_path / "c.yaml", ["model.queries=7", "loss.trace=3"]).model.queries == 7
    (tmp_path / "c.yaml").write_text("epochs:\n")
    with pytest.raises(InputError, match=r"c\.yaml: epochs: .*found None; it takes a whole number"):
        load_config(tmp_path / "c.yaml")


def test_a_key_that_stands_there_twice_is_refused_with_both_lines(tmp_path):
    (tmp_path / "c.yaml").write_text("epochs: 3\nloss: {focal: 1.0}\nbatch: 4\nepochs: 5\n")
    with pytest.raises(InputError, match=r"c\.yaml: has epochs in lines 1 and 4; leave one of them out"):
        load_config(tmp_path / "c.yaml")
    (tmp_path / "c.yaml").write_text("epochs: 3\nloss: {focal: 1.0, l1: 2.0, focal: 2.0}\n")
    with pytest.raises(InputError, match=r"c\.yaml: has focal in line 2 twice"):
        load_config(tmp_path / "c.yaml")


def test_the_keys_are_listed_with_their_defaults_and_what_they_take(run):
    code, listed, _ = run("train", "--keys")
    assert code == 0
    lines = {line.split()[0]: line for line in listed.splitlines()}
    assert list(lines) == list(KEYS)
    assert lines["model.queries"].split(maxsplit=2)[1:] == ["80", "a whole number from 1 up to 100000"]
    assert lines["loss.fine_map"].endswith("a number from 0 up to 1000 (formerly loss.trace)")
    code, shown, _ = run("train", "--help")
    assert code == 0
    words = set(re.findall(r"[a-z0-9_]+", shown))
    assert {key.rpartition(".")[2] for key in KEYS} <= words
