"""The studies behind the published claims about this detector, repeated on synthetic wells that anyone can make again.

A **study** compares rows that differ in one thing; a **trial** is one training run with its score, of one row, corpus
and seed; trials that several studies ask for are run once. ``geobfdt studies`` runs them and writes the page.
"""

from typing import Literal

StudyName = Literal[
    "backbone",
    "augmentation",
    "normalisation",
    "wells",
    "kinds",
    "split",
    "parametrisation",
    "loss-weights",
    "class-weight",
    "trace-losses",
    "sampling",
    "schedule",
    "collapse",
    "all",
]
"""The studies of :data:`geobfdt.experiments.studies.catalogue.STUDIES`, in order, or all of them."""
BudgetName = Literal["small", "full"]
"""Of two cores, or of a GPU."""
