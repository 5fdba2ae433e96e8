"""How a command says that it cannot be done."""


class CommandError(Exception):
    """The command cannot be done; the message says what to do."""
