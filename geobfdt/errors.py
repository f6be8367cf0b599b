"""The one exception a user's mistake raises."""


class InputError(Exception):
    """Something in the user's input is wrong; the message is one sentence naming the file, the place and the remedy.

    The command line prints the message and exits with 2. Anything else that escapes is a defect of the program.
    """
