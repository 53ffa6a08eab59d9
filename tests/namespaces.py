"""Network namespaces for tests: whether they can be had here, and being in one."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

Result = TypeVar("Result")


def need_namespaces() -> None:
    """Skip the test where network namespaces cannot be made: it needs root on Linux, and iproute2."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("network namespaces need root on Linux")
    if shutil.which("ip") is None:
        pytest.skip("network namespaces need `ip` (scripts/system-parts installs it as root)")
    name = own_name("probe")
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"this machine gives no network namespaces: {made.stderr.strip()}")
    subprocess.run(["ip", "netns", "delete", name], check=True)


def own_name(what: str) -> str:
    """A name that no other run of the tests uses at the same time."""
    return f"rl{os.getpid()}-{what}"


@contextlib.contextmanager
def namespace(name: str) -> Iterator[str]:
    """A namespace that is there while the body runs."""
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        yield name
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=True)


def present() -> set[str]:
    """The names of the namespaces that there are."""
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True)
    return {line.split()[0] for line in listed.stdout.splitlines() if line.strip()}


def inside(name: str, work: Callable[[], Result]) -> Result:
    """Run a function in a thread of its own that is in a namespace, with all threads that it starts."""
    from emulator.network.netns import entered

    def run() -> Result:
        with entered(name):
            return work()

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(run).result()
