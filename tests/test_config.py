"""The configurations in configs/ say what the code does."""

from pathlib import Path

import pytest
import yaml

from geobfdt.training.config import TrainConfig, load_config

CONFIGS = Path(__file__).parents[1] / "configs"


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
