"""How much those who listen may ask of one process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LiveLimits:
    connections: int = 2_000
    """WebSockets and streams of server-sent events that are open at one time."""
    operations: int = 100
    """That run on one WebSocket at one time."""
    message_bytes: int = 100_000
    """Of one message on a WebSocket."""
    init_seconds: int = 10
    """Until a WebSocket has to say who asks."""
    waiting: int = 1_000
    """Changes that may wait for one subscriber who reads slowly."""
    ping_seconds: float = 15.0
    """Without an event, after which a stream of server-sent events shows that it is there."""
    send_seconds: float = 30.0
    """Until a connection is given up whose other side reads nothing."""


class Connections:
    """Counts what is open in the process."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.open = 0

    @property
    def is_full(self) -> bool:
        return self.open >= self._most

    @contextmanager
    def one_more(self) -> Iterator[None]:
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1
