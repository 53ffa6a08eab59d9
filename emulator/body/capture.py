"""The parts of taking a still: preparing, exposing, and making the file; not who asked, or how often.

Source: protocol/wifi.md 5.4, 7.2, 9.2; imaging.md A2, A5; models.md 2 (dark frame), 3.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from emulator.body.aim import Aim
from emulator.body.battery import Battery
from emulator.body.bell import Bell
from emulator.body.card import Card
from emulator.body.exif import Tags
from emulator.body.exposure import Choice
from emulator.body.eye import Eye
from emulator.body.focus import Focus
from emulator.body.lens import Lens
from emulator.body.machine import Cause, Machine, Status
from emulator.body.pictures import Picture, Pictures
from emulator.body.refusals import Reason, Refused
from emulator.body.settings import WHITE_BALANCE, Settings
from emulator.body.still import StillRecipe, develop
from emulator.body.wallclock import WallClock
from emulator.body.work import Work
from emulator.clock import Clock, off_loop, timeout
from emulator.profiles import Profile

_SMALL = "2M"
_DARK_FRAME_FROM_S = 1.0
_SMALLEST_SIDE_PX = 16
_FOCUS_ONCE = ("AF-S", "DMF")
_FIRING = ("on", "slowSync", "rearSync")
_BRIGHTNESS_OF_EV100 = -5.0
"""APEX brightness log2(L/4) of an exposure value log2(100 L/12.5)."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one camera that a capture works with."""

    profile: Profile
    clock: Clock
    bell: Bell
    work: Work
    machine: Machine
    settings: Settings
    lens: Lens
    focus: Focus
    aim: Aim
    eye: Eye
    card: Card
    battery: Battery
    pictures: Pictures
    wall_clock: WallClock
    position: Callable[[], tuple[float, float] | None]
    still_scale: int

    def scaled(self, size: tuple[int, int]) -> tuple[int, int]:
        """Return the pixels of a picture that the camera would make in that size."""
        return max(_SMALLEST_SIDE_PX, size[0] // self.still_scale), max(
            _SMALLEST_SIDE_PX, size[1] // self.still_scale
        )


@contextlib.contextmanager
def idle_after_failure(machine: Machine) -> Iterator[None]:
    """Bring the camera back to idle when the capture within fails, be it while it captures or saves.

    One that is cut short is none of its business: what comes then is up to the power switch, or to the
    trouble, that cut it.
    """
    try:
        yield
    except Exception:  # raised again: whatever has failed, a refusal or a defect, the camera does not hang
        if machine.status is Status.STILL_CAPTURING:
            machine.move(Cause.ABANDONED)
        elif machine.status is Status.STILL_SAVING:
            machine.move(Cause.SAVED)
        raise


class Capture:
    """Takes pictures with one camera.

    Args:
        parts: the camera.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._open_since_s: float | None = None

    @property
    def exposing(self) -> bool:
        """Whether the shutter is open."""
        return self._open_since_s is not None

    @property
    def open_seconds(self) -> int:
        """How long the shutter has been open, or -1."""
        if self._open_since_s is None:
            return -1
        return int(self._parts.clock.monotonic() - self._open_since_s)

    async def prepare(self) -> None:
        """Measure the light and focus.

        Raises:
            Refused: no focus on a camera that insists on it, or no room on the card.
        """
        parts = self._parts
        if not parts.lens.mounted:
            raise Refused(Reason.SHOOTING_FAILED, "no lens is mounted")
        if parts.card.present and not parts.card.writable:
            raise Refused(Reason.SHOOTING_FAILED, "the card is full or protected")
        await parts.aim.measure()
        in_focus = await parts.focus.ready_for_capture()
        insists = (
            parts.profile.rules.focus_priority and parts.settings.get("FocusMode", "AF-S") in _FOCUS_ONCE
        )
        if insists and not in_focus:
            raise Refused(Reason.SHOOTING_FAILED, "no focus")
        await parts.aim.measure()

    async def expose(self, release: asyncio.Event | None = None) -> StillRecipe:
        """Open the shutter for the time the exposure asks for, or until it is released."""
        parts = self._parts
        choice = parts.aim.choice
        tags = self._tags(choice, parts.wall_clock.now())
        scene, view = parts.eye.scene, parts.eye.still_view(choice, self._pixels())
        seconds = choice.shutter.exact
        opened_s = parts.clock.monotonic()
        self._open(opened_s)
        try:
            if release is None:
                await parts.clock.sleep(seconds)
            else:
                await self._until(release)
                seconds = max(parts.clock.monotonic() - opened_s, 0.001)
                view = replace(view, exposure=replace(view.exposure, shutter_s=seconds))
                tags = replace(tags, shutter_s=Fraction(round(seconds * 10), 10) or Fraction(1, 10))
        finally:
            self._open(None)
        if parts.profile.rules.dark_frame and seconds >= _DARK_FRAME_FROM_S:
            view = replace(view, dark_subtracted=True)
            await parts.clock.sleep(seconds)
        parts.battery.spend(parts.profile.power.still_mwh)
        return StillRecipe(scene, view, tags, self._quality(), self._aspect())

    async def save(self, recipe: StillRecipe, seconds: float, *, same_run: bool = False) -> str:
        """Make the file and put it on the card; return the name under which it can be fetched.

        A card that is out, full or protected by now gets no file; the picture can be fetched all the same.
        It takes the camera's time, or what the work takes where that is longer. `same_run`: see
        `Pictures.add`.
        """
        parts = self._parts
        kind = str(parts.settings.get("PostviewImageSize", _SMALL))
        small = parts.scaled(parts.profile.stills.postview[recipe.aspect]) if kind == _SMALL else None
        quality = parts.profile.stills.postview_quality if small else recipe.quality
        making = parts.work.start(
            off_loop(parts.clock, develop, recipe, size=small, quality=quality), "developing"
        )
        await parts.clock.sleep(seconds)
        jpeg = await making
        created = recipe.tags.taken
        name = parts.pictures.name_for(created)
        if parts.card.writable:
            self._file(recipe)
        parts.pictures.add(Picture(name, jpeg, kind, created), same_run=same_run)
        return name

    def _open(self, since_s: float | None) -> None:
        self._open_since_s = since_s
        self._parts.bell.ring("shutter")

    async def _until(self, release: asyncio.Event) -> None:
        """Wait for the release, telling every second."""
        parts = self._parts
        while not release.is_set():
            try:
                async with timeout(parts.clock, 1.0):
                    await release.wait()
            except TimeoutError:
                parts.bell.ring("shutter")

    def card_bytes(self, recipe: StillRecipe) -> int:
        """Return what a still takes on the card, its raw file included."""
        quality = str(self._parts.settings.get("StillQuality", "*"))
        width, height = self._full_pixels()
        gain_ev = math.log2(recipe.view.exposure.iso / recipe.view.sensor.base_iso)
        return self._parts.card.still_bytes(width, height, quality, gain_ev=gain_ev)

    def _file(self, recipe: StillRecipe) -> None:
        raw = str(self._parts.settings.get("StillQuality", "*")).startswith("RAW")
        self._parts.card.add_still(recipe, recipe.tags.taken, self.card_bytes(recipe), raw=raw)

    def _quality(self) -> int:
        table = self._parts.profile.stills.quality
        return table.get(str(self._parts.settings.get("StillQuality"))) or next(iter(table.values()))

    def _full_pixels(self) -> tuple[int, int]:
        aspect, size = self._parts.settings.value("StillSize")
        return self._parts.profile.pixels(aspect, size)

    def _aspect(self) -> str:
        return str(self._parts.settings.value("StillSize")[0])

    def _pixels(self) -> tuple[int, int]:
        return self._parts.scaled(self._full_pixels())

    def _tags(self, choice: Choice, taken: datetime) -> Tags:
        parts, lens = self._parts, self._parts.lens
        steps, per_ev = parts.aim.bias_steps
        told = lens.facts.electronic
        return Tags(
            maker=parts.profile.maker,
            model=parts.profile.model,
            firmware=parts.profile.firmware,
            product=parts.profile.product,
            lens=lens.facts.name if told else None,
            taken=taken,
            shutter_s=choice.shutter.nominal,
            f_number=choice.f_number.nominal if told else None,
            iso=int(choice.iso.nominal),
            bias_ev=Fraction(steps, per_ev),
            brightness_ev=parts.aim.ev100 + _BRIGHTNESS_OF_EV100 if told else None,
            focal_mm=lens.focal_mm if told else None,
            equivalent_mm=lens.equivalent_mm if told else None,
            widest_f_number=lens.widest_f_number if told else None,
            exposure_mode=parts.settings.exposure_mode,
            auto_white_balance=parts.settings.get(WHITE_BALANCE, ("Auto WB", -1))[0] == "Auto WB",
            flash=parts.settings.get("FlashMode", "off") in _FIRING,
            digital_zoom=lens.digital_zoom,
            position=parts.position(),
            scale=parts.still_scale,
        )
