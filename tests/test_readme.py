"""What the README shows works: its code runs, its make targets exist and its tree is the repository's."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from dliswriter import AttrSetup, DLISFile, enums

from geobfdt import formats
from geobfdt.formats.corpus import write_corpus
from geobfdt.synthetic.wells import synthetic_well
from tests.reviewing.serving import serving
from tests.test_layers import LAYERS

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"

NOT_RUN = ("git", "cd", "pip", "docker")
"""Commands of the README that fetch things or need a machine of their own; anything else is run or refused."""


class Block(NamedTuple):
    language: str
    line: int
    text: str


def blocks(markdown: str) -> list[Block]:
    """The fenced blocks in order, with the line that each starts at."""
    fenced = re.finditer(r"^```(\w*)[^\n]*\n(.*?)^```\s*$", markdown, re.MULTILINE | re.DOTALL)
    return [Block(one[1], markdown[: one.start()].count("\n") + 2, one[2]) for one in fenced]


def commands(text: str) -> Iterator[list[str]]:
    """The words of every command, with continued lines joined, prompts and comments dropped."""
    for line in text.replace("\\\n", " ").splitlines():
        if words := shlex.split(line.removeprefix("$ "), comments=True):
            yield words


def make_targets(makefile: str) -> set[str]:
    return set(re.findall(r"^([\w-]+):(?!=)", makefile, re.MULTILINE))


def run_command(words: list[str], folder: Path) -> None:
    """Run a geobfdt command in a folder; of the others only see to it that they can exist."""
    program, *arguments = words
    if words[:2] == ["geobfdt", "review"]:  # serves until it is told to end
        with serving(folder, *arguments[1:]) as server:
            assert b"<canvas" in server.get("/")
            assert server.stop() == 0
    elif program == "geobfdt":
        command = [sys.executable, "-m", "geobfdt", *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, f"{shlex.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    elif program == "make":
        missing = set(arguments) - make_targets((ROOT / "Makefile").read_text(encoding="utf-8"))
        assert not missing, f"the Makefile has no target {', '.join(sorted(missing))}"
    else:
        assert program in NOT_RUN, f"{shlex.join(words)}: a command that this test neither runs nor knows"


def write_users_files(folder: Path) -> None:
    """What the README takes for a user's own: a DLIS with the way its hole runs, an interpreter's picks and his facies;
    and a folder of wells with theirs.
    """
    well = synthetic_well("A-1", 3.0, 11, tool="microresistivity_8_pads")
    log = well.log
    disk = DLISFile()
    logical = disk.add_logical_file()
    logical.add_origin("ORIGIN", well_name=log.well)
    logical.add_parameter("BS", values=AttrSetup(log.hole_diameter_m, units="m"))
    hole = {"DEVI": np.linspace(20, 25, log.rows), "HAZI": np.full(log.rows, 140.0)}
    channels = [logical.add_channel("TDEP", data=log.depth_m / 0.00254, units="0.1 in")]
    channels += [logical.add_channel(name, data=values, units="deg") for name, values in hole.items()]
    channels += [logical.add_channel("FMI_DYN", data=np.nan_to_num(log.image, nan=-9999.0))]
    logical.add_frame("60B", channels=channels, index_type=enums.FrameIndexType.BOREHOLE_DEPTH)
    disk.write(str(folder / "well.dlis"), output_chunk_size=2**20)
    formats.write(well.picks, folder / "interpreter.csv")
    middle_m = (log.top_m + log.base_m) / 2
    rows = f"{log.top_m:.3f},{middle_m:.3f},sand\n{middle_m:.3f},{log.base_m:.3f},shale\n"
    (folder / "facies.csv").write_text(f"top_m,base_m,label\n{rows}")
    for name in ("wells", "interpreters"):
        (folder / name / "north").mkdir(parents=True)
    write_corpus(folder / "wells" / "north" / "A-1.h5", [well])
    formats.write(well.picks, folder / "interpreters" / "north" / "A-1.csv")


def run_blocks(markdown: str, folder: Path) -> None:
    """Run all blocks in order in one folder, the Python ones in one namespace."""
    namespace: dict[str, object] = {"__name__": "readme"}
    for language, line, text in blocks(markdown):
        if language == "python":
            exec(compile("\n" * (line - 1) + text, str(README), "exec"), namespace)
        elif language in ("bash", "sh"):
            for words in commands(text):
                run_command(words, folder)
        else:
            assert language == "text", f"line {line}: a block of {language or 'no language'} is not checked by anything"


def tree(markdown: str) -> dict[str, str]:
    """Path and comment of every entry of the README's tree; indentation says what lies in what."""
    shown = [one for one in blocks(markdown) if one.language == "text" and "pyproject.toml" in one.text]
    assert len(shown) == 1, f"the README shows {len(shown)} trees: text blocks naming pyproject.toml"
    entries: dict[str, str] = {}
    parents: list[tuple[int, str]] = []
    for line in shown[0].text.splitlines():
        entry = re.fullmatch(r"([\s│├└─]*)(\S+)(?:\s{2,}(.*))?", line)
        assert entry, f"not an entry of a tree: {line!r}"
        depth, name = len(entry[1]), entry[2]
        while parents and parents[-1][0] >= depth:
            parents.pop()
        path = (parents[-1][1] if parents else "") + name
        entries[path.rstrip("/")] = entry[3] or ""
        if name.endswith("/"):
            parents.append((depth, path))
    return entries


def top_level_entries() -> set[str]:
    """What the repository itself holds at its top: of a checkout the tracked files, else whatever lies there."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        names = {line.split("/")[0] for line in listed.splitlines()}
    else:
        names = {path.name for path in ROOT.iterdir()}
    return names - {".gitignore"}


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


def test_the_tree_names_what_exists_with_a_comment_each(readme: str) -> None:
    entries = tree(readme)
    assert [path for path in entries if not (ROOT / path).exists()] == []
    assert [path for path, comment in entries.items() if not comment] == []


def test_the_tree_has_every_room_and_nothing_else(readme: str) -> None:
    package = ROOT / "geobfdt"
    rooms = {f"geobfdt/{path.name}" for path in package.glob("*.py") if not path.name.startswith("_")}
    rooms |= {f"geobfdt/{init.parent.name}" for init in package.glob("*/__init__.py")}
    assert tree(readme).keys() == rooms | top_level_entries()


def test_the_tree_lists_the_rooms_from_the_ground_up(readme: str) -> None:
    rooms = [Path(path).stem for path in tree(readme) if path.startswith("geobfdt/")]
    assert rooms == list(LAYERS)


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
