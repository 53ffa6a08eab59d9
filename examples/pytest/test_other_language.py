"""A program in another language is tested just so: it gets the camera's address, the test asks the camera."""

import pathlib
import shutil
import subprocess

import pytest

PROGRAM = pathlib.Path(__file__).with_name("remote.pl")


@pytest.mark.skipif(shutil.which("perl") is None, reason="perl is not installed")
@pytest.mark.emulated_camera(model="ILCE-QX1", still_scale=8)
def test_a_perl_program_takes_a_picture(emulated_camera, tmp_path):
    file = tmp_path / "picture.jpg"
    told = subprocess.run(
        ["perl", PROGRAM, emulated_camera.description_url, file], check=True, capture_output=True, text=True
    )
    assert told.stdout.startswith("ILCE-QX1 http://")
    assert file.read_bytes()[:2] == b"\xff\xd8"
    methods = [entry["method"] for entry in emulated_camera.journal(channel="rpc", kind="request")]
    assert methods == ["actTakePicture"]


@pytest.mark.skipif(shutil.which("perl") is None, reason="perl is not installed")
def test_it_says_so_when_the_card_is_full(emulated_camera, tmp_path):
    emulated_camera.card(full=True)
    told = subprocess.run(
        ["perl", PROGRAM, emulated_camera.description_url, tmp_path / "x"], capture_output=True, text=True
    )
    assert told.returncode != 0
    assert "actTakePicture: 40400" in told.stderr
