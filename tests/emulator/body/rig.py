"""One emulated camera on a virtual clock, with calls to it as a client makes them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from PIL import ExifTags, Image

from emulator.body.camera import Body
from emulator.clock import VirtualClock
from emulator.journal import Journal
from emulator.profiles import Profile, load
from emulator.wifi.dispatch import Dispatcher, Reply
from emulator.world import Scene, load_scene
from remotelens.protocol.wifi.auth import RUBBER_DUCK
from remotelens.protocol.wifi.rpc import Request, RpcFailure, RpcResult

BASE_A = "http://10.0.0.1:60152"
QUERY_A = "?%211234%21http%2dget%3a%2a%3aimage%2fjpeg%3a%2a%21%21%21%21%21"
LONG_S = 30.0


class RecordedUrls:
    """The addresses of a QX100, as recorded."""

    action_list = "http://10.0.0.1:10000/sony"
    liveview = f"{BASE_A}/liveview.JPG{QUERY_A}"
    playback = f"{BASE_A}/streaming/playbackstream"

    def picture(self, name: str) -> str:
        return f"{BASE_A}/{name}{QUERY_A}"

    def content(self, form: str, content_id: str) -> str:
        return f"{BASE_A}/contentstransfer/{form}/{content_id}"


@cache
def scene(name: str) -> Scene:
    return load_scene(name, 1)


@dataclass
class Rig:
    """A camera, and what one does with it."""

    body: Body
    clock: VirtualClock
    journal: Journal
    dispatcher: Dispatcher
    topics: list[str] = field(default_factory=list)

    async def reply(
        self, method: str, *params: Any, service: str = "camera", version: str = "1.0", written: bool = True
    ) -> Reply:
        """Call, and let the answer be written to its last byte, unless told otherwise."""
        reply = await self.dispatcher.call(service, Request(method, list(params), 1, version))
        if written:
            self.dispatcher.written(reply)
        return reply

    async def call(
        self, method: str, *params: Any, service: str = "camera", version: str = "1.0"
    ) -> list[Any]:
        """Return the result of a call that succeeds."""
        reply = await self.reply(method, *params, service=service, version=version)
        assert isinstance(reply.answer, RpcResult), f"{method}: {reply.answer}"
        return reply.answer.values

    async def error(
        self, method: str, *params: Any, service: str = "camera", version: str = "1.0"
    ) -> tuple[int, str]:
        """Return the error of a call that fails."""
        reply = await self.reply(method, *params, service=service, version=version)
        assert isinstance(reply.answer, RpcFailure), f"{method}: {reply.answer}"
        return reply.answer.code, reply.answer.text

    def begin(
        self, method: str, *params: Any, service: str = "camera", version: str = "1.0"
    ) -> asyncio.Task[list[Any]]:
        """Call, and go on without waiting for the answer."""
        return asyncio.ensure_future(self.call(method, *params, service=service, version=version))

    async def done(self, task: asyncio.Future[Any], seconds: float = LONG_S) -> Any:
        """Let time pass in small steps until a call has its answer."""
        for _ in range(round(seconds / 0.05)):
            if task.done():
                return task.result()
            await self.clock.advance(0.05)
        raise AssertionError(f"no answer within {seconds} s of camera time")

    async def until(self, status: str, seconds: float = LONG_S) -> None:
        """Let time pass in small steps until the camera says that word."""
        for _ in range(round(seconds / 0.05)):
            if self.body.status == status:
                return
            await self.clock.advance(0.05)
        raise AssertionError(f"{self.body.status} and not {status} after {seconds} s of camera time")

    async def set(self, setting: str, *params: Any) -> None:
        """Set something and let it arrive."""
        await self.call(f"set{setting}", *params)
        await self.clock.advance(1.0)

    async def transfer(self) -> None:
        """Bring the camera into contents transfer."""
        await self.call("setCameraFunction", "Contents Transfer")
        await self.until("ContentsTransfer")

    async def film(self, seconds: float) -> None:
        """Record a movie, with the camera idle again and in movie mode."""
        await self.set("ShootMode", "movie")
        await self.call("startMovieRec")
        await self.until("MovieRecording")
        await self.clock.advance(seconds)
        await self.call("stopMovieRec")
        await self.until("IDLE")

    async def take(self) -> str:
        """Take a picture and return its URL, with the camera idle again."""
        ((url,),) = await self.done(self.begin("actTakePicture"))
        await self.until("IDLE")
        assert isinstance(url, str)
        return url


@asynccontextmanager
async def rig(
    model: str | Profile,
    *,
    seed: int = 0,
    index: int = 0,
    scene_name: str = "bench",
    still_scale: int = 16,
    pairing_ble: bool = False,
    strict_auth: bool = False,
) -> AsyncIterator[Rig]:
    """Yield a camera that has been started; end it afterwards."""
    clock = VirtualClock()
    journal = Journal(clock)
    profile = load(model) if isinstance(model, str) else model
    body = Body(
        profile,
        scene(scene_name),
        clock,
        seed,
        index,
        journal,
        pairing_ble=pairing_ble,
        still_scale=still_scale,
    )
    await body.start()
    registrations = (RUBBER_DUCK,) if strict_auth else None
    dispatcher = Dispatcher(body, RecordedUrls(), registrations=registrations)
    made = Rig(body, clock, journal, dispatcher)
    body.subscribe(made.topics.append)
    try:
        yield made
    finally:
        await body.close()


def name_of(url: str) -> str:
    """Return the file name in a picture's URL."""
    return url.removeprefix(f"{BASE_A}/").partition(QUERY_A)[0]


async def picture_of(camera: Rig, url: str) -> Image.Image:
    """Return the picture behind a URL."""
    picture = camera.body.pictures.find(name_of(url))
    assert picture is not None
    return Image.open(io.BytesIO(picture.jpeg))


def exif_of(image: Image.Image) -> dict[str, Any]:
    """Return the EXIF of a picture by the names of its tags."""
    exif = image.getexif()
    tags = {ExifTags.TAGS[tag]: value for tag, value in exif.items()}
    inner = exif.get_ifd(ExifTags.IFD.Exif).items()
    return tags | {ExifTags.TAGS[tag]: value for tag, value in inner}


def statuses(camera: Rig) -> list[str]:
    """Return every state the camera has been in, in order."""
    return [
        entry.data["value"]
        for entry in camera.journal.entries()
        if entry.channel == "body" and entry.data["what"] == "status"
    ]
