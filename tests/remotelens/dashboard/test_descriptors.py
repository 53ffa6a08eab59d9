"""A setting that is added to the descriptors appears, with its keys, and nothing else is changed for it."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest

from remotelens.camera import descriptors, fold, settings
from remotelens.camera.descriptors import Category, Descriptor
from remotelens.camera.forms import Keyed
from remotelens.dashboard import words
from tests.remotelens.camera.answers import qx10_program
from tests.remotelens.camera.double import ApiDouble, camera_on
from tests.remotelens.dashboard.desk import Desk, Watched

FLIP = Descriptor("flip", "Picture flip", Category.IMAGE, "FlipSetting", "flipSetting", Keyed("flip"))


def with_flip() -> ApiDouble:
    """A camera that has one more setting than the client knows."""
    slots = qx10_program()
    slots["flipSetting"] = {"flip": "Off", "candidate": ["Off", "On"], "type": "flipSetting"}
    names = slots["availableApiList"]["names"]
    slots["availableApiList"] = {
        "names": [*names, "setFlipSetting", "getFlipSetting", "getAvailableFlipSetting"],
        "type": "availableApiList",
    }
    api = ApiDouble(slots)
    api.handlers["setFlipSetting"] = lambda wanted: api.tell(
        flipSetting={**api.slots["flipSetting"], "flip": wanted["flip"]}
    )
    return api


async def shown_with(api: ApiDouble, folder: Path, keys: tuple[str, ...]) -> tuple[str, Desk]:
    app = Watched([None], lambda _: camera_on(api), folder=folder)
    async with app.run_test(size=(80, 30)) as pilot:
        desk = Desk(app, pilot, None, folder)  # type: ignore[arg-type]  # this camera is a double
        await desk.until(lambda: "Self-timer" in "\n".join(desk.screen()), "the settings")
        for key in keys:
            await desk.press(key)
        if keys:
            await desk.until(lambda: api.called("setFlipSetting"), "the change")
            await desk.until_set("flip", "On")
            await desk.until(lambda: not desk.view.wanted, "rest")
        return "\n".join(desk.screen()), desk


async def test_without_a_descriptor_a_setting_is_not_there(tmp_path: Path) -> None:
    screen, _ = await shown_with(with_flip(), tmp_path, ())
    assert "Picture flip" not in screen


async def test_with_one_it_appears_and_can_be_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    added = (*descriptors.DESCRIPTORS, FLIP)
    by_name = MappingProxyType({one.name: one for one in added})
    for module in (descriptors, fold, settings):
        monkeypatch.setattr(module, "DESCRIPTORS", added)
    for other in (descriptors, settings, words):
        monkeypatch.setattr(other, "BY_NAME", by_name)
    api = with_flip()
    screen, _ = await shown_with(api, tmp_path, ("up", "right"))
    assert "Picture flip" in screen
    assert api.called("setFlipSetting") == [({"flip": "On"},)]
