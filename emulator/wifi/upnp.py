"""UPnP control: what a service says it can do, calls in SOAP, and their answers and faults.

Arguments are read by name: programs in the field do not keep their order.

Source: protocol/wifi.md appendix C; sony_CdsDesc.rocc.xml and sony_CmsDesc.rocc.xml (elements and order).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

_PROLOGUE = '<?xml version="1.0" encoding="utf-8"?>'
_ENVELOPE = (
    f'{_PROLOGUE}<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
    's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>{}</s:Body></s:Envelope>'
)
_SCPD = 'scpd xmlns="urn:schemas-upnp-org:service-1-0"'
_SPEC = "<specVersion><major>1</major><minor>0</minor></specVersion>"
_WORDS = {401: "Invalid Action", 402: "Invalid Args", 501: "Action Failed", 701: "No Such Object"}


class Fault(Exception):
    """A call fails; `code` is one of UPnP's."""

    def __init__(self, code: int) -> None:
        super().__init__(f"UPnP error {code} {_WORDS[code]}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Variable:
    """A state variable: its type, whether changes are told, and what it can be."""

    kind: str
    evented: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """A call: what goes in and what comes out, each a name and its variable."""

    takes: tuple[tuple[str, str], ...] = ()
    gives: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was read."""

    action: str
    arguments: Mapping[str, str]

    def number(self, name: str) -> int:
        """Return an argument that is a number.

        Raises:
            Fault: it is missing, or no number.
        """
        text = self.arguments.get(name, "").strip()
        if not (text.isascii() and text.isdigit() and len(text) <= 10):
            raise Fault(402)
        return int(text)


def describe_service(variables: Mapping[str, Variable], actions: Mapping[str, Action]) -> bytes:
    """Return the document that says what a service can do."""
    table = "".join(_variable(name, variable) for name, variable in variables.items())
    listed = "".join(_action(name, action) for name, action in actions.items())
    return (
        f"{_PROLOGUE}<{_SCPD}>{_SPEC}<serviceStateTable>{table}</serviceStateTable>"
        f"<actionList>{listed}</actionList></scpd>"
    ).encode()


def read_call(body: bytes) -> Call:
    """Read a call.

    Raises:
        Fault: it is no SOAP envelope with one call in it.
    """
    try:
        envelope = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Fault(402) from error
    for element in envelope:
        if _local(element.tag) == "Body" and len(element):
            call = element[0]
            arguments = {_local(argument.tag): argument.text or "" for argument in call}
            return Call(_local(call.tag), arguments)
    raise Fault(401)


def encode_answer(service: str, action: str, values: Sequence[tuple[str, str]]) -> bytes:
    """Return the answer to a call."""
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values)
    return _ENVELOPE.format(f'<u:{action}Response xmlns:u="{service}">{inside}</u:{action}Response>').encode()


def encode_fault(fault: Fault) -> bytes:
    """Return the answer to a call that fails; it is sent with HTTP status 500."""
    return _ENVELOPE.format(
        "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>"
        '<UPnPError xmlns="urn:schemas-upnp-org:control-1-0">'
        f"<errorCode>{fault.code}</errorCode><errorDescription>{_WORDS[fault.code]}</errorDescription>"
        "</UPnPError></detail></s:Fault>"
    ).encode()


def _variable(name: str, variable: Variable) -> str:
    allowed = "".join(f"<allowedValue>{value}</allowedValue>" for value in variable.allowed)
    return (
        f'<stateVariable sendEvents="{"yes" if variable.evented else "no"}"><name>{name}</name>'
        f"<dataType>{variable.kind}</dataType>"
        f"{f'<allowedValueList>{allowed}</allowedValueList>' if allowed else ''}</stateVariable>"
    )


def _action(name: str, action: Action) -> str:
    arguments = [(argument, "in", variable) for argument, variable in action.takes]
    arguments += [(argument, "out", variable) for argument, variable in action.gives]
    listed = "".join(
        f"<argument><name>{argument}</name><direction>{direction}</direction>"
        f"<relatedStateVariable>{variable}</relatedStateVariable></argument>"
        for argument, direction, variable in arguments
    )
    return f"<action><name>{name}</name><argumentList>{listed}</argumentList></action>"


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
