"""What the user is told: one exception for a mistake, one warning for something put right on the way."""

from __future__ import annotations

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


def reason_of(error: BaseException) -> str:
    """What another library says of a damaged file, in a line; the name of its error where it says nothing."""
    said = str(error).strip("'\" \n").splitlines()
    return said[0][:120].rstrip(".") if said else type(error).__name__


def missing_extra(what: str, extra: str) -> InputError:
    """The error of something that needs an optional package, which the extra of that name installs."""
    return InputError(f"{what} needs a package that is not installed; run pip install 'geobfdt[{extra}]'")
