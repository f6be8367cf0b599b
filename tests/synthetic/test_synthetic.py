"""Synthetic rock: what is called a plane is one, what is called barren holds none, and a seed fixes everything."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from geobfdt.augment.draw import Draw
from geobfdt.borehole.geometry import trace_depths_m
from geobfdt.errors import InputError
from geobfdt.synthetic import painting, planes
from geobfdt.synthetic.painting import (
    as_seen,
    grade,
    paint_beds,
    paint_fractures,
    paint_thin_beds,
    share_seen,
    trace,
)
from geobfdt.synthetic.planes import (
    LEAST_TURN,
    SPOTS_APART,
    Grid,
    Planes,
    draw_beds,
    draw_fractures,
    draw_holes,
    draw_thin_beds,
)
from geobfdt.synthetic.rock import along_planes
from geobfdt.synthetic.wells import SYNTHETIC_TOOLS, synthetic_well
from geobfdt.synthetic.windows import training_windows
from geobfdt.windows.grid import HEIGHT_RADII, ROW_STEP_RADII, ROWS

GRID = Grid(ROWS, 180, ROW_STEP_RADII)
ROUND = torch.ones(1, 180)


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
    image = -paint_fractures(Draw(0), GRID, one_plane(z0, a, b, -1.0), ROUND)[0]
    centre = (image * torch.arange(ROWS)[:, None]).sum(0) / image.sum(0)
    # The trace wanders off the sinusoid by about half a row, up and down alike.
    assert (centre - rows_of(z0, a, b)).mean().abs() < 0.3
    assert (centre - rows_of(z0, a, b)).abs().max() < 3.0


def test_a_trace_thinner_than_a_row_keeps_what_it_weighs():
    thin, thick = (
        paint_fractures(Draw(0), GRID, replace(one_plane(0.4, 0.0, 0.0, 1.0), width=torch.tensor([[w]])), ROUND)
        for w in (0.01, 0.04)
    )
    assert thin.sum().item() == pytest.approx(thick.sum().item() / 4, rel=0.1)
    assert thin.max() < 0.8 * thick.max()


def test_in_an_oval_hole_truth_is_the_sinusoid_that_fits_the_trace():
    radius = draw_holes(Draw(1), GRID, torch.zeros(32, 2))
    oval = (radius.std(1) > 0.02).nonzero()[:, 0]
    assert 0 < len(oval) < 32
    plane = torch.tensor([[[0.3, 1.5, -2.0]]]).expand(len(oval), -1, -1)
    seen = as_seen(plane, radius[oval])
    z, _ = trace(plane[:, 0], radius[oval])
    theta = GRID.azimuths(torch.device("cpu"))
    basis = torch.stack([torch.ones_like(theta), theta.cos(), theta.sin()], 1)
    fitted = torch.linalg.lstsq(basis, z.T).solution.T
    torch.testing.assert_close(seen[:, 0], fitted, atol=1e-4, rtol=1e-4)
    assert ((z - fitted @ basis.T).abs().amax(1) > 0.02).all()
    assert (as_seen(plane[:1], ROUND) - plane[:1]).abs().max() < 1e-5


def test_seen_from_off_the_axis_a_trace_has_a_crest_sharper_than_its_trough(monkeypatch):
    """A tool on the low side of a hole along the beds: the second harmonic is half the eccentricity of the first."""
    monkeypatch.setattr(planes, "LOW_SIDE", 1.0)
    radius = draw_holes(Draw(4), GRID, torch.tensor([[0.0, 1.0]]).expand(64, 2))
    theta = GRID.azimuths(torch.device("cpu"))
    assert radius[:, 0].sub(radius[:, 89]).abs().max() < 1e-4  # either side of where the beds dip to
    eccentric = 2 * (radius * theta.sin()).mean(1)
    assert eccentric.abs().max() > 0.15
    z, _ = trace(torch.tensor([[0.0, 0.0, 4.0]]).expand(64, -1), radius)
    second = 2 * (z * (2 * theta).cos()).mean(1)
    third = 2 * (radius * (3 * theta).sin()).mean(1)  # of the hole's own shape
    torch.testing.assert_close(second, -4 * (eccentric - third) / 2, atol=1e-4, rtol=0)


def lines_of(beds):
    """(n, 3) planes that are drawn in an image alone in its batch."""
    return beds.sinusoids[0][beds.drawn[0]]


@pytest.mark.parametrize("seed", range(4))
def test_a_thin_bed_is_a_line_along_the_beds_around_it_and_clear_of_their_boundaries(monkeypatch, seed):
    monkeypatch.setattr(planes, "THINLY_BEDDED", 1.0)
    draw, on = Draw(seed), torch.ones(1, dtype=torch.bool)
    beds = draw_beds(draw, GRID, on, torch.ones(1), torch.full((1,), 0.01), thinnest=2.0)
    thin = draw_thin_beds(draw, GRID, torch.ones(1), torch.full((1,), 0.01), beds, most=24)
    for line in lines_of(thin):
        nearest = beds.sinusoids[0, (beds.sinusoids[0, :, 0] - line[0]).abs().argmin()]
        assert (line[1:] - nearest[1:]).norm() < 0.15
        apart = (lines_of(beds)[:, 0] - line[0]).abs() + (lines_of(beds)[:, 1:] - line[1:]).norm(dim=1)
        assert apart.min() > 0.35
    none = draw_thin_beds(Draw(seed), GRID, torch.ones(1), torch.full((1,), 0.01), replace(beds, drawn=~on[:, None]))
    assert not none.drawn.any()


def test_a_thin_bed_is_as_thick_as_it_says_and_lies_about_its_plane():
    width = torch.tensor([[0.2]])
    image = paint_thin_beds(GRID, replace(one_plane(0.7, 1.0, -0.4, 3.0), width=width), ROUND)[0]
    torch.testing.assert_close(image.sum(0) / 3 * ROW_STEP_RADII, torch.full((180,), 0.2), atol=1e-3, rtol=0)
    middle = (image * torch.arange(ROWS)[:, None]).sum(0) / image.sum(0)
    torch.testing.assert_close(middle, rows_of(0.7, 1.0, -0.4), atol=0.02, rtol=0)


def test_no_fracture_lies_as_the_beds_around_it_do():
    draw, on = Draw(9), torch.ones(64, dtype=torch.bool)
    spot = torch.full((64,), 0.01)
    beds = draw_beds(draw, GRID, on, torch.ones(64), spot)
    fractures = draw_fractures(draw, GRID, on, torch.ones(64), spot, beds)
    assert fractures.drawn.sum() > 100
    for image in range(64):
        bed, line = beds.sinusoids[image], fractures.sinusoids[image][fractures.drawn[image]]
        nearest = bed[(line[:, None, 0] - bed[None, :, 0]).abs().argmin(1)]
        normals = (torch.nn.functional.pad(-part[:, 1:], (0, 1), value=1.0) for part in (line, nearest))
        assert (torch.cosine_similarity(*normals) <= np.cos(np.radians(10)) + 1e-5).all()


def test_planes_lie_as_far_apart_as_the_tool_can_tell():
    draw, on = Draw(3), torch.ones(64, dtype=torch.bool)
    for spot in (0.01, 0.1):
        beds = draw_beds(draw, GRID, on, torch.ones(64), torch.full((64,), spot))
        gaps = beds.sinusoids[..., 0].diff(dim=1)[beds.drawn[:, 1:]]
        assert gaps.min() > 0.99 * max(0.3, SPOTS_APART[0] * spot)


@pytest.mark.parametrize(("z0", "a", "b"), [(0.0, 0.0, 0.0), (1.3, 0.8, -0.4), (-0.7, 3.0, 2.0), (5.0, 4.0, 0.0)])
def test_a_bed_boundary_is_a_step_at_its_sinusoid(z0, a, b):
    image = paint_beds(GRID, one_plane(z0, a, b, 2.0), ROUND)[0]
    below = torch.arange(ROWS)[:, None] > rows_of(z0, a, b) + 1
    above = torch.arange(ROWS)[:, None] < rows_of(z0, a, b) - 1
    assert (image[below] == 2).all()
    assert (image[above] == 0).all()
    # To the fraction of a row: rows_of counts from the centre of the first row, the boundary from its upper edge.
    edge = (rows_of(z0, a, b) + 0.5).clamp(0, ROWS)
    torch.testing.assert_close(ROWS - image.sum(0) / 2, edge, atol=1e-3, rtol=0)


def step_at_row_200(monkeypatch, graded, passing, seed):
    """How much a step changes from row to row, (rows - 1,), once it is a boundary of graded or of passing beds."""
    monkeypatch.setattr(painting, "GRADED", graded)
    monkeypatch.setattr(painting, "PASSING", passing)
    step = (torch.arange(ROWS)[:, None] >= 200).float().expand(1, ROWS, 180).clone()
    return grade(Draw(seed), GRID, step)[0, :, 0].diff()


@pytest.mark.parametrize("seed", range(6))
def test_a_graded_bed_fades_away_from_a_boundary_that_stays_sharp(monkeypatch, seed):
    change = step_at_row_200(monkeypatch, 1.0, 0.0, seed)
    assert change.argmax() == 199
    assert change[199] > 0.9
    faded = (change < -1e-3).nonzero()
    assert len(faded)
    assert (faded < 199).all() or (faded > 199).all()


@pytest.mark.parametrize("seed", range(6))
def test_beds_that_pass_into_each_other_do_so_around_their_boundary(monkeypatch, seed):
    change = step_at_row_200(monkeypatch, 0.0, 1.0, seed)
    assert change.sum().item() == pytest.approx(1.0, abs=1e-5)
    assert (change * torch.arange(ROWS - 1)).sum().item() == pytest.approx(199.0, abs=1e-2)
    assert change.max() < 0.6


@pytest.mark.parametrize(("a", "b"), [(0.0, 0.0), (1.3, -0.7), (0.0, 5.0)])
def test_a_level_lamina_turned_along_planes_lies_on_one(a, b):
    rock = torch.zeros(1, ROWS, 180)
    rock[:, ROWS // 2] = 1.0
    turned = along_planes(rock, GRID, torch.tensor([[a, b]]))[0]
    middle = (turned * torch.arange(ROWS)[:, None]).sum(0) / turned.sum(0)
    assert (middle - rows_of(ROW_STEP_RADII / 2, a, b)).abs().max() < 0.01


def test_barren_windows_hold_no_plane_and_others_do():
    assert not training_windows(16, 1, barren=1.0).present.any()
    batch = training_windows(64, 2, barren=0.0)
    assert batch.present.any(1).float().mean() > 0.8
    assert (batch.sinusoids[..., 0].abs()[batch.present] <= HEIGHT_RADII / 2).all()
    assert set(batch.kind[batch.present].tolist()) == {0, 1}


def test_a_trace_shows_where_its_arc_runs_over_valid_pixels():
    valid = torch.ones(1, ROWS, 180)
    plane = one_plane(0.5, 1.0, -0.7, 1.0)
    assert share_seen(plane, valid, GRID).item() == 1.0
    half_turn = replace(plane, arc_half=torch.full((1, 1), np.pi / 2))
    assert share_seen(half_turn, valid, GRID).item() == pytest.approx(0.5, abs=0.01)
    valid[..., :90] = 0  # of the arc around north, its eastern half
    assert share_seen(half_turn, valid, GRID).item() == pytest.approx(0.25, abs=0.01)
    cut_off = one_plane(HEIGHT_RADII / 2, 2.0, 0.0, 1.0)
    assert share_seen(cut_off, torch.ones(1, ROWS, 180), GRID).item() == pytest.approx(0.5, abs=0.02)


def test_what_shows_over_too_little_of_the_turn_is_not_picked():
    batch = training_windows(64, 11, barren=0.0)
    kinds = Planes(batch.sinusoids, batch.kind, batch.present, batch.present)  # arcs unknown: whole turns
    assert (share_seen(kinds, batch.windows[:, 1], GRID)[batch.present] >= LEAST_TURN).all()


def test_some_windows_begin_or_end_with_nothing_valid():
    seen = training_windows(256, 12, barren=0.5).windows[:, 1].any(-1).float()
    whole = seen.amin(1) > 0
    begun_late, ended_early = seen[:, 0] == 0, seen[:, -1] == 0
    assert 0.02 < (begun_late | ended_early).float().mean() < 0.3
    assert whole.float().mean() > 0.6


def test_planes_that_are_present_stand_first():
    present = training_windows(32, 3, barren=0.2).present
    assert (present.long().diff(dim=1) <= 0).all()


def test_a_seed_fixes_the_windows():
    one, same, other = (training_windows(8, seed, 0.3) for seed in (5, 5, 6))
    assert torch.equal(one.windows, same.windows)
    assert torch.equal(one.sinusoids, same.sinusoids)
    assert not torch.equal(one.windows, other.windows)


def test_windows_of_fixed_metres_hold_their_planes_where_they_are_drawn():
    steps = {0: [], 24: []}  # rows below a boundary -> how much the image changes across it there
    theta = (torch.arange(180) + 0.5) * 2 * np.pi / 180
    for seed in range(6):
        batch = training_windows(8, seed, 0.0, window="metres")
        assert (batch.sinusoids[..., 0].abs()[batch.present] <= HEIGHT_RADII / 2 + 1e-4).all()
        window, plane = (batch.present & (batch.kind == 1)).nonzero(as_tuple=True)
        z0, a, b = batch.sinusoids[window, plane, :, None].unbind(1)
        boundary = ((z0 + a * theta.cos() + b * theta.sin()) / ROW_STEP_RADII + (ROWS - 1) / 2).round().long()
        for down, found in steps.items():
            inside = ((boundary > 6) & (boundary < ROWS - 31)).all(1)
            row = (boundary + down)[inside]
            image = batch.windows[window[inside], 0]
            found += (image.gather(1, row[:, None] + 6) - image.gather(1, row[:, None] - 6)).mean((1, 2)).abs().tolist()
    assert np.median(steps[0]) > 1.5 * np.median(steps[24])


def test_windows_are_finite_and_partly_valid():
    windows = training_windows(64, 7, 0.3).windows
    assert torch.isfinite(windows).all()
    assert set(windows[:, 1].unique().tolist()) == {0.0, 1.0}
    assert (windows[:, 1].mean((1, 2)) > 0.15).all()


@pytest.mark.parametrize("tool", SYNTHETIC_TOOLS)
def test_every_tool_measures_a_well_whose_planes_lie_in_it(tool):
    well = synthetic_well("one", 3.0, 11, tool=tool)
    log = well.log
    assert (log.columns, log.row_step_m) == (
        SYNTHETIC_TOOLS[tool].columns,
        pytest.approx(SYNTHETIC_TOOLS[tool].row_step_m),
    )
    assert log.base_m - log.top_m == pytest.approx(3.0, abs=0.2)
    assert len(well.picks) > 0
    assert len(well.picks.within([(log.top_m, log.base_m)])) == len(well.picks)
    if SYNTHETIC_TOOLS[tool].pads == 4:
        assert np.isnan(log.image).mean() > 0.02
    if SYNTHETIC_TOOLS[tool].resistivity:
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
