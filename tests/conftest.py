"""What several test files share."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Read when the numerical libraries load, so they must stand before any test imports one. One thread: on arrays as small
# as those of the tests threads mostly wait for each other, and on a busy machine they wait a hundred times longer.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

# Commands that tests start load the package anew each time, which is faster where the last one has left it compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# By itself hypothesis fails what takes 200 ms, and what it draws slowly: on a busy machine that is anything.
settings.register_profile("any machine", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# Its progress bar keeps the standard error of its first import, which inside a test is closed when that test is over.
import dliswriter  # noqa: E402, F401


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Third-party logs that may not be redistributed; tests that use them are skipped where they are absent."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no third-party data beside this checkout")
    return folder


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command line in this process: (exit code, printed, printed as errors)."""

    def call(*arguments):
        from geobfdt import cli

        monkeypatch.setattr(sys, "argv", ["geobfdt", *map(str, arguments)])
        try:
            cli.main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


@pytest.fixture
def without_figures(monkeypatch):
    """Reports without their figures and without the card of their model, nine tenths of their time, for tests of
    something else. That all of it is drawn is proven by those of ``tests/report`` and by what README shows.
    """
    from geobfdt.report import pdf
    from geobfdt.report.contents import Report

    monkeypatch.setattr(Report, "figures", lambda report: iter(()))
    monkeypatch.setattr(Report, "interpretation", [])
    monkeypatch.setattr(pdf, "_card", lambda text: [])
