"""A program that knows the ready file only."""

from __future__ import annotations

import json
from typing import Any

from emulator.rack import Emulator
from tests.emulator.wire import Answer, ask


class Remote:
    """A program that knows the ready file only."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        control = emulator.ready["control"]
        self.port = int(control["url"].rpartition(":")[2])
        self.token = control["token"]

    async def ask(self, verb: str, path: str, body: Any = None, **options: str) -> Answer:
        text = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        options.setdefault("Authorization", f"Bearer {self.token}")
        return await ask(self.port, verb, path, text, **options)

    async def done(self, verb: str, path: str, body: Any = None) -> Any:
        answer = await self.ask(verb, path, body)
        assert (answer.status, answer.json["schema"]) == (200, 1)
        return answer.json

    async def failed(self, verb: str, path: str, body: Any = None) -> tuple[int, str, str]:
        answer = await self.ask(verb, path, body)
        return answer.status, answer.json["error"]["type"], answer.json["error"]["message"]
