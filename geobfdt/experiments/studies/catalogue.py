"""The studies: what is published, the rows that put it to test, and the claims."""

from __future__ import annotations

from geobfdt.experiments.studies import measures as m
from geobfdt.experiments.studies.corpora import BARREN, EVEN_PATCHES, ODD_PATCHES
from geobfdt.experiments.studies.heads import HEADS, TRACE_HEADS
from geobfdt.experiments.studies.study import Claim, Row, Study
from geobfdt.model.masks import CLASSES

SCORES = (m.JOINT, m.DEPTH)
DETR = (m.CLASS_ERROR, m.HUNGARIAN_LOSS, m.PARAMETER_LOSS)
PIXELS = (
    m.PIXEL_F1,
    *(m.of_pixels(figure, group) for group in CLASSES for figure in ("F1", "precision", "recall", "IoU")),
    m.PIXEL_ACCURACY,
    m.FOREGROUND,
    m.TRUE_FOREGROUND,
)


def traces(loss: str, *changes: str, penalty: str = "none") -> tuple[str, ...]:
    return ("model.head=traces", f"traces.loss={loss}", f"traces.penalty={penalty}", *changes)


BACKBONE = Study(
    "backbone",
    "Do small backbones beat deep ones?",
    (
        Row("ResNet-10", (), published="class error .499, Hungarian loss .0151, parameter loss .056"),
        Row("ResNet-14", ("model.backbone=14",), published=".799, .071, .129"),
        Row("ResNet-18", ("model.backbone=18",), published="21.013, .053, .1562"),
        Row("ResNet-34", ("model.backbone=34",), published="26.759, .682, .3029"),
    ),
    (*SCORES, *DETR, m.PARAMETERS),
    (
        Claim("ResNet-10 has a smaller class error than ResNet-34", "ResNet-10", "ResNet-34", m.CLASS_ERROR),
        Claim("ResNet-10 has a smaller Hungarian loss than ResNet-34", "ResNet-10", "ResNet-34", m.HUNGARIAN_LOSS),
        Claim("ResNet-10 has a smaller parameter loss than ResNet-34", "ResNet-10", "ResNet-34", m.PARAMETER_LOSS),
        Claim("ResNet-10 finds planes better than ResNet-18", "ResNet-10", "ResNet-18", m.JOINT),
        Claim("ResNet-10 finds planes better than ResNet-34", "ResNet-10", "ResNet-34", m.JOINT),
    ),
    "Everything but the depth of the backbone is fixed, the number of training windows included.",
)

_THREE_WELLS = ("data.wells=3",)
_NEITHER, _BOTH = "none", "both, without end"
AUGMENTATION = Study(
    "augmentation",
    "What is augmentation worth, of which kind and how much of it?",
    (
        Row(_NEITHER, (*_THREE_WELLS, "augment.geometric=0", "augment.radiometric=0"), published="class error 100"),
        Row("radiometric", (*_THREE_WELLS, "augment.geometric=0", "augment.radiometric=0.8"), published="2.618"),
        Row("geometric", (*_THREE_WELLS, "augment.geometric=0.8", "augment.radiometric=0")),
        *(
            Row(
                "both, 1 version" if factor == 1 else f"both, {factor} versions",
                (*_THREE_WELLS, "augment.geometric=0.8", "augment.radiometric=0.8", f"augment.factor={factor}"),
                published="236 patches grown to 4,212, 18 versions" if factor == 16 else "",
            )
            for factor in (1, 4, 16, 65)
        ),
        Row(_BOTH, (*_THREE_WELLS, "augment.geometric=0.8", "augment.radiometric=0.8")),
    ),
    (*SCORES, *DETR),
    (
        Claim("augmentation lowers the class error", _BOTH, _NEITHER, m.CLASS_ERROR),
        Claim("augmentation finds planes better than none", _BOTH, _NEITHER, m.JOINT),
        Claim("radiometric augmentation alone is better than none", "radiometric", _NEITHER, m.JOINT),
        Claim("geometric augmentation alone is better than radiometric", "geometric", "radiometric", m.JOINT),
        Claim("65 versions of every window are better than one", "both, 65 versions", "both, 1 version", m.JOINT),
    ),
    "Three wells, about as few windows as the source had. A factor is the number of passes after which the same "
    "augmented windows come again; above the number of passes of the budget it is as good as endless. Without "
    "augmentation windows are still shifted along the log from pass to pass, as always; with a factor these shifts "
    "repeat as well.",
)

NORMALISATION = Study(
    "normalisation",
    "Dynamic or static images?",
    (
        Row("static", ("model.image=static",), published="class error 63.45"),
        Row("dynamic", ("model.image=dynamic",), published="2.536"),
        Row("both as channels", ("model.image=both",)),
        Row("each window by its own spread (ours)", ()),
    ),
    (*SCORES, *DETR),
    (
        Claim("dynamic images have a smaller class error than static ones", "dynamic", "static", m.CLASS_ERROR),
        Claim("dynamic images are better than static ones", "dynamic", "static", m.JOINT),
        Claim("both are better than dynamic ones alone", "both as channels", "dynamic", m.JOINT),
    ),
    "Static: one scale for a well, 1st to 99th percentile. Dynamic: mean and two spreads of a window's height around "
    "each row, so that no trace is taller than what it is compared with.",
)

WELLS = Study(
    "wells",
    "How many wells are enough, and what does a well in another picking style do?",
    (
        Row("3 wells", ("data.wells=3",), published="class error 93.115"),
        *(Row(f"{n} wells", (f"data.wells={n}",)) for n in (5, 7, 9)),
        Row("11 wells", ("data.wells=11",), published="about 0.82, the floor"),
        Row("14 wells", (), published="low single digits"),
        Row("and a 15th, every lamina picked", ("data.wells=15",), published="worse"),
    ),
    (*SCORES, m.DEPTH_PRECISION, m.DEPTH_SENSITIVITY, *DETR),
    (
        Claim("14 wells are better than 3", "14 wells", "3 wells", m.JOINT),
        Claim("the same by depth alone, as it is published", "14 wells", "3 wells", m.DEPTH),
        Claim("14 wells have a smaller class error than 3", "14 wells", "3 wells", m.CLASS_ERROR),
        Claim("11 wells are better than 3", "11 wells", "3 wells", m.JOINT),
        Claim("a 15th well in another style makes it worse", "14 wells", "and a 15th, every lamina picked", m.JOINT),
    ),
    "Every row sees as many training windows, so that fewer wells are seen more often.",
)

KINDS = Study(
    "kinds",
    "One detector for both kinds of planes, or one for each?",
    (
        Row("fractures only", ("data.kinds=fracture",), published="80.84 % dip-intensity accuracy"),
        Row("beddings only", ("data.kinds=bedding",), published="72.52 %"),
        Row("combined", (), published="77.10 %"),
    ),
    (
        *(m.intensity(group) for group in ("fracture", "bedding", "all")),
        *(m.found(criterion, kind) for kind in ("fracture", "bedding") for criterion in ("joint", "depth")),
        *SCORES,
    ),
    (
        *(
            Claim(f"{kind}s are {done} better by a detector of their own", f"{kind}s only", "combined", measure)
            for kind in ("fracture", "bedding")
            for done, measure in (("counted", m.intensity(kind)), ("found", m.found("joint", kind)))
        ),
    ),
    "“Dip-intensity accuracy” is defined nowhere in the source. Ours: 100 (1 - sum over 1 m bins of |picks - reference "
    "picks| / reference picks); it can fall below zero, and it does not ask whether a counted plane is the right one.",
)

_SEVEN = ("data.wells=7",)
SPLIT = Study(
    "split",
    "How much does a split by patch flatter?",
    (
        Row("held-out patches of the training wells", _SEVEN, (ODD_PATCHES, EVEN_PATCHES), "seen"),
        Row("the same patches, of wells never seen", _SEVEN, (ODD_PATCHES, EVEN_PATCHES), "unseen"),
    ),
    (*SCORES, m.DEPTH_SENSITIVITY),
    (
        Claim(
            "patches of the training wells score better than those of unseen wells",
            "held-out patches of the training wells",
            "the same patches, of wells never seen",
            m.JOINT,
        ),
        Claim(
            "the same by depth alone, as it is published",
            "held-out patches of the training wells",
            "the same patches, of wells never seen",
            m.DEPTH,
        ),
    ),
    "Patches of 2.2 m, four in five for training. One detector learns the odd wells, one the even; each is scored on "
    "the held-out patches of all wells, so that both rows hold the same patches, and the difference is the leak. The "
    "patches are scored against the picks of each well's own interpreter, quirks and all, as published.",
)

PARAMETRISATION = Study(
    "parametrisation",
    "In what form are planes best taught, and windows best cut?",
    (
        Row("scalar depth, dip, azimuth", ("model.target=scalar",), published="the published form"),
        Row("depth and dip vector", ()),
        Row("(z0, a, b)", ("model.target=sinusoid",)),
        Row("dip vector, windows of fixed metres", ("model.window=metres",), published="the published windows"),
    ),
    (*SCORES, m.PARAMETER_LOSS),
    (
        Claim("a dip vector is better than scalars", "depth and dip vector", "scalar depth, dip, azimuth", m.JOINT),
        Claim("a dip vector is better than (z0, a, b)", "depth and dip vector", "(z0, a, b)", m.JOINT),
        Claim(
            "windows in hole radii are better than in metres",
            "depth and dip vector",
            "dip vector, windows of fixed metres",
            m.JOINT,
        ),
    ),
    "Nothing of the kind is published; the claims are our own. The parameter loss counts in each form's own units.",
)


def _weighed(focal: float, l1: float, alpha: float = 0.5) -> tuple[str, ...]:
    weights = (f"loss.focal={focal}", f"loss.l1={l1}", f"loss.match_focal={focal}", f"loss.match_l1={l1}")
    return (*weights, f"loss.focal_alpha={alpha}")


_ALPHA = "5 / 1, alpha {:.2f}"
LOSS_WEIGHTS = Study(
    "loss-weights",
    "How are matching and losses weighed best?",
    (
        Row(_ALPHA.format(0.5), _weighed(5, 1), published="5 / 1"),
        Row(_ALPHA.format(0.25), _weighed(5, 1, 0.25)),
        Row(_ALPHA.format(0.75), _weighed(5, 1, 0.75), published="alpha must weight the minority"),
        Row("10 / 1, alpha 0.50", _weighed(10, 1)),
        Row("5 / 5, alpha 0.50", _weighed(5, 5)),
        Row("1 / 5, alpha 0.50", _weighed(1, 5)),
        Row("ours: 5 / 5, matched at 2 / 5", ()),
    ),
    (*SCORES, m.JOINT_SENSITIVITY, m.JOINT_PRECISION, *DETR),
    (
        Claim("alpha must weight the minority", _ALPHA.format(0.75), _ALPHA.format(0.25), m.JOINT),
        Claim("alpha for the minority finds more", _ALPHA.format(0.75), _ALPHA.format(0.25), m.JOINT_SENSITIVITY),
        Claim("5 / 1 is better than 5 / 5", _ALPHA.format(0.5), "5 / 5, alpha 0.50", m.JOINT),
        Claim("5 / 1 is better than 1 / 5", _ALPHA.format(0.5), "1 / 5, alpha 0.50", m.JOINT),
    ),
    "Weights of focal loss and L1, in the loss and in the matching alike. With a threshold fitted to the val wells, as "
    "here, alpha moves scores that the threshold then follows.",
)

_UNWEIGHTED, _FORTY_TWO, _INVERSE = "unweighted", "traces weigh 42", "inverse frequency"
CLASS_WEIGHT = Study(
    "class-weight",
    "What does weighing the rare classes do to the mask head?",
    (
        Row(_UNWEIGHTED, traces("cross_entropy")),
        Row(
            _FORTY_TWO,
            traces("cross_entropy", "traces.class_weight=42"),
            published="F1 .37 / .26 / .55, recall .96 / .97 / .97",
        ),
        Row(_INVERSE, traces("cross_entropy", "traces.class_weight=inverse")),
    ),
    (*PIXELS, m.JOINT),
    tuple(
        Claim(text.format(kind), better, worse, m.of_pixels(figure, kind))  # type: ignore[arg-type]
        for kind in CLASSES[1:]
        for text, better, worse, figure in (
            ("recall of {}s moves first", _FORTY_TWO, _UNWEIGHTED, "recall"),
            ("precision of {}s comes later", _UNWEIGHTED, _FORTY_TWO, "precision"),
        )
    ),
)

_LOVASZ, _CROSS, _FOCAL, _DICE, _TVERSKY, _WARM = (
    "Lovász-Softmax",
    "cross-entropy",
    "focal",
    "Dice",
    "Tversky",
    "cross-entropy, then Lovász",
)
TRACE_LOSSES = Study(
    "trace-losses",
    "Which loss teaches the mask head best, and do masks keep up with set prediction?",
    (
        Row(_CROSS, traces("cross_entropy"), published="2nd of five"),
        Row("cross-entropy, inverse frequency", traces("cross_entropy", "traces.class_weight=inverse")),
        Row(_FOCAL, traces("focal"), published="5th, dropped"),
        Row(_DICE, traces("dice"), published="3rd"),
        Row(_TVERSKY, traces("tversky"), published="4th"),
        Row(_LOVASZ, traces("lovasz"), published="1st: F1 35 %, IoU 30 %"),
        Row(_WARM, traces("cross_entropy_then_lovasz"), published="as accurate in half the time"),
        Row("clDice", traces("cldice")),
        Row("planes, traces taught beside them", ("model.head=both", "traces.weight=5")),
        Row("planes alone", ()),
    ),
    (*PIXELS, *SCORES),
    (
        Claim("Lovász-Softmax beats cross-entropy", _LOVASZ, _CROSS, m.PIXEL_F1),
        Claim("Lovász-Softmax beats Dice", _LOVASZ, _DICE, m.PIXEL_F1),
        Claim("cross-entropy beats Dice", _CROSS, _DICE, m.PIXEL_F1),
        Claim("Dice beats Tversky", _DICE, _TVERSKY, m.PIXEL_F1),
        Claim("Tversky beats focal", _TVERSKY, _FOCAL, m.PIXEL_F1),
        Claim("a cross-entropy warm-up is no loss to Lovász", _WARM, _LOVASZ, m.PIXEL_F1),
        Claim("planes by set prediction beat masks of the source's best loss", "planes alone", _LOVASZ, m.JOINT),
        Claim("traces as an auxiliary help the planes", "planes, traces taught beside them", "planes alone", m.JOINT),
    ),
    "“Cross-entropy” over background, fracture and bedding is the source's binary cross-entropy for three classes. "
    "Planes come from masks by the classical fit, and are scored like all others. What is taught beside planes is the "
    "default: Dice with (1 - variance)^2, which the study of collapse is about.",
)

_AS_IS = "as is"
SAMPLING = Study(
    "sampling",
    "Should windows without planes be drawn as often as the others?",
    tuple(
        Row(label, changes, (BARREN,))
        for label, changes in (
            (_AS_IS, ()),
            ("empty windows under-sampled", ("data.sampling=under",)),
            ("windows with planes over-sampled", ("data.sampling=over",)),
            ("at least 2 % foreground", ("data.sampling=filtered", "data.least_trace_share=0.02")),
        )
    ),
    (*SCORES, m.DEPTH_SENSITIVITY, m.DEPTH_PRECISION, m.FALSE_PICKS),
    (
        Claim("under-sampling empty windows beats none", "empty windows under-sampled", _AS_IS, m.JOINT),
        Claim("over-sampling windows with planes beats none", "windows with planes over-sampled", _AS_IS, m.JOINT),
        Claim("filtering at a foreground share beats none", "at least 2 % foreground", _AS_IS, m.JOINT),
        Claim("what never sees empty rock picks more in it", _AS_IS, "at least 2 % foreground", m.FALSE_PICKS),
    ),
    "Every second training well and two of the test wells hold no plane. The source filtered road patches at a "
    "foreground share of 0.2; traces are thinner.",
)

_NEVER, _COSINE, _WARM_COSINE = "a step that never acts", "cosine", "warm-up and cosine"
SCHEDULE = Study(
    "schedule",
    "Which schedule of the learning rate?",
    (
        Row(_NEVER, ("schedule=step", "step_epochs=30", "warmup_steps=0"), published="step 30 in a run of 5 epochs"),
        Row(_COSINE, ("warmup_steps=0",)),
        Row(_WARM_COSINE, ()),
        Row("one-cycle", ("schedule=one_cycle", "warmup_steps=0")),
    ),
    (*SCORES, *DETR),
    (
        Claim("a schedule that acts beats one that never does", _WARM_COSINE, _NEVER, m.JOINT),
        Claim("a cosine alone beats a step that never acts", _COSINE, _NEVER, m.JOINT),
        Claim("a warm-up helps the cosine", _WARM_COSINE, _COSINE, m.JOINT),
        Claim("one-cycle beats warm-up and cosine", "one-cycle", _WARM_COSINE, m.JOINT),
    ),
)

_NONE = "no penalty"
COLLAPSE = Study(
    "collapse",
    "Does a penalty keep the mask head from giving the same everywhere?",
    tuple(
        Row(label, traces("dice", penalty=penalty), published=published)
        for label, penalty, published in (
            (_NONE, "none", ""),
            ("clamped variance", "clamped_variance", "99.88 % foreground, Dice 0.56 looked fine"),
            ("(1 - variance)^2", "squared_variance", "keeps a gradient"),
            ("entropy floor", "entropy_floor", "keeps a gradient"),
        )
    ),
    (m.FOREGROUND, m.TRUE_FOREGROUND, *PIXELS[:-2], m.JOINT),
    (
        Claim("(1 - variance)^2 beats a clamped variance", "(1 - variance)^2", "clamped variance", m.PIXEL_F1),
        Claim("an entropy floor beats a clamped variance", "entropy floor", "clamped variance", m.PIXEL_F1),
        Claim("a penalty beats none", "(1 - variance)^2", _NONE, m.PIXEL_F1),
        Claim("the same by the planes that are fitted", "(1 - variance)^2", _NONE, m.JOINT),
    ),
    "Dice alone, the loss that looked fine while the source's output had collapsed.",
)

STUDIES = (
    *(BACKBONE, AUGMENTATION, NORMALISATION, WELLS, KINDS, SPLIT, PARAMETRISATION, LOSS_WEIGHTS),
    *(CLASS_WEIGHT, TRACE_LOSSES, SAMPLING, SCHEDULE, COLLAPSE, HEADS, TRACE_HEADS),
)
