"""One request to the control API: what it says, taken apart and checked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import msgspec
from aiohttp import web

from emulator.control.operations import Operation, Parameter
from emulator.control.orders import Order
from emulator.journal import Query
from emulator.snapshot_file import LARGEST_BYTES
from remotelens.errors import InputError, InvalidValue

LONGEST_WAIT_S = 60.0
_LARGEST = 2**53

_Order = TypeVar("_Order", bound=Order)


class Asked:
    """A request.

    Args:
        operation: what it asks for.
        request: as it came.
        body: its body, decoded as the operation's order.
    """

    def __init__(
        self, operation: Operation, request: web.Request, body: Order | dict[str, Any] | bytes | None
    ) -> None:
        self.variables = request.match_info
        self._body = body
        self._query = _query(operation.query, request)

    @classmethod
    async def of(cls, operation: Operation, request: web.Request) -> Asked:
        """Read a request.

        Raises:
            InputError: its body or its query is none of this operation.
        """
        body: Order | dict[str, Any] | bytes | None = None
        if isinstance(operation.order, str):
            body = await request.clone(client_max_size=LARGEST_BYTES).read()
        elif operation.order is not None:
            kind = dict[str, Any] if operation.order is Order else operation.order
            text = await request.read()
            try:
                body = cast("Order | dict[str, Any]", msgspec.json.decode(text or b"{}", type=kind))
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                raise InputError(f"{request.path} takes another body: {error}") from error
        return cls(operation, request, body)

    def order(self, kind: type[_Order]) -> _Order:
        """Return its body."""
        assert isinstance(self._body, kind)
        return self._body

    @property
    def data(self) -> bytes:
        """Its body, where that is a file."""
        assert isinstance(self._body, bytes)
        return self._body

    @property
    def free(self) -> dict[str, Any]:
        """Its body, where that is any object."""
        assert isinstance(self._body, dict)
        return self._body

    def number(self, name: str, otherwise: int = 0) -> int:
        """Return a whole number of its query."""
        return int(self._query.get(name, otherwise))

    def text(self, name: str) -> str | None:
        """Return a text of its query."""
        return self._query.get(name)

    @property
    def wait_s(self) -> float:
        """How long it is willing to wait."""
        return float(self._query.get("wait_s", 0.0))

    @property
    def which(self) -> Query:
        """Which entries of the journal it asks for."""
        asked = self._query
        return Query(
            since=self.number("since"),
            method=asked.get("method"),
            camera=asked.get("camera"),
            channel=asked.get("channel"),
            kind=asked.get("kind"),
            begin=asked.get("from"),
            end=asked.get("until"),
            last=asked.get("last"),
        )


def _query(known: tuple[Parameter, ...], request: web.Request) -> dict[str, Any]:
    """Return the query's values; what is not known is refused, since a slip would be overlooked."""
    by_name = {parameter.name: parameter for parameter in known}
    strange = sorted(set(request.query) - set(by_name))
    if strange:
        there = ", ".join(by_name) or "nothing"
        raise InvalidValue(f"{request.path} asks nothing about {strange[0]!r}", remedy=f"it takes {there}")
    missing = [one.name for one in known if one.required and one.name not in request.query]
    if missing:
        raise InvalidValue(f"{request.path} wants to know {missing[0]}")
    return {name: _value(by_name[name], text) for name, text in request.query.items()}


def _value(parameter: Parameter, text: str) -> Any:
    name = parameter.name
    if parameter.kind == "integer":
        if not (text.isascii() and text.isdecimal()) or int(text) > _LARGEST:
            raise InvalidValue(f"{name} is a whole number, not {text[:40]!r}")
        return int(text)
    if parameter.kind == "number":
        try:
            number = float(text)
        except ValueError as error:
            raise InvalidValue(f"{name} is a number, not {text[:40]!r}") from error
        if not 0.0 <= number <= LONGEST_WAIT_S:
            raise InvalidValue(f"{name} cannot be {text[:40]}", remedy=f"give 0 to {LONGEST_WAIT_S:g}")
        return number
    if parameter.kind == "moment":
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise InvalidValue(f"{name} is a moment as in 2026-01-01T12:00:00Z, not {text[:40]!r}") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return text
