"""Bluetooth packets as a file that Wireshark opens: each controller of the air an adapter of its own.

The form is that of Linux's monitor (datalink 2001), the only one that tells several adapters apart.

Source: BTSnoop 1 (RFC 1761 with its epoch), BlueZ doc/btmon.rst and monitor/bt.h for the monitor's opcodes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

MAGIC = b"btsnoop\0"
MONITOR = 2001
_VERSION = 1
_EPOCH_US = 0x00DCDDB30F2F8000
"""Microseconds from midnight of January 1st, year 0, to the Unix epoch."""
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_HEADER = struct.Struct(">8sII")
_RECORD = struct.Struct(">IIIIq")
_NEW_INDEX = 0
_VIRTUAL_BUS = 0
_NAME_BYTES = 8

_OPCODES = {(1, True): 2, (4, False): 3, (2, True): 4, (2, False): 5, (3, True): 6, (3, False): 7}
"""By HCI packet type and whether the host sent it: the monitor's opcode."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """One controller.

    Attributes:
        index: its number in the file.
        address: text such as ``00:0D:1E:00:00:01``.
        name: whose it is; eight characters of it are told.
        since: when it came onto the air.
    """

    index: int
    address: str
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class HciPacket:
    """One packet between a controller and its host.

    Attributes:
        at: when.
        adapter: the controller's number.
        from_host: its direction.
        data: the packet with its type byte (H4).
    """

    at: datetime
    adapter: int
    from_host: bool
    data: bytes


def encode(adapters: Sequence[Adapter], packets: Iterable[HciPacket]) -> bytes:
    """Return the file; packets of kinds that the monitor does not know are left out."""
    records = [(item.since, item.index, _NEW_INDEX, _index(item)) for item in adapters]
    for packet in packets:
        opcode = _OPCODES.get((packet.data[0], packet.from_host)) if packet.data else None
        if opcode is not None:
            records.append((packet.at, packet.adapter, opcode, packet.data[1:]))
    records.sort(key=lambda record: record[0])
    return _HEADER.pack(MAGIC, _VERSION, MONITOR) + b"".join(_record(*record) for record in records)


def _index(adapter: Adapter) -> bytes:
    address = bytes.fromhex(adapter.address.replace(":", ""))[::-1]
    name = adapter.name.encode("ascii", "replace")[:_NAME_BYTES].ljust(_NAME_BYTES, b"\0")
    return struct.pack("BB", 0, _VIRTUAL_BUS) + address + name


def _record(at: datetime, adapter: int, opcode: int, data: bytes) -> bytes:
    since = at - _UNIX
    microseconds = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return _RECORD.pack(len(data), len(data), adapter << 16 | opcode, 0, microseconds + _EPOCH_US) + data
