"""One decoded call in, one answer out: what the camera has, which version, whether it may, whether it can.

The order is a camera's: no such method, no such version, locked, wrong parameters, not now. What exists is
the profile's matter alone: a method that the method table does not know is answered from what the profile
says of its setting, and one that nothing here can answer is refused as if it did not exist; the journal tells
of both.

Source: protocol/wifi.md 4.3, 5.9, 7.3, appendix A.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from emulator.body.camera import Body
from emulator.body.listing import ALWAYS
from emulator.body.machine import PASSING, STILL_RUNNING
from emulator.body.refusals import Reason, Refused
from emulator.journal import Journal
from emulator.wifi import avcontent, camera
from emulator.wifi.access_control import AccessControlService
from emulator.wifi.avcontent import ContentService
from emulator.wifi.camera import CameraService
from emulator.wifi.guide import GuideService
from emulator.wifi.refusal_codes import (
    FAILURES,
    NOT_FOUND,
    UNSUPPORTED_VERSION,
    CallFailed,
    Failure,
    locked,
    no_method,
)
from emulator.wifi.service import INTROSPECTION, Call, Handler, Service, Urls
from emulator.wifi.system import SystemService
from emulator.wifi.typecheck import fits
from remotelens.protocol.wifi.auth import Credentials
from remotelens.protocol.wifi.methods import find
from remotelens.protocol.wifi.rpc import Form, Request, RpcFailure, RpcResult

__all__ = ["Dispatcher", "Reply", "Urls"]

_ANYTIME = ALWAYS | {"awaitTakePicture", "stopLiveview", "cancelHalfPressShutter", "cancelTouchAFPosition"}
"""Answered in any state: what asks only, and what takes back something that may have ended by itself."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What to send; to be handed to `Dispatcher.written` after its last byte has left."""

    http_status: int
    answer: RpcResult | RpcFailure
    receipt: Callable[[], None] | None = None


class Dispatcher:
    """Answers the calls for one camera.

    Args:
        body: the camera.
        urls: its addresses.
        registrations: those that actEnableMethods takes; None: any that is well formed.
        journal: where is written what a profile lists and nothing answers; the body's when not given.
    """

    def __init__(
        self,
        body: Body,
        urls: Urls,
        *,
        registrations: Sequence[Credentials] | None = None,
        journal: Journal | None = None,
    ) -> None:
        self._body = body
        self._profile = body.profile
        self._journal = journal or body.journal
        self._services: dict[str, Service] = {
            "camera": CameraService(body, urls),
            "system": SystemService(body),
            "guide": GuideService(body),
            "accessControl": AccessControlService(body, registrations=registrations),
            avcontent.SERVICE: ContentService(body, urls),
        }

    def form(self, service: str) -> Form:
        """Return how this camera's server lays out the answers of that service."""
        if self._profile.family == "A":
            return Form.SORTED
        return Form.ID_FIRST if service == avcontent.SERVICE else Form.RESULT_FIRST

    def answered(self, service: str) -> frozenset[str]:
        """Return the names of the methods of a service that something here answers."""
        answers = self._services.get(service)
        return frozenset() if answers is None else frozenset({*INTROSPECTION, *answers.names})

    async def call(self, service: str, request: Request) -> Reply:
        """Answer one call."""
        try:
            handler, call = self._admit(service, request)
            answer = await handler(call)
        except CallFailed as failed:
            return _failed(request, failed.failure)
        except Refused as refused:
            return _failed(request, FAILURES[refused.reason])
        result = RpcResult(request.id, answer.values, plural=answer.plural)
        return Reply(200, result, answer.receipt)

    def written(self, reply: Reply) -> None:
        """Take note that an answer was written to its last byte."""
        if reply.receipt is not None:
            reply.receipt()

    def _admit(self, service: str, request: Request) -> tuple[Handler, Call]:
        """Return what answers the call, if it may be answered."""
        if service not in self._profile.services:
            raise CallFailed(NOT_FOUND)
        name = request.method
        method = self._profile.method(service, name)
        if method is None:
            raise CallFailed(no_method(self._profile, name))
        if request.version not in method.versions:
            raise CallFailed(UNSUPPORTED_VERSION)
        if method.locked and f"{service}/{name}" not in self._body.unlocked:
            raise CallFailed(locked(name))
        if not fits(request.params, method.params, partial=service == avcontent.SERVICE):
            raise Refused(Reason.ILLEGAL_ARGUMENT, f"{name} takes {method.params}, not {request.params!r}")
        if service == camera.SERVICE:
            self._require_listed(name)
        elif service == avcontent.SERVICE and name not in ALWAYS:
            avcontent.require_state(self._body, name)
        handler = self._handler(service, name)
        if handler is None:
            self._journal.add(self._body.camera_id, "rpc", "unanswered", service=service, method=name)
            raise CallFailed(no_method(self._profile, name))
        if find(service, name) is None:
            self._journal.add(self._body.camera_id, "rpc", "from the profile", service=service, method=name)
        return handler, Call(request.params, request.version)

    def _handler(self, service: str, name: str) -> Handler | None:
        of_itself = INTROSPECTION.get(name)
        if of_itself is not None:
            return partial(of_itself, self._profile, service)
        answers = self._services.get(service)
        return None if answers is None else answers.find(name)

    def _require_listed(self, name: str) -> None:
        """Refuse what the camera does not list in its present state."""
        status = self._body.machine.status
        waits = self._profile.rules.two_captures == "newest waits" and status in STILL_RUNNING
        if self._body.listing.holds(name) or name in _ANYTIME or (name == "actTakePicture" and waits):
            return
        reason = Reason.BUSY if status in PASSING else Reason.NOT_NOW
        raise Refused(reason, f"{name} is not listed in {status}")


def _failed(request: Request, failure: Failure) -> Reply:
    return Reply(failure.http_status, RpcFailure(request.id, int(failure.code), failure.text))
