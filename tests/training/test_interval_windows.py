"""Windows of wells with intervals: which of them are taught, and what."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from geobfdt.borehole.intervals import Intervals
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.corpus import write_corpus
from geobfdt.training.classes.sources import Described, IntervalWindows
from geobfdt.training.config import FROZEN_LEARNING_RATE, TrainConfig, load_config
from geobfdt.training.sources import SyntheticWindows
from geobfdt.windows.grid import HALF, ROWS, row_step_m
from tests.training import rock
from tests.training.test_classes import MODEL, RUN, config

CPU = torch.device("cpu")


@pytest.fixture
def corpus(tmp_path):
    write_corpus(tmp_path / "c.h5", [rock.well("A"), rock.well("B", 1), rock.well("V", 2, "val")])
    return tmp_path / "c.h5"


def test_a_window_is_taught_the_label_at_its_centre_while_most_of_what_it_owns_is_of_it():
    well = rock.well()
    (described,) = Described.of(well, config())
    step_m = row_step_m(well.log)
    seen = set()
    for start in range(0, described.part.channels.shape[1] - ROWS, 7):
        centre_m = (described.part.first + start + HALF) * step_m
        owned_m = centre_m + np.array([-0.5, 0.5]) * HALF * step_m
        inside = owned_m[0] >= rock.TOP_M and owned_m[1] <= rock.BASE_M
        apart_m = abs(centre_m - rock.BORDER_M)
        label = described.label(start)
        if inside and apart_m > 0.26 * HALF * step_m:
            assert label == int(centre_m < rock.BORDER_M)  # the configuration names laminated first
        if apart_m < 0.24 * HALF * step_m:
            assert label == -1
        seen.add(label)
    assert seen == {-1, 0, 1}


def test_windows_outside_all_intervals_and_of_unnamed_ones_teach_nothing(corpus):
    part_of = rock.intervals(103.0, 106.0, 109.0)
    well = replace(rock.well(), intervals=part_of)
    (described,) = Described.of(well, config())
    starts = described.starts()
    centres_m = np.array([described.part.first + start + HALF for start in starts]) * row_step_m(well.log)
    assert ((centres_m > 103.0) & (centres_m < 109.0)).all()
    (whole,) = Described.of(rock.well(), config())
    assert 0 < len(starts) < len(whole.starts())
    unnamed = replace(well, intervals=rock.intervals(labels=("massive", "breccia")))
    assert {described.label(s) for described in Described.of(unnamed, config()) for s in described.starts()} == {1}


def test_what_was_reviewed_for_planes_hides_no_rock():
    well = replace(rock.well(), reviewed_m=((101.0, 101.5),))
    (described,) = Described.of(well, config())
    (whole,) = Described.of(rock.well(), config())
    assert described.starts() == whole.starts()


def test_every_batch_has_the_labels_of_its_rock_and_comes_again(corpus):
    some = config(augment={"geometric": 0.5, "radiometric": 0.5}, batch=5)
    windows = IntervalWindows(corpus, some, CPU)
    assert windows.steps_per_epoch == -(-len(windows.places) // 5)
    assert windows.held_out == sum(map(len, windows.validation()))
    counts = np.zeros(2, int)
    for step in range(windows.steps_per_epoch):
        batch = windows.batch(0, step)
        again = IntervalWindows(corpus, some, CPU).batch(0, step)
        assert all(torch.equal(one, other) for one, other in zip(batch.tensors, again.tensors, strict=True))
        counts += np.bincount(batch.label.numpy(), minlength=2)
    assert counts.sum() == len(windows.places)
    plain = IntervalWindows(corpus, config(batch=4), CPU).batch(0, 0)
    # Laminae repeat every 4 cm, ten rows of the grid: half of that away, they are the opposite.
    rows = (plain.windows[:, 0] * plain.windows[:, 1])[:, 120:260].mean(-1)
    opposite = (rows[:, 5:] * rows[:, :-5]).mean(1)
    assert ((opposite < -0.5) == (plain.label == 0)).all()


def test_full_batches_run_on_through_passes(corpus):
    some = config(batch=7, steps_per_epoch=9, data={"epoch": "steps"})
    windows = IntervalWindows(corpus, some, CPU)
    assert windows.steps_per_epoch == 9
    assert {len(windows.batch(epoch, step)) for epoch in range(2) for step in range(9)} == {7}


def test_without_val_wells_the_train_wells_validate(tmp_path):
    write_corpus(tmp_path / "c.h5", [rock.well()])
    windows = IntervalWindows(tmp_path / "c.h5", config(), CPU)
    assert windows.held_out == 0
    assert sum(map(len, windows.validation())) == len(windows.places)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": MODEL | {"classes": ["massive", "shale"]}}, "no window of its train wells is of shale, and their"),
        ({"data": {"wells": 3}}, "holds 2 train wells, and data.wells asks for 3"),
        ({"data": {"synthetic": 0.5}}, "data.synthetic 0.5: synthetic windows are of no class of rock; set it to 0"),
        ({"data": {"sampling": "over"}}, "data.sampling over: goes by planes"),
    ],
)
@pytest.mark.filterwarnings("ignore::geobfdt.errors.InputWarning")
def test_what_could_teach_nothing_is_refused(corpus, changes, message):
    with pytest.raises(InputError, match=message):
        IntervalWindows(corpus, TrainConfig.model_validate(RUN | changes), CPU)


def test_wells_without_intervals_and_other_labels_are_told(tmp_path):
    write_corpus(tmp_path / "none.h5", [replace(rock.well(), intervals=Intervals())])
    with pytest.raises(InputError, match=r"none of its train wells has intervals; add one with geobfdt import"):
        IntervalWindows(tmp_path / "none.h5", config(), CPU)
    three = replace(
        rock.well(), intervals=rock.intervals(100.0, 104.0, 106.0, 112.0, labels=("massive", "coal", "laminated"))
    )
    write_corpus(tmp_path / "three.h5", [three])
    with pytest.warns(InputWarning, match="intervals of coal teach nothing, as model.classes does not name them"):
        IntervalWindows(tmp_path / "three.h5", config(), CPU)


def test_synthetic_windows_have_no_classes():
    with pytest.raises(InputError, match="synthetic windows are of no class of rock; train on wells with intervals"):
        SyntheticWindows(config(), CPU)


def test_fine_tuning_of_classes_asks_for_no_synthetic_windows():
    named = ["model.head=classes", "model.classes=[a, b]"]
    init = TrainConfig().model
    assert load_config(None, named, init).data.synthetic == 0
    assert load_config(None, named, init).data.epoch == "steps"
    assert load_config(None, named, init).learning_rate == load_config(None, [], init).learning_rate
    assert load_config(None, [*named, "freeze=encoder"], init).learning_rate == FROZEN_LEARNING_RATE
    assert load_config(None, [*named, "freeze=encoder", "learning_rate=2e-3"], init).learning_rate == 2e-3
    assert load_config(None, named, init).epochs == load_config(None, [], init).epochs
    assert load_config(None, [], init).data.synthetic == 0.5
    assert load_config(None, [*named, "data.synthetic=0.3"], init).data.synthetic == 0.3


@pytest.mark.filterwarnings("ignore::geobfdt.errors.InputWarning")
def test_the_command_line_trains_on_intervals_from_weights_of_planes(run, tmp_path, corpus):
    from geobfdt.model.checkpoint import load_weights, save_weights
    from geobfdt.model.network import network_of

    planes = TrainConfig.model_validate({"model": {k: v for k, v in MODEL.items() if k not in ("head", "classes")}})
    save_weights(tmp_path / "planes.safetensors", network_of(planes.model), 0.5)
    sets = ["model.head=classes", "model.classes=[laminated, massive]", "epochs=1", "batch=8", "freeze=encoder"]
    options = [f"--set={one}" for one in sets]
    options += ["--init", tmp_path / "planes.safetensors", "--data", corpus, "--wandb", "off", "--device", "cpu"]
    code, _, said = run("train", "-o", tmp_path / "run", *options)
    assert code == 0, said
    assert "new, for the head classes: label; frozen: backbone, project and encoder" in said
    assert "accuracy" in said
    assert "(all " in said
    network = load_weights(tmp_path / "run" / "best.safetensors").gives_classes()
    kept = load_weights(tmp_path / "planes.safetensors").network.state_dict()
    assert all(torch.equal(t, kept[n]) for n, t in network.state_dict().items() if not n.startswith("label"))
    code, _, said = run("train", "-o", tmp_path / "run", "--resume", *options, "--set=epochs=2")
    assert code == 0, said
    assert "epoch 2/2" in said
    network = load_weights(tmp_path / "run" / "last.safetensors").network
    assert all(torch.equal(t, kept[n]) for n, t in network.state_dict().items() if not n.startswith("label"))
    code, _, said = run("train", "-o", tmp_path / "no", "--set=model.head=classes", "--set=model.classes=[a, b]")
    assert code == 2
    assert "train on wells with intervals" in said
