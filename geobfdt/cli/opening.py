"""A file of the plan as a process has it open: where it and its results lie here, and what they are called."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geobfdt.cli.options import LogOptions, SurveyOptions
from geobfdt.cli.plan import WellFile
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.urls import Mirror, is_url, joined

if TYPE_CHECKING:
    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.borehole.survey import Survey


class OpenFile:
    """A file whose results go to ``out``, a folder or the URL of one.

    file     with its path on this machine
    folder   for its results, on this machine
    options, way, survey   what is said of its well, by the command and beside the file; once it was read
    logs     its logs, each with the stem of its results; once it was read

    What lies behind URLs is copied to this machine for as long as the file is open.
    """

    options: LogOptions
    way: SurveyOptions
    survey: Survey | None
    logs: list[tuple[str, ImageLog]]

    def __init__(self, file: WellFile, out: Path | str) -> None:
        self._source = Mirror(file.url) if file.url else None
        self._target = Mirror(str(out)) if is_url(out) else None
        self.file = file if self._source is None else replace(file, path=self._source.path(file.url))
        place = Path(out) if self._target is None else self._target.path(joined(str(out)))
        self.folder = place / file.below
        self._notes: list[tuple[type[Warning], str]] | None = None

    def read(self, log_options: LogOptions, survey_options: SurveyOptions) -> None:
        """Read the logs, and what is known of their well, once; what was noted then is said again every other time."""
        from geobfdt.cli.wells import logs_of, with_settings_beside

        if self._notes is not None:
            for category, said in self._notes:
                warnings.warn(category(said), stacklevel=2)
            return
        with _heard() as notes:
            self._bring()
            self.options = with_settings_beside(log_options, self.file.path)
            self.way = with_settings_beside(survey_options, self.file.path)
            if self._source is not None and self.way.survey is not None and self.way.survey != survey_options.survey:
                self._source.bring(self.way.survey)
            self.survey = self.way.read()
            self.logs = logs_of(self.file, self.options)
        self._notes = notes

    def _bring(self) -> None:
        if self._source is None:
            return
        if not self._source.bring(self.file.path):
            raise InputError(f"{self.file}: there is no such file; check the name")
        self._source.bring(self.file.path.with_suffix(".yaml"))

    def bring_results(self, results: Sequence[Path]) -> None:
        """Copy what is there already of results to where they are looked at."""
        if self._target is not None:
            for path in _in_order(results):
                self._target.bring(path)

    def put_results(self, results: Sequence[Path]) -> None:
        """Copy results to where they belong. The first of them, a table, says that all are there: it arrives last, and
        one that was there before goes first.
        """
        if self._target is not None:
            self._target.remove(results[0])
            for path in _in_order(results):
                self._target.put(path)

    def called(self, said: str) -> str:
        """A text in which files are called as the user does."""
        for mirror in (self._source, self._target):
            said = mirror.as_urls(said) if mirror is not None else said
        return said

    @contextmanager
    def named(self) -> Iterator[None]:
        """Within, notes and errors call files as the user does."""
        if self._source is None and self._target is None:
            yield
            return
        shown = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            said = category(self.called(str(message))) if issubclass(category, InputWarning) else message
            shown(said, category, *place, **more)

        warnings.showwarning = show
        try:
            yield
        except InputError as error:
            raise InputError(self.called(str(error))) from None
        finally:
            warnings.showwarning = shown

    def close(self) -> None:
        for mirror in (self._source, self._target):
            if mirror is not None:
                mirror.close()


def _in_order(results: Sequence[Path]) -> list[Path]:
    """What belongs to results, in the order in which it is put: what says where the table comes from, and the table
    last.
    """
    from geobfdt.formats.provenance import metadata_of

    return [metadata_of(results[0]), *results[1:], results[0]]


@contextmanager
def _heard() -> Iterator[list[tuple[type[Warning], str]]]:
    """What users are warned of in here, which they hear all the same."""
    heard: list[tuple[type[Warning], str]] = []
    shown = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
        if issubclass(category, InputWarning):
            heard.append((category, str(message)))
        shown(message, category, *place, **more)

    warnings.showwarning = show
    try:
        yield heard
    finally:
        warnings.showwarning = shown
