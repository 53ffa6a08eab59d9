"""The message by which Home Assistant learns what a camera has: one for the whole device, pure data.

It is made from what the camera lists now: each setting of `DESCRIPTORS` that the camera offers becomes a
select, number, switch or, where it cannot be changed, a sensor. What the camera no longer lists is taken away
as the documentation asks: once with nothing but its platform, then not at all.

Source: Home Assistant's documentation of the MQTT integration ("Device discovery payload", "Discovery
payload", "Using availability topics") and of the MQTT platforms binary_sensor, button, camera, image, number,
select, sensor and switch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from remotelens.bridge.commands import LIVE_VIEW, SET, SHUTTER
from remotelens.bridge.topics import Topics
from remotelens.camera.descriptors import Descriptor, Kind
from remotelens.camera.forms import Compensation
from remotelens.camera.state import CameraState, Setting, Value
from remotelens.version import __version__

Component = dict[str, Any]

PLATFORMS = frozenset({"binary_sensor", "button", "camera", "image", "number", "select", "sensor", "switch"})
ONLINE, OFFLINE = "online", "offline"
HAS_STARTED = b"online"
_VIEW_S = 600
_QOS = 1
_FINEST_STEP = 0.1


def discovery(
    descriptors: Iterable[Descriptor], state: CameraState, topics: Topics, name: str
) -> dict[str, Any]:
    """Return the discovery message of one camera.

    Args:
        descriptors: the settings there are.
        state: what the camera lists; one of an idle camera, since a busy one lists less.
        topics: where the camera is on the broker.
        name: what it is called.
    """
    components = {**_abilities(state, topics), **_readings(state, topics), **_connection(topics)}
    for one in descriptors:
        setting = state.settings.get(one.name)
        if setting is not None:
            components[f"setting_{one.name}"] = _setting(one, setting, topics)
    for key, component in components.items():
        component["unique_id"] = f"{topics.device_id}_{key}"
    device = {"identifiers": [topics.device_id], "name": name, "manufacturer": "Sony"}
    return {
        "device": device if state.model is None else {**device, "model": state.model},
        "origin": {"name": "remotelens", "sw_version": __version__},
        "components": components,
    }


def platforms(message: Mapping[str, Any]) -> dict[str, str]:
    """Return the platform of each component that a discovery message has; of one from elsewhere, too."""
    components = message.get("components")
    if not isinstance(components, dict):
        return {}
    told = {key: one.get("platform") for key, one in components.items() if isinstance(one, dict)}
    return {
        key: platform for key, platform in told.items() if isinstance(platform, str) and platform in PLATFORMS
    }


def taking_away(message: Mapping[str, Any], announced: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the message that has to come first, to take away what is no longer there; None for nothing.

    Args:
        message: the discovery message as it is now.
        announced: the platform of each component that was announced before.
    """
    now = platforms(message)
    gone = {key: {"platform": platform} for key, platform in announced.items() if now.get(key) != platform}
    return {**message, "components": {**message["components"], **gone}} if gone else None


def _abilities(state: CameraState, topics: Topics) -> dict[str, Component]:
    """Return what the camera can be asked to do now."""
    able = frozenset(state.available)
    components: dict[str, Component] = {
        "picture": _component(
            "image", "Last picture", topics, image_topic=topics.picture, content_type="image/jpeg"
        ),
        "last_shot": _component(
            "sensor", "Last shot", topics, device_class="timestamp", state_topic=topics.shot,
            value_template="{{ value_json['items'][0]['asked_at'] }}",
            json_attributes_topic=topics.shot,
            json_attributes_template="{{ value_json['items'][0] | tojson }}",
        ),
    }  # fmt: skip
    if "actTakePicture" in able:
        components["shutter"] = _component(
            "button", "Shutter", topics, icon="mdi:camera-iris",
            command_topic=topics.command(SHUTTER), payload_press='{"picture": true}', qos=_QOS,
        )  # fmt: skip
    if able & {"startLiveview", "stopLiveview"}:
        components["live_view"] = _component("camera", "Live view", topics, topic=topics.live_view)
        components["live_view_request"] = _component(
            "switch", "Live view", topics, icon="mdi:video",
            command_topic=topics.command(LIVE_VIEW), qos=_QOS,
            payload_on=f'{{"on": true, "for_s": {_VIEW_S}}}', payload_off='{"on": false}',
            state_topic=topics.state, state_on="ON", state_off="OFF",
            value_template="{{ 'ON' if value_json['live_view_requested'] else 'OFF' }}",
        )  # fmt: skip
    return components


def _readings(state: CameraState, topics: Topics) -> dict[str, Component]:
    """Return what the camera tells of itself; what it does not tell is no component."""
    components = {
        "status": _reading("sensor", "Status", topics, "{{ value_json['status'] }}", icon="mdi:camera"),
        "recording": _reading(
            "binary_sensor", "Recording", topics, "{{ 'ON' if value_json['recording'] else 'OFF' }}",
            device_class="running",
        ),
    }  # fmt: skip
    if state.battery_ratio is not None:
        components["battery"] = _reading(
            "sensor", "Battery", topics,
            "{{ none if value_json['battery_ratio'] is none"
            " else (value_json['battery_ratio'] * 100) | round | int }}",
            device_class="battery", unit_of_measurement="%", state_class="measurement",
            entity_category="diagnostic",
        )  # fmt: skip
    if any(place.is_target and place.images_left is not None for place in state.storage):
        components["images_left"] = _reading(
            "sensor", "Pictures left", topics,
            "{{ value_json['storage'] | selectattr('target') | map(attribute='images_left')"
            " | first | default(none) }}",
            state_class="measurement", entity_category="diagnostic",
        )  # fmt: skip
    return components


def _connection(topics: Topics) -> dict[str, Component]:
    """Return the one component that is there when the camera is not, and says why."""
    return {
        "connection": {
            "platform": "binary_sensor",
            "name": "Connection",
            "device_class": "connectivity",
            "entity_category": "diagnostic",
            "state_topic": topics.availability,
            "payload_on": ONLINE,
            "payload_off": OFFLINE,
            "json_attributes_topic": topics.state,
            "json_attributes_template": (
                "{{ {'link': value_json['link'], 'reason': value_json['link_reason']} | tojson }}"
            ),
        }
    }


def _setting(one: Descriptor, setting: Setting, topics: Topics) -> Component:
    """Return a setting as what suits its kind, and what the camera allows."""
    where = f"value_json['settings']['{one.name}']"
    shown: Component = {
        "state_topic": topics.state,
        # A busy camera shows less: then nothing is rendered, which leaves the entity as it was.
        "value_template": f"{{{{ ({where} | default({{'value': ''}}))['value'] }}}}",
    }
    if not setting.writable:
        unit = {} if one.unit is None or one.kind is not Kind.NUMBER else {"unit_of_measurement": one.unit}
        return _component("sensor", one.label, topics, **shown, **unit, entity_category="diagnostic")
    control = {
        **shown,
        "command_topic": topics.command(SET, one.name),
        "qos": _QOS,
        "entity_category": "config",
    }
    sides = _sides(setting.candidates) if one.kind is Kind.SWITCH else None
    if sides is not None:
        on, off = sides
        return _component("switch", one.label, topics, **control, payload_on=on, payload_off=off)
    scale = _scale(one, setting.candidates) if one.kind is Kind.NUMBER else None
    if scale is not None:
        return _component("number", one.label, topics, **control, **scale)
    options = [str(candidate) for candidate in setting.candidates]
    if setting.value is not None and str(setting.value) not in options:
        options.insert(0, str(setting.value))
    return _component("select", one.label, topics, **control, options=options)


def _sides(candidates: Sequence[Value]) -> tuple[str, str] | None:
    """Return what a switch's two sides are called, if it has just those."""
    by_word = {str(candidate).casefold(): str(candidate) for candidate in candidates}
    return (by_word["on"], by_word["off"]) if by_word.keys() == {"on", "off"} else None


def _scale(one: Descriptor, candidates: Sequence[Value]) -> Component | None:
    """Return the ends and the step of a number, if the candidates lie at equal distances.

    EV compensation in thirds does not, as cameras write it (0.3, 0.7, 1.0); the nearest step is taken there.
    """
    numbers = [candidate for candidate in candidates if isinstance(candidate, int | float)]
    if len(numbers) != len(candidates) or len(numbers) < 2:
        return None
    steps = {round(after - before, 3) for before, after in pairwise(numbers)}
    if min(steps) <= 0:
        return None
    if len(steps) > 1 and not isinstance(one.form, Compensation):
        return None
    scale = {"min": numbers[0], "max": numbers[-1], "step": steps.pop() if len(steps) == 1 else _FINEST_STEP}
    return scale if one.unit is None else {**scale, "unit_of_measurement": one.unit}


def _reading(platform: str, name: str, topics: Topics, template: str, **more: Any) -> Component:
    return _component(platform, name, topics, state_topic=topics.state, value_template=template, **more)


def _component(platform: str, name: str, topics: Topics, **more: Any) -> Component:
    return {"platform": platform, "name": name, "availability_topic": topics.availability, **more}
