"""`command:PROGRAM`: a program of the user's joins; it gets the network as JSON on standard input.

Exit code 0 means joined. Its last words tell why not; the key is cut out of them.
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

_OUTPUT_LIMIT_BYTES = 64 * 1024
_GRACE_S = 2.0
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
        """Run the program and wait for its end.

        Raises:
            WifiJoinFailed: it could not be run, was not done in time, or did not say 0.
        """
        program = self._arguments[0]
        told = msgspec.json.encode({"ssid": network.ssid, "key": network.key, "bssid": network.bssid})
        try:
            process = await asyncio.create_subprocess_exec(
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
                words = await _last_words(process, told)
                code = await process.wait()
        except TimeoutError as error:
            raise WifiJoinFailed(
                f"{program} did not join {network.ssid} within {timeout_s:g} s",
                remedy="see what the program waits for",
            ) from error
        finally:
            await asyncio.shield(_ended(process, self._clock))
        if code != 0:
            said = f": {_without_key(words, network.key)}" if words else ""
            raise WifiJoinFailed(
                f"{program} did not join {network.ssid} (exit code {code}){said}",
                remedy="check the SSID and the key",
            )
        return JoinedByOthers(self._interface)


async def _last_words(process: asyncio.subprocess.Process, told: bytes) -> str:
    """Hand the network over and return the last line that the program prints."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(told)
    with contextlib.suppress(ConnectionError):  # a program may end without reading
        await process.stdin.drain()
    process.stdin.close()
    tail = b""
    while chunk := await process.stdout.read(_OUTPUT_LIMIT_BYTES):
        tail = (tail + chunk)[-_OUTPUT_LIMIT_BYTES:]
    lines = tail.decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


async def _ended(process: asyncio.subprocess.Process, clock: Clock) -> None:
    """See to it that the program is gone: asked first, forced then."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
        try:
            async with clock.timeout(_GRACE_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def _without_key(words: str, key: str | None) -> str:
    return (words.replace(key, "…") if key else words)[:_SHOWN]
