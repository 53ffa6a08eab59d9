"""The road to a camera: its stages one after the other, each told as it ends.

What a stage found is kept, so that after a loss only the stages from the broken one on are walked again. The
camera that was met first is the one that is meant from then on, whatever answers at its address.

Source: design, "The connection, end to end"; protocol/wifi.md 13.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Self

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import LinkLost, NotSupported, RemoteLensError
from remotelens.link.ble_stages import BleStages, RealBleStages
from remotelens.link.found import FoundCamera
from remotelens.link.identity import Wanted, uuid_of
from remotelens.link.locate import Locator
from remotelens.link.reach import AnotherCamera, Reached, reach
from remotelens.link.stages import RECONNECT, Begun, Observer, Route, Stage, StageRecord
from remotelens.link.target import BleTarget, HostTarget, KnownTarget, UrlTarget
from remotelens.transport.join import Credentials, Joined, Joiner, WifiCredentials, joiner, mend

if TYPE_CHECKING:
    from remotelens.link.ble_find import BleCamera
    from remotelens.link.pair import BleLink

_ORDER = tuple(Stage)
SEARCH_AGAIN_S = 3.0
"""How long to search where the search is begun again, and Bluetooth would lead to the camera otherwise."""
_CONNECTING = frozenset({Stage.FIND, Stage.PAIR})
_BLE = _CONNECTING | {Stage.WAKE}


class Road:
    """The way to one camera, walked as often as needed; an async context manager.

    Args:
        route: which camera, and by which way.
        observer: told of each stage when it has ended.
        begun: told of each stage when it begins; may be set later.
        clock: measures the stages.
        way_to_join: instead of what the route names.
        ble_stages: instead of those over the route's Bluetooth.

    Attributes:
        ble_camera: what was heard advertising.
        ble_link: the encrypted connection over Bluetooth LE.
        credentials: the camera's network.
        found: where it is on the network.
        reached: the camera, when it was reached last.
    """

    def __init__(
        self,
        route: Route,
        *,
        observer: Observer | None = None,
        begun: Begun | None = None,
        clock: Clock = REAL_CLOCK,
        way_to_join: Joiner | None = None,
        ble_stages: BleStages | None = None,
    ) -> None:
        self.route = route
        self._observer = observer
        self.begun = begun
        self._clock = clock
        self._joiner = way_to_join or joiner(route.join, interface=route.interface, clock=clock)
        self._ble = ble_stages or RealBleStages(route.ble_adapter, clock)
        self._known = route.target.camera if isinstance(route.target, KnownTarget) else None
        self._uuid = uuid_of(self._known.usn) if self._known else None
        self._joined: Joined | None = None
        self._again = route.again
        self._start: Stage | None = None
        self._begun_once = False
        self._ble_lock = asyncio.Lock()
        self._closed = False
        self._work: dict[Stage, Callable[[], Awaitable[str]]] = {
            Stage.FIND: self._find,
            Stage.PAIR: self._pair,
            Stage.WAKE: self._wake,
            Stage.JOIN: self._join,
            Stage.SEARCH: self._search,
            Stage.REACH: self._reach,
        }
        self.ble_camera: BleCamera | None = None
        self.ble_link: BleLink | None = None
        self.credentials = route.credentials or self._known_credentials()
        self.found: FoundCamera | None = None
        self.reached: Reached | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def uses_ble(self) -> bool:
        """Whether the road starts over Bluetooth LE."""
        if self.route.ble is not None:
            return self.route.ble
        known_by_ble = self._known is not None and self._known.ble_address is not None
        return known_by_ble or isinstance(self.route.target, BleTarget)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of this road, in their order."""
        left_out: set[Stage] = set()
        if not self.uses_ble:
            left_out |= _BLE
        if self.route.join == "already" or not (self.uses_ble or self.credentials):
            left_out.add(Stage.JOIN)
        if isinstance(self.route.target, UrlTarget) and not self.uses_ble:
            left_out.add(Stage.SEARCH)
        return tuple(stage for stage in _ORDER if stage not in left_out)

    async def walk(self, start: Stage | None = None) -> Reached:
        """Walk to the camera and return it; the caller closes the road, not the camera.

        Args:
            start: the first stage to walk again, where the ones before it still hold; None for the whole
                road, on which a camera that stands where it was last is reached without the rest.

        Raises:
            CameraNotFound: it is nowhere.
            LinkError, RefusedError, ProtocolError, MissingComponent: a stage failed; its record says which.
        """
        if not self._begun_once:
            self._begun_once = True
            await mend(clock=self._clock)
        await self._let_go_of_reached()
        self._start = start
        if start is None:
            stages = (Stage.REACH,) if await self._is_at_its_last_place() else self.stages
        else:
            stages = self._from(start)
        for stage in stages:
            await self._run(stage)
        assert self.reached is not None
        return self.reached

    async def bluetooth(self) -> BleLink:
        """Return the connection over Bluetooth LE, made now where none stands; the road ends it.

        Raises:
            NotSupported: this road does not start over Bluetooth LE.
            CameraNotFound, LinkError, MissingComponent: there is none to be had; the road is closed.
        """
        if not self.uses_ble:
            raise NotSupported(
                "the camera is not reached over Bluetooth", remedy="add it with 'remotelens setup --ble'"
            )
        async with self._ble_lock:
            self._check_open()
            if self.ble_link is None or not self.ble_link.gatt.is_connected:
                await self._find()
                await self._pair()
            assert self.ble_link is not None
            return self.ble_link

    async def has_left_the_network(self) -> bool:
        """Whether this host has fallen off the camera's network, or that is down, or another by now.

        The camera tells over Bluetooth. False where nothing can be told.
        """
        link, joined = self.ble_link, self.credentials
        if link is None or joined is None or Stage.JOIN not in self.stages:
            return False
        if self._joined is not None and not await self._joined.stands():
            return True
        try:
            now = await self._ble.network_now(link)
        except RemoteLensError:
            return False
        return now is None or (now.ssid, now.key) != (joined.ssid, joined.key)

    async def close(self) -> None:
        """Let go of everything, and put the host's network back as it was.

        A Bluetooth connection that somebody is still making ends as soon as it stands.
        """
        self._closed = True
        try:
            await self._let_go_of_reached()
        finally:
            link, self.ble_link = self.ble_link, None
            try:
                await self._leave()
            finally:
                if link is not None:
                    await link.close()

    def _from(self, start: Stage) -> tuple[Stage, ...]:
        """Return the stages to walk, from an earlier one where what a stage stands on is missing."""
        stages = self.stages
        grounds = {
            Stage.PAIR: self.ble_camera,
            Stage.WAKE: self.ble_link,
            Stage.JOIN: self.credentials,
            Stage.SEARCH: self._joined or Stage.JOIN not in stages,
            Stage.REACH: self.found or Stage.SEARCH not in stages,
        }
        index = next(
            number for number, stage in enumerate(stages) if _ORDER.index(stage) >= _ORDER.index(start)
        )
        while index > 0 and not grounds[stages[index]]:
            index -= 1
        return stages[index:]

    async def _run(self, stage: Stage) -> None:
        started_s = self._clock.monotonic()
        if self.begun is not None:
            self.begun(stage)
        try:
            async with self._ble_lock if stage in _CONNECTING else contextlib.nullcontext():
                detail = await self._work[stage]()
        except RemoteLensError as error:
            self._tell(stage, started_s, ok=False, detail=error.message)
            raise
        self._tell(stage, started_s, ok=True, detail=detail)

    def _tell(self, stage: Stage, started_s: float, *, ok: bool, detail: str) -> None:
        if self._observer is not None:
            reused = stage is Stage.PAIR and self.ble_link is not None and not self.ble_link.bonded_now
            name = RECONNECT if reused else stage.value
            self._observer(StageRecord(name, self._clock.monotonic() - started_s, ok, detail))

    async def _find(self) -> str:
        if self.ble_camera is not None and self.ble_link is not None and self.ble_link.gatt.is_connected:
            return f"{self.ble_camera.label} is connected"  # and silent to every scan
        target = self.route.target
        wanted = (self._known.ble_address if self._known else None) or self.route.ble_name
        if isinstance(target, BleTarget):
            wanted = target.address
        self.ble_camera = await self._ble.find(wanted, timeout_s=self.route.find_timeout_s)
        return f"{self.ble_camera.label} advertises at {self.ble_camera.rssi} dBm"

    async def _pair(self) -> str:
        assert self.ble_camera is not None
        link = self.ble_link
        wants_new = self._again or self._start is Stage.PAIR
        if link is not None and link.gatt.is_connected and not wants_new:
            return f"{self.ble_camera.label} is connected"  # and perhaps used by somebody
        self.ble_link = None
        if link is not None:
            await link.close()
        link = await self._ble.pair(self.ble_camera, again=self._again)
        if self._closed:
            await link.close()  # for nobody would end it any more
            self._check_open()
        self.ble_link = link
        self._again = False
        how = "a new bond" if self.ble_link.bonded_now else "the bond there is"
        return f"connected to {self.ble_camera.label} with {how}"

    def _check_open(self) -> None:
        if self._closed:
            name = self._known.name if self._known else None
            raise LinkLost("the connection was closed on this side", camera=name)

    async def _wake(self) -> str:
        assert self.ble_link is not None
        self.credentials = await self._ble.hand_over(self.ble_link)
        return f"its Wi-Fi is up and called {self.credentials.ssid}"

    async def _join(self) -> str:
        assert self.credentials is not None
        await self._leave()
        self._joined = await self._joiner.join(self.credentials)
        return f"on {self.credentials.ssid}"

    async def _leave(self) -> None:
        """Leave the network; it counts as joined until that is done, so that nothing stays half left."""
        if self._joined is not None:
            await self._joined.leave()
            self._joined = None

    async def _search(self) -> str:
        target = self.route.target
        if isinstance(target, HostTarget):
            self.found = await self._locator().at_host(target)
        else:
            limit_s = self.route.search_timeout_s
            if self.uses_ble and self._start is Stage.SEARCH:
                limit_s = min(limit_s, SEARCH_AGAIN_S)
            self.found = await self._locator().on_the_network(self._wanted(), timeout_s=limit_s)
        return f"{self.found.name} at {self.found.description_url}"

    async def _reach(self) -> str:
        target = self.route.target
        url = (
            self.found.description_url if self.found else target.url if isinstance(target, UrlTarget) else ""
        )
        bound = self.found.interface if self.found and self.found.bound else self.route.interface
        name = self._known.name if self._known else None
        try:
            self.reached = await reach(url, camera=name, interface=bound, clock=self._clock, uuid=self._uuid)
        except AnotherCamera:
            self.found = None
            raise
        self._uuid = self._uuid or self.reached.uuid
        application = " ".join(self.reached.application or ())
        status = self.reached.first_event.slots.get("cameraStatus", {}).get("cameraStatus", "no status")
        return (
            f"{self.reached.description.friendly_name} says {status}; {application or 'no application told'}"
        )

    async def _is_at_its_last_place(self) -> bool:
        """Whether a camera that was met before stands where it was, which is asked before anything else."""
        url = self.found.description_url if self.found else self._known and self._known.description_url
        if not url or self._again:
            return False
        started_s = self._clock.monotonic()
        camera = await self._locator().still_at(url, self._wanted())
        if camera is None:
            return False
        self.found = camera
        self._tell(Stage.SEARCH, started_s, ok=True, detail=f"{camera.name} is where it was, at {url}")
        return True

    def _wanted(self) -> Wanted:
        """Return what is known of the camera so far."""
        known = self._known
        heard = self.ble_camera.name if self.ble_camera else None
        return Wanted(
            uuid=self._uuid,
            bssid=self.credentials.bssid if self.credentials else None,
            ssid=self.credentials.ssid if self.credentials else None,
            name=heard or (known.model if known else None),
        )

    def _locator(self) -> Locator:
        interface = (self._joined and self._joined.interface) or self.route.interface
        return Locator(interface, self.route.ask, self.route.multicast, self._clock)

    def _known_credentials(self) -> Credentials | None:
        known = self._known
        if known is None or known.ssid is None:
            return None
        return WifiCredentials(known.ssid, known.key, known.bssid)

    async def _let_go_of_reached(self) -> None:
        if self.reached is not None:
            await self.reached.close()
