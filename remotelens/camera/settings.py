"""Reading and changing settings: what the camera offers now decides, before anything is sent.

A success answer means "accepted"; the value has arrived when the camera's events show it
(protocol/wifi.md 5.3), so changing waits for that.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from remotelens.camera.descriptors import BY_NAME, DESCRIPTORS, Descriptor
from remotelens.camera.forms import COLOUR_TEMPERATURE_MODE
from remotelens.camera.line import Line
from remotelens.camera.matching import match
from remotelens.camera.state import CameraState, Setting, Value
from remotelens.errors import InvalidValue, NotAvailableNow, NotSupported

SEEN_TIMEOUT_S = 15.0
DAYLIGHT_K = 5500


class Control:
    """One setting of one camera: its value, what can be chosen, and the way to choose it."""

    def __init__(self, settings: Settings, descriptor: Descriptor) -> None:
        self._settings = settings
        self.descriptor = descriptor

    @property
    def offered(self) -> bool:
        """Whether the camera shows this setting now."""
        return self._now is not None

    @property
    def value(self) -> Value | None:
        """The value the camera shows; None where it shows none."""
        return self._now.value if self._now else None

    @property
    def candidates(self) -> tuple[Value, ...]:
        """What can be chosen now; empty where nothing can."""
        return self._now.candidates if self._now else ()

    @property
    def writable(self) -> bool:
        """Whether it can be changed now."""
        return self._now.writable if self._now else False

    async def set(self, value: Value) -> Setting:
        """Change it, and return it once the camera shows the change."""
        return await self._settings.set(self.descriptor.name, value)

    @property
    def _now(self) -> Setting | None:
        return self._settings.now.get(self.descriptor.name)


class Settings:
    """All settings of one camera."""

    def __init__(self, line: Line) -> None:
        self._line = line

    @property
    def now(self) -> Mapping[str, Setting]:
        """What the camera offers now, by name."""
        return self._line.state.settings

    def control(self, name: str) -> Control:
        """Return one setting's control, whether the camera offers it now or not."""
        return Control(self, BY_NAME[name])

    def get(self, name: str) -> Setting:
        """Return one setting.

        Raises:
            InvalidValue: no setting has that name.
            NotSupported: this camera has no such setting.
            NotAvailableNow: it has, but does not show it in its present mode.
        """
        return self._offered(descriptor_of(name))

    async def set(self, name: str, value: Value) -> Setting:
        """Change a setting, and return it once the camera shows the change.

        Args:
            name: as in `DESCRIPTORS`.
            value: in the form that people write, in any case; for `ev` the nearest step is taken.

        Raises:
            InvalidValue: not among the candidates, which are named; nothing was sent.
            NotSupported: this camera has no such setting.
            NotAvailableNow: it cannot be changed in the present mode.
            CameraBusy: the camera accepted it and did not show it in time.
        """
        one = descriptor_of(name)
        shown = self.now.get(name)
        if self._line.state.passing and not (shown and shown.writable):
            await self._line.wait_idle()  # while it saves or changes its mode it offers less
        if self._line.lists_outdated:
            await self._line.refresh_lists()
        setting = self._offered(one)
        if not setting.writable:
            raise NotAvailableNow(
                f"{name} cannot be changed now; it is {_shown(setting.value)}",
                camera=self._line.name,
                remedy=f"it needs {one.needs}",
            )
        wanted = match(one, value, setting.candidates, camera=self._line.name)
        if wanted != setting.value:
            params = self._params(one, wanted, setting.candidates)
            await self._line.call_when_ready(one.set_method, *params)
            await self._line.until(
                lambda state: _shows(state, one, wanted),
                timeout_s=SEEN_TIMEOUT_S,
                what=f"{name}={_shown(wanted)}",
            )
            if one.settles:
                await self._line.refresh_lists()
        return self.get(name)

    async def set_all(self, values: Mapping[str, Value]) -> dict[str, Setting]:
        """Change several settings, modes first, since they decide what else can be changed.

        Every name is checked before anything is sent.
        """
        for name in values:
            descriptor_of(name)
        return {
            one.name: await self.set(one.name, values[one.name]) for one in DESCRIPTORS if one.name in values
        }

    def _params(self, one: Descriptor, wanted: Value, candidates: Sequence[Value]) -> list[Any]:
        """Lay out what a set method takes; the mode that goes by a temperature is chosen with one."""
        if one.name == "white_balance" and wanted == COLOUR_TEMPERATURE_MODE:
            kelvin = self.now.get("colour_temperature")
            if kelvin is not None and kelvin.candidates:
                near = min(kelvin.candidates, key=lambda one: abs(float(one) - DAYLIGHT_K))
                return BY_NAME["colour_temperature"].form.to_params(near, kelvin.candidates)
        return one.form.to_params(wanted, candidates)

    def _offered(self, one: Descriptor) -> Setting:
        setting = self.now.get(one.name)
        if setting is not None:
            return setting
        if not any(self._line.has(f"{verb}{one.api}") for verb in ("set", "get", "getAvailable")):
            raise NotSupported(
                f"this camera has no {one.name}",
                camera=self._line.name,
                remedy=f"it has {', '.join(self.now)}" if self.now else None,
            )
        raise NotAvailableNow(
            f"{one.name} is not offered in the camera's present mode",
            camera=self._line.name,
            remedy=f"it needs {one.needs}",
        )


def descriptor_of(name: str) -> Descriptor:
    """Return a setting's descriptor.

    Raises:
        InvalidValue: no setting has that name; a near one is suggested.
    """
    one = BY_NAME.get(name)
    if one is None:
        near = difflib.get_close_matches(name, BY_NAME, n=1)
        hint = f"did you mean {near[0]}?" if near else f"the settings are {', '.join(BY_NAME)}"
        raise InvalidValue(f"there is no setting {name!r}", remedy=hint)
    return one


def _shows(state: CameraState, one: Descriptor, wanted: Value) -> bool:
    settled = state.idle or not one.settles
    return one.shows(state.value(one.name), wanted) and settled


def _shown(value: Value | None) -> str:
    return "not told" if value is None else str(value)
