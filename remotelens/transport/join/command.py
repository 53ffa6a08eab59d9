"""`command:PROGRAM`: a program of the user's joins; it gets the network as JSON on standard input.

Exit code 0 means joined, whatever the program leaves running. Its last words tell why not; the key is cut out
of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex

import msgspec

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import InvalidValue, WifiJoinFailed
from remotelens.transport.join.joiner import JOIN_TIMEOUT_S, Credentials, Joined, JoinedByOthers
from remotelens.transport.join.secret import blanked, without_key
from remotelens.transport.undone import undone

_STDIN, _STDOUT = 0, 1
_OUTPUT_LIMIT_BYTES = 64 * 1024
_GRACE_S = 2.0
_LAST_WORDS_S = 0.5
_SHOWN = 200


class CommandJoiner:
    """Runs a program for each join.

    Args:
        command: the program and its arguments, quoted as in a shell; no shell runs it.
        interface: the network interface that the program joins with, where the user says so.
        clock: measures the time limit.

    Raises:
        InvalidValue: there is no program in it.
    """

    def __init__(self, command: str, *, interface: str | None = None, clock: Clock = REAL_CLOCK) -> None:
        try:
            self._arguments = shlex.split(command, posix=os.name != "nt")
        except ValueError as error:
            raise InvalidValue(
                f"{command!r} is no command: {error}", remedy="quote it as in a shell"
            ) from error
        if not self._arguments:
            raise InvalidValue("command: names no program", remedy="write --join command:PROGRAM")
        self._interface = interface
        self._clock = clock

    async def join(self, network: Credentials, *, timeout_s: float = JOIN_TIMEOUT_S) -> Joined:
        """Run the program and wait for its end; what it leaves running goes on.

        Raises:
            WifiJoinFailed: it could not be run, was not done in time, or did not say 0.
            InvalidValue: the network's name or key is no text.
        """
        program = self._arguments[0]
        told = _told(network)
        loop = asyncio.get_running_loop()
        try:
            transport, run = await loop.subprocess_exec(
                _Run,
                *self._arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
        except OSError as error:
            raise WifiJoinFailed(
                f"cannot run {program}: {error.strerror or error}", remedy="check the name after command:"
            ) from error
        try:
            async with self._clock.timeout(timeout_s):
                _hand_over(transport, told)
                await run.ended.wait()
            if code := transport.get_returncode():
                await self._hear_out(run)
        except TimeoutError as error:
            raise WifiJoinFailed(
                f"{program} did not join {network.ssid} within {timeout_s:g} s",
                remedy="see what the program waits for",
            ) from error
        finally:
            await undone(_end(transport, run, self._clock))
        if code:
            words = run.last_words(network.key)
            said = f": {words}" if words else ""
            raise WifiJoinFailed(
                f"{program} did not join {network.ssid} (exit code {code}){said}",
                remedy="check the SSID and the key",
            )
        return JoinedByOthers(self._interface)

    async def _hear_out(self, run: _Run) -> None:
        """Let the last words arrive; a program that was left running may hold the pipe for ever."""
        with contextlib.suppress(TimeoutError):
            async with self._clock.timeout(_LAST_WORDS_S):
                await run.silent.wait()


class _Run(asyncio.SubprocessProtocol):
    """One run of the program: what it said last, whether more can come, and whether it has ended."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.silent = asyncio.Event()
        self._tail = b""

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._tail = (self._tail + data)[-_OUTPUT_LIMIT_BYTES:]

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == _STDOUT:
            self.silent.set()

    def process_exited(self) -> None:
        self.ended.set()

    def last_words(self, key: str | None) -> str:
        """Return the last line that was printed, without the key."""
        lines = blanked(self._tail.decode("utf-8", "replace"), key).split("\n")
        line = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return without_key(line, key)[:_SHOWN]


def _told(network: Credentials) -> bytes:
    try:
        return msgspec.json.encode({"ssid": network.ssid, "key": network.key, "bssid": network.bssid})
    except UnicodeEncodeError as error:
        raise InvalidValue(
            "the network's name or key is no text, and cannot be told to a program",
            remedy="join the network by hand and say --join already",
        ) from error


def _hand_over(transport: asyncio.SubprocessTransport, told: bytes) -> None:
    """Give the network to the program, which may end without reading it."""
    pipe = transport.get_pipe_transport(_STDIN)
    assert isinstance(pipe, asyncio.WriteTransport)
    pipe.write(told)
    pipe.close()


async def _end(transport: asyncio.SubprocessTransport, run: _Run, clock: Clock) -> None:
    """See to it that the program is gone, asked first and forced then, and let go of its pipes."""
    try:
        if not run.ended.is_set():
            with contextlib.suppress(ProcessLookupError):
                transport.terminate()
            try:
                async with clock.timeout(_GRACE_S):
                    await run.ended.wait()
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    transport.kill()
                await run.ended.wait()
    finally:
        transport.close()
