"""One connection to a real broker: what it says at the start, what it carries, and how it comes back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

import aiomqtt
import pytest

from remotelens.bridge import mqtt
from remotelens.bridge.broker import Broker
from remotelens.bridge.messages import Incoming, Outgoing, Subscription
from remotelens.bridge.mqtt import BrokerRefused, BrokerUnreachable, Connection, check
from remotelens.bridge.outbox import Outbox
from remotelens.clock import REAL_CLOCK, RealClock
from remotelens.link.status import BackOff
from tests.remotelens.bridge.conftest import LOGIN
from tests.remotelens.bridge.mosquitto import LIMIT_S, Mosquitto, peer

QUICK = BackOff(first_s=0.05, longest_s=0.2)
WILL = Outgoing("t/availability", b"offline", retain=True)
ONLINE = Outgoing("t/availability", b"online", retain=True)


class TellingClock(RealClock):
    """A clock that says when a pause begins."""

    def __init__(self) -> None:
        self.pauses = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.pauses.set()
        await super().sleep(seconds)


class Rig:
    """A connection, and what came over it."""

    def __init__(self, broker: Broker, *subscriptions: Subscription) -> None:
        self.clock = TellingClock()
        self.outbox = Outbox()
        self.came: list[Incoming] = []
        self.connections = 0
        self._changed = asyncio.Event()
        self.connection = Connection(
            broker,
            identifier="t",
            will=WILL,
            subscriptions=subscriptions or (Subscription("t/command/#"),),
            outbox=self.outbox,
            on_message=self._take,
            on_connected=self._count,
            clock=self.clock,
            back_off=QUICK,
            chance=random.Random(0),
        )

    def _take(self, message: Incoming) -> None:
        self.came.append(message)
        self._changed.set()

    def _count(self) -> None:
        self.connections += 1
        self._changed.set()

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not done():
                self._changed.clear()
                await self._changed.wait()


def place(broker: Mosquitto, user: str | None = None, password: str | None = None) -> Broker:
    return Broker("127.0.0.1", broker.port, user, password)


@asynccontextmanager
async def running(broker: Broker, *subscriptions: Subscription) -> AsyncIterator[Rig]:
    """A connection that runs while the block does."""
    rig = Rig(broker, *subscriptions)
    task = asyncio.create_task(rig.connection.run())
    try:
        await rig.until(lambda: rig.connections == 1)
        yield rig
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_broker_that_lets_us_in_is_right(broker: Mosquitto, locked_broker: Mosquitto) -> None:
    await check(place(broker), clock=REAL_CLOCK)
    await check(place(locked_broker, *LOGIN), clock=REAL_CLOCK)


async def test_a_place_where_nothing_listens_is_told() -> None:
    with pytest.raises(BrokerUnreachable, match=r"no broker at 127\.0\.0\.1:9"):
        await check(Broker("127.0.0.1", 9), clock=REAL_CLOCK)


async def test_a_host_that_is_none_is_told() -> None:
    with pytest.raises(BrokerUnreachable, match=r"nowhere\.invalid:1883: no host of that name is known"):
        await check(Broker("nowhere.invalid"), clock=REAL_CLOCK)


async def test_a_wrong_password_is_told_and_not_repeated(locked_broker: Mosquitto) -> None:
    with pytest.raises(BrokerRefused, match="does not let in the user 'lens'") as refusal:
        await check(place(locked_broker, "lens", "wrong horse"), clock=REAL_CLOCK)
    assert "wrong horse" not in str(refusal.value)
    assert "--password-file" in str(refusal.value)


async def test_a_broker_that_wants_a_name_is_told(locked_broker: Mosquitto) -> None:
    with pytest.raises(BrokerRefused, match="anybody without a name"):
        await check(place(locked_broker), clock=REAL_CLOCK)


async def against(says: bytes) -> None:
    """Check a server that answers with those bytes, whatever it is told; see that nothing is left open."""
    left: asyncio.Queue[None] = asyncio.Queue()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.read(1):
            writer.write(says)
        await reader.read()
        writer.close()
        left.put_nowait(None)

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        try:
            await check(Broker("127.0.0.1", port), clock=REAL_CLOCK)
        finally:
            async with asyncio.timeout(LIMIT_S):  # one visit to see who listens, one to say hello
                await left.get()
                await left.get()


@pytest.mark.parametrize("says", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b"\x20\xff\xff\xff\xff\xff"])
async def test_what_is_no_broker_is_told(monkeypatch: pytest.MonkeyPatch, says: bytes) -> None:
    monkeypatch.setattr(mqtt, "ANSWER_LIMIT_S", 0.3)
    with pytest.raises(BrokerUnreachable, match="does not answer as a broker"):
        await against(says)


async def test_a_broker_that_speaks_no_v5_is_told() -> None:
    unsupported = b"\x20\x03\x00\x84\x00"  # CONNACK, reason 0x84 (MQTT 5.0, table 3-1)
    with pytest.raises(BrokerRefused, match="speaks no MQTT v5"):
        await against(unsupported)


async def test_a_broker_that_refuses_otherwise_is_quoted() -> None:
    banned = b"\x20\x03\x00\x8a\x00"
    with pytest.raises(BrokerRefused, match="Banned"):
        await against(banned)


async def test_small_packets_are_not_held_back(broker: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[aiomqtt.Client] = []

    def remembered(*words: object, **more: object) -> aiomqtt.Client:
        made.append(real(*words, **more))  # type: ignore[arg-type]  # handed on as they came
        return made[-1]

    real = aiomqtt.Client
    monkeypatch.setattr(aiomqtt, "Client", remembered)
    async with running(place(broker)):
        connected = made[-1]._client.socket()
        assert isinstance(connected, socket.socket)
        assert connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


async def test_a_message_comes_with_all_that_belongs_to_it(broker: Mosquitto) -> None:
    async with running(place(broker)) as rig, peer(broker) as somebody:
        await somebody.send("t/command/a", b"x", expiry_s=60, answer_to="answers", mark=b"\x00\xff")
        await somebody.send("t/command/b", b"y", retain=True)
        await rig.until(lambda: len(rig.came) == 2)
    first, second = rig.came
    assert (first.topic, first.payload, first.answer_to, first.correlation) == (
        "t/command/a", b"x", "answers", b"\x00\xff",
    )  # fmt: skip
    assert first.expiry_s is not None
    assert 0 < first.expiry_s <= 60
    assert (first.retained, second.retained) == (False, True)
    assert (second.expiry_s, second.answer_to, second.correlation) == (None, None, None)


async def test_what_the_broker_kept_comes_only_where_it_is_wanted(broker: Mosquitto) -> None:
    async with peer(broker) as somebody:
        await somebody.send("t/command/old", b"x", retain=True)
        await somebody.send("t/config", b"y", retain=True)
    subscriptions = (Subscription("t/command/#"), Subscription("t/config", stored=True))
    async with running(place(broker), *subscriptions) as rig:
        await rig.until(lambda: len(rig.came) == 1)
    assert [message.topic for message in rig.came] == ["t/config"]


async def test_we_do_not_hear_ourselves(broker: Mosquitto) -> None:
    async with running(place(broker)) as rig, peer(broker) as somebody:
        rig.outbox.put(Outgoing("t/command/loop", b"x"))
        await somebody.see("t/command/loop")
        await somebody.send("t/command/other", b"y")
        await rig.until(lambda: len(rig.came) == 1)
    assert rig.came[0].topic == "t/command/other"


async def test_a_message_of_a_megabyte_never_reaches_us(broker: Mosquitto) -> None:
    async with running(place(broker)) as rig, peer(broker) as somebody:
        await somebody.send("t/command/huge", b"x" * 1_000_000)
        await somebody.send("t/command/small", b"y")
        await rig.until(lambda: len(rig.came) == 1)
        assert rig.connections == 1
    assert rig.came[0].topic == "t/command/small"


async def test_a_picture_of_several_megabytes_goes_out(broker: Mosquitto) -> None:
    picture = bytes(range(256)) * 20_000
    async with running(place(broker)) as rig, peer(broker) as somebody:
        rig.outbox.show(Outgoing("t/picture", picture, qos=0))
        assert await somebody.see("t/picture") == picture


async def test_who_leaves_says_so(broker: Mosquitto) -> None:
    async with running(place(broker)) as rig:
        rig.outbox.keep(ONLINE)
        async with peer(broker) as somebody:
            await somebody.see("t/availability", lambda seen: seen == b"online")
    async with peer(broker) as somebody:
        assert await somebody.see("t/availability") == b"offline"


async def test_after_a_restart_of_the_broker_everything_is_there_again(broker: Mosquitto) -> None:
    async with running(place(broker)) as rig:
        rig.outbox.keep(ONLINE)
        rig.outbox.keep(Outgoing("t/state", b'{"n": 1}', retain=True))
        broker.stop()
        rig.outbox.keep(Outgoing("t/state", b'{"n": 2}', retain=True))
        rig.outbox.put(Outgoing("answers", b"late"))
        broker.start()
        await rig.until(lambda: rig.connections == 2)
        async with peer(broker) as somebody:
            assert await somebody.see("t/availability") == b"online"
            assert json.loads(await somebody.see("t/state")) == {"n": 2}
            await somebody.send("t/command/a", b"still there?")
            await rig.until(lambda: len(rig.came) == 1)


async def test_an_answer_that_was_on_its_way_arrives_over_the_next_connection(broker: Mosquitto) -> None:
    async with running(place(broker)) as rig:
        broker.freeze()
        rig.outbox.put(Outgoing("answers", b"kept", retain=True))
        await asyncio.sleep(0)
        broker.stop()
        broker.start()
        await rig.until(lambda: rig.connections == 2)
        async with peer(broker) as somebody:
            assert await somebody.see("answers") == b"kept"


async def test_a_broker_that_hangs_is_left_and_met_again(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "ANSWER_LIMIT_S", 0.5)
    async with running(place(broker)) as rig:
        broker.freeze()
        rig.outbox.keep(ONLINE)
        for number in range(1000):
            rig.outbox.show(Outgoing("t/picture", b"%d" % number, qos=0))
        async with asyncio.timeout(LIMIT_S):
            await rig.clock.pauses.wait()
        broker.thaw()
        await rig.until(lambda: rig.connections == 2)
        async with peer(broker) as somebody:
            await somebody.see("t/availability", lambda seen: seen == b"online")


async def test_a_broker_that_refuses_us_later_is_asked_again(locked_broker: Mosquitto) -> None:
    rig = Rig(place(locked_broker, "lens", "wrong horse"))
    task = asyncio.create_task(rig.connection.run())
    async with asyncio.timeout(LIMIT_S):
        await rig.clock.pauses.wait()
    assert not task.done()
    task.cancel()
    await asyncio.wait([task])
    assert rig.connections == 0


async def test_a_second_program_under_the_same_name_is_told_as_such(caplog: pytest.LogCaptureFixture) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(2)
        writer.write(b"\x20\x03\x00\x00\x00")  # CONNACK, accepted
        packet = await reader.read(4096)
        while (start := packet.find(b"\x82")) < 0:  # until SUBSCRIBE has come
            packet += await reader.read(4096)
        number = packet[start + 2 : start + 4]
        writer.write(b"\x90\x04" + number + b"\x00\x01")  # SUBACK, QoS 1
        writer.write(b"\xe0\x01\x8e")  # DISCONNECT, session taken over (MQTT 5.0, 3.14.2.1)
        await reader.read()
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with running(Broker("127.0.0.1", port)) as rig, asyncio.timeout(LIMIT_S):
            await rig.clock.pauses.wait()
    assert "another program has connected as t" in caplog.text


async def test_aiomqtt_still_keeps_pahos_client_where_a_failed_attempt_is_closed() -> None:
    client = aiomqtt.Client("127.0.0.1")
    assert client._client.socket() is None
    assert callable(client._client.disconnect)


class Deaf:
    """A client that answers a cancelling with its result, as the library's does in Python 3.11 at times."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def publish(self, *_: object, **__: object) -> None:
        self.asked.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()


async def test_a_cancelling_that_comes_with_the_brokers_answer_is_heard() -> None:
    rig, client = Rig(Broker("127.0.0.1")), Deaf()
    rig.outbox.put(Outgoing("t", b"x"))
    task = asyncio.create_task(rig.connection._send(cast("aiomqtt.Client", client)))
    async with asyncio.timeout(LIMIT_S):
        await client.asked.wait()
        task.cancel()
        await asyncio.wait([task])
    assert task.cancelled()


async def test_it_can_be_cancelled_while_it_connects(broker: Mosquitto) -> None:
    for steps in range(12):
        rig = Rig(place(broker))
        task = asyncio.create_task(rig.connection.run())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
