"""Weights that onnxruntime answers with, without torch: they start in a fraction of the time that torch does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geobfdt.errors import InputError, reason_of
from geobfdt.model.config import Head, ModelConfig
from geobfdt.model.onnx_format import INPUT, Said, is_as_sealed, texts_of
from geobfdt.prediction.found import Answers
from geobfdt.workers.processors import threads

AT_ONCE = 8
"""Windows a run: onnxruntime is a tenth faster with these than with the 32 that suit torch."""


@dataclass(frozen=True)
class ByOnnx:
    """Weights that onnxruntime answers with: an :class:`~geobfdt.prediction.engine.Engine`."""

    session: Any
    said: Said
    source: str
    name: str = "onnx"
    at_once: int = AT_ONCE
    ahead: int = 0

    @classmethod
    def of(cls, file: Path, source: str) -> ByOnnx:
        """From an ONNX file; ``source`` is the file that its weights are known by.

        Raises :class:`InputError` when it is missing, damaged or of another program, or onnxruntime is not installed.
        """
        remedy = "give a file that geobfdt export-model wrote"
        if not file.is_file():
            raise InputError(f"{file}: no such weights file; {remedy}")
        try:
            data = file.read_bytes()
            texts = texts_of(data)
            said = Said.of(texts)
            if not is_as_sealed(data, texts):
                raise ValueError("it is not as it was written, as its digest says")
            session = session_of(file)
        except ImportError:
            raise InputError(
                f"{file}: onnxruntime, which reads it, is not installed; pip install onnxruntime"
            ) from None
        except Exception as error:  # onnxruntime raises what it happens to meet, each of a class of its own
            raise InputError(f"{file}: the weights are damaged ({reason_of(error)}); {remedy}") from error
        return cls(session, said, source)

    @property
    def config(self) -> ModelConfig:
        return self.said.config

    @property
    def threshold(self) -> float:
        return self.said.threshold

    @property
    def gives(self) -> Head:
        return self.said.config.head

    def digest(self) -> str:
        return self.said.digest

    def planes(self, windows: NDArray[np.float32]) -> Callable[[], Answers]:
        sinusoids, score, logit, *stated = self._said_of(windows)
        spread = stated[0].astype(float) if stated else np.full(sinusoids.shape, np.nan)
        answers = Answers(sinusoids.astype(float), score, logit.astype(float), spread)
        return lambda: answers

    def shares(self, windows: NDArray[np.float32]) -> NDArray[np.float64]:
        (share,) = self._said_of(windows)
        return share.astype(float)

    def _said_of(self, windows: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        answers: list[NDArray[np.float32]] = self.session.run(None, {INPUT: windows})
        return answers


def session_of(file: Path) -> Any:
    """An onnxruntime session of a graph on the processor, whose answers hang on nothing but the windows."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads()  # by itself onnxruntime heeds neither variable nor affinity
    options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    options.log_severity_level = 4  # what fails is raised
    # Threads that wait by spinning take the processor from what runs beside them, as those of torch would.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
