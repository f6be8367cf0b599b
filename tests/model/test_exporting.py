"""Weights as ONNX: the file says whose it is, and what it answers is what torch answers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import geobfdt.prediction.engine as engines
from geobfdt.errors import InputError
from geobfdt.formats.provenance import file_digest
from geobfdt.model.checkpoint import Weights, load_weights, save_weights
from geobfdt.model.config import ModelConfig
from geobfdt.model.exporting import exported
from geobfdt.model.network import network_of
from geobfdt.prediction.by_onnx import ByOnnx
from geobfdt.prediction.by_torch import ByTorch
from geobfdt.prediction.classes import classified
from geobfdt.prediction.detect import batches_of, found, predict
from geobfdt.prediction.engine import chosen, engine_of, has_bfloat16, said_of, weights_file
from geobfdt.prediction.found import Found
from geobfdt.prediction.parity import Parity
from geobfdt.synthetic.wells import synthetic_well
from geobfdt.workers.processors import threads

SMALL = {"width": 8, "channels": 16, "heads": 2, "feed_forward": 16, "encoder_layers": 1, "decoder_layers": 1}
WELL = synthetic_well("well", 6.0, 4)


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    """Weights that learnt nothing, of a network with all parts, saved and loaded."""
    torch.manual_seed(0)
    config = ModelConfig(**SMALL, decoder="curve", target="vector", queries=8, proposals=8)
    return saved(tmp_path, config)


def saved(folder: Path, config: ModelConfig) -> Weights:
    path = folder / "own.safetensors"
    save_weights(path, network_of(config), 0.3)
    return load_weights(path)


def bundled() -> ByOnnx:
    answering = engine_of(None, "onnx")
    assert isinstance(answering, ByOnnx)
    return answering


def written(weights: Weights, path: Path) -> ByOnnx:
    path.write_bytes(exported(weights, Path(weights.source)))
    return ByOnnx.of(path, str(path))


def test_the_bundled_onnx_file_belongs_to_the_bundled_weights() -> None:
    ours, said = load_weights(), said_of(weights_file())
    assert said.digest == ours.digest()
    assert said.safetensors == file_digest(weights_file())
    assert (said.config, said.threshold) == (ours.config, ours.threshold)
    assert said.parameters == sum(parameter.numel() for parameter in ours.network.parameters())
    assert weights_file().with_suffix(".onnx").stat().st_size < 500_000, "the numbers are in the weights' own file"


def test_onnxruntime_picks_what_torch_picks_however_many_windows_it_takes_at_once() -> None:
    by_onnx = bundled()
    picks = predict(WELL.log, ByTorch.of(load_weights(), "cpu", "float32"))
    assert len(picks) > 10
    for at_once in (1, 7):
        alike = Parity.of(picks, predict(WELL.log, replace(by_onnx, at_once=at_once)), WELL.log.hole_diameter_m)
        assert alike.share == 1, alike


def test_what_is_found_in_batches_is_to_the_last_bit_what_is_found_at_once() -> None:
    by_onnx = replace(bundled(), at_once=3)
    count = batches_of(WELL.log, by_onnx)
    assert count > 2
    joined = Found.joined([found(WELL.log, by_onnx, batches=slice(k, k + 1)) for k in range(count)])
    whole = found(WELL.log, by_onnx)
    for name in ("sinusoids", "score", "window", "logit", "spread"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(whole, name))


@pytest.mark.slow
def test_own_weights_are_exported_and_answer_alike_in_batches_of_any_size(weights: Weights, tmp_path: Path) -> None:
    by_onnx = written(weights, tmp_path / "own.onnx")
    windows = np.random.default_rng(0).random((7, 2, 384, 180), np.float32)
    windows[:, 1] = windows[:, 1] > 0.2
    ours, theirs = ByTorch.of(weights, "cpu", "float32").planes(windows)(), by_onnx.planes(windows)()
    for name in ("sinusoids", "score", "logit", "spread"):
        np.testing.assert_allclose(getattr(theirs, name), getattr(ours, name), rtol=1e-4, atol=1e-4)
        one = getattr(by_onnx.planes(windows[:1])(), name)
        np.testing.assert_allclose(one, getattr(ours, name)[:1], rtol=1e-4, atol=1e-4)
    assert (by_onnx.digest(), by_onnx.threshold, by_onnx.config) == (weights.digest(), 0.3, weights.config)

    assert chosen(weights.source, "onnx").name == "onnx", "it lies beside the weights and was made of them"
    save_weights(weights.source, weights.network, 0.4)
    with pytest.raises(InputError, match="was not made of them: geobfdt export-model writes one"):
        chosen(weights.source, "onnx")
    assert chosen(weights.source).name == "torch"

    data = bytearray((tmp_path / "own.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "own.onnx").write_bytes(data)
    with pytest.raises(InputError, match="damaged"):
        engine_of(tmp_path / "own.onnx")


@pytest.mark.slow
@pytest.mark.parametrize("head", ["traces", "classes"])
def test_masks_and_classes_of_rock_are_exported_too(head: str, tmp_path: Path) -> None:
    torch.manual_seed(1)
    names = ("sand", "shale") if head == "classes" else ()
    weights = saved(tmp_path, ModelConfig(**SMALL, head=head, classes=names))
    by_onnx, by_torch = written(weights, tmp_path / "own.onnx"), ByTorch.of(weights, "cpu", "float32")
    windows = np.random.default_rng(0).random((3, 2, 384, 180), np.float32)
    np.testing.assert_allclose(by_onnx.shares(windows), by_torch.shares(windows), atol=1e-5)
    if head == "classes":
        share = classified(WELL.log, by_onnx).share
        np.testing.assert_allclose(share, classified(WELL.log, by_torch).share, atol=1e-5)


def test_what_is_no_onnx_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    whole = weights_file().with_suffix(".onnx").read_bytes()
    for name, data in {"cut": whole[:1000], "empty": b"", "text": b"no weights at all"}.items():
        (tmp_path / f"{name}.onnx").write_bytes(data)
        with pytest.raises(InputError, match=rf"{name}.onnx: the weights are damaged"):
            engine_of(tmp_path / f"{name}.onnx")
    with pytest.raises(InputError, match="no such weights file"):
        engine_of(tmp_path / "missing.onnx")
    with pytest.raises(InputError, match="which torch does not read"):
        engine_of(tmp_path / "cut.onnx", "torch")


def test_the_fastest_engine_that_is_there_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"torch", "onnxruntime"}
    monkeypatch.setattr(engines, "find_spec", lambda name: name if name in there else None)
    for card, bfloat16, name in ((True, False, "torch"), (False, True, "torch"), (False, False, "onnx")):
        monkeypatch.setattr(engines, "_has_card", lambda card=card: card)
        monkeypatch.setattr(engines, "has_bfloat16", lambda bfloat16=bfloat16: bfloat16)
        assert chosen().name == name
    assert chosen(device="cuda").name == "torch"
    with pytest.raises(InputError, match="--device cuda: onnxruntime is asked, which computes on the processor"):
        chosen(None, "onnx", "cuda")
    there.remove("onnxruntime")
    assert chosen().name == "torch"
    with pytest.raises(InputError, match="pip install onnxruntime"):
        chosen(None, "onnx")
    there.clear()
    with pytest.raises(InputError, match="neither torch nor onnxruntime is installed"):
        engine_of()


def test_the_processor_is_known_without_torch(tmp_path: Path) -> None:
    assert has_bfloat16() == torch.cpu._is_avx512_bf16_supported()
    (tmp_path / "cpuinfo").write_text("model name: one\nflags\t\t: fpu avx512f avx512_bf16 amx_bf16\n")
    assert has_bfloat16(tmp_path / "cpuinfo")
    assert not has_bfloat16(tmp_path / "missing")


def test_threads_are_as_many_as_torch_would_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3,2")
    assert threads() == 3
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert threads() >= 1
