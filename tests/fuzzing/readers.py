"""Reads a case as the product does, and says what is wrong with the way it went."""

from __future__ import annotations

import functools
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from geobfdt import formats
from geobfdt.borehole import REFERENCES
from geobfdt.borehole.image_log import DIAMETER_RANGE_M, ImageLog
from geobfdt.borehole.intervals import Intervals
from geobfdt.borehole.picks import DEVIATIONS, Picks
from geobfdt.borehole.survey import Survey
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.listing import Part
from tests.fuzzing.cases import SUFFIXES, Case

LONGEST_MESSAGE = 1000
_GIVEN: dict[str, Any] = {"hole_diameter_m": 0.2159, "reference": "north"}
_ENDS: dict[str, Any] = {"top_m": 1000.0, "base_m": 1005.5}


def _log(path: Path) -> list[Any]:
    ends = _ENDS if path.suffix in (".png", ".tif", ".jpg", ".bmp", ".npy") else {}
    return [formats.read(path, **_GIVEN, **ends)]


def _picks(path: Path) -> list[Any]:
    return [formats.read_picks(path)]


def _survey(path: Path) -> list[Any]:
    from geobfdt.formats.survey import read_survey

    return [read_survey(path)]


def _contents(path: Path) -> list[Any]:
    return list(formats.contents(path))


def _corpus(path: Path) -> list[Any]:
    from geobfdt.formats.corpus import iter_corpus

    return [part for well in iter_corpus(path) for part in (well.log, well.picks, well.intervals)]


def _intervals(path: Path) -> list[Any]:
    """The tops as depths of rows, and all of them."""
    from geobfdt.formats.intervals import read_intervals

    found = read_intervals(path, "FACIES" if path.suffix == ".las" else None)
    return [SimpleNamespace(depth_m=found.top_m), found]


def _kind_map(path: Path) -> list[Any]:
    from geobfdt.formats.kind_names import kind_map

    return [kind_map(path)]


def _config(path: Path) -> list[Any]:
    from geobfdt.training.config import load_config

    return [load_config(path)]


def _settings(path: Path) -> list[Any]:
    from geobfdt.cli.grouping import setting_names
    from geobfdt.cli.settings import read_settings

    return list(read_settings(path, setting_names()))


def _weights(path: Path) -> list[Any]:
    from geobfdt.model.checkpoint import load_weights

    return [load_weights(path)]


def _checkpoint(path: Path) -> list[Any]:
    from geobfdt.training.config import TrainConfig
    from geobfdt.training.loop import optimizer_of
    from geobfdt.training.run_state import RunState
    from tests.fuzzing.seeds import small_detector

    detector = small_detector()
    state = RunState.read(path)
    state.give(detector, optimizer_of(detector, TrainConfig(model=detector.config)), path)
    return [state]


READERS: dict[str, tuple[Callable[[Path], list[Any]], ...]] = {
    "dlis": (_log, _contents),
    "las image": (_log, _contents),
    "las picks": (_picks, _contents),
    "csv matrix": (_log, _contents),
    "csv flattened": (_log, _contents),
    "csv picks": (_picks,),
    "json picks": (_picks,),
    "csv survey": (_survey,),
    "las survey": (_survey,),
    "csv intervals": (_intervals,),
    "las intervals": (_intervals,),
    "kind map": (_kind_map,),
    "png": (_log,),
    "tiff": (_log,),
    "jpeg": (_log,),
    "bmp": (_log,),
    "npy": (_log,),
    "corpus": (_corpus, _picks),
    "config": (_config,),
    "settings": (_settings,),
    "weights": (_weights,),
    "checkpoint": (_checkpoint,),
}
"""What reads the files of each reader; the first one's outcome is what counts as read or refused."""


class Wrong(AssertionError):
    """A reader did what it must not."""


def read(case: Case, path: Path) -> bool:
    """Write a case and read it with all that reads such files: True when it read, False when it was refused clearly.

    Raises :class:`Wrong` on an unclear refusal, a library's warning, or a value that cannot be; whatever else escapes
    a reader comes through.
    """
    path.write_bytes(case.data)
    outcomes = [_outcome(reader, path) for reader in READERS[case.reader]]
    values = outcomes[0]
    for value in (value for outcome in outcomes for value in outcome or ()):
        _check(value)
    if values is None:
        return False
    if case.refused:
        raise Wrong(f"read, though {case.what} is no unit of depth")
    if case.depth_m is not None and not np.allclose(values[0].depth_m, case.depth_m, rtol=1e-9):
        raise Wrong(f"{case.what}: depths {values[0].depth_m[:3]}, not {case.depth_m[:3]}")
    if case.prefix_of is not None and case.data != case.prefix_of:
        _check_prefix(case, values)
    return True


def _outcome(reader: Callable[[Path], list[Any]], path: Path) -> list[Any] | None:
    """What a reader returns, None when it refuses."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            values = reader(path)
        except InputError as error:
            _check_message(str(error), path)
            values = None
    for warning in heard:
        if not issubclass(warning.category, InputWarning):
            raise Wrong(f"a stray {warning.category.__name__}: {warning.message}")
        _check_message(str(warning.message), path)
    return values


def _check_message(message: str, path: Path) -> None:
    if not message.startswith(str(path)):
        raise Wrong(f"a message does not begin with the file: {message[:200]!r}")
    rest = message[len(str(path)) :]
    if len(rest.splitlines()) != 1 or len(rest) > LONGEST_MESSAGE or any(ord(c) < 32 for c in rest):
        raise Wrong(f"a message of {len(rest)} characters is not one clear line: {rest[:200]!r}")


def _check(value: Any) -> None:
    for rule, holds in _rules(value):
        if not holds:
            raise Wrong(f"{type(value).__name__}: {rule} does not hold")


def _rules(value: Any) -> Iterator[tuple[str, bool]]:
    """What holds of everything that was read, whatever the file."""
    if isinstance(value, ImageLog):
        image = np.asarray(value.image[: 10**5])
        yield "depths are finite and increase", _increase(value.depth_m)
        yield "one depth a row", value.image.shape[:1] == value.depth_m.shape
        yield "pixels are float32, finite or missing", image.dtype == np.float32 and not np.isinf(image).any()
        yield "the hole has a diameter", DIAMETER_RANGE_M[0] <= value.hole_diameter_m <= DIAMETER_RANGE_M[1]
        yield "the first azimuth is a number", bool(np.isfinite(value.first_azimuth_deg))
        yield "the reference is known", value.reference in REFERENCES
        yield "the caliper is no infinity", value.caliper_m is None or not np.isinf(value.caliper_m).any()
    elif isinstance(value, Picks):
        numbers = {n: getattr(value, n) for n in value.to_frame().select_dtypes("number")}
        yield "no number is infinite", not any(np.isinf(one).any() for one in numbers.values())
        yield "depths are finite", bool(np.isfinite(value.depth_m).all())
        yield "dips are in [0, 90)", bool(((value.dip_deg >= 0) & (value.dip_deg < 90)).all())
        yield "azimuths are in [0, 360)", bool(((value.azimuth_deg >= 0) & (value.azimuth_deg < 360)).all())
        yield "confidences are in [0, 1]", not ((numbers["confidence"] < 0) | (numbers["confidence"] > 1)).any()
        yield "no deviation is negative", not any((numbers[name] < 0).any() for name in DEVIATIONS)
    elif isinstance(value, Survey):
        yield "depths are finite and increase", _increase(value.depth_m)
        yield "deviations are in [0, 180]", bool(((value.deviation_deg >= 0) & (value.deviation_deg <= 180)).all())
        yield "azimuths are in [0, 360)", bool(((value.azimuth_deg >= 0) & (value.azimuth_deg < 360)).all())
    elif isinstance(value, Intervals):
        yield "tops lie above bases", bool((value.top_m < value.base_m).all())
        yield "depths are finite", bool(np.isfinite([value.top_m, value.base_m]).all())
        same = np.asarray(value.well)[1:] == np.asarray(value.well)[:-1]
        yield "no two overlap", not (same & (value.base_m[:-1] > value.top_m[1:])).any()
        yield "all have labels", bool((np.asarray(value.label) != "").all())
    elif isinstance(value, Part):
        ends = (value.top_m, value.base_m)
        yield "ends are in order or unknown", bool(np.isnan(ends).any() or ends[0] <= ends[1])
    elif isinstance(value, Mapping):
        yield "kinds are known", set(value.values()) <= {"fracture", "bedding", "unknown", "ignore"}
    elif hasattr(value, "best_epoch"):
        tensors = [*value.detector.values(), *(one for held in value.optimizer.state.values() for one in held.values())]
        yield "every number to go on from is finite", all(bool(tensor.isfinite().all()) for tensor in tensors)
    elif hasattr(value, "threshold"):
        yield "the threshold is a number", bool(np.isfinite(value.threshold))
    elif hasattr(value, "model_dump_json"):
        text = value.model_dump_json()
        yield "every number is finite", "NaN" not in text and "Infinity" not in text and "null" not in text


def _increase(depth_m: Any) -> bool:
    return bool(np.isfinite(depth_m).all() and (np.diff(depth_m) > 0).all())


@functools.cache
def _whole(reader: str, data: bytes) -> list[Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"whole{SUFFIXES[reader]}"
        path.write_bytes(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return READERS[reader][0](path)


def _check_prefix(case: Case, values: list[Any]) -> None:
    """A file that was cut gives the rows of the whole one as far as it goes; its last number may lack digits."""
    assert case.prefix_of is not None
    for found, whole in zip(values, _whole(case.reader, case.prefix_of), strict=False):
        if not hasattr(found, "depth_m"):
            continue
        rows = max(0, len(found.depth_m) - 1)
        if isinstance(found, ImageLog) and case.reader in ("png", "tiff", "jpeg", "bmp", "npy", "corpus"):
            same = found.image.shape == whole.image.shape and np.array_equal(found.image, whole.image, equal_nan=True)
        else:
            same = np.allclose(found.depth_m[:rows], whole.depth_m[:rows])
            for name in ("image", "dip_deg", "azimuth_deg", "deviation_deg"):
                if same and hasattr(found, name):
                    part, other = (np.asarray(getattr(one, name))[:rows] for one in (found, whole))
                    same = np.array_equal(part, other, equal_nan=True)
        if not same:
            raise Wrong(f"cut to {len(case.data)} of {len(case.prefix_of)} bytes, it reads as something else")
