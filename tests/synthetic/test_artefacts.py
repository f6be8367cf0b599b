"""What tools do to an image: each fault changes what it says, where it says, and nothing else."""

import math

import torch

from geobfdt.augment.draw import Draw
from geobfdt.synthetic import tool
from geobfdt.synthetic.artefacts import Bands, Frames
from geobfdt.synthetic.planes import Grid
from geobfdt.windows.grid import ROW_STEP_RADII, ROWS

GRID = Grid(ROWS, 180, ROW_STEP_RADII)
SIZE = torch.tensor([1.0, 2.0])[:, None, None]


def rock():
    return Draw(0).normal(2, ROWS, 180)


def bands(**changed):
    """One band of three rows, from row 40 on, on the second of two images."""
    one = {
        "images": torch.tensor([1]),
        "top": torch.tensor([[40]]),
        "rows": torch.tensor([[3]]),
        "amount": torch.zeros(1, 1),
        "turned": torch.zeros(1, 1, dtype=torch.long),
        "stuck": torch.zeros(1, 1, dtype=torch.bool),
        "centre": torch.zeros(1, 1),
        "half": torch.full((1, 1), 2 * math.pi),
        "most": 6,
    }
    image = rock()
    Bands(**(one | changed)).on(image, SIZE)
    assert torch.equal(image[0], rock()[0])
    elsewhere = torch.ones(ROWS, dtype=torch.bool)
    elsewhere[40:43] = False
    assert torch.equal(image[1, elsewhere], rock()[1, elsewhere])
    return image[1, 40:43], rock()[1, 40:43]


def test_a_band_is_brighter_turned_or_stuck():
    changed, was = bands(amount=torch.full((1, 1), 0.7))
    torch.testing.assert_close(changed, was + 1.4)
    changed, was = bands(turned=torch.full((1, 1), -5))
    assert torch.equal(changed, was.roll(5, 1))
    changed, was = bands(stuck=torch.ones(1, 1, dtype=torch.bool))
    assert torch.equal(changed, was[:1].expand(3, -1))


def test_a_band_may_cover_an_arc():
    changed, was = bands(amount=torch.ones(1, 1), centre=torch.full((1, 1), 0.1), half=torch.full((1, 1), math.pi / 4))
    brighter = (changed - was) > 1
    assert brighter.all(0).sum() == 45
    assert brighter[:, :20].all()  # across north, where the image begins and ends
    assert brighter[:, -10:].all()


def test_frames_differ_in_brightness_and_join_where_they_end():
    frame = (torch.arange(ROWS) // 96)[None]
    zeros = torch.zeros(1, 4)
    frames = Frames(
        torch.tensor([1]),
        frame,
        (torch.arange(ROWS) % 96)[None] / 96,
        torch.tensor([[0.0, 1.0, -1.0, 0.5]]),
        zeros.long(),
        torch.tensor([[0, 0, 2, 0]]),
        torch.zeros(1, 1, 1),
    )
    image = rock()
    frames.on(image, SIZE)
    was = rock()
    assert torch.equal(image[0], was[0])
    torch.testing.assert_close(image[1, 96:192], was[1, 96:192] + 2.0)
    torch.testing.assert_close(image[1, 192:288], was[1, 194:290] - 2.0)


def test_drawn_bands_stay_in_the_image_and_apart():
    for rows, most in ((ROWS, 6), (32, 2), (191, 2)):
        (drawn,) = tool.draw_bands(Draw(3), 64, rows, 180, most)
        first, last = drawn.top, drawn.top + most
        assert first.min() >= 0
        assert last.max() <= rows
        assert (first[:, 1:] >= last[:, :-1]).all()
        assert 0 < (drawn.rows > 0).float().mean() < 0.6
    assert list(tool.draw_bands(Draw(3), 64, 7, 180, 2)) == []  # no room for one


def test_frames_of_a_camera_cover_every_row_in_order():
    (frames,) = tool.draw_frames(Draw(1), GRID, 64)
    assert (frames.frame.diff(dim=1) >= 0).all()
    assert (frames.within >= 0).all()
    assert (frames.within <= 1).all()
    assert frames.frame[:, -1].min() > 5
