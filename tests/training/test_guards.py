"""Guards: runs built to fail in one way each, and one that does not."""

import warnings
from dataclasses import replace

import pytest
import torch
import yaml
from safetensors.torch import load_file

from geobfdt.augment.draw import seed_of
from geobfdt.borehole.picks import KINDS
from geobfdt.errors import InputError, TrainingWarning
from geobfdt.model.detector import Detector
from geobfdt.synthetic.windows import training_windows
from geobfdt.training.guards import boundless_predictions, constant_predictions, empty_predictions, missed_kind
from geobfdt.training.loop import train
from geobfdt.training.traces.masks import true_masks
from geobfdt.training.validation import Responses, validate
from tests.training.test_loop import TINY, metrics_of, tiny

HEALTHY = Responses(above=0.1, logit_spread=3.0, depth_spread=0.5, found_per_m=4.0, true_per_m=5.0)


class Given:
    """A source of the same training windows at every step, validated on others."""

    def __init__(self, windows, validation, steps_per_epoch):
        self.windows, self.held_out, self.steps_per_epoch = windows, validation, steps_per_epoch

    def batch(self, epoch, step):
        return self.windows

    def validation(self):
        return [self.held_out]


class OneBad(Given):
    """Like it, with other windows at one step of every epoch."""

    def __init__(self, bad, step, *more):
        super().__init__(*more)
        self.bad, self.bad_step = bad, step

    def batch(self, epoch, step):
        return self.bad if step == self.bad_step else self.windows


@pytest.fixture(scope="module")
def windows():
    return training_windows(2, 14, barren=0.0)


def learning(**changes):
    """A small detector that learns a few windows by heart in 25 steps."""
    model = TINY["model"] | {"width": 8, "channels": 32, "feed_forward": 32, "decoder_layers": 2, "queries": 40}
    model |= {"dropout": 0.0}
    loss = {"focal_alpha": 0.5, "l1": 5.0, "match_l1": 5.0, "match_focal": 2.0, "fine_map": 10.0}
    loss |= changes.pop("loss", {})
    return tiny(**({"epochs": 1, "learning_rate": 3e-3, "model": model, "loss": loss, "augment": {}} | changes))


def warned(config, run, source=None, **options):
    """What a run is warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        train(config, run, source, wandb_mode="off", **options)
    return [str(one.message) for one in caught if issubclass(one.category, TrainingWarning)]


def test_a_run_that_learns_is_warned_of_nothing(windows, tmp_path):
    assert warned(learning(), tmp_path / "run", Given(windows, windows, 25), strict=True) == []
    row = metrics_of(tmp_path / "run")[0]
    assert float(row["val_f1"]) > 0.5
    assert float(row["val_found_per_m"]) == pytest.approx(float(row["val_true_per_m"]), rel=0.5)
    assert float(row["val_logit_spread"]) > 0.5
    assert float(row["val_depth_spread"]) > 0.1
    assert 0 < float(row["val_above_threshold"]) < 0.5
    assert float(row["skipped_steps"]) == 0


@pytest.fixture(scope="module")
def blank(windows):
    """Windows whose planes vary, and whose pixels do not."""
    return replace(windows, windows=torch.zeros_like(windows.windows))


def test_windows_that_show_nothing_teach_the_same_answer_for_all(blank, tmp_path):
    sentences = warned(learning(), tmp_path / "run", Given(blank, blank, 5))
    assert any("the same scores and depths" in one and "geobfdt qc" in one for one in sentences)


def test_weights_that_moved_into_a_corner_are_found_to_be_constant(windows):
    detector = Detector(tiny().model)
    for classify in detector.classify:
        torch.nn.init.zeros_(classify.weight)
        torch.nn.init.constant_(classify.bias, -20.0)
    responses = validate(detector, [windows], torch.float32).responses
    assert responses.logit_spread == responses.above == responses.found_per_m == 0
    assert "the windows empty" in empty_predictions(responses)
    for classify in detector.classify:
        torch.nn.init.constant_(classify.bias, 1.0)
    responses = validate(detector, [windows], torch.float32).responses
    assert "the same scores" in constant_predictions(responses)
    assert responses.above == 1


def test_planes_that_weigh_nothing_are_never_found(windows, tmp_path):
    config = learning(loss={"focal_alpha": 0.0, "match_focal": 0.0})
    (sentence,) = (one for one in warned(config, tmp_path / "run", Given(windows, windows, 25)) if "empty" in one)
    assert "raise loss.focal_alpha" in sentence


def test_empty_rock_that_weighs_nothing_is_full_of_planes(windows, tmp_path):
    config = learning(loss={"focal_alpha": 1.0})
    held_out = training_windows(8, 5, barren=0.8)
    (sentence,) = (one for one in warned(config, tmp_path / "run", Given(windows, held_out, 25)) if "all rock" in one)
    assert "raise data.barren" in sentence


def test_a_kind_that_training_never_shows_is_never_found(windows, tmp_path):
    beddings = replace(windows, present=windows.present & (windows.kind == KINDS.index("bedding")))
    assert (windows.present & (windows.kind == KINDS.index("fracture"))).any()
    (sentence,) = warned(learning(), tmp_path / "run", Given(beddings, windows, 25))
    assert "no fracture was found in 1 epochs" in sentence


def test_a_mask_head_to_which_traces_count_for_nothing_calls_no_pixel_one(windows, tmp_path):
    blind = {"loss": "cross_entropy", "class_weight": 1e-6, "penalty": "none"}
    config = tiny(epochs=1, model=TINY["model"] | {"head": "traces"}, traces=blind, augment={})
    (sentence,) = warned(config, tmp_path / "run", Given(windows, windows, 10))
    share = (true_masks(windows) > 0)[windows.windows[:, 1] > 0].float().mean()
    assert f"calls no pixel a trace, while {share:.1%} of them are; take traces.loss dice" in sentence


def test_a_schedule_beyond_the_end_of_the_run_is_told_before_the_first_step(windows, tmp_path):
    config = learning(schedule="step", step_epochs=30)
    with pytest.raises(InputError, match=r"fall first after 30 epochs, and the run has 1: .*lower step_epochs"):
        train(config, tmp_path / "strict", Given(windows, windows, 1), wandb_mode="off", strict=True)
    assert not (tmp_path / "strict" / "last.pt").exists()
    assert "its schedule never acts" in warned(config, tmp_path / "run", Given(windows, windows, 1))[0]


def without_numbers(windows, what):
    """The windows with a pixel that is no number, or with planes that are infinitely steep."""
    spoilt = {name: getattr(windows, name).clone() for name in ("windows", "sinusoids")}
    if what == "pixel":
        spoilt["windows"][0, 0, 100, 100] = torch.nan
    else:
        spoilt["sinusoids"][0, :, 2] = torch.inf
    return replace(windows, **spoilt)


@pytest.mark.parametrize("what", ["pixel", "planes"])
def test_a_step_without_a_finite_loss_leaves_no_trace_in_the_weights(windows, tmp_path, what):
    bad = without_numbers(windows, what)
    config = tiny(epochs=1)
    sentences = warned(config, tmp_path / "run", OneBad(bad, 0, windows, windows, 1))
    assert "step 1 of epoch 1" in sentences[0]
    torch.manual_seed(seed_of(config.seed))
    untouched = Detector(config.model).state_dict()
    found = load_file(tmp_path / "run" / "last.safetensors")
    assert all(torch.equal(found[name], untouched[name]) for name in untouched)


def test_a_step_without_a_finite_loss_is_told_once_and_the_rest_goes_on(windows, tmp_path):
    source = OneBad(without_numbers(windows, "pixel"), 1, windows, windows, 3)
    sentences = warned(tiny(epochs=2), tmp_path / "run", source)
    assert len([one for one in sentences if "is not finite, and the step was skipped" in one]) == 1
    rows = metrics_of(tmp_path / "run")
    assert [float(row["skipped_steps"]) for row in rows] == [1, 1]
    assert all(float(row["loss"]) > 0 for row in rows)
    with pytest.raises(InputError, match="step 2 of epoch 1, or its gradient, is not finite"):
        train(tiny(epochs=2), tmp_path / "strict", source, wandb_mode="off", strict=True)
    assert len(metrics_of(tmp_path / "strict")) == 1


@pytest.mark.parametrize("steps", [25, 12])
def test_a_run_without_any_finite_loss_is_given_up(windows, tmp_path, steps):
    """Whether they follow each other within an epoch or over several."""
    bad = without_numbers(windows, "planes")
    with (
        pytest.warns(TrainingWarning, match="not finite"),
        pytest.raises(InputError, match="not finite in 20 steps in a row"),
    ):
        train(tiny(epochs=3), tmp_path / "run", Given(bad, windows, steps), wandb_mode="off")


def test_a_learning_rate_that_explodes_never_reaches_the_weights_as_no_number(windows, tmp_path):
    config = tiny(epochs=1, learning_rate=1.0)  # the largest that a configuration takes
    assert any("lower learning_rate" in one for one in warned(config, tmp_path / "run", Given(windows, windows, 5)))
    found = load_file(tmp_path / "run" / "last.safetensors")
    assert all(value.isfinite().all() for value in found.values())


def test_weights_that_run_away_end_a_run_before_they_are_saved(windows, tmp_path):
    config = tiny(epochs=1).model_copy(update={"learning_rate": 1e30})
    with (
        pytest.warns(TrainingWarning, match="lower learning_rate"),
        pytest.raises(InputError, match=r"best\.safetensors: the weights have run away .* lower learning_rate"),
    ):
        train(config, tmp_path / "run", Given(windows, windows, 5), wandb_mode="off")
    assert {path.name for path in (tmp_path / "run").iterdir()} == {"config.yaml"}


def test_each_guard_speaks_once_in_a_run_however_often_it_is_resumed(blank, tmp_path):
    source = Given(blank, blank, 1)
    first = warned(tiny(epochs=2, guard_epochs=1, decay_epochs=9), tmp_path / "run", source)
    assert len([one for one in first if "the same scores and depths" in one]) == 1
    assert not any("was found in" in one for one in first)  # that no kind is found follows from it
    assert "lower decay_epochs" in first[0]
    again = warned(tiny(epochs=3, guard_epochs=1, decay_epochs=9), tmp_path / "run", source, resume=True)
    assert again == []
    assert len(metrics_of(tmp_path / "run")) == 3


def test_nothing_is_expected_of_the_first_epochs_of_a_run(blank, tmp_path):
    source = Given(blank, blank, 1)
    with pytest.raises(InputError):
        train(tiny(epochs=9, guard_epochs=3), tmp_path / "run", source, wandb_mode="off", strict=True)
    assert len(metrics_of(tmp_path / "run")) == 3


def test_a_strict_run_ends_with_one_sentence_and_its_weights(run, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump(TINY | {"guard_epochs": 1, "seed": 2}))
    command = [
        "train",
        config,
        "-o",
        tmp_path / "run",
        "--wandb",
        "off",
        "--set",
        "model.decoder=plain",
        "--set",
        "seed=2",
    ]
    code, _, told = run(*command, "--strict")
    (sentence,) = (line for line in told.splitlines() if line.startswith("geobfdt: "))
    assert code == 2
    assert f"{tmp_path / 'run'}: the detector finds 0 planes per metre" in sentence
    assert {"last.safetensors", "best.safetensors", "last.pt"} <= {path.name for path in (tmp_path / "run").iterdir()}
    assert len(metrics_of(tmp_path / "run")) == 1
    code, _, told = run(*command, "--resume")
    assert code == 0
    assert len(metrics_of(tmp_path / "run")) == 3


def test_warnings_reach_the_terminal(run, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump(TINY | {"schedule": "step", "seed": 2}))
    code, _, told = run(
        "train", config, "-o", tmp_path / "run", "--wandb", "off", "--set", "epochs=1", "--set", "seed=2"
    )
    assert code == 0
    lines = [line for line in told.splitlines() if line.startswith("warning: ")]
    assert len([line for line in lines if "lower step_epochs below 1" in line]) == 1
    assert len([line for line in lines if "calls the windows empty" in line]) == 1


@pytest.mark.parametrize(
    ("guard", "changes"),
    [
        (empty_predictions, {"found_per_m": 0.05}),
        (boundless_predictions, {"found_per_m": 26.0}),
        (constant_predictions, {"logit_spread": 1e-5}),
        (constant_predictions, {"depth_spread": 1e-5}),
    ],
)
def test_what_each_guard_takes_for_failure(guard, changes):
    assert guard(HEALTHY) is None
    assert guard(replace(HEALTHY, **changes)) is not None


def test_windows_without_planes_and_single_windows_say_nothing():
    barren = replace(HEALTHY, true_per_m=0.0, found_per_m=0.0)
    assert empty_predictions(barren) is boundless_predictions(barren) is None
    assert boundless_predictions(replace(barren, found_per_m=3.0)) is None
    alone = replace(HEALTHY, logit_spread=float("nan"), depth_spread=float("nan"))
    assert constant_predictions(alone) is None


def test_a_kind_counts_as_missed_only_if_it_exists_and_was_never_found():
    assert "no bedding was found in 3 epochs" in missed_kind("bedding", 7, [0.0, 0.0, 0.0])
    assert missed_kind("bedding", 7, [0.0, 0.1, 0.0]) is None
    assert missed_kind("bedding", 0, [float("nan")] * 3) is None


def test_a_run_goes_on_by_its_own_configuration(run, tmp_path):
    config, folder = tmp_path / "config.yaml", tmp_path / "run"
    config.write_text(yaml.safe_dump(TINY | {"epochs": 1}))
    assert run("train", config, "-o", folder, "--wandb", "off")[0] == 0
    before = (folder / "config.yaml").read_bytes()
    code, _, told = run("train", folder / "config.yaml", "-o", folder, "--wandb", "off", "--resume")
    assert (code, (folder / "config.yaml").read_bytes()) == (0, before), told
    changed = tmp_path / "changed.yaml"
    changed.write_text(before.decode().replace("epochs: 1\n", "epochs: 2\n", 1))
    assert run("train", changed, "-o", folder, "--wandb", "off", "--resume")[0] == 0
    assert len(metrics_of(folder)) == 2
    own = folder / "config.yaml"
    for change, code, epochs in (("epochs=3", 0, 3), ("learning_rate=1", 2, 3)):
        assert run("train", own, "-o", folder, "--wandb", "off", "--resume", "--set", change)[0] == code
        assert (len(metrics_of(folder)), yaml.safe_load(own.read_text())["epochs"]) == (epochs, epochs)
