"""Playing a stored movie to the client: which one, whether it runs, and who waits to hear of that.

    idle -> paused <-> started -> pausedByEdge -> started; error when the card is taken out; stop ends it

Source: protocol/wifi.md 9.4; that a movie started again at its end begins anew is assumed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from emulator.body.capture import Parts
from emulator.body.contents import Contents
from emulator.body.machine import Cause
from emulator.body.movie import MovieRecipe, frame_jpeg
from emulator.body.refusals import Reason, Refused
from emulator.clock import Handle, off_loop, timeout

PlayStatus = Literal["idle", "paused", "started", "pausedByEdge", "error"]
Factor = Literal["", "startEdge", "endEdge", "fileError", "mediaError", "otherError"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is told of the playback.

    Attributes:
        status: the word of it.
        factor: why it stopped by itself.
        change: counts the changes.
    """

    status: PlayStatus
    factor: Factor
    change: int


@dataclass(frozen=True, slots=True)
class PlayedFrame:
    """One image of a movie that is played.

    Attributes:
        jpeg: the image.
        size: its width and height.
        duration_ms: of the whole movie.
        position_ms: how far it has come.
    """

    jpeg: bytes
    size: tuple[int, int]
    duration_ms: int
    position_ms: int


class Playback:
    """The movie player of one camera.

    Args:
        parts: the camera.
        contents: what can be played.
    """

    def __init__(self, parts: Parts, contents: Contents) -> None:
        self._parts = parts
        self._contents = contents
        self._movie: MovieRecipe | None = None
        self._standing = Standing("idle", "", 0)
        self._told = 0
        self._at_s = 0.0
        self._since_s = 0.0
        self._edge: Handle | None = None
        self._poll: asyncio.Future[None] | None = None
        parts.bell.subscribe(self._look)

    @property
    def standing(self) -> Standing:
        """How it stands."""
        return self._standing

    @property
    def position_s(self) -> float:
        """How far the movie has come."""
        if self._movie is None:
            return 0.0
        gone_s = 0.0
        if self._standing.status == "started":
            gone_s = self._parts.clock.monotonic() - self._since_s
        return min(self._at_s + gone_s, self._movie.duration_ms / 1000)

    def choose(self, number: int) -> None:
        """Put a movie in; it is paused at its beginning.

        Raises:
            Refused: there is none of that number; not in this state.
        """
        entry = self._contents.find(number)
        if entry is None:
            raise Refused(Reason.NO_ELEMENT, f"there is no entry {number}")
        if entry.main.movie is None:
            raise Refused(Reason.ILLEGAL_ARGUMENT, f"entry {number} is no movie")
        self._parts.machine.move(Cause.STREAM)
        self._movie, self._at_s = entry.main.movie, 0.0
        self._told = self._standing.change
        self._tell("paused")

    def start(self) -> None:
        """Let it run; near its end it stops there at once, and stopped there it begins anew."""
        movie = self._require_playable()
        if self._standing.status == "started":
            return
        if self._standing.status == "pausedByEdge":
            self._at_s = 0.0
        self._run(movie)

    def pause(self) -> None:
        """Hold it where it is."""
        self._require_playable()
        if self._standing.status == "started":
            self._halt()
            self._tell("paused")

    def seek(self, position_ms: int) -> None:
        """Go to a place; paused it stays paused, started it goes on from there.

        Raises:
            Refused: the movie is shorter.
        """
        movie = self._require_playable()
        if not 0 <= position_ms <= movie.duration_ms:
            raise Refused(Reason.ILLEGAL_ARGUMENT, f"the movie ends at {movie.duration_ms} ms")
        self._halt()
        self._at_s = position_ms / 1000
        if self._standing.status == "started":
            self._run(movie)
        else:
            self._tell("paused")
        self._parts.bell.ring("playback")

    def stop(self) -> None:
        """Take the movie out."""
        self._halt()
        self._movie = None
        self._parts.machine.move(Cause.STREAM_END)
        self._tell("idle")

    def forget(self) -> None:
        """Drop it: the camera was switched off."""
        self._halt()
        self._movie = None
        self._standing = Standing("idle", "", self._standing.change)
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(Refused(Reason.INTERRUPTED, "the camera was switched off"))

    async def poll(self) -> Standing:
        """Return how it stands once that is not what was told last.

        Raises:
            Refused: a newer poll came, or an older one still waits; nothing changed; switched off.
        """
        rules = self._parts.profile.rules
        if self._poll is not None and not self._poll.done():
            if rules.two_polls == "reject the newer":
                raise Refused(Reason.ALREADY_RUNNING, "a poll waits already")
            self._poll.set_exception(Refused(Reason.SUPERSEDED, "a newer poll came"))
        if self._standing.change == self._told:
            self._poll = waiting = asyncio.get_running_loop().create_future()
            try:
                async with timeout(self._parts.clock, rules.poll_limit_s["1.0"]):
                    await waiting
            except TimeoutError:
                raise Refused(Reason.TIMED_OUT, "nothing changed") from None
            finally:
                if self._poll is waiting:
                    self._poll = None
        return self._standing

    def told(self, standing: Standing) -> None:
        """Take note that an answer was written to its last byte."""
        self._told = max(self._told, standing.change)

    async def frame(self) -> PlayedFrame | None:
        """Return the image at the present place; None when nothing is being played."""
        movie, parts = self._movie, self._parts
        if movie is None or self._standing.status == "error":
            return None
        live = parts.profile.liveview
        size = live.sizes[live.movie_aspect]
        position_s = self.position_s
        number = min(int(position_s * movie.frames_s), movie.frames - 1)
        jpeg = await off_loop(parts.clock, frame_jpeg, movie, number, size, live.jpeg_bytes)
        return PlayedFrame(jpeg, size, movie.duration_ms, round(position_s * 1000))

    def _run(self, movie: MovieRecipe) -> None:
        """Let it run from where it is, or stop at once where that is its end."""
        left_s = movie.duration_ms / 1000 - self._at_s
        if left_s < 1 / movie.frames_s:
            self._tell("pausedByEdge", "endEdge")
            return
        self._since_s = self._parts.clock.monotonic()
        self._edge = self._parts.clock.call_later(left_s, self._reached_end)
        self._tell("started")

    def _halt(self) -> None:
        self._at_s = self.position_s
        if self._edge is not None:
            self._edge.cancel()
            self._edge = None

    def _reached_end(self) -> None:
        self._halt()
        self._tell("pausedByEdge", "endEdge")

    def _look(self, topic: str) -> None:
        if topic == "card" and self._movie is not None and not self._parts.card.present:
            self._halt()
            self._tell("error", "mediaError")

    def _require_playable(self) -> MovieRecipe:
        if self._movie is None or self._standing.status == "error":
            raise Refused(Reason.ILLEGAL_STATE, "no movie can be played")
        return self._movie

    def _tell(self, status: PlayStatus, factor: Factor = "") -> None:
        if (status, factor) == (self._standing.status, self._standing.factor):
            return
        self._standing = Standing(status, factor, self._standing.change + 1)
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        self._parts.bell.ring("playback")
