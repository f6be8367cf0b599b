"""What the documentation shows works: the code on its pages runs, and the house it draws is the repository's.

That it builds without a warning, and that the examples of its gallery run, is seen to by ``make docs``, in CI as well.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.documents import ROOT, blocks, run_blocks, tree, write_users_files
from tests.test_layers import LAYERS

DOCS = ROOT / "docs"
PAGES = sorted(page for page in [*DOCS.glob("*.md"), *DOCS.glob("howto/*.md")] if page.name != "studies.md")
SHOWING = [
    page for page in PAGES if any(block.language in ("bash", "python") for block in blocks(page.read_text("utf-8")))
]


def top_level_entries() -> set[str]:
    """What the repository itself holds at its top: of a checkout the tracked files, else whatever lies there."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        names = {line.split("/")[0] for line in listed.splitlines()}
    else:
        names = {path.name for path in ROOT.iterdir()}
    return names - {".gitignore"}


@pytest.fixture(scope="module")
def house() -> str:
    return (DOCS / "house.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def users_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a user, which every page is given a copy of."""
    folder = tmp_path_factory.mktemp("users")
    write_users_files(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("page", SHOWING, ids=lambda page: page.stem)
def test_every_block_of_a_page_runs(
    page: Path, users_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if page.stem != "report":  # whose report, and README's of the same well, are drawn whole
        request.getfixturevalue("without_figures")
    monkeypatch.chdir(tmp_path)
    shutil.copytree(users_files, tmp_path, dirs_exist_ok=True)
    run_blocks(page.read_text(encoding="utf-8"), tmp_path, page)


def test_pages_that_show_nothing_to_run_show_no_code_of_an_unknown_language() -> None:
    for page in PAGES:
        known = {"bash", "python", "text", ""}
        assert {block.language for block in blocks(page.read_text(encoding="utf-8"))} <= known, page


def test_the_tree_names_what_exists_with_a_comment_each(house: str) -> None:
    entries = tree(house)
    assert [path for path in entries if not (ROOT / path).exists()] == []
    assert [path for path, comment in entries.items() if not comment] == []


def test_the_tree_has_every_room_and_nothing_else(house: str) -> None:
    package = ROOT / "geobfdt"
    rooms = {f"geobfdt/{path.name}" for path in package.glob("*.py") if not path.name.startswith("_")}
    rooms |= {f"geobfdt/{init.parent.name}" for init in package.glob("*/__init__.py")}
    assert tree(house).keys() == rooms | top_level_entries()


def test_the_tree_lists_the_rooms_from_the_ground_up(house: str) -> None:
    rooms = [Path(path).stem for path in tree(house) if path.startswith("geobfdt/")]
    assert rooms == list(LAYERS)
