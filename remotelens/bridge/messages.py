"""What goes over a broker, as values that know no MQTT library."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to publish.

    Args:
        topic: where.
        payload: what.
        retain: whether the broker keeps it for those who come later.
        qos: 1 for what must arrive, 0 for pictures, of which the next one is as good.
        correlation: what the asker marked the question with, given back with the answer.
        tries: how often it has been handed to a connection that broke.
    """

    topic: str
    payload: bytes
    retain: bool = False
    qos: int = 1
    correlation: bytes | None = None
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message that came.

    Args:
        topic: where it was published.
        payload: what it says.
        retained: whether its sender asked the broker to keep it.
        expiry_s: how many more seconds it counts, as the broker says; None where the sender set no limit.
        answer_to: the topic that the sender wants the answer on.
        correlation: what the sender wants the answer marked with.
    """

    topic: str
    payload: bytes
    retained: bool = False
    expiry_s: int | None = None
    answer_to: str | None = None
    correlation: bytes | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """One topic to listen to.

    Args:
        topic: a topic or a pattern of topics.
        stored: whether what the broker has kept there is wanted, too.
    """

    topic: str
    stored: bool = False
