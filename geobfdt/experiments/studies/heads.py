"""The studies of what an encoder that was trained for planes is worth to another head."""

from __future__ import annotations

from geobfdt.experiments.studies import measures as m
from geobfdt.experiments.studies.corpora import CHANGING, WELLS
from geobfdt.experiments.studies.study import Claim, Measure, Row, Study
from geobfdt.model.masks import CLASSES
from geobfdt.synthetic.changing import ROCKS

_FROZEN, _TUNED, _SCRATCH = "frozen encoder", "all fine-tuned", "from scratch"
_SHORT = ("epochs=4", "steps_per_epoch=20", "warmup_steps=10", "learning_rate=1e-3")
"""80 steps of 16 windows: a core takes a minute for them, as the bundled weights' net is several times the budget's.
Of the rates 3e-4, 1e-3 and 3e-3 the one in the middle was the best of those tried for each way to start, or within 0.01
of macro F1 of it, on the val wells, with a head of classes, 14 wells, 60 steps and another seed.
"""
_LABELS = ("model.head=classes", f"model.classes=[{','.join(ROCKS)}]", *_SHORT)
_MASKS = ("model.head=traces", *_SHORT)


def _with(what: str, wells: int) -> str:
    return f"{what}, {wells} well{'s' if wells > 1 else ''}"


def _rows(changes: tuple[str, ...], corpus: str, of: tuple[int, ...], published: str = "") -> tuple[Row, ...]:
    """One for each way to start and number of wells; what was published is beside the one that is most like it."""
    return tuple(
        Row(
            _with(what, wells),
            (*changes, *more, f"data.wells={wells}"),
            (corpus,),
            published=published if (what, wells) == (_TUNED, 14) else "",
            shape="bundled",
            init="" if what == _SCRATCH else "bundled",
        )
        for what, more in ((_FROZEN, ("freeze=encoder",)), (_TUNED, ()), (_SCRATCH, ()))
        for wells in of
    )


def _claims(measure: Measure) -> tuple[Claim, ...]:
    pairs = (("the frozen encoder", _FROZEN, "from scratch", _SCRATCH), ("fine-tuned", _TUNED, "frozen", _FROZEN))
    return (
        *(
            Claim(_with(f"{better} is better than {worse}", n), _with(one, n), _with(other, n), measure)
            for better, one, worse, other in pairs
            for n in (1, 14)
        ),
        Claim("from scratch needs more wells: 14 are better than 1", _with(_SCRATCH, 14), _with(_SCRATCH, 1), measure),
        Claim(
            "the frozen encoder with 1 well is better than from scratch with 14",
            _with(_FROZEN, 1),
            _with(_SCRATCH, 14),
            measure,
        ),
    )


HEADS = Study(
    "heads",
    "Does an encoder that was trained for planes serve another head, which labels the rock?",
    _rows(_LABELS, CHANGING, (1, 4, 14), "about 80 % of pixels right, 45 to 97 % of those of each of eight facies"),
    (m.ACCURACY, m.MACRO_F1, *map(m.f1_of_label, ROCKS), m.PARAMETERS),
    _claims(m.MACRO_F1),
    "EarthAdaptNet reuses its encoder and bottleneck and replaces the head. Here backbone, projection and encoder are "
    "those of the bundled weights, which were trained for planes; the new head labels windows of wells whose rock "
    "changes. A window counts where three quarters of its middle half are of the rock at its centre. In brackets is "
    "what calling every window the commonest rock earns. Every row learns from 1,280 windows, 4 epochs of 20 steps of "
    "16, fewer than in the other studies, as this net is that of the bundled weights: what starts from scratch would "
    "gain most from more. These wells come from the generator that the bundled weights were trained on, as no real "
    "rock does.",
)

TRACE_HEADS = Study(
    "trace-heads",
    "Does that encoder serve a head of masks?",
    _rows(_MASKS, WELLS, (1, 14)),
    (m.PIXEL_F1, *(m.of_pixels("F1", group) for group in CLASSES), m.PIXEL_ACCURACY, m.JOINT, m.PARAMETERS),
    _claims(m.PIXEL_F1),
    "The same with pixels of traces, Dice with (1 - variance)^2, on the wells of the other studies. A network of masks "
    "has the backbone alone of what the bundled weights hold, and that is what is kept, fine-tuned or left out.",
)
