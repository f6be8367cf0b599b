"""The configurations in configs/ say what the code does."""

from pathlib import Path

import pytest
import yaml

from geobfdt.errors import InputError
from geobfdt.training.config import TrainConfig, load_config

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
