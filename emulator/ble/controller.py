"""Bumble's virtual controller and link, corrected where they are not like a radio.

Every correction that stock Bumble 0.0.236 needs is in this module, so that an upgrade shows in one place
which of them can go; `tests/emulator/ble/test_controller.py` shows each defect on the stock classes.

1. ACL data names its sender by the address of the connection, not always by the random one: a central that
   uses its public address gets its answers.
2. A scan report carries the scan response itself, and only to an active scan, instead of the advertising
   data a second time.
3. A cancelled connection attempt ends, with LE Connection Complete, status 0x02.
4. A controller that goes away or is reset takes its links with it: its peers see 0x08 (supervision
   time-out).
5. A connection request that the advertiser no longer listens to ends at the initiator with 0x3E, instead of
   a link that only one side has.
6. The legacy advertising interval is in units of 0.625 ms.
7. Read RSSI is answered.

Source: protocol/ble-stack.md 1.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from bumble import hci, ll
from bumble.controller import AdvertisingSet, Connection, Controller, LegacyAdvertiser
from bumble.core import PhysicalTransport
from bumble.link import LocalLink

DEFAULT_RSSI_DBM = -50
UNKNOWN_RSSI = 127
"""What a controller answers that cannot measure it (Bluetooth Core, volume 4, part E, 7.5.4)."""
SUPERVISION_TIMEOUT = hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR
NOT_ESTABLISHED = hci.HCI_ErrorCode.CONNECTION_FAILED_TO_BE_ESTABLISHED_ERROR

LEGACY_FEATURES = (
    hci.LeFeatureMask.LE_ENCRYPTION
    | hci.LeFeatureMask.LE_PING
    | hci.LeFeatureMask.LE_DATA_PACKET_LENGTH_EXTENSION
    | hci.LeFeatureMask.PERIPHERAL_INITIATED_FEATURE_EXCHANGE
)
"""Without extended advertising every host, Linux too, uses one kind of commands and reports."""

_INTERVAL_UNIT_S = 0.000_625
_ACTIVE_SCAN = 1


Snoop = Callable[[Controller, bytes, bool], None]
"""Told of each packet between a controller and its host: the packet, and whether the host sent it."""


class Ether(LocalLink):
    """What is between the antennas.

    Every packet of every link passes here.

    Args:
        rssi: strength in dBm at which the second controller hears the first, None when it does not;
            adverts out of range are not delivered.
    """

    def __init__(self, rssi: Callable[[Controller, Controller], int | None] | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # LocalLink is not annotated
        self.rssi = rssi or (lambda sender, receiver: DEFAULT_RSSI_DBM)
        self.snoop: Snoop = lambda controller, data, from_host: None
        self._link_free_s: dict[tuple[Controller, Controller], float] = {}

    def send_acl_data(
        self,
        sender_controller: Controller,
        destination_address: hci.Address,
        transport: PhysicalTransport,
        data: bytes,
    ) -> None:
        """Deliver link data in the name of the address that the link was made with (correction 1)."""
        connection = sender_controller.le_connections.get(destination_address)
        peer = self.find_le_controller(destination_address)
        if connection is None or peer is None:
            return
        late_s = sum(one.toll() for one in (sender_controller, peer) if isinstance(one, LeController))
        deliver = partial(_deliver_acl, peer, connection.self_address, transport, data)
        self._carry(sender_controller, peer, deliver, late_s)

    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        """Deliver link control; into the void when the peer is gone (correction 4)."""
        sender = self.find_le_controller(sender_address)
        receiver = self.find_le_controller(receiver_address)
        if sender is not None and receiver is not None:
            self._carry(sender, receiver, partial(receiver.on_ll_control_pdu, sender_address, packet))

    def _carry(
        self, sender: Controller, receiver: Controller, deliver: Callable[[], None], late_s: float = 0.0
    ) -> None:
        """Bring a packet of a link to the other radio: late by so much, and in order."""
        loop = asyncio.get_running_loop()
        due_s = max(self._link_free_s.get((sender, receiver), 0.0), loop.time() + late_s)
        if due_s <= loop.time():
            loop.call_soon(deliver)
            return
        self._link_free_s[sender, receiver] = due_s
        loop.call_at(due_s, deliver)

    def send_advertising_pdu(self, sender_controller: Controller, packet: ll.AdvertisingPdu) -> None:
        """Let those in range hear an advert; hand a connection request to the one it is for."""
        loop = asyncio.get_running_loop()
        if isinstance(packet, ll.ConnectInd):
            loop.call_soon(self._request_connection, sender_controller, packet)
            return
        for receiver in self.controllers:
            if receiver is not sender_controller and self.rssi(sender_controller, receiver) is not None:
                loop.call_soon(receiver.on_ll_advertising_pdu, packet)

    def _request_connection(self, initiator: Controller, packet: ll.ConnectInd) -> None:
        """Make the advertiser's half of a link, or end the initiator's half (correction 5)."""
        advertiser = self.find_le_controller(packet.advertiser_address)
        if advertiser is not None and advertiser is not initiator and self._are_linking(initiator, packet):
            before = advertiser.le_connections.get(packet.initiator_address)
            advertiser.on_le_connect_ind(packet)
            if advertiser.le_connections.get(packet.initiator_address) is not before:
                return
        half = initiator.le_connections.get(packet.advertiser_address)
        if half is not None:
            initiator.on_le_disconnected(half, NOT_ESTABLISHED)

    def _are_linking(self, initiator: Controller, packet: ll.ConnectInd) -> bool:
        """Take note of a link in the making; False where the advertiser does not hear the request."""
        return True

    def silence(self, controller: Controller) -> None:
        """End what a controller does on the air: adverts, scan, its links, with 0x08 at the peers (4)."""
        controller.le_legacy_advertiser.stop()
        for advertising_set in controller.advertising_sets.values():
            advertising_set.stop()
        controller.advertising_sets.clear()
        controller.le_scan_enable = False
        controller.pending_le_connection = None
        connections = list(controller.le_connections.values())
        controller.le_connections.clear()
        for connection in connections:
            self._end_peer_half(connection)

    def remove_controller(self, controller: Controller) -> None:
        """Take a controller off the air as if its host had died (correction 4)."""
        self.silence(controller)
        self.controllers.discard(controller)
        for pair in [pair for pair in self._link_free_s if controller in pair]:
            del self._link_free_s[pair]

    def drop(self, address: hci.Address) -> None:
        """End every link of an address; both ends see a supervision time-out."""
        for controller in tuple(self.controllers):
            for connection in tuple(controller.le_connections.values()):
                if address in (connection.self_address, connection.peer_address):
                    controller.on_le_disconnected(connection, SUPERVISION_TIMEOUT)

    def _end_peer_half(self, connection: Connection) -> None:
        peer = self.find_le_controller(connection.peer_address)
        half = peer.le_connections.get(connection.self_address) if peer else None
        if peer is not None and half is not None:
            peer.on_le_disconnected(half, SUPERVISION_TIMEOUT)


class TimedAdvertiser(LegacyAdvertiser):
    """The legacy advertiser with its interval in the unit that the specification gives it (correction 6)."""

    def _on_timer_fired(self) -> None:
        self.send_advertising_data()
        self.timer_handle = asyncio.get_running_loop().call_later(
            self.advertising_interval_min * _INTERVAL_UNIT_S, self._on_timer_fired
        )


class LeController(Controller):
    """A virtual LE-only controller for one host, corrected.

    Args:
        name: for the log.
        ether: the air it is on.
        public_address: text such as ``00:0D:1E:00:00:01``; each controller needs one of its own.
    """

    def __init__(self, name: str, ether: Ether, public_address: str) -> None:
        self.ether = ether
        self.toll: Callable[[], float] = lambda: 0.0
        super().__init__(
            name, link=ether, public_address=hci.Address(public_address, hci.Address.PUBLIC_DEVICE_ADDRESS)
        )
        self.le_legacy_advertiser = TimedAdvertiser(self)
        self.le_features = LEGACY_FEATURES
        self.le_acl_data_packet_length = 251
        self.acl_data_packet_length = 0
        self.total_num_acl_data_packets = 0

    def on_packet(self, packet: bytes) -> None:
        """Take a packet of the host's."""
        self.ether.snoop(self, packet, True)
        super().on_packet(packet)

    def send_hci_packet(self, packet: hci.HCI_Packet) -> None:
        """Give the host a packet."""
        self.ether.snoop(self, bytes(packet), False)
        super().send_hci_packet(packet)

    def on_advertising_pdu(self, pdu: ll.AdvInd | ll.AdvExtInd) -> None:
        """Report an advert, with the scan response where one was asked for (correction 2)."""
        if not isinstance(pdu, ll.AdvInd):
            return
        advertiser = self.ether.find_le_controller(pdu.advertiser_address)
        rssi_dbm = self.ether.rssi(advertiser, self) if advertiser is not None else None
        if advertiser is None or rssi_dbm is None:
            return
        if self.le_scan_enable:
            kinds = hci.HCI_LE_Advertising_Report_Event.EventType
            self._report(pdu.advertiser_address, kinds.ADV_IND, pdu.data, rssi_dbm)
            if self.le_scan_type == _ACTIVE_SCAN:
                response = _scan_response(advertiser, pdu.advertiser_address)
                self._report(pdu.advertiser_address, kinds.SCAN_RSP, response, rssi_dbm)
        pending = self.pending_le_connection
        if pending is not None and pending.peer_address == pdu.advertiser_address:
            self.create_le_connection(pdu.advertiser_address)

    def _report(
        self,
        address: hci.Address,
        kind: hci.HCI_LE_Advertising_Report_Event.EventType,
        data: bytes,
        rssi_dbm: int,
    ) -> None:
        report = hci.HCI_LE_Advertising_Report_Event.Report(
            event_type=kind, address_type=address.address_type, address=address, data=data, rssi=rssi_dbm
        )
        self.send_hci_packet(hci.HCI_LE_Advertising_Report_Event([report]))

    def on_ll_control_pdu(self, sender_address: hci.Address, packet: ll.ControlPdu) -> None:
        """Handle link control, unless the link has ended meanwhile."""
        if sender_address in self.le_connections:
            super().on_ll_control_pdu(sender_address, packet)

    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """End the pending attempt and say so (correction 3)."""
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        ended = hci.HCI_LE_Connection_Complete_Event(
            status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
            connection_handle=0,
            role=hci.Role.CENTRAL,
            peer_address_type=pending.peer_address.address_type,
            peer_address=pending.peer_address,
            connection_interval=0,
            peripheral_latency=0,
            supervision_timeout=0,
            central_clock_accuracy=0,
        )
        asyncio.get_running_loop().call_soon(self.send_hci_packet, ended)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_hci_read_rssi_command(
        self, command: hci.HCI_Read_RSSI_Command
    ) -> hci.HCI_Read_RSSI_ReturnParameters:
        """Tell how strongly the peer of a link is heard (correction 7)."""
        connection = self.find_le_connection_by_handle(command.handle)
        peer = None if connection is None else self.ether.find_le_controller(connection.peer_address)
        status = (
            hci.HCI_ErrorCode.SUCCESS if connection else hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR
        )
        rssi_dbm = None if peer is None else self.ether.rssi(peer, self)
        return hci.HCI_Read_RSSI_ReturnParameters(
            status=status, handle=command.handle, rssi=UNKNOWN_RSSI if rssi_dbm is None else rssi_dbm
        )

    def on_hci_reset_command(self, _command: hci.HCI_Reset_Command) -> hci.HCI_StatusReturnParameters:
        """Forget everything, links too (correction 4)."""
        self.ether.silence(self)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)


def _deliver_acl(
    peer: Controller, sender_address: hci.Address, transport: PhysicalTransport, data: bytes
) -> None:
    """Hand over link data, unless the link has ended while it was on its way."""
    if sender_address in peer.le_connections:
        peer.on_link_acl_data(sender_address, transport, data)


def _scan_response(advertiser: Controller, address: hci.Address) -> bytes:
    legacy = advertiser.le_legacy_advertiser
    if legacy.enabled and legacy.address == address:
        return legacy.scan_response_data
    sets: list[AdvertisingSet] = [item for item in advertiser.advertising_sets.values() if item.enabled]
    return next((bytes(item.scan_response_data) for item in sets if item.address == address), b"")
