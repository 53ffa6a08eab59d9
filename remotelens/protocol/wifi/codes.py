"""The camera's error numbers, and what each means to the one who called.

Source: protocol/wifi.md 4.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

from remotelens.errors import (
    AuthenticationNeeded,
    CameraBusy,
    CaptureFailed,
    ContentGone,
    IllegalArgument,
    NotAvailableNow,
    NotSupported,
    RefusedError,
    RemoteLensError,
    SupplyError,
)


class ApiError(IntEnum):
    """Every error number that the API reference, recordings or clients know."""

    OK = 0
    ANY = 1
    TIMEOUT = 2
    ILLEGAL_ARGUMENT = 3
    ILLEGAL_DATA_FORMAT = 4
    ILLEGAL_REQUEST = 5
    ILLEGAL_RESPONSE = 6
    ILLEGAL_STATE = 7
    ILLEGAL_TYPE = 8
    INDEX_OUT_OF_BOUNDS = 9
    NO_SUCH_ELEMENT = 10
    NO_SUCH_FIELD = 11
    NO_SUCH_METHOD = 12
    NULL_POINTER = 13
    UNSUPPORTED_VERSION = 14
    UNSUPPORTED_OPERATION = 15
    UNAUTHORIZED = 401
    FORBIDDEN = 403
    NOT_FOUND = 404
    NOT_ACCEPTABLE = 406
    REQUEST_TOO_LARGE = 413
    URI_TOO_LONG = 414
    NOT_IMPLEMENTED = 501
    SERVICE_UNAVAILABLE = 503
    SHOOTING_FAIL = 40400
    CAMERA_NOT_READY = 40401
    ALREADY_RUNNING_POLLING = 40402
    STILL_CAPTURING_NOT_FINISHED = 40403
    CONTENT_PROTECTED = 41000
    CONTENT_DOES_NOT_EXIST = 41001
    STORAGE_REMOVED = 41002
    SOME_CONTENT_NOT_DELETED = 41003


class Retry(Enum):
    """What a caller can do with a refusal."""

    WAIT = "wait a little and call again"
    POLL_AGAIN = "the normal end of a quiet poll: call again at once"
    STOP_POLLING = "another poll has taken over: end this one"
    AWAIT = "call awaitTakePicture until it has a result"
    AUTHENTICATE = "call actEnableMethods first"
    NEVER = "the same call will be refused again"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one error number says: its exception, its sentence after the method's name, the way out."""

    error: type[RemoteLensError]
    sentence: str
    remedy: str
    retry: Retry = Retry.NEVER


_ASK_AGAIN = "wait a moment and try again"
_PROGRAM = "this is a mistake of the program or a wrong guess of the model: see what `remotelens dump` tells"

MEANINGS: dict[ApiError, Meaning] = {
    ApiError.OK: Meaning(
        RefusedError,
        "was reported as failed with the code for success",
        "look at the camera's state",
        Retry.WAIT,
    ),
    ApiError.ANY: Meaning(
        NotAvailableNow,
        "is not possible in the camera's present mode or state",
        "wait until the camera is idle, or change its mode",
        Retry.WAIT,
    ),
    ApiError.TIMEOUT: Meaning(
        CameraBusy, "was not finished within the camera's own time", _ASK_AGAIN, Retry.POLL_AGAIN
    ),
    ApiError.ILLEGAL_ARGUMENT: Meaning(
        IllegalArgument,
        "was given a value that the camera does not take now",
        "choose one of the values it offers",
    ),
    ApiError.ILLEGAL_DATA_FORMAT: Meaning(
        IllegalArgument, "was given data in a form it does not know", _PROGRAM
    ),
    ApiError.ILLEGAL_REQUEST: Meaning(IllegalArgument, "was not understood as a call", _PROGRAM),
    ApiError.ILLEGAL_RESPONSE: Meaning(
        RefusedError, "went wrong inside the camera (illegal response)", _ASK_AGAIN
    ),
    ApiError.ILLEGAL_STATE: Meaning(
        NotAvailableNow,
        "does not fit the camera's present function",
        "stored pictures need Contents Transfer, shooting needs Remote Shooting",
        Retry.WAIT,
    ),
    ApiError.ILLEGAL_TYPE: Meaning(IllegalArgument, "was given a value of the wrong type", _PROGRAM),
    ApiError.INDEX_OUT_OF_BOUNDS: Meaning(
        IllegalArgument, "was asked for entries past the end", "ask for the count first"
    ),
    ApiError.NO_SUCH_ELEMENT: Meaning(
        ContentGone, "was asked for content that the camera does not have", "list the contents again"
    ),
    ApiError.NO_SUCH_FIELD: Meaning(
        NotSupported, "was given a field that the camera does not know", _PROGRAM
    ),
    ApiError.NO_SUCH_METHOD: Meaning(
        NotSupported, "does not exist on this camera", "its `getAvailableApiList` tells what does"
    ),
    ApiError.NULL_POINTER: Meaning(RefusedError, "went wrong inside the camera (null pointer)", _ASK_AGAIN),
    ApiError.UNSUPPORTED_VERSION: Meaning(
        NotSupported,
        "exists, but not in the version asked for",
        "its `getMethodTypes` tells which versions do",
    ),
    ApiError.UNSUPPORTED_OPERATION: Meaning(
        NotSupported,
        "is an operation that this camera does not do",
        "its `getAvailableApiList` tells what it does",
    ),
    ApiError.UNAUTHORIZED: Meaning(
        AuthenticationNeeded,
        "is locked",
        "call actEnableMethods with a developer's credentials first",
        Retry.AUTHENTICATE,
    ),
    ApiError.FORBIDDEN: Meaning(
        AuthenticationNeeded,
        "is locked",
        "call actEnableMethods with a developer's credentials first",
        Retry.AUTHENTICATE,
    ),
    ApiError.NOT_FOUND: Meaning(
        NotSupported,
        "was sent to a service that this camera does not have",
        "take the service's address from the device description",
    ),
    ApiError.NOT_ACCEPTABLE: Meaning(CameraBusy, "is not acceptable at the moment", _ASK_AGAIN, Retry.WAIT),
    ApiError.REQUEST_TOO_LARGE: Meaning(
        IllegalArgument, "was sent with too much data", "ask for less at a time"
    ),
    ApiError.URI_TOO_LONG: Meaning(IllegalArgument, "was sent to an address that is too long", _PROGRAM),
    ApiError.NOT_IMPLEMENTED: Meaning(
        NotSupported, "is not implemented by this camera", "its `getAvailableApiList` tells what is"
    ),
    ApiError.SERVICE_UNAVAILABLE: Meaning(
        CameraBusy,
        "found the camera's server occupied",
        "close other programs that use it, then try again",
        Retry.WAIT,
    ),
    ApiError.SHOOTING_FAIL: Meaning(
        CaptureFailed,
        "could not take the picture",
        "check that it can focus on something and that the card has room",
    ),
    ApiError.CAMERA_NOT_READY: Meaning(
        CameraBusy, "came while the camera was not ready", _ASK_AGAIN, Retry.WAIT
    ),
    ApiError.ALREADY_RUNNING_POLLING: Meaning(
        CameraBusy,
        "is already running from another program or connection",
        "let only one program follow the camera's events",
        Retry.STOP_POLLING,
    ),
    ApiError.STILL_CAPTURING_NOT_FINISHED: Meaning(
        CameraBusy, "is still capturing", "wait for the picture with awaitTakePicture", Retry.AWAIT
    ),
    ApiError.CONTENT_PROTECTED: Meaning(
        RefusedError, "met a protected picture", "take off its protection on the camera"
    ),
    ApiError.CONTENT_DOES_NOT_EXIST: Meaning(
        ContentGone, "was asked for content that does not exist", "list the contents again"
    ),
    ApiError.STORAGE_REMOVED: Meaning(
        SupplyError, "found no storage: the card has been removed", "put the card back"
    ),
    ApiError.SOME_CONTENT_NOT_DELETED: Meaning(
        RefusedError,
        "deleted some of the pictures, but not all",
        "list the contents again; protected ones stay",
    ),
}

_UNKNOWN = Meaning(RefusedError, "was refused for a reason that only the camera knows", _ASK_AGAIN)

END_OF_CONTENTS_TEXT = "Cannot obtain content list."


def meaning_of(code: int) -> Meaning:
    """Return what that number says; unknown ones have a meaning, too."""
    try:
        return MEANINGS[ApiError(code)]
    except ValueError:
        return _UNKNOWN


def retry_of(code: int) -> Retry:
    """Return what a caller can do with a refusal of that number."""
    return meaning_of(code).retry


def is_end_of_contents(code: int, text: str) -> bool:
    """Whether that error only says that a contents list is empty or read to its end.

    Source: protocol/wifi.md 9.3.
    """
    return code == ApiError.ANY and text.strip() == END_OF_CONTENTS_TEXT


def error_from(code: int, text: str, *, method: str, camera: str | None) -> RemoteLensError:
    """Return the exception for a refusal, with its sentence and its remedy.

    Args:
        code: the camera's number.
        text: the camera's text, of any length and content.
        method: what was called.
        camera: name or address of the camera.
    """
    meaning = meaning_of(code)
    sentence, remedy = meaning.sentence, meaning.remedy
    error = meaning.error
    if code == ApiError.ILLEGAL_REQUEST and method.rpartition(".")[2] == "actEnableMethods":
        error, sentence = AuthenticationNeeded, "was refused: the credentials do not fit this camera"
        remedy = "name the developer's credentials that it knows"
    said = _said(code, text, method)
    return error(f"{method} {sentence} ({said})", camera=camera, remedy=remedy, code=code)


def _said(code: int, text: str, method: str) -> str:
    """The number, and the camera's words where they say more than the method's name."""
    words = "".join(letter if letter.isprintable() else " " for letter in text[:120]).strip()
    if not words or words == method.rpartition(".")[2]:
        return f"error {code}"
    return f"error {code}: {words}"
