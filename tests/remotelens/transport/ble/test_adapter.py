"""Choosing the Bluetooth that is used."""

from __future__ import annotations

import asyncio
import builtins
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from emulator.ble.air import Air
from remotelens.errors import InvalidValue, MissingComponent
from remotelens.transport.ble import adapter as adapter_module
from remotelens.transport.ble.adapter import Adapter, AdapterKind, close_all
from tests.remotelens.transport.ble.gadget import ADDRESS, Gadget


@pytest.mark.parametrize(
    ("text", "kind", "target"),
    [
        ("system", AdapterKind.SYSTEM, ""),
        ("hci:tcp:127.0.0.1:9001", AdapterKind.TCP, "127.0.0.1:9001"),
        ("hci:tcp:localhost:1", AdapterKind.TCP, "localhost:1"),
        ("hci:tcp:[::1]:65535", AdapterKind.TCP, "[::1]:65535"),
        ("hci:usb:0", AdapterKind.USB, "0"),
        ("hci:serial:/dev/ttyACM0", AdapterKind.SERIAL, "/dev/ttyACM0"),
        ("hci:serial:COM3,115200", AdapterKind.SERIAL, "COM3,115200"),
    ],
)
def test_an_adapter_is_read_and_written(text: str, kind: AdapterKind, target: str) -> None:
    adapter = Adapter.parse(text)
    assert (adapter.kind, adapter.target) == (kind, target)
    assert str(adapter) == text
    assert adapter.is_system is (text == "system")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "System",
        "hci0",
        "hci",
        "hci:",
        "hci:tcp",
        "hci:tcp:",
        "hci:tcp:127.0.0.1",
        "hci:tcp:127.0.0.1:",
        "hci:tcp::9001",
        "hci:tcp:[]:9001",
        "hci:tcp:127.0.0.1:0",
        "hci:tcp:127.0.0.1:65536",
        "hci:tcp:127.0.0.1:٣",
        "hci:usb:",
        "hci:usb:-1",
        "hci:usb:one",
        "hci:serial:",
        "hci:udp:127.0.0.1:9001",
        "tcp:127.0.0.1:9001",
    ],
)
def test_a_text_that_names_no_adapter_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="names no Bluetooth adapter") as caught:
        Adapter.parse(text)
    assert "hci:tcp:HOST:PORT" in str(caught.value)


def test_bleak_and_bumble_are_imported_only_when_used() -> None:
    code = (
        "import sys; from remotelens.transport.ble import adapter, failures, gatt, scan, agent, bonds\n"
        "adapter.Adapter.parse('hci:tcp:127.0.0.1:9001'); adapter.Adapter.parse('system')\n"
        "names = ('bleak', 'bumble', 'dbus_fast', 'bleak_retry_connector')\n"
        "sys.exit(' '.join(name for name in names if name in sys.modules) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_system_needs_no_bumble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter_module, "_bound", None)
    adapter = Adapter.parse("system")
    assert adapter.client_arguments() == {}
    assert adapter.client(ADDRESS).address == ADDRESS


def test_without_bumble_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real_import = builtins.__import__

    def without_bumble(name: str, *args: Any) -> Any:
        if name.startswith("remotelens.transport.ble.bumble_backend.backend"):
            raise ModuleNotFoundError("No module named 'bumble'", name="bumble")
        return real_import(name, *args)

    monkeypatch.setattr(builtins, "__import__", without_bumble)
    adapter = Adapter.parse("hci:usb:0", keys_path=tmp_path / "absent")
    with pytest.raises(MissingComponent) as caught:
        adapter.client_arguments()
    assert caught.value.remedy == "pip install 'remotelens[ble-hci]'"
    assert "bumble is missing" in caught.value.message


async def test_identity_and_bonds_lie_in_the_state_folder(
    air: Air, gadget: Gadget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMOTELENS_STATE_DIR", str(tmp_path))
    adapter = Adapter.parse(air.adapter)
    assert await adapter.is_bonded(ADDRESS) is False
    async with adapter.client(ADDRESS, pair=True):
        pass
    assert await adapter.is_bonded(ADDRESS.lower()) is True
    assert (tmp_path / "bonds" / "hci.json").stat().st_mode & 0o777 == 0o600


async def test_only_the_system_knows_of_its_own_bonds() -> None:
    assert await Adapter.parse("system").is_bonded(ADDRESS) is None


async def test_holding_keeps_a_controller_open_and_tells_when_it_goes(air: Air, tmp_path: Path) -> None:
    adapter = Adapter.parse(air.adapter, keys_path=tmp_path / "hci.json")
    async with adapter.held() as lost:
        assert air.hosts == 1
        assert not lost.done()
        await air.close()
        async with asyncio.timeout(5):
            assert "has ended" in await lost


async def test_the_systems_bluetooth_is_always_open() -> None:
    async with Adapter.parse("system").held() as lost:
        assert not lost.done()


async def test_closing_all_closes_what_is_still_held(air: Air, tmp_path: Path) -> None:
    adapter = Adapter.parse(air.adapter, keys_path=tmp_path / "hci.json")
    async with adapter.held() as lost:
        await close_all()
        assert not lost.done()
        async with asyncio.timeout(5):
            while air.hosts:  # noqa: ASYNC110 - the air tells nobody when a host has gone
                await asyncio.sleep(0)
