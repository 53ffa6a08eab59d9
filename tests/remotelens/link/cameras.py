"""Small cameras for tests of the link: a description, and answers to calls, over a raw server."""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.remotelens.rawserver import RawServer, Visit, answer, raw_server

_SERVICE = (
    "<av:X_ScalarWebAPI_Service><av:X_ScalarWebAPI_ServiceType>{name}</av:X_ScalarWebAPI_ServiceType>"
    "<av:X_ScalarWebAPI_ActionList_URL>{place}/sony</av:X_ScalarWebAPI_ActionList_URL>"
    "</av:X_ScalarWebAPI_Service>"
)
_DEVICE = (
    '<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0" xmlns:av="urn:schemas-sony-com:av">'
    "<device><friendlyName>{model}</friendlyName><UDN>uuid:{uuid}</UDN>"
    "<av:X_ScalarWebAPI_DeviceInfo><av:X_ScalarWebAPI_ServiceList>{services}"
    "</av:X_ScalarWebAPI_ServiceList></av:X_ScalarWebAPI_DeviceInfo></device></root>"
)


def description(
    *services: str, place: str = "http://192.168.122.1:8080", model: str = "ILCE-QX1", uuid: str = "1"
) -> bytes:
    listed = "".join(_SERVICE.format(name=name, place=place) for name in services)
    return _DEVICE.format(model=model, uuid=uuid, services=listed).encode()


DESCRIPTION = description("guide", "camera")
WITHOUT_CAMERA = description("guide", "avContent")


def result(*values: Any) -> dict[str, Any]:
    return {"result": list(values)}


def results(*values: Any) -> dict[str, Any]:
    return {"results": list(values)}


def error(code: int, text: str = "") -> dict[str, Any]:
    return {"error": [code, text]}


Said = dict[str, Any] | None
Answer = Said | Callable[[list[Any]], Said | Awaitable[Said]]


@dataclass
class SmallCamera:
    """Answers by method name; None breaks the connection, what is not there is error 12 as on a real one."""

    server: RawServer = field(default_factory=RawServer)
    services: tuple[str, ...] = ("guide", "camera")
    model: str = "ILCE-QX1"
    uuid: str = "1"
    place: str | None = None
    answers: dict[str, Answer] = field(default_factory=dict)
    calls: list[tuple[str, str, list[Any], str]] = field(default_factory=list)

    @property
    def description_url(self) -> str:
        return self.server.url("/dd.xml")

    def called(self, method: str) -> int:
        return sum(name == method for _, name, _, _ in self.calls)

    async def speak(self, visit: Visit) -> None:
        if visit.path == "/dd.xml":
            place = self.place or f"http://127.0.0.1:{self.server.port}"
            page = description(*self.services, place=place, model=self.model, uuid=self.uuid)
            await visit.say(answer(page))
        elif not visit.body:
            await visit.say(answer(b"", status="404 Not Found"))
        else:
            call = json.loads(visit.body)
            service = visit.path.removeprefix("/sony/")
            self.calls.append((service, call["method"], call["params"], call["version"]))
            said = self.answers.get(call["method"], error(12, call["method"]))
            told = said(call["params"]) if callable(said) else said
            said = await told if inspect.isawaitable(told) else told
            if said is None:
                visit.reset()
                return
            await visit.say(answer(json.dumps({**said, "id": call["id"]}).encode()))
        visit.writer.close()


@asynccontextmanager
async def small_camera(**answers: Answer) -> AsyncIterator[SmallCamera]:
    camera = SmallCamera(answers=answers)
    async with raw_server(camera.speak) as server:
        camera.server = server
        yield camera
