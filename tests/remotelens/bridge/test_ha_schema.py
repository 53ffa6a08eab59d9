"""The schema itself: it takes the documentation's own example, and refuses what the documentation forbids."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.remotelens.bridge.ha_schema import mistakes

WHERE = "homeassistant/device/0AFFD2/config"
# The shape of the example in mqtt.markdown, "Device discovery payload", its keys unabbreviated.
MESSAGE: dict[str, Any] = {
    "device": {"identifiers": "ea33", "name": "Kitchen", "manufacturer": "Bla", "model": "xya"},
    "origin": {"name": "bla2mqtt", "sw_version": "2.1", "support_url": "https://bla2mqtt.example.com/support"},
    "components": {
        "one": {
            "platform": "sensor", "device_class": "temperature", "unit_of_measurement": "°C",
            "value_template": "{{ value_json.temperature }}", "unique_id": "temp01ae_t",
        },
        "two": {"platform": "sensor"},
    },
    "state_topic": "sensorBedroom/state",
    "qos": 2,
}  # fmt: skip


def test_the_documented_example_is_right() -> None:
    assert mistakes(WHERE, MESSAGE) == []


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda m: m.pop("origin"), "has no origin"),
        (lambda m: m["device"].pop("identifiers"), "neither identifiers nor connections"),
        (lambda m: m["origin"].pop("name"), "origin has no name"),
        (lambda m: m["components"]["one"].pop("unique_id"), "has no unique_id"),
        (lambda m: m["components"]["one"].pop("platform"), "has no platform"),
        (lambda m: m["components"]["one"].update(colour="red"), "which is not documented"),
        (lambda m: m["components"]["one"].update(unit_of_measurement="lx"), "is a temperature in lx"),
        (lambda m: m["components"]["one"].update(entity_category="config"), "entity_category"),
        (lambda m: m["components"]["one"].update(state_topic="a/#"), "state_topic"),
        (lambda m: m.update(retain=True), "which is not documented"),
    ],
)
def test_what_the_documentation_forbids_is_told(spoil: Callable[[dict[str, Any]], object], told: str) -> None:
    message = copy.deepcopy(MESSAGE)
    spoil(message)
    assert any(told in mistake for mistake in mistakes(WHERE, message))


def test_a_topic_with_other_characters_is_told() -> None:
    assert mistakes("homeassistant/device/a.b/config", MESSAGE)
