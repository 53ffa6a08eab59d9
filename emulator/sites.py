"""Where the cameras of one rack stand: all on this host's one address, or each on its own real one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Protocol, Self

from emulator.clock import Clock, RealClock
from emulator.journal import Journal
from emulator.network.ground import Ground, Spot
from emulator.network.netns import check_usable, entered
from emulator.profiles import Profile
from emulator.wifi.place import Place, Ports
from emulator.wifi.ssdp import SsdpResponder
from remotelens.errors import RemoteLensError
from remotelens.protocol.wifi.ssdp import MULTICAST_PORT


@dataclass(frozen=True, slots=True)
class Site:
    """Where one camera stands.

    Attributes:
        place: its address and ports.
        responder: what answers searches there.
        spot: its own network, where it has one.
    """

    place: Place
    responder: SsdpResponder
    spot: Spot | None = None


class Sites(Protocol):
    """The sites of one rack; use it with ``async with``."""

    @property
    def responder(self) -> SsdpResponder:
        """What answers searches for the first camera."""
        ...

    async def __aenter__(self) -> Self:
        """Prepare what all sites share."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take everything down."""
        ...

    async def site(self, index: int, profile: Profile) -> Site:
        """Return the site of the camera at that place in the rack; the same one each time.

        Raises:
            RemoteLensError: it cannot be had.
        """
        ...


@dataclass(slots=True)
class SharedHost:
    """All cameras on one address of this host, each on a port of its own.

    Args:
        host: the address.
        port: the first camera's port; 0 leaves it to the host.
        multicast: answer searches on the shared group, too.
        journal: where searches are written.
        seed: what the answers' delays come from.
    """

    host: str
    port: int
    multicast: bool
    journal: Journal
    seed: int
    responder: SsdpResponder = field(init=False)

    async def __aenter__(self) -> Self:
        """Open the responder's ports."""
        self.responder = SsdpResponder(self.host, self.journal, seed=self.seed)
        with told(self.host, 0, "the emulator"):
            await self.responder.start(multicast=self.multicast)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them."""
        await self.responder.close()

    async def site(self, index: int, profile: Profile) -> Site:
        """Return the site of a camera."""
        port = self.port if index == 0 else 0
        return Site(Place.on_one_port(self.host, port), self.responder)


class OwnAddresses:
    """Each camera in a network namespace of its own, on its real address and ports.

    Args:
        namespace: the first camera's; the others' and the clients' names follow from it.
        multicast: answer searches on the group.
        journal: where searches are written.
        seed: what the answers' delays come from.
        clock: limits the waiting for helpers.

    Raises:
        RemoteLensError: namespaces cannot be made here; says why.
    """

    def __init__(
        self, namespace: str, *, multicast: bool, journal: Journal, seed: int, clock: Clock | None = None
    ) -> None:
        check_usable(namespace)
        self._ground = Ground(namespace, clock or RealClock())
        self._multicast = multicast
        self._journal = journal
        self._seed = seed
        self._sites: dict[int, Site] = {}

    @property
    def responder(self) -> SsdpResponder:
        """What answers searches for the first camera."""
        return next(iter(self._sites.values())).responder

    async def __aenter__(self) -> Self:
        """Make the clients' namespace."""
        await self._ground.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what was made."""
        try:
            for site in self._sites.values():
                await site.responder.close()
        finally:
            await self._ground.__aexit__(kind, error, trace)

    async def site(self, index: int, profile: Profile) -> Site:
        """Return the site of a camera, made when it is asked for first."""
        if index in self._sites:
            return self._sites[index]
        network = profile.network
        spot = await self._ground.spot(network.address)
        place = Place(
            network.address,
            Ports(network.description_port, network.api_port, network.picture_port),
            partial(entered, spot.namespace),
            MULTICAST_PORT,
        )
        responder = SsdpResponder(
            place.host, self._journal, seed=self._seed + index, inside=place.inside, port=place.search_port
        )
        site = Site(place, responder, spot)
        with told(place.host, place.search_port, "the camera's search"):
            await responder.start(multicast=self._multicast)
        self._sites[index] = site
        return site


@contextlib.contextmanager
def told(host: str, port: int, what: str) -> Iterator[None]:
    """Turn the host's refusal of an address into words.

    Raises:
        RemoteLensError: an OSError in the body.
    """
    try:
        yield
    except OSError as error:
        where = f"{host}:{port}" if port else host
        raise RemoteLensError(
            f"{what} cannot listen on {where}: {error.strerror or error}",
            remedy="stop what listens there, or choose another port" if port else "choose another --host",
        ) from error
