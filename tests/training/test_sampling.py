"""Windows of a corpus come as often as they are said to, and the very same ones come again when they should."""

from collections import Counter
from itertools import islice

import numpy as np
import pytest
import torch

from geobfdt.borehole.density import TRACE_HALF_RADII
from geobfdt.borehole.geometry import trace_depths_m
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import KINDS, UNKNOWN, Picks
from geobfdt.borehole.well import well_from
from geobfdt.errors import InputError
from geobfdt.formats.corpus import write_corpus
from geobfdt.training.config import TrainConfig
from geobfdt.training.sampling import EMPTY_UNDER, Passes, draw_pass, draws_a_pass, expected_draws
from geobfdt.training.sources import CorpusWindows, SyntheticWindows, well_windows
from geobfdt.windows.grid import HALF, HEIGHT_RADII, ROW_STEP_RADII, ROWS

CPU = torch.device("cpu")
DIAMETER_M = 0.2159


def config(**changes):
    sections = {"augment": {"geometric": 0.0, "radiometric": 0.0}, "data": {"validation_windows": 4}}
    for key in ("augment", "data"):
        sections[key] |= changes.pop(key, {})
    return TrainConfig.model_validate({"batch": 4, "steps_per_epoch": 3, **sections, **changes})


def planted(name, seed, split="train"):
    """8 m of noise, its upper part barren, planes ever denser further down."""
    rng = np.random.default_rng(seed)
    depths = 1000 + np.arange(1600) * 0.005
    log = ImageLog(rng.normal(size=(1600, 36)), depths, DIAMETER_M, well=name)
    at = 1005 + 2.9 * np.sqrt(rng.uniform(size=40))
    picks = Picks(at, rng.uniform(0, 50, 40), rng.uniform(0, 359, 40), [*KINDS, *KINDS, UNKNOWN] * 8, well=name)
    return well_from(log, picks, split=split)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("sampling") / "c.h5"
    wells = [planted("A", 0), planted("B", 1), planted("C", 2), planted("V", 3, "val"), planted("W", 4, "val")]
    write_corpus(path, wells)
    return path


def windows_of(source, epochs):
    """Every window of some epochs, (n, 2, rows, columns)."""
    batches = (source.batch(epoch, step) for epoch in range(epochs) for step in range(source.steps_per_epoch))
    return torch.cat([batch.windows for batch in batches])


def pixels(windows):
    """A number for each of some windows; equal ones have the very same pixels."""
    return [hash(window.numpy().tobytes()) for window in windows]


def drawn_from(source, windows):
    """(n, 2) the well and the first row of every window, by the pixels of the first row that it shows."""
    known = {
        row.tobytes(): (number, place)
        for number, well in enumerate(source.train)
        for place, row in enumerate(well.channels[0])
        if row.any()
    }
    found = []
    for window in windows.numpy():
        first = int(window[1].any(1).argmax())
        well, row = known[window[0, first].tobytes()]
        found.append((well, row - first))
    return np.array(found)


def places_of(source, windows):
    """Number of every window's place: starts lie half a window apart, and windows within a quarter of their own."""
    at = {(id(well), start): number for number, (well, start) in enumerate(source.places)}
    wells = source.train
    return [
        at[id(wells[well]), int(np.floor(start / HALF + 0.5)) * HALF] for well, start in drawn_from(source, windows)
    ]


@pytest.mark.parametrize("sampling", ["as_is", "under", "over", "filtered"])
def test_windows_are_drawn_as_often_as_expected(sampling):
    planes = np.array([0, 0, 0, 0, 0, 1, 2, 5, 9, 3.0])
    share = np.array([0, 0, 0, 0, 0.004, 0.01, 0.02, 0.08, 0.2, 0.03])
    expected = expected_draws(sampling, planes, share, 0.02)
    counts = np.zeros(10)
    rng = np.random.default_rng(0)
    for _ in range(4000):
        order = draw_pass(rng, expected)
        assert len(order) == draws_a_pass(expected)
        once = np.bincount(order, minlength=10)
        assert (np.abs(once - expected) < 1.2).all()
        counts += once
    np.testing.assert_allclose(counts / 4000, expected * draws_a_pass(expected) / expected.sum(), atol=0.04)
    given = {
        "as_is": np.ones(10),
        "under": np.where(planes > 0, 1, EMPTY_UNDER),
        "over": 1 + share / share.mean(),
        "filtered": share >= 0.02,
    }
    np.testing.assert_array_equal(expected, given[sampling])


@pytest.mark.parametrize(("places", "length", "size"), [(7, 7, 4), (7, 20, 4), (3, 3, 5), (12, 12, 3)])
def test_batches_that_run_on_hold_round_after_round_and_are_full(places, length, size):
    passes = Passes(np.ones(places), seed=3, length=length)
    batches = [list(passes.running_on(number, size)) for number in range(2 * length)]
    drawn = [[passes.chunk(part.round, part.chunk, size)[part.windows] for part in parts] for parts in batches]
    assert {sum(map(len, windows)) for windows in drawn} == {size}
    run = [window for windows in drawn for part in windows for window in part]
    rounds = [[one for chunk in range(length) for one in passes.chunk(number, chunk, size)] for number in range(size)]
    assert run[: size * length] == [window for one in rounds for window in one]
    assert all(sorted({place for place, _ in one}) == list(range(places)) for one in rounds)
    assert all(abs(shift) <= HALF / 2 for _, shift in run)


def test_the_very_same_windows_come_again_after_as_many_rounds_as_repeat():
    passes = Passes(np.ones(9), seed=0, length=9, repeats=2)
    rounds = [passes.chunk(number, 0, 9) for number in range(5)]
    assert rounds[0] == rounds[2] == rounds[4] != rounds[1] == rounds[3]
    endless = Passes(np.ones(9), seed=0, length=9)
    assert len({tuple(endless.chunk(number, 0, 9)) for number in range(5)}) == 5


def test_wells_without_any_trace_are_oversampled_as_they_are():
    assert (expected_draws("over", np.zeros(3), np.zeros(3), 0.02) == 1).all()
    assert not expected_draws("filtered", np.zeros(3), np.zeros(3), 0.02).any()


def test_a_corpus_is_undersampled_by_the_planes_that_its_windows_hold(path):
    source = CorpusWindows(path, config(data={"sampling": "under"}), CPU)
    held = [well.content(start)[0] for well, start in source.places]
    inside = [
        (np.abs(well.planes[:, 0] - (start + ROWS / 2) * ROW_STEP_RADII) < HEIGHT_RADII / 2).sum()
        for well, start in source.places
    ]
    assert np.abs(np.subtract(held, inside)).max() < 2  # a plane or two at a window's edges count in part
    assert np.abs(np.subtract(held, inside)).mean() < 0.3
    empty = np.array(held) < 0.5
    assert empty.sum() > 10
    counts = Counter(places_of(source, windows_of(source, 12)))
    of = np.array([counts[number] for number in range(len(source.places))]) / 12
    assert (of[~empty] > 0.9).all()
    assert of[empty].mean() == pytest.approx(EMPTY_UNDER, abs=0.04)


def test_shares_of_windows_are_those_of_masks_of_their_pixels(path):
    source = CorpusWindows(path, config(data={"sampling": "over"}), CPU)
    azimuths = (np.arange(180) + 0.5) * 2
    for well, start in source.places[::9]:
        dips, towards = np.degrees(np.arctan(np.hypot(*well.planes[:, 1:].T))), np.arctan2(*well.planes[:, :0:-1].T)
        z = trace_depths_m(well.planes[:, 0], dips, np.degrees(towards) % 360, 2.0, azimuths) / ROW_STEP_RADII
        fine = (np.arange(start * 4, (start + ROWS) * 4)[:, None] + 0.5) / 4  # quarters of a row
        covered = np.zeros((4 * ROWS, 180), bool)
        half = TRACE_HALF_RADII / ROW_STEP_RADII * np.hypot(1, np.gradient(z * ROW_STEP_RADII, np.pi / 90, axis=1))
        for trace, reach in zip(z, half, strict=True):
            covered |= np.abs(fine - trace) <= reach
        assert well.content(start)[1] == pytest.approx(covered.mean(), abs=0.004)


def test_a_filter_lets_no_window_through_that_holds_too_little(path):
    least = 0.04
    source = CorpusWindows(path, config(data={"sampling": "filtered", "least_trace_share": least}), CPU)
    let_through = [number for number, (well, start) in enumerate(source.places) if well.content(start)[1] >= least]
    assert 5 < len(let_through) < len(source.places) / 2
    windows = windows_of(source, 6)
    assert len(windows) == 6 * len(let_through)
    assert min(source.train[well].content(start)[1] for well, start in drawn_from(source, windows)) >= least
    assert len(set(pixels(windows))) > 2 * len(let_through)  # and yet they are shifted
    with pytest.raises(InputError, match=r"in no window do traces cover 0\.9 of the pixels, the most is 0\.\d+; lower"):
        CorpusWindows(path, config(data={"sampling": "filtered", "least_trace_share": 0.9}), CPU)


AUGMENTED = {"geometric": 0.7, "radiometric": 1.0}


@pytest.mark.parametrize(
    ("factor", "data"),
    [
        (1, {}),
        (3, {}),
        (2, {"epoch": "steps"}),
        (2, {"epoch": "steps", "sampling": "over"}),
        (1, {"sampling": "under"}),
    ],
)
def test_after_so_many_passes_the_very_same_windows_come_again_and_none_before(path, factor, data):
    """A pass holds no multiple of a batch, so that with steps batches lie across passes, each time in another way."""
    source = CorpusWindows(path, config(batch=5, augment=AUGMENTED | {"factor": factor}, data=data | {"wells": 1}), CPU)
    a_pass = draws_a_pass(source.expected)
    assert a_pass % 5
    epochs = -(-2 * factor * a_pass // (source.steps_per_epoch * 5)) if source.runs_on else 2 * factor
    windows = pixels(windows_of(source, epochs)[: 2 * factor * a_pass])
    first, again = windows[: factor * a_pass], windows[factor * a_pass :]
    assert again == first
    assert len(set(first)) == len(first)
    endless = pixels(
        windows_of(CorpusWindows(path, config(batch=5, augment=AUGMENTED, data=data | {"wells": 1}), CPU), epochs)
    )
    assert len(set(endless)) == len(endless)


def test_beside_synthetic_windows_those_of_the_corpus_come_again_too(path):
    asked = config(augment={"factor": 1}, data={"synthetic": 0.5, "wells": 1}, steps_per_epoch=7)
    source = CorpusWindows(path, asked, CPU)
    batches = [source.batch(number // 7, number % 7) for number in range(len(source.places))]
    of_corpus = pixels(window for batch in batches for window in batch.windows[:2])
    drawn = pixels(window for batch in batches[:9] for window in batch.windows[2:])
    a_pass = len(source.places)
    assert of_corpus[:a_pass] == of_corpus[a_pass : 2 * a_pass]
    assert len(set(drawn)) == len(drawn)


def test_epochs_of_steps_go_on_through_passes_in_full_batches(path):
    source = CorpusWindows(path, config(data={"epoch": "steps"}, steps_per_epoch=5), CPU)
    assert source.steps_per_epoch == 5
    a_pass = len(source.places)
    epochs = -(-3 * a_pass // 20)
    assert {len(source.batch(epoch, step)) for epoch in range(epochs) for step in range(5)} == {4}
    places = places_of(source, windows_of(source, epochs))
    passes = [places[k : k + a_pass] for k in range(0, 3 * a_pass, a_pass)]
    assert all(sorted(one) == list(range(a_pass)) for one in passes)
    assert passes[0] != passes[1]


@pytest.mark.parametrize("data", [{"epoch": "steps"}, {"epoch": "steps", "sampling": "over"}, {"synthetic": 0.5}])
def test_a_resumed_run_gets_the_windows_that_it_would_have_had(path, data):
    asked = config(augment=AUGMENTED | {"factor": 2}, data=data, steps_per_epoch=7)
    whole = CorpusWindows(path, asked, CPU)
    batches = {(epoch, step): whole.batch(epoch, step) for epoch in range(2) for step in range(7)}
    resumed = CorpusWindows(path, asked, CPU)
    for (epoch, step), batch in islice(reversed(batches.items()), 0, None, 3):
        again = resumed.batch(epoch, step)
        assert torch.equal(again.windows, batch.windows)
        assert torch.equal(again.sinusoids[again.present], batch.sinusoids[batch.present])


def test_planes_of_the_other_kind_leave_the_truth_and_their_windows_stay(path):
    both = CorpusWindows(path, config(), CPU)
    for number, kinds in enumerate(KINDS):
        source = CorpusWindows(path, config(data={"kinds": kinds}), CPU)
        assert (source.steps_per_epoch, source.held_out) == (both.steps_per_epoch, 48)
        for one, other in ((source.batch(0, step), both.batch(0, step)) for step in range(source.steps_per_epoch)):
            assert torch.equal(one.windows, other.windows)
            assert set(one.kind[one.present].tolist()) <= {number, -1}
            wanted = other.present & (other.kind != 1 - number)
            assert torch.equal(one.sinusoids[one.present], other.sinusoids[wanted])
        assert not any((batch.kind[batch.present] == 1 - number).any() for batch in source.validation())


def test_synthetic_windows_teach_one_kind_too(path):
    both = SyntheticWindows(config(batch=16), CPU)
    fractures = SyntheticWindows(config(batch=16, data={"kinds": "fracture"}), CPU)
    for one, other in ((fractures.batch(0, 0), both.batch(0, 0)), (fractures.validation()[0], both.validation()[0])):
        assert torch.equal(one.windows, other.windows)
        assert torch.equal(one.sinusoids[one.present], other.sinusoids[other.present & (other.kind == 0)])
        assert (one.present.long().diff(dim=1) <= 0).all()
    beside = CorpusWindows(path, config(batch=16, data={"kinds": "bedding", "synthetic": 0.5, "barren": 0.0}), CPU)
    batch = beside.batch(0, 0)
    assert set(batch.kind[8:][batch.present[8:]].tolist()) == {1}


def test_the_first_wells_train_and_no_more_than_there_are(path):
    all_of_them, two = (CorpusWindows(path, config(data={"wells": wells}), CPU) for wells in (0, 2))
    assert len(all_of_them.train) == 3
    for well, same in zip(two.train, all_of_them.train[:2], strict=True):
        assert np.array_equal(well.channels, same.channels)
    with pytest.raises(InputError, match=r"holds 3 train wells, and data\.wells asks for 4; lower it, or add wells"):
        CorpusWindows(path, config(data={"wells": 4}), CPU)


def test_wells_with_a_long_gap_give_windows_where_they_have_rows_and_every_plane_once():
    depth_m = np.arange(2000) * 0.0025 + np.repeat([1000.0, 20_000.0], 1000)
    log = ImageLog(np.random.default_rng(0).normal(size=(2000, 60)), depth_m, 0.2159, well="W")
    picks = Picks([1000.7, 1001.4, 20_003.4, 20_004.1], 4 * [30.0], [0.0, 90.0, 180.0, 270.0], "fracture", well="W")
    (batch,) = well_windows([well_from(log, picks, split="train")], config(), CPU)
    assert len(batch) < 10
    assert batch.windows[:, 1].flatten(1).any(1).all()
    assert int(batch.owned.sum()) == 4
