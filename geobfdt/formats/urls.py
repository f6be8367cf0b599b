"""Files behind URLs, of every file system that fsspec knows: s3://bucket/wells/a.las, https://host/a.csv, and others.

What reads files reads those of this machine. A file behind a URL is brought to a :class:`Mirror`, a temporary folder
that stands for all that lies behind the URL's scheme, so that what lies beside the file there lies beside it here; and
what is written there is put to its own URL, whole.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from geobfdt.errors import InputError, missing_extra, reason_of

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]+):/{2,3}")
_READ_ONLY = ("http", "https")


def is_url(place: object) -> bool:
    """Whether a place is the text of a URL; a path never is."""
    return isinstance(place, str) and _SCHEME.match(place) is not None


def scheme_of(url: str) -> str:
    """The scheme of a URL, as "s3"."""
    found = _SCHEME.match(url)
    assert found is not None, url
    return found[1].lower()


def joined(url: str, *below: str | Path) -> str:
    """The URL of what lies below a folder at a URL."""
    parts = [Path(part).as_posix() for part in below]
    return "/".join([url.rstrip("/"), *(part for part in parts if part != ".")])


def check_writable(url: str) -> None:
    """Raise :class:`InputError` where results cannot be put to a URL, as far as that is known before."""
    if scheme_of(url) in _READ_ONLY:
        raise InputError(f"{url}: is for reading only; give a folder, or a bucket as s3://BUCKET/FOLDER")
    _file_system(url)


def files_at(url: str, suffixes: Sequence[str]) -> list[str]:
    """What a URL names: the file itself, or the files of these suffixes in the folder and all below, sorted, but for
    hidden ones. Raises :class:`InputError` where there is nothing, or nothing is told.
    """
    system, place = _file_system(url)
    try:
        if url.endswith(tuple(suffixes)) or not system.isdir(place):
            if not system.exists(place):
                raise InputError(f"{url}: there is no such file; check the name")
            return [url]
        found = sorted(system.find(place))
    except InputError:
        raise
    except Exception as error:  # a file system raises whatever its library does
        raise _failed(url, "read", error) from None
    root = place.rstrip("/")
    below = [name.removeprefix(root).lstrip("/") for name in found]
    shown = [name for name in below if not any(part.startswith(".") for part in name.split("/"))]
    return [joined(url, name) for name in shown if posixpath.splitext(name)[1].lower() in suffixes]


class Mirror:
    """A temporary folder in which ``path(url)`` stands for a URL of the same scheme as the one it is made with.

    It goes away with :meth:`close`, or with the process. Raises :class:`InputError` where fsspec or what it needs for
    the scheme is not installed.
    """

    def __init__(self, url: str) -> None:
        found = _SCHEME.match(url)
        assert found is not None, url
        self.scheme = found[0]
        _file_system(url)
        self._folder = TemporaryDirectory(prefix="geobfdt-", ignore_cleanup_errors=True)
        self.folder = Path(self._folder.name)

    def path(self, url: str) -> Path:
        return self.folder / url.removeprefix(self.scheme)

    def url(self, path: Path) -> str:
        return self.scheme + posixpath.normpath(path.relative_to(self.folder).as_posix())

    def as_urls(self, said: str) -> str:
        """A text in which what lies in this folder is called by its URL."""
        return said.replace(f"{self.folder.as_posix()}/", self.scheme)

    def bring(self, path: Path) -> bool:
        """Copy what a path stands for to it; whether there is such a file."""
        system, place = _file_system(self.url(path))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            system.get_file(place, str(path))
        except FileNotFoundError:
            path.unlink(missing_ok=True)
            return False
        except Exception as error:
            raise _failed(self.url(path), "read", error) from None
        return True

    def put(self, path: Path) -> None:
        """Copy a file to what it stands for. It takes its name there once it is complete; on the way it has another."""
        url = self.url(path)
        system, place = _file_system(url)
        folder, name = posixpath.split(place)
        coming = posixpath.join(folder, f".{name}.part")
        try:
            system.makedirs(folder, exist_ok=True)
            system.put_file(str(path), coming)
            system.mv(coming, place)
        except Exception as error:
            raise _failed(url, "written", error) from None

    def remove(self, path: Path) -> None:
        """Remove what a path stands for, if it is there."""
        system, place = _file_system(self.url(path))
        try:
            system.rm_file(place)
        except FileNotFoundError:
            pass
        except Exception as error:
            raise _failed(self.url(path), "replaced", error) from None

    def close(self) -> None:
        self._folder.cleanup()


def _file_system(url: str) -> tuple[Any, str]:
    """The file system of a URL, and what it calls the place."""
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise missing_extra(f"{url}: reading and writing by URL", "cloud") from None
    try:
        system, place = url_to_fs(url)
    except ImportError as error:
        raise InputError(
            f"{url}: {scheme_of(url)}:// needs a package that is not installed ({reason_of(error)}); pip install "
            "'geobfdt[cloud]' brings those of s3:// and https://"
        ) from None
    except ValueError as error:
        raise InputError(f"{url}: is no URL that can be read ({reason_of(error)}); check its beginning") from None
    return system, place


def _failed(url: str, done: str, error: Exception) -> InputError:
    reason = reason_of(error).replace("\n", " ")
    return InputError(f"{url}: cannot be {done} ({reason}); check the address, and who may do so")
