"""What an ONNX file of weights says of itself beside its graph, and whether it is as it was written.

The graph takes ``windows`` (batch, channels, rows, 180 columns), float32, as :mod:`geobfdt.windows.cut` cuts them, of
any batch size. What it gives hangs on the head of the configuration, see :data:`OUTPUTS`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from geobfdt.model.config import Head, ModelConfig, problem_of

FORMAT = "geobfdt-onnx-1"
INPUT = "windows"
DETECTED = ("sinusoids", "scores", "logits", "spread")
"""What a detector gives of each window: planes (queries, 3) = (z0, a, b) in hole radii, z0 downwards from the window's
centre; calibrated scores and logits (queries, 2) of "fracture" and "bedding"; mean absolute errors (queries, 3) to be
expected of the window depth and of the dip vector along and across itself. Plain decoders state no errors."""
OUTPUTS: dict[Head, tuple[str, ...]] = {
    "planes": DETECTED,
    "both": DETECTED,
    "traces": ("shares",),  # (3, rows, columns) of background, fracture and bedding at every pixel
    "classes": ("shares",),  # (classes,)
}
_UNSEALED = b"0" * 64


@dataclass(frozen=True)
class Said:
    """What an ONNX file says of the weights in it.

    config       their shape, which also says in what form windows are cut
    threshold    least score of a pick, in [0, 1], that their validation chose
    calibration  factor and offset, a kind, that turned logits into scores; none where there are no planes
    parameters   how many numbers were trained
    digest       what tells the weights from all others, see :meth:`geobfdt.model.checkpoint.Weights.digest`
    safetensors  SHA-256 of the file that holds them as torch takes them
    """

    config: ModelConfig
    threshold: float
    calibration: tuple[tuple[float, float], ...]
    parameters: int
    digest: str
    safetensors: str

    def texts(self) -> dict[str, str]:
        """As a file's metadata hold it."""
        return {
            "format": FORMAT,
            "model": self.config.model_dump_json(),
            "threshold": repr(self.threshold),
            "calibration": json.dumps(self.calibration),
            "parameters": str(self.parameters),
            "digest": self.digest,
            "safetensors": self.safetensors,
            "file": _UNSEALED.decode(),
        }

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> Said:
        """From a file's metadata. Raises :class:`ValueError` on those of another program or version."""
        if texts.get("format") != FORMAT:
            raise ValueError(f"it says format {texts.get('format', 'nothing')}, not {FORMAT}")
        try:
            threshold = float(texts["threshold"])
            if not 0 <= threshold <= 1:
                raise ValueError(f"threshold {threshold} outside 0 to 1")
            config = ModelConfig.model_validate_json(texts["model"])
            calibration = tuple((float(factor), float(offset)) for factor, offset in json.loads(texts["calibration"]))
            return cls(
                config, threshold, calibration, int(texts["parameters"]), texts["digest"], texts["safetensors"]
            )
        except KeyError as error:
            raise ValueError(f"it does not say its {error.args[0]}") from None
        except ValidationError as error:
            raise ValueError(f"model {problem_of(error)}") from None


def sealed(data: bytes) -> bytes:
    """The bytes of a file whose metadata are :meth:`Said.texts`, its own digest among them: the SHA-256 of them all,
    counted with zeros in its place.
    """
    return data.replace(_UNSEALED, hashlib.sha256(data).hexdigest().encode())


def is_as_sealed(data: bytes, texts: Mapping[str, str]) -> bool:
    """Whether the bytes of a file are those that were sealed, by what its metadata say."""
    seal = texts.get("file", "")
    return hashlib.sha256(data.replace(seal.encode(), _UNSEALED)).hexdigest() == seal


