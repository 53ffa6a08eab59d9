"""A NetworkManager to join with, on a private bus."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.components import need_program
from tests.remotelens.transport.join.fake_networkmanager import FakeNetworkManager


@pytest.fixture(scope="package")
def bus_address() -> Iterator[str]:
    """Run a private bus as an ordinary user."""
    program = need_program("dbus-daemon")
    with tempfile.TemporaryDirectory(prefix="rl") as folder:
        address = f"unix:path={folder}/bus"
        arguments = [str(program), "--session", "--nofork", "--print-address=1", f"--address={address}"]
        daemon = subprocess.Popen(arguments, stdout=subprocess.PIPE)
        assert daemon.stdout is not None
        try:
            assert daemon.stdout.readline()
            yield address
        finally:
            daemon.terminate()
            daemon.wait()
            daemon.stdout.close()


@pytest.fixture
async def manager(
    bus_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FakeNetworkManager]:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus_address)
    monkeypatch.setenv("REMOTELENS_STATE_DIR", str(tmp_path / "state"))
    made = FakeNetworkManager()
    made.add_access_point("Home", "00:00:00:00:00:01")
    await made.start()
    try:
        yield made
    finally:
        made.close()
