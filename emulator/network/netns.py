"""Linux network namespaces: entering one to make a socket there, and making and removing them with `ip`.

A socket stays in the namespace in which it was made. So one process serves cameras in several: it enters,
makes the socket, and is back before anything else runs.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from emulator.clock import Clock, off_loop
from remotelens.errors import InvalidValue, MissingComponent, RemoteLensError

FOLDER = Path("/run/netns")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_CLONE_NEWNET = 0x40000000  # <linux/sched.h>
_IP_TIMEOUT_S = 20.0


def check_usable(name: str) -> None:
    """See that namespaces can be made here, and that the name is one for a namespace.

    Raises:
        InvalidValue: the name is none.
        RemoteLensError: this is not Linux, or not root.
        MissingComponent: iproute2 is not installed.
    """
    if not _NAME.fullmatch(name):
        raise InvalidValue(
            f"{name!r} is no name for a network namespace", remedy="use letters, digits, dots and dashes"
        )
    if sys.platform != "linux":
        raise RemoteLensError(
            "cameras can own their real addresses only in Linux network namespaces",
            remedy="run without --as-is: the addresses are then those of this host",
        )
    if os.geteuid() != 0:
        raise RemoteLensError(
            "network namespaces can only be made by root", remedy="run it with sudo, or without --as-is"
        )
    if shutil.which("ip") is None:
        raise MissingComponent(
            "network namespaces are made with `ip`, which is not installed",
            remedy="install iproute2 (apt install iproute2)",
        )


@contextlib.contextmanager
def entered(name: str) -> Iterator[None]:
    """Be in a namespace while the body runs, which must not wait for anything.

    Raises:
        OSError: there is no such namespace, or this is not root.
    """
    with open("/proc/thread-self/ns/net", "rb") as home, (FOLDER / name).open("rb") as there:  # noqa: PTH123 - a magic link that must be opened as it is
        _set_namespace(there.fileno())
        try:
            yield
        finally:
            _set_namespace(home.fileno())


async def ip(clock: Clock, *words: str) -> str:
    """Run `ip` and return what it says.

    Raises:
        RemoteLensError: it failed; its own words are in the message.
    """
    return await off_loop(clock, _ip, words)


def exists(name: str) -> bool:
    """Whether there is a namespace of that name."""
    return (FOLDER / name).exists()


def _ip(words: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - the host's own program, and words of our own
            ["ip", *words],  # noqa: S607 - wherever the host has it
            capture_output=True,
            text=True,
            timeout=_IP_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RemoteLensError(f"`ip {' '.join(words)}` cannot be run: {error}") from error
    if done.returncode:
        raise RemoteLensError(
            f"`ip {' '.join(words)}` failed: {' '.join(done.stderr.split())}",
            remedy="network namespaces need the capability CAP_SYS_ADMIN; containers often lack it",
        )
    return done.stdout


def _set_namespace(descriptor: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, _CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"the network namespace cannot be entered: {os.strerror(number)}")
