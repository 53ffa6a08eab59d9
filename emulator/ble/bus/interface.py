"""What an object on the bus consists of: interfaces with properties, methods and signals, as plain values.

The properties are the state: there is no second copy of it. One whose value is None is not there, as BlueZ's
`Name` of a device that has told none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from xml.sax.saxutils import quoteattr

from dbus_fast import Message, Variant
from dbus_fast.signature import get_signature_tree


class BusError(Exception):
    """What a call is answered with instead of a result.

    Args:
        name: D-Bus's name of the error.
        text: what it says.
    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name
        self.text = text


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a method.

    Args:
        sender: the unique name of the caller.
        arguments: what it gave.
        message: the call as it came.
    """

    sender: str
    arguments: Sequence[Any]
    message: Message = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with file descriptors in it; they are closed here once it was sent."""

    values: Sequence[Any]
    descriptors: Sequence[int]


@dataclass(frozen=True, slots=True)
class Method:
    """A method.

    Args:
        name: its name.
        run: is given the call; returns the values of the answer, or an awaitable of them.
        takes: signature of the arguments.
        gives: signature of the answer.
    """

    name: str
    run: Callable[[Call], Any]
    takes: str = ""
    gives: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    """A property.

    Args:
        signature: its type.
        value: at the start; None when it is not there.
        write: takes a new value; None when it is read only.
    """

    signature: str
    value: Any = None
    write: Callable[[Any], None] | None = None


class Exported(Protocol):
    """Where an interface tells what has happened to it."""

    def emit(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        """Send a signal."""
        ...


class Interface:
    """One interface of one object.

    Args:
        name: such as ``org.bluez.Device1``.
        properties: by name.
        methods: what can be called.
        signals: signature by name.
    """

    def __init__(
        self,
        name: str,
        properties: Mapping[str, Property] | None = None,
        methods: Iterable[Method] = (),
        signals: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.methods = {method.name: method for method in methods}
        self.properties = dict(properties or {})
        self.signals = dict(signals or {})
        self._values = {name: item.value for name, item in self.properties.items()}
        self._path = ""
        self._server: Exported | None = None

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    @property
    def path(self) -> str:
        """Where it is exported; empty when it is not."""
        return self._path

    def attach(self, path: str, server: Exported | None) -> None:
        """Take note of where this is exported, or that it is no longer."""
        self._path, self._server = path, server

    def variant(self, name: str) -> Variant | None:
        """Return a property as it goes over the bus; None when it is not there."""
        value = self._values[name]
        return None if value is None else Variant(self.properties[name].signature, value)

    def variants(self) -> dict[str, Variant]:
        """Return every property that is there."""
        return {name: item for name in self.properties if (item := self.variant(name)) is not None}

    def update(self, **values: Any) -> None:
        """Set properties and tell so, also where they are as before; None takes one away."""
        self._values.update(values)
        if self._server is None:
            return
        told = {name: self.variant(name) for name in values}
        changed = {name: item for name, item in told.items() if item is not None}
        gone = [name for name, item in told.items() if item is None]
        self._server.emit(
            self._path,
            "org.freedesktop.DBus.Properties",
            "PropertiesChanged",
            "sa{sv}as",
            [self.name, changed, gone],
        )

    def signal(self, member: str, *body: Any) -> None:
        """Send a signal of this interface."""
        if self._server is not None:
            self._server.emit(self._path, self.name, member, self.signals[member], list(body))

    def introspection(self) -> str:
        """Return its description, as D-Bus wants it."""
        lines = [f"<interface name={quoteattr(self.name)}>"]
        for method in self.methods.values():
            lines.append(f"<method name={quoteattr(method.name)}>")
            lines += [_argument(kind, "in") for kind in _types(method.takes)]
            lines += [_argument(kind, "out") for kind in _types(method.gives)]
            lines.append("</method>")
        for name, signature in self.signals.items():
            lines.append(f"<signal name={quoteattr(name)}>")
            lines += [f"<arg type={quoteattr(kind)}/>" for kind in _types(signature)]
            lines.append("</signal>")
        for name, item in self.properties.items():
            access = "read" if item.write is None else "readwrite"
            lines.append(
                f'<property name={quoteattr(name)} type={quoteattr(item.signature)} access="{access}"/>'
            )
        return "".join([*lines, "</interface>"])


def _argument(kind: str, direction: str) -> str:
    return f'<arg type={quoteattr(kind)} direction="{direction}"/>'


def _types(signature: str) -> list[str]:
    return [kind.signature for kind in get_signature_tree(signature).types]
