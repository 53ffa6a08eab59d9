"""What this program remembers of its bonds, whichever Bluetooth stack holds the keys.

The stacks do not tell all: bleak has no way to ask the system whether there is a bond, and none knows whether
the camera's application has been told of it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from remotelens.config.paths import bonds_dir
from remotelens.config.private import changing, write_private
from remotelens.errors import ConfigError

SCHEMA: Final = 1
FILE: Final = "cameras.json"


@dataclass(frozen=True, slots=True)
class BondRecord:
    """A bond that was made.

    Args:
        address: the camera's Bluetooth address.
        name: the name it advertised.
        registered: the camera's application has been told of this host.
    """

    address: str
    name: str | None
    registered: bool


class BondBook:
    """The bonds by address, in a file with mode 0600.

    Args:
        path: the file; None for the one in the state folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or bonds_dir() / FILE

    async def get(self, address: str) -> BondRecord | None:
        """Return what is known of a bond, None when there is none.

        Raises:
            ConfigError: the file cannot be read.
        """
        entry = (await asyncio.to_thread(_load, self._path)).get(address.upper())
        return None if entry is None else BondRecord(address, entry["name"], entry["registered"])

    async def put(self, record: BondRecord) -> None:
        """Remember a bond.

        Raises:
            ConfigError: the file cannot be read.
            DiskFull: it cannot be written.
        """
        entry = {"name": record.name, "registered": record.registered}
        await self._change(lambda bonds: bonds.__setitem__(record.address.upper(), entry))

    async def forget(self, address: str) -> None:
        """Forget a bond; nothing happens when there is none.

        Raises:
            ConfigError: the file cannot be read.
            DiskFull: it cannot be written.
        """
        await self._change(lambda bonds: bonds.pop(address.upper(), None))

    async def _change(self, change: Callable[[dict[str, Any]], object]) -> None:
        await asyncio.to_thread(_change, self._path, change)


def _change(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    with changing(path):
        bonds = _load(path)
        change(bonds)
        text = json.dumps({"schema": SCHEMA, "bonds": bonds}, indent=1, sort_keys=True)
        write_private(path, f"{text}\n".encode())


def _load(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        bonds: dict[str, Any] = document["bonds"]
        if document["schema"] != SCHEMA or not all(_is_entry(entry) for entry in bonds.values()):
            raise ValueError("it is of another schema")
    except FileNotFoundError:
        return {}
    except (OSError, AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ConfigError(
            f"{path} is no list of bonds: {error}", remedy="move the file away; bonds are kept without it"
        ) from error
    return bonds


def _is_entry(entry: Any) -> bool:
    return isinstance(entry["name"], str | None) and isinstance(entry["registered"], bool)
