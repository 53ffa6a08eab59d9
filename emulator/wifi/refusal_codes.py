"""How a refusal of the body reads on the wire: number and text.

Source: protocol/wifi.md 4.3 (numbers; the texts are those of Sony's camera code), 6.3, 7.3.
"""

from __future__ import annotations

from dataclasses import dataclass

from emulator.body.refusals import Reason
from emulator.profiles import Profile
from remotelens.protocol.wifi.codes import ApiError


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer that is an error.

    Attributes:
        code: its number.
        text: its text.
    """

    code: int
    text: str

    @property
    def http_status(self) -> int:
        """The status the answer is sent with: the number itself, where it is one of HTTP's."""
        return self.code if self.code in _HTTP else 200


class CallFailed(Exception):
    """A call is answered with an error that the body has no part in.

    Args:
        failure: the answer.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.code} {failure.text}")
        self.failure = failure


_HTTP = frozenset({401, 403, 404, 406, 413, 414, 501, 503})

FAILURES: dict[Reason, Failure] = {
    Reason.NOT_NOW: Failure(ApiError.ANY, "Not Available Now"),
    Reason.BUSY: Failure(ApiError.CAMERA_NOT_READY, "Camera Not Ready"),
    Reason.ILLEGAL_ARGUMENT: Failure(ApiError.ILLEGAL_ARGUMENT, "Illegal Argument"),
    Reason.SHOOTING_FAILED: Failure(ApiError.SHOOTING_FAIL, "Shooting Failed"),
    Reason.NOT_FINISHED: Failure(ApiError.STILL_CAPTURING_NOT_FINISHED, "Not Finished"),
    Reason.NOTHING_TAKEN: Failure(ApiError.ANY, "StillShootingNotCalled"),
    Reason.SUPERSEDED: Failure(ApiError.ALREADY_RUNNING_POLLING, "DoublePolling"),
    Reason.ALREADY_RUNNING: Failure(ApiError.ALREADY_RUNNING_POLLING, "DoublePolling"),
    Reason.TIMED_OUT: Failure(ApiError.TIMEOUT, "Timed out"),
    Reason.INTERRUPTED: Failure(ApiError.ANY, "Unknown"),
    Reason.ILLEGAL_REQUEST: Failure(ApiError.ILLEGAL_REQUEST, "Illegal Request"),
    Reason.ILLEGAL_STATE: Failure(ApiError.ILLEGAL_STATE, "Illegal State"),
    Reason.NO_LIST: Failure(ApiError.ANY, "Cannot obtain content list."),
    Reason.NO_ELEMENT: Failure(ApiError.NO_SUCH_ELEMENT, "No Such Element"),
    Reason.STORAGE_GONE: Failure(ApiError.STORAGE_REMOVED, "Storage Removed"),
    Reason.NOT_ALL_DELETED: Failure(ApiError.SOME_CONTENT_NOT_DELETED, "Some content could not be deleted."),
}

NOT_FOUND = Failure(404, "Not Found")
UNSUPPORTED_VERSION = Failure(ApiError.UNSUPPORTED_VERSION, "Unsupported Version")


def no_method(profile: Profile, name: str) -> Failure:
    """Return the answer to a method that this camera does not have, in its family's words."""
    text = name if profile.rules.no_method == "name" else "No Such Method"
    return Failure(ApiError.NO_SUCH_METHOD, text)


def locked(name: str) -> Failure:
    """Return the answer to a method that wants to be unlocked first."""
    return Failure(ApiError.FORBIDDEN, name)
