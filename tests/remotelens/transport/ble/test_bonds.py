"""What is remembered of bonds."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from remotelens.errors import ConfigError, DiskFull
from remotelens.transport.ble.bonds import BondBook, BondRecord

RECORD = BondRecord("C4:00:00:00:00:01", "DSC-QX10", registered=True)


async def test_a_bond_is_remembered_until_it_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "bonds" / "cameras.json"
    book = BondBook(path)
    assert await book.get(RECORD.address) is None
    await book.put(RECORD)
    assert await BondBook(path).get(RECORD.address) == RECORD
    lower = await BondBook(path).get(RECORD.address.lower())
    assert lower is not None
    assert lower.registered
    assert path.stat().st_mode & 0o777 == 0o600
    await book.forget(RECORD.address)
    await book.forget(RECORD.address)
    assert await book.get(RECORD.address) is None


async def test_bonds_made_at_the_same_moment_are_all_remembered(tmp_path: Path) -> None:
    records = [BondRecord(f"C4:00:00:00:00:{number:02X}", None, registered=True) for number in range(6)]
    path = tmp_path / "cameras.json"
    await asyncio.gather(*(BondBook(path).put(record) for record in records))
    assert [await BondBook(path).get(record.address) for record in records] == records


async def test_the_file_lies_in_the_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMOTELENS_STATE_DIR", str(tmp_path))
    await BondBook().put(RECORD)
    assert (tmp_path / "bonds" / "cameras.json").exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"schema": 2, "bonds": {}}',
        '{"schema": 1, "bonds": 3}',
        '{"schema": 1, "bonds": {"a": {}}}',
        '{"schema": 1, "bonds": {"a": {"name": 1, "registered": true}}}',
        "\xff",
        "[" * 100_000,
    ],
)
async def test_a_file_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cameras.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"cameras\.json is no list of bonds"):
        await BondBook(path).get(RECORD.address)


async def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((ConfigError, DiskFull)):
        await BondBook(tmp_path / "file" / "cameras.json").put(RECORD)
