"""The engine that is a camera.

After a lost answer it finds out what became of a frame: by the camera's own list of pictures and its count of
what the card still holds, and where the camera gives out what is stored in it (family B), by the newest that
is. Times count only where the count does not tell, and while both clocks can be believed.

Source: protocol/wifi.md 6.3, 9.2, 9.3, quirk 12.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from remotelens.camera.evidence import Baseline as Listed
from remotelens.camera.evidence import Finding, Outcome, images_left
from remotelens.camera.raws import find_raws, raw_name
from remotelens.camera.shot import ORIGINAL, RAW
from remotelens.clock import Clock
from remotelens.errors import ContentGone, LinkLost, ProtocolError, RefusedError, RemoteLensError
from remotelens.library.names import numbered
from remotelens.plans.expand import Shoot
from remotelens.plans.steps import SettingValue
from remotelens.sessions.card import TAKES_AT_MOST, Card, name_of, told, urls_of
from remotelens.sessions.engine import About, Baseline, Evidence, KeptFile, Snap
from remotelens.sessions.progress import MISSING, TAKEN, UNKNOWN, FrameStanding
from remotelens.sessions.records import Intent

if TYPE_CHECKING:
    from remotelens.camera.camera import Camera
    from remotelens.library.fetch import StoredFile
    from remotelens.protocol.wifi.contents import OriginalFile

LOST_PAUSE_S = 0.5
TIME_SLACK = timedelta(seconds=2)  # what a camera's clock of whole seconds, set over a network, may be off
_CONTENTS_PATH = "/contentstransfer/"
_RAW_PATH = f"{_CONTENTS_PATH}orgraw/"
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
        self._card = Card(camera, clock)
        self._left_before_shot: int | None = None

    async def about(self) -> About:
        """Say which camera this is; its clock is set first, so that its times can be believed."""
        camera = self._camera
        await camera.power.clock.ensure_set()
        family = "B" if camera.contents.supported else "A"
        return About(camera.name, camera.state.model, family, camera.power.clock.trusted, camera.uuid)

    async def baseline(self) -> Baseline:
        """Say what the camera lists now, from its newest state; while it is lost this is a `LinkLost`.

        Where that does not count the last picture yet, the camera is asked: else the next frame, if it came
        to nothing, would be told by a count that fell for this one.
        """
        state = self._camera.state
        before, self._left_before_shot = self._left_before_shot, None
        if before is not None and images_left(state) == before and state.link == "ready":
            with contextlib.suppress(RefusedError, ProtocolError):  # then the newest state has to do
                state = await self._camera.refresh()
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
        left = images_left(self._camera.state)
        shot = await self._camera.capture(size=task.size, half_press=task.half_press)
        self._left_before_shot = left
        return Snap(tuple(file.url for file in shot.files), shot.on_card, shot.raw)

    def requested(self) -> dict[str, Any]:
        """Return the settings in force."""
        told = {name: setting.value for name, setting in self._camera.settings.items()}
        return {name: value for name, value in told.items() if value is not None}

    async def keep(
        self, frame: FrameStanding, session: Collection[FrameStanding], folder: Path, stem: str, size: str
    ) -> tuple[KeptFile, ...]:
        """Bring a frame's files here; where its address has gone, from the card, where that is given out."""
        assert frame.taken is not None
        urls = frame.taken.urls
        contents = self._camera.contents
        if any(_CONTENTS_PATH in url for url in urls):
            async with contents.transfer():
                return await self._fetched(urls, folder, stem, size)
        try:
            return await self._fetched(urls, folder, stem, size)
        except ContentGone as gone:
            if not contents.supported or frame.taken.on_card is False:
                raise
            async with contents.transfer():
                try:
                    stored = await self._card.of(frame, session, folder)
                except ContentGone as why:
                    raise ContentGone(f"{gone.message}; {why.message}", camera=gone.camera) from gone
                found = [url for entry in stored for url in urls_of(entry)]
                return await self._fetched(found, folder, stem, size)

    async def raws(
        self, pictures: Sequence[Path], wanted: Collection[Path], folder: Path
    ) -> AsyncGenerator[tuple[Path, KeptFile | RemoteLensError], None]:
        """Bring raw files from the card; what it does not give out holds up none of the others."""
        contents = self._camera.contents
        async with contents.transfer():
            for path, raw in zip(pictures, await find_raws(contents, pictures), strict=True):
                if path in wanted:
                    yield path, await self._raw(raw, folder, path)

    async def _raw(self, raw: OriginalFile | None, folder: Path, picture: Path) -> KeptFile | RemoteLensError:
        if raw is None:
            return ContentGone("the card does not tell which it is", camera=self._camera.name)
        try:
            return _kept(await self._camera.contents.fetch_file(raw, folder, raw_name(picture, raw)), RAW)
        except (RefusedError, ProtocolError) as error:
            return error

    async def evidence(
        self, frames: Sequence[FrameStanding], known_urls: Collection[str]
    ) -> dict[int, Evidence]:
        """Find out what became of frames whose answer was lost."""
        found = {frame.n: await self._evidence(frame, known_urls) for frame in frames}
        with_raw = {frame.n for frame in frames if frame.intent and self._made_raw(frame.intent)}
        return {n: replace(one, raw=n in with_raw) for n, one in found.items()}

    def _made_raw(self, intent: Intent) -> bool:
        in_raw = str(intent.requested.get("still_quality", "")).startswith("RAW")
        return in_raw and self._camera.contents.supported

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
            newest = await self._card.newest(fell, known_urls)
            if len(newest) == fell:
                names = ", ".join(map(name_of, newest))
                what = "picture is" if fell == 1 else f"{fell} pictures are"
                urls = tuple(url for entry in newest for url in urls_of(entry))
                return Evidence(TAKEN, f"{finding.words}; its newest {what} {names}", urls)
            return Evidence(UNKNOWN, f"{finding.words}, but lists {len(newest)} that no other frame has")
        begin = datetime.fromisoformat(intent.at) - TIME_SLACK
        stored = await self._card.between(begin, begin + TAKES_AT_MOST, known_urls)
        if stored is None or (finding.outcome is Outcome.TAKEN and len(stored) != 1):
            return Evidence(UNKNOWN, f"{finding.words}; {told(stored)}")
        if len(stored) == 1:
            return Evidence(TAKEN, f"the card holds {name_of(stored[0])} of that time", urls_of(stored[0]))
        if not stored and datetime.fromisoformat(intent.at) >= self._began - TIME_SLACK:
            return Evidence(MISSING, "the card holds no picture of that time")
        return Evidence(UNKNOWN, f"{finding.words}; {told(stored)}")

    async def _fetched(self, urls: Sequence[str], folder: Path, stem: str, size: str) -> tuple[KeptFile, ...]:
        kept = []
        for number, url in enumerate(urls, start=1):
            name = numbered(f"{stem}{_ending_of(url)}", number)
            kept.append(_kept(await self._camera.fetch(url, folder, name), _kind_of(url, size)))
        return tuple(kept)


def _kind_of(url: str, size: str) -> str:
    """Return what is behind an address: the size asked for, or what the card has."""
    if _CONTENTS_PATH not in url:
        return size
    return RAW if _RAW_PATH in url else ORIGINAL


def _kept(stored: StoredFile, kind: str) -> KeptFile:
    return KeptFile(stored.path, stored.sha256, stored.size_bytes, stored.url, kind)


def _ending_of(url: str) -> str:
    if _RAW_PATH in url:
        return ".ARW"
    suffix = PurePosixPath(urlsplit(url).path).suffix
    return suffix if 0 < len(suffix) <= 5 else ".JPG"
