import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from emulator.rack import Emulator
from tests.emulator.wire import Answer, ask, call, refused


class Remote:
    """A program that knows the ready file only."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        control = emulator.ready["control"]
        self.port = int(control["url"].rpartition(":")[2])
        self.token = control["token"]

    async def ask(self, verb: str, path: str, body: Any = None, **options: str) -> Answer:
        text = b"" if body is None else json.dumps(body).encode()
        options.setdefault("Authorization", f"Bearer {self.token}")
        return await ask(self.port, verb, path, text, **options)

    async def done(self, verb: str, path: str, body: Any = None) -> Any:
        answer = await self.ask(verb, path, body)
        assert (answer.status, answer.json["schema"]) == (200, 1)
        return answer.json

    async def failed(self, verb: str, path: str, body: Any = None) -> tuple[int, str, str]:
        answer = await self.ask(verb, path, body)
        return answer.status, answer.json["error"]["type"], answer.json["error"]["message"]


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
    assert health["clock"] == {"kind": "virtual", "now": "2026-01-01T00:00:00.000Z"}


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
    assert [entry["kind"] for entry in entries] == ["request", "answer"]
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
    assert (await remote.failed("DELETE", f"/v1/faults/{rule['id']}"))[:2] == (404, "FaultNotFound")
    await remote.done("POST", "/v1/faults", {"spec": "rpc:hang"})
    await remote.done("DELETE", "/v1/faults")
    assert "result" in (await call(port, "getSelfTimer")).json


async def test_advance_answers_once_everything_due_has_happened(remote: Remote) -> None:
    health = await remote.done("POST", "/v1/clock/advance", {"s": 1.5})
    assert health["clock"]["now"] == "2026-01-01T00:00:01.500Z"
    assert (await remote.failed("POST", "/v1/clock/advance", {"s": -1}))[:2] == (400, "InvalidValue")


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
        ("POST", "/v1/cameras/qx10-1/press", {"button": "fire"}, 400, "InvalidValue"),
        ("POST", "/v1/cameras/qx10-1/battery", {"ratio": 7}, 400, "InvalidValue"),
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
