"""Power and supply: the battery, room for pictures, and what the camera does of itself.

The API of these cameras has no command to switch them off; over Wi-Fi one can only read, and choose after
what time of rest a camera switches itself off, where it offers that.
"""

from __future__ import annotations

from remotelens.camera.line import Line
from remotelens.camera.settings import Control, Settings
from remotelens.camera.state import Storage
from remotelens.camera.wallclock import WallClock


class Power:
    """What one camera lives on."""

    def __init__(self, line: Line, settings: Settings, wall_clock: WallClock) -> None:
        self._line = line
        self.clock = wall_clock
        self.auto_off: Control = settings.control("auto_power_off")
        self.infrared_remote: Control = settings.control("infrared_remote")
        self.tv_system: Control = settings.control("tv_system")

    @property
    def battery_ratio(self) -> float | None:
        """Its charge, 0 to 1; None where the camera does not tell (no QX10 or QX100 does)."""
        return self._line.state.battery_ratio

    @property
    def charging(self) -> bool | None:
        """Whether it is being charged; None where the camera does not tell."""
        return self._line.state.battery_charging

    @property
    def storage(self) -> tuple[Storage, ...]:
        """Where pictures go, and how many more."""
        return self._line.state.storage
