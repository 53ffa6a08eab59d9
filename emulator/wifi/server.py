"""One camera on the network: description, JSON-RPC, live view and pictures, on one port or on its own three.

It joins the body's answers to HTTP: paths to meanings, answers to bytes and headers, and what is told to the
journal. Everything a camera decides is decided in the body and the dispatcher.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from http import HTTPStatus
from typing import Protocol

from emulator.body.camera import Body
from emulator.body.machine import Status
from emulator.clock import Clock, Scope
from emulator.journal import REQUEST, Journal
from emulator.wifi import media_server, pictures, upnp
from emulator.wifi.dispatch import Dispatcher, Reply
from emulator.wifi.documents import Documents
from emulator.wifi.face import Face
from emulator.wifi.http import HttpServer, Limits, Peer
from emulator.wifi.liveview import UNREAD_BYTES, LiveView, Packets
from emulator.wifi.outlet import Outlet, PeerGone, encode_head
from emulator.wifi.place import Place, Ports
from emulator.wifi.playback import PlaybackStream, PlayedPackets
from emulator.wifi.request import HttpRequest
from emulator.wifi.tap import tapped
from emulator.wifi.transfer import Make, Transfers
from emulator.wifi.urls import CameraUrls
from remotelens.protocol.wifi import rpc
from remotelens.protocol.wifi.auth import Credentials

_LONG_POLL = "getEvent"
_WAITING = (_LONG_POLL, "requestToNotifyStreamingStatus")
"""Calls whose answer may be long in coming, for whom nobody waits any more once the client has gone."""
_JOURNAL_BYTES = 4096
_JOURNAL_CHARS = 200
_NOT_FOUND = rpc.RpcFailure(None, 404, "Not Found")


class Caller(Protocol):
    """What answers the calls."""

    async def call(self, service: str, request: rpc.Request) -> Reply:
        """Answer one call."""
        ...

    def written(self, reply: Reply) -> None:
        """Learn that the answer has left."""
        ...


WrapCaller = Callable[[Caller, asyncio.Event], Caller]
"""From the healthy caller, and the event that its client has gone."""

WrapOutlet = Callable[[str, str, Outlet, asyncio.Event], Outlet]
"""From the channel, what was asked for, the healthy outlet, and the event that its client has gone."""


class WifiServer:
    """Serves one camera; shut until it is opened.

    Args:
        body: the camera.
        journal: where requests and answers are written.
        peer_clock: the clients' time; see `HttpServer`.
        registrations: those of developers that unlock methods; None: any that is well formed.
        wrap_caller: puts something in front of the dispatcher.
        wrap_outlet: puts something in front of a connection.
    """

    def __init__(
        self,
        body: Body,
        journal: Journal,
        *,
        limits: Limits | None = None,
        peer_clock: Clock | None = None,
        registrations: Sequence[Credentials] | None = None,
        wrap_caller: WrapCaller = lambda caller, _gone: caller,
        wrap_outlet: WrapOutlet = lambda _channel, _wanted, outlet, _gone: outlet,
    ) -> None:
        self._body = body
        self._registrations = registrations
        self._journal = journal
        self._wrap_caller = wrap_caller
        self._wrap_outlet = wrap_outlet
        self._face = Face.of(body.profile)
        self._limits = limits or Limits(connections=self._face.connections)
        self._peer_clock = peer_clock
        self._servers: list[HttpServer] = []
        self._live = LiveView(body.viewfinder, self._face, body.clock)
        self._playback = PlaybackStream(body, body.clock)
        self._transfers = Transfers(self._face)
        self._live_was_running = False

    def bind(self, place: Place) -> CameraUrls:
        """Take the addresses, without listening yet.

        Raises:
            OSError: a port is taken, or the address is not this host's.
        """
        roles = ("description", "api", "media")
        wanted = [getattr(place.ports, role) for role in roles]
        taken: dict[int, int] = {}
        try:
            for port in dict.fromkeys(wanted):
                served = frozenset(role for role, its in zip(roles, wanted, strict=True) if its == port)
                server = HttpServer(
                    tapped(
                        partial(self._answer, served), self._journal, self._body.camera_id, self._body.clock
                    ),
                    limits=self._limits,
                    clock=self._peer_clock,
                    inside=place.inside,
                )
                taken[port] = server.bind(place.host, port)
                self._servers.append(server)
        except OSError:
            self._give_back()
            raise
        self.urls = CameraUrls.at(self._face, place.host, Ports(*(taken[port] for port in wanted)))
        self._dispatcher = Dispatcher(
            self._body, self.urls, registrations=self._registrations, journal=self._journal
        )
        self._documents = Documents(self._body, self._face, self.urls)
        self._unsubscribe = self._body.subscribe(self._changed)
        return self.urls

    def _give_back(self) -> None:
        for server in self._servers:
            server.release()
        self._servers.clear()

    @property
    def port(self) -> int:
        """The port of the description, once bound."""
        return self._servers[0].port

    @property
    def is_open(self) -> bool:
        """True while the camera can be reached."""
        return any(server.is_open for server in self._servers)

    async def open(self) -> None:
        """Let clients in."""
        for server in self._servers:
            await server.open()

    async def shut(self) -> None:
        """Refuse clients and cut those that are there."""
        for server in self._servers:
            await server.shut()

    async def close(self) -> None:
        """Shut and give the ports back."""
        self._unsubscribe()
        servers, self._servers = self._servers, []
        for server in servers:
            await server.close()

    def _changed(self, what: str) -> None:
        if what == "liveview":
            running = self._body.viewfinder.running
            if self._live_was_running and not running:
                self._live.end()
            self._live_was_running = running
        elif what == "status":
            status = self._body.machine.status
            if status is not Status.STREAMING:
                self._playback.end()
            if status is Status.NOT_READY and self._face.one_transfer:
                self._transfers.cancel()

    async def _answer(self, served: frozenset[str], request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        """Answer one request, if it is for something that is served on the port it came to."""
        path = request.path
        service = self.urls.service_of(path) if "api" in served else None
        if request.method == "POST" and service is not None and service in self._body.profile.services:
            return await self._call(service, request, outlet, peer)
        shares = "description" in served and self._face.family == "A"
        upnp_service = media_server.service_at(path) if shares and request.method == "POST" else None
        if upnp_service is not None:
            return await self._control(upnp_service, request, outlet, peer)
        if request.method in ("GET", "HEAD"):
            if "description" in served and (xml := self._documents.find(path)) is not None:
                return await self._describe(xml, request, outlet, peer)
            if "media" not in served:
                return await self._not_found(request, outlet)
            if self.urls.is_liveview(path):
                return await self._stream(request, outlet, peer)
            if self.urls.is_playback(path):
                return await self._play(request, outlet, peer)
            if (make := pictures.find(self._body, self.urls, path, request.target)) is not None:
                return await self._file(make, request, outlet, peer)
        return await self._not_found(request, outlet)

    async def _call(self, service: str, request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        """Answer one JSON-RPC call."""
        form = self._dispatcher.form(service)
        try:
            call = rpc.decode_request(request.body)
        except rpc.BadRequest as error:
            self._note("rpc", REQUEST, peer, service=service, bytes=len(request.body), broken=error.message)
            return await self._json(200, rpc.encode_answer(error.answer, form), request, outlet)
        self._note(
            "rpc",
            REQUEST,
            peer,
            service=service,
            method=call.method,
            params=call.params if len(request.body) <= _JOURNAL_BYTES else None,
            bytes=len(request.body),
            id=call.id,
            version=call.version,
        )
        wanted = f"{service}.{call.method}"
        outlet = self._wrap_outlet("rpc", wanted, outlet, peer.gone)
        caller = self._wrap_caller(self._dispatcher, peer.gone)
        if call.method == _LONG_POLL:
            outlet = self._wrap_outlet("event", wanted, outlet, peer.gone)
        if call.method in _WAITING:
            async with Scope(peer.gone) as scope:
                reply = await caller.call(service, call)
            if scope.ended:
                self._note("rpc", "abandoned", peer, service=service, method=call.method, id=call.id)
                return False
        else:
            reply = await caller.call(service, call)
        body = rpc.encode_answer(reply.answer, form)
        keep = await self._json(reply.http_status, body, request, outlet)
        caller.written(reply)
        code = reply.answer.code if isinstance(reply.answer, rpc.RpcFailure) else None
        self._note(
            "rpc",
            "answer",
            peer,
            service=service,
            method=call.method,
            id=call.id,
            error=code,
            bytes=len(body),
        )
        return keep

    async def _describe(self, xml: bytes, request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        """Answer with a description."""
        self._journal.add(self._body.camera_id, "description", REQUEST, path=request.path)
        outlet = self._wrap_outlet("description", request.path, outlet, peer.gone)
        await outlet.head(self._documents.head(len(xml)), chunked=False)
        if request.method == "GET":
            await outlet.body(xml)
        await outlet.end()
        return False

    async def _control(self, service: str, request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        """Answer one call to the media server; its header lines are assumed."""
        outlet = self._wrap_outlet("rpc", request.path, outlet, peer.gone)
        try:
            call = upnp.read_call(request.body)
            self._note("rpc", REQUEST, peer, service=service, method=call.action)
            values = media_server.MediaServer(self._body, self.urls.media_base).call(service, call)
            status, body = HTTPStatus.OK, upnp.encode_answer(service, call.action, values)
        except upnp.Fault as fault:
            status, body = HTTPStatus.INTERNAL_SERVER_ERROR, upnp.encode_fault(fault)
        headers = (
            ("Content-Length", str(len(body))),
            ("Content-Type", 'text/xml; charset="utf-8"'),
            ("Connection", "close"),
            ("Ext", ""),
            ("Server", self._face.server),
        )
        await outlet.head(encode_head(status, status.phrase, headers), chunked=False)
        await outlet.body(body)
        await outlet.end()
        return False

    async def _stream(self, request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        """Stream live view."""
        running = self._body.viewfinder.running or not self._face.live_needs_start
        first = await self._live.first_frame() if running and request.method == "GET" else None
        if first is None:
            return await self._not_found(request, outlet)
        packets = Packets(self._face)
        stream = partial(self._live.stream, first, packets, gone=peer.lost)
        return await self._show(stream, packets, request, outlet, peer)

    async def _play(self, request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        """Stream the movie that is played."""
        if self._body.machine.status is not Status.STREAMING or request.method != "GET":
            return await self._not_found(request, outlet)
        packets = PlayedPackets(self._face)
        stream = partial(self._playback.stream, packets, gone=peer.lost)
        return await self._show(stream, packets, request, outlet, peer)

    async def _show(
        self,
        stream: Callable[[Outlet], Awaitable[None]],
        packets: Packets | PlayedPackets,
        request: HttpRequest,
        outlet: Outlet,
        peer: Peer,
    ) -> bool:
        """Stream images; HTTP/1.0 clients, which know no chunks, get them until the connection closes."""
        chunked = request.version != "1.0"
        coding = ("Transfer-Encoding", "chunked") if chunked else ("Connection", "close")
        outlet = self._wrap_outlet("liveview", request.path, outlet, peer.gone)
        self._note("liveview", "opened", peer, version=request.version)
        peer.keep_few_unread(UNREAD_BYTES)
        head = encode_head(200, "OK", (("Content-Type", "image/jpeg"), coding))
        try:
            with _left(peer):
                await outlet.head(head, chunked=chunked)
                await stream(outlet)
                await outlet.end()
        finally:
            self._note("liveview", "closed", peer, frames=packets.frames)
        return False

    async def _file(self, make: Make, request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        """Answer with a picture or a movie."""
        camera, name = self._body.camera_id, request.path.rpartition("/")[2]
        self._journal.add(camera, "contents", REQUEST, name=name)
        keep = self._keeps(request)
        connection = () if keep else (("Connection", "close"),)
        wrapped = self._wrap_outlet("contents", request.path, outlet, peer.gone)
        sent = await self._transfers.send(make, request, wrapped, peer.gone, connection=connection)
        if sent.size_bytes:
            self._journal.add(camera, "contents", "answer", name=name, bytes=sent.size_bytes)
            return keep
        if sent.status is HTTPStatus.NOT_FOUND:
            return await self._not_found(request, outlet)
        if sent.status is HTTPStatus.OK:
            return False
        failure = rpc.RpcFailure(None, sent.status, sent.status.phrase)
        return await self._json(sent.status, rpc.encode_answer(failure, rpc.Form.SORTED), request, outlet)

    async def _not_found(self, request: HttpRequest, outlet: Outlet) -> bool:
        """Answer 404 in the one form that is on record (RX100M2)."""
        self._journal.add(
            self._body.camera_id, "http", "not found", verb=request.method, path=request.path[:_JOURNAL_CHARS]
        )
        body = rpc.encode_answer(_NOT_FOUND, rpc.Form.SORTED)
        return await self._json(404, body, request, outlet)

    async def _json(self, status: int, body: bytes, request: HttpRequest, outlet: Outlet) -> bool:
        """Write a JSON answer; its header lines are those of protocol/wifi.md 4.2, and no others."""
        keep = self._keeps(request)
        connection: tuple[tuple[str, str], ...] = ()
        if not keep:
            connection = (("Connection", "close"),)
        elif request.version == "1.0":
            connection = (("Connection", "keep-alive"),)
        headers = (
            *connection,
            ("Content-Length", str(len(body))),
            ("Content-Type", "application/json"),
        )
        await outlet.head(encode_head(status, HTTPStatus(status).phrase, headers), chunked=False)
        if request.method != "HEAD":
            await outlet.body(body)
        await outlet.end()
        return keep

    def _keeps(self, request: HttpRequest) -> bool:
        return self._face.keep_alive and not request.wants_close

    def _note(self, channel: str, kind: str, peer: Peer, **data: object) -> None:
        self._journal.add(self._body.camera_id, channel, kind, connection=peer.number, **data)


@contextlib.contextmanager
def _left(peer: Peer) -> Iterator[None]:
    """Take it for an orderly end of a stream when its viewer closes the connection."""
    try:
        yield
    except PeerGone:
        if not peer.gone.is_set():
            raise
