"""Files that are either complete or absent under their final name."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geobfdt.errors import InputError


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` to write to; on success it becomes ``path``, on failure it goes away.

    Raises :class:`InputError` when the file cannot be written or the disk is full. A file of that name that existed
    before is untouched until the new one is complete.
    """
    path = Path(path)
    # Same folder, so that the last step is a rename and not a copy; same suffix, because writers look at it.
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(6)}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        raise InputError(_cannot_write(path, error)) from error
    finally:
        _remove(temporary)


def make_folder(path: Path) -> None:
    """Make a folder for results, or say why not before any work is done."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{path}: cannot be made ({reason}); choose a folder that you may write to") from None


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        # The folder itself is the trouble, and the error on its way up says so better.
        return


def _cannot_write(path: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{path}: the disk is full; free some space or write to another disk"
    if not path.parent.is_dir():
        return f"{path}: the folder {path.parent} does not exist; make it or choose another one"
    if path.is_dir():
        return f"{path}: is a folder; give the name of a file"
    reason = (error.strerror or str(error)).lower()
    return f"{path}: cannot be written ({reason}); choose a folder that you may write to"
