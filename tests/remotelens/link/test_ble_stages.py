from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from remotelens.clock import REAL_CLOCK
from remotelens.errors import CameraNotFound, InvalidValue
from remotelens.link import ble_find
from remotelens.link.ble_stages import RealBleStages

STAGES = RealBleStages("hci:tcp:127.0.0.1:1", REAL_CLOCK)


def hearing(monkeypatch: pytest.MonkeyPatch, *labels: str) -> None:
    async def find_ble(*_: Any, **__: Any) -> list[Any]:
        return [SimpleNamespace(label=label) for label in labels]

    monkeypatch.setattr(ble_find, "find_ble", find_ble)


async def test_the_only_camera_that_is_heard_is_meant_when_none_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hearing(monkeypatch, "DSC-QX10 (C0:01)")
    assert (await STAGES.find(None, timeout_s=1)).label == "DSC-QX10 (C0:01)"


async def test_several_that_are_heard_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    hearing(monkeypatch, "DSC-QX10 (C0:01)", "ILCE-QX1 (C0:02)")
    with pytest.raises(CameraNotFound, match=r"2 cameras advertise: DSC-QX10 \(C0:01\), ILCE-QX1") as caught:
        await STAGES.find(None, timeout_s=1)
    assert "ble:ADDRESS" in str(caught.value)


async def test_none_that_is_heard_is_told_with_a_word_on_qx_cameras(monkeypatch: pytest.MonkeyPatch) -> None:
    hearing(monkeypatch)
    with pytest.raises(CameraNotFound, match="QX cameras have no Bluetooth radio"):
        await STAGES.find(None, timeout_s=1)


async def test_a_camera_that_is_named_is_looked_for_by_that(monkeypatch: pytest.MonkeyPatch) -> None:
    async def find_one(adapter: Any, wanted: str, **__: Any) -> Any:
        return SimpleNamespace(label=wanted)

    monkeypatch.setattr(ble_find, "find_one", find_one)
    assert (await STAGES.find("C0:01", timeout_s=1)).label == "C0:01"


async def test_a_text_that_names_no_bluetooth_is_refused() -> None:
    with pytest.raises(InvalidValue):
        await RealBleStages("radio", REAL_CLOCK).find(None, timeout_s=1)
