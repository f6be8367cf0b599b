"""The random pipeline: reproducible, gentle with truth, and nothing at all when told so."""

import math
from dataclasses import replace

import pytest
import torch

from geobfdt.augment import augment
from geobfdt.synthetic.windows import training_windows
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.grid import HEIGHT_RADII

FIELDS = ("windows", "sinusoids", "kind", "present")


@pytest.fixture(scope="module")
def batch() -> WindowBatch:
    return training_windows(12, seed=3, barren=0.2)


def same(one: WindowBatch, other: WindowBatch) -> bool:
    return all(torch.equal(getattr(one, name), getattr(other, name)) for name in FIELDS)


def test_probability_zero_is_the_identity(batch: WindowBatch) -> None:
    assert same(augment(batch, 1, geometric=0.0, radiometric=0.0), batch)


def test_the_seed_decides_everything_and_the_input_is_left_alone(batch: WindowBatch) -> None:
    copy = WindowBatch(*(getattr(batch, name).clone() for name in FIELDS))
    one = augment(batch, 1, geometric=0.7, radiometric=0.7)
    assert same(one, augment(batch, 1, geometric=0.7, radiometric=0.7))
    assert not same(one, augment(batch, 2, geometric=0.7, radiometric=0.7))
    assert same(batch, copy)


def test_two_images_of_one_rock_are_augmented_alike(batch: WindowBatch) -> None:
    """A second image that is the first with another gain and offset still is after any augmentation."""
    image, valid = batch.windows.unbind(1)
    twice = replace(batch, windows=torch.stack([image, valid, 3 * image + 5], dim=1))
    one, two = (augment(each, 1, geometric=0.7, radiometric=0.7) for each in (batch, twice))
    assert torch.equal(two.windows[:, :2], one.windows)
    shown = two.windows[:, 1] > 0
    torch.testing.assert_close(two.windows[:, 2][shown], 3 * two.windows[:, 0][shown] + 5, atol=1e-3, rtol=1e-3)


def test_radiometric_changes_touch_no_truth_and_only_shrink_what_is_valid(batch: WindowBatch) -> None:
    changed = augment(batch, 1, geometric=0.0, radiometric=1.0)
    for name in FIELDS[1:]:
        assert torch.equal(getattr(changed, name), getattr(batch, name))
    assert (changed.windows[:, 1] <= batch.windows[:, 1]).all()
    assert changed.windows.isfinite().all()
    assert not torch.equal(changed.windows[:, 0], batch.windows[:, 0])


@pytest.mark.parametrize("seed", range(4))
def test_geometric_changes_keep_planes_packed_inside_and_of_their_kind(batch: WindowBatch, seed: int) -> None:
    moved = augment(batch, seed, geometric=1.0, radiometric=0.0)
    present = moved.present
    assert (present.int().diff(dim=1) <= 0).all()
    assert (moved.sinusoids[..., 0].abs() < HEIGHT_RADII / 2)[present].all()
    assert (present.sum(1) <= batch.present.sum(1)).all()
    assert present.sum() > 0.7 * batch.present.sum()
    for kind in (0, 1):
        assert ((moved.kind == kind) & present).sum() <= ((batch.kind == kind) & batch.present).sum()
    assert moved.windows.isfinite().all()
    assert float(moved.windows[:, 1].mean()) > 0.7 * float(batch.windows[:, 1].mean())


def windows_of_noise(n: int) -> WindowBatch:
    """n small windows without planes, that no motion but standing still leaves as they are."""
    image = torch.rand(n, 16, 20, generator=torch.Generator().manual_seed(0))
    truth = torch.zeros(n, 1, 3), torch.zeros(n, 1, dtype=torch.long), torch.zeros(n, 1, dtype=torch.bool)
    return WindowBatch(torch.stack([image, torch.ones_like(image)], dim=1), *truth)


@pytest.mark.parametrize("probability", [0.3, 1.0])
def test_probabilities_are_shares_of_windows(probability: float) -> None:
    batch = windows_of_noise(400)
    for moved in (
        augment(batch, 0, geometric=probability, radiometric=0.0),
        augment(batch, 0, geometric=0.0, radiometric=probability),
    ):
        share = float((moved.windows != batch.windows).flatten(1).any(1).float().mean())
        assert share == pytest.approx(probability, abs=0.08)


@pytest.mark.parametrize("value", [0.0, math.nan])
def test_windows_without_a_valid_pixel_stay_so(value: float) -> None:
    windows = torch.zeros(6, 2, 32, 36)
    windows[:, 0] = value
    truth = torch.zeros(6, 1, 3), torch.full((6, 1), -1), torch.zeros(6, 1, dtype=torch.bool)
    changed = augment(WindowBatch(windows, *truth), 5, geometric=1.0, radiometric=1.0)
    assert not changed.windows[:, 1].any()
    assert not changed.present.any()


def test_one_seed_for_windows_and_augmentation_does_not_tie_them_together() -> None:
    agreements = []
    for seed in range(30):
        batch = windows_of_noise(8)
        moved = augment(batch, seed, geometric=0.5, radiometric=0.0)
        changed = (moved.windows != batch.windows).flatten(1).any(1)
        # What a generator of windows with the same seed draws first.
        other = torch.rand(8, generator=torch.Generator().manual_seed(seed)) < 0.5
        agreements.append((changed == other).float().mean())
    assert 0.35 < float(torch.stack(agreements).mean()) < 0.65
