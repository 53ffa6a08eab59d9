"""Bonds in a file: kept, private, and a clear word when the file is something else."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from bumble.keys import PairingKeys

from emulator.ble.bonds import BondStore
from emulator.clock import VirtualClock
from remotelens.errors import ConfigError

HOST = "C1:00:00:00:00:01"
KEYS = PairingKeys(ltk=PairingKeys.Key(bytes(range(16))))


def store(path: Path | None) -> BondStore:
    return BondStore(path, VirtualClock())


async def test_bonds_are_found_again_in_their_file(tmp_path: Path) -> None:
    path = tmp_path / "state" / "bonds.json"
    first = store(path)
    await first.load()
    await first.update(HOST, KEYS)

    second = store(path)
    await second.load()

    assert second.peers == (HOST,)
    assert await second.get(HOST) == KEYS
    assert await second.get_all() == [(HOST, KEYS)]
    assert json.loads(path.read_text("utf-8"))["schema"] == 1
    assert [entry.name for entry in path.parent.iterdir()] == ["bonds.json"]


@pytest.mark.skipif(os.name == "nt", reason="file modes are a matter of POSIX")
async def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bonds.json"
    await store(path).update(HOST, KEYS)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_forgotten_bond_stays_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "bonds.json"
    bonds = store(path)
    await bonds.update(HOST, KEYS)
    await bonds.update("C1:00:00:00:00:02", KEYS)

    await bonds.delete(HOST)
    await bonds.delete("C1:00:00:00:00:99")

    again = store(path)
    await again.load()
    assert again.peers == ("C1:00:00:00:00:02",)
    await again.delete_all()
    await bonds.load()
    assert bonds.peers == ()


async def test_the_key_of_a_legacy_bond_is_the_one_that_was_handed_out_with_the_same_numbers() -> None:
    ours = PairingKeys.Key(bytes([1]) * 16, ediv=7, rand=bytes(8))
    theirs = PairingKeys.Key(bytes([2]) * 16, ediv=8, rand=bytes(8))
    bonds = store(None)
    await bonds.update(HOST, PairingKeys(ltk_central=ours, ltk_peripheral=theirs))

    assert bonds.long_term_key(HOST, bytes(8), 7) == ours.value
    assert bonds.long_term_key(HOST, bytes(8), 8) == theirs.value
    assert bonds.long_term_key(HOST, bytes(8), 9) is None
    assert bonds.long_term_key("C1:00:00:00:00:99", bytes(8), 7) is None
    await bonds.update(HOST, KEYS)
    assert bonds.long_term_key(HOST, bytes(8), 0) == bytes(range(16))


async def test_without_a_path_bonds_live_as_long_as_the_camera() -> None:
    bonds = store(None)
    await bonds.load()
    await bonds.update(HOST, KEYS)

    assert await bonds.get(HOST) == KEYS


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b'{"bonds": [1]}', b'{"bonds": {"x": {"ltk": {"value": "zz"}}}}', b"\xff{}", b"[" * 100_000],
    ids=lambda data: repr(data[:40]),
)
async def test_a_file_of_something_else_is_named_in_the_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bonds.json"
    path.write_bytes(data)

    with pytest.raises(ConfigError, match=r"bonds\.json"):
        await store(path).load()


async def test_a_file_that_cannot_be_read_is_named_in_the_error(tmp_path: Path) -> None:
    path = tmp_path / "bonds.json"
    path.mkdir()

    with pytest.raises(ConfigError, match=r"bonds\.json"):
        await store(path).load()
