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
    """What a text means; ``source`` names it in the :class:`InputError` of one that is no YAML, or that says two things
    under one key, of which the loader would take the last.
    """
    import yaml

    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        _check_keys(node, source)
        return loader.construct_document(node) if node else None
    # Besides its own, the loader lets through what dates that do not exist, bare tags, endless digits and deep nesting
    # raise in it.
    except (yaml.YAMLError, ValueError, AttributeError, RecursionError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"{source}: is not YAML ({first[:200]}); {remedy}") from None


def _check_keys(root: Any, source: str) -> None:
    """Raises :class:`InputError` where a mapping in a document's tree of nodes has a key twice."""
    from yaml import MappingNode, ScalarNode, SequenceNode

    left, seen = [root], set()
    while left:
        node = left.pop()
        if id(node) in seen:  # what several aliases stand for is one node
            continue
        seen.add(id(node))
        if isinstance(node, SequenceNode):
            left += node.value
        elif isinstance(node, MappingNode):
            keys: dict[str, ScalarNode] = {}
            for key, value in node.value:
                left.append(value)
                if isinstance(key, ScalarNode) and keys.setdefault(key.value, key) is not key:
                    first, second = (one.start_mark.line + 1 for one in (keys[key.value], key))
                    where = f"lines {first} and {second}" if first != second else f"line {first} twice"
                    raise InputError(f"{source}: has {key.value[:60]} in {where}; leave one of them out")
