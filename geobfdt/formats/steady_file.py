"""A file for libraries that crash when a write fails: it takes every write, and tells afterwards which one failed."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any


class SteadyFile(io.FileIO):
    """A binary file whose writes never fail; :meth:`check`, or leaving it, raises the first error that they met.

    HDF5 1.14 keeps chunks in a cache, flushes them in destructors where an error cannot be raised, and ends the whole
    process with a segmentation fault when the disk is full. After an error nothing more is written and reads give
    zeros: the file is lost anyway, and :func:`geobfdt.formats.atomic.replacing` removes it.
    """

    _error: OSError | None = None

    def check(self) -> None:
        """Raise the OSError of the first write that failed, if one did."""
        if self._error is not None:
            raise self._error

    def __exit__(self, *exception: Any) -> None:
        super().__exit__(*exception)
        # Goes before whatever the library made of the zeros that it read back.
        self.check()

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        self._try(lambda: self._write_all(view))
        return len(view)

    def truncate(self, size: int | None = None) -> int:
        self._try(lambda: super(SteadyFile, self).truncate(size))
        return self.tell() if size is None else size

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        if self._error is None:
            return super().readinto(view) or 0
        view[:] = bytes(len(view))
        return len(view)

    def _write_all(self, view: memoryview) -> None:
        # The system may take a part only, most likely the last one before the disk is full.
        while len(view):
            view = view[super().write(view) :]

    def _try(self, action: Callable[[], object]) -> None:
        if self._error is None:
            try:
                action()
            except OSError as error:
                self._error = error
