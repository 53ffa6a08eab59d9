"""Answering the system's questions while a bond is made.

BlueZ asks an *agent* before it bonds, even when there is nothing to type, and refuses where none is
registered. Desktops have one; headless hosts and containers have none. So around pairing, and only then, and
only with BlueZ, there is one of ours. macOS and Windows ask the user by themselves; controllers of our own
ask nobody.

Source: ble-stack.md 4.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator

from remotelens.transport.ble.adapter import Adapter


@contextlib.asynccontextmanager
async def bonding_agent(adapter: Adapter, address: str) -> AsyncIterator[None]:
    """Agree to a bond with that address, and no other, for the length of a block.

    Nothing happens where no agent is needed.

    Raises:
        OSError, EOFError, BleakError: BlueZ cannot be reached, or does not want the agent.
    """
    if not adapter.is_system or sys.platform != "linux":
        yield
        return
    from remotelens.transport.ble.bluez_agent import registered_agent

    async with registered_agent(address):
        yield
