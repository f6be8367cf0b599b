"""Synthetic rock: what is called a plane is one, what is called barren holds none, and a seed fixes everything."""

import numpy as np
import pytest
import torch

from geobfdt.draw import Draw
from geobfdt.errors import InputError
from geobfdt.geometry import trace_depths_m
from geobfdt.synthetic import TOOLS, synthetic_well, training_windows
from geobfdt.synthetic.planes import Grid, Planes, paint_beds, paint_fractures
from geobfdt.windows import HEIGHT_RADII, ROW_STEP_RADII, ROWS

GRID = Grid(ROWS, 180, ROW_STEP_RADII)


def one_plane(z0, a, b, strength):
    yes = torch.ones(1, 1, dtype=torch.bool)
    return Planes(
        torch.tensor([[[z0, a, b]]]),
        torch.tensor([[strength]]),
        yes,
        yes,
        width=torch.tensor([[0.08]]),
        arc_centre=torch.zeros(1, 1),
        arc_half=torch.full((1, 1), 7.0),
    )


def rows_of(z0, a, b):
    theta = GRID.azimuths(torch.device("cpu"))
    return (z0 + a * theta.cos() + b * theta.sin()) / ROW_STEP_RADII + (ROWS - 1) / 2


@pytest.mark.parametrize(("z0", "a", "b"), [(0.0, 0.0, 0.0), (1.3, 0.8, -0.4), (-0.7, 3.0, 2.0)])
def test_a_fracture_is_darkest_where_its_sinusoid_says(z0, a, b):
    image = -paint_fractures(Draw(0), GRID, one_plane(z0, a, b, -1.0), 1)[0]
    centre = (image * torch.arange(ROWS)[:, None]).sum(0) / image.sum(0)
    # The trace wanders off the sinusoid by about a third of a row, up and down alike.
    assert (centre - rows_of(z0, a, b)).mean().abs() < 0.3
    assert (centre - rows_of(z0, a, b)).abs().max() < 2.0


@pytest.mark.parametrize(("z0", "a", "b"), [(0.0, 0.0, 0.0), (1.3, 0.8, -0.4), (-0.7, 3.0, 2.0), (5.0, 4.0, 0.0)])
def test_a_bed_boundary_is_a_step_at_its_sinusoid(z0, a, b):
    image = paint_beds(GRID, one_plane(z0, a, b, 2.0), 1)[0]
    below = torch.arange(ROWS)[:, None] > rows_of(z0, a, b) + 1
    above = torch.arange(ROWS)[:, None] < rows_of(z0, a, b) - 1
    assert (image[below] == 2).all()
    assert (image[above] == 0).all()


def test_barren_windows_hold_no_plane_and_others_do():
    assert not training_windows(16, 1, barren=1.0).present.any()
    batch = training_windows(64, 2, barren=0.0)
    assert batch.present.any(1).float().mean() > 0.8
    assert (batch.sinusoids[..., 0].abs()[batch.present] <= HEIGHT_RADII / 2).all()
    assert set(batch.kind[batch.present].tolist()) == {0, 1}


def test_planes_that_are_present_stand_first():
    present = training_windows(32, 3, barren=0.2).present
    assert (present.long().diff(dim=1) <= 0).all()


def test_a_seed_fixes_the_windows():
    one, same, other = (training_windows(8, seed, 0.3) for seed in (5, 5, 6))
    assert torch.equal(one.windows, same.windows)
    assert torch.equal(one.sinusoids, same.sinusoids)
    assert not torch.equal(one.windows, other.windows)


def test_windows_of_fixed_metres_hold_their_planes_where_they_are_drawn():
    steps = {0: [], 12: []}  # rows below a boundary -> how much the image changes across it there
    theta = (torch.arange(180) + 0.5) * 2 * np.pi / 180
    for seed in range(6):
        batch = training_windows(8, seed, 0.0, window="metres")
        assert (batch.sinusoids[..., 0].abs()[batch.present] <= HEIGHT_RADII / 2 + 1e-4).all()
        window, plane = (batch.present & (batch.kind == 1)).nonzero(as_tuple=True)
        z0, a, b = batch.sinusoids[window, plane, :, None].unbind(1)
        boundary = ((z0 + a * theta.cos() + b * theta.sin()) / ROW_STEP_RADII + (ROWS - 1) / 2).round().long()
        for down, found in steps.items():
            inside = ((boundary > 3) & (boundary < ROWS - 16)).all(1)
            row = (boundary + down)[inside]
            image = batch.windows[window[inside], 0]
            found += (image.gather(1, row[:, None] + 3) - image.gather(1, row[:, None] - 3)).mean((1, 2)).abs().tolist()
    assert np.median(steps[0]) > 1.5 * np.median(steps[12])


def test_windows_are_finite_and_partly_valid():
    windows = training_windows(64, 7, 0.3).windows
    assert torch.isfinite(windows).all()
    assert set(windows[:, 1].unique().tolist()) == {0.0, 1.0}
    assert (windows[:, 1].mean((1, 2)) > 0.15).all()


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_measures_a_well_whose_planes_lie_in_it(tool):
    well = synthetic_well("one", 3.0, 11, tool=tool)
    log = well.log
    assert (log.columns, log.row_step_m) == (TOOLS[tool].columns, pytest.approx(TOOLS[tool].row_step_m))
    assert log.base_m - log.top_m == pytest.approx(3.0, abs=0.2)
    assert len(well.picks) > 0
    assert len(well.picks.within([(log.top_m, log.base_m)])) == len(well.picks)
    if TOOLS[tool].pads == 4:
        assert np.isnan(log.image).mean() > 0.02
    if TOOLS[tool].resistivity:
        assert np.nanmin(log.image) > 0


def test_the_image_of_a_well_changes_across_its_bed_boundaries():
    """Truth and image agree: across a picked boundary the image steps more than across the same curve moved away."""
    well = synthetic_well("one", 6.0, 3, tool="optical_televiewer", planes="bedding")
    log, picks = well.log, well.picks
    z = trace_depths_m(picks.depth_m, picks.dip_deg, picks.azimuth_deg, log.hole_diameter_m, log.column_azimuths_deg)

    def step_across(z):
        row = np.rint((z - log.top_m) / log.row_step_m).astype(int)
        inside = ((row > 6) & (row < log.rows - 6)).all(1)
        columns = np.arange(log.columns)
        steps = log.image[row[inside] + 3, columns] - log.image[row[inside] - 3, columns]
        return np.median(np.abs(np.nanmean(steps, 1)))

    assert step_across(z) > 2 * step_across(z + 0.023)


def test_a_well_without_planes_and_wrong_requests():
    assert len(synthetic_well("bare", 2.0, 1, planes="none").picks) == 0
    assert set(synthetic_well("beds", 4.0, 1, planes="bedding").picks.kind) == {"bedding"}
    with pytest.raises(InputError, match="no such tool; choose one of"):
        synthetic_well("x", 2.0, 1, tool="hammer")
    with pytest.raises(InputError, match="at least 1 m"):
        synthetic_well("x", 0.2, 1)
