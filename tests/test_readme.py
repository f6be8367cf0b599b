"""What the README shows works: its code runs, its make targets exist, and its links lead somewhere."""

import os
import re
import signal
import sys
import warnings
from pathlib import Path

import pytest

from tests.documents import ROOT, blocks, run_blocks, run_here, tree, write_users_files

README = ROOT / "README.md"


@pytest.fixture(scope="module")
def readme() -> str:
    return README.read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_block_of_the_readme_runs(readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    languages = {block.language for block in blocks(readme)}
    assert "python" in languages, "the README shows no Python"
    assert languages & {"bash", "sh"}, "the README shows no command"
    monkeypatch.chdir(tmp_path)
    write_users_files(tmp_path)
    run_blocks(readme, tmp_path)


def test_what_the_readme_links_to_is_here(readme: str) -> None:
    links = [re.sub(r"\s+", "", link) for link in re.findall(r"\]\(([^)]+)\)", readme)]
    inside = [link.partition("#")[0] for link in links if not link.startswith("https://")]
    assert {"docs/picks.png", "docs/review.png", "docs/howto/review.md"} <= set(inside)
    assert [path for path in inside if not (ROOT / path).exists()] == []


def test_the_readme_is_read_in_two_minutes(readme: str) -> None:
    assert len(readme.split()) < 800


def test_a_failing_block_an_unknown_command_and_an_unknown_language_are_found(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        run_blocks("```python\nn = 0\n```\n\n```python\n1 / n\n```\n", tmp_path)
    with pytest.raises(AssertionError, match="geobfdt --nonsense ended with 2"):
        run_blocks("```bash\ngeobfdt \\\n  --nonsense  # why\n```\n", tmp_path)
    with pytest.raises(AssertionError, match="no target party"):
        run_blocks("```sh\nmake party\n```\n", tmp_path)
    with pytest.raises(AssertionError, match="neither runs nor knows"):
        run_blocks("```bash\nls\n```\n", tmp_path)
    with pytest.raises(AssertionError, match="a block of no language"):
        run_blocks("```\nls\n```\n", tmp_path)


def test_a_command_of_a_page_leaves_the_process_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def state() -> tuple[object, ...]:
        heeded = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
        streams = (sys.stdin, sys.stdout, sys.stderr)
        return list(sys.argv), dict(os.environ), os.getcwd(), list(warnings.filters), heeded, streams

    def careless() -> None:
        os.environ["GEOBFDT_LEFT"] = "behind"
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        warnings.simplefilter("error")
        os.chdir("/")
        print(sys.argv[1:], sys.stdin.read())

    before = state()
    monkeypatch.setattr("geobfdt.cli.main", careless)
    assert run_here(["geobfdt", "info", "a b"], tmp_path) == (0, "['info', 'a b'] \n")
    assert state() == before
    monkeypatch.setattr("geobfdt.cli.main", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_here(["geobfdt", "info"], tmp_path)
    assert state() == before


def test_a_tree_is_read_with_its_folders() -> None:
    markdown = "```text\npyproject.toml   packaging\ngeobfdt/         the package\n  model/         nets\n"
    markdown += "    detector.py  the net\n  cli.py         commands\neval/            scores\n```\n"
    assert list(tree(markdown)) == [
        "pyproject.toml",
        "geobfdt",
        "geobfdt/model",
        "geobfdt/model/detector.py",
        "geobfdt/cli.py",
        "eval",
    ]
