"""The engine that is a camera.

After a lost answer it finds out what became of a frame: by the camera's own list of pictures and its count of
what the card still holds, and where the camera gives out what is stored in it (family B), by the newest that
is. Times count only where the count does not tell, and while both clocks can be believed.

Source: protocol/wifi.md 6.3, 9.2, 9.3, quirk 12.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from remotelens.camera.evidence import Baseline as Listed
from remotelens.camera.evidence import Finding, Outcome, images_left
from remotelens.clock import Clock
from remotelens.errors import ContentGone, LinkLost, RemoteLensError
from remotelens.library.names import numbered
from remotelens.plans.expand import Shoot
from remotelens.plans.steps import SettingValue
from remotelens.sessions.engine import About, Baseline, Evidence, KeptFile, Snap
from remotelens.sessions.progress import MISSING, TAKEN, UNKNOWN, FrameStanding
from remotelens.sessions.records import Intent

if TYPE_CHECKING:
    from remotelens.camera.camera import Camera
    from remotelens.library.fetch import StoredFile
    from remotelens.protocol.wifi.contents import Content

LOST_PAUSE_S = 0.5
TIME_SLACK = timedelta(seconds=2)  # what a camera's clock of whole seconds, set over a network, may be off
TAKES_AT_MOST = timedelta(seconds=90)
_CONTENTS_PATH = "/contentstransfer/"
_OUTCOMES = {Outcome.TAKEN: TAKEN, Outcome.MISSING: MISSING, Outcome.UNKNOWN: UNKNOWN}


class CameraEngine:
    """Takes a session's pictures with one camera.

    Args:
        camera: the camera, which is kept through losses by whoever opened it.
        clock: the session's time.
    """

    def __init__(self, camera: Camera, clock: Clock) -> None:
        self._camera = camera
        self._clock = clock
        self._began = clock.now()
        self._began_s = clock.monotonic()

    async def about(self) -> About:
        """Say which camera this is; its clock is set first, so that its times can be believed."""
        camera = self._camera
        await camera.power.clock.ensure_set()
        family = "B" if camera.contents.supported else "A"
        return About(camera.name, camera.state.model, family, camera.power.clock.trusted, camera.uuid)

    async def baseline(self) -> Baseline:
        """Say what the camera lists now, from its newest state; while it is lost this is a `LinkLost`."""
        state = self._camera.state
        if state.link != "ready":
            raise LinkLost(
                f"the link is {state.link}" + (f": {state.link_reason}" if state.link_reason else ""),
                camera=self._camera.name,
            )
        return Baseline(state.urls, images_left(state))

    async def apply(self, values: Sequence[tuple[str, SettingValue]]) -> None:
        """Change settings, modes first, and wait until the camera shows them."""
        await self._camera.set_all(dict(values))

    async def shoot(self, task: Shoot) -> Snap:
        """Take one picture."""
        shot = await self._camera.capture(size=task.size, half_press=task.half_press)
        return Snap(tuple(file.url for file in shot.files), shot.on_card, shot.raw)

    def requested(self) -> dict[str, Any]:
        """Return the settings in force."""
        told = {name: setting.value for name, setting in self._camera.settings.items()}
        return {name: value for name, value in told.items() if value is not None}

    async def keep(self, frame: FrameStanding, folder: Path, stem: str) -> tuple[KeptFile, ...]:
        """Bring a frame's files here; where its address has gone, from the card, where that is given out."""
        assert frame.taken is not None
        urls = frame.taken.urls
        if any(_CONTENTS_PATH in url for url in urls):
            async with self._camera.contents.transfer():
                return await self._fetched(urls, folder, stem)
        try:
            return await self._fetched(urls, folder, stem)
        except ContentGone as gone:
            if not self._camera.contents.supported or frame.intent is None:
                raise
            stored = await self._stored_since(frame.intent.at, ())
            if stored is None or len(stored) != 1:
                raise _gone(gone, f"{gone.message}; {_told(stored)}") from gone
            return await self.keep(_with_urls(frame, _urls_of(stored[0])), folder, stem)

    async def evidence(
        self, frames: Sequence[FrameStanding], known_urls: Collection[str]
    ) -> dict[int, Evidence]:
        """Find out what became of frames whose answer was lost."""
        return {frame.n: await self._evidence(frame, known_urls) for frame in frames}

    async def reconnect(self) -> None:
        """Return when the camera is there again; its link is kept trying by whoever opened it."""
        await self._clock.sleep(LOST_PAUSE_S)
        async for state in self._camera.subscribe():
            if state.link == "ready":
                return
        raise LinkLost("the camera was closed", camera=self._camera.name)

    async def _evidence(self, frame: FrameStanding, known_urls: Collection[str]) -> Evidence:
        assert frame.intent is not None
        before = Listed(frozenset({*frame.intent.known_urls, *known_urls}), frame.intent.remaining)
        finding = await self._camera.shutter.find_out(before)
        if finding.urls and len(finding.urls) > 1:
            return Evidence(
                UNKNOWN, f"the camera lists {len(finding.urls)} new pictures: {', '.join(finding.urls)}"
            )
        if finding.urls or finding.outcome is Outcome.MISSING or not self._camera.contents.supported:
            outcome = _OUTCOMES[finding.outcome]
            if outcome == TAKEN and not finding.urls:
                return Evidence(UNKNOWN, f"{finding.words}, but no address of it is left")
            return Evidence(outcome, finding.words, finding.urls)
        return await self._on_card(frame.intent, finding, known_urls)

    async def _on_card(self, intent: Intent, finding: Finding, known_urls: Collection[str]) -> Evidence:
        """Find a frame's picture among what is stored: the newest, where the count fell; else by its time."""
        left = images_left(self._camera.state)
        fell = 0 if intent.remaining is None or left is None else intent.remaining - left
        if fell == 1 or (fell > 1 and intent.requested.get("drive") not in (None, "single")):
            newest = await self._newest(fell, known_urls)
            if len(newest) == fell:
                names = ", ".join(map(_name_of, newest))
                what = "picture is" if fell == 1 else f"{fell} pictures are"
                urls = tuple(url for entry in newest for url in _urls_of(entry))
                return Evidence(TAKEN, f"{finding.words}; its newest {what} {names}", urls)
            return Evidence(UNKNOWN, f"{finding.words}, but lists {len(newest)} that no other frame has")
        stored = await self._stored_since(intent.at, known_urls)
        if stored is None or (finding.outcome is Outcome.TAKEN and len(stored) != 1):
            return Evidence(UNKNOWN, f"{finding.words}; {_told(stored)}")
        if len(stored) == 1:
            return Evidence(TAKEN, f"the card holds {_name_of(stored[0])} of that time", _urls_of(stored[0]))
        if not stored and datetime.fromisoformat(intent.at) >= self._began - TIME_SLACK:
            return Evidence(MISSING, "the card holds no picture of that time")
        return Evidence(UNKNOWN, f"{finding.words}; {_told(stored)}")

    def _clocks_agree(self) -> bool:
        """Say whether times on the card can be compared with ours: both clocks were set and not changed."""
        passed_s = (self._clock.now() - self._began).total_seconds()
        stepped_s = passed_s - (self._clock.monotonic() - self._began_s)
        return self._camera.power.clock.trusted and abs(stepped_s) < TIME_SLACK.total_seconds() / 2

    async def _newest(self, count: int, known_urls: Collection[str]) -> list[Content]:
        """Return the newest stills on the card that no frame has, the first taken first."""
        found: list[Content] = []
        async with self._camera.contents.transfer():
            async for entry in self._camera.contents.entries(newest_first=True):
                if entry.kind == "still":
                    if any(url in known_urls for url in _urls_of(entry)):
                        break
                    found.append(entry)
                if len(found) == count:
                    break
        return found[::-1]

    async def _stored_since(self, at: str, known_urls: Collection[str]) -> list[Content] | None:
        """Return the stills on the card that were taken from that time on, within what a capture may take.

        Those that other frames have are left out; None where the clocks do not tell.
        """
        if not self._clocks_agree():
            return None
        begin = datetime.fromisoformat(at) - TIME_SLACK
        end = begin + TAKES_AT_MOST
        found: list[Content] = []
        async with self._camera.contents.transfer():
            async for entry in self._camera.contents.entries(newest_first=True):
                created = entry.created
                if created is None or created.tzinfo is None or created > end:
                    continue
                if created < begin:
                    break
                if entry.kind == "still" and not any(url in known_urls for url in _urls_of(entry)):
                    found.append(entry)
        return found

    async def _fetched(self, urls: Sequence[str], folder: Path, stem: str) -> tuple[KeptFile, ...]:
        kept = []
        for number, url in enumerate(urls, start=1):
            ending = PurePosixPath(urlsplit(url).path).suffix or ".JPG"
            name = numbered(f"{stem}{ending if len(ending) <= 5 else '.JPG'}", number)
            stored = await self._camera.fetch(url, folder, name)
            kept.append(_kept(stored, "original"))
        return tuple(kept)


def _kept(stored: StoredFile, kind: str) -> KeptFile:
    return KeptFile(stored.path, stored.sha256, stored.size_bytes, stored.url, kind)


def _urls_of(entry: Content) -> tuple[str, ...]:
    return tuple(file.url for file in entry.originals)


def _name_of(entry: Content) -> str:
    return entry.originals[0].file_name if entry.originals else entry.uri


def _told(stored: Sequence[Content] | None) -> str:
    if stored is None:
        return "the times on the card cannot be compared with this host's"
    if not stored:
        return "the card holds no picture of that time"
    return f"the card holds {len(stored)} pictures of that time: {', '.join(map(_name_of, stored))}"


def _with_urls(frame: FrameStanding, urls: Sequence[str]) -> FrameStanding:
    import msgspec

    assert frame.taken is not None
    return replace(frame, taken=msgspec.structs.replace(frame.taken, urls=list(urls)))


def _gone(error: ContentGone, message: str) -> RemoteLensError:
    """Return the same kind of error with more to say."""
    return ContentGone(message, camera=error.camera, remedy=error.remedy, code=error.code)
