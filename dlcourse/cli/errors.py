"""The one error that a command ends with."""


class CommandError(Exception):
    """A command failed for a reason the user can act on: one sentence, no traceback, exit code 1."""
