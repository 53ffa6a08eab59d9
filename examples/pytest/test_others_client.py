"""A client that others wrote, unmodified: libsonyapi from PyPI (pip install libsonyapi requests).

It asks nobody where the camera is: it searches by multicast, so the emulated camera answers searches, too.
Run such tests one at a time, since any camera of this host may answer.
"""

import urllib.request

import pytest

libsonyapi = pytest.importorskip("libsonyapi.camera")


@pytest.mark.emulated_camera(model="DSC-QX10", ssdp=True, scene="chart", still_scale=8)
def test_libsonyapi_finds_the_camera_and_takes_a_picture(emulated_camera):
    camera = libsonyapi.Camera()
    assert camera.name == "DSC-QX10"
    url = camera.do("actTakePicture")["result"][0][0]
    with urllib.request.urlopen(url) as answer:
        assert answer.read(2) == b"\xff\xd8"
    assert emulated_camera.count("actTakePicture") == 1


@pytest.mark.emulated_camera(ssdp=True, faults=["rpc:error=40401,match=actTakePicture"])
def test_libsonyapi_makes_nothing_of_a_busy_camera(emulated_camera, capsys):
    assert libsonyapi.Camera().do("actTakePicture") is None
    assert "40401" in capsys.readouterr().out
