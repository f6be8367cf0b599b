"""geobfdt: picks the sinusoids that fractures and bedding planes draw on borehole image logs.

>>> import geobfdt
>>> log = geobfdt.read("well.csv", hole_diameter_m=0.2159, reference="north")  # doctest: +SKIP
>>> picks = geobfdt.predict(log)  # doctest: +SKIP
>>> geobfdt.write(picks, "well.las", hole_diameter_m=0.2159)  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from geobfdt.errors import InputError, InputWarning

if TYPE_CHECKING:
    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.borehole.intervals import Intervals
    from geobfdt.borehole.picks import Picks
    from geobfdt.borehole.survey import Collar, Survey, with_true_dips
    from geobfdt.eval import score
    from geobfdt.formats import read, read_all, read_picks, write
    from geobfdt.formats.corpus import read_corpus, write_corpus
    from geobfdt.formats.intervals import read_intervals
    from geobfdt.formats.survey import read_survey
    from geobfdt.model.checkpoint import load_weights
    from geobfdt.prediction.classes import classified
    from geobfdt.prediction.detect import detect, predict
    from geobfdt.report.plots import plot_log
    from geobfdt.reviewing.notebook import review
    from geobfdt.synthetic.wells import synthetic_well
    from geobfdt.training.loop import train

__version__ = "0.2.0"

# Loaded on first use: `geobfdt --help` waits for nothing, and reading or scoring a log needs no torch.
_HOMES = {
    "Collar": "borehole.survey",
    "ImageLog": "borehole.image_log",
    "Intervals": "borehole.intervals",
    "Picks": "borehole.picks",
    "Survey": "borehole.survey",
    "classified": "prediction.classes",
    "detect": "prediction.detect",
    "load_weights": "model.checkpoint",
    "plot_log": "report.plots",
    "predict": "prediction.detect",
    "read": "formats",
    "read_all": "formats",
    "read_corpus": "formats.corpus",
    "read_intervals": "formats.intervals",
    "read_picks": "formats",
    "read_survey": "formats.survey",
    "review": "reviewing.notebook",
    "score": "eval",
    "synthetic_well": "synthetic.wells",
    "train": "training.loop",
    "with_true_dips": "borehole.survey",
    "write": "formats",
    "write_corpus": "formats.corpus",
}

__all__ = [
    "Collar",
    "ImageLog",
    "InputError",
    "InputWarning",
    "Intervals",
    "Picks",
    "Survey",
    "classified",
    "detect",
    "load_weights",
    "plot_log",
    "predict",
    "read",
    "read_all",
    "read_corpus",
    "read_intervals",
    "read_picks",
    "read_survey",
    "review",
    "score",
    "synthetic_well",
    "train",
    "with_true_dips",
    "write",
    "write_corpus",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'geobfdt' has no attribute {name!r}")
    value = getattr(import_module(f"geobfdt.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
