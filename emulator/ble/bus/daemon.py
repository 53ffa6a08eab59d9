"""A message bus of our own: dbus-daemon as an ordinary user, on a socket in a folder that is ours alone."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import Self

from emulator.clock import Clock, off_loop, timeout
from remotelens.errors import MissingComponent, RemoteLensError

PROGRAM = "dbus-daemon"
START_LIMIT_S = 20.0
END_LIMIT_S = 5.0

_LONGEST_FOLDER = 75
_SHORT_FOLDER = "/tmp"  # noqa: S108 - a folder of our own is made in it, that nobody else may enter

_INSTALL = "install it (Debian, Ubuntu: apt install dbus-daemon; Fedora: dnf install dbus-daemon)"
_CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
  </policy>
</busconfig>
"""


class Daemon:
    """One running dbus-daemon; made by `start`, ended by `close`.

    Args:
        process: the daemon.
        folder: where its socket and configuration are; removed at the end.
        clock: time limits are measured by it.
    """

    def __init__(self, process: asyncio.subprocess.Process, folder: Path, clock: Clock) -> None:
        self._process = process
        self._folder = folder
        self._clock = clock

    @classmethod
    async def start(cls, clock: Clock) -> Self:
        """Start a bus that nobody else is on.

        Raises:
            MissingComponent: dbus-daemon is not installed.
            RemoteLensError: it does not start here.
        """
        program = shutil.which(PROGRAM)
        if program is None:
            raise MissingComponent(f"{PROGRAM} is not installed", remedy=_INSTALL)
        folder = Path(tempfile.mkdtemp(prefix="remotelens-bus-", dir=_roomy_folder()))
        try:
            await off_loop(clock, _configure, folder)
            process = await asyncio.create_subprocess_exec(
                *_tied_to_us(program),
                f"--config-file={folder}/bus.conf",
                "--nofork",
                "--nopidfile",
                "--nosyslog",
                "--print-address=1",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        daemon = cls(process, folder, clock)
        try:
            await daemon._listening()
        except BaseException:
            await daemon.close()
            raise
        return daemon

    @property
    def address(self) -> str:
        """What goes into DBUS_SYSTEM_BUS_ADDRESS."""
        return f"unix:path={self._folder}/bus"

    async def close(self) -> None:
        """End the daemon, and with it every connection to it."""
        try:
            if self._process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    self._process.terminate()
            try:
                async with timeout(self._clock, END_LIMIT_S):
                    await self._process.communicate()
            except TimeoutError:
                self._process.kill()
                await self._process.communicate()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    async def _listening(self) -> None:
        """Return once it has said that it listens.

        Raises:
            RemoteLensError: it has ended instead, or says nothing.
        """
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        try:
            async with timeout(self._clock, START_LIMIT_S):
                if await self._process.stdout.readline():
                    return
                words = (await self._process.stderr.read()).decode(errors="replace").strip()
        except TimeoutError:
            words = f"it says nothing for {START_LIMIT_S:g} s"
        raise RemoteLensError(f"{PROGRAM} does not start: {words or 'it gives no reason'}")


def _roomy_folder() -> str | None:
    """Return where a socket's path fits into the 107 bytes that it may have; None for the usual folder."""
    return None if len(tempfile.gettempdir().encode()) <= _LONGEST_FOLDER else _SHORT_FOLDER


def _configure(folder: Path) -> None:
    (folder / "bus.conf").write_text(_CONFIGURATION.format(socket=folder / "bus"), encoding="utf-8")


def _tied_to_us(program: str) -> list[str]:
    """Return the command; where the host can do that, the daemon ends with us even if we are killed."""
    setpriv = shutil.which("setpriv")
    return [program] if setpriv is None else [setpriv, "--pdeathsig", "TERM", program]
