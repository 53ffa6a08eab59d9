"""DHCP as a camera's access point gives it, by dnsmasq where that is installed.

Source: protocol/wifi.md 1.3: the camera is the gateway, and there is no Internet behind it.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from dataclasses import dataclass
from ipaddress import IPv4Interface

from emulator.clock import Clock, RealClock, timeout
from remotelens.errors import RemoteLensError

LEASE = "1h"
_START_TIMEOUT_S = 10.0
_STOP_TIMEOUT_S = 5.0
_READY = b"DHCP, IP range"


@dataclass(frozen=True, slots=True)
class Leases:
    """What is given out: the camera's own address, and the first and the last of those for clients."""

    camera: IPv4Interface
    first: str
    last: str


def is_installed() -> bool:
    """Whether there is a dnsmasq to run."""
    return shutil.which("dnsmasq") is not None


class DhcpServer:
    """One dnsmasq in one namespace.

    Args:
        namespace: where it runs.
        interface: where it answers.
        leases: what it gives out.
        clock: limits the waiting for it.
    """

    def __init__(self, namespace: str, interface: str, leases: Leases, *, clock: Clock | None = None) -> None:
        self._namespace = namespace
        self._interface = interface
        self._leases = leases
        self._clock = clock or RealClock()
        self._process: asyncio.subprocess.Process | None = None
        self._draining: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it; returns once it answers.

        Raises:
            RemoteLensError: it ended, or said nothing; its last words are in the message.
        """
        process = self._process = await asyncio.create_subprocess_exec(
            *("ip", "netns", "exec", self._namespace, "dnsmasq"),
            *self._options(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        said = b""
        with contextlib.suppress(TimeoutError):
            async with timeout(self._clock, _START_TIMEOUT_S):
                while (line := await process.stderr.readline()) and _READY not in line:
                    said = line
                if line:
                    self._draining = asyncio.create_task(_drain(process.stderr))
                    return
        await self.close()
        raise RemoteLensError(
            f"dnsmasq gives no addresses in {self._namespace}: {said.decode(errors='replace').strip()}"
        )

    async def close(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.terminate()
            try:
                async with timeout(self._clock, _STOP_TIMEOUT_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._draining is not None:
            await self._draining
            self._draining = None

    def _options(self) -> list[str]:
        leases = self._leases
        return [
            "--keep-in-foreground",
            "--log-facility=-",
            "--quiet-dhcp",
            "--conf-file=/dev/null",
            "--no-hosts",
            "--no-resolv",
            "--port=0",
            "--user=root",
            "--pid-file",
            "--leasefile-ro",
            "--dhcp-authoritative",
            "--bind-interfaces",
            "--except-interface=lo",
            f"--interface={self._interface}",
            f"--dhcp-range={leases.first},{leases.last},{leases.camera.netmask},{LEASE}",
            f"--dhcp-option=option:router,{leases.camera.ip}",
            "--dhcp-option=option:dns-server",
        ]


async def _drain(stream: asyncio.StreamReader) -> None:
    while await stream.read(4096):
        pass
