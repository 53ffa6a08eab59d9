"""A camera with pictures of two days on its card, and calls to its contents service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from tests.emulator.body.rig import Rig, rig

MODELS = ("ILCE-QX1@1.10", "DSC-QX30@1.00", "SONY-FULL@1.00")
CARD = "storage:memoryCard1"
ILLEGAL = (3, "Illegal Argument")
OUT_OF_PLACE = (7, "Illegal State")
NO_LIST = (1, "Cannot obtain content list.")
GONE = (41002, "Storage Removed")


def av(camera: Rig) -> Any:
    """Calls to the service, in the one version that each method has."""

    class Calls:
        def _version(self, method: str) -> str:
            known = camera.body.profile.method("avContent", method)
            assert known is not None
            return known.versions[0]

        async def call(self, method: str, *params: Any) -> list[Any]:
            task = camera.begin(method, *params, service="avContent", version=self._version(method))
            answer: list[Any] = await camera.done(task)
            return answer

        async def error(self, method: str, *params: Any) -> tuple[int, str]:
            return await camera.error(method, *params, service="avContent", version=self._version(method))

        async def listing(self, uri: str = CARD, **asked: Any) -> list[Any]:
            wanted = {"uri": uri, "stIdx": 0, "cnt": 100, "view": "date", "sort": "ascending"} | asked
            (found,) = await self.call("getContentList", wanted)
            assert isinstance(found, list)
            return found

        async def count(self, uri: str = CARD, **asked: Any) -> int:
            (found,) = await self.call("getContentCount", {"uri": uri, "view": "date"} | asked)
            return int(found["count"])

    return Calls()


@asynccontextmanager
async def filled(model: str = "ILCE-QX1@1.10") -> AsyncIterator[tuple[Rig, Any]]:
    """A camera in contents transfer, with two stills and a movie of two days on its card."""
    async with rig(model, still_scale=64, scene_name="flat") as camera:
        await camera.set("PostviewImageSize", "Original")
        if "FocusMode" in camera.body.settings:
            await camera.set("FocusMode", "MF")
        camera.body.set_clock(datetime(2014, 8, 18, 3, 34, 56, tzinfo=UTC), 540, 0)
        await camera.take()
        camera.body.set_clock(datetime(2014, 8, 18, 20, 0, 0, tzinfo=UTC), 540, 0)
        await camera.take()
        await camera.film(2.0)
        await camera.transfer()
        yield camera, av(camera)


def names(entries: list[Any]) -> list[str]:
    return [entry["content"]["original"][0]["fileName"] for entry in entries]
