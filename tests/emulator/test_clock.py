import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from emulator.clock import (
    VIRTUAL_EPOCH,
    Cause,
    Clock,
    RealClock,
    ScaledClock,
    Scope,
    VirtualClock,
    off_loop,
    timeout,
)

RUNNING: dict[str, Callable[[], Clock]] = {"real": RealClock, "scaled": lambda: ScaledClock(50.0)}


@pytest.fixture(params=RUNNING)
def running(request: pytest.FixtureRequest) -> Clock:
    return RUNNING[request.param]()


async def test_a_running_clock_counts_what_was_slept(running: Clock) -> None:
    before, noon = running.monotonic(), running.now()
    await running.sleep(0.01)
    assert running.monotonic() - before >= 0.01 * 0.99
    assert running.now() - noon >= timedelta(seconds=0.01 * 0.9)


async def test_a_running_clock_calls_back_unless_called_off(running: Clock) -> None:
    called = asyncio.Event()
    running.call_later(0.0, lambda: pytest.fail("it was called off")).cancel()
    running.call_later(0.01, called.set)
    async with asyncio.timeout(5):
        await called.wait()


async def test_a_running_clock_cannot_be_held(running: Clock) -> None:
    with running.hold():
        await running.sleep(0.0)


async def test_a_scaled_clock_goes_faster_by_its_factor() -> None:
    clock = ScaledClock(1000.0, epoch=VIRTUAL_EPOCH)
    loop = asyncio.get_running_loop()
    started, loop_started = clock.monotonic(), loop.time()
    await clock.sleep(10.0)
    spent = loop.time() - loop_started
    assert clock.monotonic() - started == pytest.approx(spent * 1000.0, rel=0.2)
    assert clock.now() >= VIRTUAL_EPOCH + timedelta(seconds=10)


@pytest.mark.parametrize("factor", [0.0, -1.0, float("inf"), float("nan")])
def test_a_clock_needs_a_factor_that_lets_time_pass(factor: float) -> None:
    with pytest.raises(ValueError, match="cannot run"):
        ScaledClock(factor)


async def test_virtual_time_stands_still_until_it_is_advanced() -> None:
    clock = VirtualClock()
    await asyncio.sleep(0)
    assert (clock.monotonic(), clock.now()) == (0.0, VIRTUAL_EPOCH)
    await clock.advance(12.5)
    assert (clock.monotonic(), clock.now()) == (12.5, VIRTUAL_EPOCH + timedelta(seconds=12.5))


async def test_advance_returns_once_everything_due_has_happened() -> None:
    clock, seen = VirtualClock(), []

    async def live() -> None:
        for _ in range(3):
            await clock.sleep(1.0)
            for _ in range(20):
                await asyncio.sleep(0)
            seen.append(clock.monotonic())

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(live())
        await clock.advance(2.5)
        assert seen == [1.0, 2.0]
        await clock.advance(0.5)
        assert seen == [1.0, 2.0, 3.0]


async def test_calls_due_at_one_moment_run_in_the_order_they_were_arranged() -> None:
    clock, seen = VirtualClock(), []
    for number in range(5):
        clock.call_later(1.0, lambda number=number: seen.append(number))  # type: ignore[misc]  # bound default
    clock.call_later(0.5, lambda: seen.append(-1))
    clock.call_later(0.5, lambda: pytest.fail("it was called off")).cancel()
    await clock.advance(1.0)
    assert seen == [-1, 0, 1, 2, 3, 4]


async def test_work_in_a_thread_takes_no_virtual_time() -> None:
    clock, seen = VirtualClock(), list[float]()

    async def expose() -> None:
        await clock.sleep(1.0)
        seen.append(await off_loop(clock, sum, [1, 2, 3]))
        await clock.sleep(1.0)
        seen.append(clock.monotonic())

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(expose())
        await clock.advance(10.0)
    assert seen == [6, 2.0]


async def test_two_who_advance_take_turns() -> None:
    clock = VirtualClock()
    await asyncio.gather(clock.advance(1.0), clock.advance(2.0))
    assert clock.monotonic() == 3.0


async def test_a_sleeper_that_is_cancelled_leaves_nothing_due() -> None:
    clock = VirtualClock()
    sleeper = asyncio.create_task(clock.sleep(5.0))
    await clock.advance(1.0)
    sleeper.cancel()
    await asyncio.gather(sleeper, return_exceptions=True)
    await clock.advance(10.0)
    assert sleeper.cancelled()


@pytest.mark.parametrize("seconds", [-1.0, float("inf"), float("nan")])
async def test_virtual_time_cannot_be_advanced_by_nonsense(seconds: float) -> None:
    with pytest.raises(ValueError, match="advanced"):
        await VirtualClock().advance(seconds)


async def test_the_loop_tells_which_callbacks_are_ready() -> None:
    """`VirtualClock` leans on this private part of asyncio's loops; without it, it counts rounds only."""
    assert hasattr(asyncio.get_running_loop(), "_ready")


async def test_a_timeout_of_the_clock_ends_its_body() -> None:
    clock = VirtualClock()

    async def wait() -> None:
        async with timeout(clock, 3.0):
            await asyncio.Event().wait()

    waiting = asyncio.create_task(wait())
    await clock.advance(2.9)
    assert not waiting.done()
    await clock.advance(0.1)
    with pytest.raises(TimeoutError):
        await waiting


async def test_a_timeout_that_was_not_needed_is_called_off() -> None:
    clock = VirtualClock()
    async with timeout(clock, 3.0):
        pass
    await clock.advance(10.0)


async def test_a_scope_ends_when_it_is_told_to() -> None:
    reached = asyncio.Event()
    async with Scope() as scope:
        asyncio.get_running_loop().call_soon(scope.end)
        await asyncio.Event().wait()
        reached.set()
    assert scope.ended
    assert not reached.is_set()


async def test_a_scope_ends_by_its_cause_and_bears_a_late_end() -> None:
    cause = Cause()
    async with Scope(cause) as scope:
        cause.set()
        await asyncio.Event().wait()
    assert scope.ended
    async with Scope() as untouched:
        pass
    untouched.end()
    assert not untouched.ended


async def test_a_cause_that_came_before_ends_what_waits_and_nothing_else() -> None:
    cause = Cause()
    cause.set()
    async with Scope(cause) as waiting:
        await asyncio.Event().wait()
    async with Scope(cause) as quick:
        pass
    await asyncio.sleep(0)
    assert waiting.ended
    assert not quick.ended


async def test_a_scope_that_is_over_is_of_no_more_concern_to_its_cause() -> None:
    cause, told = Cause(), asyncio.Event()
    async with Scope(cause) as over:
        pass
    cause.watch(told.set)
    cause.set()
    await told.wait()
    assert not over.ended


async def test_a_scope_lets_errors_and_cancellation_pass() -> None:
    with pytest.raises(TimeoutError, match="mine"):
        async with Scope():
            raise TimeoutError("mine")

    async def wait() -> None:
        async with Scope():
            await asyncio.Event().wait()

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert waiting.cancelled()


def test_the_virtual_epoch_never_moves() -> None:
    assert datetime(2026, 1, 1, tzinfo=UTC) == VIRTUAL_EPOCH
