"""A program's own tests with an emulated camera: plain pytest, standard library, time that stands still.

Run it with ``pytest`` where ``remotelens[emulator]`` is installed; nothing needs to be set up.
"""

import json
import urllib.error
import urllib.request

import pytest


class Shutter:
    """The program under test: takes a picture, and does not give up when the camera is busy."""

    def __init__(self, base: str) -> None:
        self.url = f"{base}/sony/camera"

    def call(self, method: str, *params: object) -> dict:
        body = {"method": method, "params": params, "id": 1, "version": "1.0"}
        request = urllib.request.Request(self.url, json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def press(self, tries: int = 3) -> str:
        for _ in range(tries):
            answer = self.call("actTakePicture")
            if "result" in answer:
                return answer["result"][0][0]
        raise RuntimeError(f"the camera is busy: {answer['error']}")


@pytest.fixture
def shutter(emulated_camera) -> Shutter:
    return Shutter(f"http://{emulated_camera.host}:{emulated_camera.port}")


@pytest.mark.emulated_camera(model="DSC-QX10", faults=["rpc:busy,match=actTakePicture,count=2"])
def test_a_busy_camera_is_asked_again(shutter, emulated_camera):
    assert shutter.press().endswith("image%2fjpeg%3a%2a%21%21%21%21%21")
    assert emulated_camera.count("actTakePicture") == 3
    assert emulated_camera.state["stills_on_card"] == 1


@pytest.mark.emulated_camera(faults=["rpc:lost,match=actTakePicture,count=1"])
def test_a_lost_answer_may_be_of_a_picture_that_was_taken(shutter, emulated_camera):
    with pytest.raises((urllib.error.URLError, ConnectionError, OSError)):
        shutter.press()
    assert emulated_camera.state["stills_on_card"] == 1


def test_nothing_happens_while_time_stands_still(emulated_camera, emulator_clock):
    emulated_camera.press("full", 0.5)
    assert emulated_camera.state["stills_on_card"] == 0
    emulator_clock.advance(10)
    assert emulated_camera.state["stills_on_card"] == 1
