"""What a review leaves behind: the picks as every program reads them, what became of each, the settings, a report."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from geobfdt.borehole.survey import Survey
from geobfdt.errors import InputError
from geobfdt.formats import write
from geobfdt.formats.atomic import check_output, replacing, together
from geobfdt.formats.provenance import file_digest, json_with_digest, must_be_kept, write_metadata
from geobfdt.reviewing.edits import GEOMETRY
from geobfdt.reviewing.plain import finite
from geobfdt.reviewing.review import Review, Which
from geobfdt.reviewing.state import Row, rows_of

PICKS = ("picks.csv", "picks.las", "picks.json")
JOURNAL, TABLE, SETTINGS, REPORT, AGREEMENT, TAUGHT = (
    *("review.jsonl", "review.csv", "yaml"),
    *("html", "agreement.json", "taught"),
)
_PATH_SETTINGS = ("survey", "kind_map")
"""Settings that name files, from where the settings file lies."""


@dataclass
class Saver:
    """Writes the results of a review as OUT.picks.csv and so on, whole or not at all.

    out        the beginning of their names
    log_file   the image log's own, whose digest results give; None where it comes from none
    said       what results say of the image, of the picks that were reviewed and of the program that writes them
    settings   what was said of the well beside its files, by names of options
    survey     which way the hole runs
    overwrite  whether files may be replaced that geobfdt did not write, or that somebody has edited since
    """

    out: Path
    log_file: Path | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    survey: Survey | None = None
    overwrite: bool = False

    def path(self, ending: str) -> Path:
        return self.out.with_name(f"{self.out.name}.{ending}")

    def check(self) -> None:
        """Raise :class:`InputError` where results could not be written, before anybody edits for hours."""
        for ending in (*PICKS, TABLE, SETTINGS, REPORT, AGREEMENT):
            check_output(self.path(ending))
        self._check_kept([*map(self.path, (*PICKS, TABLE))])

    def save(
        self, review: Review, which: Which, *, report: bool = False, agreement: Mapping[str, Any] | None = None
    ) -> list[Path]:
        """Write the picks that are kept, or accepted, and the rest; the paths of the files.

        Raises :class:`InputError` where one is there that is not as geobfdt wrote it, and nothing is then written.
        """
        picks, log = review.table(which), review.log
        said = {**self._said_of(review, which), **self.said}
        files = [self.path(ending) for ending in (*PICKS, TABLE)]
        self._check_kept(files)
        with together():
            write(picks, files[0], parameters=said)
            write(picks, files[1], parameters=said, hole_diameter_m=log.hole_diameter_m, well=log.well)
            write(picks, files[2], parameters=said)
            self._write_table(review, files[3], said)
            files.append(self._write_settings(review))
            if agreement is not None:
                files.append(self._write_agreement(agreement, said))
            if report:
                files.append(self._write_report(review, which, said))
        return files

    def _check_kept(self, paths: list[Path]) -> None:
        """Nothing is written over that somebody made or edited by hand."""
        for path in paths:
            if not self.overwrite and (why := must_be_kept(path)):
                raise InputError(f"{why}; move it away, or review with --overwrite to replace it")

    @cached_property
    def _digest(self) -> dict[str, str]:
        if self.log_file is None:
            return {}
        return {"image_file": self.log_file.name, "image_digest": file_digest(self.log_file)}

    def _said_of(self, review: Review, which: Which) -> dict[str, str]:
        log, answer = review.log, review.answer()
        counts = Counter(row.status for row in answer.change.rows)
        reviewed = ", ".join(f"{top:.4f} to {base:.4f}" for top, base in answer.reviewed_m)
        drawn = "all, blind" if review.is_blind else f"{sum(row.added for row in answer.change.rows)} by hand"
        by = {"reviewer": review.reviewer} if review.reviewer else {}
        return {
            "image": log.name,
            **self._digest,
            "hole_diameter_m": f"{log.hole_diameter_m:g}",
            "reference": log.reference,
            "depth_unit": "m",
            "picks": "all that were not rejected" if which == "kept" else "those that were accepted",
            "decided": ", ".join(f"{counts[status]} {status}" for status in ("accepted", "rejected", "undecided")),
            "drawn": drawn,
            "reviewed_m": reviewed or "not said",
            **by,
        }

    def _write_table(self, review: Review, path: Path, said: Mapping[str, str]) -> None:
        """Every row with what was decided about it, and where it lay and what it was before."""
        before = {row.id: row for row in rows_of(review.picks.picks)}
        rows = sorted(review.answer().change.rows, key=lambda row: (row.depth_m, row.id))
        own = [f.name for f in fields(Row) if f.name not in ("by", "at", "span_deg")]
        former = (*GEOMETRY, "kind")
        head = [*own, "span_from_deg", "span_to_deg", *(f"before_{name}" for name in former)]
        head += ["by", "at"] if review.reviewer else []
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(head)
        for row in rows:
            old = before.get(row.id)
            cells = [_cell(getattr(row, name)) for name in own]
            cells += [_cell(end) for end in row.span_deg or ("", "")]
            cells += ["" if old is None else _cell(getattr(old, name)) for name in former]
            table.writerow([*cells, *([row.by, row.at] if review.reviewer else [])])
        with replacing(path) as temporary:
            temporary.write_text(text.getvalue(), encoding="utf-8")
        write_metadata(path, text.getvalue().encode(), said)

    def _write_settings(self, review: Review) -> Path:
        """The settings of the well as commands take them, unless a file of that name was written by hand."""
        import yaml

        path = self.path(SETTINGS)
        first = f"# Settings of {review.log.well} as it was reviewed; commands take them with --settings {path.name}."
        if path.is_file() and not self.overwrite:
            with path.open(encoding="utf-8", errors="replace") as file:
                if not file.readline().startswith("# Settings of "):
                    raise InputError(f"{path}: is there already, and was not written by a review; move it away")
        settings = dict(self.settings)
        for name in _PATH_SETTINGS:
            if settings.get(name) is not None:
                settings[name] = os.path.relpath(settings[name], path.parent)
        reviewed = [f"{top:.4f}:{base:.4f}" for top, base in review.answer().reviewed_m]
        settings |= {"reviewed": reviewed} if reviewed else {}
        text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False) if settings else ""
        with replacing(path) as temporary:
            temporary.write_text(f"{first}\n{text}", encoding="utf-8")
        return path

    def _write_agreement(self, agreement: Mapping[str, Any], said: Mapping[str, str]) -> Path:
        path, parameters = self.path(AGREEMENT), dict(said)
        self._check_kept([path])
        with replacing(path) as temporary:
            text = json_with_digest({**finite(dict(agreement)), "parameters": parameters}, parameters)
            temporary.write_text(text, encoding="utf-8")
        return path

    def _write_report(self, review: Review, which: Which, said: Mapping[str, str]) -> Path:
        from geobfdt.report.page import asked_of
        from geobfdt.report.well import Source, write_report

        path = self.path(REPORT)
        if path.is_file() and not self.overwrite and asked_of(path) != "review":
            raise InputError(f"{path}: is there already, and is no report of a review; move it away")
        source = Source(self.path(PICKS[0]).name, said.get("command", "geobfdt review"), said, asked="review")
        write_report(review.log, review.table(which), source, path, survey=self.survey)
        return path


def _cell(value: object) -> object:
    """A cell of a table: nothing for what is not known, numbers to the last bit."""
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if isinstance(value, float) and value != value else value
