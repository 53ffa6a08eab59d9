from __future__ import annotations

import asyncio

from tests.remotelens.camera.double import ApiDouble, camera_on


async def test_a_still_size_is_chosen_by_aspect_and_size() -> None:
    api = ApiDouble()
    api.handlers["setStillSize"] = lambda aspect, size: api.tell(
        stillSize={
            "checkAvailability": False,
            "currentAspect": aspect,
            "currentSize": size,
            "type": "stillSize",
        }
    )
    async with camera_on(api) as camera, asyncio.timeout(5):
        assert (await camera.image.size.set("16:9 13m")).value == "16:9 13M"
        assert camera.image.postview_size.candidates == ("2M", "Original")
        assert not camera.image.quality.offered
    assert api.called("setStillSize") == [("16:9", "13M")]
