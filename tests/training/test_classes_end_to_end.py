"""From a log and a table of facies to weights, from these to intervals of another well, and to their score."""

import json

import numpy as np
import pytest
import torch

from geobfdt.errors import InputWarning
from geobfdt.formats.corpus import write_corpus
from geobfdt.formats.intervals import read_intervals
from geobfdt.model.checkpoint import load_weights, save_weights
from geobfdt.model.network import network_of
from geobfdt.training.classes.sources import IntervalWindows
from geobfdt.training.loop import train
from geobfdt.windows.grid import HALF, row_step_m
from tests.training import rock
from tests.training.test_classes import MODEL, config

FACIES = "top_m,base_m,label\n100,106,massive\n106,112,laminated\n"


@pytest.mark.slow
def test_massive_rock_above_and_laminated_rock_below_are_told_apart(run, tmp_path):
    facies, corpus = tmp_path / "facies.csv", tmp_path / "corpus.h5"
    facies.write_text(FACIES)
    for seed, (name, split) in enumerate((("A", "train"), ("B", "val"), ("C", "test"))):
        write_corpus(tmp_path / f"{name}.h5", [rock.well(name, seed)])
        options = ("-o", corpus, "--intervals", facies, "--split", split)
        assert run("import", tmp_path / f"{name}.h5", *options)[0] == 0
    model = {key: value for key, value in MODEL.items() if key != "classes"}
    sets = [f"--set=model.{key}={value}" for key, value in model.items()]
    sets += ["--set=model.classes=[laminated,massive]", "--set=epochs=8", "--set=batch=4", "--set=learning_rate=3e-3"]
    sets += ["--set=data.epoch=steps", "--set=steps_per_epoch=10", "--set=augment.radiometric=0"]
    code, _, told = run("train", "-o", tmp_path / "run", "--data", corpus, "--wandb", "off", "--device", "cpu", *sets)
    assert code == 0, told
    assert "val wells hold no window" not in told
    weights = tmp_path / "run" / "best.safetensors"
    assert run("predict", tmp_path / "C.h5", "--weights", weights, "-o", tmp_path / "out")[0] == 0
    found = read_intervals(tmp_path / "out" / "C.intervals.csv")
    assert found.label.tolist() == ["massive", "laminated"]
    assert abs(found.base_m[0] - rock.BORDER_M) < HALF * row_step_m(rock.log())
    code, printed, _ = run("score", tmp_path / "out" / "C.intervals.csv", facies, "--json")
    assert code == 0
    figures = json.loads(printed)
    assert figures["accuracy"] > 0.9
    assert figures["chance"]["accuracy"] == pytest.approx(0.5, abs=0.01)
    assert all(one["f1"] > 0.9 for one in figures["classes"].values())


def test_a_frozen_run_on_intervals_that_is_killed_ends_as_one_that_was_not(tmp_path):
    write_corpus(tmp_path / "c.h5", [rock.well("A"), rock.well("V", 2, "val")])
    planes = config(model={key: value for key, value in MODEL.items() if key not in ("head", "classes")})
    given = tmp_path / "planes.safetensors"
    save_weights(given, network_of(planes.model), 0.5)
    some = config(epochs=3, batch=8, freeze="encoder", augment={"geometric": 0.5, "radiometric": 0.5})

    def trained(name, **options):
        source = IntervalWindows(tmp_path / "c.h5", some, torch.device("cpu"))
        return train(some, tmp_path / name, source, wandb_mode="off", **options)

    def stop(progress):
        if progress.epoch == 2:
            raise KeyboardInterrupt

    with pytest.warns(InputWarning, match="frozen: backbone, project and encoder"):
        trained("whole", init=given)
    with pytest.raises(KeyboardInterrupt), pytest.warns(InputWarning):
        trained("killed", init=given, progress=stop)
    trained("killed", resume=True)
    for file in ("best.safetensors", "last.safetensors"):
        assert (tmp_path / "whole" / file).read_bytes() == (tmp_path / "killed" / file).read_bytes()
    came = load_weights(given).network.state_dict()
    ended = load_weights(tmp_path / "whole" / "last.safetensors").network.state_dict()
    assert all(torch.equal(tensor, came[name]) for name, tensor in ended.items() if not name.startswith("label"))


def test_the_best_weights_are_those_of_the_best_mean_f1(tmp_path):
    write_corpus(tmp_path / "c.h5", [rock.well("A"), rock.well("V", 2, "val")])
    some = config(epochs=3, batch=8, learning_rate=3e-3)
    seen = []
    source = IntervalWindows(tmp_path / "c.h5", some, torch.device("cpu"))
    train(
        some,
        tmp_path / "run",
        source,
        wandb_mode="off",
        progress=lambda p: seen.append((p.validation.confusion.macro_f1, p.best)) if p.validation else None,
    )
    scores = np.array([score for score, _ in seen])
    firsts = [k == 0 or score > scores[:k].max() for k, score in enumerate(scores)]
    assert [best for _, best in seen] == firsts
