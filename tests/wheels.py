"""Whether two wheels hold the same: ``python -m tests.wheels ONE.whl OTHER.whl``; exits with 1 where they do not."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path


def contents(wheel: Path) -> dict[str, bytes]:
    """What lies in a wheel, by path."""
    with zipfile.ZipFile(wheel) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def differences(one: Path, other: Path) -> list[str]:
    """Paths that only one of two wheels has, or that differ."""
    first, second = contents(one), contents(other)
    return sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))


if __name__ == "__main__":
    differing = differences(*map(Path, sys.argv[1:3]))
    print("\n".join(f"differs: {name}" for name in differing) or "the wheels hold the same")
    sys.exit(bool(differing))
