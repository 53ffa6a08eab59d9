"""White balance: a mode, a colour temperature in the mode that has one, and measuring it off a white surface.

Source: protocol/wifi.md 5.3 and 5.4.
"""

from __future__ import annotations

from dataclasses import dataclass

from remotelens.camera.line import Line
from remotelens.camera.settings import Control, Settings
from remotelens.errors import RemoteProtocolError

MEASURE_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class MeasuredWhite:
    """What the camera found in front of it.

    Attributes:
        in_range: whether it can balance that.
        kelvin: the colour temperature.
        light_balance: amber to blue, in the camera's steps.
        colour_compensation: green to magenta, in the camera's steps.
    """

    in_range: bool
    kelvin: int
    light_balance: int
    colour_compensation: int


class WhiteBalance:
    """White balance of one camera."""

    def __init__(self, line: Line, settings: Settings) -> None:
        self._line = line
        self.mode: Control = settings.control("white_balance")
        self.temperature: Control = settings.control("colour_temperature")
        self.colour: Control = settings.control("colour")

    async def measure(self) -> MeasuredWhite:
        """Measure the white balance off what fills the middle of the picture, and return when it is set.

        Raises:
            NotSupported: this camera cannot.
            NotAvailableNow: it can, but not in its present mode.
        """
        line = self._line
        method = "actWhiteBalanceOnePushCustom"
        line.require(method, "measuring the white balance", "wait until the camera is idle")
        values = await line.call(method, timeout_s=MEASURE_TIMEOUT_S)
        await line.wait_idle()
        match values:
            case [
                {
                    "inRange": bool(in_range),
                    "colorTemperature": int(kelvin),
                    "lightBalance": int(balance),
                    "colorCompensation": int(compensation),
                },
                *_,
            ]:
                return MeasuredWhite(in_range, kelvin, balance, compensation)
        raise RemoteProtocolError("the answer holds no measured white balance", camera=line.name)
