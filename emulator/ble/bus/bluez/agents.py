"""org.bluez.AgentManager1: who is asked while a bond is made.

The first agent that registers is the default one, until another asks to be. A caller that has an agent of
its own is served by that; every other one by the default. An agent is gone when its program is.

Source: bluez `src/agent.c`; ble-stack.md 4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from emulator.ble.bus.bluez import errors
from emulator.ble.bus.interface import BusError, Call, Interface, Method
from emulator.ble.bus.server import Server

ROOT = "/org/bluez"
AGENT = "org.bluez.Agent1"


class Capability(StrEnum):
    """What the person in front of the host can do; KeyboardDisplay where an agent does not say."""

    DISPLAY_ONLY = "DisplayOnly"
    DISPLAY_YES_NO = "DisplayYesNo"
    KEYBOARD_ONLY = "KeyboardOnly"
    NO_INPUT_NO_OUTPUT = "NoInputNoOutput"
    KEYBOARD_DISPLAY = "KeyboardDisplay"


@dataclass(frozen=True, slots=True, eq=False)
class Agent:
    """A registered agent.

    Args:
        owner: whose it is, as a unique name on the bus.
        path: where it is exported there.
        capability: what it can do.
        forget: ends the watch over its owner.
    """

    owner: str
    path: str
    capability: Capability
    forget: Callable[[], None]


class Agents:
    """All agents.

    Args:
        server: the service that asks them.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._agents: dict[str, Agent] = {}
        self._defaults: list[Agent] = []
        self.interface = Interface(
            "org.bluez.AgentManager1",
            methods=(
                Method("RegisterAgent", self._register, takes="os"),
                Method("UnregisterAgent", self._unregister, takes="o"),
                Method("RequestDefaultAgent", self._request_default, takes="o"),
            ),
        )

    def serving(self, caller: str | None = None) -> Agent | None:
        """Return the agent that serves a caller; without one, the default agent."""
        if caller in self._agents:
            return self._agents[caller]
        return self._defaults[0] if self._defaults else None

    async def ask(self, agent: Agent, member: str, signature: str, body: Sequence[Any]) -> list[Any]:
        """Ask an agent; when the answer is no longer wanted, the agent is told so.

        Raises:
            BusError: it says no, or is gone.
        """
        answered = False
        try:
            answer = await self._server.call(agent.owner, agent.path, AGENT, member, signature, body)
            answered = True
            return answer
        except BusError:
            answered = True
            raise
        finally:
            if not answered:
                self._server.tell(agent.owner, agent.path, AGENT, "Cancel")

    def _register(self, call: Call) -> None:
        path, words = call.arguments
        if call.sender in self._agents:
            raise errors.already_exists()
        try:
            capability = Capability(words or Capability.KEYBOARD_DISPLAY)
        except ValueError as error:
            raise errors.invalid_arguments() from error
        forget = self._server.watch(call.sender, lambda: self._remove(agent))
        agent = Agent(call.sender, path, capability, forget)
        self._agents[call.sender] = agent
        self._defaults.append(agent)

    def _unregister(self, call: Call) -> None:
        agent = self._known(call)
        agent.forget()
        self._remove(agent)

    def _request_default(self, call: Call) -> None:
        agent = self._known(call)
        self._defaults.remove(agent)
        self._defaults.insert(0, agent)

    def _known(self, call: Call) -> Agent:
        agent = self._agents.get(call.sender)
        if agent is None or agent.path != call.arguments[0]:
            raise errors.does_not_exist()
        return agent

    def _remove(self, agent: Agent) -> None:
        self._agents.pop(agent.owner, None)
        if agent in self._defaults:
            self._defaults.remove(agent)
