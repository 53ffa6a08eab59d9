import asyncio
import struct
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from emulator.ble.air import Air
from emulator.journal.btsnoop import Adapter, HciPacket, encode
from tests.components import need_program

AT = datetime(2026, 1, 1, 12, 0, 0, 500_000, tzinfo=UTC)
RESET = bytes.fromhex("01030c00")
DONE = bytes.fromhex("040e0401030c00")


def test_a_file_is_header_and_records_as_specified() -> None:
    data = encode([Adapter(3, "00:0D:1E:00:00:01", "camera 12", AT)], [HciPacket(AT, 3, True, RESET)])
    assert data[:16] == b"btsnoop\0" + struct.pack(">II", 1, 2001)
    size, kept, flags, drops, _ = struct.unpack_from(">IIIIq", data, 16)
    assert (size, kept, flags, drops) == (16, 16, 3 << 16, 0)
    assert data[40:56] == b"\0\0" + bytes.fromhex("0100001e0d00") + b"camera 1"
    size, _, flags, _, microseconds = struct.unpack_from(">IIIIq", data, 56)
    assert (size, flags) == (3, 3 << 16 | 2)
    assert microseconds == 0x00E03AB44A676000 + int(
        (AT - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds() * 1e6
    )
    assert data[80:] == RESET[1:]


def test_wireshark_reads_it(tmp_path: Path) -> None:
    tshark = need_program("tshark")
    file = tmp_path / "air.btsnoop"
    packets = [HciPacket(AT, 0, True, RESET), HciPacket(AT, 0, False, DONE)]
    file.write_bytes(encode([Adapter(0, "00:0D:1E:00:00:01", "host", AT)], packets))
    told = subprocess.run(
        [tshark, "-r", file, "-t", "e"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert len(told) == 3
    assert "Sent Reset" in told[1]
    assert "Command Complete (Reset)" in told[2]
    assert f"{AT.timestamp():.1f}" in told[1]


async def test_the_air_keeps_what_its_radios_say(tmp_path: Path) -> None:
    air = Air()
    station = air.attach("camera", of_camera=True)
    await station.host.reset()
    station.leave()
    data = air.hci.as_btsnoop()
    assert RESET[1:] in data
    tshark = need_program("tshark")
    file = tmp_path / "air.btsnoop"
    file.write_bytes(data)
    told = await asyncio.to_thread(
        lambda: subprocess.run([tshark, "-r", file], capture_output=True, text=True, check=True).stdout
    )
    assert "Sent Reset" in told
    air.hci.clear()
    assert RESET[1:] not in air.hci.as_btsnoop()
