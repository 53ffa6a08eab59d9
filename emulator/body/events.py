"""What has changed since the last answer to a long poll, and who waits to hear it.

The flags belong to the camera, not to a client. A snapshot clears none; a long poll's answer clears those it
told, and only once its last byte was written. At power on all are clear.

Source: protocol/wifi.md 6.2, 6.3.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from emulator.body.bell import Bell
from emulator.body.refusals import Reason, Refused
from emulator.body.shutter import Shutter
from emulator.body.slots import LISTS, TAKE_PICTURE, Slot, Teller, UrlOf
from emulator.clock import Clock, timeout
from emulator.profiles import Profile


@dataclass(frozen=True, slots=True)
class Told:
    """An answer to a long poll.

    Attributes:
        slots: the answer.
        flags: which change of each slot it tells.
        pictures: the pictures it names.
    """

    slots: list[Slot]
    flags: Mapping[int, int] = field(default_factory=dict)
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """What no long poll has told yet, to be kept and put back.

    Attributes:
        asked: whether somebody has asked since power on.
        changed: the slots that tell something else than they did, in the order of their changes.
    """

    asked: bool
    changed: tuple[int, ...]


class Events:
    """The event slots of one camera.

    Args:
        profile: versions and waiting times.
        teller: says what each slot tells.
    """

    def __init__(self, profile: Profile, clock: Clock, bell: Bell, teller: Teller, shutter: Shutter) -> None:
        self._profile = profile
        self._clock = clock
        self._teller = teller
        self._shutter = shutter
        self._known: list[Slot] = []
        self._flags: dict[int, int] = {}
        self._changes = 0
        self._poll: asyncio.Future[None] | None = None
        self._poll_count = 0
        self._looking: asyncio.Handle | None = None
        self._asked = False
        bell.subscribe(self._stirred)

    def snapshot(self, version: str, url_of: UrlOf) -> list[Slot]:
        """Return every slot as it is now."""
        self._asked = True
        return self._teller.snapshot(url_of)[: self._count(version)]

    async def poll(self, version: str, url_of: UrlOf) -> Told:
        """Wait for a change that no long poll has told yet, and return what has changed.

        Raises:
            Refused: a newer long poll came, an older one still waits (by the camera's rule), nothing changed
                for as long as the camera waits (where it says so), or the camera was switched off.
        """
        count = self._count(version)
        self._asked = True
        self._make_way()
        self._look()
        if not self._has_news(count):
            self._poll = waiting = asyncio.get_running_loop().create_future()
            self._poll_count = count
            try:
                async with timeout(self._clock, self._profile.rules.poll_limit_s[version]):
                    await waiting
            except TimeoutError:
                if self._profile.rules.quiet_poll == "timed out":
                    raise Refused(Reason.TIMED_OUT, "nothing changed") from None
            finally:
                if self._poll is waiting:
                    self._poll = None
        return self._tell(count, url_of)

    def told(self, answer: Told) -> None:
        """Take note that an answer was written to its last byte."""
        for index, change in answer.flags.items():
            if self._flags.get(index) == change:
                del self._flags[index]
        if answer.pictures:
            self._shutter.buttons_told(answer.pictures)
            self._look()

    def settle(self) -> None:
        """Start anew at the end of power on, unless somebody was told already that the camera starts."""
        if not self._asked:
            self.clear()

    def clear(self) -> None:
        """Start anew: the camera was switched on."""
        self._asked = False
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        self._flags.clear()
        self._known = self._teller.changing(str)

    @property
    def state(self) -> News:
        """What is to be told."""
        self._look()
        return News(self._asked, tuple(sorted(self._flags, key=self._flags.__getitem__)))

    @state.setter
    def state(self, state: News) -> None:
        self.clear()
        self._asked = state.asked
        self._flags.update({index: change for change, index in enumerate(state.changed, self._changes + 1)})
        self._changes += len(state.changed)

    def suspend(self) -> None:
        """End the long poll: the camera is switched off."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(Refused(Reason.INTERRUPTED, "the camera was switched off"))

    @property
    def waiting(self) -> bool:
        """Whether a long poll waits."""
        return self._poll is not None and not self._poll.done()

    def _count(self, version: str) -> int:
        return self._profile.event_counts[version]

    def _make_way(self) -> None:
        if self._poll is None or self._poll.done():
            return
        if self._profile.rules.two_polls == "reject the newer":
            raise Refused(Reason.ALREADY_RUNNING, "a long poll waits already")
        self._poll.set_exception(Refused(Reason.SUPERSEDED, "a newer long poll came"))

    def _stirred(self, _topic: str) -> None:
        """Look once the present change is complete: several make one event."""
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        """Compare every slot with what it told before."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        known, self._known = self._known, self._teller.changing(str)
        if known != self._known:
            self._flag(known)
        if self._poll is not None and not self._poll.done() and self._has_news(self._poll_count):
            self._poll.set_result(None)

    def _flag(self, known: list[Slot]) -> None:
        """Note which slots tell something else than they did."""
        for index, (before, now) in enumerate(zip(known, self._known, strict=False)):
            if before is not now and before != now and not (index == TAKE_PICTURE and not now):
                self._changes += 1
                self._flags[index] = self._changes

    def _has_news(self, count: int) -> bool:
        return any(index < count for index in self._flags)

    def _tell(self, count: int, url_of: UrlOf) -> Told:
        flags = {index: change for index, change in self._flags.items() if index < count}
        now = self._teller.changing(url_of)
        slots = [now[index] if index in flags else _empty(index) for index in range(count)]
        pictures = self._shutter.untold if TAKE_PICTURE in flags else ()
        return Told(slots, flags, pictures)


def _empty(index: int) -> Slot:
    return [] if index in LISTS else None
