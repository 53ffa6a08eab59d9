"""The sockets of AcquireNotify and AcquireWrite: values as packets, past the bus.

bleak takes one to learn the MTU and closes it at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

_MOST_BYTES = 512


class ValueSocket:
    """A pair of sockets, of which the other side gets one.

    Args:
        closed: called once when one side has closed it.
        written: called with each value that the other side sends.
    """

    def __init__(
        self, closed: Callable[[], None], written: Callable[[bytes], None] = lambda value: None
    ) -> None:
        self._closed = closed
        self._written = written
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ours.setblocking(False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._ours, self._readable)

    def theirs(self) -> int:
        """Hand out the descriptor for the other side; who takes it closes it."""
        return self._theirs.detach()

    def send(self, value: bytes) -> None:
        """Send a value; it is lost when the other side does not read."""
        with contextlib.suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
            self._ours.send(value)

    def close(self) -> None:
        """Close our side."""
        if self._ours.fileno() >= 0:
            self._loop.remove_reader(self._ours)
            self._ours.close()
            self._theirs.close()
            self._closed()

    def _readable(self) -> None:
        try:
            value = self._ours.recv(_MOST_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            value = b""
        if value:
            self._written(value)
        else:
            self.close()
