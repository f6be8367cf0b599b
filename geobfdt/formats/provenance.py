"""Where picks come from, as their files say it, and whether a file is still what was written.

A LAS has it among its parameters, a JSON Well Log beside its header. A CSV has no place for it: lines of remarks break
pandas and shift the columns of spreadsheets, wherever they stand. It lies beside the CSV, as metadata of CSV on the Web
do (W3C Recommendation, 17 December 2015): picks.csv has picks.csv-metadata.json.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geobfdt.formats.atomic import replacing

DIGEST = "digest"
"""The parameter with the SHA-256 of all that a file holds beside it."""
_WITHOUT_DIGEST = (".html", ".htm", ".pdf")
"""What is made to be read says nothing of its bytes."""
_LAS_DIGEST = re.compile(rb"^ *DIGEST *\. *([0-9a-f]{64})[^\n]*\n", re.MULTILINE)


def metadata_of(path: Path) -> Path:
    """The file beside a CSV that says where it comes from."""
    return path.with_name(f"{path.name}-metadata.json")


def write_metadata(path: Path, data: bytes, parameters: Mapping[str, str]) -> None:
    """Say beside a CSV of these bytes where it comes from."""
    said = {"@context": "http://www.w3.org/ns/csvw", "url": path.name}
    notes = [{**parameters, DIGEST: digest_of(data)}]
    with replacing(metadata_of(path), (".json",)) as temporary:
        temporary.write_text(json.dumps({**said, "notes": notes}, indent=1, ensure_ascii=False), encoding="utf-8")


def said_by(path: Path) -> dict[str, str]:
    """What a file of picks says of where they come from, by names in lower case; nothing where it says nothing."""
    suffix = path.suffix.lower()
    if suffix == ".las":
        from geobfdt.formats import las

        return las.parameters(path)
    notes: Any = {}
    if suffix == ".json":
        logs = _loaded(path)
        notes = (logs[0] if isinstance(logs, list) and logs else logs or {}).get("parameters", {})
    elif metadata_of(path).is_file():
        found = (_loaded(metadata_of(path)) or {}).get("notes", [])
        notes = found[0] if isinstance(found, list) and found else {}
    return {str(name).lower(): str(value) for name, value in notes.items()} if isinstance(notes, dict) else {}


def is_as_written(path: Path) -> bool | None:
    """Whether a file is what geobfdt wrote, to the last byte; None where it does not say."""
    data = path.read_bytes()
    if path.suffix.lower() == ".las":
        found = _LAS_DIGEST.search(data)
        return None if found is None else found[1].decode() == digest_of(_LAS_DIGEST.sub(b"", data))
    if path.suffix.lower() == ".json":
        said = said_by(path).get(DIGEST)
        return None if said is None else said == digest_of(data.replace(said.encode(), b""))
    said = said_by(path).get(DIGEST)
    return None if said is None else said == digest_of(data)


def must_be_kept(path: Path) -> str:
    """Why a file may hold somebody's work, as the beginning of a sentence; "" where it may be replaced: it is not
    there, or is as we wrote it.
    """
    as_written = is_as_written(path) if path.is_file() else True
    if as_written:
        return ""
    told = "and is not as geobfdt wrote it" if as_written is False else "and nothing says who made it"
    if path.suffix.lower() in _WITHOUT_DIGEST:
        told = "and nothing says whether somebody has changed it since"
    return f"{path}: is there already, {told}"


def with_digest_in_las(text: str) -> str:
    """The text of a LAS with the digest of all of it among its parameters."""
    digest = digest_of(text.encode())
    entry = f"DIGEST. {digest} : of all other lines\n"
    return re.sub(r"^~Param[^\n]*\n", lambda match: match[0] + entry, text, count=1, flags=re.MULTILINE)


def json_with_digest(value: object, parameters: dict[str, str]) -> str:
    """A value as JSON, with the digest of all of it among the ``parameters``, which are a part of it."""
    parameters[DIGEST] = ""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    parameters[DIGEST] = digest_of(text.encode())
    return json.dumps(value, indent=1, ensure_ascii=False)


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, however long it is."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _loaded(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
