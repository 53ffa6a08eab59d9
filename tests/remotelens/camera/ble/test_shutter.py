"""The shutter over Bluetooth: the sequence, what confirms it, and what becomes of it when things go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from remotelens.camera.ble import shutter as module
from remotelens.camera.evidence import CaptureUnknown, Outcome
from remotelens.errors import CaptureFailed, CardFull, InvalidValue, LinkError, LinkLost, NotAvailableNow
from remotelens.protocol.ble.remote import Button
from tests.remotelens.camera.ble.bench import Bench, bench_on

STILL = ["01 07", "01 09", "01 08", "01 06"]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_on(tmp_path) as bench:
        yield bench


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client waits but a moment for the word that the shutter has closed."""
    monkeypatch.setattr(module, "READY_LIMIT_S", 0.1)


def only_presses(bench: Bench) -> None:
    """Have the body take buttons and do nothing by itself, so that the test tells what the camera tells."""
    bench.body.press = lambda button, speed=0: bench.body.pressed.append((button, speed))  # type: ignore[method-assign]
    bench.body.release = bench.body.released.append  # type: ignore[assignment, method-assign]


async def pressed(bench: Bench, button: str) -> None:
    while button not in [name for name, _ in bench.body.pressed]:  # noqa: ASYNC110 - the double tells nobody
        await asyncio.sleep(0)


async def test_a_still_is_taken_by_the_recorded_sequence(bench: Bench) -> None:
    shot = await bench.remote.shutter.shoot()
    assert bench.commands() == STILL
    assert shot.focused is True
    assert shot.open_s is not None
    assert 0 < shot.open_s < 1
    assert 0 <= shot.opened_s < 1


async def test_with_manual_focus_nothing_is_waited_for_between_half_and_full(bench: Bench) -> None:
    only_presses(bench)
    shooting = asyncio.create_task(bench.remote.shutter.shoot(autofocus=False))
    await pressed(bench, "full")
    bench.notify("02 A0 20", "02 A0 00")
    assert (await shooting).focused is None
    assert bench.commands() == STILL


async def test_a_body_that_never_tells_of_focus_is_shot_all_the_same_after_the_limit(bench: Bench) -> None:
    bench.camera.scenario.focus_never_locks = True
    shot = await bench.remote.shutter.shoot(focus_limit_s=0.1)
    assert shot.focused is None
    assert bench.commands() == STILL


async def test_a_search_that_ends_without_focus_is_not_waited_for_longer(bench: Bench) -> None:
    only_presses(bench)
    shooting = asyncio.create_task(bench.remote.shutter.shoot())
    await pressed(bench, "half")
    bench.notify("02 3F 40", "02 3F 00")
    await pressed(bench, "full")
    bench.notify("02 A0 20", "02 A0 00")
    assert (await shooting).focused is False


async def test_a_late_word_of_an_earlier_release_does_not_count_as_lost_focus(bench: Bench) -> None:
    only_presses(bench)
    shooting = asyncio.create_task(bench.remote.shutter.shoot())
    await pressed(bench, "half")
    await bench.heard("02 3F 00")
    await bench.heard("02 A0 00")
    assert not shooting.done()
    assert bench.commands() == ["01 07"]
    bench.notify("02 3F 20")
    await pressed(bench, "full")
    bench.notify("02 A0 20", "02 A0 00")
    assert (await shooting).focused is True


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "told",
    [
        ("02 A0 00",),
        ("02 A0 00", "02 A0 20"),
        ("02 A0 20", "02 A0 20", "02 A0 00", "02 A0 00"),
        ("02 3F 00", "02 A0 20", "02 A0 00"),
        ("02 77 20", "FF", "02 A0 60", "02 A0 00"),
    ],
    ids=["first word missing", "out of order", "doubled", "focus lost first", "unknown and malformed"],
)
async def test_the_camera_words_confirm_also_when_they_come_otherwise(
    bench: Bench, told: tuple[str, ...]
) -> None:
    only_presses(bench)
    shooting = asyncio.create_task(bench.remote.shutter.shoot(autofocus=False))
    await pressed(bench, "full")
    bench.notify(*told)
    await shooting
    assert bench.commands() == STILL


@pytest.mark.usefixtures("impatient")
async def test_the_last_word_missing_leaves_the_opening_time_unknown(bench: Bench) -> None:
    only_presses(bench)
    shooting = asyncio.create_task(bench.remote.shutter.shoot(autofocus=False))
    await pressed(bench, "full")
    bench.notify("02 A0 20")
    assert (await shooting).open_s is None


async def test_the_end_of_an_earlier_exposure_confirms_nothing(bench: Bench) -> None:
    only_presses(bench)
    await bench.heard("02 A0 20")
    shooting = asyncio.create_task(bench.remote.shutter.shoot(autofocus=False, expose_limit_s=0.1))
    await pressed(bench, "full")
    bench.notify("02 A0 00")
    with pytest.raises(CaptureFailed):
        await shooting
    assert bench.commands() == STILL


async def test_a_shutter_that_does_not_open_is_told_and_not_pressed_again(bench: Bench) -> None:
    only_presses(bench)
    with pytest.raises(CaptureFailed, match="did not open its shutter") as caught:
        await bench.remote.shutter.shoot(autofocus=False, expose_limit_s=0.1)
    assert caught.value.remedy is not None
    assert bench.commands() == STILL


async def test_no_memory_card_and_a_full_one_are_told_as_such(bench: Bench) -> None:
    only_presses(bench)
    bench.body.card.shots_left = 0
    with pytest.raises(CardFull, match="memory card is full"):
        await bench.remote.shutter.shoot(autofocus=False, expose_limit_s=0.1)
    bench.body.card.present = False
    with pytest.raises(CardFull, match="no memory card"):
        await bench.remote.shutter.shoot(autofocus=False, expose_limit_s=0.1)


async def test_no_focus_is_told_as_the_reason(bench: Bench) -> None:
    only_presses(bench)
    shooting = asyncio.create_task(bench.remote.shutter.shoot(expose_limit_s=0.1))
    await pressed(bench, "half")
    bench.notify("02 3F 40", "02 3F 00")
    with pytest.raises(CaptureFailed, match="it found no focus"):
        await shooting


async def test_remote_control_switched_off_while_waiting_is_told_at_once(bench: Bench) -> None:
    only_presses(bench)
    shooting = asyncio.create_task(bench.remote.shutter.shoot(autofocus=False))
    await pressed(bench, "full")
    bench.camera.enable_remote(False)
    with pytest.raises(NotAvailableNow, match="remote control is off"):
        await shooting
    assert set(bench.body.released) == {"full", "half"}


async def test_a_link_that_drops_after_the_press_leaves_it_unknown_and_says_so(bench: Bench) -> None:
    only_presses(bench)
    shooting = asyncio.create_task(bench.remote.shutter.shoot(autofocus=False))
    await pressed(bench, "full")
    bench.camera.lose_link()
    with pytest.raises(CaptureUnknown, match="whether a picture was taken is not known") as caught:
        await shooting
    assert caught.value.finding.outcome is Outcome.UNKNOWN
    assert isinstance(caught.value, LinkLost)
    assert caught.value.camera is not None


async def test_a_link_that_drops_while_focusing_has_taken_nothing(bench: Bench) -> None:
    only_presses(bench)
    shooting = asyncio.create_task(bench.remote.shutter.shoot())
    await pressed(bench, "half")
    bench.camera.lose_link()
    with pytest.raises(LinkError) as caught:
        await shooting
    assert not isinstance(caught.value, CaptureUnknown)


async def test_a_link_that_drops_after_the_confirmation_loses_nothing(bench: Bench) -> None:
    only_presses(bench)
    shooting = asyncio.create_task(bench.remote.shutter.shoot(autofocus=False))
    await pressed(bench, "full")
    await bench.heard("02 A0 20")
    bench.camera.lose_link()
    assert (await shooting).open_s is None


async def test_cancelling_releases_both_buttons(bench: Bench) -> None:
    only_presses(bench)
    shooting = asyncio.create_task(bench.remote.shutter.shoot(autofocus=False))
    await pressed(bench, "full")
    shooting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await shooting
    assert bench.body.released == ["full", "half"]


async def test_bulb_holds_for_as_long_as_it_is_said_from_the_camera_word(bench: Bench) -> None:
    only_presses(bench)

    def release(button: str) -> None:
        bench.body.released.append(button)
        if button == "full":
            bench.notify("02 A0 00")

    bench.body.release = release  # type: ignore[method-assign]
    shooting = asyncio.create_task(bench.remote.shutter.bulb(0.2, autofocus=False))
    await pressed(bench, "full")
    bench.notify("02 A0 20")
    shot = await shooting
    assert shot.held_s == 0.2
    assert shot.open_s is not None
    assert shot.open_s >= 0.2
    assert not shot.closed_early


async def test_a_camera_that_is_not_on_bulb_closes_early_and_that_is_told(bench: Bench) -> None:
    shot = await bench.remote.shutter.bulb(0.3)
    assert shot.closed_early
    assert shot.open_s is not None
    assert shot.open_s < 0.3


async def test_a_cancelled_bulb_closes_the_shutter(bench: Bench) -> None:
    only_presses(bench)
    shooting = asyncio.create_task(bench.remote.shutter.bulb(1000.0, autofocus=False))
    await pressed(bench, "full")
    await bench.heard("02 A0 20")
    shooting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await shooting
    assert bench.body.released == ["full", "half"]


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), 1e9])
async def test_what_is_no_time_to_hold_is_refused_before_anything_is_sent(
    bench: Bench, seconds: float
) -> None:
    with pytest.raises(InvalidValue):
        await bench.remote.shutter.bulb(seconds)
    assert bench.commands() == []


async def test_a_half_press_tells_of_focus_and_lets_go(bench: Bench) -> None:
    seen = await bench.remote.shutter.half_press(0.05)
    assert seen.focused is True
    assert bench.commands() == ["01 07", "01 06"]
    assert (await bench.remote.shutter.half_press(button=Button.AF_ON, focus_limit_s=0.05)).focused is None
    assert bench.commands()[2:] == ["01 15", "01 14"]


def test_the_limits_are_those_of_the_protocol_notes() -> None:
    assert module.FOCUS_LIMIT_S == 3.0
