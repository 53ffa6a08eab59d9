"""Who this host is on the air, and the keys of its bonds.

A peer knows a host again by its identity: a static random address and an identity resolving key (IRK). Both
stand in one file with the bonds, because a bond is worth nothing without the identity it was made with.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bumble.keys import KeyStore, PairingKeys

from remotelens.config.private import changing, write_private
from remotelens.errors import ConfigError, DiskFull
from remotelens.transport.ble.bumble_backend.errors import BleakKeyFileError
from remotelens.transport.undone import undone

SCHEMA: Final = 1
KEY_BYTES: Final = 16
_PEER: Final = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2}){5}(?:/P)?", re.IGNORECASE)
_OURS: Final = re.compile(r"[C-F][0-9A-F](?::[0-9A-F]{2}){5}", re.IGNORECASE)
"""A static random address: its two highest bits are set."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Address and IRK of this host.

    Args:
        address: a static random address: its two highest bits are set.
        irk: 16 bytes.
    """

    address: str
    irk: bytes = field(repr=False)


def new_document() -> dict[str, Any]:
    """Return a key document with a fresh identity and no bonds."""
    head = secrets.randbits(8) | 0xC0
    address = ":".join(f"{byte:02X}" for byte in bytes([head]) + secrets.token_bytes(5))
    return {"schema": SCHEMA, "identity": {"address": address, "irk": secrets.token_hex(16)}, "bonds": {}}


class Keyring(KeyStore):
    """The key store of one radio, written through to its file.

    Args:
        document: what is in the file, or the only copy where there is no file.
        path: the file; None keeps identity and bonds in `document` alone.
    """

    def __init__(self, document: dict[str, Any], path: Path | None) -> None:
        self.failure: BleakKeyFileError | None = None
        """Why the newest change is not on disk; Bumble only logs what its key store raises."""
        self._document = document
        self._path = path
        self._lock = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path | None, memory: dict[str, Any]) -> Keyring:
        """Return the keyring of `path`, made with a fresh identity if it is not there yet.

        Args:
            path: the file, or None to keep everything in memory.
            memory: the document that stands for a file that there is not.

        Raises:
            BleakKeyFileError: the file cannot be read, is no key file, or cannot be written.
        """
        if path is not None:
            return cls(await asyncio.to_thread(_load_or_create, path), path)
        if not memory:
            memory.update(new_document())
        return cls(memory, None)

    @property
    def identity(self) -> Identity:
        """Who this host is."""
        identity = self._document["identity"]
        return Identity(identity["address"], bytes.fromhex(identity["irk"]))

    async def get(self, name: str) -> PairingKeys | None:
        """Return the keys of the peer with that address, None when there is no bond."""
        keys = self._document["bonds"].get(name)
        return None if keys is None else PairingKeys.from_dict(keys)

    async def get_all(self) -> list[tuple[str, PairingKeys]]:
        """Return all bonds."""
        return [(name, PairingKeys.from_dict(keys)) for name, keys in self._document["bonds"].items()]

    async def update(self, name: str, keys: PairingKeys) -> None:
        """Keep the keys of a new bond; they replace an older bond with the same peer."""
        await self._change(lambda bonds: bonds.__setitem__(name, keys.to_dict()))

    async def delete(self, name: str) -> None:
        """Forget the bond with a peer; nothing happens when there is none."""
        await self._change(lambda bonds: bonds.pop(name, None))

    async def forget(self, address: str) -> bool:
        """Forget every bond with that address, whatever its kind; tell whether there was one."""
        names = [name for name in self._document["bonds"] if same_address(name, address)]
        for name in names:
            await self.delete(name)
        return bool(names)

    async def move(self, old: str, new: str) -> None:
        """File the bond that stands under one address under another."""
        await self._change(lambda bonds: bonds.__setitem__(new, bonds.pop(old)) if old in bonds else None)

    async def _change(self, change: Callable[[dict[str, Any]], object]) -> None:
        async with self._lock:
            if self._path is None:
                change(self._document["bonds"])
                return
            # Bumble cancels this when the link drops just then, and the thread writes on.
            await undone(self._write(self._path, change))

    async def _write(self, path: Path, change: Callable[[dict[str, Any]], object]) -> None:
        try:
            self._document = await asyncio.to_thread(_change_file, path, change, self._document["identity"])
        except BleakKeyFileError as error:
            self.failure = error
            raise
        self.failure = None


def same_address(one: str, other: str) -> bool:
    """Tell whether two texts mean the same six bytes, whatever their case and kind (a final ``/P``)."""
    return one.upper().removesuffix("/P") == other.upper().removesuffix("/P")


def _change_file(
    path: Path, change: Callable[[dict[str, Any]], object], identity: dict[str, Any]
) -> dict[str, Any]:
    """Apply a change to the newest content: another process may have written since we read.

    A bond of this radio is worth nothing beside another identity, so it is not put there.
    """
    with _alone(path):
        document = _load(path) or {"schema": SCHEMA, "identity": identity, "bonds": {}}
        if document["identity"] != identity:
            raise BleakKeyFileError(
                f"{path} has been given another identity since this controller was opened; start again"
            )
        change(document["bonds"])
        _save(path, document)
    return document


def _load_or_create(path: Path) -> dict[str, Any]:
    document = _load(path)
    if document is None:
        with _alone(path):
            # Whoever else found none may have made one while we waited.
            document = _load(path)
            if document is None:
                document = new_document()
                _save(path, document)
    return document


def _load(path: Path) -> dict[str, Any] | None:
    """Return the file's content, None where there is no file."""
    try:
        return _checked(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise BleakKeyFileError(f"Bluetooth keys in {path} cannot be read: {error}") from error
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise BleakKeyFileError(
            f"{path} is no file of Bluetooth keys ({error!r}); move it away and pair again"
        ) from error


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Change the file with nobody else doing so."""
    try:
        with changing(path):
            yield
    except (ConfigError, DiskFull) as error:
        raise BleakKeyFileError(f"Bluetooth keys cannot be kept: {error.message}") from error


def _checked(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document, or raise what reading it later would raise."""
    if document["schema"] != SCHEMA:
        raise ValueError(f"schema {document['schema']}, this version reads {SCHEMA}")
    identity = document["identity"]
    if len(bytes.fromhex(identity["irk"])) != KEY_BYTES:
        raise ValueError(f"the identity resolving key is not {KEY_BYTES} bytes")
    if not _OURS.fullmatch(identity["address"]):
        raise ValueError("the address is no static random one")
    for name, keys in document["bonds"].items():
        if not _PEER.fullmatch(name):
            raise ValueError(f"{name[:20]!r} is no address")
        _check_keys(PairingKeys.from_dict(keys))
    return document


def _check_keys(bond: PairingKeys) -> None:
    keys = (bond.ltk, bond.ltk_central, bond.ltk_peripheral, bond.irk, bond.csrk, bond.link_key)
    if any(key is not None and len(key.value) != KEY_BYTES for key in keys):
        raise ValueError(f"a key is not {KEY_BYTES} bytes")


def _save(path: Path, document: dict[str, Any]) -> None:
    """Write the file; put `_alone` around it."""
    text = json.dumps(document, indent=1, sort_keys=True) + "\n"
    write_private(path, text.encode())
