"""Where the parts of a figure lie, found once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def settle(figure: Figure, form: str, dots_per_inch: float | None = None) -> None:
    """Lay a figure out for the form that it is going to be saved in, such as ``"svg"``, and leave it so.

    matplotlib draws a figure that has a layout twice when it is saved, first into nothing, and only to have its layout
    made: a fifth of the time of a report.
    """
    from matplotlib.backend_bases import get_registered_canvas_class

    engine = figure.get_layout_engine()
    if engine is None:
        return
    get_registered_canvas_class(form)(figure)  # texts are measured by what draws them
    if dots_per_inch is not None:
        figure.dpi = dots_per_inch
    engine.execute(figure)
    figure.set_layout_engine(None)
