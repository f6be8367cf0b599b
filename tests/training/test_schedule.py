"""The learning rate: what it is at every step, and schedules that would never act."""

import pytest
import torch

from geobfdt.training.config import TrainConfig
from geobfdt.training.schedule import learning_rate, never_acts

EPOCHS, STEPS = 20, 5
RATE = 1e-3


def rates(**changes):
    config = TrainConfig(epochs=EPOCHS, learning_rate=RATE, **changes)
    return [learning_rate(config, step, STEPS) for step in range(EPOCHS * STEPS)]


def test_the_linear_schedule_warms_up_stays_and_falls_over_its_last_epochs():
    found = rates(warmup_steps=10, decay_epochs=4)
    assert found[:10] == pytest.approx([RATE * (step + 1) / 10 for step in range(10)])
    assert found[10:80] == [RATE] * 70
    assert found[80:] == pytest.approx([RATE * left / 20 for left in range(20, 0, -1)])
    assert rates() == [RATE] * (EPOCHS * STEPS)


def test_the_cosine_is_that_of_torch_after_its_warm_up():
    found = rates(schedule="cosine", warmup_steps=10)
    assert found[:10] == pytest.approx([RATE * (step + 1) / 10 for step in range(10)])
    assert found[10:] == pytest.approx(
        of_torch(torch.optim.lr_scheduler.CosineAnnealingLR, EPOCHS * STEPS - 10, T_max=EPOCHS * STEPS - 10)
    )


def test_the_steps_fall_to_a_tenth_each_after_a_warm_up():
    found = rates(schedule="step", step_epochs=8, warmup_steps=2)
    assert found[:2] == [RATE / 2, RATE]
    assert set(found[2:40]) == {RATE}
    assert found[40:80] == pytest.approx([RATE / 10] * 40)
    assert found[80:] == pytest.approx([RATE / 100] * 20)


@pytest.mark.parametrize("warmup_steps", [0, 30])
def test_one_cycle_is_that_of_torch_and_needs_no_warm_up(warmup_steps):
    expected = of_torch(
        torch.optim.lr_scheduler.OneCycleLR,
        EPOCHS * STEPS,
        max_lr=RATE,
        total_steps=EPOCHS * STEPS,
        div_factor=25,
        final_div_factor=1e4 / 25,
    )
    assert rates(schedule="one_cycle", warmup_steps=warmup_steps) == pytest.approx(expected)
    assert max(expected) == pytest.approx(RATE)


def of_torch(scheduler, steps, **settings):
    """The rates that a scheduler of torch gives to so many steps."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], RATE)
    schedule = scheduler(optimizer, **settings)
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


@pytest.mark.parametrize("schedule", ["linear", "cosine", "step", "one_cycle"])
@pytest.mark.parametrize(("epochs", "steps"), [(1, 1), (1, 2), (1, 3), (2, 2), (10, 1), (3, 7)])
def test_every_rate_of_every_run_is_positive_and_no_larger_than_the_configured_one(schedule, epochs, steps):
    for more in ({}, {"warmup_steps": 3}, {"decay_epochs": 2}, {"warmup_steps": 100, "decay_epochs": 100}):
        config = TrainConfig(epochs=epochs, learning_rate=RATE, schedule=schedule, step_epochs=1, **more)
        found = [learning_rate(config, step, steps) for step in range(epochs * steps)]
        assert min(found) > 0
        assert max(found) <= RATE * (1 + 1e-12)


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"schedule": "step", "step_epochs": 30}, "lower step_epochs"),
        ({"schedule": "step", "step_epochs": EPOCHS}, "lower step_epochs"),
        ({"warmup_steps": EPOCHS * STEPS}, "lower warmup_steps"),
        ({"warmup_steps": 1000, "schedule": "cosine"}, "lower warmup_steps"),
        ({"decay_epochs": EPOCHS + 1}, "lower decay_epochs"),
    ],
)
def test_a_schedule_that_lies_beyond_the_run_is_named(changes, remedy):
    assert remedy in never_acts(TrainConfig(epochs=EPOCHS, **changes), STEPS)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"warmup_steps": EPOCHS * STEPS - 1},
        {"decay_epochs": EPOCHS},
        {"schedule": "step", "step_epochs": EPOCHS - 1},
        {"schedule": "cosine", "decay_epochs": 1000},  # linear alone has such a fall
        {"schedule": "one_cycle", "warmup_steps": 1000, "decay_epochs": 1000},
    ],
)
def test_a_schedule_that_takes_place_is_not(changes):
    """Nor is a constant rate that nobody asked to change."""
    assert never_acts(TrainConfig(epochs=EPOCHS, **changes), STEPS) is None
