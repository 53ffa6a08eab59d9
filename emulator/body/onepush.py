"""White balance by one push: the camera looks at something white and takes that light for neutral.

Source: protocol/wifi.md 5.4 (actWhiteBalanceOnePushCustom), 7.1; its time and its range are assumed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from emulator.body.capture import Parts
from emulator.body.machine import Cause
from emulator.body.refusals import Reason, Refused
from emulator.body.settings import WHITE_BALANCE

CUSTOM = "Custom"
_LOOK_S = 0.5
_LOWEST_K, _HIGHEST_K = 2500, 9900
_STEP_K = 100


@dataclass(frozen=True, slots=True)
class Found:
    """What one push found: the light, and whether the camera can make it neutral."""

    kelvin: int
    in_range: bool


class OnePush:
    """Finds the white balance of one camera.

    Args:
        parts: the camera.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def find(self) -> Found:
        """Look, and keep what was found under the preset Custom.

        Raises:
            Refused: not in this mode or state, or the camera was switched off meanwhile.
        """
        parts = self._parts
        if not any(choice[0] == CUSTOM for choice in parts.settings.candidates(WHITE_BALANCE)):
            raise Refused(Reason.NOT_NOW, f"no custom white balance in {parts.settings.mode}")
        parts.machine.move(Cause.ONE_PUSH)
        looking = parts.work.start(self._look(), "white balance")
        await asyncio.wait([looking])
        if looking.cancelled():
            raise Refused(Reason.INTERRUPTED, "the camera was switched off")
        found: Found = looking.result()
        return found

    async def _look(self) -> Found:
        parts = self._parts
        await parts.clock.sleep(_LOOK_S)
        kelvin = round(await parts.eye.neutral_kelvin() / _STEP_K) * _STEP_K
        in_range = _LOWEST_K <= kelvin <= _HIGHEST_K
        if in_range:
            parts.eye.custom_kelvin = float(kelvin)
            parts.settings.change(WHITE_BALANCE, (CUSTOM, -1))
        parts.machine.move(Cause.BALANCED)
        return Found(kelvin, in_range)
