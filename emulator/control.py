"""The control API: the same hands over HTTP, for programs in any language.

JSON in and out, ``Authorization: Bearer TOKEN`` on every request, errors as ``{"error": {type, message}}``.
It listens on loopback only.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

import msgspec
from aiohttp import web

from emulator.clock import VirtualClock
from emulator.device import Device
from emulator.faults.engine import FaultEngine
from emulator.faults.rules import Rule, parse_rule
from emulator.hands import Cameras, Hands
from remotelens.errors import (
    CameraNotFound,
    InputError,
    RefusedError,
    RemoteLensError,
    WifiJoinFailed,
)
from remotelens.version import __version__

HOST = "127.0.0.1"
SCHEMA = 1
_BODY_BYTES = 64 * 1024
_STATUS: tuple[tuple[type[RemoteLensError], int], ...] = (
    (CameraNotFound, 404),
    (WifiJoinFailed, 403),
    (InputError, 400),
    (RefusedError, 409),
)


class FaultyCameras(Cameras, Protocol):
    """The cameras, and the faults that can be brought upon them."""

    faults: FaultEngine


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    """What a request says."""


class PowerOrder(_Body):
    """POST power."""

    on: bool


class PressOrder(_Body):
    """POST press."""

    button: str
    s: float = 0.2


class CardOrder(_Body, rename={"present": "in"}):
    """POST card."""

    present: bool | None = None
    full: bool | None = None
    protected: bool | None = None


class BatteryOrder(_Body):
    """POST battery."""

    ratio: float


class JoinOrder(_Body):
    """POST join."""

    ssid: str
    key: str


class PairingOrder(_Body):
    """POST pairing."""

    screen: bool | None = None
    accept: bool | None = None


class FaultOrder(_Body):
    """POST faults: a rule as on the command line."""

    spec: str


class AdvanceOrder(_Body):
    """POST clock/advance."""

    s: float


_Order = TypeVar("_Order", bound=_Body)


class ControlServer:
    """Serves the control API of one rack.

    Args:
        rack: the cameras.
    """

    def __init__(self, rack: FaultyCameras) -> None:
        self.token = secrets.token_urlsafe(24)
        self.url = ""
        self._rack = rack
        self._hands = Hands(rack)
        self._runner: web.AppRunner | None = None

    async def start(self, port: int) -> None:
        """Listen on loopback.

        Raises:
            OSError: the port is taken.
        """
        application = web.Application(
            middlewares=[self._errors, self._authorized], client_max_size=_BODY_BYTES
        )
        application.add_routes(self._routes())
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, HOST, port)
        try:
            await site.start()
        except BaseException:
            await runner.cleanup()
            raise
        self._runner = runner
        self.url = "http://{}:{}".format(*runner.addresses[0][:2])

    async def close(self) -> None:
        """Stop listening."""
        await self._hands.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _routes(self) -> list[web.RouteDef]:
        one = "/v1/cameras/{camera}"
        return [
            web.get("/v1/health", self._health),
            web.get("/v1/cameras", self._cameras),
            web.get(one, self._of_camera(self._state)),
            web.post(f"{one}/power", self._of_camera(self._power)),
            web.post(f"{one}/press", self._of_camera(self._press)),
            web.post(f"{one}/card", self._of_camera(self._card)),
            web.post(f"{one}/battery", self._of_camera(self._battery)),
            web.post(f"{one}/join", self._of_camera(self._join)),
            web.post(f"{one}/pairing", self._of_camera(self._pairing)),
            web.get("/v1/journal", self._journal),
            web.get("/v1/faults", self._faults),
            web.post("/v1/faults", self._add_fault),
            web.delete("/v1/faults", self._clear_faults),
            web.delete("/v1/faults/{fault}", self._remove_fault),
            web.post("/v1/clock/advance", self._advance),
            web.post("/v1/reset", self._reset),
        ]

    def _of_camera(
        self, handler: Callable[[web.Request, Device], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            return await handler(request, self._hands.camera(request.match_info["camera"]))

        return handle

    @web.middleware
    async def _errors(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        try:
            return await handler(request)
        except RemoteLensError as error:
            status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
            return _error(status, type(error).__name__, str(error))
        except web.HTTPException as error:
            headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
            return _error(
                error.status, error.reason.replace(" ", ""), f"{request.method} {request.path}", headers
            )

    @web.middleware
    async def _authorized(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            return _error(
                401,
                "Unauthorized",
                "the control API wants the token of the ready file",
                {"WWW-Authenticate": "Bearer"},
            )
        return await handler(request)

    async def _health(self, _request: web.Request) -> web.Response:
        clock = self._rack.clock
        return _answer(
            {
                "ok": True,
                "version": __version__,
                "cameras": len(self._rack.cameras),
                "clock": {
                    "kind": type(clock).__name__.removesuffix("Clock").lower(),
                    "now": clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                },
            }
        )

    async def _cameras(self, _request: web.Request) -> web.Response:
        return _answer({"items": [camera.state for camera in self._rack.cameras]})

    async def _state(self, _request: web.Request, camera: Device) -> web.Response:
        return _answer(camera.state)

    async def _power(self, request: web.Request, camera: Device) -> web.Response:
        order = await _read(request, PowerOrder)
        if isinstance(self._rack.clock, VirtualClock):
            await self._hands.begin_power(camera, order.on)
        else:
            await self._hands.power(camera, order.on)
        return _answer(camera.state)

    async def _press(self, request: web.Request, camera: Device) -> web.Response:
        order = await _read(request, PressOrder)
        self._hands.press(camera, order.button, order.s)
        return _answer(camera.state)

    async def _card(self, request: web.Request, camera: Device) -> web.Response:
        order = await _read(request, CardOrder)
        self._hands.card(camera, present=order.present, full=order.full, protected=order.protected)
        return _answer(camera.state)

    async def _battery(self, request: web.Request, camera: Device) -> web.Response:
        order = await _read(request, BatteryOrder)
        self._hands.battery(camera, order.ratio)
        return _answer(camera.state)

    async def _join(self, request: web.Request, camera: Device) -> web.Response:
        order = await _read(request, JoinOrder)
        await self._hands.join(order.ssid, order.key, camera)
        return _answer(camera.state)

    async def _pairing(self, request: web.Request, camera: Device) -> web.Response:
        order = await _read(request, PairingOrder)
        self._hands.pairing(camera, screen=order.screen, accept=order.accept)
        return _answer(camera.state)

    async def _journal(self, request: web.Request) -> web.Response:
        since = request.query.get("since", "0")
        if not since.isdecimal():
            return _error(400, "InvalidValue", "since is the number of an entry")
        entries = self._rack.journal.entries(
            int(since), request.query.get("method"), request.query.get("camera")
        )
        return _answer({"items": [entry.as_json() for entry in entries]})

    async def _faults(self, _request: web.Request) -> web.Response:
        rules = self._rack.faults.rules()
        return _answer({"items": [_fault(key, rule, struck) for key, (rule, struck) in rules.items()]})

    async def _add_fault(self, request: web.Request) -> web.Response:
        rule = parse_rule((await _read(request, FaultOrder)).spec)
        return _answer(_fault(self._rack.faults.add(rule), rule, 0))

    async def _clear_faults(self, _request: web.Request) -> web.Response:
        self._rack.faults.clear()
        return _answer({"items": []})

    async def _remove_fault(self, request: web.Request) -> web.Response:
        fault = request.match_info["fault"]
        if not self._rack.faults.remove(fault):
            return _error(404, "FaultNotFound", f"there is no fault {fault!r}")
        return await self._faults(request)

    async def _advance(self, request: web.Request) -> web.Response:
        await self._hands.advance((await _read(request, AdvanceOrder)).s)
        return await self._health(request)

    async def _reset(self, request: web.Request) -> web.Response:
        await self._hands.reset()
        return await self._cameras(request)


async def _read(request: web.Request, kind: type[_Order]) -> _Order:
    """Return the request's body as what this call takes."""
    text = await request.read()
    try:
        return msgspec.json.decode(text or b"{}", type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InputError(f"{request.path} takes another body: {error}") from error


def _fault(key: str, rule: Rule, struck: int) -> dict[str, Any]:
    return {"id": key, **rule.as_json(), "struck": struck}


def _answer(value: dict[str, Any]) -> web.Response:
    body = msgspec.json.encode({"schema": SCHEMA, **value})
    return web.Response(body=body, content_type="application/json")


def _error(status: int, kind: str, message: str, headers: dict[str, str] | None = None) -> web.Response:
    body = msgspec.json.encode({"error": {"type": kind, "message": message}})
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)
