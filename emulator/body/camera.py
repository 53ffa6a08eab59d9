"""One camera's mind, put together. Bluetooth, Wi-Fi, the control API and the fixtures all speak to this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from emulator.body.aim import Aim
from emulator.body.battery import Battery
from emulator.body.bell import Bell
from emulator.body.buttons import Buttons
from emulator.body.capture import Capture, Parts
from emulator.body.card import Card
from emulator.body.contents import Contents
from emulator.body.drive import Drive
from emulator.body.events import Events
from emulator.body.eye import Eye, LiveFrame
from emulator.body.focus import Focus
from emulator.body.frames import focus_frames
from emulator.body.identity import Identity
from emulator.body.lens import Lens
from emulator.body.listing import Listing
from emulator.body.machine import STILL_RUNNING, Cause, Machine, Status
from emulator.body.modes import CONTENTS_TRANSFER, FUNCTION, REMOTE_SHOOTING, Modes
from emulator.body.onepush import OnePush
from emulator.body.pace import Pace
from emulator.body.pictures import Picture, Pictures
from emulator.body.playback import Playback
from emulator.body.power import Power, PowerState, WifiState
from emulator.body.recorder import Recorder
from emulator.body.refusals import NotLive, Refused
from emulator.body.settings import Settings
from emulator.body.shutter import Shutter
from emulator.body.slots import Teller
from emulator.body.wallclock import WallClock
from emulator.body.warmth import Warmth
from emulator.body.work import Work
from emulator.clock import Clock
from emulator.journal import Journal
from emulator.profiles import Profile
from emulator.world import Scene

__all__ = ["Body", "Card", "LiveFrame", "NotLive", "Picture", "Pictures", "Refused"]

_AFTER_POWER_ON = ("PostviewImageSize", FUNCTION)
"""Settings that do not survive the power switch. Source: protocol/wifi.md 9.2."""
_DIGITAL_ZOOM = ("On:Clear Image Zoom", "On:Digital Zoom")


class Body:
    """One camera.

    Args:
        profile: which camera.
        scene: what is in front of its lens.
        clock: camera time.
        seed: with `index`, decides who it is and how its noise falls.
        index: its place in the rack, from 0.
        journal: where its changes are written.
        pairing_ble: a Bluetooth stage stands in front: it starts in standby, its access point down.
        still_scale: the sides of stills are divided by this, to make pictures faster.
        scene_start_s: the moment of the clock at which the scene began; cameras of one rack share it.

    `await start()` brings it to life, `await close()` ends all that it has going.
    """

    def __init__(
        self,
        profile: Profile,
        scene: Scene,
        clock: Clock,
        seed: int,
        index: int,
        journal: Journal,
        *,
        pairing_ble: bool = False,
        still_scale: int = 1,
        scene_start_s: float | None = None,
    ) -> None:
        if still_scale < 1:
            raise ValueError(f"stills can be made smaller by a whole number, not by {still_scale}")
        self.profile = profile
        self.clock = clock
        self.identity = Identity.of(profile, seed, index)
        self.position: tuple[float, float] | None = None
        """Latitude and longitude in degrees, for the EXIF of the next pictures."""
        self.frame_info = False
        """Focus frames are sent with the live view."""
        self.live_size = "M"
        """``M`` or ``L``."""
        self.unlocked: set[str] = set()
        """Methods (``service/name``) that have been unlocked since power on."""
        self._pace = Pace(self.identity.camera_id, clock, journal)
        self._live = False
        self._ready_once = False
        self._zoomed_to = 0.0
        self.journal = journal
        bell = self._bell = Bell()
        work = self._work = Work()
        self.machine = Machine(bell)
        self.settings = Settings(profile, clock, bell)
        self.lens = Lens(profile, clock, bell, work)
        self._warmth = Warmth(clock, self._overheated)
        self.eye = Eye(
            profile,
            self.identity,
            scene,
            clock,
            self.lens,
            self.settings,
            self._warmth,
            scene_start_s=clock.monotonic() if scene_start_s is None else scene_start_s,
            economy=still_scale > 1,
        )
        self.aim = Aim(profile, self.settings, self.lens, self.eye)
        self.focus = Focus(
            profile, clock, bell, work, self.lens, self.settings, self._sharpness, self._follow
        )
        self.card = Card(profile, bell)
        self.battery = Battery(profile, clock, bell)
        self.pictures = Pictures(profile, bell)
        self.wall_clock = WallClock(profile, clock, bell)
        parts = Parts(
            profile=profile,
            clock=clock,
            bell=bell,
            work=work,
            machine=self.machine,
            settings=self.settings,
            lens=self.lens,
            focus=self.focus,
            aim=self.aim,
            eye=self.eye,
            card=self.card,
            battery=self.battery,
            pictures=self.pictures,
            wall_clock=self.wall_clock,
            position=lambda: self.position,
            still_scale=still_scale,
        )
        self.capture = Capture(parts)
        self.shutter = Shutter(parts, self.capture)
        self.drive = Drive(parts, self.capture)
        self.recorder = Recorder(parts, self.capture)
        self.contents = Contents(parts)
        self.playback = Playback(parts, self.contents)
        self.one_push = OnePush(parts)
        self.modes = Modes(parts, self._leave_shooting)
        self.listing = Listing(parts, self.shutter, self.drive)
        self.buttons = Buttons(parts, self.shutter, self.drive, self.recorder)
        self.teller = Teller(
            parts,
            self.capture,
            self.shutter,
            self.drive,
            self.recorder,
            self.modes,
            self.listing,
            lambda: self._live,
        )
        self._power = Power(
            profile,
            clock,
            bell,
            work,
            self.machine,
            self.card,
            on_demand=pairing_ble,
            left=self._switched_off,
            reached=self._switched_on,
        )
        self.events = Events(profile, clock, bell, self.teller, self.shutter)
        bell.subscribe(self._note)

    # who it is

    @property
    def camera_id(self) -> str:
        """Its name in the rack and the journal, such as ``qx10-1``."""
        return self.identity.camera_id

    @property
    def ssid(self) -> str:
        """Name of its network."""
        return self.identity.ssid

    @property
    def key(self) -> str:
        """Password of its network."""
        return self.identity.key

    @property
    def mac(self) -> str:
        """Address of its Wi-Fi, ``AA:BB:CC:DD:EE:FF``."""
        return self.identity.mac

    @property
    def bssid(self) -> str:
        """Address of its access point."""
        return self.identity.mac

    @property
    def uuid(self) -> str:
        """As in USN and UDN, without ``uuid:``."""
        return self.identity.uuid

    @property
    def serial(self) -> str:
        """Its serial number."""
        return self.identity.serial

    # life

    async def start(self) -> None:
        """Bring it to life: on, ready and reachable at once, or in standby with Bluetooth in front."""
        self._power.begin()
        self.events.clear()

    async def close(self) -> None:
        """End everything it has going."""
        self.events.suspend()
        await self._work.close()
        await self._power.close()
        self.battery.close()
        self._warmth.close()

    def subscribe(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call back with the name of what has changed; the answer ends that. Names: `emulator.body.bell`."""
        return self._bell.subscribe(callback)

    @property
    def power(self) -> PowerState:
        """``off``, ``standby`` or ``on``."""
        return self._power.state

    async def power_on(self) -> None:
        """Switch on; returns when it is ready."""
        await self._power.on()

    def switch_on_at_once(self, *, wifi: bool) -> None:
        """Be on and ready in no time, its access point up or not: for a state that is put back."""
        self._power.be_on(wifi=wifi)

    def rename_key(self, key: str) -> None:
        """Have another password for its network."""
        self.identity = replace(self.identity, key=key)

    async def power_off(self, standby: bool = False) -> None:
        """Switch off, or to standby; what is going on is cut short."""
        await self._power.off(standby=standby)

    @property
    def wifi(self) -> WifiState:
        """``off``, ``launching``, ``launched`` or ``terminating``."""
        return self._power.wifi

    @property
    def wifi_error(self) -> int:
        """Why the access point did not start; 0 when nothing is wrong."""
        return self._power.wifi_error

    async def wifi_on(self) -> None:
        """Start the access point; returns when it is up or has failed."""
        await self._power.wifi_on()

    async def wifi_off(self) -> None:
        """Stop the access point."""
        await self._power.wifi_off()

    async def trouble(self) -> None:
        """Get into trouble, by heat for example: what is going on is cut short, nothing can be begun."""
        if self.power != "on" or self.machine.status is Status.ERROR:
            return
        try:
            await self._work.stop()
        finally:  # what has been cut short cannot go on, whoever does not wait for it any more
            if self.power == "on":
                self._drop_everything()
                self.machine.move(Cause.TROUBLE)

    def recover(self) -> None:
        """Get out of the trouble, to where the camera was before."""
        if self.machine.status is Status.ERROR:
            in_contents = self.settings.get(FUNCTION, REMOTE_SHOOTING) == CONTENTS_TRANSFER
            self.machine.move(Cause.CONTENTS if in_contents else Cause.READY)

    # how it stands

    @property
    def status(self) -> str:
        """The word of cameraStatus."""
        return str(self.machine.status)

    @property
    def focus_status(self) -> str:
        """``Not Focusing``, ``Focusing``, ``Focused`` or ``Failed``."""
        return self.focus.status

    @property
    def exposing(self) -> bool:
        """Whether the shutter is open."""
        return self.capture.exposing

    @property
    def recording(self) -> bool:
        """Whether a movie is being recorded."""
        return self.recorder.recording

    @property
    def battery_ratio(self) -> float:
        """Charge, 0 to 1."""
        return self.battery.ratio

    @battery_ratio.setter
    def battery_ratio(self, ratio: float) -> None:
        self.battery.ratio = ratio

    @property
    def camera_time(self) -> datetime:
        """What the camera takes for the time."""
        return self.wall_clock.now()

    def set_clock(self, utc: datetime, offset_min: int, dst_min: int) -> None:
        """Set date, time and zone."""
        self.wall_clock.set(utc, offset_min, dst_min)

    # what a hand does to it

    def press(self, button: str, speed: int = 0) -> None:
        """Hold a button: half full record af_on c1 zoom_tele zoom_wide focus_near focus_far."""
        if self.power == "on":
            self.buttons.press(button, speed)

    def release(self, button: str) -> None:
        """Let go of a button."""
        self.buttons.release(button)

    # what it sees, and what is around it

    @property
    def ambient_c(self) -> float:
        """Temperature of the air around it."""
        return self._warmth.ambient_c

    @ambient_c.setter
    def ambient_c(self, celsius: float) -> None:
        self._warmth.ambient_c = celsius

    @property
    def sensor_c(self) -> float:
        """Temperature of its sensor."""
        return self._warmth.celsius

    @sensor_c.setter
    def sensor_c(self, celsius: float) -> None:
        self._warmth.celsius = celsius

    @property
    def liveview_running(self) -> bool:
        """Whether live view was started by the API."""
        return self._live

    @liveview_running.setter
    def liveview_running(self, running: bool) -> None:
        if running != self._live:
            self._live = running
            self._bell.ring("liveview")

    async def live_frame(self) -> LiveFrame:
        """Return the next live view image.

        Raises:
            NotLive: the camera is off or starting, or its card is being read out.
        """
        if (
            self.power != "on"
            or not self._shooting()
            or self._starting()
            or self.machine.status is Status.ERROR
        ):
            raise NotLive(f"{self.camera_id} has no live view now")
        began_s = self.clock.monotonic()
        await self.aim.keep_up()
        live = self.profile.liveview
        aspect = self._aspect()
        large = self.live_size == "L" and aspect in live.large
        size = (live.large if large else live.sizes)[aspect]
        jpeg = await self.eye.live_jpeg(self.aim.live, size, live.jpeg_bytes)
        self._pace.note(self.clock.monotonic() - began_s, self.live_gap_s(0))
        frames = focus_frames(self.focus) if self.frame_info else ()
        return LiveFrame(jpeg, frames, "0")

    def live_gap_s(self, n: int) -> float:
        """Return the seconds between image n and the next, as recorded of this camera."""
        live = self.profile.liveview
        gap_ms = live.gaps_ms[n % len(live.gaps_ms)]
        if self.machine.status in STILL_RUNNING:
            gap_ms = max(gap_ms, live.capturing_gap_ms)
        return gap_ms / 1000

    # within

    async def _sharpness(self, focus_m: float, window: tuple[float, float, float, float]) -> float:
        await self.aim.keep_up()
        return await self.eye.sharpness(focus_m, window, self.aim.search)

    def _follow(self, x: float, y: float) -> Callable[[], tuple[float, float] | None]:
        return self.eye.follow(x, y, self.profile.liveview.sizes[self._aspect()])

    def _shooting(self) -> bool:
        function = self.settings.get(FUNCTION, REMOTE_SHOOTING)
        return function == REMOTE_SHOOTING and not self.modes.changing_function

    def _starting(self) -> bool:
        return self.machine.status is Status.NOT_READY and not self._ready_once

    def _aspect(self) -> str:
        if self.settings.shoot_mode in ("movie", "looprec"):
            return self.profile.liveview.movie_aspect
        return str(self.settings.value("StillSize")[0])

    def _leave_shooting(self) -> None:
        """Contents transfer begins or ends."""
        self.focus.reset()
        self.aim.unlock()
        self.liveview_running = False

    def _drop_everything(self) -> None:
        self.buttons.release_all()
        self.settings.flush()
        self.focus.reset()
        self.recorder.forget()
        self.drive.forget()
        self.playback.forget()
        self.modes.changing_function = False
        self.liveview_running = False

    def _switched_on(self) -> None:
        self._ready_once = False
        self.settings.reset(*_AFTER_POWER_ON)
        self.unlocked.clear()
        self.pictures.clear()
        self.shutter.forget()
        self.drive.forget()
        self.modes.forget()
        self.aim.forget()
        self.events.clear()

    def _switched_off(self) -> None:
        self.buttons.release_all()
        self.settings.flush()
        self.lens.retract()
        self.focus.reset()
        self.recorder.forget()
        self.drive.forget()
        self.playback.forget()
        self.live_size = "M"
        self.frame_info = False
        self.liveview_running = False
        self.events.suspend()

    def _note(self, topic: str) -> None:
        """Follow changes: the journal, the load, the counters that depend on settings."""
        if topic == "status":
            if not self._ready_once and self.machine.status is not Status.NOT_READY:
                self._ready_once = True
                self.events.settle()
            self.journal.add(self.camera_id, "body", "change", what=topic, value=self.status)
        elif topic in ("power", "wifi"):
            value = self.power if topic == "power" else self.wifi
            self.journal.add(self.camera_id, "power", "change", what=topic, value=value)
        elif topic == "settings":
            self._follow_settings()
        elif topic == "zoom":
            travelled, self._zoomed_to = abs(self.lens.position - self._zoomed_to), self.lens.position
            self.battery.spend(self.profile.power.zoom_mwh * travelled)
        if topic in ("power", "liveview", "recording"):
            self._load()
        if topic in ("power", "battery") and self.power == "on" and self.battery.empty:
            self._power.fail(lambda: self.battery.empty, "battery empty")

    def _overheated(self) -> None:
        """Switch off, before anything is damaged; it can be switched on again once it has cooled."""
        if self.power == "on":
            self.journal.add(self.camera_id, "power", "overheated", celsius=round(self.sensor_c, 1))
            self._power.fail(lambda: True, "overheating")

    def _load(self) -> None:
        """Tell battery and sensor what is going on."""
        power = self.profile.power
        running = self.power == "on"
        seeing = running and (self._live or self.recording or not self.profile.liveview.needs_start)
        watts = {"on": power.live_w if seeing else power.idle_w, "standby": power.standby_w, "off": 0.0}[
            self.power
        ]
        self.battery.load(watts + (power.movie_w if self.recording else 0.0))
        self._warmth.load(running=seeing, recording=self.recording)

    def _follow_settings(self) -> None:
        """Tell card and lens what depends on settings."""
        self.lens.set_boxes(2 if self.settings.get("ZoomSetting") in _DIGITAL_ZOOM else 1)
        if "StillSize" in self.settings:
            width, height = self.profile.pixels(*self.settings.value("StillSize"))
            self.card.count_in(width, height, str(self.settings.get("StillQuality", "*")))
