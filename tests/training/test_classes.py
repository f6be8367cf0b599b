"""Labels of windows are learned, validated beside the commonest class, and resumed."""

import csv

import numpy as np
import pytest
import torch

from geobfdt.errors import InputError, TrainingWarning
from geobfdt.eval.classes import ClassConfusion
from geobfdt.model.checkpoint import load_weights
from geobfdt.synthetic.windows import training_windows
from geobfdt.training.classes.batch import LabelledBatch
from geobfdt.training.classes.validation import ClassValidation, validate_classes
from geobfdt.training.config import TrainConfig
from geobfdt.training.guards import Guards, missed_class, one_class
from geobfdt.training.loop import train
from geobfdt.training.tracking import Tracker

MODEL = {"head": "classes", "classes": ["laminated", "massive"], "width": 8, "channels": 16, "heads": 2}
MODEL |= {"feed_forward": 16, "encoder_layers": 1, "decoder_layers": 1, "dropout": 0.0}
RUN = {"epochs": 2, "steps_per_epoch": 2, "batch": 4, "precision": "float32", "augment": {"radiometric": 0.0}}
RUN |= {"model": MODEL}


def config(**changes):
    return TrainConfig.model_validate(RUN | changes)


def labelled(count=4, seed=0):
    """Windows that are laminated or massive by turns."""
    rng = np.random.default_rng(seed)
    windows = torch.ones(count, 2, 384, 180)
    windows[:, 0] = torch.from_numpy(rng.normal(size=(count, 384, 180)))
    windows[::2, 0] += 2 * torch.sin(torch.arange(384) / 2.0)[:, None]
    batch = training_windows(count, seed, 0.0)
    return LabelledBatch(windows, batch.sinusoids, batch.kind, batch.present, torch.arange(count) % 2)


class Laminae:
    """A source of such windows."""

    steps_per_epoch = 8

    def batch(self, epoch, step):
        return labelled(4, 10 * epoch + step)

    def validation(self):
        return [labelled(6, 1000), labelled(3, 1001)]


def test_laminated_rock_is_told_from_massive_rock(tmp_path):
    best = train(config(epochs=2, learning_rate=5e-3), tmp_path / "run", Laminae(), wandb_mode="off")
    result = validate_classes(load_weights(best).gives_classes(), Laminae().validation(), torch.float32)
    assert result.f1 == result.confusion.accuracy == 1.0
    rows = list(csv.DictReader((tmp_path / "run" / "metrics.csv").read_text().splitlines()))
    row = {name: float(value) for name, value in rows[-1].items()}
    assert row["labels"] == row["loss"] > 0
    assert row["masks"] == row["focal"] == 0
    assert row["val_accuracy_majority"] == pytest.approx(5 / 9, rel=1e-4)
    assert row["val_f1_majority"] == pytest.approx(10 / 14 / 2, rel=1e-4)
    assert {"val_f1", "val_accuracy", "val_massive_sensitivity", "val_laminated_precision"} <= set(row)


class Few(Laminae):
    steps_per_epoch = 2


def test_a_killed_run_of_classes_ends_with_the_same_weights(tmp_path):
    train(config(epochs=3), tmp_path / "whole", Few(), wandb_mode="off")

    def stop(progress):
        if progress.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(config(epochs=3), tmp_path / "killed", Few(), wandb_mode="off", progress=stop)
    train(config(epochs=3), tmp_path / "killed", Few(), wandb_mode="off", resume=True)
    states = [torch.load(tmp_path / run / "last.pt", weights_only=True)["detector"] for run in ("whole", "killed")]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    renamed = config(epochs=4, model=MODEL | {"classes": ["layered", "massive"]})
    with pytest.raises(InputError, match="was started with another model"):
        train(renamed, tmp_path / "killed", Few(), wandb_mode="off", resume=True)


def test_weights_of_other_classes_are_refused_though_their_shape_fits(tmp_path):
    best = train(config(epochs=1), tmp_path / "run", Laminae(), wandb_mode="off")
    renamed = config(epochs=1, model=MODEL | {"classes": ["massive", "laminated"]})
    with pytest.raises(InputError, match=r"tell laminated, massive apart, and model\.classes names massive, laminated"):
        train(renamed, tmp_path / "other", Laminae(), init=best, wandb_mode="off")


def validation(*amounts):
    return ClassValidation(ClassConfusion(("sand", "shale", "coal"), np.array(amounts, float)))


def test_one_class_is_not_hidden_by_the_others_and_chance_stands_beside():
    result = validation([90, 0, 0, 0], [0, 9, 0, 0], [1, 0, 0, 0])
    assert result.confusion.accuracy == 0.99
    assert result.f1 == pytest.approx((180 / 181 + 1 + 0) / 3)
    assert result.line() == (
        "F1 sand 0.994  shale 1.000  coal 0.000  mean 0.665 (all sand 0.316)  accuracy 0.990 (all sand 0.900)"
    )


def test_a_head_that_says_one_thing_is_warned_of():
    said = one_class(validation([6, 0, 0, 0], [3, 0, 0, 0], [1, 0, 0, 0]))
    assert said.startswith("the head calls every window sand, while 40% of them are not of the commonest class, sand")
    assert one_class(validation([6, 0, 0, 0], [0, 3, 0, 0], [1, 0, 0, 0])) is None
    assert one_class(validation([6, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0])) is None


def test_a_class_that_is_never_found_is_warned_of():
    assert missed_class("coal", 3, [0.0, 0.0]).startswith("no window was called coal in 2 epochs, though 3 of those")
    assert missed_class("coal", 3, [0.0, 0.5]) is None
    assert missed_class("coal", 0, [float("nan")]) is None
    rows = [validation([6, 0, 0, 0], [0, 3, 0, 0], [1, 0, 0, 0]).row()]
    guards = Guards(config(), "run", strict=False)
    guards.look_at_epoch(validation([6, 0, 0, 0], [0, 3, 0, 0], [1, 0, 0, 0]), rows, over=True)
    with pytest.warns(TrainingWarning, match="run: no window was called coal in 1 epochs, though 1 of those that"):
        guards.warn()


def test_a_run_that_learns_nothing_warns(tmp_path):
    with pytest.warns(TrainingWarning, match="the head calls every window"):
        train(config(epochs=1, learning_rate=1e-12), tmp_path / "run", Laminae(), wandb_mode="off")


def test_the_tracker_gets_a_table_of_classes():
    class Session:
        def log(self, values, step):
            self.logged = values, step

    session = Session()
    Tracker(session).log_pictures(3, None, None, torch.float32, validation([6, 0, 0, 0], [3, 0, 0, 0], [1, 0, 0, 0]))
    table, step = session.logged
    assert step == 3
    assert [row[0] for row in table["scores"].data] == ["sand", "shale", "coal"]
