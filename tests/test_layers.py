"""Rooms import only downwards, files of a room run in no circle, and what reads, scores or exports loads no torch."""

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LAYERS = (
    *("errors", "workers", "borehole", "eval", "interpretation", "formats", "windows", "augment", "synthetic"),
    *("model", "prediction", "report", "training", "reviewing", "experiments", "cli"),
)
"""The rooms, lowest first: what is in one imports from it and from those before it."""
TORCHLESS = LAYERS[: LAYERS.index("augment")]
WITH_TORCH = {"geobfdt.windows.batch", "geobfdt.windows.traces"}
"""What of these rooms is torch's all the same."""
WITH_TORCHVISION = "geobfdt.training.torchvision_operators"
EXEMPT = {"__init__", "__main__"}
"""The public face and ``python -m geobfdt``, which gather from everywhere."""


def modules(root: Path) -> dict[str, Path]:
    """The files of every room by their dotted names, from where they really lie; a package's is that of its
    ``__init__.py``.
    """
    package = root / "geobfdt"
    rooms = [path for path in package.iterdir() if path.stem not in EXEMPT and path.suffix in ("", ".py")]
    found = {}
    for room in rooms:
        for path in [room] if room.is_file() else room.resolve().rglob("*.py"):
            below = path.relative_to(room.resolve()).with_suffix("").parts if room.is_dir() else ()
            found[".".join(("geobfdt", room.stem, *(part for part in below if part != "__init__")))] = path
    return found


def imports(module: str, path: Path) -> Iterator[str]:
    """Dotted names that a module imports, at its top or inside functions."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = resolve_name("." * node.level + (node.module or ""), package)
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def violations(root: Path) -> list[str]:
    """One sentence for every room without a place, import that leads upwards, circle, and torch or torchvision where
    none must be.
    """
    files = modules(root)
    rank = {name: number for number, name in enumerate(LAYERS)}
    found = {f"geobfdt.{name} has no place: give it one in LAYERS" for name in _rooms(files) - rank.keys()}
    inside: dict[str, set[str]] = {module: set() for module in files}
    for module, path in files.items():
        room = module.split(".")[1]
        for imported in imports(module, path):
            top, *rest = imported.split(".")
            if top == "geobfdt" and rest and room in rank:
                known = -1 if rest[0].startswith("__") else rank.get(rest[0], len(rank))
                if known > rank[room]:
                    found.add(f"{module} imports {imported}, which does not lie below it")
            if top == "geobfdt" and rest and rest[0] == room:
                inside[module].add(imported if imported in files else imported.rpartition(".")[0])
            if top in ("torch", "torchvision") and room in TORCHLESS and module not in WITH_TORCH:
                found.add(f"{module} imports {imported}; its room does without torch")
            if top == "torchvision" and module != WITH_TORCHVISION:
                found.add(f"{module} imports {imported}; that takes as long as torch itself: {WITH_TORCHVISION} has it")
    try:
        graphlib.TopologicalSorter(inside).prepare()
    except graphlib.CycleError as error:
        found.add(f"{' imports '.join(reversed(error.args[1]))}: a circle")
    return sorted(found)


def _rooms(files: dict[str, Path]) -> set[str]:
    return {module.split(".")[1] for module in files}


def test_every_room_has_a_place_imports_only_downwards_and_runs_in_no_circle() -> None:
    assert violations(ROOT) == []


def test_every_place_is_of_a_room_that_exists() -> None:
    assert set(LAYERS) - _rooms(modules(ROOT)) == set()


@pytest.mark.parametrize(
    ("module", "source", "message"),
    [
        (
            "borehole/picks.py",
            "def f():\n    from geobfdt.formats.corpus import read_corpus\n",
            "does not lie below it",
        ),
        ("borehole/picks.py", "from ..training.loop import train\n", "does not lie below it"),
        ("borehole/picks.py", "from geobfdt import read\n", "does not lie below it"),
        ("experiments/bench/run.py", "from ...cli import app\n", "does not lie below it"),
        ("eval/metrics.py", "import torch\n", "does without torch"),
        ("utilities.py", "", "geobfdt.utilities has no place"),
        ("borehole/picks.py", "from geobfdt.borehole import picks\n", "a circle"),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, module: str, source: str, message: str) -> None:
    planted = tmp_path / "geobfdt" / module
    planted.parent.mkdir(parents=True)
    planted.write_text(source)
    (violation,) = violations(tmp_path)
    assert message in violation


def test_two_files_that_import_each_other_are_found(tmp_path: Path) -> None:
    room = tmp_path / "geobfdt" / "borehole"
    room.mkdir(parents=True)
    (room / "picks.py").write_text("from geobfdt.borehole.well import Well\n")
    (room / "well.py").write_text("def f():\n    from geobfdt.borehole import picks\n")
    (violation,) = violations(tmp_path)
    assert "a circle" in violation


def test_reading_scoring_and_exporting_load_neither_torch_nor_pydantic() -> None:
    code = (
        "import sys, geobfdt, geobfdt.eval, geobfdt.formats, geobfdt.formats.corpus, geobfdt.windows.cut\n"
        "import geobfdt.formats.las, geobfdt.formats.delimited, geobfdt.formats.raster, geobfdt.windows.repeats\n"
        "assert not {'torch', 'pydantic'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
