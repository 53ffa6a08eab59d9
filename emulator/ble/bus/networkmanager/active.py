"""org.freedesktop.NetworkManager.Connection.Active: a connection in use."""

from __future__ import annotations

from collections.abc import Callable

from emulator.ble.bus.interface import Interface, Property
from emulator.ble.bus.networkmanager.networks import Network
from emulator.ble.bus.networkmanager.numbers import NOTHING, SERVICE, ActiveReason, ActiveState
from emulator.ble.bus.networkmanager.profiles import StoredConnection


class ActiveConnection:
    """A connection in use, or on its way there.

    Args:
        path: where it is on the bus.
        stored: the connection.
        network: the network that it leads to.
        access_point: the path of that network's access point.
        device: the path of the device.
        forget: ends the watch over the program that it is bound to.
    """

    def __init__(
        self,
        path: str,
        stored: StoredConnection,
        network: Network,
        access_point: str,
        device: str,
        forget: Callable[[], None] = lambda: None,
    ) -> None:
        self.path = path
        self.stored = stored
        self.network = network
        self.access_point = access_point
        self.forget = forget
        self.interface = Interface(
            f"{SERVICE}.Connection.Active",
            {
                "Connection": Property("o", stored.path),
                "SpecificObject": Property("o", access_point),
                "Id": Property("s", stored.text("id")),
                "Uuid": Property("s", stored.text("uuid")),
                "Type": Property("s", stored.text("type")),
                "Devices": Property("ao", [device]),
                "State": Property("u", ActiveState.ACTIVATING),
                "StateFlags": Property("u", 0),
                "Default": Property("b", False),
                "Default6": Property("b", False),
                "Ip4Config": Property("o", NOTHING),
                "Ip6Config": Property("o", NOTHING),
                "Vpn": Property("b", False),
                "Master": Property("o", NOTHING),
            },
            signals={"StateChanged": "uu"},
        )

    @property
    def state(self) -> ActiveState:
        """How far it has come."""
        return ActiveState(self.interface["State"])

    def become(self, state: ActiveState, reason: ActiveReason) -> None:
        """Change the state and tell so."""
        if state != self.state:
            self.interface.update(State=int(state))
            self.interface.signal("StateChanged", int(state), int(reason))
