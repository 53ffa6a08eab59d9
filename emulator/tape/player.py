"""Plays a tape: the same question gets the same answer, in the order of the tape, and nothing is made up.

A long poll is answered when everything has been asked again that was asked before it was answered then, so
that effects do not come before their causes.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec

from emulator.clock import Clock, RealClock
from emulator.tape.form import Tape, Taped, unpack, with_origins
from emulator.tape.ports import Ports
from emulator.wifi.http import Peer
from emulator.wifi.outlet import Outlet, encode_head
from emulator.wifi.request import HttpRequest

_NO_METHOD = 12
_SHORTEST_GAP_S = 0.005
_ID = re.compile(rb'("id"\s*:\s*)\d+')
Key = tuple[Any, ...]


class TapePlayer:
    """One taped camera.

    Args:
        tape: what it says.
        host: its address.
        port: its first port; 0 leaves it to the host.
        strict: only what is on the tape, commands in the tape's order; else an old answer serves again.
        as_fast: answers do not take the time that they took on the tape.
        clock: paces it.

    Attributes:
        misses: what was asked and is not on the tape, or not then.
    """

    def __init__(
        self,
        tape: Tape,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        strict: bool = False,
        as_fast: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self._tape = tape
        self._strict = strict
        self._as_fast = as_fast
        self._clock = clock or RealClock()
        self._ports = Ports(host, self._answer, port)
        self._by_key: dict[Key, list[Taped]] = defaultdict(list)
        self._at: dict[Key, int] = defaultdict(int)
        for exchange in tape.exchanges:
            self._by_key[_key(exchange)].append(exchange)
        self._commands = sorted((one for one in tape.exchanges if _changes(one)), key=lambda one: one.at_s)
        self._done = 0
        self._progress = asyncio.Condition()
        self.misses: list[str] = []

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is taken.
        """
        await self._ports.open(self._tape.origins)

    async def close(self) -> None:
        """Stop listening."""
        await self._ports.close()

    @property
    def description_url(self) -> str:
        """Where the device description is."""
        return f"http://{self._ports.bases[0]}{self._tape.head.description}"

    @property
    def unasked(self) -> list[str]:
        """Commands of the tape that nobody has asked."""
        return [_words(_call(unpack(one.request))) for one in self._commands[self._done :]]

    async def _answer(self, number: int, request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        call = _call(request.body) if request.method == "POST" else None
        found = self._find(number, request, call)
        if found is None:
            self.misses.append(f"{request.method} {request.target}" if call is None else _words(call))
            await _refuse(call, outlet)
            return False
        if not found.status:
            await peer.gone.wait()
            raise ConnectionError("the tape has ended, and the client has gone")
        if found.channel == "event" and call is not None and call["params"][:1] == [True]:
            await self._wait_for_causes(found, peer)
        elif not self._as_fast and found.stream is None:
            await self._clock.sleep(found.seconds)
        if found.stream is not None:
            await self._stream(found, outlet, peer)
        else:
            await self._send(found, request, call, outlet)
        if _changes(found):
            async with self._progress:
                self._done += 1
                self._progress.notify_all()
        return False

    def _find(self, number: int, request: HttpRequest, call: dict[str, Any] | None) -> Taped | None:
        key = _request_key(number, request.method, request.target, call)
        candidates = self._by_key.get(key)
        if candidates is None and call is not None and not self._strict:
            near = [known for known in self._by_key if known[:4] == key[:4]]
            key, candidates = (near[-1], self._by_key[near[-1]]) if near else (key, None)
        if candidates is None:
            return None
        at = self._at[key]
        if at >= len(candidates):
            if candidates[-1].channel == "event" and call is not None and call["params"][:1] == [True]:
                return _quiet(candidates[-1])
            if self._strict and _changes(candidates[-1]):
                return None
            return candidates[-1]
        found = candidates[at]
        in_turn = self._done < len(self._commands) and self._commands[self._done] is found
        if self._strict and _changes(found) and not in_turn:
            return None
        self._at[key] = at + 1
        return found

    async def _wait_for_causes(self, poll: Taped, peer: Peer) -> None:
        """Wait until what was asked before this answer on the tape has been asked again."""
        end_s = poll.at_s + poll.seconds
        needed = sum(one.at_s < end_s for one in self._commands)
        gone = asyncio.ensure_future(peer.gone.wait())
        try:
            while self._done < needed:
                async with self._progress:
                    turn = asyncio.ensure_future(self._progress.wait())
                    try:
                        await asyncio.wait((turn, gone), return_when=asyncio.FIRST_COMPLETED)
                    finally:
                        turn.cancel()
                        await asyncio.gather(turn, return_exceptions=True)
                if peer.gone.is_set():
                    raise ConnectionError("the client has gone")
        finally:
            gone.cancel()

    async def _send(
        self, found: Taped, request: HttpRequest, call: dict[str, Any] | None, outlet: Outlet
    ) -> None:
        body = unpack(with_origins(found.body, self._ports.bases))
        if call is not None and isinstance(call.get("id"), int):
            body = _ID.sub(rb"\g<1>%d" % call["id"], body)
        announced = len(body) + found.unsent_bytes
        headers: Sequence[tuple[str, str]] = [*found.headers, ("Content-Length", str(announced))]
        await outlet.head(encode_head(found.status, found.reason, tuple(headers)), chunked=False)
        if request.method != "HEAD":
            await outlet.body(body)
        await outlet.end()

    async def _stream(self, found: Taped, outlet: Outlet, peer: Peer) -> None:
        """Play a stream over and over until the client leaves."""
        pieces = found.stream or []
        await outlet.head(encode_head(found.status, found.reason, tuple(found.headers)), chunked=True)
        while pieces and not peer.lost.is_set():
            before_s = 0.0
            for at_s, text in pieces:
                if at_s > before_s:
                    await self._clock.sleep(max(at_s - before_s, _SHORTEST_GAP_S))
                before_s = at_s
                await outlet.body(unpack(text))
        await outlet.end()


def _call(body: bytes) -> dict[str, Any]:
    """Return a JSON-RPC call as its parts, whatever it is."""
    try:
        call = msgspec.json.decode(body)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
        call = None
    given = call if isinstance(call, dict) else {}
    params = given.get("params")
    return {
        "method": str(given.get("method", "")),
        "params": params if isinstance(params, list) else [],
        "id": given.get("id"),
        "version": str(given.get("version", "1.0")),
    }


def _words(call: dict[str, Any]) -> str:
    return f"{call['method']} {msgspec.json.encode(call['params']).decode()} {call['version']}"


def _key(exchange: Taped) -> Key:
    call = _call(unpack(exchange.request)) if exchange.verb == "POST" else None
    return _request_key(exchange.origin, exchange.verb, exchange.target, call)


def _request_key(number: int, verb: str, target: str, call: dict[str, Any] | None) -> Key:
    if call is None:
        return number, verb, target
    params = msgspec.json.encode(call["params"])
    return number, verb, target, call["method"], call["version"], params


def _changes(exchange: Taped) -> bool:
    """Whether an exchange is a command, rather than a question."""
    return exchange.channel == "rpc" and not _call(unpack(exchange.request))["method"].startswith("get")


def _quiet(last: Taped) -> Taped:
    """Return a poll that is never answered: the tape has ended."""
    return msgspec.structs.replace(last, at_s=float("inf"), status=0)


async def _refuse(call: dict[str, Any] | None, outlet: Outlet) -> None:
    """Answer what is not on the tape, as a camera does that does not have it."""
    if call is None:
        status, body = 404, b'{"error":[404,"Not Found"]}'
    else:
        number = call["id"] if isinstance(call["id"], int) else 0
        failure = {"error": [_NO_METHOD, "No Such Method"], "id": number}
        status, body = 200, msgspec.json.encode(failure)
    headers = (
        ("Connection", "close"),
        ("Content-Length", str(len(body))),
        ("Content-Type", "application/json"),
    )
    await outlet.head(encode_head(status, "OK" if status == 200 else "Not Found", headers), chunked=False)
    await outlet.body(body)
    await outlet.end()
