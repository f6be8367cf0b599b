"""The detector's parts: circular in azimuth, exact along curves, blind to gain and offset."""

import copy
import math

import pytest
import torch

import geobfdt.training.torchvision_operators  # noqa: F401 (before torchvision)
from geobfdt.model.backbone import (
    AZIMUTH_STRIDE,
    BLOCKS_PER_STAGE,
    Backbone,
    ResidualBlock,
    fold_norms,
    pool_azimuth,
    wrap_azimuth,
)
from geobfdt.model.config import ModelConfig
from geobfdt.model.detector import Detector, Follow, standardise
from geobfdt.model.encoding import circle_encoding
from geobfdt.model.proposals import Proposals, plane_grid, sinusoid_sums, turns
from geobfdt.model.transformer import Dropout, fourier_basis, sample_along
from geobfdt.windows.cut import TARGET_RADII
from geobfdt.windows.grid import ROW_STEP_RADII, ROWS

SMALL = {"width": 8, "channels": 32, "heads": 2, "feed_forward": 32, "queries": 6, "curve_channels": 8, "dropout": 0.0}


def test_the_backbone_turns_with_the_hole():
    torch.manual_seed(0)
    backbone = Backbone(10, 8).eval()
    windows = torch.randn(1, 2, ROWS, 180)
    with torch.no_grad():
        turned = backbone(windows.roll(5 * AZIMUTH_STRIDE, -1))
        straight = backbone(windows)
    for after, before, stride in zip(turned, straight, (4, 4, 12, 12), strict=True):
        torch.testing.assert_close(after, before.roll(5 * AZIMUTH_STRIDE // stride, -1), atol=1e-4, rtol=1e-4)


def test_norms_fold_into_convolutions_without_a_trace():
    torch.manual_seed(0)
    backbone = Backbone(18, 8)
    windows = torch.randn(4, 2, ROWS, 180)
    backbone(windows)  # norms that have seen something
    backbone.eval()
    with torch.no_grad():
        plain = backbone(windows)
        folded = fold_norms(copy.deepcopy(backbone))
        assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in folded.modules())
        for after, before in zip(folded(windows), plain, strict=True):
            torch.testing.assert_close(after, before, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("stride", [(1, 1), (2, 3)])
def test_a_residual_block_is_torchvisions(stride):
    torch.manual_seed(0)
    from torchvision.models.resnet import BasicBlock

    theirs = BasicBlock(8, 8, stride, torch.nn.Conv2d(8, 8, 1, stride))
    ours = ResidualBlock(8, 8, stride, torch.nn.Conv2d(8, 8, 1, stride))
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(2, 8, 12, 12, requires_grad=True)
    for training in (True, False):
        said = []
        for block in (ours, theirs):
            y = block.train(training)(x)
            elsewhere = x.sin().sum()  # a third gradient that meets the two of the block: their order tells
            said.append([y, *torch.autograd.grad(y.square().sum() + elsewhere, [x, *block.parameters()])])
        assert all(map(torch.equal, *said))


@pytest.mark.parametrize("depth", sorted(BLOCKS_PER_STAGE))
def test_the_depth_of_a_backbone_counts_its_convolutions(depth):
    backbone = Backbone(depth, 8)
    weighted = [m for name, m in backbone.named_modules() if hasattr(m, "wrap") and "downsample" not in name]
    assert len(weighted) + 1 == depth  # and the classifier that a detector does without


def test_wrapping_has_the_gradient_of_a_concatenation():
    x = torch.randn(2, 3, 4, 6, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: wrap_azimuth(x, 2, 1), x)


def test_standardising_ignores_gain_offset_and_what_is_missing():
    torch.manual_seed(0)
    image = torch.randn(3, ROWS, 180)
    valid = (torch.rand(3, ROWS, 180) > 0.3).float()
    plain = standardise(torch.stack([image, valid], 1))
    torch.testing.assert_close(plain, standardise(torch.stack([7 * image - 300, valid], 1)), atol=1e-3, rtol=1e-3)
    spoilt = torch.where(valid > 0, image, 1e9)
    torch.testing.assert_close(plain, standardise(torch.stack([spoilt, valid], 1)))
    assert plain[:, 0][valid == 0].abs().max() == 0
    assert torch.isfinite(standardise(torch.zeros(1, 2, ROWS, 180))).all()


def test_a_few_extreme_pixels_do_not_flatten_the_image():
    image = torch.randn(1, ROWS, 180)
    image[0, 10, :90] = 1e4
    scaled = standardise(torch.stack([image, torch.ones_like(image)], 1))[0, 0]
    assert 0.3 < scaled[20:].std() < 1.5


def test_dropout_drops_its_share_and_keeps_the_mean_in_training_alone():
    torch.manual_seed(0)
    layer, ones = Dropout(0.2), torch.ones(999, 1001)
    dropped = layer(ones)
    assert (dropped == 0).float().mean().item() == pytest.approx(51 / 256, abs=2e-3)
    assert dropped.mean().item() == pytest.approx(1.0, abs=2e-3)
    # Neighbours come from one random word: they must not know of each other.
    kept = (dropped > 0).float()
    assert (kept[:, :-1] * kept[:, 1:]).mean().item() == pytest.approx((205 / 256) ** 2, abs=2e-3)
    assert torch.equal(layer.eval()(ones), ones)


def test_sampling_reads_the_map_along_the_curve():
    """A map that holds its own row number returns, along a sinusoid, the sinusoid."""
    rows, columns = 48, 45
    ramp = torch.arange(rows, dtype=torch.float).view(1, 1, rows, 1).expand(1, 3, rows, columns)
    sinusoid = torch.tensor([[[0.4, 1.1, -0.7], [-1.0, 0.0, 0.0]]])
    read = sample_along(ramp, sinusoid)
    theta = (torch.arange(columns) + 0.5) * 2 * math.pi / columns
    for query, (z0, a, b) in enumerate(sinusoid[0]):
        row = (z0 + a * theta.cos() + b * theta.sin()) / (4 * ROW_STEP_RADII) + (rows - 1) / 2
        torch.testing.assert_close(read[0, :, query, 0], row, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("grad", [True, False])
def test_sampling_beyond_the_map_reads_nothing(grad):
    with torch.set_grad_enabled(grad):
        read = sample_along(torch.ones(1, 2, 48, 45), torch.tensor([[[100.0, 0.0, 0.0], [-100.0, 0.0, 0.0]]]))
    assert read.abs().max() == 0


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_prediction_reads_along_curves_and_pools_what_training_does(dtype):
    """Each has a way of its own, by what it has to remember."""
    torch.manual_seed(0)
    maps = torch.randn(2, 8, 48, 45).to(dtype).contiguous(memory_format=torch.channels_last)
    sinusoids = torch.randn(2, 50, 3) * 4
    read, pooled = sample_along(maps, sinusoids), pool_azimuth(maps)
    with torch.inference_mode():
        torch.testing.assert_close(sample_along(maps, sinusoids), read, atol=1e-6, rtol=1e-6)
        assert torch.equal(pool_azimuth(maps), pooled)


def drawn(sinusoids, rows=96, columns=45):
    """Logits of a map on which each of some sinusoids has left its trace."""
    theta = (torch.arange(columns) + 0.5) * 2 * math.pi / columns
    row = torch.arange(rows)[:, None]
    logits = torch.full((rows, columns), -4.0)
    for z0, a, b in sinusoids:
        middle = (z0 + a * theta.cos() + b * theta.sin()) / (4 * ROW_STEP_RADII) + (rows - 1) / 2
        logits = torch.maximum(logits, 2.0 - 3.0 * (row - middle).abs())
    return logits


def test_sums_along_sinusoids_are_those_of_reading_the_map_there():
    torch.manual_seed(0)
    evidence = torch.randn(2, 48, 45)
    grid = plane_grid()
    sums = sinusoid_sums(evidence, turns(grid, 48, 45))
    # The same smoothing, done by hand on the map: then only the interpolation between rows is left to differ.
    for plane in (0, 5, len(grid) - 1):
        a, b, spacing = grid[plane]
        cell = 8 * ROW_STEP_RADII  # the transform pools two rows of the fine map
        offset = torch.arange(-47, 48)
        kernel = torch.exp(-0.5 * (offset * cell / (0.35 * spacing)) ** 2)
        smooth = torch.nn.functional.conv1d(
            evidence.transpose(1, 2).reshape(-1, 1, 48), (kernel / kernel.sum())[None, None], padding=47
        ).view(2, 45, 48)
        z0 = (torch.arange(48) + 0.5 - 24) * cell
        sinusoid = torch.stack([z0, a.expand(48), b.expand(48)], -1).expand(2, -1, -1)
        fine = smooth.transpose(1, 2).repeat_interleave(2, 1)
        read = sample_along(fine[:, None], sinusoid)[..., 0].sum(1)
        correlation = torch.corrcoef(torch.stack([read.flatten(), sums[:, plane].flatten()]))[0, 1]
        assert correlation > (0.9 if plane else 0.99)


def test_proposals_lie_on_the_traces_that_the_map_shows():
    planted = [(-1.0, 0.6, 0.8), (0.5, -2.0, 0.5), (2.0, 0.0, 0.1), (0.0, 1.0, -4.0)]
    proposed = Proposals(12)(drawn(planted)[None], torch.ones(1, ROWS, 180))
    assert proposed.shape == (1, 12, 3)
    for plane in planted:
        difference = proposed[0] - torch.tensor(plane)
        across = difference.abs().sum(-1) / math.hypot(1.0, *plane[1:])
        assert across.min() < 0.5


def test_a_trace_that_no_cell_is_sure_of_is_proposed_for_its_length():
    faint = torch.full((96, 45), -4.0).maximum(drawn([(1.0, 0.5, -1.5)]) - 4.5)
    faint[60, 10] = 3.0  # one cell that is sure, of nothing
    (proposed,) = Proposals(1)(faint[None], torch.ones(1, ROWS, 180))
    assert (proposed[0] - torch.tensor([1.0, 0.5, -1.5])).abs().max() < 0.5


def test_what_is_no_windows_target_is_not_proposed():
    planted = [(TARGET_RADII + 0.5, 0.5, 0.0), (TARGET_RADII - 0.5, 0.5, 0.0)]
    (proposed,) = Proposals(8)(drawn(planted)[None], torch.ones(1, ROWS, 180))
    assert (proposed[:, 0].abs() <= TARGET_RADII).all()
    assert (proposed[0] - torch.tensor(planted[1])).abs().max() < 0.5


def test_following_changes_no_map_at_first_and_turns_with_the_hole():
    torch.manual_seed(0)
    follow, cells = Follow(4, 2), torch.rand(1, 4, 12, 45)
    torch.testing.assert_close(follow(cells), cells)
    torch.nn.init.normal_(follow.answer.weight)
    torch.testing.assert_close(follow(cells.roll(7, -1)), follow(cells).roll(7, -1))


def test_what_no_pixel_shows_is_not_proposed():
    logits = drawn([(-2.0, 0.5, 0.0)]).maximum(drawn([(2.0, 0.5, 0.0)]))[None]
    valid = torch.ones(1, ROWS, 180)
    valid[:, ROWS // 2 :] = 0
    assert Proposals(1)(logits, valid)[0, 0, 0] < 0


def test_moments_of_an_offset_are_the_corrections_of_the_plane():
    """The claim that curve sampling rests on: mean, 2 cos and 2 sin of delta(theta) are the errors of z0, a and b."""
    basis = fourier_basis(45)
    theta = (torch.arange(45) + 0.5) * 2 * math.pi / 45
    delta = 0.3 + 0.2 * theta.cos() - 0.5 * theta.sin() + 0.1 * (2 * theta).cos()
    torch.testing.assert_close((delta @ basis / 45)[:3], torch.tensor([0.3, 0.2, -0.5]), atol=1e-5, rtol=1e-5)


def test_azimuth_has_no_seam():
    encoding = circle_encoding(15, 32)
    steps = (encoding - encoding.roll(1, 0)).norm(dim=1)
    torch.testing.assert_close(steps, steps[:1].expand_as(steps), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("decoder", ["curve", "plain"])
@pytest.mark.parametrize("target", ["vector", "scalar", "sinusoid"])
def test_every_decoder_and_target_answers_in_sinusoids(decoder, target):
    detector = Detector(ModelConfig(decoder=decoder, target=target, encoder_layers=1, decoder_layers=3, **SMALL)).eval()
    with torch.no_grad():
        detections = detector(torch.randn(2, 2, ROWS, 180))
    assert detections.logits.shape == (3, 2, 6, 2)
    assert detections.sinusoids.shape == (2, 6, 3)
    assert torch.isfinite(detections.sinusoids).all()
    assert (detections.fine_map is None) == (detections.spread is None) == (decoder == "plain")


def test_proposals_add_queries_and_need_traces():
    detector = Detector(ModelConfig(decoder="curve", proposals=5, encoder_layers=1, decoder_layers=1, **SMALL)).eval()
    with torch.no_grad():
        assert detector(torch.randn(2, 2, ROWS, 180)).planes.shape == (1, 2, 11, 3)
    with pytest.raises(ValueError, match="decoder"):
        ModelConfig(decoder="plain", proposals=5)


def test_the_published_shape_is_the_default():
    config = ModelConfig()
    assert (config.backbone, config.encoder_layers, config.decoder_layers) == (10, 4, 4)
    assert (config.feed_forward, config.dropout, config.decoder, config.target) == (1024, 0.2, "plain", "scalar")
