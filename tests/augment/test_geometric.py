"""One property holds every geometric augmentation: drawing the moved sinusoids equals moving the drawn image.

The planes are drawn as soft bands, so that pixels tell how far a curve lies off. The tolerance is what linear
interpolation costs; mistakes of half a row, half a column or a sign cost more, and further tests make them on purpose.
"""

import math
from collections.abc import Callable
from functools import reduce

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor

from geobfdt.augment import Motion, flip_depth, mirror, move, move_sinusoids, move_windows, roll, shift, stretch
from geobfdt.augment.geometric import STEEPEST_DIP_DEG
from geobfdt.model.planes import MAX_DIP_DEG
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.grid import COLUMNS, HEIGHT_RADII, ROW_STEP_RADII, ROWS

BAND_RADII = 0.25
"""Standard deviation of the band across depth: about seven rows."""
TOLERANCE = 0.02
"""Of a band's height of 1."""

one = st.booleans().map(lambda chosen: torch.tensor([chosen]))


def number(low: float, high: float) -> st.SearchStrategy[Tensor]:
    return st.floats(low, high, width=32).map(lambda value: torch.tensor([value], dtype=torch.float32))


MOTIONS: dict[str, st.SearchStrategy[Motion]] = {
    "roll by whole columns": st.integers(-400, 400).map(lambda k: roll(torch.tensor([float(k)]))),
    "roll": number(-400.0, 400.0).map(roll),
    "mirror": one.map(mirror),
    "flip_depth": one.map(flip_depth),
    "stretch": number(0.75, 1.3125).map(stretch),
    "shift by whole rows": st.integers(-30, 30).map(lambda k: shift(torch.tensor([float(k)]))),
    "shift": number(-30.0, 30.0).map(shift),
}
any_motion = st.one_of(*MOTIONS.values())
sign = st.sampled_from([-1.0, 1.0]).map(lambda value: torch.tensor([value]))
whole_pixels = st.builds(
    Motion,
    stretch=sign,
    shift=st.integers(-30, 30).map(lambda k: torch.tensor([float(k)])),
    handedness=sign,
    turn=st.integers(-200, 200).map(lambda k: torch.tensor([float(k)])),
)
compositions = st.lists(any_motion, min_size=2, max_size=5).map(lambda parts: reduce(Motion.then, parts))
planes = st.tuples(st.floats(-2.0, 2.0), st.floats(1.0, 2.5), st.floats(0.0, 2 * math.pi)).map(
    lambda p: torch.tensor([[[p[0], p[1] * math.cos(p[2]), p[1] * math.sin(p[2])]]])
)


def draw(
    sinusoids: Tensor, band: float = BAND_RADII, columns_off: float = 0.0, rows_off: float = 0.0, columns: int = COLUMNS
) -> Tensor:
    """(1, 2, ROWS, columns) fully valid window of one plane (1, 1, 3); the offsets are mistakes to be noticed."""
    theta = (torch.arange(columns) + 0.5 + columns_off) * (2 * math.pi / columns)
    z = (torch.arange(ROWS)[:, None] + 0.5 + rows_off - ROWS / 2) * ROW_STEP_RADII
    z0, a, b = sinusoids[0, 0]
    image = torch.exp(-0.5 * ((z - z0 - a * theta.cos() - b * theta.sin()) / band) ** 2)
    return torch.stack([image, torch.ones_like(image)])[None]


def furthest(moved: Tensor, drawn: Tensor) -> float:
    """The largest difference of two images where the moved one is valid."""
    return float(((moved[:, 0] - drawn[:, 0]).abs() * moved[:, 1]).max())


def check(plane: Tensor, motion: Motion, columns_off: float = 0.0, rows_off: float = 0.0) -> float:
    """How far the moved image lies off the image of the moved plane, drawn with a mistake where one is given."""
    drawn = draw(
        move_sinusoids(plane, motion, COLUMNS), BAND_RADII * float(motion.stretch.abs()), columns_off, rows_off
    )
    return furthest(move_windows(draw(plane), motion), drawn)


@pytest.mark.parametrize("motions", [*MOTIONS.values(), compositions], ids=[*MOTIONS, "compositions"])
def test_drawing_moved_sinusoids_equals_moving_the_drawn_image(motions: st.SearchStrategy[Motion]) -> None:
    @settings(max_examples=25, deadline=None)
    @given(planes, motions)
    def holds(plane: Tensor, motion: Motion) -> None:
        assume(float(move_windows(draw(plane), motion)[:, 1].mean()) > 0.3)
        assert check(plane, motion) < TOLERANCE

    holds()


EXAMPLES = {
    "roll": roll(torch.tensor([37.0])),
    "roll by a fraction": roll(torch.tensor([37.4])),
    "mirror": mirror(torch.tensor([True])),
    "flip_depth": flip_depth(torch.tensor([True])),
    "stretch": stretch(torch.tensor([1.25])),
    "shift": shift(torch.tensor([-13.0])),
    "composition": mirror(torch.tensor([True])).then(roll(torch.tensor([20.3]))).then(stretch(torch.tensor([0.8]))),
}
STEEP = torch.tensor([[[0.5, 1.2, -1.6]]])


@pytest.mark.parametrize("motion", EXAMPLES.values(), ids=EXAMPLES)
def test_the_property_notices_half_a_column_and_half_a_row(motion: Motion) -> None:
    assert check(STEEP, motion) < TOLERANCE
    for half in (-0.5, 0.5):
        assert check(STEEP, motion, columns_off=half) > 1.5 * TOLERANCE
        assert check(STEEP, motion, rows_off=half) > 1.5 * TOLERANCE


@pytest.mark.parametrize("motion", EXAMPLES.values(), ids=EXAMPLES)
def test_the_property_notices_a_wrong_sign_in_the_matrix(motion: Motion) -> None:
    moved = move_windows(draw(STEEP), motion)
    matrix = motion.matrix(COLUMNS)[0, :3]
    for row, column in (matrix.abs() > 0.1).nonzero().tolist():
        wrong = matrix.clone()
        wrong[row, column] *= -1
        plane = (wrong @ torch.cat([STEEP[0, 0], torch.ones(1)]))[None, None]
        assert furthest(moved, draw(plane, BAND_RADII * float(motion.stretch.abs()))) > 5 * TOLERANCE


@settings(max_examples=50, deadline=None)
@given(whole_pixels, whole_pixels)
def test_one_composed_motion_equals_one_motion_after_another(first: Motion, second: Motion) -> None:
    windows = torch.rand(1, 2, ROWS, COLUMNS, generator=torch.Generator().manual_seed(0))
    windows[:, 1] = 1.0
    twice = move_windows(move_windows(windows, first), second)
    once = move_windows(windows, first.then(second))
    # What the first motion pushed out of the window, the composed one may still bring back.
    assert bool((once[:, 1] >= twice[:, 1]).all())
    assert torch.equal(once[:, 0] * twice[:, 1], twice[:, 0] * twice[:, 1])


@settings(max_examples=50, deadline=None)
@given(st.one_of(whole_pixels, compositions), st.one_of(whole_pixels, compositions), planes)
def test_composing_motions_multiplies_their_matrices(first: Motion, second: Motion, plane: Tensor) -> None:
    both = first.then(second)
    torch.testing.assert_close(
        both.matrix(COLUMNS), second.matrix(COLUMNS) @ first.matrix(COLUMNS), atol=2e-4, rtol=1e-4
    )
    by_matrix = both.matrix(COLUMNS)[0] @ torch.cat([plane[0, 0], torch.ones(1)])
    torch.testing.assert_close(move_sinusoids(plane, both, COLUMNS)[0, 0], by_matrix[:3], atol=1e-5, rtol=1e-5)


def test_other_window_widths_turn_by_their_own_columns() -> None:
    motion = roll(torch.tensor([9.0]))
    moved = move_windows(draw(STEEP, columns=90), motion)
    assert furthest(moved, draw(move_sinusoids(STEEP, motion, 90), columns=90)) < 1e-4


@pytest.mark.parametrize(
    ("motion", "expected"),
    [
        (roll(torch.tensor([7.0])), lambda w: w.roll(7, 3)),
        (roll(torch.tensor([-COLUMNS - 1.0])), lambda w: w.roll(-1, 3)),
        (mirror(torch.tensor([True])), lambda w: w.flip(3)),
        (flip_depth(torch.tensor([True])), lambda w: w.flip(2)),
        (mirror(torch.tensor([False])).then(stretch(torch.tensor([1.0]))), lambda w: w),
    ],
    ids=["roll", "roll past the seam", "mirror", "flip_depth", "nothing"],
)
def test_whole_pixel_motions_copy_pixels_bit_by_bit(motion: Motion, expected: Callable[[Tensor], Tensor]) -> None:
    generator = torch.Generator().manual_seed(0)
    windows = torch.rand(1, 2, ROWS, COLUMNS, generator=generator)
    windows[:, 1] = (windows[:, 1] > 0.3).float()
    assert torch.equal(move_windows(windows, motion), expected(windows))


def test_a_shift_leaves_rows_missing_and_copies_the_others() -> None:
    windows = draw(STEEP)
    moved = move_windows(windows, shift(torch.tensor([5.0])))
    assert torch.equal(moved[:, :, 5:], windows[:, :, :-5])
    assert not moved[:, 1, :5].any()


def test_missing_pixels_stay_missing_and_their_values_reach_nobody() -> None:
    windows = draw(STEEP)
    windows[0, 1, 60:70, 20:40] = 0
    windows[0, 0, 60:70, 20:40] = math.nan
    motion = stretch(torch.tensor([1.21])).then(roll(torch.tensor([3.3]))).then(shift(torch.tensor([2.7])))
    moved = move_windows(windows, motion)
    valid = moved[0, 1] > 0
    assert moved[0, 0][valid].isfinite().all()
    middle_row = round((65 - ROWS / 2) * 1.21 + 2.7 + ROWS / 2)
    assert not valid[middle_row - 5 : middle_row + 6, 25:41].any()
    # A gap grows by the pixel that it shares with its neighbours, on each side, and no more.
    assert int((~valid[:180]).sum()) <= (round(10 * 1.21) + 2) * (20 + 2)


def batch_of(sinusoids: list[list[float]], present: list[bool]) -> WindowBatch:
    n = len(sinusoids)
    return WindowBatch(
        draw(STEEP), torch.tensor([sinusoids]), torch.arange(n)[None] % 3 - 1, torch.tensor([present], dtype=torch.bool)
    )


def test_planes_that_leave_the_window_are_dropped_and_the_others_move_up() -> None:
    edge = HEIGHT_RADII / 2
    batch = batch_of([[edge - 0.1, 0, 1], [0, 1, 0], [edge - 0.3, 2, 0], [1, 0, 0], [0, 0, 0]], [True] * 4 + [False])
    moved = move(batch, shift(torch.tensor([3.0])))
    assert moved.present.tolist() == [[True, True, True, False, False]]
    assert moved.kind[0, :3].tolist() == [0, 1, -1]
    expected = batch.sinusoids[0, 1:4] + torch.tensor([3 * ROW_STEP_RADII, 0, 0])
    torch.testing.assert_close(moved.sinusoids[0, :3], expected)


def test_padding_is_never_called_present() -> None:
    moved = move(batch_of([[0, 0, 0], [1, 0, 0]], [False, False]), flip_depth(torch.tensor([True])))
    assert not moved.present.any()


def test_planes_stretched_too_steep_are_dropped() -> None:
    steepest = math.tan(math.radians(STEEPEST_DIP_DEG))
    batch = batch_of([[0, 0.9 * steepest, 0], [1, 0, 0.7 * steepest]], [True, True])
    moved = move(batch, stretch(torch.tensor([1.25])))
    assert moved.present.tolist() == [[True, False]]
    assert moved.sinusoids[0, 0, 2] == pytest.approx(0.875 * steepest)


def test_the_steepest_dip_is_the_one_that_the_detector_can_write() -> None:
    assert STEEPEST_DIP_DEG == MAX_DIP_DEG


def test_windows_of_a_batch_move_each_by_its_own_parameters() -> None:
    windows = draw(STEEP).expand(3, -1, -1, -1)
    motion = roll(torch.tensor([0.0, 5.0, 0.0])).then(mirror(torch.tensor([False, False, True])))
    moved = move_windows(windows, motion)
    assert torch.equal(moved[0], windows[0])
    assert torch.equal(moved[1], windows[1].roll(5, 2))
    assert torch.equal(moved[2], windows[2].flip(2))
