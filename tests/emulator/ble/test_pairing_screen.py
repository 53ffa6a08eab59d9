"""The pairing screen: who opens it, who presses OK, and when, in camera time."""

from __future__ import annotations

import asyncio

import pytest

from emulator.ble.pairing_screen import PairingMode, PairingScreen
from emulator.clock import VirtualClock
from remotelens.errors import NotAvailableNow


class Watched:
    """A screen on a clock that stands still."""

    def __init__(self, mode: PairingMode) -> None:
        self.clock = VirtualClock()
        self.changes: list[bool] = []
        self.screen = PairingScreen(
            self.clock,
            mode,
            ok_after_s=0.3,
            closes_after_s=120.0,
            changed=lambda: self.changes.append(self.screen.is_open),
        )

    async def asked(self) -> asyncio.Task[bool]:
        """Let a host ask, and return once it waits."""
        question = asyncio.create_task(self.screen.ask())
        await self.clock.advance(0.0)
        return question


async def test_auto_is_open_while_there_is_no_bond() -> None:
    watched = Watched(PairingMode.AUTO)

    watched.screen.bonds_changed(0)
    assert watched.screen.is_open
    await watched.clock.advance(3600.0)
    assert watched.screen.is_open
    watched.screen.bonds_changed(1)

    assert not watched.screen.is_open
    assert watched.changes == [True, False]
    assert await watched.screen.ask() is False


async def test_auto_presses_ok_after_a_moment_of_camera_time() -> None:
    watched = Watched(PairingMode.AUTO)
    watched.screen.bonds_changed(0)

    question = await watched.asked()
    await watched.clock.advance(0.29)
    assert watched.screen.is_asking
    assert not question.done()
    await watched.clock.advance(0.01)

    assert await question is True
    assert not watched.screen.is_asking


async def test_cancel_can_be_pressed_before_ok_is() -> None:
    watched = Watched(PairingMode.AUTO)
    watched.screen.bonds_changed(0)

    question = await watched.asked()
    watched.screen.answer(False)

    assert await question is False


async def test_auto_can_be_opened_again_for_another_host() -> None:
    watched = Watched(PairingMode.AUTO)
    watched.screen.bonds_changed(1)

    watched.screen.open()
    question = await watched.asked()
    await watched.clock.advance(0.3)

    assert await question is True


async def test_manual_waits_for_a_person() -> None:
    watched = Watched(PairingMode.MANUAL)
    watched.screen.bonds_changed(0)
    assert not watched.screen.is_open

    watched.screen.open()
    question = await watched.asked()
    await watched.clock.advance(60.0)
    assert not question.done()
    watched.screen.answer(True)

    assert await question is True


async def test_an_answer_given_beforehand_holds_for_the_next_host_only() -> None:
    watched = Watched(PairingMode.MANUAL)
    watched.screen.open()

    watched.screen.answer(True)
    assert await watched.screen.ask() is True
    question = await watched.asked()
    assert not question.done()
    watched.screen.close()

    assert await question is False


async def test_a_screen_that_nobody_uses_closes_and_refuses_who_waits() -> None:
    watched = Watched(PairingMode.MANUAL)
    watched.screen.open()

    question = await watched.asked()
    await watched.clock.advance(120.0)

    assert not watched.screen.is_open
    assert await question is False


async def test_a_second_host_that_asks_meanwhile_is_refused() -> None:
    watched = Watched(PairingMode.MANUAL)
    watched.screen.open()
    question = await watched.asked()

    assert await watched.screen.ask() is False
    watched.screen.answer(True)
    assert await question is True


async def test_a_host_that_leaves_while_it_waits_leaves_nothing_behind() -> None:
    watched = Watched(PairingMode.AUTO)
    watched.screen.bonds_changed(0)
    question = await watched.asked()

    question.cancel()
    with pytest.raises(asyncio.CancelledError):
        await question
    await watched.clock.advance(1.0)

    assert watched.screen.is_open
    assert not watched.screen.is_asking


async def test_a_screen_that_is_kept_closed_says_so() -> None:
    watched = Watched(PairingMode.CLOSED)
    watched.screen.bonds_changed(0)

    with pytest.raises(NotAvailableNow):
        watched.screen.open()
    assert not watched.screen.is_open
    assert await watched.screen.ask() is False
