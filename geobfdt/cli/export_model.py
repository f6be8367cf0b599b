"""The command that writes weights for an engine without torch."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geobfdt.cli import console
from geobfdt.cli.options import Json
from geobfdt.errors import InputError

if TYPE_CHECKING:
    from geobfdt.prediction.by_onnx import ByOnnx
    from geobfdt.prediction.by_torch import ByTorch

_WELL_M, _SEED = 10.0, 11
"""Length of the well that both engines pick, and what it is drawn from."""


def export_model(
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE.onnx", help="ONNX file to write.")],
    weights: Annotated[
        Path | None, typer.Argument(metavar="WEIGHTS", help="Weights file. (default: the bundled weights)")
    ] = None,
    beside: Annotated[
        bool, typer.Option("--beside", help="Leave the numbers in the weights file, beside which OUT then has to stay.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write weights as ONNX, which picks without torch and is read by other programs; takes a minute or two.

    A well is picked with both, and how far their picks lie apart is said.
    """
    from geobfdt.formats.atomic import check_output, replacing

    check_output(out, (".onnx",))

    from geobfdt.model.checkpoint import load_weights
    from geobfdt.model.exporting import exported, exported_beside
    from geobfdt.prediction.by_onnx import ByOnnx
    from geobfdt.prediction.by_torch import ByTorch

    loaded = load_weights(weights)
    source = Path(loaded.source)
    if beside and source.parent.resolve() != out.parent.resolve():
        raise InputError(f"{out}: with --beside it has to lie beside {source}; write it there")
    data = (exported_beside if beside else exported)(loaded, source)
    with replacing(out, (".onnx",)) as temporary:
        temporary.write_bytes(data)
        told = _compared(ByTorch.of(loaded, "cpu", "float32"), ByOnnx.of(temporary, str(out)))
    answer = {"file": str(out), "bytes": len(data), "digest": loaded.digest(), **told}
    console.answer(answer, f"{out}: {len(data) / 1e6:.1f} MB; {_said(told)}", as_json=as_json)


def _compared(by_torch: ByTorch, by_onnx: ByOnnx) -> dict[str, Any]:
    """How far apart torch and onnxruntime are on a synthetic well."""
    from geobfdt.prediction.classes import classified
    from geobfdt.prediction.detect import predict
    from geobfdt.prediction.parity import Parity
    from geobfdt.synthetic.wells import synthetic_well

    log = synthetic_well("parity", _WELL_M, _SEED).log
    if by_torch.gives == "classes":
        shares = [classified(log, engine).share for engine in (by_torch, by_onnx)]
        return {"windows": len(shares[0]), "share": float(abs(shares[0] - shares[1]).max())}
    ours, theirs = (predict(log, engine) for engine in (by_torch, by_onnx))
    return asdict(Parity.of(ours, theirs, log.hole_diameter_m))


def _said(told: dict[str, Any]) -> str:
    if "windows" in told:
        return f"of {told['windows']} windows, shares of classes differ from torch's by {told['share']:.1e} at most"
    return (
        f"{told['same']} of {told['picks']} picks are torch's within 1 mm and 0.01 of confidence; at most they differ "
        f"by {1000 * told['depth_m']:.3f} mm, {told['pole_deg']:.4f} degrees and {told['confidence']:.1e} of confidence"
    )
