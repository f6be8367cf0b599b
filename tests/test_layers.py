"""Modules import only downwards, and what reads, scores or exports never loads torch."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LAYERS = (
    {"errors", "config", "weights"},
    {"borehole"},
    {"windows", "formats", "eval", "report"},
    {"window_batch", "draw", "device", "augment", "synthetic", "model", "checkpoint"},
    {"prediction"},
    {"training"},
    {"experiments"},
    {"cli"},
)
"""Lowest first; a module may import from its own layer and from those before it."""
TORCHLESS = LAYERS[:3]
EXEMPT = {"__init__", "__main__"}
"""The public face and ``python -m geobfdt``, which gather from everywhere."""


def sources(root: Path) -> dict[str, list[Path]]:
    """The files of every module and subpackage of geobfdt by its name, from where they really lie."""
    package = root / "geobfdt"
    found = {path.stem: [path] for path in package.glob("*.py") if path.stem not in EXEMPT}
    folders = [folder for folder in package.iterdir() if (folder / "__init__.py").is_file()]
    return found | {folder.name: sorted(folder.resolve().rglob("*.py")) for folder in folders}


def imports(path: Path, package: str) -> Iterator[str]:
    """Dotted names that a file imports, at module level or inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = resolve_name("." * node.level + (node.module or ""), package)
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def violations(root: Path) -> list[str]:
    """One sentence for every module without a layer, import that leads upwards, and torch where it must not be."""
    modules = sources(root)
    rank = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    found = [f"geobfdt.{name} has no layer: give it one in LAYERS" for name in modules.keys() - rank.keys()]
    for name in modules.keys() & rank.keys():
        for path in modules[name]:
            package = f"geobfdt.{name}" if path.parent.name == name else "geobfdt"
            for imported in imports(path, package):
                top, *rest = imported.split(".")
                if top == "geobfdt" and rest and rank.get(rest[0], -1 if rest[0].startswith("__") else 99) > rank[name]:
                    found.append(f"{path.name} of geobfdt.{name} imports {imported}, which does not lie below it")
                if top in ("torch", "torchvision") and rank[name] < len(TORCHLESS):
                    found.append(f"{path.name} of geobfdt.{name} imports {imported}; its layer does without torch")
    return sorted(found)


def test_every_module_has_a_layer_and_imports_only_downwards() -> None:
    assert violations(ROOT) == []


def test_every_layer_names_modules_that_exist() -> None:
    assert set().union(*LAYERS) - sources(ROOT).keys() == set()


@pytest.mark.parametrize(
    ("module", "source", "message"),
    [
        (
            "borehole/picks.py",
            "def f():\n    from geobfdt.formats.corpus import read_corpus\n",
            "does not lie below it",
        ),
        ("borehole/picks.py", "from geobfdt.training.loop import train\n", "does not lie below it"),
        ("borehole/picks.py", "from geobfdt import read\n", "does not lie below it"),
        ("eval/metrics.py", "import torch\n", "does without torch"),
        ("utilities.py", "", "geobfdt.utilities has no layer"),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, module: str, source: str, message: str) -> None:
    planted = tmp_path / "geobfdt" / module
    planted.parent.mkdir(parents=True)
    (planted.parent / "__init__.py").touch()
    planted.write_text(source)
    (violation,) = violations(tmp_path)
    assert message in violation


def test_reading_and_scoring_load_no_torch() -> None:
    code = (
        "import sys, geobfdt, geobfdt.eval, geobfdt.formats, geobfdt.formats.corpus, geobfdt.windows\n"
        "import geobfdt.formats.las, geobfdt.formats.delimited, geobfdt.formats.raster\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
