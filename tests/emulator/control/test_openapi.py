import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from emulator.control.operations import OPERATIONS, Operation
from emulator.rack import Emulator
from emulator.snapshot_file import pack
from tests.emulator.control.remote import Remote

jsonschema = pytest.importorskip("jsonschema")
BODIES: dict[str, Any] = {
    "add_camera": {"model": "DSC-QX100"},
    "power": {"on": True},
    "press": {"button": "half", "s": 0.1},
    "card": {"protected": True},
    "battery": {"ratio": 0.5, "plugged": True},
    "protect": {"protected": True},
    "trouble": {"on": False},
    "wall_clock": {"offset_min": 60},
    "dial": {"shoot_mode": "still"},
    "settings": {"SelfTimer": 2},
    "lens": {"zoom": 0.1},
    "temperature": {"ambient_c": 5},
    "pairing": {"screen": True},
    "work_radio": {"distance_m": 3.0, "walk": [{"s": 5, "distance_m": 9}], "trouble": ["no_bssid"]},
    "set_scene": {"name": "chart"},
    "weather": {"dim_stops": 1.0},
    "advance": {"s": 1},
    "jump": {"s": 60},
    "add_fault": {"spec": "rpc:delay=0.1,match=nothing"},
    "change_fault": {"spec": "rpc:delay=0.2,match=nothing"},
    "snapshot": {"name": "x"},
    "restore": {"name": "x"},
}
VARIABLES = {"camera": "qx10-1", "fault": "1", "name": "x", "file": "DSC00001.JPG"}
QUERIES = {"count": "?method=getEvent"}
LAST = (
    "load_snapshot",
    "remove_fault",
    "forget_snapshot",
    "remove_camera",
    "clear_faults",
    "clear_journal",
    "reset",
)
"""What takes away what others ask about."""


@pytest.fixture
async def remote() -> AsyncIterator[Remote]:
    async with asyncio.timeout(40), Emulator(clock="virtual", ble=True, still_scale=16) as emulator:
        yield Remote(emulator)


def path_of(operation: Operation) -> str:
    path = operation.path
    for name, value in VARIABLES.items():
        path = path.replace("{" + name + "}", value)
    return path + QUERIES.get(operation.name, "")


async def test_the_description_is_valid_openapi(remote: Remote) -> None:
    validator = pytest.importorskip("openapi_spec_validator")
    document = (await remote.ask("GET", "/v1/openapi.json")).json
    validator.validate(document)
    described = {(verb.upper(), path) for path, item in document["paths"].items() for verb in item}
    assert described == {(operation.verb, operation.path) for operation in OPERATIONS}
    assert document["openapi"].startswith("3.1")


async def test_every_operation_answers_as_it_is_described(remote: Remote) -> None:
    document = (await remote.ask("GET", "/v1/openapi.json")).json
    first = [one for one in OPERATIONS if one.name not in LAST]
    order = sorted(first, key=lambda one: one.name in ("restore", "fault", "change_fault"))
    camera = remote.emulator.cameras[0]
    await remote.done("POST", "/v1/cameras/qx10-1/power", {"on": True})
    launching = asyncio.create_task(camera.body.wifi_on())
    await remote.done("POST", "/v1/clock/advance", {"s": 30})
    await launching
    await remote.done("POST", "/v1/cameras/qx10-1/press", {"button": "full", "s": 1})
    await remote.done("POST", "/v1/clock/advance", {"s": 30})
    bodies = {**BODIES, "load_snapshot": pack(remote.emulator.snapshot("x"))}
    for operation in [*order, *(one for name in LAST for one in OPERATIONS if one.name == name)]:
        body = {"ssid": camera.ssid, "key": camera.key} if operation.name == "join" else None
        answer = await remote.ask(operation.verb, path_of(operation), bodies.get(operation.name, body))
        assert answer.status == 200, (operation.name, answer.body)
        described = document["paths"][operation.path][operation.verb.lower()]["responses"]["200"]
        media = (answer.header("Content-Type") or "").partition(";")[0]
        schema = described["content"][media]["schema"]
        if media == "application/json":
            rooted = {**schema, "components": document["components"]}
            jsonschema.Draft202012Validator(rooted).validate(answer.json)


async def test_every_refusal_has_the_described_form(remote: Remote) -> None:
    document = (await remote.ask("GET", "/v1/openapi.json")).json
    schema = {"$ref": "#/components/schemas/Failure", "components": document["components"]}
    for operation in OPERATIONS:
        answer = await remote.ask(operation.verb, path_of(operation), Authorization="none")
        assert answer.status == 401
        jsonschema.Draft202012Validator(schema).validate(answer.json)
        if operation.order is not None and operation.name != "settings":
            answer = await remote.ask(operation.verb, path_of(operation), {"nonsense": 1})
            assert answer.status in (400, 404), operation.name
            assert (
                str(answer.status) in document["paths"][operation.path][operation.verb.lower()]["responses"]
            )
            jsonschema.Draft202012Validator(schema).validate(answer.json)
