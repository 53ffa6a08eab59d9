"""Identity and bonds on disk."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from bumble import hci
from bumble.keys import PairingKeys
from hypothesis import given, settings
from hypothesis import strategies as st

from remotelens.transport.ble.bumble_backend import keyring as keyring_module
from remotelens.transport.ble.bumble_backend.errors import BleakKeyFileError
from remotelens.transport.ble.bumble_backend.keyring import Keyring, same_address

PEER = "C4:00:00:00:00:01"
KEYS = PairingKeys(address_type=hci.AddressType.RANDOM_DEVICE, ltk=PairingKeys.Key(bytes(range(16))))


async def test_a_new_file_holds_a_static_random_address_and_a_key(tmp_path: Path) -> None:
    keyring = await Keyring.open(tmp_path / "deep" / "hci.json", {})
    head = int(keyring.identity.address[:2], 16)
    assert head & 0xC0 == 0xC0
    assert len(keyring.identity.irk) == 16
    assert keyring.identity.irk.hex() not in repr(keyring.identity)
    assert (tmp_path / "deep" / "hci.json").stat().st_mode & 0o777 == 0o600


async def test_identity_and_bonds_are_read_again(tmp_path: Path) -> None:
    one = await Keyring.open(tmp_path / "hci.json", {})
    await one.update(PEER, KEYS)
    other = await Keyring.open(tmp_path / "hci.json", {})
    assert other.identity == one.identity
    assert await other.get(PEER) == KEYS
    assert await other.get_all() == [(PEER, KEYS)]
    await other.delete(PEER)
    await other.delete(PEER)
    assert await (await Keyring.open(tmp_path / "hci.json", {})).get(PEER) is None


async def test_memory_keeps_identity_and_bonds_across_openings() -> None:
    memory: dict[str, object] = {}
    one = await Keyring.open(None, memory)
    await one.update(PEER, KEYS)
    other = await Keyring.open(None, memory)
    assert other.identity == one.identity
    assert await other.get(PEER) == KEYS


async def test_bonds_written_by_another_process_are_kept(tmp_path: Path) -> None:
    one = await Keyring.open(tmp_path / "hci.json", {})
    other = await Keyring.open(tmp_path / "hci.json", {})
    await one.update(PEER, KEYS)
    await other.update("C4:00:00:00:00:02", KEYS)
    names = [name for name, _ in await (await Keyring.open(tmp_path / "hci.json", {})).get_all()]
    assert sorted(names) == [PEER, "C4:00:00:00:00:02"]


async def test_bonds_made_at_the_same_moment_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "hci.json"
    rings = [await Keyring.open(path, {}) for _ in range(6)]
    names = [f"C4:00:00:00:00:{number:02X}" for number in range(6)]
    await asyncio.gather(*(ring.update(name, KEYS) for ring, name in zip(rings, names, strict=True)))
    assert sorted(json.loads(path.read_text())["bonds"]) == names


async def test_all_who_open_first_at_once_are_the_same_host(tmp_path: Path) -> None:
    rings = await asyncio.gather(*(Keyring.open(tmp_path / "hci.json", {}) for _ in range(4)))
    identity = json.loads((tmp_path / "hci.json").read_text())["identity"]
    assert {ring.identity.address for ring in rings} == {identity["address"]}


async def test_no_bond_is_filed_under_the_identity_of_another(tmp_path: Path) -> None:
    path = tmp_path / "hci.json"
    keyring = await Keyring.open(path, {})
    path.unlink()
    other = await Keyring.open(path, {})
    with pytest.raises(BleakKeyFileError, match="another identity") as caught:
        await keyring.update(PEER, KEYS)
    assert keyring.failure is caught.value
    assert await (await Keyring.open(path, {})).get_all() == []
    assert other.identity != keyring.identity


async def test_a_file_that_was_taken_away_is_made_again_with_the_identity_in_use(tmp_path: Path) -> None:
    path = tmp_path / "hci.json"
    keyring = await Keyring.open(path, {})
    path.unlink()
    await keyring.update(PEER, KEYS)
    assert (await Keyring.open(path, {})).identity == keyring.identity


async def test_a_bond_that_another_process_has_forgotten_is_not_moved(tmp_path: Path) -> None:
    keyring = await Keyring.open(tmp_path / "hci.json", {})
    await keyring.move(PEER, f"{PEER}/P")
    assert await keyring.get_all() == []


async def test_a_bond_whose_writing_is_cancelled_is_known_here_as_it_is_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = await Keyring.open(tmp_path / "hci.json", {})
    change, writing, let_go = keyring_module._change_file, threading.Event(), threading.Event()

    def slowly(*arguments: Any) -> dict[str, Any]:
        writing.set()
        assert let_go.wait(10)
        return change(*arguments)

    monkeypatch.setattr(keyring_module, "_change_file", slowly)
    updating = asyncio.create_task(keyring.update(PEER, KEYS))
    await asyncio.to_thread(writing.wait)
    updating.cancel()  # as Bumble does when the link drops just then
    asyncio.get_running_loop().call_soon(let_go.set)
    with pytest.raises(asyncio.CancelledError):
        await updating
    assert await keyring.get(PEER) == KEYS
    assert await (await Keyring.open(tmp_path / "hci.json", {})).get(PEER) == KEYS


async def test_forgetting_takes_an_address_of_either_kind(tmp_path: Path) -> None:
    keyring = await Keyring.open(tmp_path / "hci.json", {})
    await keyring.update(PEER, KEYS)
    await keyring.update(f"{PEER}/P", KEYS)
    assert await keyring.forget(PEER.lower())
    assert await keyring.get_all() == []
    assert not await keyring.forget(PEER)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"schema": 2, "identity": {}, "bonds": {}}',
        '{"schema": 1, "identity": {"address": "C4:00:00:00:00:01", "irk": "00"}, "bonds": {}}',
        '{"schema": 1, "identity": {"address": "C4", "irk": "%s"}, "bonds": {}}' % ("00" * 16),
        '{"schema": 1, "identity": {"address": "C4:00:00:00:00:01", "irk": "%s"}, "bonds": []}' % ("00" * 16),
        *(
            json.dumps(
                {"schema": 1, "identity": {"address": address, "irk": "00" * 16}, "bonds": {name: bond}}
            )
            for address, name, bond in (
                ("C40000000001", PEER, {}),
                ("C4:00:00:00:0001", PEER, {}),
                ("00:00:00:00:00:00", PEER, {}),
                (PEER, "rubbish", {}),
                (PEER, PEER[:-3], {}),
                (PEER, PEER, "keys"),
                (PEER, PEER, {"irk": {"value": "02"}}),
                (PEER, PEER, {"ltk": {"value": "02" * 40}}),
            )
        ),
        "[" * 100_000,
    ],
)
async def test_a_file_that_is_no_key_file_is_named_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "hci.json"
    path.write_text(text)
    with pytest.raises(BleakKeyFileError, match=r"hci\.json"):
        await Keyring.open(path, {})
    assert path.read_text() == text


async def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BleakKeyFileError):
        await Keyring.open(tmp_path / "file" / "hci.json", {})


async def test_the_file_shows_no_key_it_does_not_need_to(tmp_path: Path) -> None:
    keyring = await Keyring.open(tmp_path / "hci.json", {})
    await keyring.update(PEER, KEYS)
    document = json.loads((tmp_path / "hci.json").read_text())
    assert set(document) == {"schema", "identity", "bonds"}
    assert set(document["bonds"][PEER]) == {"address_type", "ltk"}


@settings(max_examples=50)
@given(st.binary(min_size=6, max_size=6))
def test_addresses_are_the_same_whatever_their_case_and_kind(raw: bytes) -> None:
    text = ":".join(f"{byte:02x}" for byte in raw)
    assert same_address(text, text.upper() + "/P")
    assert not same_address(text, "not an address")
