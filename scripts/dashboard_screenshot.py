"""Make docs/images/dashboard.svg: the dashboard with an emulated camera, after a picture was taken."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ["COLORTERM"] = "truecolor"  # before Textual looks for it

from emulator import Emulator
from remotelens import connect
from remotelens.dashboard.app import Dashboard

TARGET = Path(__file__).resolve().parents[1] / "docs" / "images" / "dashboard.svg"
SIZE = (100, 36)
LIMIT_S = 60.0
FONTS_OF_OTHERS = re.compile(r",\s*url\([^)]*\) format\([^)]*\)")


async def main() -> None:
    """Run it, take a picture, and draw the screen."""
    async with Emulator(models=["DSC-QX10@3.00"], control=False, still_scale=4) as emulator:
        url = emulator.cameras[0].description_url
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            app = Dashboard([url], connect, folder=Path("pictures"))
            async with app.run_test(size=SIZE) as pilot:
                view = app.operators[0]
                await until(lambda: view.deeds is not None)
                assert view.deeds is not None
                view.deeds.change("exposure_mode", "Program Auto")
                await until(lambda: "iso" in view.view.state.settings and view.view.state.idle)
                await pilot.press("c")
                await until(lambda: view.view.touch is not None and view.view.touch.found is not None)
                await pilot.press("s")
                await until(lambda: any(shot.path for shot in app.shots) and view.view.state.idle)
                await pilot.press("down", "down", "c")
                await until(lambda: view.view.touch is not None and view.view.touch.found is not None)
                await pilot.pause(1.0)
                drawn = app.export_screenshot(simplify=True)
    await asyncio.to_thread(TARGET.write_text, FONTS_OF_OTHERS.sub("", drawn), "utf-8")


async def until(condition: Callable[[], object]) -> None:
    """Wait for the camera."""
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110 - the screen has no event for a script to wait on
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main())
