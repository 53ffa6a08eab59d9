"""What a person beside one camera can do to it."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from emulator.body.buttons import BUTTONS
from emulator.body.card import CardFile
from emulator.body.modes import FUNCTION, JOURNEYS
from emulator.body.refusals import Reason, Refused
from emulator.device import Device
from emulator.journal import Journal
from emulator.profiles import ProfileError
from emulator.stage import COLDEST_C, HOTTEST_C
from remotelens.errors import CameraNotFound, InvalidValue, NotAvailableNow

LONGEST_PRESS_S = 3600.0
LARGEST_CARD_BYTES = 2e12


class NoSuchFile(CameraNotFound):
    """There is no file of that name on the card."""


class CameraHands:
    """Hands on a camera's buttons, rings, dial, menu, card and battery.

    Args:
        journal: where presses are written.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def press(self, camera: Device, button: str, seconds: float = 0.2) -> None:
        """Press a button and let go of it after that many seconds of the camera's time.

        Raises:
            InvalidValue: there is no such button, or the time is none.
        """
        if button not in BUTTONS:
            raise InvalidValue(
                f"there is no button {button!r}", camera=camera.id, remedy=f"there are {', '.join(BUTTONS)}"
            )
        if not 0.0 <= seconds <= LONGEST_PRESS_S:
            raise InvalidValue(
                f"a button cannot be held for {seconds:g} s",
                camera=camera.id,
                remedy=f"give at most {LONGEST_PRESS_S:g}",
            )
        self._journal.add(camera.id, "body", "press", button=button, s=seconds)
        camera.body.press(button)
        camera.body.clock.call_later(seconds, lambda: camera.body.release(button))

    def card(
        self,
        camera: Device,
        *,
        present: bool | None = None,
        full: bool | None = None,
        protected: bool | None = None,
        capacity_bytes: float | None = None,
        last: str | None = None,
        format: bool = False,  # noqa: A002 - the word for it
    ) -> None:
        """Take the card out, put it in, fill it, move its write protection, or have another.

        Args:
            camera: whose.
            present: whether it is in.
            full: whether there is no room, however many pictures are on it.
            protected: where its switch stands.
            capacity_bytes: the same pictures on a card of another size.
            last: the still after which numbering goes on, as in ``101-9999``.
            format: delete everything on it.

        Raises:
            InvalidValue: there is no such number or size; nothing has changed.
        """
        card = camera.body.card
        if capacity_bytes is not None and not 0 < capacity_bytes <= LARGEST_CARD_BYTES:
            raise InvalidValue(
                f"a card cannot have {capacity_bytes:g} bytes",
                camera=camera.id,
                remedy=f"give at most {LARGEST_CARD_BYTES:g}",
            )
        if last is not None:
            _count_from(camera, last)
        if capacity_bytes is not None:
            card.capacity_bytes = int(capacity_bytes)
        if format:
            card.format()
        if present is not None:
            card.present = present
        if full is not None:
            card.full = full
        if protected is not None:
            card.protected = protected

    def protect(self, camera: Device, name: str, protected: bool) -> CardFile:
        """Mark a file on the card so that the camera does not delete it, or take the mark off.

        Raises:
            NoSuchFile: there is none of that name.
        """
        for file in camera.body.card.files:
            if name in (file.name, f"{file.folder}/{file.name}"):
                return camera.body.card.protect(file, protected)
        raise NoSuchFile(f"there is no file {name!r} on the card", camera=camera.id)

    def battery(self, camera: Device, ratio: float | None = None, *, plugged: bool | None = None) -> None:
        """Charge or drain the battery to that ratio; plug the power cable in, or pull it out.

        Raises:
            InvalidValue: the ratio is not between 0 and 1.
        """
        if ratio is not None and not 0.0 <= ratio <= 1.0:
            raise InvalidValue(
                f"a battery cannot be at {ratio:g}", camera=camera.id, remedy="give a ratio of 0 to 1"
            )
        if plugged is not None:
            camera.body.battery.external_power = plugged
        if ratio is not None:
            camera.body.battery_ratio = ratio

    async def trouble(self, camera: Device, on: bool) -> None:
        """Get the camera into trouble, in which it can begin nothing, or out of it again.

        Raises:
            NotAvailableNow: it is not switched on.
        """
        if camera.body.power != "on":
            raise NotAvailableNow("the camera is off", camera=camera.id, remedy="switch it on")
        if on:
            await camera.body.trouble()
        else:
            camera.body.recover()

    def wall_clock(self, camera: Device, utc: datetime | None = None, offset_min: int = 0) -> None:
        """Set date, time and zone in the camera's menu.

        Args:
            camera: whose.
            utc: the time to set, UTC where it names no zone; the true one when not given.
            offset_min: how far its zone is ahead of UTC.

        Raises:
            InvalidValue: there is no such zone, or the camera's calendar has no such time.
        """
        moment = utc or camera.body.clock.now()
        try:
            camera.body.set_clock(moment if moment.tzinfo else moment.replace(tzinfo=UTC), offset_min, 0)
        except ValueError as error:
            raise InvalidValue(str(error), camera=camera.id) from error

    def dial(
        self, camera: Device, *, exposure_mode: str | None = None, shoot_mode: str | None = None
    ) -> None:
        """Turn the mode dial, or switch between stills and movies; the camera takes its time.

        Raises:
            InvalidValue: there is no such mode.
            NotAvailableNow: the camera is busy, or has no dial.
        """
        with _refusals(camera):
            if shoot_mode is not None:
                camera.body.modes.set_shoot_mode(shoot_mode)
            if exposure_mode is not None:
                camera.body.modes.set_exposure_mode(exposure_mode)

    def settings(self, camera: Device, changes: Mapping[str, Any]) -> None:
        """Change settings in the camera's own menu, at once and behind the back of whoever is connected.

        Shoot mode and exposure mode are not among them: they are the mode dial's.

        Raises:
            InvalidValue: there is no such setting or value; nothing has changed.
            NotAvailableNow: it cannot be set in the present mode; nothing has changed.
        """
        settings = camera.body.settings
        known = settings.state
        checked = {}
        for name, value in changes.items():
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                remedy = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
                raise InvalidValue(f"the camera has no setting {name!r}", camera=camera.id, remedy=remedy)
            if name in JOURNEYS:
                use = "call setCameraFunction" if name == FUNCTION else "turn the mode dial"
                raise InvalidValue(
                    f"{name} is where the camera goes in its own time, not a value of its menu",
                    camera=camera.id,
                    remedy=f"{use} instead",
                )
            try:
                checked[name] = settings.check(name, value)
            except Refused as refused:
                offered = ", ".join(map(str, settings.candidates(name)))
                if not offered:
                    raise NotAvailableNow(
                        str(refused), camera=camera.id, remedy="choose another mode first"
                    ) from refused
                raise InvalidValue(str(refused), camera=camera.id, remedy=f"there are {offered}") from refused
        for name, value in checked.items():
            settings.change(name, value)

    def lens(
        self,
        camera: Device,
        *,
        mount: str | None = None,
        zoom: float | None = None,
        focus_m: float | None = None,
        f_number: float | None = None,
        shake: float | None = None,
    ) -> None:
        """Change the lens, turn its rings, or hold the camera otherwise.

        Args:
            camera: whose.
            mount: the name of another lens, or ``none``; it comes wide and open.
            zoom: 0 wide to 1 tele.
            focus_m: a distance in metres.
            f_number: where the aperture ring is to stand, on a lens that has one.
            shake: how the hand trembles: 0 on a tripod, 1 ordinarily.

        Raises:
            InvalidValue: there is no such lens, or the ring does not go there.
        """
        lens = camera.body.lens
        try:
            if mount is not None:
                lens.mount(mount)
            if zoom is not None:
                lens.place(zoom)
            if focus_m is not None:
                lens.focus_at(focus_m)
            if f_number is not None:
                lens.aperture_at(f_number)
            if shake is not None:
                lens.hold(shake)
        except (ValueError, ProfileError) as error:
            raise InvalidValue(str(error), camera=camera.id) from error

    def temperature(self, camera: Device, celsius: float) -> None:
        """Bring the camera into air of another temperature; its sensor follows.

        Raises:
            InvalidValue: no camera works there.
        """
        if not COLDEST_C <= celsius <= HOTTEST_C:
            raise InvalidValue(
                f"cameras do not work at {celsius:g} °C",
                camera=camera.id,
                remedy=f"give {COLDEST_C:g} to {HOTTEST_C:g}",
            )
        camera.body.ambient_c = celsius


def _count_from(camera: Device, last: str) -> None:
    """Go on numbering after a still, which is written as folder and number."""
    folder, dash, number = last.partition("-")
    try:
        if not dash:
            raise ValueError(f"{last!r} names no picture")
        camera.body.card.count_from(int(folder), int(number))
    except ValueError as error:
        raise InvalidValue(str(error), camera=camera.id, remedy="write it as 100-0042") from error


@contextlib.contextmanager
def _refusals(camera: Device) -> Iterator[None]:
    """Turn the camera's own refusals into words."""
    try:
        yield
    except Refused as refused:
        if refused.reason is Reason.ILLEGAL_ARGUMENT:
            raise InvalidValue(str(refused), camera=camera.id) from refused
        raise NotAvailableNow(str(refused), camera=camera.id, remedy="wait until it says IDLE") from refused
    except KeyError as error:
        raise NotAvailableNow(f"the camera has no {error}", camera=camera.id) from error
