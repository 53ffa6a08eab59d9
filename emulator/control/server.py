"""Serves the control API: routes, token, errors.

JSON in and out, ``Authorization: Bearer TOKEN`` on every request, errors as ``{"error": {type, message}}``.
It listens on loopback unless told otherwise.
"""

from __future__ import annotations

import contextlib
import hmac
import secrets
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from emulator.control.asking import Asked
from emulator.control.desk import Controlled, NoSuchThing, Told
from emulator.control.handlers import Handlers
from emulator.control.openapi import describe
from emulator.control.operations import BINARY, JSON, OPERATIONS, Operation
from emulator.hands import NoSuchFile
from remotelens.errors import (
    CameraNotFound,
    InputError,
    RefusedError,
    RemoteLensError,
    WifiJoinFailed,
)
from remotelens.version import __version__

HOST = "127.0.0.1"
_BODY_BYTES = 64 * 1024
_END_S = 0.5
_STATUS: tuple[tuple[type[RemoteLensError], int], ...] = (
    (CameraNotFound, 404),
    (WifiJoinFailed, 403),
    (InputError, 400),
    (RefusedError, 409),
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ControlServer:
    """Serves the control API of one rack.

    Args:
        rack: the cameras.
        token: what requests must show; a new one when not given.
    """

    def __init__(self, rack: Controlled, *, token: str | None = None) -> None:
        self.token = token or secrets.token_urlsafe(24)
        self.url = ""
        self._handlers = Handlers(rack)
        self._runner: web.AppRunner | None = None

    async def start(self, port: int, host: str = HOST) -> None:
        """Listen.

        Raises:
            OSError: the port is taken, or the address is not this host's.
        """
        application = web.Application(
            middlewares=[self._errors, self._authorized], client_max_size=_BODY_BYTES
        )
        application.add_routes(
            [web.route(operation.verb, operation.path, self._answer(operation)) for operation in OPERATIONS]
        )
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=_END_S)
        async with contextlib.AsyncExitStack() as begun:
            begun.push_async_callback(runner.cleanup)
            await runner.setup()
            await web.TCPSite(runner, host, port).start()
            begun.pop_all()
        self._runner = runner
        self.url = "http://{}:{}".format(*runner.addresses[0][:2])

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _answer(self, operation: Operation) -> Handler:
        if operation.name == "openapi":
            return self._openapi
        do: Callable[[Asked], Awaitable[Told]] = getattr(self._handlers, operation.name)

        async def answer(request: web.Request) -> web.StreamResponse:
            told = await do(await Asked.of(operation, request))
            if isinstance(told, bytes):
                return web.Response(body=told, content_type=BINARY)
            return web.Response(body=msgspec.json.encode(told), content_type=JSON)

        return answer

    async def _openapi(self, _request: web.Request) -> web.StreamResponse:
        body = msgspec.json.encode(describe(self.url, __version__))
        return web.Response(body=body, content_type=JSON)

    @web.middleware
    async def _errors(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except RemoteLensError as error:
            status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
            name = "NotFound" if isinstance(error, NoSuchThing | NoSuchFile) else type(error).__name__
            return _error(status, name, str(error))
        except web.HTTPException as error:
            headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
            return _error(
                error.status, error.reason.replace(" ", ""), f"{request.method} {request.path}", headers
            )

    @web.middleware
    async def _authorized(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {self.token}".encode()):
            return _error(
                401,
                "Unauthorized",
                "the control API wants the token of the ready file",
                {"WWW-Authenticate": "Bearer"},
            )
        return await handler(request)


def _error(status: int, kind: str, message: str, headers: dict[str, str] | None = None) -> web.Response:
    body = msgspec.json.encode({"error": {"type": kind, "message": message}})
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)
