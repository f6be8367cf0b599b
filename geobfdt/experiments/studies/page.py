"""What studies write: a table, a CSV and a plot each, and one page of all that are done."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import t as student_t

from geobfdt.experiments.bench.tables import markdown
from geobfdt.experiments.studies.budget import Budget
from geobfdt.experiments.studies.corpora import CHANGING, commands, metres_of
from geobfdt.experiments.studies.outcome import Outcome, pooled
from geobfdt.experiments.studies.study import SURE, Measure, Spread, Study, Verdict, judged
from geobfdt.experiments.studies.trial import Trial, trials_of
from geobfdt.formats.atomic import replacing

_SEEN = {"all": None, "seen": True, "unseen": False}


@dataclass(frozen=True)
class Results:
    """A study with the outcomes of all its trials: of every row one a seed."""

    study: Study
    budget: Budget
    folder: Path
    trials: tuple[tuple[tuple[Trial, ...], ...], ...]  # by row and seed, one a corpus
    outcomes: tuple[tuple[Outcome, ...], ...]  # by row and seed

    @classmethod
    def read(cls, study: Study, budget: Budget, folder: Path) -> Results | None:
        """None while a trial is missing."""
        trials = tuple(tuple(map(tuple, trials_of(study, row, budget))) for row in study.rows)
        outcomes = []
        for row, seeds in zip(study.rows, trials, strict=True):
            of_row = []
            for seed in seeds:
                found = [outcome for trial in seed if (outcome := trial.outcome(folder)) is not None]
                if len(found) < len(seed):
                    return None
                of_row.append(pooled(found, _SEEN[row.scored]))
            outcomes.append(tuple(of_row))
        return cls(study, budget, folder, trials, tuple(outcomes))

    def spread(self, row: int, measure: Measure) -> Spread:
        return Spread.of([measure.of(outcome) for outcome in self.outcomes[row]])

    def chance(self, row: int, measure: Measure) -> Spread:
        """No values where chance is no question."""
        return Spread.of([measure.chance(outcome) for outcome in self.outcomes[row]] if measure.chance else [])

    def text(self, row: int, measure: Measure) -> str:
        luck = self.chance(row, measure)
        return self.spread(row, measure).text(measure.digits) + (f" [{luck.mean:.2f}]" if luck.values else "")

    def verdicts(self) -> list[Verdict]:
        place = {row.label: k for k, row in enumerate(self.study.rows)}
        return [
            judged(claim, *(self.spread(place[label], claim.measure) for label in (claim.better, claim.worse)))
            for claim in self.study.claims
        ]

    @property
    def hours(self) -> float:
        return sum(outcome.seconds for row in self.outcomes for outcome in row) / 3600


def write_study(study: Study, budget: Budget, folder: Path) -> list[Path]:
    """Write ``NAME.md``, ``NAME.csv`` and ``NAME.png`` into a folder; nothing while a trial is missing."""
    results = Results.read(study, budget, folder)
    if results is None:
        return []
    files = [folder / f"{study.name}.{suffix}" for suffix in ("md", "csv", "png")]
    with replacing(files[0]) as temporary:
        temporary.write_text("#" + section(results, "."), encoding="utf-8")
    with replacing(files[1]) as temporary:
        _write_csv(results, temporary)
    with replacing(files[2]) as temporary:
        _draw(results, temporary)
    return files


def write_page(out: Path, budget: Budget, studies: Sequence[Study]) -> Path:
    """Write ``studies.md``, the page of those studies that are done, beside the folder of their tables and plots."""
    done = [found for study in studies if (found := Results.read(study, budget, out / "studies")) is not None]
    page = out / "studies.md"
    with replacing(page) as temporary:
        temporary.write_text("\n\n".join([_head(done, budget), *(section(one, "studies") for one in done)]) + "\n")
    return page


_ABOUT = """# Studies

What is published about this detector rests on wells that nobody else can see. Here the same questions are put to
synthetic wells that anyone can make again, with one command:

    geobfdt studies all --budget {budget} -o docs
{earlier}
Wells of {well_m:g} m from fixed seeds, of two kinds of tools: 14 to train on, each picked by an interpreter of its own
who misses planes and misplaces the others a little, and a 15th by one who picks every lamina; 2 more choose the
threshold, and 4, with exact truth, are scored. The split is by well. Wells of changing rock, for the study of heads,
are of {changing_m:g} m, so that each holds every kind of rock, and their labels are exact.

{commands}

F1, sensitivity and precision are at 8 cm: *joint* asks for the depth and for poles within 10 degrees, *depth* for the
depth alone; in brackets what the same picks earn by chance, at random depths. Figures are means over the seeds {seeds}
± their standard deviation; a seed decides the initial weights, the order of the windows and their augmentation, not
the wells.
A claim **held** where the one row is better than the other by more than {sure:g} standard errors of the difference, is
**contradicted** where it is worse by as much, and is **undecided** otherwise. With so few seeds and this budget small
effects stay undecided, and of claims about two rows that are alike {luck:.0%} would be decided by luck. A source's
figure beside ours is of its own wells: only the order of the rows can be compared.
In the plots a dot is a seed, a bar their mean, and the red line is chance.
Ideas that were tried and not kept are in `docs/studies/tried` of the repository, with the commits that ran them.

{trials} trials took {hours:.1f} core hours, {machines}. The configuration of a trial and its weights
stay in `docs/scratch/training`, by its key, and can be trained alone, on its study's wells, and with `--init bundled`
where it starts from those weights:

    geobfdt train docs/scratch/training/KEY/config.yaml --data docs/scratch/corpora/wells-{well_m:g}m.h5 -o run

Of {claims} claims {held} held, {contradicted} are contradicted and {undecided} are undecided.

{glance}"""

_EARLIER = """
The figures of {studies} were recorded before the synthetic rock learned thin beds: they were measured on the rock as it
was then (commit cd443c6), which the commands below no longer draw.
"""


def _head(done: Sequence[Results], budget: Budget) -> str:
    """What all studies share: how they are made, how claims are judged, and all verdicts at a glance."""
    outcomes = {
        trial.key: outcome
        for one in done
        for row in one.trials
        for seed in row
        for trial in seed
        if (outcome := trial.outcome(one.folder)) is not None
    }
    earlier = [one.study.name for one in done if not all(found.thin_beds for row in one.outcomes for found in row)]
    verdicts = [(one.study.name, verdict) for one in done for verdict in one.verdicts()]
    words = [verdict.word for _, verdict in verdicts]
    return _ABOUT.format(
        budget=budget.name,
        earlier=_EARLIER.format(studies=", ".join(earlier)) if earlier else "",
        well_m=budget.well_m,
        changing_m=metres_of(CHANGING, budget.well_m),
        commands="\n".join(f"    {command}" for command in commands(budget.well_m)),
        seeds=", ".join(map(str, budget.seeds)),
        sure=SURE,
        luck=2 * student_t.sf(SURE, 2 * len(budget.seeds) - 2),
        trials=len(outcomes),
        hours=sum(outcome.seconds for outcome in outcomes.values()) / 3600,
        machines=", ".join(dict.fromkeys(outcome.machine for outcome in outcomes.values())),
        claims=len(words),
        held=words.count("held"),
        contradicted=words.count("contradicted"),
        undecided=words.count("undecided"),
        glance=markdown(
            ("study", "claim", "verdict"),
            [[f"[{name}](#{name})", verdict.claim.text, verdict.word] for name, verdict in verdicts],
            text=(0, 1, 2),
        ),
    )


def section(results: Results, plots: str) -> str:
    """A study as Markdown: question, table, plot, verdicts, and how to run it again; plots lie in a folder."""
    study = results.study
    shown = [one for one in study.measures if any(results.spread(k, one).values for k in range(len(study.rows)))]
    table = markdown(
        ("row", *(f"{one.title} [chance]" if one.chance else one.title for one in shown), "published"),
        [
            [row.label, *(results.text(k, one) for one in shown), row.published or "-"]
            for k, row in enumerate(study.rows)
        ],
        text=(0, len(shown) + 1),
    )
    verdicts = "\n".join(f"- {verdict.sentence}" for verdict in results.verdicts())
    warned = [
        f"- {row.label}: {warning}"
        for row, outcomes in zip(study.rows, results.outcomes, strict=True)
        for warning in dict.fromkeys(text for outcome in outcomes for text in outcome.warnings)
    ]
    parts = [
        f"## {study.name}",
        f"**{study.question}** {study.note}".strip(),
        table,
        f"![{study.question}]({plots}/{study.name}.png)",
        verdicts,
        *(["What the guards of training warned of:\n\n" + "\n".join(warned)] if warned else []),
        f"`geobfdt studies {study.name} --budget {results.budget.name}`, seeds "
        f"{', '.join(map(str, results.budget.seeds))}, {results.hours:.1f} core hours. Every trial by its key is in "
        f"[{study.name}.csv]({plots}/{study.name}.csv).",
    ]
    return "\n\n".join(parts)


def _write_csv(results: Results, path: Path) -> None:
    """A line a row and seed, with the keys of its trials."""
    study = results.study
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        figures = [
            (title, of)
            for one in study.measures
            for title, of in ((one.title, one.of), (f"{one.title} by chance", one.chance))
            if of is not None
        ]
        writer.writerow(["row", "seed", "trials", "changes", *(title for title, _ in figures)])
        for row, trials, outcomes in zip(study.rows, results.trials, results.outcomes, strict=True):
            for seed, of_seed, outcome in zip(results.budget.seeds, trials, outcomes, strict=True):
                keys = " ".join(trial.key for trial in of_seed)
                values = [f"{of(outcome):.6g}" for _, of in figures]
                writer.writerow([row.label, seed, keys, " ".join(row.changes), *values])


def _draw(results: Results, path: Path) -> None:
    """A panel for each figure that claims are about: a dot a seed, a bar for the mean, a tick for chance."""
    rows = results.study.rows
    panels = list(dict.fromkeys(claim.measure for claim in results.study.claims))[:4]
    figure = Figure(figsize=(3.4 + 2.6 * len(panels), 0.9 + 0.34 * len(rows)), layout="tight")
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)
    for axis, measure in zip(axes[0], panels, strict=True):
        _plot_measure(axis, results, measure)
    axes[0][0].set_yticks(range(len(rows)), [row.label for row in rows])
    axes[0][0].invert_yaxis()
    figure.savefig(path, dpi=110, format="png", metadata={"Software": None})


def _plot_measure(axis: Axes, results: Results, measure: Measure) -> None:
    for k in range(len(results.study.rows)):
        spread = results.spread(k, measure)
        if not spread.values:
            continue
        axis.barh(k, spread.mean, color="#c9d7e8", height=0.62)
        axis.plot(spread.values, np.linspace(k - 0.15, k + 0.15, len(spread.values)), "o", ms=3.5, color="#1f4e79")
        luck = results.chance(k, measure)
        if luck.values:
            axis.plot([luck.mean, luck.mean], [k - 0.31, k + 0.31], color="#b03a2e", lw=1.5)
    axis.set_xlabel(measure.title)
    axis.spines[["top", "right"]].set_visible(False)
