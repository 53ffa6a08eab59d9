"""The backend under bleak-retry-connector, unmodified."""

from __future__ import annotations

import pytest
from bleak import BleakScanner
from bleak_retry_connector import BleakClientWithServiceCache, BleakNotFoundError, establish_connection

from remotelens.transport.ble.bumble_backend.backend import Backend
from remotelens.transport.ble.bumble_backend.pool import current
from tests.remotelens.transport.ble.gadget import ADDRESS, PLAIN, SECRET, Gadget


async def test_it_connects_and_pairs(backend: Backend, gadget: Gadget) -> None:
    device = await BleakScanner.find_device_by_address(ADDRESS, timeout=5, backend=backend.scanner)
    assert device is not None
    client = await establish_connection(
        BleakClientWithServiceCache, device, "gadget", backend=backend.client, pair=True
    )
    assert await client.read_gatt_char(PLAIN) == b"plain"
    assert await client.read_gatt_char(SECRET) == b"secret"
    await client.disconnect()
    assert current(backend.port) is None


async def test_it_tries_again_after_a_failure(
    backend: Backend, gadget: Gadget, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = await BleakScanner.find_device_by_address(ADDRESS, timeout=5, backend=backend.scanner)
    assert device is not None
    failures = iter([TimeoutError()])
    original = backend.client._prepare

    async def fail_once(self: object, link: object, *, pair: bool) -> None:
        if error := next(failures, None):
            raise error
        await original(self, link, pair=pair)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(backend.client, "_prepare", fail_once)
    client = await establish_connection(
        BleakClientWithServiceCache, device, "gadget", backend=backend.client, max_attempts=2
    )
    assert client.is_connected
    await client.disconnect()


async def test_an_absent_device_is_its_own_not_found(backend: Backend, gadget: Gadget) -> None:
    device = await BleakScanner.find_device_by_address(ADDRESS, timeout=5, backend=backend.scanner)
    assert device is not None
    await gadget.close()

    class Impatient(BleakClientWithServiceCache):
        async def connect(self, **kwargs: object) -> None:
            await super().connect(**{**kwargs, "timeout": 0.05})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bleak_retry_connector.MAX_TRANSIENT_ERRORS", 1)
        patch.setattr("bleak_retry_connector.BLEAK_OUT_OF_SLOTS_BACKOFF_TIME", 0.01)
        with pytest.raises(BleakNotFoundError):
            await establish_connection(Impatient, device, "gadget", backend=backend.client, max_attempts=1)
