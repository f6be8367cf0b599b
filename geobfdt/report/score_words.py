"""A score in one sentence and in one small table, for those who decide by it."""

from __future__ import annotations

from geobfdt.eval import TOLERANCE_M, Report
from geobfdt.eval.report import occurring

HEAD = ("kind", "planes", "picks", "matched", "missed", "false", "F1", "by chance")


def tolerance_of(result: Report) -> float:
    """The tolerance that is told: 8 cm, or the widest that was scored where that was not."""
    scored = {score.tolerance_m for score in result.scores}
    return TOLERANCE_M if TOLERANCE_M in scored else max(scored)


def small_table(result: Report) -> list[list[str]]:
    """A row a kind below :data:`HEAD`, by joint hits: within the tolerance and with the pole within 10 degrees."""
    tolerance_m = tolerance_of(result)
    groups = list(dict.fromkeys(score.group for score in occurring(result.scores)))
    groups = ["all"] if len(groups) == 2 else groups  # one kind and all of them are the same
    rows = []
    for group in groups:
        line = result.get(group, "joint", tolerance_m)
        ref, est, hits = (int(count) for count in (line.counts.n_ref, line.counts.n_est, line.counts.hits))
        shares = [f"{share:.2f}" if share == share else "-" for share in (line.counts.f1, line.chance.f1)]
        rows.append([group, str(ref), str(est), str(hits), str(ref - hits), str(est - hits), *shares])
    return rows


def table_text(rows: list[list[str]]) -> str:
    """:data:`HEAD` and rows as plain text."""
    every = [list(HEAD), *rows]
    widths = [max(len(row[k]) for row in every) for k in range(len(HEAD))]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
        for row in every
    ]
    return "\n".join(lines)


def in_a_sentence(result: Report) -> str:
    """What was found, missed and invented, beside what the same picks would score at random depths."""
    tolerance_m = tolerance_of(result)
    line = result.get("all", "joint", tolerance_m)
    ref, est, hits = (int(count) for count in (line.counts.n_ref, line.counts.n_est, line.counts.hits))
    if not ref and not est:
        return "There is no plane on either side."
    chance = f", and the same picks at random depths would match {line.chance.hits:.0f}" if hits else ""
    within = f"within {100 * tolerance_m:g} cm and 10° of their pole"
    return (
        f"Of {ref} planes {hits} were found {within}, {ref - hits} were missed, {est - hits} of {est} picks are "
        f"false{chance}."
    )
