"""A camera's bonds, in memory and, where a path is given, in a file that only its owner may read."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bumble.keys import KeyStore, PairingKeys

from emulator.clock import Clock, off_loop
from remotelens.errors import ConfigError

_SCHEMA = 1


class BondStore(KeyStore):
    """Keys by the identity address of the peer.

    Args:
        path: the file; None keeps the bonds for as long as the camera lives.
        clock: camera time, held while the file is written.
        changed: called when a bond has been made, replaced or forgotten.
    """

    def __init__(self, path: Path | None, clock: Clock, changed: Callable[[], None] | None = None) -> None:
        self._path = path
        self._clock = clock
        self._changed = changed or (lambda: None)
        self._keys: dict[str, PairingKeys] = {}
        self._saving: asyncio.Task[None] | None = None
        self._stale = False

    @property
    def peers(self) -> tuple[str, ...]:
        """Identity addresses of the bonded hosts."""
        return tuple(self._keys)

    async def load(self) -> None:
        """Read the file, where there is one.

        Raises:
            ConfigError: it is not a file of bonds.
        """
        if self._path is None:
            return
        try:
            text = await off_loop(self._clock, self._path.read_text, encoding="utf-8")
            self._keys = {
                name: PairingKeys.from_dict(keys) for name, keys in json.loads(text)["bonds"].items()
            }
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ConfigError(
                f"{self._path} does not hold a camera's bonds: {error}",
                remedy="remove the file; hosts have to be paired again",
            ) from error

    async def get(self, name: str) -> PairingKeys | None:
        """Return the keys shared with a peer."""
        return self._keys.get(name)

    def long_term_key(self, name: str, rand: bytes, ediv: int) -> bytes | None:
        """Return the key that a peer wants to encrypt with.

        A bond of legacy pairing has two, told apart by what each was handed out with; Bumble 0.0.236 takes
        the other side's.
        """
        keys = self._keys.get(name)
        if keys is None:
            return None
        if keys.ltk is not None:
            return keys.ltk.value
        both = (keys.ltk_central, keys.ltk_peripheral)
        return next((key.value for key in both if key and (key.rand, key.ediv) == (rand, ediv)), None)

    async def get_all(self) -> list[tuple[str, PairingKeys]]:
        """Return every bond."""
        return list(self._keys.items())

    async def update(self, name: str, keys: PairingKeys) -> None:
        """Keep a bond, in place of an older one with the same peer."""
        self._keys[name] = keys
        await self._save()

    async def delete(self, name: str) -> None:
        """Forget a bond; nothing happens when there is none."""
        if self._keys.pop(name, None) is not None:
            await self._save()

    async def delete_all(self) -> None:
        """Forget every bond, as the camera's menu does."""
        self._keys.clear()
        await self._save()

    async def flush(self) -> None:
        """Return once everything is in the file."""
        while self._saving is not None:
            await asyncio.shield(self._saving)

    async def _save(self) -> None:
        """Write the file; a host that leaves in the middle cancels the caller and not the writing."""
        self._changed()
        if self._path is None:
            return
        self._stale = True
        if self._saving is None:
            self._saving = asyncio.create_task(self._write_until_fresh(self._path), name="save bonds")
        await self.flush()

    async def _write_until_fresh(self, path: Path) -> None:
        try:
            while self._stale:
                self._stale = False
                bonds = {name: keys.to_dict() for name, keys in self._keys.items()}
                await off_loop(self._clock, _write, path, {"schema": _SCHEMA, "bonds": bonds})
        finally:
            self._saving = None


def _write(path: Path, content: dict[str, Any]) -> None:
    """Replace the file in one step; it is never readable by others, and never half written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
