"""Finding cameras over Wi-Fi: SSDP on every interface at once, and a look at the usual addresses.

Answers may come late, doubled and on several interfaces, and may name a useless address. What answers or
announces itself is asked for its description before it counts; what takes its leave is asked once more.

Source: protocol/wifi.md 1.3, 2, quirks 13, 20, 23, 39.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from ipaddress import IPv4Address

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import CameraNotFound, RemoteLensError, RemoteProtocolError
from remotelens.link.addresses import at_host, host_of
from remotelens.link.describe import describe, probe
from remotelens.link.found import DiscoveryReport, FoundCamera, Tried, merged
from remotelens.link.notices import BYEBYE, hear_notices, same_uuid
from remotelens.link.search import search_on
from remotelens.protocol.wifi.description import Description
from remotelens.protocol.wifi.ssdp import MULTICAST_HOST, MULTICAST_PORT, Notify, SearchReply
from remotelens.transport.http import HttpClient
from remotelens.transport.interfaces import Interface, interfaces, is_own, wifi_name
from remotelens.transport.network import Address

SEARCH_TIMEOUT_S = 3.0
CAMERA_HOSTS = ("10.0.0.1", "192.168.122.1")  # a camera as access point: family A, family B
_LOOK_TIMEOUT_S = 3.0
_CONNECT_TIMEOUT_S = 2.0
_MOST_LOOKS = 64

Enough = Callable[[FoundCamera], bool]


async def discover_wifi(
    *,
    timeout_s: float = SEARCH_TIMEOUT_S,
    interface: str | None = None,
    ask: Sequence[Address] = (),
    multicast: bool = True,
    enough: Enough | None = None,
    clock: Clock = REAL_CLOCK,
) -> DiscoveryReport:
    """Search for cameras on every interface.

    Args:
        timeout_s: how long to wait for answers; those that came are still looked at then.
        interface: search on this one only, by its name or its address.
        ask: more places to send the search to, beside the multicast group and the usual addresses.
        multicast: False sends it to the places of `ask` alone.
        enough: ends the search at the first camera that fits; without it, it goes on to the end.
        clock: measures the time.

    Raises:
        CameraNotFound: there is no such interface.
    """
    found = await asyncio.to_thread(interfaces)
    chosen = [item for item in found if interface in {None, item.name, item.host}]
    if interface is not None and not chosen:
        names = ", ".join(dict.fromkeys(item.name for item in found))
        raise CameraNotFound(
            f"there is no network interface {interface} with an IPv4 address", remedy=f"choose one of {names}"
        )
    search = _Search(found, chosen, bound=interface is not None, enough=enough, clock=clock)
    async with asyncio.TaskGroup() as group:
        search.start(group, ask, timeout_s, multicast=multicast)
    return search.report()


def believed_location(location: str, sender: str, own: frozenset[IPv4Address]) -> str:
    """Return where a description is to be read: on the host that answered, whatever it says.

    Only this very host may name another of its own addresses.

    Raises:
        RemoteProtocolError: the location is no URL.
    """
    host = host_of(location)
    same_host = is_own(host, own) and is_own(sender, own)
    return at_host(location, host if same_host else sender)


class _Search:
    """One search: a listener on each interface, and a look at each thing that answers."""

    def __init__(
        self,
        found: Sequence[Interface],
        chosen: Sequence[Interface],
        *,
        bound: bool,
        enough: Enough | None,
        clock: Clock,
    ) -> None:
        self._found = found
        self._chosen = chosen
        self._bound = bound
        self._enough = enough
        self._clock = clock
        self._own = frozenset(item.address.ip for item in found)
        self._tasks: list[asyncio.Task[None]] = []
        self._looked_at: set[tuple[str, str | None]] = set()
        self._cameras: list[FoundCamera] = []
        self._tried: list[Tried] = []
        self._notes: dict[str, None] = {}

    def start(
        self, group: asyncio.TaskGroup, ask: Sequence[Address], timeout_s: float, *, multicast: bool
    ) -> None:
        """Begin to listen and ask; the group ends when the search does."""
        self._group = group
        for interface in self._chosen:
            usual = [host for host in CAMERA_HOSTS if multicast and self._may_hold_camera(interface, host)]
            hosts = [MULTICAST_HOST, *usual] if multicast else []
            places = [(host, MULTICAST_PORT) for host in hosts]
            places += [place for place in ask if self._leads_to(interface, place[0])]
            self._spawn(self._listen(interface, places, timeout_s))
            if multicast:
                self._spawn(self._hear(interface, timeout_s))
            for host in usual:
                self._spawn(self._look(interface, host, None, by="probe"))

    def report(self) -> DiscoveryReport:
        """Return what came of it."""
        tried = sorted(self._tried, key=lambda item: (item.interface.loopback, item.interface.name))
        return DiscoveryReport(merged(self._cameras), tuple(tried), tuple(self._notes))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        self._tasks.append(self._group.create_task(work))

    async def _listen(self, interface: Interface, places: Sequence[Address], timeout_s: float) -> None:
        """Search on one interface."""

        def take(reply: SearchReply, sender: str) -> None:
            self._answered(interface, reply.location, sender)

        tried = Tried(interface, wifi_name(interface.name))
        self._tried.append(tried)
        outcome = await search_on(
            interface,
            places,
            take,
            timeout_s=timeout_s,
            wifi=tried.wifi,
            only_this_interface=self._bound and not interface.loopback,
            clock=self._clock,
        )
        self._tried[self._tried.index(tried)] = outcome

    async def _hear(self, interface: Interface, timeout_s: float) -> None:
        """Hear which cameras come and go on one interface while the search lasts."""

        def take(notice: Notify, sender: str) -> None:
            if notice.nts == BYEBYE:
                self._left(notice.uuid)
            elif notice.location:
                self._answered(interface, notice.location, sender)

        await hear_notices(interface, take, timeout_s=timeout_s, clock=self._clock)

    def _left(self, uuid: str) -> None:
        """Have another look at a camera that was found and takes its leave: it is gone unless it answers."""
        for camera in [item for item in self._cameras if same_uuid(item.uuid, uuid)]:
            self._spawn(self._look_again(camera))

    async def _look_again(self, camera: FoundCamera) -> None:
        client = HttpClient(
            interface=camera.interface if camera.bound else None,
            connect_timeout_s=_CONNECT_TIMEOUT_S,
            clock=self._clock,
        )
        try:
            async with client as http:
                await describe(http, camera.description_url, timeout_s=_LOOK_TIMEOUT_S)
        except RemoteLensError:
            self._cameras = [item for item in self._cameras if item is not camera]
            self._looked_at = {key for key in self._looked_at if key[0] != camera.description_url}
            self._note(f"{camera.name} at {camera.host} has left")

    def _answered(self, interface: Interface, location: str, sender: str) -> None:
        """Have a look at what answered, once for each place that it names."""
        try:
            url = believed_location(location, sender, self._own)
        except RemoteProtocolError as error:
            self._note(f"{sender} answers with a useless address: {error.message}")
            return
        key = (url, interface.name if self._is_ambiguous(sender) else None)
        if key not in self._looked_at and len(self._looked_at) < _MOST_LOOKS:
            self._looked_at.add(key)
            self._spawn(self._look(interface, sender, url, by="ssdp"))

    async def _look(self, interface: Interface, host: str, url: str | None, *, by: str) -> None:
        """Read the description at a URL, or in the usual places of a host."""
        bind = interface.name if self._bound or self._is_ambiguous(host) else None
        client = HttpClient(interface=bind, connect_timeout_s=_CONNECT_TIMEOUT_S, clock=self._clock)
        try:
            async with client as http:
                if url is not None:
                    description = await describe(http, url, timeout_s=_LOOK_TIMEOUT_S)
                else:
                    url, description = await probe(http, host, timeout_s=_LOOK_TIMEOUT_S)
        except RemoteLensError as error:
            if by == "ssdp" or error.camera:  # nothing at a usual address is no news
                self._note(error.message)
            return
        self._found_one(self._camera(description, url, interface, bind, by=by))

    def _camera(
        self, description: Description, url: str, interface: Interface, bind: str | None, *, by: str
    ) -> FoundCamera:
        return FoundCamera(
            name=description.friendly_name,
            host=host_of(url),
            description_url=url,
            uuid=description.udn.removeprefix("uuid:"),
            interface=interface.name,
            bound=bind is not None,
            found_by=(by,),
        )

    def _found_one(self, camera: FoundCamera) -> None:
        self._cameras.append(camera)
        if self._enough is not None and self._enough(camera):
            for task in self._tasks:
                if task is not asyncio.current_task():
                    task.cancel()

    def _note(self, sentence: str) -> None:
        if len(self._notes) < _MOST_LOOKS:
            self._notes[sentence] = None

    def _may_hold_camera(self, interface: Interface, host: str) -> bool:
        address = IPv4Address(host)
        return not interface.loopback and address in interface.network and address not in self._own

    def _is_ambiguous(self, host: str) -> bool:
        """Whether several interfaces lead to networks that hold such an address."""
        return len({item.name for item in self._found if not item.loopback and _holds(item, host)}) > 1

    def _leads_to(self, interface: Interface, host: str) -> bool:
        """Whether to ask that host on this interface: on its own network, else on all but loopback."""
        if any(_holds(item, host) for item in self._chosen):
            return _holds(interface, host)
        return not interface.loopback


def _holds(interface: Interface, host: str) -> bool:
    try:
        return IPv4Address(host) in interface.network
    except ValueError:
        return False
