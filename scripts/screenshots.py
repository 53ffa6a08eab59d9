"""Make the pictures of README from an emulated camera, through the client's own door.

``make screenshots`` writes docs/images/live-view.svg: one live view image as it arrived, with what the camera
tells of itself beside it.
"""

from __future__ import annotations

import asyncio
import base64
from html import escape
from pathlib import Path

import remotelens
from emulator import Emulator

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
WIDTH, HEIGHT, MARGIN, PANEL = 640, 480, 16, 250


async def main() -> None:
    """Take one live view image and the state, and draw them."""
    async with Emulator(models=["DSC-QX10@3.00"]) as emulator:
        url = emulator.cameras[0].description_url
        async with remotelens.connect(url) as camera:
            await camera.set("exposure_mode", "Program Auto")
            async with camera.live_view() as view:
                images = aiter(view)
                for _ in range(15):
                    frame = await anext(images)
            lines = [
                ("model", camera.state.model),
                ("link", camera.state.link),
                ("status", camera.state.status),
                ("battery", "–"),
                ("card", f"{camera.state.storage[0].images_left} pictures left"),
                ("zoom", camera.state.zoom.position if camera.state.zoom else "–"),
                *((name.replace("_", " "), one.value) for name, one in camera.settings.items()),
            ]
    drawn = picture(frame.jpeg, [(name, str(value)) for name, value in lines])
    await asyncio.to_thread(IMAGES.mkdir, parents=True, exist_ok=True)
    await asyncio.to_thread((IMAGES / "live-view.svg").write_text, drawn, "utf-8")


def picture(jpeg: bytes, lines: list[tuple[str, str]]) -> str:
    """Return the image and the lines as one SVG."""
    width, height = WIDTH + PANEL + 3 * MARGIN, HEIGHT + 2 * MARGIN
    left = WIDTH + 2 * MARGIN
    rows = "".join(
        f'<text x="{left}" y="{MARGIN + 20 + 24 * row}"><tspan fill="#8b949e">{escape(name)}</tspan></text>'
        f'<text x="{left + 110}" y="{MARGIN + 20 + 24 * row}">{escape(value)}</text>'
        for row, (name, value) in enumerate(lines)
    )
    image = base64.b64encode(jpeg).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13" '
        f'fill="#e6edf3"><rect width="100%" height="100%" rx="8" fill="#0d1117"/>'
        f'<image x="{MARGIN}" y="{MARGIN}" width="{WIDTH}" height="{HEIGHT}" '
        f'href="data:image/jpeg;base64,{image}"/>{rows}</svg>\n'
    )


if __name__ == "__main__":
    asyncio.run(main())
