"""A real broker on a free port of the loopback, and somebody on it to talk to the bridge."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.components import need_program

LIMIT_S = 40
NO_DELAY = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)


class Mosquitto:
    """One mosquitto, started and stopped as told; it keeps its port and forgets everything else.

    Args:
        folder: where its configuration stands.
        login: who it lets in, with which password; None for everybody.
    """

    def __init__(self, folder: Path, login: tuple[str, str] | None = None) -> None:
        self._program = need_program("mosquitto")
        self._config = folder / "mosquitto.conf"
        self._process: subprocess.Popen[str] | None = None
        self.port = 0
        self._lines = ["persistence false"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            self._lines.append("user root")  # else it could not read the files of a test
        if login is None:
            self._lines.append("allow_anonymous true")
        else:
            passwords = folder / "passwords"
            passwords.touch(mode=0o600)
            made = [str(need_program("mosquitto_passwd")), "-b", str(passwords), *login]
            subprocess.run(made, check=True, capture_output=True)
            self._lines += ["allow_anonymous false", f"password_file {passwords}"]

    @property
    def url(self) -> str:
        """How the bridge is told of it."""
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and return when it listens; the first time on a port that is free."""
        tries = (self.port,) if self.port else (_free_port() for _ in range(3))
        said = ""
        for port in tries:
            self._config.write_text("\n".join([f"listener {port} 127.0.0.1", *self._lines]) + "\n")
            process = subprocess.Popen(
                [str(self._program), "-c", str(self._config)], stderr=subprocess.PIPE, text=True
            )
            assert process.stderr is not None
            for line in process.stderr:
                said += line
                if "running" in line:
                    self.port, self._process = port, process
                    self._drain = threading.Thread(target=process.stderr.read, daemon=True)
                    self._drain.start()
                    return
            with process:
                pass
        raise AssertionError(f"mosquitto did not start: {said}")

    def stop(self) -> None:
        """Kill it, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._drain.join()
            with self._process:
                self._process = None

    def freeze(self) -> None:
        """Stop it from running, its connections still open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it run again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class Peer:
    """Another program on the broker: sees everything, and asks for things."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client
        self._seen: dict[str, list[bytes]] = defaultdict(list)
        self._marks: dict[str, bytes | None] = {}
        self._changed = asyncio.Condition()
        self._numbers = count()

    def all(self, topic: str) -> list[bytes]:
        """Return all that has been seen on a topic."""
        return list(self._seen[topic])

    def newest(self, topic: str) -> Any:
        """Return the newest document seen on a topic."""
        return json.loads(self._seen[topic][-1])

    async def see(
        self, topic: str, fits: Callable[[bytes], bool] = lambda _: True, *, after: int = 0
    ) -> bytes:
        """Wait for a message on a topic that fits, and return the first such.

        Args:
            topic: where.
            fits: what is looked for.
            after: how many messages of the topic are passed over.
        """
        async with asyncio.timeout(LIMIT_S), self._changed:
            while True:
                for payload in self._seen[topic][after:]:
                    if fits(payload):
                        return payload
                await self._changed.wait()

    async def see_state(
        self, topic: str, fits: Callable[[dict[str, Any]], bool], *, after: int = 0
    ) -> dict[str, Any]:
        """Wait for a document on a topic that fits."""
        told: dict[str, Any] = json.loads(
            await self.see(topic, lambda seen: fits(json.loads(seen)), after=after)
        )
        return told

    async def send(
        self,
        topic: str,
        payload: bytes | str = b"",
        *,
        retain: bool = False,
        expiry_s: int | None = None,
        answer_to: str | None = None,
        mark: bytes | None = None,
    ) -> None:
        """Publish something."""
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho leaves it so
        if expiry_s is not None:
            properties.MessageExpiryInterval = expiry_s
        if answer_to is not None:
            properties.ResponseTopic = answer_to
        if mark is not None:
            properties.CorrelationData = mark
        await self._client.publish(topic, payload, 1, retain, properties)

    async def ask(self, topic: str, payload: bytes | str = b"", **more: Any) -> dict[str, Any]:
        """Publish something, wait for its answer, and see that it is marked as the question was."""
        number = next(self._numbers)
        where, mark = f"answers/{number}", f"question {number}".encode()
        await self.send(topic, payload, answer_to=where, mark=mark, **more)
        answer: dict[str, Any] = json.loads(await self.see(where))
        assert self._marks[where] == mark
        assert answer["schema"] == 1
        return answer

    async def listen(self) -> None:
        """Take in everything until cancelled."""
        async for message in self._client.messages:
            topic = str(message.topic)
            async with self._changed:
                self._seen[topic].append(message.payload)
                self._marks[topic] = getattr(message.properties, "CorrelationData", None)
                self._changed.notify_all()


@asynccontextmanager
async def peer(
    broker: Mosquitto, *, user: str | None = None, password: str | None = None
) -> AsyncIterator[Peer]:
    """Be on the broker while the block runs."""
    client = aiomqtt.Client(
        "127.0.0.1",
        broker.port,
        protocol=aiomqtt.ProtocolVersion.V5,
        socket_options=NO_DELAY,
        username=user,
        password=password,
    )
    async with client:
        await client.subscribe("#", qos=1)
        somebody = Peer(client)
        listening = asyncio.create_task(somebody.listen())
        try:
            yield somebody
        finally:
            listening.cancel()
            await asyncio.wait([listening])
