"""What the user is told: one exception for a mistake, one warning for something put right on the way."""


class InputError(Exception):
    """Something in the user's input is wrong; the message is one sentence naming the file, the place and the remedy.

    The command line prints the message and exits with 2. Anything else that escapes is a defect of the program.
    """


class InputWarning(UserWarning):
    """Something in the user's input was put right, and the user should know: repeats dropped, a log turned over.

    The message is one sentence naming the file; the command line prints it as one line and carries on.
    """
