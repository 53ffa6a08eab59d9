"""What Home Assistant's documentation says that a device discovery message may hold, typed in from it.

Sources, in home-assistant/home-assistant.io under source/_integrations/ (read at the commits named):

- mqtt.markdown (0a314403e71f): topic, device, origin, components, shared options, removal, `~`;
- sensor.mqtt.markdown (9e4a69ab9987), binary_sensor.mqtt.markdown (fbc3a3b3bdcc),
  select.mqtt.markdown (23472596b17b), number.mqtt.markdown (ebecc7e80482),
  switch.mqtt.markdown (53821638d651), button.mqtt.markdown (d72255663705),
  image.mqtt.markdown (23472596b17b), camera.mqtt.markdown (9e4a69ab9987): the keys of each platform;
- binary_sensor.markdown (00042d888204), sensor.markdown (0015df1c81ee): device classes and their units.

Home Assistant ignores keys that it does not know; here they are mistakes, so that none is misspelt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

TOPIC = re.compile(r"[^/]+/device/(?:[A-Za-z0-9_-]+/)?[A-Za-z0-9_-]+/config")

Check = Callable[[Any], bool]


def text(value: Any) -> bool:
    return isinstance(value, str)


def texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(text, value))


def text_or_texts(value: Any) -> bool:
    return (text(value) or texts(value)) and bool(value)


def boolean(value: Any) -> bool:
    return isinstance(value, bool)


def whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def quality(value: Any) -> bool:
    return whole(value) and value <= 2


def topic(value: Any) -> bool:
    return text(value) and bool(value) and not re.search(r"[+#\x00]", value) and len(value.encode()) < 65536


def template(value: Any) -> bool:
    return text(value) and value.count("{{") == value.count("}}") >= 1


def icon(value: Any) -> bool:
    return text(value) and re.fullmatch(r"[a-z]+:[a-z0-9-]+", value) is not None


def name(value: Any) -> bool:
    return value is None or (text(value) and bool(value))


def category(value: Any) -> bool:
    return value in ("config", "diagnostic")


def diagnostic(value: Any) -> bool:
    return bool(value == "diagnostic")


def mapping(value: Any) -> bool:
    return isinstance(value, dict)


def one_of(*words: str | None) -> Check:
    return lambda value: value in words


DEVICE: Mapping[str, Check] = {
    "configuration_url": text,
    "connections": lambda value: (
        isinstance(value, list) and all(texts(pair) and len(pair) == 2 for pair in value)
    ),
    "hw_version": text,
    "identifiers": text_or_texts,
    "manufacturer": text,
    "model": text,
    "model_id": text,
    "name": text,
    "serial_number": text,
    "suggested_area": text,
    "sw_version": text,
    "via_device": text,
}
ORIGIN: Mapping[str, Check] = {"name": text, "sw_version": text, "support_url": text}
AVAILABILITY: Mapping[str, Check] = {
    "availability": lambda value: isinstance(value, list),
    "availability_mode": one_of("all", "any", "latest"),
    "availability_template": template,
    "availability_topic": topic,
    "payload_available": text,
    "payload_not_available": text,
}
ROOT: Mapping[str, Check] = {
    **AVAILABILITY,
    "device": mapping,
    "origin": mapping,
    "components": mapping,
    "command_topic": topic,
    "state_topic": topic,
    "qos": quality,
    "encoding": text,
    "~": text,
}
COMMON: Mapping[str, Check] = {
    **AVAILABILITY,
    "platform": text,
    "enabled_by_default": boolean,
    "encoding": text,
    "entity_category": category,
    "entity_picture": text,
    "icon": icon,
    "json_attributes_template": template,
    "json_attributes_topic": topic,
    "name": name,
    "object_id": text,
    "unique_id": text,
}
STATE: Mapping[str, Check] = {"qos": quality, "state_topic": topic, "value_template": template}
COMMAND: Mapping[str, Check] = {
    "command_template": template, "command_topic": topic, "qos": quality, "retain": boolean,
}  # fmt: skip
BINARY_CLASSES = one_of(
    None, "battery", "battery_charging", "carbon_monoxide", "cold", "connectivity", "door", "garage_door",
    "gas", "heat", "light", "lock", "moisture", "motion", "moving", "occupancy", "opening", "plug", "power",
    "presence", "problem", "running", "safety", "smoke", "sound", "tamper", "update", "vibration", "window",
)  # fmt: skip
SENSOR_UNITS: Mapping[str | None, tuple[str | None, ...] | None] = {
    None: None,
    "battery": ("%",),
    "duration": ("d", "h", "min", "s", "ms", "µs"),
    "enum": (None,),
    "temperature": ("°C", "°F", "K"),
    "timestamp": (None,),
}
PLATFORMS: Mapping[str, Mapping[str, Check]] = {
    "sensor": {
        **COMMON, **STATE, "entity_category": diagnostic, "device_class": one_of(*SENSOR_UNITS),
        "expire_after": whole, "force_update": boolean, "last_reset_value_template": template,
        "options": lambda value: texts(value) and bool(value), "suggested_display_precision": whole,
        "state_class": one_of("measurement", "total", "total_increasing"), "unit_of_measurement": name,
    },
    "binary_sensor": {
        **COMMON, **STATE, "entity_category": diagnostic, "device_class": BINARY_CLASSES,
        "expire_after": whole, "force_update": boolean, "off_delay": whole, "payload_on": text,
        "payload_off": text,
    },
    "select": {**COMMON, **STATE, **COMMAND, "optimistic": boolean, "options": texts},
    "number": {
        **COMMON, **STATE, **COMMAND, "device_class": name, "max": number, "min": number,
        "mode": one_of("auto", "box", "slider"), "optimistic": boolean, "payload_reset": text,
        "step": lambda value: number(value) and value >= 0.001, "unit_of_measurement": name,
    },
    "switch": {
        **COMMON, **STATE, **COMMAND, "device_class": one_of(None, "outlet", "switch"), "optimistic": boolean,
        "payload_on": text, "payload_off": text, "state_on": text, "state_off": text,
    },
    "button": {
        **COMMON, **COMMAND, "device_class": one_of(None, "identify", "restart", "update"),
        "payload_press": text,
    },
    "image": {
        **COMMON, "content_type": text, "image_encoding": one_of("b64"), "image_topic": topic,
        "url_template": template, "url_topic": topic,
    },
    "camera": {**COMMON, "image_encoding": one_of("b64"), "topic": topic},
}  # fmt: skip
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "sensor": ("state_topic",),
    "binary_sensor": ("state_topic",),
    "select": ("command_topic", "options"),
    "number": ("command_topic",),
    "switch": ("command_topic",),
    "button": ("command_topic",),
    "image": (),
    "camera": ("topic",),
}


def mistakes(where: str, message: Any) -> list[str]:
    """Return everything in a discovery message that the documentation does not allow; [] when it is right.

    Args:
        where: the topic it was published on.
        message: what it says.
    """
    return list(_mistakes(where, message))


def _mistakes(where: str, message: Any) -> Iterator[str]:
    if not TOPIC.fullmatch(where):
        yield f"{where} is no topic of a device's discovery"
    if not isinstance(message, dict):
        yield "it is no object"
        return
    yield from _keys("the message", message, ROOT)
    yield from (
        f"the message has no {key}" for key in ("device", "origin", "components") if key not in message
    )
    device, origin = message.get("device", {}), message.get("origin", {})
    yield from _keys("device", device, DEVICE)
    yield from _keys("origin", origin, ORIGIN)
    if not (device.get("identifiers") or device.get("connections")):
        yield "the device has neither identifiers nor connections"
    if "name" not in origin:
        yield "the origin has no name"
    ids: list[str] = []
    for key, component in message.get("components", {}).items():
        yield from _component(key, component, message)
        ids.append(component.get("unique_id", ""))
    ids = [each for each in ids if each]
    if len(ids) != len(set(ids)):
        yield "two components have one unique_id"


def _component(key: str, component: Any, message: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(component, dict) or component.get("platform") not in PLATFORMS:
        yield f"{key} has no platform"
        return
    platform = component["platform"]
    if len(component) == 1:
        return  # this takes it away
    yield from _keys(key, component, PLATFORMS[platform])
    if "unique_id" not in component:
        yield f"{key} has no unique_id"
    yield from (
        f"{key} has no {each}" for each in REQUIRED[platform] if each not in component and each not in message
    )
    if "availability" in component and "availability_topic" in component:
        yield f"{key} has both availability and availability_topic"
    yield from _rules_of_platform(key, platform, component)


def _rules_of_platform(key: str, platform: str, component: Mapping[str, Any]) -> Iterator[str]:
    if platform == "image":
        if ("image_topic" in component) == ("url_topic" in component):
            yield f"{key} needs one of image_topic and url_topic"
        if "content_type" in component and "url_topic" in component:
            yield f"{key} has both content_type and url_topic"
    if platform == "number" and component.get("min", 1) >= component.get("max", 100):
        yield f"{key} has no room between min and max"
    if platform == "sensor":
        device_class = component.get("device_class")
        units = SENSOR_UNITS.get(device_class)
        if units is not None and component.get("unit_of_measurement") not in units:
            yield f"{key} is a {device_class} in {component.get('unit_of_measurement')}"
        if "options" in component and (
            device_class != "enum" or component.keys() & {"state_class", "unit_of_measurement"}
        ):
            yield f"{key} has options without being an enum"


def _keys(what: str, given: Any, allowed: Mapping[str, Check]) -> Iterator[str]:
    if not isinstance(given, dict):
        yield f"{what} is no object"
        return
    for key, value in given.items():
        if key not in allowed:
            yield f"{what} has the key {key}, which is not documented"
        elif not allowed[key](value):
            yield f"{what} has {key}={value!r}"
