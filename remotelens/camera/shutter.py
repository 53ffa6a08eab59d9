"""Taking pictures, one at a time, and the proof of each.

Source: protocol/wifi.md 13, "Shoot"; 5.4; quirks 7, 25 and 26.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from remotelens.camera.bulb import Bulb
from remotelens.camera.contents import Contents
from remotelens.camera.drive import Drive
from remotelens.camera.evidence import Baseline, Finding, baseline, find_out, images_left
from remotelens.camera.focus import Focus
from remotelens.camera.line import Line
from remotelens.camera.pictures import Pictures
from remotelens.camera.raws import bring_raws
from remotelens.camera.settings import Settings
from remotelens.camera.shot import ORIGINAL, POSTVIEW, Shot, ShotFile
from remotelens.camera.state import REMOTE_SHOOTING, CameraState, Value
from remotelens.camera.trigger import take_picture
from remotelens.camera.wallclock import WallClock
from remotelens.errors import (
    CameraBusy,
    CaptureFailed,
    CardFull,
    InvalidValue,
    NotAvailableNow,
)
from remotelens.library.fetch import StoredFile
from remotelens.protocol.wifi.values import BULB

WIRE_SIZES = MappingProxyType({ORIGINAL: "Original", POSTVIEW: "2M"})
SIZE_TRIES = 6
SIZE_PAUSE_S = 0.3
LONGEST_BULB_S = 24 * 3600.0
LONGEST_BURST_S = 60.0


class Shutter:
    """The shutter of one camera; one capture at a time."""

    def __init__(
        self,
        line: Line,
        settings: Settings,
        focus: Focus,
        drive: Drive,
        pictures: Pictures,
        contents: Contents,
        wall_clock: WallClock,
    ) -> None:
        self._line = line
        self._settings = settings
        self._focus = focus
        self._drive = drive
        self._pictures = pictures
        self._contents = contents
        self._wall_clock = wall_clock
        self._bulb = Bulb(line, settings)
        self._busy = False
        self._count = 0

    async def capture(
        self,
        *,
        size: str = ORIGINAL,
        half_press: bool = False,
        burst_s: float | None = None,
        bulb_s: float | None = None,
    ) -> Shot:
        """Press the shutter as the camera is set: one picture, a continuous run, or a held exposure.

        The self-timer and long exposures are waited for.

        Args:
            size: ``original`` for the whole picture, ``postview`` for the camera's reduced copy.
            half_press: focus first, and hold the focus through the capture.
            burst_s: how long to hold the shutter in a continuous drive; at least one picture is taken. None
                for as short as can be.
            bulb_s: how long to keep the shutter open with the shutter speed BULB, which is set for it.

        Raises:
            CameraBusy: a capture is under way, or the camera did not become idle.
            NotSupported, NotAvailableNow: the camera does not take such pictures, or not in its present mode.
            InvalidValue: the size or a time is none, or what was asked for does not go together.
            CaptureFailed: the camera tried and could not, or found no focus.
            CardFull: there is no room for another picture.
            CaptureUnknown: the answer was lost and the camera does not tell what became of it.
            LinkError: the answer was lost and no picture was taken.
        """
        if bulb_s is not None:
            if half_press or burst_s is not None:
                raise InvalidValue("bulb goes with neither half-press nor burst", remedy="leave one out")
            return await self.bulb(bulb_s, size=size)
        if burst_s is not None or self._drive.continuous:
            return await self._run(burst_s or 0.0, size=size, half_press=half_press)
        line = self._line
        with self._alone():
            await self._prepare(size, self._check_single)
            async with self._focused(half_press):
                asking = self._ask()
                urls = await take_picture(line)
                return self._proof(asking, urls, size)

    async def _run(self, seconds: float, *, size: str, half_press: bool) -> Shot:
        """Hold the shutter in a continuous drive for that many seconds."""
        if not 0 <= seconds <= LONGEST_BURST_S:
            raise InvalidValue(
                f"{seconds:g} s is no length of a run", remedy="give seconds, at most a minute"
            )
        with self._alone():
            await self._prepare(size, lambda _: self._drive.require())
            async with self._focused(half_press):
                asking = self._ask()
                return self._proof(asking, await self._drive.run(seconds), size)

    async def bulb(self, exposure_s: float, *, size: str = ORIGINAL) -> Shot:
        """Keep the shutter open for that many seconds.

        Args:
            exposure_s: how long.
            size: as for `capture`.

        Raises:
            NotSupported: this camera has no bulb shooting.
            NotAvailableNow: it has, but not in its present mode.
            InvalidValue: the time is none.
            CameraBusy, CardFull, CaptureUnknown, LinkError: as for `capture`; the shutter is closed again.
        """
        if not 0 < exposure_s <= LONGEST_BULB_S:
            raise InvalidValue(f"{exposure_s:g} s is no exposure", remedy="give seconds, at most a day")
        with self._alone():
            await self._prepare(size, self._bulb.require)
            await self._bulb.prepare()
            asking = self._ask()
            return self._proof(asking, await self._bulb.run(exposure_s), size)

    async def close(self) -> None:
        """Close a shutter that was opened and not closed."""
        await self._bulb.close()

    async def look(self) -> Baseline:
        """Return what the camera lists now, to be compared after a lost answer."""
        return baseline(await self._line.snapshot(), self._line.seen_urls)

    async def find_out(self, before: Baseline) -> Finding:
        """Ask what became of the last shutter command, whose answer was lost."""
        await self._settle()
        return await find_out(self._line, before)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if self._busy:
            raise CameraBusy(
                "a picture is being taken already",
                camera=self._line.name,
                remedy="wait for that capture to end; one camera takes one picture at a time",
            )
        self._busy = True
        try:
            yield
        finally:
            self._busy = False

    async def _prepare(self, size: str, check: Callable[[CameraState], None]) -> None:
        """Wait until the camera is idle and gives out the size asked for.

        Args:
            size: the size asked for.
            check: refuses an idle camera that is in the wrong mode.
        """
        if size not in WIRE_SIZES:
            raise InvalidValue(f"size cannot be {size}", remedy=f"choose one of {', '.join(WIRE_SIZES)}")
        line = self._line
        await self._settle()
        self._check_lasting(line.state)
        await self._wall_clock.ensure_set()
        state = await line.wait_idle()
        check(state)
        if images_left(state) == 0:
            raise CardFull(
                "the card has no room for another picture",
                camera=line.name,
                remedy="make room or change the card",
            )
        await self._choose_size(WIRE_SIZES[size])

    async def _settle(self) -> None:
        """End what an earlier capture could not end, such as for a lost link."""
        await self._drive.settle()
        await self._bulb.settle()
        await self._contents.settle()

    def _check_lasting(self, state: CameraState) -> None:
        """Refuse at once where the camera will not become idle by waiting."""
        function = state.camera_function
        if function not in (None, REMOTE_SHOOTING):
            raise NotAvailableNow(
                f"the camera is in {function} and takes no pictures",
                camera=self._line.name,
                remedy=f"put it back into {REMOTE_SHOOTING}",
            )
        if state.status is not None and not (state.idle or state.passing):
            raise NotAvailableNow(
                f"the camera says {state.status} and takes no pictures",
                camera=self._line.name,
                remedy="end that first",
            )

    def _check_single(self, state: CameraState) -> None:
        """Refuse, before the shutter is asked, modes in which no single picture is taken."""
        for name, fits, remedy in (
            ("shoot_mode", state.value("shoot_mode") in (None, "still"), "still"),
            ("shutter_speed", state.value("shutter_speed") != BULB, "a time that is not BULB"),
        ):
            if not fits:
                raise NotAvailableNow(
                    f"no single picture can be taken with {name}={state.value(name)}",
                    camera=self._line.name,
                    remedy=f"set {name} to {remedy}",
                )
        self._line.require(
            "actTakePicture", "taking a picture", "wait until the camera is idle, or change its mode"
        )

    def _ask(self) -> _Asking:
        """Note what is asked for, and when."""
        line = self._line
        return _Asking(_requested(line.state), line.clock.now(), line.clock.monotonic())

    def _proof(self, asking: _Asking, urls: tuple[str, ...], size: str) -> Shot:
        line = self._line
        answered_s = line.clock.monotonic() - asking.started_s
        self._count += 1
        line.remember_urls(urls)
        asked_at = asking.asked_at
        return Shot(
            id=f"{asked_at:%Y%m%dT%H%M%S}{asked_at.microsecond // 1000:03d}Z-{self._count:04d}",
            camera=line.name,
            files=tuple(ShotFile(url, size) for url in urls),
            on_card=line.state.on_card,
            clock_trusted=self._wall_clock.trusted,
            requested=asking.requested,
            asked_at=asked_at,
            answered_s=answered_s,
            raw=self._makes_raw(asking),
            shelf=_Shelf(self._pictures, self._contents, line, asking.started_s),
        )

    def _makes_raw(self, asking: _Asking) -> bool:
        """Whether a raw file comes with each picture, and the camera gives it out."""
        in_raw = str(asking.requested.get("still_quality", "")).startswith("RAW")
        return in_raw and bool(self._line.state.on_card) and self._contents.supported

    async def _choose_size(self, wanted: str) -> None:
        """Have the camera give out the size asked for; it refuses now and then right after a picture."""
        setting = self._line.state.settings.get("postview_size")
        if setting is None or setting.value == wanted:
            return
        for remaining in reversed(range(SIZE_TRIES)):
            try:
                await self._settings.set("postview_size", wanted)
            except (CameraBusy, NotAvailableNow) as error:
                if error.code is None or not remaining:
                    raise
            else:
                return
            await self._line.clock.sleep(SIZE_PAUSE_S)

    @asynccontextmanager
    async def _focused(self, wanted: bool) -> AsyncIterator[None]:
        if not wanted:
            yield
            return
        async with self._focus.held() as result:
            if result.focused is False:
                raise CaptureFailed(
                    "the camera found no focus, so no picture was taken",
                    camera=self._line.name,
                    remedy="point it at something with contrast, or shoot without half-press",
                )
            yield


@dataclass(frozen=True, slots=True)
class _Asking:
    """What was asked for, and when."""

    requested: Mapping[str, Value]
    asked_at: datetime
    started_s: float


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Where one Shot's files come from."""

    pictures: Pictures
    contents: Contents
    line: Line
    started_s: float

    async def fetch(self, url: str, folder: Path, name: str | None) -> StoredFile:
        return await self.pictures.fetch(url, folder, name)

    async def fetch_raws(self, pictures: Sequence[Path], folder: Path) -> Sequence[StoredFile | None]:
        return await bring_raws(self.contents, pictures, folder)

    def elapsed_s(self) -> float:
        return self.line.clock.monotonic() - self.started_s


def _requested(state: CameraState) -> Mapping[str, Value]:
    """Return the settings in force, by name."""
    told = {name: setting.value for name, setting in state.settings.items()}
    return MappingProxyType({name: value for name, value in told.items() if value is not None})
