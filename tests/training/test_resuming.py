"""Resuming: whatever became of a run's folder is a sentence, and runs of older versions go on."""

import shutil

import pytest
import torch

from geobfdt.errors import InputError
from geobfdt.formats.atomic import alone
from geobfdt.model.checkpoint import load_weights, save_state
from geobfdt.training.loop import train
from geobfdt.training.sources import SyntheticWindows
from tests.training.test_loop import metrics_of, tiny

STEM = "backbone.stem.0.weight"


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """The folder of a run of one epoch."""
    run = tmp_path_factory.mktemp("runs") / "done"
    train(tiny(epochs=1), run, wandb_mode="off")
    return run


@pytest.fixture
def run(done, tmp_path):
    return shutil.copytree(done, tmp_path / "run")


def change_state(run, change):
    """Change what a run goes on from, as whoever writes it with a digest of its own."""
    state = torch.load(run / "last.pt", weights_only=True)
    del state["digest"]
    save_state(run / "last.pt", change(state) or state)


def resume(run, epochs=2):
    return train(tiny(epochs=epochs), run, resume=True, wandb_mode="off")


def planted(*keys, value):
    """Put a value under keys, or as the first number of the tensor there."""

    def plant(state):
        place = state
        for key in keys[:-1]:
            place = place[key]
        held = place.get(keys[-1])
        if isinstance(held, torch.Tensor) and isinstance(value, float):
            held.view(-1)[0] = value
        else:
            place[keys[-1]] = value

    return plant


def without(*keys):
    def leave_out(state):
        place = state
        for key in keys[:-1]:
            place = place[key]
        del place[keys[-1]]

    return leave_out


MOMENTS = ("optimizer", "state", 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without("rows"), "it lacks rows"),
        (without("optimizer", "state"), "it lacks optimizer.state"),
        (without("detector", STEM), f"it lacks tensor {STEM}"),
        (without(*MOMENTS, "exp_avg"), r"it lacks tensor optimizer\.0\.exp_avg"),
        (planted("optimizer", "param_groups", value=[]), "the groups of its optimizer are not those"),
        (planted("optimizer", "state", 10**6, value={}), "its optimizer knows a parameter 1000000 of"),
        (planted("detector", STEM, value=torch.nan), f"{STEM} holds values that are no numbers"),
        (planted("detector", STEM, value=1e30), f"{STEM} runs from .* to 1e.30"),
        (planted("detector", STEM, value=torch.ones(3)), f"{STEM}: .* numbers declared, 3 held"),
        (planted(*MOMENTS, "exp_avg", value=torch.inf), r"optimizer\.0\.exp_avg holds values that are no numbers"),
        (planted(*MOMENTS, "exp_avg_sq", value=1e30), r"optimizer\.0\.exp_avg_sq runs from"),
        (planted(*MOMENTS, "exp_avg_sq", value=-1.0), r"optimizer\.0\.exp_avg_sq, a mean of squares, falls to -1"),
        (planted("epoch", value=7), "epoch 7, the best 1, and 1 rows"),
        (planted("epoch", value="one"), "epoch: Input should be a valid integer"),
        (planted("best_epoch", value=2), "epoch 1, the best 2, and 1 rows"),
        (planted("rows", value=[["loss", 1.0]]), r"rows\.0: Input should be a valid dictionary"),
        (planted("config", "model", value=[1]), "config.model Input should be"),
    ],
)
def test_a_damaged_checkpoint_is_a_sentence(run, change, message):
    change_state(run, change)
    with pytest.raises(InputError, match=rf"last\.pt: the checkpoint is damaged \({message}.*; start the run again"):
        resume(run)
    assert len(metrics_of(run)) == 1


@pytest.mark.parametrize("held", [[1, 2], torch.ones(3), None])
def test_a_checkpoint_that_holds_something_else_says_what(run, held):
    torch.save(held, run / "last.pt")
    with pytest.raises(InputError, match=rf"it holds a {type(held).__name__}, not the state of a run"):
        resume(run)


def test_a_flipped_bit_of_a_checkpoint_is_seen_and_the_remedy_works(run, tmp_path):
    data = (run / "last.pt").read_bytes()
    for name in ("exp_avg", STEM):  # of the optimizer, and of the network
        state = torch.load(run / "last.pt", weights_only=True)
        tensor = state["detector"][name] if name == STEM else state["optimizer"]["state"][0][name]
        flipped = bytearray(data)
        flipped[data.index(tensor.numpy().tobytes()) + 1] ^= 4
        (run / "last.pt").write_bytes(flipped)
        with pytest.raises(InputError, match="it is not as it was written, as its digest says") as told:
            resume(run)
        (run / "last.pt").write_bytes(data)
    assert f"--init {run / 'last.safetensors'}" in str(told.value)
    train(tiny(epochs=1), tmp_path / "anew", init=run / "last.safetensors", wandb_mode="off")


def test_a_checkpoint_of_version_0_1_goes_on(run):
    """It has no digest, other names of columns, and no record of guards."""
    state = torch.load(run / "last.pt", weights_only=True)
    for name in ("digest", "warned", "skipped"):
        del state[name]
    for row in state["rows"]:
        row["trace"], row["traces"], row["gone"] = row.pop("fine_map"), row.pop("masks"), 3.0
    torch.save(state, run / "last.pt")
    resume(run)
    rows = metrics_of(run)
    assert len(rows) == 2
    assert [row["gone"] for row in rows] == ["3", ""]
    assert all(row["fine_map"] for row in rows)


@pytest.mark.parametrize("epochs", [1, 2])
def test_a_run_whose_best_weights_are_gone_says_so_before_it_goes_on(run, epochs):
    """Nothing that follows may be better than they were, and the command would name a file that is not there."""
    (run / "best.safetensors").unlink()
    with pytest.raises(InputError, match=r"best\.safetensors: the best .* of epoch 1, are gone; .* copy last"):
        resume(run, epochs)
    shutil.copy(run / "last.safetensors", run / "best.safetensors")
    assert load_weights(resume(run, epochs)).threshold > 0


def test_a_run_whose_best_weights_are_damaged_says_so(run):
    data = bytearray((run / "best.safetensors").read_bytes())
    data[-3] ^= 1
    (run / "best.safetensors").write_bytes(data)
    with pytest.raises(InputError, match=r"best\.safetensors: .* are damaged"):
        resume(run)


def test_a_run_goes_on_as_it_began_or_says_what_differs(tmp_path):
    """But for how long it goes on; and with the data that it began with."""
    train(tiny(epochs=1), tmp_path / "run", wandb_mode="off")
    for changed, message in (
        ({"batch": 4}, r"batch was 2 and is 4"),
        ({"seed": 5}, r"seed was 0 and is 5"),
        ({"loss": {"fine_map": 2.0}}, r"loss\.fine_map was 1\.0 and is 2\.0"),
    ):
        with pytest.raises(InputError, match=message + r"; go on with its own config\.yaml"):
            train(tiny(epochs=2, **changed), tmp_path / "run", resume=True, wandb_mode="off")

    class Other(SyntheticWindows):
        identity = "corpus 0123"

    other = Other(tiny(epochs=2), torch.device("cpu"))
    with pytest.raises(InputError, match=r"its windows came from synthetic.*, not from corpus 0123"):
        train(tiny(epochs=2), tmp_path / "run", other, resume=True, wandb_mode="off")
    assert train(tiny(epochs=2, patience=9), tmp_path / "run", resume=True, wandb_mode="off").is_file()


def test_two_at_once_do_not_train_one_run(tmp_path):
    with alone(tmp_path / "run"), pytest.raises(InputError, match="another process is at work on it"):
        train(tiny(epochs=1), tmp_path / "run", wandb_mode="off")
    assert list(tmp_path.iterdir()) == []
