"""A camera read into a scrubbed recording.

Only what can be asked without changing anything is asked: no act, set, start, stop or delete method is called
unless writes are allowed. Then the live view is started, each exposure and shoot mode is visited, and the
settings are put back.

Source: protocol/wifi.md 4, 5 and 15 (what is wanted from owners).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import RefusedError, RemoteLensError, RemoteProtocolError
from remotelens.link.reach import Reached
from remotelens.protocol.recording import Document, Exchange, LiveViewFacts, PacketFacts, Recording, Scrubber
from remotelens.protocol.wifi.methods import find
from remotelens.protocol.wifi.rpc import RpcFailure, decode_answer, encode_request
from remotelens.transport.stream import live_view_stream
from remotelens.version import __version__

LIVE_VIEW_S = 5.0
MODE_LIMIT_S = 15.0
MODE_PAUSE_S = 0.3
_ASK_TIMEOUT_S = 20.0
_MAX_DOCUMENT_BYTES = 512 * 1024
_EVENT_VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4")
_MODES = ("ShootMode", "ExposureMode")


class Recorder:
    """Reads one camera.

    Args:
        reached: the camera, which stays as it is.
        allow_writes: whether modes may be changed and the live view started.
        say: told what is being read, one line at a time.
        clock: measures the answers.
    """

    def __init__(
        self,
        reached: Reached,
        *,
        allow_writes: bool = False,
        say: Callable[[str], None] = lambda _: None,
        clock: Clock = REAL_CLOCK,
    ) -> None:
        self._reached = reached
        self._api = reached.api
        self._allow_writes = allow_writes
        self._say = say
        self._clock = clock
        self._scrub = Scrubber()
        self._documents: list[Document] = []
        self._exchanges: list[Exchange] = []

    async def record(self) -> Recording:
        """Read everything there is and return it scrubbed.

        Raises:
            LinkError: the camera was lost; what was read by then is not worth keeping.
        """
        made_at = self._clock.now()
        await self._read_documents()
        await self._read_methods()
        await self._read_present("as found")
        live_view = await self._read_live_view()
        if self._allow_writes:
            await self._visit_modes()
        description = self._reached.description
        return Recording(
            made_by=f"remotelens {__version__}",
            made_at=made_at.isoformat(timespec="seconds"),
            model=description.friendly_name,
            application=self._reached.application,
            documents=self._documents,
            exchanges=self._exchanges,
            live_view=live_view,
            removed=self._scrub.removed,
        )

    async def _read_documents(self) -> None:
        """Read the description and the service descriptions beside it."""
        self._say("device description")
        base = self._reached.description_url
        await self._read_document(base)
        paths = dict.fromkeys(service.scpd_url for service in self._reached.description.upnp_services)
        for path in paths:
            if path.startswith("/"):
                parts = urlsplit(base)
                await self._read_document(f"{parts.scheme}://{parts.netloc}{path}")

    async def _read_document(self, url: str) -> None:
        try:
            answer = await self._api.http.get(url, limit_bytes=_MAX_DOCUMENT_BYTES, timeout_s=_ASK_TIMEOUT_S)
        except RemoteProtocolError as error:
            self._say(f"  {urlsplit(url).path}: {error.message}")
            return
        text = answer.body.decode("utf-8", "replace")
        headers = [(str(name), self._scrub.text(value)) for name, value in answer.headers.items()]
        self._documents.append(Document(urlsplit(url).path, answer.status, headers, self._scrub.text(text)))

    async def _read_methods(self) -> None:
        for service in (service.name for service in self._reached.description.services):
            self._say(f"methods of {service}")
            await self._ask(service, "getVersions")
            for version in ("", *self._reached.versions.get(service, ("1.0",))):
                await self._ask(service, "getMethodTypes", [version])
        await self._ask("guide", "getServiceProtocols")

    async def _read_present(self, mode: str) -> None:
        """Ask every question that takes no parameter and changes nothing, in the camera's present mode."""
        self._say(f"answers {mode}")
        for version in _EVENT_VERSIONS:
            if not await self._ask("camera", "getEvent", [False], version):
                break
        for service, name, version in self._questions():
            await self._ask(service, name, (), version)

    def _questions(self) -> Iterator[tuple[str, str, str]]:
        asked = {"getVersions", "getMethodTypes", "getEvent", "getServiceProtocols"}
        for service, methods in self._reached.methods.items():
            for method in methods:
                known = find(service, method.name)
                harmless = method.name.startswith("get") and not (known and known.changes)
                if harmless and not method.params and method.name not in asked:
                    yield service, method.name, method.version

    async def _ask(self, service: str, method: str, params: Sequence[Any] = (), version: str = "1.0") -> bool:
        """Ask once, keep the answer, and return whether it was one and no refusal."""
        try:
            url = self._api.url(self._reached.description.endpoint(service))
        except RefusedError:
            return False
        body = encode_request(method, list(params), request_id=1, version=version)
        started_s = self._clock.monotonic()
        answer = await self._api.http.post(
            url, body, repeatable=True, limit_bytes=_MAX_DOCUMENT_BYTES, timeout_s=_ASK_TIMEOUT_S
        )
        exchange = Exchange(
            service=service,
            method=method,
            params=list(params),
            version=version,
            status=answer.status,
            headers=[(str(name), self._scrub.text(value)) for name, value in answer.headers.items()],
            body=self._scrub.text(answer.body.decode("utf-8", "replace")),
            seconds=round(self._clock.monotonic() - started_s, 3),
        )
        self._exchanges.append(exchange)
        try:
            return not isinstance(decode_answer(answer.body), RpcFailure)
        except RemoteProtocolError:
            return False

    async def _read_live_view(self) -> LiveViewFacts | None:
        """Watch the live view for a while, where that needs no start or starting is allowed."""
        url = self._reached.description.liveview_url
        if not self._allow_writes:
            return await self._watch(url)
        try:
            values = await self._api.call("camera", "startLiveview")
            return await self._watch(str(values[0]) if values else url)
        except (RefusedError, RemoteProtocolError) as error:
            self._say(f"  no live view: {error.message}")
            return None
        finally:
            with contextlib.suppress(RefusedError, RemoteProtocolError):  # a camera may have begun none
                await self._api.call("camera", "stopLiveview")

    async def _watch(self, url: str | None) -> LiveViewFacts | None:
        if not url:
            return None
        self._say("live view")
        packets: list[PacketFacts] = []
        headers: list[tuple[str, str]] = []
        try:
            async with (
                self._clock.timeout(LIVE_VIEW_S),
                live_view_stream(self._api.http, self._api.url(url), clock=self._clock) as stream,
            ):
                headers = [(str(name), value) for name, value in stream.headers.items()]
                async for one in stream:
                    facts = PacketFacts(one.type, one.sequence, one.timestamp_ms, len(one.data), one.padding)
                    packets.append(facts)
        except TimeoutError:
            pass  # that is how long we wanted to watch
        except RemoteLensError as error:
            self._say(f"  the live view broke off: {error.message}")
        return LiveViewFacts(headers, packets) if packets else None

    async def _visit_modes(self) -> None:
        """Visit each shoot mode and exposure mode once, and put the settings back."""
        for setting in _MODES:
            found = await self._available(setting)
            if found is None:
                continue
            current, candidates = found
            try:
                for candidate in candidates:
                    if candidate != current and await self._change(setting, candidate):
                        await self._read_present(f"in {candidate}")
            finally:
                if not await self._change(setting, current):
                    self._say(f"  {setting} is perhaps not {current} again, as it was: set it by hand")

    async def _available(self, setting: str) -> tuple[str, list[str]] | None:
        try:
            values = await self._api.call("camera", f"getAvailable{setting}")
        except (RefusedError, RemoteProtocolError):
            return None
        match values:
            case [str(current), [*candidates]]:
                return current, [str(one) for one in candidates]
            case _:
                return None

    async def _change(self, setting: str, value: str) -> bool:
        """Set a mode; return whether the camera shows it and is ready."""
        self._say(f"changing {setting} to {value}")
        try:
            await self._api.call("camera", f"set{setting}", [value])
        except RefusedError as error:
            self._say(f"  refused: {error.message}")
            return False
        except RemoteProtocolError as error:
            self._say(f"  answered with nonsense: {error.message}")  # and perhaps done: see below
        until_s = self._clock.monotonic() + MODE_LIMIT_S
        while self._clock.monotonic() < until_s:
            if await self._shows(setting, value):
                return True
            await self._clock.sleep(MODE_PAUSE_S)
        self._say(f"  not seen within {MODE_LIMIT_S:g} s")
        return False

    async def _shows(self, setting: str, value: str) -> bool:
        try:
            event = await self._api.snapshot()
        except (RefusedError, RemoteProtocolError):
            return False  # asked again until the time is over
        status = event.slots.get("cameraStatus", {}).get("cameraStatus")
        slot = setting[0].lower() + setting[1:]
        return bool(status == "IDLE" and event.slots.get(slot, {}).get(f"current{setting}") == value)
