"""The mask head: the pixels it is taught, and by what losses; it learns, and is closed around the hole."""

import math
import subprocess
import sys

import pytest
import torch
import torch.nn.functional as F

from geobfdt.borehole.density import TRACE_HALF_RADII
from geobfdt.eval import Counts
from geobfdt.model.config import ModelConfig
from geobfdt.model.detector import Detector
from geobfdt.model.network import MaskNet, network_of
from geobfdt.synthetic.windows import training_windows
from geobfdt.training.config import TracesConfig
from geobfdt.training.guards import collapsed_traces
from geobfdt.training.traces.losses import class_weights, mask_loss, penalty, soft_cldice_loss
from geobfdt.training.traces.masks import IGNORED, true_masks
from geobfdt.training.traces.validation import MaskValidation, validate_masks
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.grid import HEIGHT_RADII, ROW_STEP_RADII

FRACTURE, BEDDING = 1, 2
LOSSES = ("cross_entropy", "focal", "dice", "tversky", "lovasz", "cldice")
SMALL = {"width": 4, "channels": 16, "heads": 2, "feed_forward": 16, "encoder_layers": 1, "decoder_layers": 1}


def planted(*planes, rows=384, columns=180, missing=None):
    """One window of planes (z0, a, b, kind), kind -1 unknown."""
    windows = torch.ones(1, 2, rows, columns)
    if missing is not None:
        windows[:, 1, :, missing] = 0.0
    table = torch.tensor(planes, dtype=torch.float32).reshape(1, -1, 4)
    kind = table[..., 3].long()
    return WindowBatch(windows, table[..., :3], kind, torch.ones_like(kind, dtype=torch.bool))


def answers(mask, sure=8.0):
    """Logits of the right class everywhere."""
    return sure * F.one_hot(mask.clamp(min=0), 3).movedim(-1, 1).float()


def loss_of(logits, batch, done=0.0, **config):
    return mask_loss(logits, batch, TracesConfig(**{"loss": "cross_entropy", "penalty": "none"} | config), done)


# Masks


def test_a_mask_covers_what_lies_within_half_a_width_of_the_sinusoid():
    generator = torch.Generator().manual_seed(0)
    for _ in range(5):
        z0, a, b = (torch.randn(3, generator=generator) * torch.tensor([3.0, 1.5, 1.5])).tolist()
        mask = true_masks(planted((z0, a, b, 0)))[0]
        theta = (torch.arange(180) + 0.5) * math.pi / 90
        z = (torch.arange(384) - 383 / 2)[:, None] * ROW_STEP_RADII
        trace = z0 + a * theta.cos() + b * theta.sin()
        across = (z - trace).abs() / torch.hypot(torch.ones(()), b * theta.cos() - a * theta.sin())
        sure = (across - TRACE_HALF_RADII).abs() > 1e-5
        assert torch.equal((mask == FRACTURE)[sure], (across < TRACE_HALF_RADII)[sure])
        assert (mask == FRACTURE).any()


def test_fractures_cover_beds_whatever_their_order_and_unknown_planes_teach_nothing():
    bed, fracture, unknown = (0.0, 0.2, 0.0, 1), (0.0, -2.0, 0.0, 0), (0.0, 0.0, 2.0, -1)
    mask = true_masks(planted(bed, fracture, unknown))
    assert torch.equal(mask, true_masks(planted(unknown, fracture, bed)))
    alone = {kind: true_masks(planted(plane)) for kind, plane in ((1, fracture), (2, bed), (3, unknown))}
    assert torch.equal(mask == FRACTURE, alone[1] == FRACTURE)
    assert torch.equal(mask == IGNORED, (alone[3] == IGNORED) & (alone[1] != FRACTURE))
    assert ((alone[2] == BEDDING) & (mask == FRACTURE)).any()
    assert ((alone[2] == BEDDING) & (mask == IGNORED)).any()


def test_missing_pixels_padding_and_planes_beyond_the_window_leave_no_mark():
    assert (true_masks(planted((0.0, 1.0, 0.0, 1), missing=slice(20, 40)))[..., 20:40] == IGNORED).all()
    batch = planted((0.0, 1.0, 0.0, 1), (40.0, 1.0, 0.0, 0), (-40.0, 1.0, 0.0, 0))
    assert set(true_masks(batch).unique().tolist()) == {0, BEDDING}
    batch.present[:, 0] = False
    assert not true_masks(batch).any()


def test_a_few_pixels_in_a_hundred_are_on_traces():
    mask = true_masks(training_windows(16, 3, 0.33))
    assert 0.03 < float((mask[mask != IGNORED] > 0).float().mean()) < 0.15


# Network


def test_a_turned_window_has_turned_traces():
    torch.manual_seed(0)
    network = MaskNet(ModelConfig(head="traces", **SMALL)).eval()
    windows = training_windows(2, 5, 0.0).windows
    turn = 36  # three columns of the coarsest map
    with torch.inference_mode():
        before, after = network(windows), network(windows.roll(turn, -1))
    assert before.shape == (2, 3, 384, 180)
    torch.testing.assert_close(after, before.roll(turn, -1), atol=1e-4, rtol=1e-4)
    assert before.std() > 1e-3


def test_an_untrained_head_expects_few_traces():
    network = network_of(ModelConfig(head="traces", **SMALL)).eval()
    assert isinstance(network, MaskNet)
    with torch.inference_mode():
        traces = 1 - network(training_windows(2, 5, 0.0).windows).softmax(1)[:, 0]
    assert 0.02 < float(traces.mean()) < 0.25


@pytest.mark.parametrize("decoder", ["plain", "curve"])
def test_a_detector_with_traces_beside_its_planes_predicts_like_one_without(decoder):
    torch.manual_seed(0)
    both = network_of(ModelConfig(head="both", decoder=decoder, queries=6, curve_channels=8, **SMALL))
    torch.manual_seed(0)
    alone = Detector(ModelConfig(decoder=decoder, queries=6, curve_channels=8, **SMALL))
    assert all(torch.equal(tensor, both.state_dict()[name]) for name, tensor in alone.state_dict().items())
    windows = training_windows(2, 5, 0.0).windows
    assert both.train()(windows).masks.shape == (2, 3, 384, 180)
    alone.load_state_dict({k: v for k, v in both.state_dict().items() if not k.startswith("masks.")})
    with torch.inference_mode():
        one, other = both.eval()(windows), alone.eval()(windows)
    assert one.masks is None
    assert torch.equal(one.scores, other.scores)
    assert torch.equal(one.sinusoids, other.sinusoids)


# Losses


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_falls_as_the_answer_gets_better_and_ignores_what_it_must(loss):
    batch = planted((0.0, 1.0, 0.5, 0), (1.0, 0.3, 0.0, 1), (2.0, 0.3, 0.0, -1), missing=slice(0, 30))
    mask = true_masks(batch)
    right = answers(mask)
    wrong = right.roll(1, 1)
    costs = [float(loss_of(wrong + share * (right - wrong), batch, loss=loss)) for share in (0.0, 0.3, 0.6, 0.8, 1.0)]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < 0.05 < costs[0] / 3
    scrambled = torch.where((mask == IGNORED)[:, None], 50 * torch.randn(right.shape), right)
    assert float(loss_of(scrambled, batch, loss=loss)) == pytest.approx(costs[-1], abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("loss", [*LOSSES, "cross_entropy_then_lovasz"])
def test_every_loss_has_a_finite_gradient_in_bfloat16_and_in_barren_and_unseen_windows(loss):
    torch.manual_seed(0)
    network = MaskNet(ModelConfig(head="traces", **SMALL)).train()
    unseen = planted((0.0, 1.0, 0.0, 0), missing=slice(0, 180))
    for batch in (training_windows(2, 0, 0.0), planted(), unseen):
        network.zero_grad()
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(batch.windows)
        value = loss_of(logits, batch, done=0.7, loss=loss, class_weight="inverse", penalty="squared_variance")
        value.backward()
        assert all(p.grad is None or p.grad.isfinite().all() for p in network.parameters())
    assert float(value.detach()) == 0.0


def test_cross_entropy_makes_way_for_lovasz_half_way():
    batch = planted((0.0, 1.0, 0.5, 0))
    logits = torch.randn(1, 3, 384, 180)
    for done, loss in ((0.0, "cross_entropy"), (0.49, "cross_entropy"), (0.5, "lovasz"), (0.99, "lovasz")):
        changing = loss_of(logits, batch, done, loss="cross_entropy_then_lovasz", class_weight=3.0)
        assert torch.equal(changing, loss_of(logits, batch, loss=loss, class_weight=3.0))


@pytest.mark.parametrize("loss", ["cross_entropy", "focal"])
def test_a_class_weight_makes_missed_traces_dearer_than_false_ones(loss):
    batch = planted((0.0, 1.0, 0.5, 0))
    mask = true_masks(batch)
    missed = answers(torch.zeros_like(mask), 2.0)
    false = answers(torch.ones_like(mask), 2.0)
    even = [float(loss_of(logits, batch, loss=loss)) for logits in (missed, false)]
    weighed = [float(loss_of(logits, batch, loss=loss, class_weight=500.0)) for logits in (missed, false)]
    assert even[0] < even[1]
    assert weighed[0] > weighed[1]
    inverse = [float(loss_of(logits, batch, loss=loss, class_weight="inverse")) for logits in (missed, false)]
    assert inverse[0] == pytest.approx(inverse[1], rel=1e-4)


def test_inverse_weights_make_every_class_of_a_batch_count_alike():
    classes = torch.tensor([0] * 90 + [1] * 8 + [2] * 2)
    weights = class_weights(classes, "inverse")
    sums = [float(weights[k]) * int((classes == k).sum()) for k in range(3)]
    assert sums == pytest.approx([sums[0]] * 3)
    assert class_weights(torch.zeros(5, dtype=torch.long), "inverse").isfinite().all()
    assert class_weights(classes, 42.0).tolist() == [1.0, 42.0, 42.0]


def test_focal_cares_less_for_what_is_easy_than_cross_entropy_does():
    batch = planted((0.0, 1.0, 0.5, 0))
    mask = true_masks(batch)
    sure, unsure = answers(mask, 4.0), answers(mask, 1.0)
    ratios = [float(loss_of(sure, batch, loss=loss) / loss_of(unsure, batch, loss=loss)) for loss in LOSSES[:2]]
    assert ratios[1] < 0.05 * ratios[0]


def test_cldice_minds_a_torn_trace_more_than_a_thin_one():
    """As many pixels are missing from both: Dice cannot tell them apart."""
    mask = torch.zeros(1, 60, 180, dtype=torch.long)
    mask[:, 28:33] = FRACTURE
    torn, thin = mask.clone(), mask.clone()
    torn[:, 28:33, 36:108] = 0
    thin[:, 28] = thin[:, 32] = 0
    assert (torn > 0).sum() == (thin > 0).sum()
    there = torch.ones_like(mask, dtype=torch.bool)
    cost = {
        name: float(soft_cldice_loss(answers(m, 20.0).softmax(1), mask, there))
        for name, m in (("whole", mask), ("torn", torn), ("thin", thin))
    }
    assert cost["whole"] < 1e-3
    assert cost["torn"] > 3 * cost["thin"]
    found = answers(torn, 2.0).softmax(1)
    turned = soft_cldice_loss(found.roll(50, -1), mask, there)
    assert float(turned) == pytest.approx(float(soft_cldice_loss(found, mask, there)), abs=1e-5)


@pytest.mark.slow
def test_cross_entropy_its_penalties_and_prediction_do_without_kornia(monkeypatch):
    """Not every machine that trains has it."""
    monkeypatch.setitem(sys.modules, "kornia", None)
    monkeypatch.setitem(sys.modules, "kornia.losses", None)
    batch = planted((0.0, 1.0, 0.5, 0))
    value = loss_of(torch.zeros(1, 3, 384, 180), batch, class_weight=42.0, penalty="entropy_floor")
    assert float(value) == pytest.approx(math.log(3), rel=1e-4)
    with pytest.raises(ImportError):
        loss_of(torch.zeros(1, 3, 384, 180), batch, loss="lovasz")
    code = "import sys, geobfdt.training.loop, geobfdt.prediction.detect; assert 'kornia' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


# Penalties


def slope(name, level, contrast):
    """Value of a penalty, and its gradient by the contrast of probabilities level -+ contrast."""
    contrast = torch.tensor(float(contrast), requires_grad=True)
    sign = torch.tensor([1.0, -1.0]).repeat(1, 50, 50)
    traces = (level + contrast * sign)[:, None] / 2
    logits = torch.cat([1 - 2 * traces, traces, traces], dim=1).log()
    value = penalty(logits, torch.ones_like(sign, dtype=torch.bool), TracesConfig(penalty=name))
    (gradient,) = torch.autograd.grad(value, contrast)
    return float(value.detach()), float(gradient)


def test_the_clamped_variance_lets_go_where_the_squared_one_still_pulls():
    """At a variance of 0.01, a contrast of 0.1, the one is content; the other wants traces told from background."""
    value, gradient = slope("clamped_variance", 0.5, 0.05)
    assert value == pytest.approx(0.75)
    assert gradient == pytest.approx(-2 * 0.05 / 0.01, rel=1e-3)
    assert slope("clamped_variance", 0.5, 0.2) == (0.0, 0.0)
    value, gradient = slope("squared_variance", 0.5, 0.2)
    assert value == pytest.approx((1 - 0.04) ** 2)
    assert gradient == pytest.approx(-2 * 0.96 * 2 * 0.2, rel=1e-3)
    assert slope("squared_variance", 0.5, 0.45)[1] < -1.0


def test_the_entropy_floor_acts_where_the_network_is_sure_of_itself():
    assert slope("entropy_floor", 0.5, 0.01) == (0.0, 0.0)
    value, gradient = slope("entropy_floor", 0.5, 0.49)
    assert value == pytest.approx(0.5 + 0.01 * math.log(0.01) + 0.99 * math.log(0.99), abs=1e-4)
    assert gradient > 0  # less contrast would cost less
    assert slope("entropy_floor", 0.999, 0.0005)[0] > 0.49


def test_penalties_are_finite_where_probabilities_are_rounded_to_zero_and_one():
    logits = torch.zeros(1, 3, 8, 180)
    logits[:, 0, :4], logits[:, 1, 4:] = 200.0, 200.0
    for name in ("clamped_variance", "squared_variance", "entropy_floor"):
        x = logits.clone().requires_grad_()
        penalty(x, torch.ones(1, 8, 180, dtype=torch.bool), TracesConfig(penalty=name)).backward()
        assert x.grad.isfinite().all()


# Validation


def figures(fracture, bedding, predicted=0.08, spread=0.1):
    background = Counts(900, 900, 880)
    return MaskValidation(
        {"background": background, "fracture": fracture, "bedding": bedding},
        *(predicted, 0.08, spread, 0.4),
        Counts(5, 5, 4),
    )


def test_the_background_does_not_hide_a_class_that_is_never_found():
    result = figures(Counts(50, 0, 0), Counts(50, 50, 40))
    assert result.f1 == pytest.approx(0.4)
    assert result.accuracy == pytest.approx(0.92)
    assert result.row()["val_bedding_iou"] == pytest.approx(40 / 60)
    assert collapsed_traces(result) is None


def test_outputs_that_are_the_same_everywhere_are_called_collapsed():
    good = Counts(50, 50, 40)
    assert "99.88% of all pixels" in collapsed_traces(figures(good, good, predicted=0.9988))
    assert "same probability" in collapsed_traces(figures(good, good, spread=1e-5))
    assert "no pixel" in collapsed_traces(figures(good, good, predicted=0.0))


def test_validation_counts_the_pixels_of_each_class():
    class Oracle(MaskNet):
        """Knows the truth, but takes every fracture for a bed."""

        def forward(self, windows):
            return answers(torch.where(mask == FRACTURE, BEDDING, mask))

    batch = training_windows(3, 4, 0.0)
    mask = true_masks(batch)
    result = validate_masks(Oracle(ModelConfig(head="traces", **SMALL)), [batch], torch.float32)
    true = [int((mask == k).sum()) for k in range(3)]
    assert result.counts["background"] == Counts(true[0], true[0], true[0])
    assert result.counts["fracture"] == Counts(true[1], 0, 0)
    assert result.counts["bedding"] == Counts(true[2], true[1] + true[2], true[2])
    assert result.foreground_predicted == result.foreground_true == (true[1] + true[2]) / sum(true)
    assert result.picks.n_ref == int((batch.sinusoids[..., 0].abs() < HEIGHT_RADII / 4)[batch.present].sum()) > 5
    assert result.picks.f1 > 0.85
    assert 0.2 < result.threshold < 0.8
