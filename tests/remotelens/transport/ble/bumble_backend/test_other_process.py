"""The backend in a process that has only bleak and it, against the emulated camera in this one."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from tests.remotelens.link.ble_rig import rigged

PROGRAM = Path(__file__).with_name("foreign.py")
ALLOWED = ("remotelens.clock", "remotelens.errors", "remotelens.config", "remotelens.transport")


async def _run(transport: str, keys_path: Path) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-W",
        "error::ResourceWarning",
        str(PROGRAM),
        transport,
        str(keys_path),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0, err.decode()
    assert err == b""
    result: dict[str, Any] = json.loads(out)
    return result


async def test_another_process_finds_pairs_and_reads(tmp_path: Path) -> None:
    async with rigged(tmp_path) as rig:
        await rig.switch_on()
        transport = rig.air.adapter.replace("hci:tcp:", "tcp-client:")
        for _ in range(2):  # the second time with the bond of the first
            seen = await _run(transport, tmp_path / "foreign.json")
            assert (seen["name"], seen["model"], seen["ssid"]) == ("DSC-QX10", "DSC-QX10", rig.body.ssid)
            assert seen["mtu"] > 23
            assert seen["tasks_left"] == []
            assert [name for name in seen["modules"] if not name.startswith(ALLOWED)] == []
            rig.body.change("wifi", wifi="off")
        assert rig.noted("pairing asked") == 1
