"""The envelope of every call: one JSON object to the camera, one back.

Both directions, for both ends. Answers have three byte forms, one per server (protocol/wifi.md 4.1);
requests have one, since cameras take any.

Read tolerantly: unknown members, any member order, a byte order mark, `result` and `results` alike, an
`error` that is null beside a result, an error number written as text, an answer without its id, a request's
version as a number or missing. Bounded in size, in depth (`MAX_DEPTH`) and in the size of numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import msgspec

from remotelens.errors import LocalProtocolError, RemoteProtocolError

MAX_REQUEST_BYTES = 64 * 1024
MAX_ANSWER_BYTES = 1024 * 1024
MAX_DEPTH = 32
MAX_TEXT = 300

MIN_ID = 1
MAX_ID = 2**31 - 1

_ILLEGAL_REQUEST = 5
_BOM = b"\xef\xbb\xbf"
_PLAIN = frozenset({type(None), str, bool, int})
"""What always has a form in JSON, and is most of an answer."""

_as_given = msgspec.json.Encoder()
_sorted = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True, slots=True)
class Request:
    """One call, as it reaches the camera."""

    method: str
    params: list[Any] = field(default_factory=list)
    id: int = 1
    version: str = "1.0"


@dataclass(frozen=True, slots=True)
class RpcResult:
    """The camera did it; `plural` says that the member is called `results` (getMethodTypes and its like)."""

    id: int
    values: list[Any]
    plural: bool = False


@dataclass(frozen=True, slots=True)
class RpcFailure:
    """The camera did not; `code` is one of `codes.ApiError` or unknown, `id` is None where it gave none."""

    id: int | None
    code: int
    text: str


class BadRequest(RemoteProtocolError):
    """A body that is no call, and what a camera answers to it.

    Args:
        message: what is wrong with it.
        code: the error number to answer.
        text: the error text to answer.
        request_id: the id to answer, where one could be read.
    """

    def __init__(
        self,
        message: str,
        *,
        code: int = _ILLEGAL_REQUEST,
        text: str = "Illegal Request",
        request_id: int | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.code: int = code
        self.text = text
        self.request_id = request_id

    @property
    def answer(self) -> RpcFailure:
        """The answer that says so."""
        return RpcFailure(id=self.request_id, code=self.code, text=self.text)


class Form(Enum):
    """How a server lays out its answers.

    Family A writes sorted members; family B `result` before `id` with every `/` escaped, its avContent
    service `id` first.

    Source: protocol/wifi.md 4.1.
    """

    SORTED = "sorted"
    RESULT_FIRST = "result first"
    ID_FIRST = "id first"


def encode_request(
    method: str, params: Sequence[Any] = (), *, request_id: int = 1, version: str = "1.0"
) -> bytes:
    """Write a call.

    Raises:
        LocalProtocolError: an id outside 1 to 2147483647, or parameters that are no JSON.
    """
    if not MIN_ID <= request_id <= MAX_ID:
        raise LocalProtocolError(f"{method}: {request_id} is no id of a call ({MIN_ID} to {MAX_ID})")
    call = {"method": method, "params": list(params), "id": request_id, "version": version}
    return _encode(_as_given, call)


def decode_request(body: bytes) -> Request:
    """Read a call, as a camera does.

    Raises:
        BadRequest: not a call; it says what to answer.
    """
    if len(body) > MAX_REQUEST_BYTES:
        raise BadRequest(f"a call of {len(body)} bytes is over the limit of {MAX_REQUEST_BYTES}")
    try:
        call = _decode(body)
    except RemoteProtocolError as error:
        raise BadRequest(error.message) from error
    if not isinstance(call, dict):
        raise BadRequest("a call must be one JSON object")
    number = call.get("id")
    readable = isinstance(number, int) and not isinstance(number, bool) and abs(number) <= 2**31
    request_id: int | None = number if readable else None
    if request_id is None or not MIN_ID <= request_id <= MAX_ID:
        raise BadRequest(f"a call needs an id of {MIN_ID} to {MAX_ID}", request_id=request_id)
    method = call.get("method")
    if not isinstance(method, str) or not method:
        raise BadRequest("a call needs the name of a method", request_id=request_id)
    params = call.get("params")
    if not isinstance(params, list):
        raise BadRequest(f"{method[:80]}: params must be an array", request_id=request_id)
    version = _version(call.get("version"))
    if version is None:
        raise BadRequest(f"{method[:80]}: version must be text", request_id=request_id)
    return Request(method=method, params=params, id=request_id, version=version)


def encode_answer(answer: RpcResult | RpcFailure, form: Form) -> bytes:
    """Write an answer as that server does, byte for byte.

    Raises:
        LocalProtocolError: values that are no JSON.
    """
    if isinstance(answer, RpcFailure):
        content: tuple[str, Any] = ("error", [answer.code, answer.text])
    else:
        content = ("results" if answer.plural else "result", answer.values)
    number = [] if answer.id is None else [("id", answer.id)]
    members = dict([*number, content] if form is Form.ID_FIRST else [content, *number])
    if form is Form.SORTED:
        return _encode(_sorted, members)
    return _encode(_as_given, members).replace(b"/", b"\\/")


def decode_answer(body: bytes) -> RpcResult | RpcFailure:
    """Read a camera's answer.

    Raises:
        RemoteProtocolError: not JSON, over a limit, or no answer.
    """
    if len(body) > MAX_ANSWER_BYTES:
        raise RemoteProtocolError(f"an answer of {len(body)} bytes is over the limit of {MAX_ANSWER_BYTES}")
    answer = _decode(body)
    if not isinstance(answer, dict):
        raise RemoteProtocolError("the answer is JSON but no object")
    number = _integer(answer.get("id"))
    error = answer.get("error")
    if error is not None:
        code, text = _error(error)
        if code:
            return RpcFailure(id=number, code=code, text=text)
    plural = "result" not in answer and "results" in answer
    values = answer.get("results" if plural else "result", [] if error is not None else None)
    if not isinstance(values, list):
        raise RemoteProtocolError("the answer holds neither a result nor an error")
    return RpcResult(id=number or 0, values=values, plural=plural)


def _encode(encoder: msgspec.json.Encoder, members: dict[str, Any]) -> bytes:
    try:
        written = encoder.encode(members)
        if b"null" in written and _has_no_json_form(members):
            raise LocalProtocolError("a number that is none (NaN or infinite) has no form in JSON")
        return written
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise LocalProtocolError(f"this has no form in JSON: {error}") from error


def _has_no_json_form(value: Any) -> bool:
    """Whether a NaN or an infinity is anywhere inside; msgspec would write them as null."""
    if isinstance(value, float):
        return not math.isfinite(value)
    inside: Iterable[Any] = ()
    if isinstance(value, dict):
        inside = value.values()
    elif isinstance(value, (list, tuple)):
        inside = value
    return any(_has_no_json_form(one) for one in inside if type(one) not in _PLAIN)


def _decode(body: bytes) -> Any:
    """Read JSON within the limits; every failure is a `RemoteProtocolError`."""
    try:
        value = msgspec.json.decode(body.removeprefix(_BOM))
    except RecursionError as error:
        raise RemoteProtocolError("JSON nested too deeply") from error
    except ValueError as error:  # msgspec's own errors and UnicodeDecodeError are ValueErrors
        raise RemoteProtocolError(f"this is not JSON: {error}") from error
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        _check_depth(value)
    return value


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            if isinstance(parent, (list, dict))
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, (list, dict))
        ]
        if not level:
            return
    raise RemoteProtocolError(f"JSON nested deeper than {MAX_DEPTH} levels")


def _version(value: Any) -> str | None:
    if value is None:
        return "1.0"
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 100:
        return None
    return f"{float(value):g}" if value != int(value) else f"{int(value)}.0"


def _integer(value: Any) -> int | None:
    """Return a number of 32 bits or so, written as a number or as text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        if not (text.removeprefix("-").isascii() and text.removeprefix("-").isdigit()) or len(text) > 11:
            return None
        return int(text)
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) <= 2**53 else None
    return value if isinstance(value, int) and abs(value) <= 2**53 else None


def _error(error: Any) -> tuple[int, str]:
    code = _integer(error[0]) if isinstance(error, list) and error else None
    if code is None:
        raise RemoteProtocolError("the answer's error holds no number")
    text = error[1] if len(error) > 1 and isinstance(error[1], str) else ""
    return code, text[:MAX_TEXT]
