"""The one module that knows the MQTT library: one connection, kept up for as long as it is wanted.

MQTT v5, a last will, no session kept by the broker (what is asked while nobody is there is not obeyed later),
and TCP_NODELAY, without which an answer takes 90 ms instead of 1 (performance page, section 10).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import NoReturn

import aiomqtt
from aiomqtt.exceptions import MqttConnectError
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from remotelens.bridge.broker import PASSWORD_VARIABLE, Broker
from remotelens.bridge.messages import Incoming, Outgoing, Subscription
from remotelens.bridge.outbox import Outbox
from remotelens.clock import Clock
from remotelens.errors import RemoteLensError
from remotelens.link.status import BackOff

MOST_PACKET_BYTES = 256 * 1024
MOST_INCOMING = 256
ANSWER_LIMIT_S = 10.0
PICTURE_LIMIT_S = 60.0
CONNECT_LIMIT_S = 5.0
FAREWELL_LIMIT_S = 2.0
KEEP_ALIVE_S = 20
DROP_STEPS = 10
STEADY_S = 10.0
_NO_DELAY = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
_NOT_IF_SUBSCRIBED, _NEVER = SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE, SubscribeOptions.RETAIN_DO_NOT_SEND
_TAKEN_OVER = 0x8E
_UNKNOWN_TO_IT = (0x86, 0x87, 0x8C)
_OLD_PROTOCOL = (0x01, 0x84)
_log = logging.getLogger(__name__)


class BrokerUnreachable(RemoteLensError):
    """Nothing answers as a broker where one was named."""


class BrokerRefused(RemoteLensError):
    """The broker does not let us in."""


async def check(broker: Broker, *, clock: Clock) -> None:
    """Connect once and let go, so that what cannot work is said at the start and not retried for ever.

    Raises:
        BrokerUnreachable: nothing listens there, or what listens is no broker.
        BrokerRefused: it does not accept the user, or speaks no MQTT v5.
    """
    try:
        async with clock.timeout(CONNECT_LIMIT_S):
            _, writer = await asyncio.open_connection(broker.host, broker.port)
    except OSError as error:
        raise BrokerUnreachable(
            f"no broker at {broker.place}: {_reason(error)}",
            remedy="see that it runs, and check host and port",
        ) from error
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    try:
        async with _connected(_client(broker, identifier=None, will=None), clock):
            pass
        _heed_cancelling()
    except aiomqtt.MqttError as error:
        raise _refusal(broker, error) from error


class Connection:
    """One connection to a broker, made again whenever it breaks.

    Args:
        broker: which one.
        identifier: who we are to it; who connects under the same name takes the place of the one before.
        will: what the broker publishes when we vanish, and what is published when we leave.
        subscriptions: what is listened to.
        outbox: what is to be published; everything that the broker keeps is sent again at each connection.
        on_message: gets each message; must not wait, and must not raise.
        on_connected: told after each connection.
        clock: measures the pauses.
        back_off: the pauses between attempts.
        chance: what the pauses' jitter comes from.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        identifier: str,
        will: Outgoing,
        subscriptions: Sequence[Subscription],
        outbox: Outbox,
        on_message: Callable[[Incoming], None],
        clock: Clock,
        on_connected: Callable[[], None] | None = None,
        back_off: BackOff | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._broker = broker
        self._identifier = identifier
        self._will = will
        self._subscriptions = tuple(subscriptions)
        self._outbox = outbox
        self._on_message = on_message
        self._on_connected = on_connected
        self._clock = clock
        self._back_off = back_off or BackOff()
        self._chance = chance or random.Random()  # noqa: S311 - spreads attempts, keeps no secret

    async def run(self) -> NoReturn:
        """Keep the connection until cancelled; then leave the will behind, and go."""
        failures = 0
        while True:
            started_s = self._clock.monotonic()
            try:
                await self._hold()
            except aiomqtt.MqttError as error:
                if self._clock.monotonic() - started_s >= STEADY_S:
                    failures = 0
                failures += 1
                self._tell(error, failures)
            _heed_cancelling()
            await self._clock.sleep(self._back_off.pause_s(failures, self._chance))

    async def _hold(self) -> None:
        client = _client(self._broker, identifier=self._identifier, will=self._will)
        async with _connected(client, self._clock):
            for one in self._subscriptions:
                await self._listen(client, one)
                _heed_cancelling()
            self._outbox.again()
            if self._on_connected is not None:
                self._on_connected()
            try:
                await self._exchange(client)
            except asyncio.CancelledError:
                await self._say_farewell(client)
                raise

    async def _exchange(self, client: aiomqtt.Client) -> None:
        """Receive and send until one of them fails.

        No task group: in Python 3.11 one that ends with an error leaves its parent marked as cancelled, and
        then `_heed_cancelling` could not tell.
        """
        both = (asyncio.create_task(self._receive(client)), asyncio.create_task(self._send(client)))
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.wait(both)
        for task in done:
            await task

    async def _listen(self, client: aiomqtt.Client, one: Subscription) -> None:
        for code in await client.subscribe(one.topic, options=_listening(one)):
            if isinstance(code, ReasonCode) and code.is_failure:
                _log.warning("%s: nothing is heard on %s: %s", self._broker.place, one.topic, code)

    async def _receive(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            self._on_message(_incoming(message))

    async def _send(self, client: aiomqtt.Client) -> NoReturn:
        while True:
            message = await self._outbox.take()
            try:
                await _publish(client, message)
            except BaseException:
                self._outbox.back(message)
                raise
            _heed_cancelling()

    async def _say_farewell(self, client: aiomqtt.Client) -> None:
        """Publish the will ourselves: a broker forgets it when somebody leaves in order."""
        try:
            async with self._clock.timeout(FAREWELL_LIMIT_S):
                await _publish(client, self._will)
        except (aiomqtt.MqttError, TimeoutError) as error:
            _log.info("%s: the farewell was not heard: %s", self._broker.place, error)

    def _tell(self, error: aiomqtt.MqttError, failures: int) -> None:
        level = logging.WARNING if failures == 1 else logging.DEBUG
        if _code(error) == _TAKEN_OVER:
            _log.log(
                level,
                "%s: another program has connected as %s; only one can bridge that camera",
                self._broker.place,
                self._identifier,
            )
        elif isinstance(error, MqttConnectError):
            _log.log(level, "%s", _refusal(self._broker, error))
        else:
            _log.log(level, "%s: the connection to the broker broke: %s", self._broker.place, error)


def _client(broker: Broker, *, identifier: str | None, will: Outgoing | None) -> aiomqtt.Client:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho leaves it so
    properties.MaximumPacketSize = MOST_PACKET_BYTES
    return aiomqtt.Client(
        broker.host,
        broker.port,
        username=broker.user,
        password=broker.password,
        identifier=identifier,
        protocol=aiomqtt.ProtocolVersion.V5,
        will=None if will is None else aiomqtt.Will(will.topic, will.payload, will.qos, will.retain),
        clean_start=True,
        properties=properties,
        timeout=ANSWER_LIMIT_S,
        keepalive=KEEP_ALIVE_S,
        max_queued_incoming_messages=MOST_INCOMING,
        socket_options=_NO_DELAY,
    )


@asynccontextmanager
async def _connected(client: aiomqtt.Client, clock: Clock) -> AsyncIterator[None]:
    """Enter the client; when cancelled meanwhile, wait for the library's thread, which cannot be stopped."""
    entering = asyncio.ensure_future(client.__aenter__())
    try:
        await asyncio.shield(entering)
    except aiomqtt.MqttError:
        await _drop(client, clock)
        raise
    except asyncio.CancelledError:
        await asyncio.wait([entering])
        if entering.exception() is None:
            await _leave(client)
        else:
            await _drop(client, clock)
        raise
    try:
        yield
    finally:
        await _leave(client)


def _heed_cancelling() -> None:
    """End a task that has been told to, where that was not heard.

    In Python 3.11 `asyncio.wait_for`, by which the library waits, forgets a cancelling that comes together
    with the result.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def _drop(client: aiomqtt.Client, clock: Clock) -> None:
    """Close the socket of a failed attempt; the library would keep it open for its whole keep-alive time."""
    inner = client._client  # noqa: SLF001 - aiomqtt gives no other way to it; a test says when that changes
    inner.disconnect()
    for _ in range(DROP_STEPS):
        if inner.socket() is None:
            return
        await clock.sleep(0)


async def _leave(client: aiomqtt.Client) -> None:
    """Disconnect; a broker that does not answer any more cannot keep us."""
    with contextlib.suppress(aiomqtt.MqttError):
        await client.__aexit__(None, None, None)


async def _publish(client: aiomqtt.Client, message: Outgoing) -> None:
    properties: Properties | None = None
    if message.correlation is not None:
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho leaves it so
        properties.CorrelationData = message.correlation
    await client.publish(
        message.topic,
        message.payload,
        message.qos,
        message.retain,
        properties,
        timeout=ANSWER_LIMIT_S if message.qos else PICTURE_LIMIT_S,
    )


def _listening(one: Subscription) -> SubscribeOptions:
    """Return how a topic is listened to: not to ourselves, and seeing what was meant to be kept."""
    return SubscribeOptions(
        qos=1,
        noLocal=True,
        retainAsPublished=True,
        retainHandling=_NOT_IF_SUBSCRIBED if one.stored else _NEVER,
    )


def _incoming(message: aiomqtt.Message) -> Incoming:
    told = message.properties
    return Incoming(
        topic=str(message.topic),
        payload=message.payload,
        retained=bool(message.retain),
        expiry_s=getattr(told, "MessageExpiryInterval", None),
        answer_to=getattr(told, "ResponseTopic", None),
        correlation=getattr(told, "CorrelationData", None),
    )


def _refusal(broker: Broker, error: aiomqtt.MqttError) -> RemoteLensError:
    """Return the library's error in words."""
    code = _code(error)
    if code in _UNKNOWN_TO_IT:
        who = f"the user {broker.user!r}" if broker.user else "anybody without a name"
        return BrokerRefused(
            f"the broker at {broker.place} does not let in {who}: {error}",
            remedy=f"write mqtt://USER@HOST, with the password from --password-file or {PASSWORD_VARIABLE}",
        )
    if code in _OLD_PROTOCOL:
        return BrokerRefused(
            f"the broker at {broker.place} speaks no MQTT v5", remedy="use one that does, such as mosquitto 2"
        )
    if code is not None:
        return BrokerRefused(f"the broker at {broker.place} refuses: {error}")
    return BrokerUnreachable(
        f"what listens at {broker.place} does not answer as a broker: {error}", remedy="check host and port"
    )


def _reason(error: OSError) -> str:
    """Say in a few small words why there was no connection."""
    if isinstance(error, TimeoutError):
        return "nothing answers"
    if isinstance(error, socket.gaierror):
        return "no host of that name is known"
    words = os.strerror(error.errno) if error.errno else str(error)
    return words[:1].lower() + words[1:]


def _code(error: BaseException) -> int | None:
    """Return the number that the broker gave for its refusal or farewell; None where it gave none."""
    for each in (error, error.__cause__):
        code = getattr(each, "rc", None)
        if isinstance(code, ReasonCode):
            return int(code.value)
    return None
