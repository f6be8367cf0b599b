"""The house in figures: ``python -m tests.house [CHECKOUT]`` prints how a checkout of geobfdt is built, in ten lines.

Entries are the modules and folders directly inside the package; arrows are which of them import which, lazily or for
types alone too; floors are the most entries that stand one upon the other; circles are groups that import each other.
"""

from __future__ import annotations

import ast
import graphlib
import statistics
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.test_layers import ROOT, imports, modules

FACE = ("__init__", "__main__")


def arrows(files: Mapping[str, Path]) -> dict[str, set[str]]:
    """For every entry the others that it imports from; the package's own face and what it gathers left out."""
    found: dict[str, set[str]] = {module.split(".")[1]: set() for module in files}
    for module, path in files.items():
        entry = module.split(".")[1]
        for imported in imports(module, path):
            top, *rest = imported.split(".")
            if top == "geobfdt" and rest and rest[0] in found and rest[0] != entry:
                found[entry].add(rest[0])
    return found


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Those that are found one after the other, each broken where it closes."""
    left = {entry: set(below) for entry, below in graph.items()}
    found: list[list[str]] = []
    while True:
        try:
            graphlib.TopologicalSorter(left).prepare()
            return found
        except graphlib.CycleError as error:
            found.append(error.args[1])
            left[error.args[1][1]].discard(error.args[1][0])


def floors(graph: Mapping[str, set[str]]) -> int:
    sorter, count = graphlib.TopologicalSorter(graph), 0
    sorter.prepare()
    while sorter.is_active():
        ready = sorter.get_ready()
        sorter.done(*ready)
        count += 1
    return count


def function_lines(path: Path) -> dict[str, int]:
    return {
        f"{path.name}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def figures(root: Path) -> dict[str, object]:
    files = modules(root)
    graph = arrows(files)
    lines = {module: len(path.read_text(encoding="utf-8").splitlines()) for module, path in files.items()}
    functions = {name: n for path in files.values() for name, n in function_lines(path).items()}
    face = [name for name in FACE if (root / "geobfdt" / f"{name}.py").is_file()]
    between = circles(graph)
    inside = {module: _imported(module, path, files) for module, path in files.items()}
    largest, longest = max(lines, key=lines.__getitem__), max(functions, key=functions.__getitem__)
    return {
        "entries at the top": f"{len(graph) + len(face)} with {' and '.join(face)}",
        "floors": floors(graph) if not between else f"none: {between}",
        "arrows": sum(map(len, graph.values())),
        "circles of entries": len(between),
        "circles of files": len(circles(inside)),
        "files": len(files),
        "lines": sum(lines.values()),
        "largest module": f"{lines[largest]} {largest}",
        "longest function": f"{functions[longest]} {longest}",
        "median function": f"{statistics.median(functions.values()):g} of {len(functions)}",
    }


def _imported(module: str, path: Path, files: Mapping[str, Path]) -> set[str]:
    """The files that one imports from: a name is that of a module, or of what one holds."""
    found = {name if name in files else name.rpartition(".")[0] for name in imports(module, path)}
    return found & files.keys()


if __name__ == "__main__":
    for name, value in figures(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT).items():
        print(f"{name:20} {value}")
