"""The whole way on a well made on the spot: a volume of rock, a hole and a tool in it, predict, score, plot."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from geobfdt.borehole.well import Well
from geobfdt.cli.files import write_results
from geobfdt.eval import score
from geobfdt.experiments.wells.well import bench_well
from geobfdt.formats.atomic import replacing
from geobfdt.formats.corpus import write_corpus
from geobfdt.model.checkpoint import load_weights
from geobfdt.prediction.detect import detect
from geobfdt.report.plots import plot_log
from geobfdt.report.score_words import in_a_sentence, small_table, table_text

TOOL, CASE, QUANTITY = "acoustic_televiewer", "mixed", "acoustic amplitude (0 to 255)"


def demo_well(length_m: float, seed: int) -> Well:
    """Beds of uneven thickness that fold and fade, fractures in sets and broken wall, as an acoustic televiewer sees
    them; no line of what draws it is shared with the wells that training sees.
    """
    well = bench_well(TOOL, CASE, length_m, seed)
    log = replace(well.log, well="demo", name=QUANTITY)
    return replace(well, log=log, picks=replace(well.picks, well="demo"))


def run(folder: Path, length_m: float, seed: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Make a synthetic well, pick it with the bundled weights, and say the table and where the files are; both again as
    plain values.
    """
    start = time.monotonic()
    well = demo_well(length_m, seed)
    corpus = folder / "well.h5"
    write_corpus(corpus, [well])
    log = well.log
    say(
        f"A synthetic well of {length_m:g} m: {log.columns} columns x {1000 * log.row_step_m:.2f} mm, "
        f"hole {1000 * log.hole_diameter_m:.0f} mm, {len(well.picks)} planes."
    )
    weights = load_weights()
    prediction = detect(log, weights)
    files = write_results(prediction, log, folder, "well", weights.source, said={"model_digest": weights.digest()})
    report = score(well.picks, prediction.picks, hole_diameter_m=log.hole_diameter_m)
    table = folder / "well.score.txt"
    with replacing(table) as temporary:
        temporary.write_text(report.to_text() + "\n", encoding="utf-8")
    picture = plot_log(
        log,
        {"truth": well.picks, "geobfdt": prediction.picks},
        folder / "well.png",
        top_m=log.top_m,
        base_m=min(log.base_m, log.top_m + 6 * 6.7 * log.hole_diameter_m),
    )
    say(f"{in_a_sentence(report)}\n\n{table_text(small_table(report))}\n")
    made = (
        (corpus, "the well and its truth"),
        (files[0], "picks"),
        (files[1], "picks for log software"),
        (files[2], "pick score against depth"),
        (table, "the whole score: tolerances, criteria, errors, chance"),
        (picture, "the top of the log with truth and picks side by side"),
    )
    for path, what in made:
        say(f"  {path}  {what}")
    say(f"\nDone in {time.monotonic() - start:.0f} s.")
    return {"files": [str(path) for path, _ in made], "score": report.to_dict()}
