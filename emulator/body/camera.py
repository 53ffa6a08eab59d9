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
from emulator.body.eye import Eye
from emulator.body.focus import Focus
from emulator.body.identity import Identity
from emulator.body.lens import Lens
from emulator.body.listing import Listing
from emulator.body.machine import Cause, Machine, Status
from emulator.body.modes import CONTENTS_TRANSFER, FUNCTION, REMOTE_SHOOTING, Modes
from emulator.body.onepush import OnePush
from emulator.body.pictures import Pictures
from emulator.body.playback import Playback
from emulator.body.power import Power, PowerState, WifiState
from emulator.body.recorder import Recorder
from emulator.body.settings import Settings
from emulator.body.shutter import Shutter
from emulator.body.slots import Teller
from emulator.body.upkeep import Upkeep
from emulator.body.viewfinder import Viewfinder, live_aspect
from emulator.body.wallclock import WallClock
from emulator.body.warmth import Warmth
from emulator.body.work import Work
from emulator.clock import Clock
from emulator.journal import Journal
from emulator.profiles import Profile
from emulator.world import Scene

_AFTER_POWER_ON = ("PostviewImageSize", FUNCTION)
"""Settings that do not survive the power switch. Source: protocol/wifi.md 9.2."""


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
        self.unlocked: set[str] = set()
        """Methods (``service/name``) that have been unlocked since power on."""
        self.journal = journal
        bell = self._bell = Bell()
        work = self._work = Work()
        self.machine = Machine(bell)
        self.settings = Settings(profile, clock, bell)
        self.lens = Lens(profile, clock, bell, work)
        self._warmth = Warmth(clock, lambda: self._upkeep.overheated())
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
        self.viewfinder = Viewfinder(self.camera_id, parts, journal, self._sees)
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
            lambda: self.viewfinder.running,
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
        self._upkeep = Upkeep(
            self.camera_id,
            parts,
            self._power,
            self._warmth,
            self.viewfinder,
            self.recorder,
            self.events,
            journal,
        )

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
                self._work.cancel()
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

    # within

    async def _sharpness(self, focus_m: float, window: tuple[float, float, float, float]) -> float:
        await self.aim.keep_up()
        return await self.eye.sharpness(focus_m, window, self.aim.search)

    def _follow(self, x: float, y: float) -> Callable[[], tuple[float, float] | None]:
        return self.eye.follow(x, y, self.profile.liveview.sizes[live_aspect(self.profile, self.settings)])

    def _sees(self) -> bool:
        """Whether there is anything to see: it is on, its lens out, and it is there to shoot."""
        status = self.machine.status
        if self.power != "on" or status is Status.ERROR or self.modes.changing_function:
            return False
        starting = status is Status.NOT_READY and not self._upkeep.been_ready
        return not starting and self.settings.get(FUNCTION, REMOTE_SHOOTING) == REMOTE_SHOOTING

    def _leave_shooting(self) -> None:
        """Contents transfer begins or ends."""
        self.focus.reset()
        self.aim.unlock()
        self.viewfinder.running = False

    def _drop_everything(self) -> None:
        self.buttons.release_all()
        self.settings.flush()
        self.focus.reset()
        self.recorder.forget()
        self.drive.forget()
        self.playback.forget()
        self.modes.changing_function = False
        self.viewfinder.running = False

    def _switched_on(self) -> None:
        self._upkeep.been_ready = False
        self.settings.reset(*_AFTER_POWER_ON)
        self.unlocked.clear()
        self.pictures.clear()
        self.shutter.forget()
        self.drive.forget()
        self.modes.forget()
        self.aim.forget()
        self.events.clear()

    def _switched_off(self) -> None:
        self._drop_everything()
        self.lens.retract()
        self.viewfinder.close()
        self.events.suspend()
