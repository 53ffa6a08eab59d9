"""Time that jumps, with real sockets and real threads in the same loop."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from remotelens.clock import LoopClock
from remotelens.virtual_loop import VirtualLoop


def test_a_night_of_sleeping_takes_no_time() -> None:
    async def night() -> float:
        loop = asyncio.get_running_loop()
        for _ in range(6480):
            await asyncio.sleep(10)
        return loop.time()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert abs(runner.run(night()) - 64800) < 1e-6


def test_sleepers_wake_in_the_order_of_their_times() -> None:
    async def race() -> list[int]:
        woken: list[int] = []

        async def sleeper(seconds: int) -> None:
            await asyncio.sleep(seconds)
            woken.append(seconds)

        async with asyncio.TaskGroup() as group:
            for seconds in (3, 1, 2):
                group.create_task(sleeper(seconds))
        return woken

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(race()) == [1, 2, 3]


def test_time_stands_still_while_a_socket_has_something_to_say() -> None:
    async def talk() -> tuple[int, float]:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while line := await reader.readline():
                writer.write(line)
                await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        answered = 0
        for _ in range(200):
            writer.write(b"hello\n")
            async with asyncio.timeout(0.001):
                answered += await reader.readline() == b"hello\n"
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()
        return answered, asyncio.get_running_loop().time()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(talk()) == (200, 0.0)


def test_time_stands_still_while_a_thread_works() -> None:
    async def work() -> float:
        released = threading.Event()
        loop = asyncio.get_running_loop()
        waiting = loop.run_in_executor(None, released.wait)
        timer = loop.call_later(3600, lambda: None)
        loop.call_soon(released.set)
        await waiting
        timer.cancel()
        return loop.time()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(work()) == 0.0


def test_a_loop_clock_tells_the_time_of_day_of_the_virtual_night() -> None:
    epoch = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)

    async def later() -> datetime:
        clock = LoopClock(epoch)
        await clock.sleep(3 * 3600)
        return clock.now()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(later()) == epoch + timedelta(hours=3)


def test_without_threads_work_is_done_at_once_and_fails_where_it_is_waited_for() -> None:
    async def work() -> tuple[int, bool]:
        done = await asyncio.to_thread(lambda: threading.get_ident())
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 // 0)
        return done, asyncio.get_running_loop().time() == 0.0

    with asyncio.Runner(loop_factory=lambda: VirtualLoop(threads=False)) as runner:
        assert runner.run(work()) == (threading.get_ident(), True)


def test_time_stands_still_while_threads_are_waited_for_at_the_end() -> None:
    """From Python 3.12 on the wait ends after five minutes, which had passed before a thread could end."""
    joining, released = threading.Event(), threading.Event()

    class Slow(ThreadPoolExecutor):
        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            joining.set()
            assert released.wait(20)
            super().shutdown(wait, cancel_futures=cancel_futures)

    def release() -> None:
        if joining.wait(20):
            released.set()

    async def ending() -> float:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(Slow())
        await asyncio.to_thread(int)
        threading.Thread(target=release).start()
        async with asyncio.timeout(300):
            await loop.shutdown_default_executor()
        return loop.time()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(ending()) == 0.0
