"""Calls: the client against bare aiohttp, emulated cameras against a bare server, and polls that wait.

Servers are processes of their own; their CPU time is what the system says they had (Linux only).
"""

from __future__ import annotations

import asyncio
import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from benchmarks.harness import Figure, own_cpu_s, tell
from benchmarks.rpc_poll import camera_at

ROUNDS = 5
CALLS = 1500
WARM_UP = 200
POLL_COUNTS = (1, 10, 100)
SETTLE_S = 3.0
WATCH_S = 8.0
_PAGE_KIB = 4
_CALL = json.dumps({"method": "getShootMode", "params": [], "id": 1, "version": "1.0"}).encode()
_POLL = json.dumps({"method": "getEvent", "params": [True], "id": 1, "version": "1.0"}).encode()

Once = Callable[[], float]


@contextmanager
def process(module: str, *words: str) -> Iterator[tuple[int, str]]:
    """Run a module while the block runs; gives its process id and its first line."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *words]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        yield running.pid, running.stdout.readline()
    finally:
        running.kill()
        running.wait()


def cpu_us(pid: int) -> float:
    """Return the CPU time that all threads of a process have had."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e3


def resident_kib(pid: int) -> float:
    """Return how much memory a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_KIB


def request(body: bytes) -> bytes:
    """Return a call as bytes."""
    head = f"POST /sony/camera HTTP/1.1\r\nHost: camera\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def client_rounds() -> list[Figure]:
    """Measure the client and bare aiohttp against the same bare server, in turn."""
    p50: dict[str, list[float]] = {"bare aiohttp": [], "CameraApi.call": []}
    cpu: dict[str, list[float]] = {name: [] for name in p50}

    async def timed(name: str, call: Callable[[], Awaitable[object]]) -> None:
        taken = []
        for number in range(WARM_UP + CALLS):
            if number == WARM_UP:
                started = own_cpu_s()
            before = time.perf_counter_ns()
            await call()
            taken.append((time.perf_counter_ns() - before) / 1e3)
        cpu[name].append(1e6 * (own_cpu_s() - started) / CALLS)
        p50[name].append(statistics.median(taken[WARM_UP:]))

    async def measure(port: int) -> None:
        url = f"http://127.0.0.1:{port}/sony/camera"
        async with aiohttp.ClientSession() as session, camera_at(port) as api:

            async def bare() -> object:
                call = {"method": "getShootMode", "params": [], "id": 1, "version": "1.0"}
                async with session.post(url, json=call) as answer:
                    return (await answer.json())["result"]

            async def ours() -> object:
                return await api.call("camera", "getShootMode")

            for _ in range(ROUNDS):
                await timed("bare aiohttp", bare)
                await timed("CameraApi.call", ours)

    with process("rpc_servers", "bare-b") as (_, ports):
        asyncio.run(measure(int(ports)))
    return [
        Figure(f"{name}, {what}", "us", tuple(values))
        for what, table in (("p50", p50), ("CPU", cpu))
        for name, values in table.items()
    ]


def _asking(port: int, *, keep: bool) -> Once:
    """Return what makes one call by a plain socket and tells how long it took, in microseconds."""
    kept: list[socket.socket] = []
    data = request(_CALL)

    def once() -> float:
        before = time.perf_counter_ns()
        if not kept:
            kept.append(socket.create_connection(("127.0.0.1", port)))
            kept[0].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        kept[0].sendall(data)
        kept[0].recv(65536)
        if not keep:
            while kept[0].recv(65536):
                pass
            kept.pop().close()
        return (time.perf_counter_ns() - before) / 1e3

    return once


def server_rounds(family: str) -> list[Figure]:
    """Measure an emulated camera and the bare server of that family, in turn."""
    p50: dict[str, list[float]] = {"bare": [], "emulator": []}
    cpu: dict[str, list[float]] = {name: [] for name in p50}
    with (
        process("rpc_servers", f"bare-{family}") as bare,
        process("rpc_servers", f"emulator-{family}") as emulator,
    ):
        time.sleep(SETTLE_S)  # the emulated lens comes out first
        servers = {"bare": bare, "emulator": emulator}
        for _ in range(ROUNDS):
            for name, (pid, ports) in servers.items():
                once = _asking(int(ports), keep=family == "b")
                for _ in range(WARM_UP):
                    once()
                before = cpu_us(pid)
                p50[name].append(statistics.median(once() for _ in range(CALLS)))
                cpu[name].append((cpu_us(pid) - before) / CALLS)
    return [
        Figure(f"{name} server, {what}", "us", tuple(values))
        for what, table in (("p50", p50), ("CPU", cpu))
        for name, values in table.items()
    ]


def _watched(pid: int) -> tuple[float, float]:
    """Return memory in KiB and CPU in us a second of a process that waits."""
    before = cpu_us(pid)
    time.sleep(WATCH_S)
    return resident_kib(pid), (cpu_us(pid) - before) / WATCH_S


def waiting_client(count: int) -> tuple[float, float]:
    """Return what the client holds and uses with so many long polls."""
    with (
        process("rpc_servers", "bare-b") as (_, ports),
        process("rpc_poll", str(count), ports.strip()) as (pid, _),
    ):
        return _watched(pid)


def waiting_emulator(count: int) -> tuple[float, float]:
    """Return what the emulator holds and uses with so many cameras, each with a long poll."""
    with process("rpc_servers", "emulator-b", str(count)) as (pid, ports):
        time.sleep(SETTLE_S)
        polls = []
        for port in ports.split():
            polls.append(socket.create_connection(("127.0.0.1", int(port))))
            polls[-1].sendall(request(_POLL))
        time.sleep(1.0)
        for poll in polls:  # the first tells what the start has changed
            poll.setblocking(False)
            try:
                poll.recv(65536)
            except BlockingIOError:
                continue
            poll.setblocking(True)
            poll.sendall(request(_POLL))
        time.sleep(1.0)
        figures = _watched(pid)
        for poll in polls:
            poll.close()
        return figures


def tell_waiting(title: str, measure: Callable[[int], tuple[float, float]]) -> None:
    """Print memory and CPU by count, and what each camera beyond the first adds."""
    print(f"\n{title}")
    first: tuple[int, float, float] | None = None
    for count in POLL_COUNTS:
        kib, us = measure(count)
        line = f"  {count:4} cameras {kib / 1024:8.1f} MiB {us:8.0f} us/s"
        if first is None:
            first = (count, kib, us)
        else:
            more = count - first[0]
            line += f"   each more {(kib - first[1]) / more:7.1f} KiB {(us - first[2]) / more:6.1f} us/s"
        print(line)
    sys.stdout.flush()


def main() -> None:
    """Run all of it."""
    figures = client_rounds()
    tell("Calls of the client, on kept connections to one bare server: p50", figures[:2], figures[0].name)
    tell("The same: CPU a call", figures[2:], figures[2].name)
    for family, words in (("b", "on kept connections"), ("a", "a connection each")):
        figures = server_rounds(family)
        tell(f"Answers to a plain socket, {words}: p50", figures[:2], figures[0].name)
        tell("The same: CPU a call", figures[2:], figures[2].name)
    tell_waiting("Idle long polls of the client", waiting_client)
    tell_waiting("Idle long polls of emulated cameras", waiting_emulator)


if __name__ == "__main__":
    main()
