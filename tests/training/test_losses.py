"""Matching and losses on detections whose right answer is known."""

from dataclasses import replace

import torch

from geobfdt.model.detector import Detections
from geobfdt.model.planes import planes_from_sinusoids, sinusoids_from_planes
from geobfdt.training.config import LossConfig
from geobfdt.training.losses import Losses, Matched, detection_losses, fine_map_loss, quality, spread_loss
from geobfdt.training.matcher import match_queries
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.cut import TARGET_RADII
from geobfdt.windows.grid import HEIGHT_RADII

SINUSOIDS = torch.tensor(
    [[[-3.0, 0.5, 0.1], [1.0, 2.0, -1.0], [3.5, 0.0, 0.0]], [[0.0, -0.3, 0.3], [0, 0, 0], [0, 0, 0]]]
)
KIND = torch.tensor([[0, 1, 1], [0, 0, 0]])
PRESENT = torch.tensor([[True, True, True], [True, False, False]])
BATCH = WindowBatch(torch.zeros(2, 2, 384, 180), SINUSOIDS, KIND, PRESENT)


def perfect(order, layers=2, sure=8.0):
    """Queries that hold the planes in the given order, all others silent."""
    queries = 6
    logits = torch.full((layers, 2, queries, 2), -sure)
    planes = torch.rand(layers, 2, queries, 3)
    truth = planes_from_sinusoids(SINUSOIDS)
    for window in range(2):
        for plane, query in enumerate(order):
            if PRESENT[window, plane]:
                logits[:, window, query, KIND[window, plane]] = sure
                planes[:, window, query] = truth[window, plane]
    return Detections(logits, planes, "vector")


def matched(detections, batch=BATCH):
    everywhere = torch.ones_like(detections.logits[..., 0], dtype=torch.bool)
    return Matched(detections, batch, match_queries(detections, batch, LossConfig()), everywhere)


def fine_map_of(logits, batch=BATCH):
    return fine_map_loss(matched(replace(perfect([4, 0, 2]), fine_map=logits), batch), LossConfig())


def test_each_plane_is_given_the_query_that_holds_it():
    order = [4, 0, 2]
    pairs = match_queries(perfect(order), BATCH, LossConfig())
    found = {tuple(map(int, p)) for p in zip(pairs.layer, pairs.window, pairs.query, pairs.plane, strict=True)}
    expected = {(layer, 0, query, plane) for layer in range(2) for plane, query in enumerate(order)}
    assert found == expected | {(layer, 1, order[0], 0) for layer in range(2)}


def test_a_perfect_answer_costs_nothing_and_a_wrong_kind_is_a_class_error():
    losses = detection_losses(perfect([4, 0, 2]), BATCH, LossConfig())
    assert losses.l1 == 0
    assert losses.total < 1e-3
    assert losses.class_error == 0
    swapped = WindowBatch(BATCH.windows, SINUSOIDS, 1 - KIND, PRESENT)
    # Matched by their planes alone, or the matcher would rather take silent queries than wrong kinds.
    assert detection_losses(perfect([4, 0, 2]), swapped, LossConfig(match_focal=0, match_l1=1)).class_error == 100


def test_a_plane_beyond_a_windows_targets_is_nobodys_match_but_its_trace_is_taught():
    beyond = SINUSOIDS.clone()
    beyond[0, 1, 0] = TARGET_RADII + 0.1
    batch = WindowBatch(BATCH.windows, beyond, KIND, PRESENT)
    pairs = match_queries(perfect([4, 0, 2]), batch, LossConfig())
    assert set(pairs.plane[pairs.window == 0].tolist()) == {0, 2}
    drawn = torch.full((2, 2, 96, 45), -8.0)
    without = WindowBatch(batch.windows, batch.sinusoids, KIND, batch.targets)
    assert fine_map_of(drawn, batch) > fine_map_of(drawn, without)


def test_an_unknown_kind_is_never_wrong():
    unknown = WindowBatch(BATCH.windows, SINUSOIDS, torch.full_like(KIND, -1), PRESENT)
    assert detection_losses(perfect([4, 0, 2]), unknown, LossConfig()).total < 1e-3


def test_a_matched_query_is_as_sure_as_its_plane_is_well_placed():
    config = LossConfig(quality=1.0)
    right = perfect([4, 0, 2])
    assert detection_losses(right, BATCH, config).total < 1e-2
    turned, lower = right.planes.clone(), right.planes.clone()
    turned[..., 1:] *= -1  # towards the opposite azimuth
    lower[..., 0] += 1.0 / HEIGHT_RADII
    pairs = match_queries(right, BATCH, config)
    for planes in (turned, lower):
        wrong = replace(right, planes=planes)
        # The flat plane has no azimuth to be wrong in.
        tilted = SINUSOIDS[pairs.window, pairs.plane, 1:].norm(dim=1) > 0
        chosen = sinusoids_from_planes(planes[pairs.layer, pairs.window, pairs.query])
        assert (quality(chosen, SINUSOIDS[pairs.window, pairs.plane])[tilted] < 0.2).all()
        assert detection_losses(wrong, BATCH, config).focal > 10 * detection_losses(right, BATCH, config).focal


def test_windows_without_planes_teach_silence():
    empty = WindowBatch(BATCH.windows, SINUSOIDS, KIND, torch.zeros_like(PRESENT))
    quiet = Detections(torch.full((1, 2, 6, 2), -8.0), torch.rand(1, 2, 6, 3), "vector")
    loud = Detections(torch.full((1, 2, 6, 2), 8.0), torch.rand(1, 2, 6, 3), "vector")
    assert detection_losses(quiet, empty, LossConfig()).total < 1e-3
    assert detection_losses(loud, empty, LossConfig()).total > 10


def test_more_planes_than_queries_leave_the_rest_unmatched():
    few = Detections(torch.zeros(1, 2, 2, 2), torch.rand(1, 2, 2, 3), "vector")
    pairs = match_queries(few, BATCH, LossConfig())
    assert int((pairs.window == 0).sum()) == 2
    assert len(set(pairs.query[pairs.window == 0].tolist())) == 2


def test_losses_are_summed_over_the_decoder_layers():
    one, two = perfect([4, 0, 2], layers=1, sure=1.0), perfect([4, 0, 2], layers=2, sure=1.0)
    single, double = (detection_losses(d, BATCH, LossConfig()).focal for d in (one, two))
    torch.testing.assert_close(double, 2 * single)


def test_the_fine_map_loss_is_least_for_the_map_that_draws_the_planes():
    quiet = torch.full((2, 2, 96, 45), -6.0)
    drawn = quiet.clone()
    # The flat bedding plane of window 0 lies 3.5 radii below the centre, between fine rows 72 and 73.
    drawn[0, 1, 72:74] = 2.0
    elsewhere = quiet.clone()
    elsewhere[0, 1, 20:22] = 2.0
    assert fine_map_of(drawn) < fine_map_of(quiet) < fine_map_of(elsewhere)


def test_the_stated_spread_learns_the_size_of_the_errors_and_moves_no_plane():
    torch.manual_seed(0)
    perfect_ones = perfect([4, 0, 2], layers=1)
    sizes = torch.tensor([0.02, 0.01, 0.04])
    planes = (perfect_ones.planes + 0).requires_grad_()
    spread = torch.zeros(2, 6, 3, requires_grad=True)
    pairs = match_queries(perfect_ones, BATCH, LossConfig())
    optimizer = torch.optim.Adam([spread], lr=0.05)
    for _ in range(600):
        noise = torch.distributions.Laplace(0.0, 1.0).sample(planes.shape) * sizes
        noisy = replace(perfect_ones, planes=planes + noise, spread=spread)
        optimizer.zero_grad()
        spread_loss(matched(noisy), LossConfig()).backward()
        optimizer.step()
    assert planes.grad is None
    stated = spread.detach()[pairs.window, pairs.query].exp().mean(0)
    assert ((stated / torch.stack([sizes[0], sizes[1:].mean(), sizes[1:].mean()]) - 1).abs() < 0.45).all()


def test_losses_name_and_stack_themselves_in_one_order():
    losses = detection_losses(perfect([4, 0, 2], sure=1.0), BATCH, LossConfig())
    row = dict(zip(Losses.names(), losses.stacked().tolist(), strict=True))
    assert row["loss"] == float(losses.total)
    assert row["focal"] == float(losses.focal) > 0
    assert row["fine_map"] == row["masks"] == 0.0
    assert not losses.stacked().requires_grad
