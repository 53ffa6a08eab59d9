import asyncio
import threading
import urllib.error
import urllib.request

import pytest

from emulator.threaded import ThreadedCamera
from remotelens.errors import InvalidValue, NotAvailableNow, RemoteLensError, WifiJoinFailed
from tests.emulator.wire import call


def test_a_program_without_a_loop_reaches_the_camera() -> None:
    with ThreadedCamera() as camera:
        with urllib.request.urlopen(camera.description_url, timeout=10) as answer:  # loopback
            assert b"<friendlyName>DSC-QX10</friendlyName>" in answer.read()
        assert camera.ready["port"] == camera.port
        assert (camera.host, camera.adapter) == ("127.0.0.1", "")
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(camera.description_url, timeout=10)


async def test_a_program_with_a_loop_of_its_own_reaches_it_too() -> None:
    with ThreadedCamera("ILCE-QX1") as camera:
        assert (await call(camera.port, "getShootMode")).json == {"id": 1, "result": ["still"]}
        assert camera.count("getShootMode") == 1
        assert any("getShootMode" in line for line in camera.journal_lines(10))


def test_hands_and_faults_work_from_another_thread() -> None:
    with ThreadedCamera(clock="virtual") as camera:
        camera.card(full=True, present=True)
        camera.battery(0.5)
        camera.press("half", 1.0)
        camera.advance(0.5)
        state = camera.state
        assert (state["card"]["full"], state["battery_ratio"]) == (True, pytest.approx(0.5, abs=0.01))
        assert state["focus"] != "Not Focusing"
        camera.power(False)
        assert camera.state["power"] == "off"
        rule = camera.fault("rpc:hang")
        assert camera.run(camera.emulator.faults.rules).keys() == {rule}
        camera.heal()
        assert not camera.run(camera.emulator.faults.rules)
        with pytest.raises(InvalidValue):
            camera.fault("nonsense")
        with pytest.raises(NotAvailableNow):
            camera.pairing(screen=True)


def test_where_time_stands_still_switching_on_goes_on_as_it_is_advanced() -> None:
    with ThreadedCamera(clock="virtual") as camera:
        camera.power(False)
        assert camera.state["power"] == "off"
        camera.power(True)
        assert camera.state["status"] == "NotReady"
        camera.clock.advance(10)
        assert camera.state["status"] == "IDLE"


def test_what_takes_for_ever_is_given_up_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    given_up = threading.Event()

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    monkeypatch.setattr("emulator.threaded._LIMIT_S", 0.05)
    with ThreadedCamera(clock="virtual") as camera:
        with pytest.raises(RemoteLensError, match="not done it within"):
            camera._await(forever())
        assert given_up.wait(5)


def test_a_network_is_joined_from_another_thread() -> None:
    with ThreadedCamera() as camera:
        camera.join(camera.ssid, camera.key)
        assert camera.state["joined"] is True
        with pytest.raises(WifiJoinFailed):
            camera.join(camera.ssid, "wrong")


def test_with_bluetooth_the_air_is_told() -> None:
    with ThreadedCamera(ble=True) as camera:
        assert camera.adapter.startswith("hci:tcp:127.0.0.1:")


def test_a_start_that_fails_is_raised_where_it_was_asked_for() -> None:
    with pytest.raises(RemoteLensError, match="cannot listen"), ThreadedCamera(host="203.0.113.77"):
        pass


def test_its_thread_ends_with_it() -> None:
    before = set(threading.enumerate())
    with ThreadedCamera():
        assert len(set(threading.enumerate()) - before) >= 1
    assert not [thread for thread in set(threading.enumerate()) - before if "emulated" in thread.name]
