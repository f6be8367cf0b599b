"""Several processes train one network: they stay equal, they are killed and go on, and one of them speaks."""

import os
import shutil
import subprocess
import sys
import uuid
from collections import Counter
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import yaml
from safetensors.torch import load_file

from geobfdt.errors import InputError
from geobfdt.training.config import TrainConfig, load_config
from geobfdt.training.loop import train
from geobfdt.training.ranks import ALONE, TORCHRUN, Ranks, together, told_already
from geobfdt.training.sampling import Passes
from geobfdt.training.sources import CorpusWindows, SyntheticWindows
from tests.forked import PATIENCE_S, command, ended, forked
from tests.training import ranks_program
from tests.training.test_loop import TINY, corpus, metrics_of, tiny

CPU = torch.device("cpu")
MINUTES_S = 4 * PATIENCE_S
"""Of several processes that load torch, learn and wait for each other."""
PROGRAM = Path(__file__).with_name("ranks_program.py")
RUN = TINY | {
    "epochs": 2,
    "model": TINY["model"] | {"width": 8},
    "loss": {"fine_map": 1.0, "spread": 0.1, "denoising": 0.5},
    "data": {"validation_windows": 2},
}
STATE = ("last.safetensors", "best.safetensors", "config.yaml", "last.pt", "metrics.csv")


def learning(**changes):
    return TrainConfig.model_validate(RUN | changes)


def torchrun(processes, *arguments):
    """The end of a program, or of a module behind -m, that torchrun starts so many processes of."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    launcher += ["--monitor-interval", "5"]  # where one fails the others have so long to end by themselves
    there = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [*launcher, *map(str, arguments)], capture_output=True, text=True, timeout=MINUTES_S, env=there
    )


def forked_torchrun(processes, folder, work):
    """The same end where torchrun's launcher forks its processes, with torch loaded, instead of starting them."""

    def succeed():
        try:
            work()
        except SystemExit as end:  # a function that torchrun starts returns; of its own accord none exits
            if end.code:
                raise

    def launch():
        from torch.distributed.elastic.multiprocessing.errors import record
        from torch.distributed.launcher.api import LaunchConfig, elastic_launch

        here = {"run_id": str(uuid.uuid4()), "rdzv_backend": "c10d", "rdzv_endpoint": "localhost:0"}
        config = LaunchConfig(1, 1, processes, start_method="fork", max_restarts=0, **here)
        record(elastic_launch(config, succeed))()

    said = folder / f"{uuid.uuid4()}.txt"
    launcher = forked(launch, said=said)
    assert ended(launcher, MINUTES_S)
    return SimpleNamespace(returncode=launcher.exitcode, stdout=said.read_text(), stderr=said.read_text())


def same(one, other):
    """Names of the tensors that differ."""
    assert one.keys() == other.keys()
    return [name for name in one if not torch.equal(one[name], other[name])]


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    path = tmp_path_factory.mktemp("ranks") / "config.yaml"
    path.write_text(yaml.safe_dump(RUN))
    return path


def options(config, run):
    return [config, "-o", run, "--wandb", "off", "--device", "cpu"]


@pytest.fixture(scope="module")
def whole(config):
    """The folder of a run of two processes, with what each held at its end, and what they said."""
    run = config.parent / "whole"
    arguments = map(str, (config.parent, *options(config, run)))
    done = forked_torchrun(2, config.parent, partial(ranks_program.main, "train", *arguments))
    assert done.returncode == 0, done.stderr
    return run, [torch.load(config.parent / f"rank{rank}.pt") for rank in (0, 1)], done


@pytest.mark.slow
def test_both_end_with_the_same_weights_and_one_speaks(whole):
    run, (one, other), done = whole
    assert same(one, other) == []
    assert same(load_file(run / "last.safetensors"), {k: one[k] for k in load_file(run / "last.safetensors")}) == []
    assert sorted(path.name for path in run.iterdir()) == sorted(STATE)
    assert [row["epoch"] for row in metrics_of(run)] == ["1", "2"]
    assert torch.load(run / "last.pt", weights_only=True)["world"] == 2
    said = Counter(done.stderr.splitlines())
    # Where an epoch takes half a minute its steps are told of, too.
    ends = [line for line in said if line.startswith("epoch") and ", step " not in line]
    assert [line[:9] for line in ends] == ["epoch 1/2", "epoch 2/2"]
    assert max(count for line, count in said.items() if line.startswith(("epoch", "warning", "note"))) == 1
    assert done.stdout.count("best weights:") == 1


@pytest.mark.slow
def test_killed_and_resumed_they_end_with_the_weights_of_a_run_never_killed(config, whole):
    run = config.parent / "killed"
    for more, blow in ((), (1, 1, 0)), (("--resume",), (0, 1, 1)):
        arguments = tuple(map(str, (*blow, *options(config, run), *more)))
        done = forked_torchrun(2, config.parent, partial(ranks_program.main, "kill", *arguments))
        assert done.returncode
        # The other hears of it at once and ends, too: torchrun names one of them, as it happens to find them.
        assert done.stderr.splitlines().count(f"rank {blow[0]} is killed") == 1
    going_on = command("train", *options(config, run), "--resume")
    assert forked_torchrun(2, config.parent, going_on).returncode == 0
    one, other = (load_file(folder / "last.safetensors") for folder in (whole[0], run))
    assert same(one, other) == []
    moments = [torch.load(folder / "last.pt", weights_only=True)["optimizer"] for folder in (whole[0], run)]
    assert all(same(moments[0]["state"][n], moments[1]["state"][n]) == [] for n in moments[0]["state"])
    rows = [[{**row, "windows_per_s": 0} for row in metrics_of(folder)] for folder in (whole[0], run)]
    assert rows[0] == rows[1]


@pytest.mark.slow
def test_one_process_under_torchrun_is_one_without(config):
    done = torchrun(1, "-m", "geobfdt", "train", *options(config, config.parent / "one"))
    assert done.returncode == 0, done.stderr
    train(load_config(config), config.parent / "plain", wandb_mode="off", device=CPU)
    one, plain = (load_file(config.parent / name / "last.safetensors") for name in ("one", "plain"))
    assert same(one, plain) == []


@pytest.fixture(scope="module")
def steps(config, whole):
    """What each of two ranks held after steps on windows that are known."""
    return [torch.load(config.parent / f"steps{rank}.pt") for rank in (0, 1)]


@pytest.mark.slow
def test_two_halves_of_a_batch_teach_what_the_whole_teaches(steps):
    """Twenty steps, in batches whose halves hold different numbers of planes. What is left is that a sum is
    rounded otherwise in another order, which Adam makes much of where a gradient is 0 but for rounding: 3e-6 of the
    way here, and 9e-5 for one process with the same windows in another order (6e-4 both, with 32 windows). Planes that
    each rank counted for itself make a sixth of the way.
    """
    together, alone, first = (steps[0][name] for name in ("together", "alone", "at first"))
    assert torch.equal(together, steps[1]["together"])
    assert (together - alone).abs().mean() < 1e-3 * (alone - first).abs().mean()


@pytest.mark.slow
def test_a_loss_that_is_infinite_on_one_rank_skips_the_step_on_both(steps):
    for held in steps:
        assert [loss is None for loss in held["losses"]] == [False, True, False]
        assert same(held["states"][1], held["states"][2]) == [], "norms, weights and moments as they were"
        assert same(held["states"][2], held["states"][3]) != []
    for one, other in zip(steps[0]["states"], steps[1]["states"], strict=True):
        assert not [name for name in same(one, other) if "running" not in name], "norms alone are each rank's own"


@pytest.mark.slow
def test_a_mistake_on_any_rank_is_told_once_and_ends_all(config):
    run = config.parent / "failed"
    done = torchrun(2, PROGRAM, "fail", 1, 1, 0, *options(config, run))
    assert done.returncode
    assert [line for line in done.stderr.splitlines() if line.startswith("geobfdt: ")] == [
        "geobfdt: well.h5: is gone; put it back"
    ]
    assert "loop.py" not in done.stderr, "no traceback but torchrun's own"
    assert done.stderr.count("exitcode  : 2 ") == 2
    assert sorted(path.name for path in run.iterdir()) == sorted(STATE)


@pytest.mark.slow
def test_another_number_of_processes_does_not_go_on(config, whole, tmp_path):
    run = shutil.copytree(whole[0], tmp_path / "run")
    with pytest.raises(InputError, match=r"was trained by 2 processes and cannot go on with 1; .* \(torchrun with 2"):
        train(load_config(config), run, resume=True, wandb_mode="off", device=CPU)


def test_a_run_of_one_does_not_go_on_with_two(tmp_path):
    train(learning(epochs=1), tmp_path / "run", wandb_mode="off", device=CPU)
    with pytest.raises(InputError, match=r"was trained by 1 process and cannot go on with 2; .* without torchrun"):
        train(learning(epochs=2), tmp_path / "run", resume=True, wandb_mode="off", device=CPU, ranks=Ranks(0, 2))


@pytest.mark.parametrize("length", [1, 7, 12])
@pytest.mark.parametrize("world", [2, 3])
def test_together_they_see_what_one_alone_would(length, world):
    """Chunk by chunk; where a round does not come out even its first windows are dealt again, and all have as many."""
    expected, size = np.ones(length), 2
    alone = Passes(expected, seed=3, length=length).chunk(5, 0, length)
    each = [Passes(expected, seed=3, length=length, ranks=Ranks(rank, world)) for rank in range(world)]
    seen = []
    for chunk in range(-(-each[0].share // size)):
        of_ranks = [passes.chunk(5, chunk, size) for passes in each]
        assert len({len(one) for one in of_ranks}) == 1
        seen += [window for windows in zip(*of_ranks, strict=True) for window in windows]
    assert seen[:length] == alone
    assert seen[length:] == (alone * world)[: len(seen) - length]
    for passes in each:
        for number in range(9):
            parts = passes.running_on(number, size)
            assert sum(len(passes.chunk(part.round, part.chunk, size)[part.windows]) for part in parts) == size


def test_a_corpus_is_cut_by_rank(tmp_path):
    path = corpus(tmp_path, "train", "train", "train", "val")
    plain = {"augment": {"geometric": 0, "radiometric": 0}}
    one = CorpusWindows(path, tiny(batch=4, **plain), CPU)
    two = [CorpusWindows(path, tiny(batch=2, **plain), CPU, Ranks(rank, 2)) for rank in (0, 1)]
    assert {source.steps_per_epoch for source in (one, *two)} == {-(-len(one.places) // 4)}
    assert len(one.places) == 10
    for rank, source in enumerate(two):
        for step in range(3):
            assert torch.equal(source.batch(3, step).windows, one.batch(3, step).windows[rank::2])


@pytest.mark.parametrize("augmented", [0.0, 1.0])
def test_synthetic_windows_and_what_befalls_them_are_each_ranks_own(augmented):
    config = TrainConfig.model_validate(TINY | {"augment": {"geometric": augmented, "radiometric": augmented}})
    alone, *ranks = (SyntheticWindows(config, CPU, ranks).batch(1, 1) for ranks in (ALONE, Ranks(0, 2), Ranks(1, 2)))
    assert torch.equal(alone.windows, ranks[0].windows)
    assert not torch.equal(alone.windows, ranks[1].windows)


def test_more_processes_than_cards_is_a_sentence(monkeypatch):
    for name in ("WORLD_SIZE", "LOCAL_WORLD_SIZE", TORCHRUN):
        monkeypatch.setenv(name, "3")
    monkeypatch.setenv("LOCAL_RANK", "0")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    for device, message in (
        (torch.device("cuda"), "started 3 processes on a machine with 2 cards"),
        (torch.device("cuda", 1), r"--device cuda:1: .* use --device cuda"),
    ):
        with pytest.raises(InputError, match=message), together(device):
            pass


def test_a_process_alone_needs_no_others(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "3")  # of another launcher
    with together(CPU) as (ranks, device):
        assert (ranks, device) == (ALONE, CPU)
        assert not torch.distributed.is_initialized()
    assert not told_already()
