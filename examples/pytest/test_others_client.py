"""A client that others wrote, unmodified: pysony from PyPI (pip install pysony)."""

import pytest

pysony = pytest.importorskip("pysony")


@pytest.fixture
def camera(emulated_camera):
    """pysony's own object for a camera, at the emulated one's address."""
    return pysony.SonyAPI(QX_ADDR=f"http://{emulated_camera.host}:{emulated_camera.port}")


@pytest.mark.emulated_camera(model="SONY-FULL", scene="chart", still_scale=8)
def test_pysony_takes_a_picture(camera, emulated_camera):
    camera.startRecMode()
    assert camera.getApplicationInfo()["result"][0] == "Smart Remote Control"
    url = camera.actTakePicture()["result"][0][0]
    assert url.startswith(f"http://{emulated_camera.host}")
    assert emulated_camera.count("actTakePicture") == 1


@pytest.mark.emulated_camera(model="DSC-QX10", faults=["rpc:error=40401,match=actTakePicture"])
def test_pysony_tells_of_a_busy_camera(camera):
    assert camera.actTakePicture()["error"][0] == 40401
