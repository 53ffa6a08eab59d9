"""What goes wrong ends in one clear line, the documented exit code, and no half picture."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.programs import Ended, Here
from tests.remotelens.rawserver import Visit, answer, raw_server

DESCRIPTION = (
    b'<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device>'
    b"<friendlyName>DSC-QX10</friendlyName><modelName>SonyImagingDevice</modelName>"
    b"<UDN>uuid:00000000-0005-0010-8000-000000000001</UDN>"
    b'<av:X_ScalarWebAPI_DeviceInfo xmlns:av="urn:schemas-sony-com:av"><av:X_ScalarWebAPI_ServiceList>'
    b"<av:X_ScalarWebAPI_Service><av:X_ScalarWebAPI_ServiceType>camera</av:X_ScalarWebAPI_ServiceType>"
    b"<av:X_ScalarWebAPI_ActionList_URL>http://127.0.0.1:%d/sony</av:X_ScalarWebAPI_ActionList_URL>"
    b"</av:X_ScalarWebAPI_Service></av:X_ScalarWebAPI_ServiceList></av:X_ScalarWebAPI_DeviceInfo>"
    b"</device></root>"
)
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha">'
    + b"".join(
        b'<!ENTITY x%d "&x%s;&x%s;">'
        % (n, b"" if n == 1 else b"%d" % (n - 1), b"" if n == 1 else b"%d" % (n - 1))
        for n in range(1, 30)
    )
    + b"]><a>&x29;</a>"
)


def one_line(ended: Ended, code: int, *words: str) -> None:
    """See that a program ended with one line of words, the code, and no traceback."""
    assert ended.code == code, ended.stderr
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, ended.stderr
    assert lines[0].startswith("remotelens: ")
    assert "Traceback" not in ended.stderr
    for word in words:
        assert word in lines[0]


async def against(here: Here, speak: Callable[[Visit], Awaitable[None]], *words: str) -> Ended:
    """Run the client against a server of this test's."""
    async with raw_server(speak) as server:
        place = [word.replace("PLACE", f"127.0.0.1:{server.port}") for word in words]
        return await asyncio.to_thread(here.remotelens, *place)


def test_an_address_where_nothing_is(here: Here) -> None:
    one_line(here.remotelens("status", "127.0.0.1:9"), 3, "127.0.0.1:9", "see that it is on")


def test_a_text_that_names_no_camera(here: Here) -> None:
    one_line(here.remotelens("status", "not a camera!"), 2, "names no camera")


def test_an_error_is_an_object_too(here: Here) -> None:
    ended = here.remotelens("status", "127.0.0.1:9", "--json")
    error = ended.json["error"]
    assert set(error) == {"type", "exit", "camera", "message", "remedy", "code"}
    assert (error["type"], error["exit"]) == ("CameraNotFound", 3)


def test_verbose_shows_where(here: Here) -> None:
    assert "Traceback" in here.remotelens("status", "127.0.0.1:9", "-v").stderr


@pytest.mark.parametrize("body", [b"this is no XML", b"<a><b></a>", b"\0\xff\xfe", BOMB, b""])
async def test_a_description_that_is_none(here: Here, body: bytes) -> None:
    async def speak(visit: Visit) -> None:
        await visit.say(answer(body))
        visit.writer.close()

    one_line(await against(here, speak, "status", "http://PLACE/dd.xml"), 1, "127.0.0.1")


@pytest.mark.parametrize("body", [b"this is no JSON", b"[" * 100_000, b'{"id":1}', b'{"id":1,"result":NaN}'])
async def test_an_answer_that_is_no_json(here: Here, body: bytes) -> None:
    async def speak(visit: Visit) -> None:
        port = visit.writer.get_extra_info("sockname")[1]
        await visit.say(answer(DESCRIPTION % port if visit.path == "/dd.xml" else body))
        visit.writer.close()

    one_line(await against(here, speak, "status", "http://PLACE/dd.xml"), 1, "DSC-QX10")


async def test_an_answer_of_a_gigabyte_is_not_read(here: Here) -> None:
    sent = 0

    async def speak(visit: Visit) -> None:
        nonlocal sent
        port = visit.writer.get_extra_info("sockname")[1]
        if visit.path == "/dd.xml":
            await visit.say(answer(DESCRIPTION % port))
            visit.writer.close()
            return
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        for _ in range(1024):
            await visit.say(b" " * 1024 * 1024)
            sent += 1

    one_line(await against(here, speak, "status", "http://PLACE/dd.xml"), 1, "DSC-QX10")
    assert sent < 64


def test_a_value_that_the_camera_does_not_offer(here: Here, qx10: str) -> None:
    one_line(here.remotelens("set", qx10, "self_timer=5"), 2, "self_timer", "0, 2, 10")


def test_a_setting_that_there_is_not(here: Here, qx10: str) -> None:
    one_line(here.remotelens("set", qx10, "shuter_speed=1/60"), 2, "shutter_speed")


def test_a_setting_that_this_camera_does_not_have(here: Here, qx10: str) -> None:
    one_line(here.remotelens("get", qx10, "flash"), 5, "DSC-QX10")


def test_a_method_that_there_is_not_yet_is_refused_by_the_camera(here: Here, qx10: str) -> None:
    ended = here.remotelens("call", qx10, "camera.startRecMode", "--json")
    assert (ended.code, ended.json["error"]["code"]) == (5, 12)


def test_a_locked_method_says_so(here: Here, qx10: str) -> None:
    ended = here.remotelens("call", qx10, "camera.setCameraFunction", '["Contents Transfer"]', "--json")
    assert (ended.code, ended.json["error"]["type"]) == (5, "AuthenticationNeeded")


@pytest.mark.parametrize(
    "words",
    [
        ("shoot", "--count", "0"),
        ("call", "10.0.0.1"),
        ("call", "camera.getEvent", "{}", "more"),
        ("set", "iso"),
        ("live-view", "--frames", "-1"),
        ("setup",),
        ("setup", "--ble", "--joined"),
        ("nonsense",),
        ("status", "--nonsense"),
    ],
)
def test_a_command_line_that_cannot_be_meant(here: Here, words: tuple[str, ...]) -> None:
    ended = here.remotelens(*words)
    assert ended.code == 2
    assert "Error: " in ended.stderr
    assert "Traceback" not in ended.stderr


def test_parameters_that_are_no_json(here: Here, qx10: str) -> None:
    one_line(here.remotelens("call", qx10, "camera.getEvent", "[true"), 2, "not JSON")


def test_a_time_limit_ends_the_command(here: Here, qx10: str) -> None:
    ended = here.remotelens("--timeout", "1.5", "live-view", qx10)
    one_line(ended, 124, "1.5 s")


@pytest.mark.parametrize("model", ["DSC-QX10@3.00", "ILCE-QX1@1.10"])
def test_a_picture_cut_short_is_fetched_again_and_whole(here: Here, model: str) -> None:
    with here.emulator(
        "--model", model, "--still-scale", "8", "--fault", "contents:truncate=4000,count=1"
    ) as ready:
        ended = here.remotelens("shoot", f"127.0.0.1:{ready['cameras'][0]['port']}", "--json")
        assert ended.code == 0, ended.stderr
        (path,) = here.folder.glob("*.JPG")
        assert path.read_bytes().endswith(b"\xff\xd9")
        assert not list(here.folder.glob("*.part"))


@pytest.mark.parametrize("fault", ["contents:truncate=4000", "contents:reset=4000"])
def test_a_picture_that_is_always_cut_short_leaves_no_file(here: Here, fault: str) -> None:
    with here.emulator("--still-scale", "8", "--fault", fault) as ready:
        ended = here.remotelens("shoot", f"127.0.0.1:{ready['cameras'][0]['port']}", "--json")
    assert ended.code in (1, 4)
    assert ended.json["error"]["camera"] == "DSC-QX10"
    (shot,) = ended.json["items"]
    assert shot["files"][0]["url"].startswith("http://")
    assert not list(here.folder.glob("*.JPG*"))


def test_the_emulator_killed_during_live_view(here: Here) -> None:
    with (
        here.emulator() as ready,
        here.started("live-view", f"127.0.0.1:{ready['cameras'][0]['port']}", "--jsonl") as process,
    ):
        assert process.stdout is not None
        process.stdout.readline()
        ready["process"].kill()
        _, words = process.communicate(timeout=50)
    assert process.returncode == 4
    assert "Traceback" not in words
    assert words.strip().splitlines()[-1].startswith("remotelens: ")


def test_the_emulator_killed_during_a_download(here: Here) -> None:
    with (
        here.emulator("--fault", "contents:stall=200000") as ready,
        here.started("shoot", f"127.0.0.1:{ready['cameras'][0]['port']}") as process,
    ):
        wait_for_part(here.folder, process)
        ready["process"].kill()
        assert process.stderr is not None
        assert "connection" in process.stderr.readline()  # told at once; the picture waits for the camera
        process.send_signal(signal.SIGTERM)
        _, words = process.communicate(timeout=50)
    assert process.returncode == 130
    assert words.strip().splitlines()[-1].startswith("remotelens: ")
    assert not list(here.folder.glob("*.JPG*"))


def wait_for_part(folder: Path, process: subprocess.Popen[str]) -> None:
    """Return when a file is being written in the folder; the program must not end before."""
    for _ in range(800):
        if any(folder.glob("*.part")):
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
            break
    raise AssertionError("no download began")


def test_interrupting_a_download_leaves_no_file(here: Here) -> None:
    with (
        here.emulator("--fault", "contents:stall=200000") as ready,
        here.started("shoot", f"127.0.0.1:{ready['cameras'][0]['port']}") as process,
    ):
        wait_for_part(here.folder, process)
        process.send_signal(signal.SIGINT)
        _, words = process.communicate(timeout=30)
    assert process.returncode == 130, words
    assert not list(here.folder.glob("*.JPG*"))


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
def test_a_full_disk_leaves_no_file_and_says_so(here: Here, qx10: str) -> None:
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        ended = here.remotelens("shoot", qx10, "--json")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert ended.code == 6
    assert "no room" in ended.json["error"]["message"]
    assert not list(here.folder.glob("*.JPG*"))


def test_for_a_folder_that_cannot_be_written_no_picture_is_taken(here: Here, qx10: str) -> None:
    (here.folder / "file").write_text("in the way")
    ended = here.remotelens("shoot", qx10, "-o", "file/inside", "--json")
    assert (ended.code, ended.json["items"]) == (6, [])
