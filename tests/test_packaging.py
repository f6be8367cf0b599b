"""What is installed is what lies in the repository, with every dependency declared."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import geobfdt
from tests import house
from tests.wheels import differences

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def normal(name: str) -> str:
    return name.lower().replace("_", "-")


def test_every_package_on_disk_is_listed_to_be_installed() -> None:
    setuptools = PROJECT["tool"]["setuptools"]
    folders = {init.parent for init in (ROOT / "geobfdt").glob("**/__init__.py")}
    # glob does not follow the two links.
    folders |= {ROOT / "geobfdt" / name for name in ("augment", "eval")}
    assert sorted(setuptools["packages"]) == sorted(".".join(folder.relative_to(ROOT).parts) for folder in folders)
    assert setuptools["package-dir"] == {"geobfdt.augment": "augment", "geobfdt.eval": "eval"}
    nested = [init for name in ("augment", "eval") for init in (ROOT / name).glob("*/**/__init__.py")]
    assert nested == [], "a package inside augment/ or eval/ needs its own entry in pyproject.toml"


@pytest.mark.parametrize("name", ["augment", "eval"])
def test_the_two_top_level_packages_are_linked_into_geobfdt(name: str) -> None:
    link = ROOT / "geobfdt" / name
    assert link.is_symlink(), f"geobfdt/{name} must be a symbolic link to ../{name}, so that checkouts and mypy see it"
    assert link.readlink() == Path("..") / name


def test_every_imported_library_is_declared() -> None:
    # What an extra brings is imported where it is used; what developers alone have is not.
    extras = {
        name: needs
        for name, needs in PROJECT["project"]["optional-dependencies"].items()
        if name not in ("dev", "docs")
    }
    requirements = [*PROJECT["project"]["dependencies"], *(need for needs in extras.values() for need in needs)]
    declared = {normal(requirement.split(">=")[0].strip()) for requirement in requirements}
    provided_by = packages_distributions()
    files = [path for folder in ("geobfdt", "augment", "eval") for path in (ROOT / folder).rglob("*.py")]
    imported: set[str] = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.split(".")[0])
    libraries = imported - sys.stdlib_module_names - {"geobfdt"}
    undeclared = {one for one in libraries if not {normal(name) for name in provided_by.get(one, [one])} & declared}
    assert undeclared == set()


def test_help_is_shown_without_loading_torch() -> None:
    code = (
        "import sys; from geobfdt.cli import main\n"
        "sys.argv = ['geobfdt', '--help']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "assert 'torch' not in sys.modules"
    )
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "predict" in shown.stdout


def test_every_example_in_a_docstring_is_run() -> None:
    run = [ROOT / path for path in PROJECT["tool"]["pytest"]["ini_options"]["testpaths"]]
    # What the package's own docstring shows is skipped: it needs a log.
    shown = [path for path in (ROOT / "geobfdt").rglob("*/*.py") if ">>> " in path.read_text(encoding="utf-8")]
    assert shown
    assert [path for path in shown if not any(folder in path.parents for folder in run)] == []


@pytest.mark.slow
def test_the_house_is_measured_as_it_stands() -> None:
    measured = house.figures(ROOT)
    assert measured["circles of entries"] == measured["circles of files"] == 0
    assert int(str(measured["largest module"]).split()[0]) <= 400
    assert int(str(measured["longest function"]).split()[0]) <= 60


def test_one_version_stands_everywhere_and_the_changelog_gives_its_date() -> None:
    version = PROJECT["project"]["version"]
    assert geobfdt.__version__ == version
    assert re.search(rf"^version: {re.escape(version)}$", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", changes, re.MULTILINE)


def test_the_page_of_licences_names_every_dependency() -> None:
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    named = {normal(name) for name in re.findall(r"^\| \**([\w-]+)\** \|", page, re.MULTILINE)}
    extras = [
        PROJECT["project"]["optional-dependencies"][name]
        for name in ("dlis", "onnx", "xarray", "review", "cloud", "ray")
    ]
    needed = [*PROJECT["project"]["dependencies"], *(need for extra in extras for need in extra)]
    assert {normal(re.split(r"[<>=\[]", need)[0]) for need in needed} <= named
    assert "dlisio and wellpathpy are LGPL" in page


def test_an_index_of_packages_is_told_what_it_asks_for() -> None:
    project = PROJECT["project"]
    assert project["license"] == "Apache-2.0"
    # An expression and a classifier for one licence are refused together.
    assert not [one for one in project["classifiers"] if one.startswith("License ::")]


def test_wheels_that_differ_in_a_file_are_told_apart(tmp_path: Path) -> None:
    wheels = [tmp_path / "one.whl", tmp_path / "other.whl"]
    for wheel, names in zip(wheels, (("a.py", "b.py"), ("a.py", "c.py")), strict=True):
        with zipfile.ZipFile(wheel, "w") as packed:
            for name in names:
                packed.writestr(name, "the same")
    assert differences(wheels[0], wheels[0]) == []
    assert differences(*wheels) == ["b.py", "c.py"]
