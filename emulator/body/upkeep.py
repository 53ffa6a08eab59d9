"""What one change of a camera brings with it: a line in the journal, another load, other counts.

Source: models.md 6; imaging.md A6 (overheating).
"""

from __future__ import annotations

from emulator.body.capture import Parts
from emulator.body.events import Events
from emulator.body.machine import Status
from emulator.body.power import Power
from emulator.body.recorder import Recorder
from emulator.body.viewfinder import Viewfinder
from emulator.body.warmth import Warmth
from emulator.journal import Journal

_DIGITAL_ZOOM = ("On:Clear Image Zoom", "On:Digital Zoom")


class Upkeep:
    """Follows the changes of one camera.

    Args:
        camera_id: its name.
        parts: the camera.
        power: its switch.
        warmth: how warm its sensor is.
        viewfinder: its live view.
        recorder: its recorder.
        events: what is told of it.
        journal: where its changes are written.
    """

    def __init__(
        self,
        camera_id: str,
        parts: Parts,
        power: Power,
        warmth: Warmth,
        viewfinder: Viewfinder,
        recorder: Recorder,
        events: Events,
        journal: Journal,
    ) -> None:
        self._camera_id = camera_id
        self._parts = parts
        self._power = power
        self._warmth = warmth
        self._viewfinder = viewfinder
        self._recorder = recorder
        self._events = events
        self._journal = journal
        self._zoomed_to = 0.0
        self.been_ready = False
        """It has been ready since it was switched on."""
        self._follow_settings()
        parts.bell.subscribe(self._note)

    def overheated(self) -> None:
        """Switch off, before anything is damaged; it can be switched on again once it has cooled."""
        if self._power.state == "on":
            celsius = round(self._warmth.celsius, 1)
            self._journal.add(self._camera_id, "power", "overheated", celsius=celsius)
            self._power.fail(lambda: True, "overheating")

    def _note(self, topic: str) -> None:
        parts, power = self._parts, self._power
        if topic == "status":
            status = parts.machine.status
            if not self.been_ready and status is not Status.NOT_READY:
                self.been_ready = True
                self._events.settle()
            self._journal.add(self._camera_id, "body", "change", what=topic, value=str(status))
        elif topic in ("power", "wifi"):
            value = power.state if topic == "power" else power.wifi
            self._journal.add(self._camera_id, "power", "change", what=topic, value=value)
        elif topic == "settings":
            self._follow_settings()
        elif topic == "zoom":
            travelled, self._zoomed_to = abs(parts.lens.position - self._zoomed_to), parts.lens.position
            parts.battery.spend(parts.profile.power.zoom_mwh * travelled)
        if topic in ("power", "liveview", "recording"):
            self._load()
        if topic in ("power", "battery") and power.state == "on" and parts.battery.empty:
            power.fail(lambda: parts.battery.empty, "battery empty")

    def _load(self) -> None:
        """Tell battery and sensor what is going on."""
        profile, state = self._parts.profile, self._power.state
        power, recording = profile.power, self._recorder.recording
        seeing = state == "on" and (self._viewfinder.running or recording or not profile.liveview.needs_start)
        watts = {"on": power.live_w if seeing else power.idle_w, "standby": power.standby_w, "off": 0.0}[
            state
        ]
        self._parts.battery.load(watts + (power.movie_w if recording else 0.0))
        self._warmth.load(running=seeing, recording=recording)

    def _follow_settings(self) -> None:
        """Tell card and lens what depends on settings."""
        parts = self._parts
        parts.lens.set_boxes(2 if parts.settings.get("ZoomSetting") in _DIGITAL_ZOOM else 1)
        if "StillSize" in parts.settings:
            width, height = parts.profile.pixels(*parts.settings.value("StillSize"))
            parts.card.count_in(width, height, str(parts.settings.get("StillQuality", "*")))
