"""Wherever there is no plane: a run is refused by a sentence, or ends with the best weights that it names."""

import math
import warnings
from dataclasses import replace
from functools import reduce

import numpy as np
import pytest
import torch

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import KINDS, Picks
from geobfdt.borehole.well import well_from
from geobfdt.errors import InputError, TrainingWarning
from geobfdt.eval import Counts
from geobfdt.formats.corpus import write_corpus
from geobfdt.model.checkpoint import load_weights
from geobfdt.training.loop import train
from geobfdt.training.sources import FEWEST_HELD_OUT, CorpusWindows
from geobfdt.training.traces.validation import MaskValidation
from geobfdt.training.validation import Responses, Validation
from tests.training.test_loop import TINY, metrics_of, tiny

TRACES = TINY["model"] | {"head": "traces"}
ALL = ((1000.0, 1004.0),)


def well(split, picks_m=(), kind="bedding", reviewed=ALL):
    """Four metres of noise with picks at these depths."""
    depth_m = 1000 + np.arange(800) * 0.005
    log = ImageLog(np.random.default_rng(0).normal(size=(800, 60)), depth_m, 0.2159, well=split)
    picks = Picks(np.asarray(picks_m, float), 10.0, 0.0, kind=kind, well=split) if len(picks_m) else Picks()
    return replace(well_from(log, picks, split=split), reviewed_m=reviewed)


def source(tmp_path, *wells, **changes):
    write_corpus(tmp_path / "c.h5", list(wells))
    return CorpusWindows(tmp_path / "c.h5", tiny(**changes), torch.device("cpu"))


FEW, MANY = np.linspace(1001, 1003, 5), np.linspace(1001, 1003, FEWEST_HELD_OUT + 10)


@pytest.mark.slow
@pytest.mark.parametrize("model", [TINY["model"], TRACES], ids=["planes", "traces"])
@pytest.mark.parametrize(
    ("wells", "held_out"),
    [
        ([("train", FEW)], 0),
        ([("train", FEW), ("val",)], 0),
        ([("train", FEW), ("val", MANY)], len(MANY)),
        # Of the val well no window can be had: too little of it was reviewed, however many picks that held.
        ([("train", FEW), ("val", MANY / 20 + 950, "bedding", ((1000.0, 1000.2),))], 0),
    ],
    ids=["no val well", "val without planes", "val with many", "val without windows"],
)
def test_whatever_validates_the_best_weights_are_there(tmp_path, wells, held_out, model):
    wells = [well(*one) for one in wells]
    windows = source(tmp_path, *wells, model=model)
    assert windows.held_out == held_out
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TrainingWarning)  # of a network that has learned nothing in two steps
        best = train(tiny(epochs=1, model=model), tmp_path / "run", windows, wandb_mode="off")
    assert best == tmp_path / "run" / "best.safetensors"
    assert 0 < load_weights(best).threshold < 1
    assert math.isfinite(float(metrics_of(tmp_path / "run")[0]["val_f1"]))


NOWHERE = ((1000.0, 1000.3), (1002.0, 1004.0))  # a pick between them and the top is in no window that half was reviewed


@pytest.mark.parametrize(
    ("wells", "data", "message"),
    [
        ([("train",)], {}, "its train and val wells hold no plane, .* --picks FILE"),
        ([("train",), ("val",)], {}, "its train and val wells hold no plane, "),
        (
            [("train", FEW), ("val", MANY)],
            {"kinds": "fracture"},
            r"its train and val wells hold no fracture \(data.kinds fracture\), and without",
        ),
        ([("train",), ("val", MANY)], {}, "no window of its train wells holds a plane, .* set data.synthetic"),
        ([("train",), ("val", MANY)], {"synthetic": 0.5, "barren": 1.0}, "no window of its train wells holds a plane"),
        (
            [("train", (1000.05,), "bedding", NOWHERE)],
            {},
            "no window of the wells that validate holds a plane in its mid",
        ),
    ],
)
def test_a_corpus_that_has_no_plane_where_one_is_needed_is_refused(tmp_path, wells, data, message):
    with pytest.raises(InputError, match=rf"c\.h5: {message}"):
        source(tmp_path, *(well(*one) for one in wells), data=TINY["data"] | data)


def test_synthetic_windows_beside_a_barren_corpus_have_the_planes(tmp_path):
    data = TINY["data"] | {"synthetic": 0.5, "barren": 0.0}
    windows = source(tmp_path, well("train"), well("val", MANY), data=data)
    assert reduce(lambda found, step: found or windows.batch(0, step).present.any(), range(2), False)


def test_synthetic_windows_that_are_all_barren_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"data\.barren 1: no synthetic window would hold a plane, .*; lower it"):
        train(tiny(data={"barren": 1.0}), tmp_path / "run", wandb_mode="off")
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
@pytest.mark.parametrize("model", [TINY["model"], TRACES], ids=["planes", "traces"])
def test_without_a_plane_to_judge_by_the_newest_weights_are_the_best_and_that_is_said(tmp_path, model):
    """Of one validation window without a fracture; also where a run is resumed."""

    def config(epochs):
        return tiny(epochs=epochs, model=model, data={"validation_windows": 1, "kinds": "fracture"})

    run = tmp_path / "run"
    sentence = "no validation window holds a plane: F1 will be no number, and the newest weights will count as the best"
    for epochs in (1, 3):
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always", TrainingWarning)
            best = train(config(epochs), run, resume=epochs > 1, wandb_mode="off")
        assert [sentence in str(one.message) for one in heard].count(True) == (epochs == 1), "once in a run"
        assert best.read_bytes() == (run / "last.safetensors").read_bytes()
        assert [row["val_f1"] for row in metrics_of(run)] == ["nan"] * epochs
    with pytest.raises(InputError, match=sentence):
        train(config(1), tmp_path / "strict", wandb_mode="off", strict=True)


def test_f1_is_no_number_without_a_plane_whatever_was_found():
    responses = Responses(above=0.1, logit_spread=1.0, depth_spread=1.0, found_per_m=5.0, true_per_m=0.0)
    for found in (0, 3):
        counts = dict.fromkeys((*KINDS, "all"), Counts(0, found, 0))
        assert math.isnan(Validation(0.5, counts, 0.0, 0.3, 0.3, responses).f1)
        assert math.isnan(MaskValidation(counts, 0.1, 0.0, 0.1, 0.5, Counts(0, 0, 0)).f1)
    unknown = dict.fromkeys(KINDS, Counts(0, 2, 0)) | {"all": Counts(4, 4, 3)}  # of planes whose kind nobody said
    assert Validation(0.5, unknown, 0.0, 0.3, 0.3, responses).f1 == 0.75
