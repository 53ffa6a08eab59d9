"""Reading what others ask of a camera over the broker: no I/O, nothing believed.

======================  ===========================================================================
``shutter``             nothing, or ``{"size": "original"|"postview", "half_press", "picture"}``
``set/NAME``            the value as people write it, such as ``1/250``
``live_view``           ``{"on", "for_s", "fps"}``: images for a while, then no more
======================  ===========================================================================

A command that the broker keeps (retained), or whose time is over, is never obeyed: it would act on a camera
that somebody has turned elsewhere since. Source: design sections 8 and 9, "MQTT".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, TypeVar

import msgspec

from remotelens.bridge.messages import Incoming
from remotelens.camera.settings import descriptor_of
from remotelens.errors import InputError, InvalidValue

SHUTTER, SET, LIVE_VIEW = "shutter", "set", "live_view"
MOST_PAYLOAD_BYTES = 4096
MOST_VALUE_LETTERS = 200
SHUTTER_COUNTS_S = 5.0
OTHERS_COUNT_S = 30.0
_SHOWN = "the commands are shutter, set/NAME and live_view"
_T = TypeVar("_T", bound="ShutterOrder | LiveViewOrder")


class UnknownCommand(InputError):
    """No command has that topic."""


class CommandExpired(InputError):
    """The command's time was over before it could be obeyed, so it was not."""


class _Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked for."""


class ShutterOrder(_Order, frozen=True):
    """Take a picture; `picture` also publishes it."""

    word: ClassVar[str] = SHUTTER
    size: Literal["original", "postview"] = "original"
    half_press: bool = False
    picture: bool = False


class LiveViewOrder(_Order, frozen=True):
    """Publish live view images for some seconds, or stop that."""

    word: ClassVar[str] = LIVE_VIEW
    on: bool = True
    for_s: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 60.0
    fps: Annotated[float, msgspec.Meta(ge=0.1, le=30)] = 10.0


class SetOrder(_Order, frozen=True):
    """Change one setting."""

    word: ClassVar[str] = SET
    name: str
    value: str


Order = ShutterOrder | SetOrder | LiveViewOrder


@dataclass(frozen=True, slots=True)
class Reply:
    """Where the answer goes, and what it is marked with."""

    topic: str
    correlation: bytes | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """One command that may be obeyed.

    Args:
        order: what is asked for.
        until_s: until when it may be begun, on the clock's monotonic scale.
        reply: where the answer goes; None where none is wanted.
    """

    order: Order
    until_s: float
    reply: Reply | None = None


def decode(words: tuple[str, ...], message: Incoming, reply: Reply | None, *, received_s: float) -> Command:
    """Return the command that a message is.

    Args:
        words: what follows ``command/`` in its topic.
        message: as it came.
        reply: where its answer goes.
        received_s: when it came, on the clock's monotonic scale.

    Raises:
        CommandExpired: it was kept by the broker, or its time is over.
        UnknownCommand: there is no such command.
        InvalidValue: it does not say what it must.
    """
    if message.retained:
        raise CommandExpired(
            "a command that the broker keeps is not obeyed", remedy="send it without the retain flag"
        )
    order = _order(words, message.payload)
    counts_s = SHUTTER_COUNTS_S if isinstance(order, ShutterOrder) else OTHERS_COUNT_S
    if message.expiry_s is not None:
        counts_s = float(message.expiry_s)
    if counts_s <= 0:
        raise expired()
    return Command(order, received_s + counts_s, reply)


def expired() -> CommandExpired:
    """Return the error of a command whose time is over."""
    return CommandExpired(
        "the command's time was over before it could be obeyed",
        remedy="send it again, or let it count longer",
    )


def _order(words: tuple[str, ...], payload: bytes) -> Order:
    if len(payload) > MOST_PAYLOAD_BYTES:
        raise InvalidValue(f"a command of {len(payload)} bytes is too long", remedy=_SHOWN)
    match words:
        case (str(name),) if name == SHUTTER:
            return _structured(payload, ShutterOrder)
        case (str(name),) if name == LIVE_VIEW:
            return _structured(payload, LiveViewOrder)
        case (str(name), setting) if name == SET:
            return SetOrder(descriptor_of(setting[:MOST_VALUE_LETTERS]).name, _value(setting, payload))
        case _:
            name = "/".join(words)
            raise UnknownCommand(f"there is no command {name[:60]!r}", remedy=_SHOWN)


def _structured(payload: bytes, kind: type[_T]) -> _T:
    """Read a JSON object; nothing at all means that nothing special is wanted."""
    try:
        return msgspec.json.decode(payload.strip() or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidValue(
            f"the command's payload cannot be understood: {str(error)[:200]}",
            remedy="send nothing, or a JSON object such as " + msgspec.json.encode(kind()).decode(),
        ) from error


def _value(name: str, payload: bytes) -> str:
    try:
        value = payload.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise InvalidValue(
            f"the value for {name} is not text", remedy="send it as people write it"
        ) from error
    if not value or len(value) > MOST_VALUE_LETTERS or not value.isprintable():
        raise InvalidValue(
            f"{name} cannot be that", remedy="send one of the candidates in the camera's state, as plain text"
        )
    return value
