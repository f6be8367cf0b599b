"""What the user is told: one exception for a mistake, one warning for something put right on the way."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

LONGEST_MESSAGE = 1000
"""Characters; what a damaged file holds may run to millions."""


def _one_line(message: str) -> str:
    """A message that repeats what a file holds, as one line for a terminal: its beginning, which names the file, and
    its end, the remedy, with blanks for line breaks and control characters.
    """
    if len(message) > LONGEST_MESSAGE:
        message = f"{message[:600]} ... {message[-300:]}"
    return "".join(character if character.isprintable() else " " for character in message)


class InputError(Exception):
    """Something in the user's input is wrong; the message is one sentence naming the file, the place and the remedy.

    The command line prints the message and exits with 2. Anything else that escapes is a defect of the program.
    """

    def __init__(self, message: str) -> None:
        super().__init__(_one_line(message))


class InputWarning(UserWarning):
    """Something in the user's input was put right, and the user should know: repeats dropped, a log turned over.

    The message is one sentence naming the file; the command line prints it as one line and carries on.
    """

    def __init__(self, message: str) -> None:
        super().__init__(_one_line(message))


class TrainingWarning(InputWarning):
    """A training run fails in a way that its loss does not show, or is bound to.

    The message is one sentence naming the run's folder and the remedy; the command line prints it as a warning.
    """


_ONE_AT_A_TIME = threading.RLock()
"""Held while something is changed that all threads of the process share."""
_LIBRARIES = r"(PIL|lasio|pandas|numpy|dliswriter|dlisio|skimage|torch)(\.|$)"


@contextmanager
def quiet(
    logger: str = "",
    *,
    ignored: tuple[type[Warning], ...] = (),
    message: str = "",
    errors: tuple[type[Warning], ...] = (),
    **shared: tuple[Any, Any],
) -> Iterator[None]:
    """What libraries warn of or log in here is passed over: the user gets our own sentences. Afterwards the process is
    as it was, whatever other threads do, whose own warnings are not touched.

    logger    name of a library's log to silence
    ignored   warnings of libraries that are passed over wherever they seem to come from
    message   how one begins that seems to come from us
    errors    warnings that are to be raised
    shared    attributes of libraries to set meanwhile: attribute=(module, value)
    """
    with _ONE_AT_A_TIME, warnings.catch_warnings(), ExitStack() as changed:
        warnings.filterwarnings("ignore", module=_LIBRARIES)
        for category in ignored:
            warnings.simplefilter("ignore", category)
        if message:
            warnings.filterwarnings("ignore", message)
        for category in errors:
            warnings.simplefilter("error", category)
        if logger:
            log = logging.getLogger(logger)
            changed.callback(log.setLevel, log.level)
            log.setLevel(logging.CRITICAL)
        for name, (module, value) in shared.items():
            changed.callback(setattr, module, name, getattr(module, name))
            setattr(module, name, value)
        yield


def counted(number: int, noun: str) -> str:
    """So many of what one of is called so."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def reason_of(error: BaseException) -> str:
    """What another library says of a damaged file, in a line; the name of its error where it says nothing."""
    said = str(error).strip("'\" \n").splitlines()
    return said[0][:120].rstrip(".") if said else type(error).__name__


def missing_extra(what: str, extra: str) -> InputError:
    """The error of something that needs an optional package, which the extra of that name installs."""
    return InputError(f"{what} needs a package that is not installed; run pip install 'geobfdt[{extra}]'")
