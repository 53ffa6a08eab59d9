"""What is asked of whom while a bond is made.

Even where there is nothing to type or compare BlueZ wants an agent to be there: without one the bond is
refused by the host itself. An agent is asked to authorize a bond that no program has asked for, one that a
protected value brought about; where a program has asked for it, that is enough.

Source: bluez `device_confirm_passkey` and `new_auth` in `src/device.c`; ble-stack.md 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bumble.pairing import PairingDelegate

from emulator.ble.bus.bluez.agents import Agent, Agents, Capability
from emulator.ble.bus.interface import BusError

_CAPABILITIES = {
    Capability.DISPLAY_ONLY: PairingDelegate.DISPLAY_OUTPUT_ONLY,
    Capability.DISPLAY_YES_NO: PairingDelegate.DISPLAY_OUTPUT_AND_YES_NO_INPUT,
    Capability.KEYBOARD_ONLY: PairingDelegate.KEYBOARD_INPUT_ONLY,
    Capability.NO_INPUT_NO_OUTPUT: PairingDelegate.NO_OUTPUT_NO_INPUT,
    Capability.KEYBOARD_DISPLAY: PairingDelegate.DISPLAY_OUTPUT_AND_KEYBOARD_INPUT,
}


class AgentDelegate(PairingDelegate):
    """Passes the questions of one pairing on to an agent.

    Args:
        agents: all agents.
        agent: the one that serves this pairing; None where there is none.
        device: the path of the device that it is about.
        asked_for: a program has asked for the bond.
    """

    def __init__(self, agents: Agents, agent: Agent | None, device: str, *, asked_for: bool) -> None:
        super().__init__(
            _CAPABILITIES[agent.capability] if agent is not None else PairingDelegate.NO_OUTPUT_NO_INPUT
        )
        self._agents = agents
        self._agent = agent
        self._device = device
        self._asked_for = asked_for

    async def confirm(self, auto: bool = False) -> bool:
        """Agree to a bond with nothing to compare."""
        if self._agent is not None and self._asked_for:
            return True
        return await self._ask("RequestAuthorization", "o") is not None

    async def compare_numbers(self, number: int, digits: int) -> bool:
        """Have a number compared with the one that the device shows."""
        return await self._ask("RequestConfirmation", "ou", number) is not None

    async def get_number(self) -> int | None:
        """Have the number typed that the device shows."""
        answer = await self._ask("RequestPasskey", "o")
        return None if answer is None else int(answer[0])

    async def display_number(self, number: int, digits: int) -> None:
        """Show the number that has to be typed on the device."""
        await self._ask("DisplayPasskey", "ouq", number, 0)

    async def _ask(self, member: str, signature: str, *more: Any) -> Sequence[Any] | None:
        """Return the agent's answer, None where it says no or there is nobody to ask."""
        if self._agent is None:
            return None
        try:
            return await self._agents.ask(self._agent, member, signature, [self._device, *more])
        except BusError:
            return None
