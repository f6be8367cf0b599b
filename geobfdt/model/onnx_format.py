"""What an ONNX file of weights says of itself beside its graph, and whether it is as it was written.

The graph takes ``windows`` (batch, channels, rows, 180 columns), float32, as :mod:`geobfdt.windows.cut` cuts them, of
any batch size. What it gives hangs on the head of the configuration, see :data:`OUTPUTS`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
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
            return cls(config, threshold, calibration, int(texts["parameters"]), texts["digest"], texts["safetensors"])
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


def texts_of(data: bytes) -> dict[str, str]:
    """The metadata in the bytes of an ONNX file, without any of the packages that read its graph.

    Raises :class:`ValueError` where they are not ONNX. Source: onnx.proto, where ModelProto has its metadata as field
    14, of StringStringEntryProto: a key as field 1 and a value as field 2.
    """
    entries = [dict(_fields(inner)) for number, inner in _fields(data) if number == _METADATA]
    return {bytes(entry[1]).decode(): bytes(entry[2]).decode() for entry in entries if entry.keys() >= {1, 2}}


_METADATA = 14
_VARINT, _FIXED_64, _LENGTH, _FIXED_32 = 0, 1, 2, 5


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each field of a protobuf message that has a length."""
    place = 0
    while place < len(data):
        tag, place = _varint(data, place)
        kind = tag & 7
        if kind == _VARINT:
            _, place = _varint(data, place)
        elif kind in (_FIXED_64, _FIXED_32):
            place += 8 if kind == _FIXED_64 else 4
        elif kind == _LENGTH:
            length, place = _varint(data, place)
            if place + length > len(data):
                raise ValueError("it ends too early")
            yield tag >> 3, data[place : place + length]
            place += length
        else:
            raise ValueError("it is no ONNX file")


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """A number that is written seven bits a byte, the lowest first, and the place after it."""
    number = shift = 0
    while True:
        if place >= len(data) or shift > 63:
            raise ValueError("it is no ONNX file")
        number |= (data[place] & 0x7F) << shift
        shift += 7
        place += 1
        if not data[place - 1] & 0x80:
            return number, place
