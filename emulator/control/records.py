"""The operations of the control API that are about what has happened."""

from __future__ import annotations

import contextlib

from emulator.clock import timeout
from emulator.control import answers
from emulator.control.asking import Asked
from emulator.control.desk import HOST_CLOCK, Desk, Told
from emulator.journal.har import archive
from remotelens.errors import NotAvailableNow
from remotelens.version import __version__


class JournalDesk(Desk):
    """The journal, and its exports."""

    async def journal(self, asked: Asked) -> Told:
        """What has happened."""
        journal, which = self._rack.journal, asked.which
        if asked.wait_s:
            with contextlib.suppress(TimeoutError):
                async with timeout(HOST_CLOCK, asked.wait_s):
                    await journal.wait_for(which)
        items = [entry.as_json() for entry in journal.find(which)]
        return {"schema": answers.SCHEMA, "items": items, "last": journal.number}

    async def clear_journal(self, _asked: Asked) -> Told:
        """Forget what has happened."""
        self._rack.journal.clear()
        return answers.Entries(items=[], last=self._rack.journal.number)

    async def count(self, asked: Asked) -> Told:
        """How often a method was requested."""
        method = asked.text("method") or ""
        times = self._rack.journal.count(method, asked.text("camera"))
        return answers.Count(method=method, count=times)

    async def har(self, asked: Asked) -> Told:
        """The HTTP exchanges as an HTTP archive."""
        return archive(self._rack.journal.exchanges(asked.which), version=__version__)

    async def btsnoop(self, _asked: Asked) -> Told:
        """The packets of the virtual air."""
        air = self._rack.air
        if air is None:
            raise NotAvailableNow("there is no Bluetooth here", remedy="start the emulator with --ble")
        return air.hci.as_btsnoop()
