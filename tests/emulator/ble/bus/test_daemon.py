"""The daemon: a bus that is there, is ours alone, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbus_fast import RequestNameReply
from dbus_fast.aio import MessageBus

from emulator.ble.bus.daemon import Daemon
from emulator.clock import RealClock
from remotelens.errors import MissingComponent, RemoteLensError
from tests.components import need_program


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """Give a folder that sockets fit into, which is not so of pytest's own."""
    with tempfile.TemporaryDirectory(prefix="rl") as folder:
        yield Path(folder)


def socket_of(daemon: Daemon) -> Path:
    return Path(daemon.address.removeprefix("unix:path="))


async def test_any_program_may_take_the_names_that_are_the_systems_elsewhere(bus_address: str) -> None:
    bus = await MessageBus(bus_address=bus_address).connect()
    assert await bus.request_name("org.bluez") is RequestNameReply.PRIMARY_OWNER
    bus.disconnect()


async def test_nobody_else_gets_into_its_folder_and_it_is_gone_in_the_end() -> None:
    need_program("dbus-daemon")
    daemon = await Daemon.start(RealClock())
    folder = socket_of(daemon).parent
    assert folder.stat().st_mode & 0o077 == 0
    await daemon.close()
    assert not folder.exists()


async def test_two_of_them_do_not_meet() -> None:
    need_program("dbus-daemon")
    first, second = await Daemon.start(RealClock()), await Daemon.start(RealClock())
    assert first.address != second.address
    await first.close()
    bus = await MessageBus(bus_address=second.address).connect()
    bus.disconnect()
    await second.close()


async def test_a_temporary_folder_with_a_long_name_is_no_obstacle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    need_program("dbus-daemon")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("long" * 25)))
    daemon = await Daemon.start(RealClock())
    await daemon.close()


async def test_a_host_without_dbus_daemon_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingComponent, match="apt install dbus-daemon"):
        await Daemon.start(RealClock())


async def test_a_daemon_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "dbus-daemon"
    program.write_text("#!/bin/sh\necho 'no room on the host' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(RemoteLensError, match="no room on the host"):
        await Daemon.start(RealClock())


STARTED_AND_KILLED = """
import asyncio, os, signal, sys
from emulator.ble.bus.daemon import Daemon
from emulator.clock import RealClock
async def main():
    daemon = await Daemon.start(RealClock())
    sys.stdout.write(f"{daemon._process.pid}\\n")
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


async def test_it_ends_with_an_emulator_that_is_killed(short_folder: Path) -> None:
    need_program("dbus-daemon")
    need_program("setpriv")
    answer = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", STARTED_AND_KILLED],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(short_folder)},
    )
    assert answer.returncode == -signal.SIGKILL, answer.stderr
    await ended(int(answer.stdout))


async def ended(pid: int) -> None:
    """Return when a process that is nobody's child here has ended."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    readable = asyncio.Event()
    asyncio.get_running_loop().add_reader(watched, readable.set)
    try:
        async with asyncio.timeout(10):
            await readable.wait()
    finally:
        asyncio.get_running_loop().remove_reader(watched)
        os.close(watched)
