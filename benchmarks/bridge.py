"""Bridge: from a command to its answer at QoS 1, against a bare echo over the same broker.

The echo subscribes and publishes the very bytes that the bridge answers with, and does nothing else. Both run
in a process of their own; the camera behind the bridge is a stand-in that answers at once. The broker sends
small packets at once, too (set_tcp_nodelay): by default it does not, and then commands that follow each other
within 40 ms wait for a delayed acknowledgement, whoever answers them, and nothing else can be seen.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from benchmarks.harness import Figure, tell
from remotelens.bridge import answers
from remotelens.bridge.broker import Broker
from remotelens.bridge.camera_bridge import CameraBridge
from remotelens.bridge.mqtt import Connection
from remotelens.bridge.outbox import Outbox
from remotelens.bridge.topics import Topics
from remotelens.camera.live_view import LiveView
from remotelens.camera.shot import Shot, ShotFile
from remotelens.camera.state import CameraState, Setting, Value
from remotelens.camera.store import StateStore
from remotelens.clock import REAL_CLOCK
from remotelens.errors import NotSupported

ROUNDS = 5
QUESTIONS = 400
WARM_UP = 20
TOPICS = Topics("bench")
NO_DELAY = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
SETTINGS: Mapping[str, Value] = MappingProxyType(
    {"shoot_mode": "still", "exposure_mode": "Program Auto", "iso": "AUTO", "ev": -0.7, "self_timer": 0}
)
SHOT = Shot(
    id="20261125T120000000Z-0001",
    camera="bench",
    files=(ShotFile("http://192.168.122.1:8080/postview/pict20261125_120000000_0.JPG", "original"),),
    on_card=True,
    clock_trusted=True,
    requested=SETTINGS,
    asked_at=datetime(2026, 11, 25, 12, tzinfo=UTC),
    answered_s=0.001,
)
ANSWER = answers.document(answers.shots([SHOT]))


class StandIn:
    """A camera that has taken the picture before it was asked."""

    name = "bench"

    def __init__(self) -> None:
        settings = {name: Setting(value, (value,), True) for name, value in SETTINGS.items()}
        state = CameraState(link="ready", status="IDLE", settings=MappingProxyType(settings))
        self._store = StateStore(state)

    @property
    def state(self) -> CameraState:
        """The one state it is ever in."""
        return self._store.state

    def subscribe(self) -> AsyncIterator[CameraState]:
        """Return that state, and then nothing."""
        return self._store.subscribe()

    async def capture(self, *, size: str, half_press: bool) -> Shot:
        """Return the picture."""
        return SHOT

    async def set(self, name: str, value: Value) -> Setting:
        """Change nothing."""
        return Setting(value)

    def live_view(self) -> LiveView:
        """Refuse."""
        raise NotSupported("there is no live view here")


async def be_bridge(port: int) -> None:
    """Be the bridge until killed."""
    outbox = Outbox()
    camera = CameraBridge(TOPICS, "bench", outbox=outbox, clock=REAL_CLOCK)
    connection = Connection(
        Broker("127.0.0.1", port),
        identifier="bench",
        will=camera.will,
        subscriptions=camera.subscriptions,
        outbox=outbox,
        on_message=camera.receive,
        clock=REAL_CLOCK,
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(connection.run())
        tasks.create_task(camera.serve(StandIn()))


async def be_echo(port: int) -> None:
    """Answer everything until killed."""
    async with _client(port) as client:
        await client.subscribe(TOPICS.commands, qos=1)
        await client.publish(TOPICS.availability, b"online", 1, True)
        async for message in client.messages:
            asked, back = message.properties, Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            back.CorrelationData = getattr(asked, "CorrelationData", b"")
            await client.publish(getattr(asked, "ResponseTopic", ""), ANSWER, 1, properties=back)


def _client(port: int) -> aiomqtt.Client:
    version = aiomqtt.ProtocolVersion.V5
    return aiomqtt.Client("127.0.0.1", port, protocol=version, socket_options=NO_DELAY)


@contextmanager
def broker() -> Iterator[int]:
    """Run a broker; gives its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "mosquitto.conf"
        config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n")
        with subprocess.Popen(["mosquitto", "-c", str(config)], stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            try:
                while "running" not in process.stderr.readline():
                    pass
                yield port
            finally:
                process.kill()


@asynccontextmanager
async def responder(who: str, port: int) -> AsyncIterator[aiomqtt.Client]:
    """Run one responder, and give a client that is ready to ask it."""
    command = [sys.executable, "-m", "benchmarks.bridge", who, str(port)]
    process = await asyncio.create_subprocess_exec(*command)
    try:
        async with _client(port) as client:
            await client.subscribe("answers", qos=1)
            await client.subscribe(TOPICS.availability, qos=1)
            async for message in client.messages:
                if message.payload == b"online":
                    break
            yield client
            await client.publish(TOPICS.availability, b"", 1, True)
    finally:
        process.kill()
        await process.wait()


async def ask(who: str, port: int) -> tuple[float, float]:
    """Ask one responder many times; return the middle and the 99th of 100 answers, in milliseconds."""
    taken_ms: list[float] = []
    async with responder(who, port) as client:
        came = aiter(client.messages)
        for number in range(WARM_UP + QUESTIONS):
            mark = b"%d" % number
            question = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho leaves it so
            question.ResponseTopic, question.CorrelationData = "answers", mark
            started_s = time.perf_counter()
            asking = asyncio.ensure_future(
                client.publish(TOPICS.command("shutter"), b"{}", 1, properties=question)
            )
            async for message in came:
                if getattr(message.properties, "CorrelationData", None) == mark:
                    break
            if number >= WARM_UP:
                taken_ms.append(1000 * (time.perf_counter() - started_s))
            assert message.payload == ANSWER
            await asking
    cuts = statistics.quantiles(taken_ms, n=100)
    return cuts[49], cuts[98]


def main() -> None:
    """Alternate bridge and echo."""
    if shutil.which("mosquitto") is None:
        print("\nBridge: mosquitto is not installed, nothing measured")
        return
    rounds: dict[str, list[tuple[float, float]]] = {"bare echo": [], "bridge": []}
    with broker() as port:
        for _ in range(ROUNDS):
            for name, taken in rounds.items():
                taken.append(asyncio.run(ask(name.split()[-1], port)))
    for index, cut in enumerate(("p50 (aim <= 2 x)", "p99")):
        figures = [Figure(name, "ms", tuple(one[index] for one in taken)) for name, taken in rounds.items()]
        tell(f"Bridge: command to answer at QoS 1, {cut}", figures, "bare echo")


if __name__ == "__main__":
    _, role, place = sys.argv
    asyncio.run({"bridge": be_bridge, "echo": be_echo}[role](int(place)))
