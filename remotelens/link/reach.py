"""From a description's URL to a camera that answers: what it is, what it can, how it stands now.

Source: protocol/wifi.md 13 (Connect), 5.5, quirks 6, 7, 10, 24.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import (
    CameraNotFound,
    IllegalArgument,
    NotSupported,
    RefusedError,
    RemoteProtocolError,
)
from remotelens.link.abilities import FIRST_VERSION, Abilities
from remotelens.link.addresses import host_of
from remotelens.link.api import CameraApi
from remotelens.link.describe import DESCRIBE_TIMEOUT_S, describe
from remotelens.link.identity import uuid_of
from remotelens.link.notices import same_uuid
from remotelens.link.patience import patiently
from remotelens.protocol.wifi.description import Description
from remotelens.protocol.wifi.events import CameraEvent
from remotelens.protocol.wifi.types import MethodType, decode_method_types
from remotelens.transport.http import HttpClient

ASKED_SERVICES = ("camera", "system", "avContent")
FIRST_ANSWER_LIMIT_S = 15.0
OTHER_ANSWER_LIMIT_S = 1.0
_REC_MODE_LIMIT_S = 15.0
_REC_MODE_PAUSE_S = 0.5
_MOST_VERSIONS = 16
_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class AnotherCamera(CameraNotFound):
    """A camera answers where the one that is meant was; every access point hands out the same addresses."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A camera that answers.

    Args:
        api: its JSON-RPC; whoever holds this closes it.
        description: what it says of itself.
        description_url: where that was read.
        application: name and version of the camera's application; None where it does not tell.
        first_event: how it stands; empty where it gives no events.
        rec_mode_started: whether it had to be put into shooting mode.
    """

    api: CameraApi
    description: Description
    description_url: str
    application: tuple[str, str] | None
    first_event: CameraEvent
    rec_mode_started: bool = False

    @property
    def versions(self) -> Mapping[str, tuple[str, ...]]:
        """By service, the versions that the camera told."""
        return self.api.abilities.versions

    @property
    def methods(self) -> Mapping[str, tuple[MethodType, ...]]:
        """By service, the methods that the camera told."""
        return self.api.abilities.methods

    @property
    def uuid(self) -> str | None:
        """The camera's own id, as it writes it."""
        return uuid_of(self.description.udn)

    async def close(self) -> None:
        """Close the camera's connections."""
        await self.api.close()


async def reach(
    description_url: str,
    *,
    camera: str | None = None,
    interface: str | None = None,
    clock: Clock = REAL_CLOCK,
    describe_timeout_s: float = DESCRIBE_TIMEOUT_S,
    uuid: str | None = None,
) -> Reached:
    """Connect to the camera whose description stands at a URL.

    Args:
        description_url: where it stands.
        camera: how to call the camera in messages; its own name when not given.
        interface: the network interface to use; None for what the routes say.
        clock: measures time limits.
        describe_timeout_s: how long the description may take.
        uuid: the id of the camera that is meant; None takes whichever is there.

    Raises:
        CameraNotFound: nothing is there, or nothing that can be controlled; `AnotherCamera` when that is
            not the one that is meant, which is asked nothing then.
        LinkError: it stopped answering on the way.
        RefusedError: it refuses to be asked at all.
        RemoteProtocolError: it does not answer as a camera does.
    """
    http = HttpClient(camera=camera, interface=interface, clock=clock)
    try:
        description = await describe(http, description_url, timeout_s=describe_timeout_s)
        if uuid is not None and not same_uuid(uuid, uuid_of(description.udn) or ""):
            raise AnotherCamera(
                f"another camera, {description.friendly_name}, answers at {description_url}",
                camera=camera,
                remedy="switch the one that is meant on, and see that this computer is on its network",
            )
        http.camera = camera or description.friendly_name
        api = CameraApi(description, http, host=host_of(description_url), camera=camera, clock=clock)
        return await _Approach(api, clock).reached(description_url)
    except BaseException:
        await http.close()
        raise


class _Approach:
    """The questions asked of a camera when it is met, in their order."""

    def __init__(self, api: CameraApi, clock: Clock) -> None:
        self._api = api
        self._clock = clock

    async def reached(self, description_url: str) -> Reached:
        """Ask them all."""
        api = self._api
        api.abilities = await self._abilities()
        application = await self._application()
        event = await self._first_event()
        started = self._wants_rec_mode(event)
        if started:
            event = await self._start_rec_mode()
        return Reached(api, api.description, description_url, application, event, started)

    async def _abilities(self) -> Abilities:
        versions: dict[str, tuple[str, ...]] = {}
        methods: dict[str, tuple[MethodType, ...]] = {}
        offered = {service.name for service in self._api.description.services}
        for service in ASKED_SERVICES:
            if service not in offered:
                continue
            versions[service] = await self._versions(service)
            types = [await self._method_types(service, version) for version in versions[service]]
            if any(types):
                methods[service] = tuple(method for told in types for method in told)
        return Abilities(MappingProxyType(versions), MappingProxyType(methods))

    async def _versions(self, service: str) -> tuple[str, ...]:
        """Ask for a service's versions; older cameras do not know the question and are of version 1.0."""
        told = await self._optional(service, "getVersions", FIRST_VERSION)
        match told:
            case [list(versions), *_] if versions and all(isinstance(each, str) for each in versions):
                return tuple(dict.fromkeys(versions))[:_MOST_VERSIONS]
            case _:
                return (FIRST_VERSION,)

    async def _method_types(self, service: str, version: str) -> tuple[MethodType, ...]:
        told = await self._optional(service, "getMethodTypes", FIRST_VERSION, version)
        try:
            return decode_method_types(told or [])
        except RemoteProtocolError as error:
            _log.warning("%s: %s", self._api.camera, error.message)
            return ()

    async def _application(self) -> tuple[str, str] | None:
        told = await self._optional("camera", "getApplicationInfo", FIRST_VERSION)
        match told:
            case [str(name), str(version), *_]:
                return name, version
            case _:
                return None

    async def _first_event(self) -> CameraEvent:
        """Ask how the camera stands, in the highest version of the answer that it gives."""
        api = self._api
        for version in api.abilities.event_versions:
            try:
                event = await self._patiently(partial(api.snapshot, version))
            except (NotSupported, IllegalArgument) as refusal:
                _log.info("%s: no getEvent %s: %s", api.camera, version, refusal.message)
                continue
            api.event_version = version
            return event
        return CameraEvent()

    def _wants_rec_mode(self, event: CameraEvent) -> bool:
        """Whether the camera lists `startRecMode`; none of the QX does, and it must not be called there."""
        listed = event.slots.get("availableApiList", {}).get("names")
        if isinstance(listed, list):
            return "startRecMode" in listed
        return self._api.has("camera", "startRecMode")

    async def _start_rec_mode(self) -> CameraEvent:
        """Put the camera into shooting mode and wait until it is there, as far as it tells."""
        api = self._api
        await self._patiently(lambda: api.call("camera", "startRecMode"))
        until_s = self._clock.monotonic() + _REC_MODE_LIMIT_S
        while True:
            event = await self._patiently(api.snapshot)
            status = event.slots.get("cameraStatus", {}).get("cameraStatus")
            if status != "NotReady" or self._clock.monotonic() >= until_s:
                return event
            await self._clock.sleep(_REC_MODE_PAUSE_S)

    async def _optional(self, service: str, method: str, version: str, *params: str) -> list[Any] | None:
        """Ask what a camera need not know; services beside `camera` may be shut in its present function."""
        limit_s = FIRST_ANSWER_LIMIT_S if service == "camera" else OTHER_ANSWER_LIMIT_S
        try:
            return await self._patiently(partial(self._api.call, service, method, params, version), limit_s)
        except RefusedError as refusal:
            _log.debug("%s: not told: %s", self._api.camera, refusal.message)
            return None

    async def _patiently(self, ask: Callable[[], Awaitable[_T]], limit_s: float = FIRST_ANSWER_LIMIT_S) -> _T:
        """Ask until the camera is ready to answer: 40401 is usual right after connecting."""
        return await patiently(ask, clock=self._clock, limit_s=limit_s)
