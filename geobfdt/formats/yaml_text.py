"""YAML that a person wrote: configurations of training and settings of wells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geobfdt.errors import InputError

LARGEST_BYTES = 100_000
"""Of such a file; configs/default.yaml has 4,000."""


def read_yaml(path: Path, remedy: str) -> Any:
    """What a file holds. Raises :class:`InputError` that ends in the ``remedy`` where it is too large, no text or no
    YAML.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise InputError(f"{path}: has {size} bytes, which nobody writes by hand; {remedy}")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{path}: cannot be read ({reason}); check the name and your rights to it") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not text in UTF-8; {remedy}") from None
    return parse_yaml(text, str(path), remedy)


def parse_yaml(text: str, source: str, remedy: str) -> Any:
    """What a text means; ``source`` names it in the :class:`InputError` of one that is no YAML."""
    import yaml

    try:
        return yaml.safe_load(text)
    # Besides its own, the loader lets through what dates that do not exist, bare tags, endless digits and deep nesting
    # raise in it.
    except (yaml.YAMLError, ValueError, AttributeError, RecursionError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"{source}: is not YAML ({first[:200]}); {remedy}") from None
