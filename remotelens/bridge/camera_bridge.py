"""One camera on the broker: its state outward, commands inward, and the proof of each as the answer."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn, Protocol

import msgspec

from remotelens.bridge import answers, homeassistant
from remotelens.bridge.commands import LiveViewOrder, Reply, SetOrder, ShutterOrder, decode, expired
from remotelens.bridge.desk import Desk
from remotelens.bridge.messages import Incoming, Outgoing, Subscription
from remotelens.bridge.outbox import Outbox
from remotelens.bridge.topics import Topics
from remotelens.bridge.view import View, Viewed
from remotelens.camera.descriptors import DESCRIPTORS
from remotelens.camera.shot import Shot
from remotelens.camera.state import CameraState, Setting, Value
from remotelens.clock import Clock
from remotelens.errors import DiskFull, InvalidValue, LinkLost, RemoteLensError
from remotelens.link.status import LinkStatus

MOST_PICTURE_BYTES = 64 * 1024 * 1024
MOST_ANNOUNCED = 500
_log = logging.getLogger(__name__)


class Served(Viewed, Protocol):
    """What is needed of a camera."""

    @property
    def state(self) -> CameraState:
        """What is known of it now."""
        ...

    def subscribe(self) -> AsyncIterator[CameraState]:
        """Return its states, newest wins."""
        ...

    async def capture(self, *, size: str, half_press: bool) -> Shot:
        """Take a picture."""
        ...

    async def set(self, name: str, value: Value) -> Setting:
        """Change a setting."""
        ...


@dataclass(slots=True)
class Counts:
    """What a bridged camera has been asked for, and what came of it."""

    commands: int = 0
    refused: int = 0
    shots: int = 0


class CameraBridge:
    """One camera's side of the bridge; one and the same over every loss of camera or broker.

    Args:
        topics: where it is on the broker.
        name: what it is called.
        outbox: where everything goes out.
        clock: measures how long commands count.
        folder: where its pictures are kept; None leaves them on the camera.
    """

    def __init__(
        self, topics: Topics, name: str, *, outbox: Outbox, clock: Clock, folder: Path | None = None
    ) -> None:
        self.topics = topics
        self.name = name
        self.counts = Counts()
        self._outbox = outbox
        self._clock = clock
        self._folder = folder
        self._desk = Desk(name)
        self._state = CameraState(link="absent")
        self._listed: CameraState | None = None
        self._announced: dict[str, str] = {}
        self._view = View(publish=self._show_view, changed=self._tell_state, clock=clock)
        self._tell_state()

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """What is listened to."""
        topics = self.topics
        return (
            Subscription(topics.commands),
            Subscription(topics.home_assistant_status),
            Subscription(topics.discovery, stored=True),
        )

    @property
    def will(self) -> Outgoing:
        """What the broker says when the bridge vanishes."""
        return self._availability(homeassistant.OFFLINE)

    def receive(self, message: Incoming) -> None:
        """Take a message from the broker; never waits, never raises."""
        words = self.topics.command_words(message.topic)
        if words is not None:
            self._take(words, message)
        elif message.topic == self.topics.discovery:
            self._remember_announced(message.payload)
        elif message.payload == homeassistant.HAS_STARTED:
            self._outbox.again()

    def tell_link(self, status: LinkStatus) -> None:
        """Tell how the link stands while there is no camera."""
        self._state = replace(
            self._state,
            link=status.state.value,
            link_reason=status.reason,
            link_since=status.since,
            link_next_try=status.next_try,
        )
        self._close(status.reason or f"its link is {status.state}")
        self._tell_state()

    async def serve(self, camera: Served) -> None:
        """Work with the camera until its states end; while its link is lost, commands are refused."""
        async with asyncio.TaskGroup() as tasks:
            working = tasks.create_task(self._work(camera, tasks))
            await self._follow(camera)
            working.cancel()
            await self._view.stop()

    async def _follow(self, camera: Served) -> None:
        async with aclosing(camera.subscribe()) as states:  # type: ignore[type-var]  # an async generator has aclose
            async for state in states:
                self._state = state
                if state.link == "ready":
                    self._desk.open()
                else:
                    self._close(state.link_reason or f"its link is {state.link}")
                if state.link == "ready" and state.idle:
                    self._listed = state
                    self._announce()
                self._tell_state()
        self._close("it was let go of")

    def _close(self, reason: str) -> None:
        """Take no more commands, and say so to those that waited."""
        for command in self._desk.close(reason):
            self._refuse(command.order.word, self._desk.gone(), command.reply)

    async def _work(self, camera: Served, tasks: asyncio.TaskGroup) -> NoReturn:
        """Carry out one command after the other."""
        while True:
            command = await self._desk.next()
            if self._clock.monotonic() > command.until_s:
                self._refuse(command.order.word, expired(), command.reply)
                continue
            self.counts.commands += 1
            match command.order:
                case ShutterOrder() as order:
                    await self._shoot(camera, order, command.reply)
                case SetOrder() as order:
                    await self._set(camera, order, command.reply)
                case LiveViewOrder() as order:
                    await self._look(camera, order, command.reply, tasks)

    async def _shoot(self, camera: Served, order: ShutterOrder, reply: Reply | None) -> None:
        shot: Shot | None = None
        error: RemoteLensError | None = None
        try:
            shot = await camera.capture(size=order.size, half_press=order.half_press)
            self.counts.shots += 1
            shot = await self._bring(shot, order)
        except RemoteLensError as failed:
            error = failed
        except OSError as failed:
            error = DiskFull(f"the picture cannot be kept here: {failed.strerror}", camera=self.name)
        except asyncio.CancelledError:
            self._tell_shot(shot, self._left(), reply)
            raise
        self._tell_shot(shot, error, reply)

    def _tell_shot(self, shot: Shot | None, error: RemoteLensError | None, reply: Reply | None) -> None:
        """Answer, and tell everyone of a picture that was taken."""
        answer = answers.shots(() if shot is None else (shot,))
        if error is not None:
            self._log_refusal(error)
            answer["error"] = answers.error_record(error, self.name)
        self._answer(reply, answer)
        if shot is not None:
            self._outbox.put(Outgoing(self.topics.shot, answers.document(answer)))

    async def _bring(self, shot: Shot, order: ShutterOrder) -> Shot:
        """Keep the pictures where that was asked for, and publish the first where that was.

        Raw files stay on the card: while one was fetched there would be no live view.
        """
        if self._folder is not None:
            shot = await shot.download(self._folder, raw=False)
            if order.picture and shot.path is not None:
                await self._show_picture(shot.path)
        elif order.picture:
            with tempfile.TemporaryDirectory(prefix="remotelens-") as folder:
                shot = await shot.download(folder, raw=False)
                if shot.path is not None:
                    await self._show_picture(shot.path)
            files = tuple(replace(file, path=None) for file in shot.files)
            shot = replace(shot, files=files, saved_s=None)
        return shot

    async def _show_picture(self, path: Path) -> None:
        picture = await asyncio.to_thread(_read, path)
        if picture is not None:
            self._outbox.show(Outgoing(self.topics.picture, picture, qos=0))

    async def _set(self, camera: Served, order: SetOrder, reply: Reply | None) -> None:
        try:
            changed = await camera.set(order.name, order.value)
        except RemoteLensError as error:
            self._refuse(order.word, error, reply)
        except asyncio.CancelledError:
            self._refuse(order.word, self._left(), reply)
            raise
        else:
            self._answer(reply, answers.settings({order.name: changed}))

    async def _look(
        self, camera: Served, order: LiveViewOrder, reply: Reply | None, tasks: asyncio.TaskGroup
    ) -> None:
        try:
            await self._view.obey(order, camera, tasks)
        except RemoteLensError as error:
            self._refuse(order.word, error, reply)
        except asyncio.CancelledError:
            self._refuse(order.word, self._left(), reply)
            raise
        else:
            self._answer(reply, answers.live_view(self._view.running))

    def _left(self) -> LinkLost:
        """Return the error of a command that was under way when the camera was let go of."""
        return LinkLost(
            "the camera was let go of before that had ended; what became of it is not known",
            camera=self.name,
            remedy="look at the camera before asking again",
        )

    def _take(self, words: tuple[str, ...], message: Incoming) -> None:
        """Queue a command, or say at once why it is not obeyed."""
        reply = None if message.answer_to is None else Reply(message.answer_to, message.correlation)
        try:
            if reply is not None and not self.topics.may_answer_on(reply.topic):
                reply = None
                raise InvalidValue("answers are not published there", remedy="name a topic of your own")
            self._desk.put(decode(words, message, reply, received_s=self._clock.monotonic()))
        except RemoteLensError as error:
            self._refuse(words[0], error, reply)

    def _refuse(self, word: str, error: RemoteLensError, reply: Reply | None) -> None:
        self._log_refusal(error)
        answer = {**answers.nothing(word), "error": answers.error_record(error, self.name)}
        self._answer(reply, answer, spare=True)

    def _log_refusal(self, error: RemoteLensError) -> None:
        self.counts.refused += 1
        _log.log(logging.WARNING if self.counts.refused == 1 else logging.INFO, "%s: %s", self.name, error)

    def _answer(self, reply: Reply | None, answer: dict[str, Any], *, spare: bool = False) -> None:
        if reply is not None:
            message = Outgoing(reply.topic, answers.document(answer), correlation=reply.correlation)
            self._outbox.put(message, spare=spare)

    def _tell_state(self) -> None:
        ready = self._state.link == "ready"
        self._outbox.keep(self._availability(homeassistant.ONLINE if ready else homeassistant.OFFLINE))
        told = answers.state(
            self.topics.camera_id, self.name, self._state, live_view_requested=self._view.running
        )
        self._outbox.keep(Outgoing(self.topics.state, answers.document(told), retain=True))

    def _announce(self) -> None:
        """Tell Home Assistant what the camera lists; first take away what it does not list any more."""
        if self._listed is None:
            return
        message = homeassistant.discovery(DESCRIPTORS, self._listed, self.topics, self.name)
        first = homeassistant.taking_away(message, self._announced)
        if first is not None:
            self._outbox.put(Outgoing(self.topics.discovery, msgspec.json.encode(first), retain=True))
            self._outbox.forget(self.topics.discovery)
        self._announced = homeassistant.platforms(message)
        self._outbox.keep(Outgoing(self.topics.discovery, msgspec.json.encode(message), retain=True))

    def _remember_announced(self, payload: bytes) -> None:
        """Take note of what an earlier run announced, so that it can be taken away where it is gone."""
        try:
            message = msgspec.json.decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        if isinstance(message, dict):
            known = list(homeassistant.platforms(message).items())[:MOST_ANNOUNCED]
            self._announced = {**dict(known), **self._announced}
            self._announce()

    def _show_view(self, jpeg: bytes) -> None:
        self._outbox.show(Outgoing(self.topics.live_view, jpeg, qos=0))

    def _availability(self, word: str) -> Outgoing:
        return Outgoing(self.topics.availability, word.encode(), retain=True)


def _read(path: Path) -> bytes | None:
    """Read a picture; None where it is too large for a message."""
    size_bytes = path.stat().st_size
    if size_bytes > MOST_PICTURE_BYTES:
        _log.warning("%s is not published: it has %d bytes", path.name, size_bytes)
        return None
    return path.read_bytes()
