"""The studies behind the published claims about this detector, repeated on synthetic wells that anyone can make again.

A **study** compares rows that differ in one thing; a **trial** is one training run with its score, of one row, corpus
and seed; trials that several studies ask for are run once. ``geobfdt studies`` runs them and writes the page.
"""

from typing import Literal

from geobfdt.errors import InputError

NAMES = (
    *("backbone", "augmentation", "normalisation", "wells", "kinds", "split", "parametrisation", "loss-weights"),
    *("class-weight", "trace-losses", "sampling", "schedule", "collapse", "heads", "trace-heads"),
)
"""The studies of :data:`geobfdt.experiments.studies.catalogue.STUDIES`, in order."""
BudgetName = Literal["small", "full"]
"""Of two cores, or of a GPU."""


def check_name(name: str) -> str:
    """The name of a study, or "all"; :class:`InputError` with those that there are."""
    if name not in (*NAMES, "all"):
        raise InputError(f"{name}: no such study; name one of {', '.join(NAMES)}, or all")
    return name
