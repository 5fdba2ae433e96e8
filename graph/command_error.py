"""What the commands share: how one says that it cannot be done, and where its arguments are added."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


class CommandError(Exception):
    """The command cannot be done; the message says what to do."""
