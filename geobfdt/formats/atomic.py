"""Files that are either complete or absent under their final name, whatever happens while they are written."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from geobfdt.errors import InputError

try:
    import fcntl
except ImportError:  # Windows: what a killed process leaves there stays until somebody removes it
    fcntl = None  # type: ignore[assignment]

protected: ContextVar[frozenset[Path]] = ContextVar("protected", default=frozenset())
"""Files that must not be written, by their real paths: those that the running command reads."""


@contextmanager
def replacing(path: str | Path, suffixes: Collection[str] = ()) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` to write to; on success it becomes ``path``, on failure it goes away.

    A link is followed and what it leads to replaced, with the rights that it had. The file is on the disk, and so is
    its name, before this returns. What killed processes left of the same file is removed, what running ones write not.

    Raises :class:`InputError` when the file cannot be written or the disk is full, when it is no regular file, when the
    running command reads it, and when it is named like another format than the ``suffixes`` of its content. A file of
    that name that existed before is untouched until the new one is complete; in a :func:`together`, until all are.
    """
    path = Path(path)
    check_output(path, suffixes)
    target = Path(os.path.realpath(path))
    try:
        before = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
        with ExitStack() as alone:
            waiting = _together.get()
            temporary = (alone if waiting is None else waiting.files).enter_context(_locked(target))
            yield temporary
            if before is not None:
                temporary.chmod(before)
            _sync(temporary)
            if waiting is None:
                os.replace(temporary, target)
            else:
                waiting.names.append((temporary, target))
        if waiting is None:
            _sync(target.parent)
    except OSError as error:
        raise InputError(_cannot_write(path, error)) from error


@contextmanager
def together() -> Iterator[None]:
    """Files that belong together: what :func:`replacing` writes in here is complete on the disk before the first takes
    its name, and where one fails none does. Within another, it is part of it.
    """
    if _together.get() is not None:
        yield
        return
    with ExitStack() as files:
        waiting = _Waiting(files)
        token = _together.set(waiting)
        try:
            yield
        finally:
            _together.reset(token)
        for temporary, target in waiting.names:
            try:
                os.replace(temporary, target)
                _sync(target.parent)
            except OSError as error:
                raise InputError(_cannot_write(target, error)) from error


@dataclass
class _Waiting:
    """Files that are complete, and the names they get at the end."""

    files: ExitStack
    names: list[tuple[Path, Path]] = field(default_factory=list)


_together: ContextVar[_Waiting | None] = ContextVar("together", default=None)


@contextmanager
def alone(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Be the only process that changes a file or a folder: others that say so too wait, or with ``wait`` False get an
    :class:`InputError`. A process that is killed leaves no lock behind, at most an empty file that the next removes.
    """
    if fcntl is None:
        yield
        return
    path = Path(os.path.realpath(path))
    lock = path.with_name(f".{path.name}.lock")
    try:
        descriptor = _taken(lock, wait)
    except BlockingIOError:
        raise InputError(
            f"{path}: another process is at work on it; wait for its end, or choose another name"
        ) from None
    except OSError as error:
        raise InputError(_cannot_write(path, error)) from error
    try:
        yield
    finally:
        with suppress(OSError):
            lock.unlink(missing_ok=True)
        os.close(descriptor)


def _taken(lock: Path, wait: bool) -> int:
    """The lock, ours: the file that has this name still, not one that its last owner has removed."""
    while True:
        descriptor = os.open(lock, os.O_CREAT | os.O_RDWR | getattr(os, "O_CLOEXEC", 0), 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError as error:
            if isinstance(error, BlockingIOError):
                os.close(descriptor)
                raise
            return descriptor  # a file system that knows no locks
        with suppress(FileNotFoundError):
            if os.stat(lock).st_ino == os.fstat(descriptor).st_ino:
                return descriptor
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """Make a folder for results, or say why not before any work is done."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{path}: cannot be made ({reason}); choose a folder that you may write to") from None


def check_output(path: Path, suffixes: Collection[str] = ()) -> None:
    """Raise :class:`InputError` where :func:`replacing` would, as far as that is known before any work is done."""
    if suffixes and path.suffix.lower() not in suffixes:
        found = path.suffix or "a file without suffix"
        raise InputError(f"{path}: is written as {' '.join(suffixes)}, not as {found}; name it so")
    target = Path(os.path.realpath(path))
    if target in protected.get():
        raise InputError(f"{path}: is read by this command; give its results another name")
    try:
        mode = target.stat().st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, "is a folder")
        if not stat.S_ISREG(mode):
            raise InputError(f"{path}: is no file, but a device or a pipe; give the name of a file")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise InputError(_cannot_write(path, error)) from error
    if not os.access(target.parent, os.W_OK | os.X_OK):
        missing = errno.EACCES if target.parent.is_dir() else errno.ENOENT
        raise InputError(_cannot_write(path, OSError(missing, os.strerror(missing))))


@contextmanager
def _locked(target: Path) -> Iterator[Path]:
    """A new file beside the target, locked for as long as it is written, and gone afterwards if not renamed."""
    _remove_stale(target)
    # Same folder, so that the last step is a rename and not a copy; same suffix, because writers look at it.
    descriptor, temporary = _created(target)
    try:
        yield temporary
    finally:
        with suppress(OSError):  # where the folder is the trouble, the error on its way up says so better
            temporary.unlink(missing_ok=True)
        os.close(descriptor)


def _created(target: Path) -> tuple[int, Path]:
    """A new file that is ours: made and locked before anybody took it for one that was left behind."""
    while True:
        temporary = target.with_name(f".{target.stem}.{secrets.token_hex(6)}{target.suffix}")
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_CLOEXEC", 0), 0o666)
        if fcntl is None:
            return descriptor, temporary
        with suppress(OSError):  # some file systems know no locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if temporary.exists():
            return descriptor, temporary
        os.close(descriptor)


def _remove_stale(target: Path) -> None:
    """Remove what processes that were killed left of this very file: nobody holds the lock of it."""
    if fcntl is None:
        return
    ours = re.compile(rf"\.{re.escape(target.stem)}\.[0-9a-f]{{12}}{re.escape(target.suffix)}")
    for name in os.listdir(target.parent):
        if not ours.fullmatch(name):
            continue
        with suppress(OSError):
            descriptor = os.open(target.with_name(name), os.O_RDWR)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                target.with_name(name).unlink()
            finally:
                os.close(descriptor)


def _sync(path: Path) -> None:
    """Have what is written of a file or a folder on the disk: a rename may be there before what it renames."""
    with suppress(PermissionError):  # of a folder on Windows
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # file systems that know nothing of it
                raise
        finally:
            os.close(descriptor)


def _cannot_write(path: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{path}: the disk is full; free some space or write to another disk"
    if not path.parent.is_dir():
        return f"{path}: the folder {path.parent} does not exist; make it or choose another one"
    if path.is_dir():
        return f"{path}: is a folder; give the name of a file"
    reason = (error.strerror or str(error)).lower()
    return f"{path}: cannot be written ({reason}); choose a folder that you may write to"
