import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from emulator.rack import Emulator
from tests.emulator.control.remote import Remote
from tests.emulator.wire import ask, call, refused


@pytest.fixture
async def remote() -> AsyncIterator[Remote]:
    async with asyncio.timeout(30), Emulator(clock="virtual") as emulator:
        yield Remote(emulator)


@pytest.mark.parametrize("token", ["", "Bearer wrong", "Basic eDp5", "Bearer \xe9"])
async def test_without_the_token_nothing_is_told(remote: Remote, token: str) -> None:
    for path in ("/v1/health", "/v1/nonsense"):
        answer = await remote.ask("GET", path, Authorization=token)
        assert (answer.status, answer.json["error"]["type"]) == (401, "Unauthorized")
        assert answer.header("WWW-Authenticate") == "Bearer"


async def test_health_tells_of_cameras_and_time(remote: Remote) -> None:
    health = await remote.done("GET", "/v1/health")
    assert health["ok"] is True
    assert health["cameras"] == 1
    assert health["clock"] == {
        "kind": "virtual",
        "now": "2026-01-01T00:00:00.000Z",
        "monotonic_s": 0.0,
        "scene_time_s": 0.0,
    }


async def test_cameras_tell_their_state(remote: Remote) -> None:
    (item,) = (await remote.done("GET", "/v1/cameras"))["items"]
    assert (item["id"], item["power"], item["wifi"], item["status"]) == ("qx10-1", "on", "launched", "IDLE")
    one = await remote.done("GET", "/v1/cameras/qx10-1")
    assert {key: value for key, value in one.items() if key != "schema"} == item


async def test_the_power_button_does_not_wait_for_time_that_stands_still(remote: Remote) -> None:
    off = await remote.done("POST", "/v1/cameras/qx10-1/power", {"on": False})
    assert (off["power"], off["reachable"]) == ("off", False)
    assert (await remote.done("POST", "/v1/cameras/qx10-1/power", {"on": True}))["power"] == "on"
    await remote.done("POST", "/v1/clock/advance", {"s": 30})
    assert (await remote.done("GET", "/v1/cameras/qx10-1"))["wifi"] == "launched"
    assert not await refused(remote.emulator.cameras[0].port)


async def test_a_press_of_the_shutter_takes_a_picture(remote: Remote) -> None:
    await remote.done("POST", "/v1/cameras/qx10-1/press", {"button": "full", "s": 0.5})
    await remote.done("POST", "/v1/clock/advance", {"s": 10})
    assert len(remote.emulator.cameras[0].body.pictures.names) == 1


async def test_card_and_battery_are_changed(remote: Remote) -> None:
    card = (await remote.done("POST", "/v1/cameras/qx10-1/card", {"in": False}))["card"]
    assert card["in"] is False
    card = (await remote.done("POST", "/v1/cameras/qx10-1/card", {"in": True, "protected": True}))["card"]
    assert (card["in"], card["protected"]) == (True, True)
    state = await remote.done("POST", "/v1/cameras/qx10-1/battery", {"ratio": 0.5})
    assert state["battery_ratio"] == pytest.approx(0.5)


async def test_a_join_names_the_network_and_its_key(remote: Remote) -> None:
    camera = remote.emulator.cameras[0]
    wrong = {"ssid": camera.ssid, "key": "wrong"}
    status, kind, message = await remote.failed("POST", "/v1/cameras/qx10-1/join", wrong)
    assert (status, kind) == (403, "WifiJoinFailed")
    assert "does not accept this key" in message
    right = {"ssid": camera.ssid, "key": camera.key}
    assert (await remote.done("POST", "/v1/cameras/qx10-1/join", right))["joined"] is True


async def test_pairing_needs_a_radio(remote: Remote) -> None:
    status, kind, _ = await remote.failed("POST", "/v1/cameras/qx10-1/pairing", {"screen": True})
    assert (status, kind) == (409, "NotAvailableNow")


async def test_the_pairing_screen_is_worked() -> None:
    async with asyncio.timeout(30), Emulator(ble=True, pairing="manual") as emulator:
        remote = Remote(emulator)
        await remote.done("POST", "/v1/cameras/qx10-1/pairing", {"screen": True})
        assert emulator.cameras[0].radio().pairing_open
        assert (await remote.done("GET", "/v1/cameras/qx10-1"))["bonded"] is False


async def test_the_journal_is_read_on_from_where_one_was(remote: Remote) -> None:
    port = remote.emulator.cameras[0].port
    await call(port, "getSelfTimer")
    entries = (await remote.done("GET", "/v1/journal?method=getSelfTimer"))["items"]
    assert [entry["kind"] for entry in entries] == ["request", "answer", "exchange"]
    last = entries[-1]["number"]
    assert (await remote.done("GET", f"/v1/journal?since={last}"))["items"] == []
    assert (await remote.failed("GET", "/v1/journal?since=-1"))[0] == 400


async def test_faults_are_put_to_work_listed_and_ended(remote: Remote) -> None:
    port = remote.emulator.cameras[0].port
    rule = await remote.done("POST", "/v1/faults", {"spec": "rpc:error=1,match=getSelfTimer"})
    assert (rule["channel"], rule["kind"], rule["value"], rule["struck"]) == ("rpc", "error", 1, 0)
    assert "error" in (await call(port, "getSelfTimer")).json
    (listed,) = (await remote.done("GET", "/v1/faults"))["items"]
    assert (listed["id"], listed["struck"]) == (rule["id"], 1)
    assert (await remote.done("DELETE", f"/v1/faults/{rule['id']}"))["items"] == []
    assert (await remote.failed("DELETE", f"/v1/faults/{rule['id']}"))[:2] == (404, "NotFound")
    await remote.done("POST", "/v1/faults", {"spec": "rpc:hang"})
    await remote.done("DELETE", "/v1/faults")
    assert "result" in (await call(port, "getSelfTimer")).json


async def test_advance_answers_once_everything_due_has_happened(remote: Remote) -> None:
    health = await remote.done("POST", "/v1/clock/advance", {"s": 1.5})
    assert health["clock"]["now"] == "2026-01-01T00:00:01.500Z"
    assert (await remote.failed("POST", "/v1/clock/advance", {"s": -1}))[:2] == (400, "InputError")


async def test_time_that_passes_by_itself_cannot_be_advanced() -> None:
    async with asyncio.timeout(30), Emulator() as emulator:
        status, kind, message = await Remote(emulator).failed("POST", "/v1/clock/advance", {"s": 1})
        assert (status, kind) == (409, "NotAvailableNow")
        assert "--clock virtual" in message


async def test_a_reset_brings_the_cameras_back_to_the_start(remote: Remote) -> None:
    await remote.done("POST", "/v1/cameras/qx10-1/battery", {"ratio": 0.1})
    (item,) = (await remote.done("POST", "/v1/reset"))["items"]
    assert item["battery_ratio"] > 0.9


@pytest.mark.parametrize(
    ("verb", "path", "body", "status", "kind"),
    [
        ("GET", "/v1/nonsense", None, 404, "NotFound"),
        ("PUT", "/v1/health", None, 405, "MethodNotAllowed"),
        ("GET", "/v1/cameras/qx10-7", None, 404, "CameraNotFound"),
        ("POST", "/v1/cameras/qx10-7/power", {"on": True}, 404, "CameraNotFound"),
        ("POST", "/v1/cameras/qx10-1/power", {}, 400, "InputError"),
        ("POST", "/v1/cameras/qx10-1/power", {"on": "yes"}, 400, "InputError"),
        ("POST", "/v1/cameras/qx10-1/power", {"on": True, "off": True}, 400, "InputError"),
        ("POST", "/v1/cameras/qx10-1/power", [1], 400, "InputError"),
        ("POST", "/v1/cameras/qx10-1/press", {"button": "fire"}, 400, "InputError"),
        ("POST", "/v1/cameras/qx10-1/press", {"button": "full", "s": 1e9}, 400, "InputError"),
        ("POST", "/v1/cameras/qx10-1/battery", {"ratio": 7}, 400, "InputError"),
        ("POST", "/v1/cameras", {"model": "DSC-QX11"}, 400, "InvalidValue"),
        ("POST", "/v1/cameras/qx10-1/dial", {"exposure_mode": "Manual"}, 400, "InvalidValue"),
        ("POST", "/v1/cameras/qx10-1/settings", {"SelfTime": 2}, 400, "InvalidValue"),
        ("POST", "/v1/cameras/qx10-1/settings", {"SelfTimer": 7}, 400, "InvalidValue"),
        ("POST", "/v1/scene", {"name": "moon"}, 400, "InvalidValue"),
        ("POST", "/v1/weather", {"clouds": 1}, 409, "NotAvailableNow"),
        ("GET", "/v1/faults/7", None, 404, "NotFound"),
        ("PUT", "/v1/faults/7", {"spec": "rpc:hang"}, 404, "NotFound"),
        ("POST", "/v1/faults", {"spec": "rpc:hang", "kind": "hang"}, 400, "InvalidValue"),
        ("POST", "/v1/faults", {"channel": "rpc", "kind": "hang", "match": "a,b"}, 400, "InvalidValue"),
        ("GET", "/v1/journal?colour=red", None, 400, "InvalidValue"),
        ("GET", "/v1/journal?from=noon", None, 400, "InvalidValue"),
        ("GET", "/v1/journal?wait_s=7000", None, 400, "InvalidValue"),
        ("GET", "/v1/journal/count", None, 400, "InvalidValue"),
        ("GET", "/v1/journal/btsnoop", None, 409, "NotAvailableNow"),
        ("POST", "/v1/restore", {"name": "never"}, 400, "InvalidValue"),
        ("DELETE", "/v1/snapshots/never", None, 404, "NotFound"),
        ("DELETE", "/v1/cameras/qx10-7", None, 404, "CameraNotFound"),
        ("POST", "/v1/faults", {"spec": "rcp:delay=1"}, 400, "InvalidValue"),
    ],
)
async def test_what_cannot_be_done_is_told_with_its_kind(
    remote: Remote, verb: str, path: str, body: Any, status: int, kind: str
) -> None:
    assert (await remote.failed(verb, path, body))[:2] == (status, kind)


async def test_a_body_that_is_no_json_or_too_long_is_refused(remote: Remote) -> None:
    header = {"Authorization": f"Bearer {remote.token}"}
    answer = await ask(remote.port, "POST", "/v1/faults", b"{nonsense", **header)
    assert (answer.status, answer.json["error"]["type"]) == (400, "InputError")
    answer = await ask(remote.port, "POST", "/v1/faults", bytes(100_000), **header)
    assert answer.status == 413


async def test_cameras_are_added_and_removed_while_it_runs(remote: Remote) -> None:
    added = await remote.done("POST", "/v1/cameras", {"model": "ILCE-QX1"})
    assert (added["id"], added["reachable"]) == ("qx1-2", True)
    assert "result" in (await call(added["port"], "getVersions")).json
    (left,) = (await remote.done("DELETE", "/v1/cameras/qx10-1"))["items"]
    assert left["id"] == "qx1-2"
    assert await refused(remote.emulator.ready["cameras"][0]["port"]) is False
    (back,) = (await remote.done("POST", "/v1/reset"))["items"]
    assert (back["id"], back["port"]) == ("qx1-2", added["port"])


async def test_a_long_poll_of_changes_ends_with_the_next_one(remote: Remote) -> None:
    last = (await remote.done("GET", "/v1/changes"))["last"]
    polling = asyncio.create_task(remote.done("GET", f"/v1/changes?since={last}&wait_s=20"))
    await remote.done("POST", "/v1/cameras/qx10-1/card", {"in": False})
    told = await polling
    assert {(item["camera"], item["what"]) for item in told["items"]} == {("qx10-1", "card")}
    assert (await remote.done("GET", f"/v1/changes?since={told['last']}"))["items"] == []


async def test_a_long_poll_of_the_journal_ends_with_what_is_waited_for(remote: Remote) -> None:
    polling = asyncio.create_task(
        remote.done("GET", "/v1/journal?method=setSelfTimer&kind=request&wait_s=20")
    )
    await call(remote.emulator.cameras[0].port, "getSelfTimer")
    await call(remote.emulator.cameras[0].port, "setSelfTimer", 2)
    (entry,) = (await polling)["items"]
    assert entry["params"] == [2]
    counted = await remote.done("GET", "/v1/journal/count?method=setSelfTimer")
    assert counted["count"] == 1


async def test_what_is_done_by_hand_is_seen_by_the_client(remote: Remote) -> None:
    await remote.done("POST", "/v1/cameras/qx10-1/settings", {"SelfTimer": 2})
    port = remote.emulator.cameras[0].port
    assert (await call(port, "getSelfTimer")).json["result"] == [2]
    state = await remote.done("POST", "/v1/cameras/qx10-1/lens", {"zoom": 0.5, "focus_m": 1.5})
    assert (state["lens"]["zoom"], state["lens"]["focus_m"]) == (0.5, 1.5)
    state = await remote.done("POST", "/v1/cameras/qx10-1/temperature", {"ambient_c": -5})
    assert state["ambient_c"] == -5
    await remote.done("POST", "/v1/cameras/qx10-1/dial", {"shoot_mode": "movie"})
    await remote.done("POST", "/v1/clock/advance", {"s": 10})
    assert (await call(port, "getShootMode")).json["result"] == ["movie"]


async def test_scene_weather_and_time_of_day_are_changed(remote: Remote) -> None:
    scene = (await remote.done("POST", "/v1/scene", {"name": "sunset"}))["scene"]
    assert (scene["name"], scene["time_s"]) == ("sunset", 0)
    bright = remote.emulator.cameras[0].body.eye
    before = bright.scene.light_at(0).lux
    scene = (await remote.done("POST", "/v1/weather", {"clouds": 1, "dim_stops": 1}))["scene"]
    assert scene["weather"] == {"clouds": 1, "dim_stops": 1, "temperature_c": None}
    assert bright.scene.light_at(0).lux < before
    clock = (await remote.done("POST", "/v1/clock/jump", {"s": 7200}))["clock"]
    assert (clock["now"], clock["scene_time_s"], clock["monotonic_s"]) == (
        "2026-01-01T02:00:00.000Z",
        7200,
        0,
    )
    assert bright.time_s == 7200


async def test_a_snapshot_is_what_a_restore_brings_back(remote: Remote) -> None:
    port = remote.emulator.cameras[0].port
    await remote.done("POST", "/v1/cameras/qx10-1/press", {"button": "full", "s": 0.5})
    await remote.done("POST", "/v1/clock/advance", {"s": 10})
    await remote.done("POST", "/v1/faults", {"channel": "rpc", "kind": "delay", "value": 0.5, "count": 3})
    kept = await remote.done("POST", "/v1/snapshot", {"name": "one picture"})
    assert (kept["cameras"], kept["faults"]) == (["qx10-1"], 1)
    before = await remote.done("GET", "/v1/cameras/qx10-1")
    await remote.done("DELETE", "/v1/faults")
    await remote.done("POST", "/v1/cameras", {"model": "ILCE-QX1"})
    await remote.done("POST", "/v1/cameras/qx10-1/card", {"in": False})
    await call(port, "setSelfTimer", 2)
    state = await remote.done("POST", "/v1/restore", {"name": "one picture"})
    assert [camera["id"] for camera in state["cameras"]] == ["qx10-1"]
    assert [fault["spec"] for fault in state["faults"]] == ["rpc:delay=0.5,count=3"]
    after = await remote.done("GET", "/v1/cameras/qx10-1")
    moving = {"camera_time", "sensor_c", "battery_ratio"}
    assert {k: v for k, v in after.items() if k not in moving} == {
        k: v for k, v in before.items() if k not in moving
    }
    (name,) = remote.emulator.cameras[0].body.pictures.names
    assert len(remote.emulator.cameras[0].body.card.files) == 1
    assert name.endswith(".JPG")
    assert (await remote.done("DELETE", "/v1/snapshots/one%20picture"))["items"] == []


async def test_a_camera_in_the_middle_of_something_cannot_be_kept(remote: Remote) -> None:
    await remote.done("POST", "/v1/cameras/qx10-1/press", {"button": "full"})
    await remote.done("POST", "/v1/clock/advance", {"s": 0.4})
    assert (await remote.failed("POST", "/v1/snapshot", {}))[:2] == (409, "NotAvailableNow")


async def test_a_mix_of_faults_is_put_to_work_whole(remote: Remote) -> None:
    kinds = await remote.done("GET", "/v1/faults/kinds")
    added = await remote.done("POST", "/v1/faults", {"spec": "chaos:mild,for=60"})
    assert [item["spec"].partition(",")[0] for item in added["items"]] == [
        spec.partition(",")[0] for spec in kinds["mixes"]["mild"]
    ]
    assert {item["for"] for item in added["items"]} == {60}
    changed = await remote.done("PUT", f"/v1/faults/{added['id']}", {"spec": "rpc:hang,count=1"})
    assert changed["spec"] == "rpc:hang,count=1"
    assert (await remote.done("GET", f"/v1/faults/{added['id']}"))["kind"] == "hang"
