"""A dumb camera: it says what real ones were recorded saying, and knows nothing else.

It imports nothing of the project, so that no idea about a byte can be shared with the client. Texts come from
the recordings; only the addresses and the ids of calls are put in.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

REAL_PLACES = (
    "10.0.0.1:64321",
    "10.0.0.1:10000",
    "10.0.0.1:60152",
    "192.168.122.1:64321",
    "192.168.122.1:8080",
)
# protocol/wifi.md B.6: the quiet end of a poll of application 2.0.0, 35 slots
QUIET_A = '{"id":1,"result":[' + ",".join("[]" if n in {5, 6, 10} else "null" for n in range(35)) + "]}"
QUIET_B = '{"error":[2,"Timed out"],"id":1}'


class Replayer:
    """One replayed camera of family A.

    Args:
        recordings: the folder `transcripts`.

    Attributes:
        polls: what the long polls answer, one after the other; then they wait for ever.
        asked: the bodies of all calls.
        answers: by method, the answer; a test may change it.
    """

    def __init__(self, recordings: Path) -> None:
        self._recordings = recordings
        self.port = 0
        self.ssdp_port = 0
        self.polls: asyncio.Queue[str] = asyncio.Queue()
        self.asked: list[dict[str, object]] = []
        self.paths: list[str] = []
        self.answers = self._recorded_answers()
        self.description = self._text("qx100_DmsRmtDesc.tonytonyjan.xml").strip()
        self.ssdp_reply = self._text("as30v_ssdp_response.nerab.txt")
        self._packets = (recordings / "qx100_liveview_first8.tsar.bin").read_bytes()
        self._visits: set[asyncio.Task[None]] = set()

    @property
    def description_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/DmsRmtDesc.xml"

    def _text(self, name: str) -> str:
        return (self._recordings / name).read_text("utf-8")

    def _recorded_answers(self) -> dict[str, str]:
        answers: dict[str, str] = {}
        for recording in sorted((self._recordings / "as30v_http_vcr.nerab").glob("CameraTest*.yml")):
            strings = re.findall(r"string: '(\{.*\})'$", recording.read_text("utf-8"), re.MULTILINE)
            for asked, said in zip(strings[::2], strings[1::2], strict=True):
                answers[json.loads(asked)["method"]] = said
        for name, values in json.loads(self._text("qx10_basic_answers.bloodevil-issue9.json"))[
            "DSC-QX10"
        ].items():
            answers[name] = json.dumps(values, separators=(",", ":"))
        event = json.loads(self._text("qx100_getEvent_1.0_false.tsar.json.txt"))
        answers["getEvent"] = json.dumps(event, separators=(",", ":"))
        methods = json.loads(self._text("qx100_getMethodTypes_camera_1.0.tsar.json.txt"))
        answers["getMethodTypes"] = json.dumps(methods, separators=(",", ":"))
        answers["getAvailableApiList"] = json.dumps({"id": 1, "result": [event["result"][0]["names"]]})
        answers["startLiveview"] = (
            '{"id":1,"result":["http://10.0.0.1:60152/liveview.JPG'
            '?%211234%21http%2dget%3a%2a%3aimage%2fjpeg%3a%2a%21%21%21%21%21"]}'
        )
        answers["stopLiveview"] = '{"id":1,"result":[0]}'
        answers["setPostviewImageSize"] = '{"id":1,"result":[0]}'
        return answers

    def _here(self, text: str) -> str:
        for place in REAL_PLACES:
            text = text.replace(place, f"127.0.0.1:{self.port}")
        return text

    async def _answer_to(self, body: bytes) -> tuple[str, str]:
        call = json.loads(body)
        self.asked.append(call)
        method = call["method"]
        if method == "getEvent" and call["params"] == [True]:
            said = await self.polls.get()
        elif method in self.answers:
            said = self.answers[method]
        else:
            said = json.dumps({"error": [12, method], "id": 1}, separators=(",", ":"))
        status = "403 Forbidden" if said.startswith('{"error":[403') else "200 OK"
        return status, self._here(re.sub(r'"id":\s*\d+', f'"id":{call["id"]}', said))

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            verb, path, _ = head.split(" ", 2)
            self.paths.append(path)
            length = re.search(r"(?im)^content-length:\s*(\d+)", head)
            body = await reader.readexactly(int(length[1])) if length else b""
            if verb == "POST" and path.startswith("/sony/"):
                status, said = await self._answer_to(body)
                await _send(writer, status, "application/json", said.encode())
            elif path == "/DmsRmtDesc.xml":
                await _send(
                    writer, "200 OK", 'text/xml; charset="utf-8"', self._here(self.description).encode()
                )
            elif path.startswith("/liveview.JPG"):
                await self._stream(writer)
            elif path.startswith("/pict"):
                await _send(writer, "200 OK", "image/jpeg", self.picture)
            else:
                await _send(writer, "404 Not Found", "text/html", b"")
        writer.close()

    @property
    def picture(self) -> bytes:
        """The JPEG of the first recorded live view packet."""
        return next(self._cut())[1]

    def _cut(self) -> Iterator[tuple[bytes, bytes]]:
        at = 0
        while at < len(self._packets):
            size = int.from_bytes(self._packets[at + 12 : at + 15], "big") + self._packets[at + 15]
            yield self._packets[at : at + 136], self._packets[at + 136 : at + 136 + size]
            at += 136 + size

    async def _stream(self, writer: asyncio.StreamWriter) -> None:
        """Send each packet as two chunks, its header and its JPEG, as a QX10 does."""
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n\r\n")
        for header, jpeg in self._cut():
            writer.write(b"88\r\n" + header + b"\r\n" + b"%X\r\n" % len(jpeg) + jpeg + b"\r\n")
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.get_running_loop().create_task(self._visit(reader, writer))
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)

    async def end_visits(self) -> None:
        for visit in list(self._visits):
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    def ssdp_answer(self) -> bytes:
        return self._here(self.ssdp_reply).replace("\n", "\r\n").rstrip().encode() + b"\r\n\r\n"


async def _send(writer: asyncio.StreamWriter, status: str, kind: str, body: bytes) -> None:
    headers = ("Connection: close", f"Content-Length: {len(body)}", f"Content-Type: {kind}")
    writer.write("\r\n".join((f"HTTP/1.1 {status}", *headers, "", "")).encode() + body)
    await writer.drain()


class _Ssdp(asyncio.DatagramProtocol):
    """Answers each search for a camera, as often as it comes."""

    def __init__(self, replayer: Replayer) -> None:
        self._replayer = replayer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if data.startswith(b"M-SEARCH") and b"ScalarWebAPI" in data:
            self._transport.sendto(self._replayer.ssdp_answer(), addr)


@asynccontextmanager
async def replayed_camera(recordings: Path) -> AsyncIterator[Replayer]:
    """Run a replayed camera on loopback."""
    replayer = Replayer(recordings)
    server = await asyncio.start_server(replayer.accept, "127.0.0.1", 0)
    replayer.port = server.sockets[0].getsockname()[1]
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Ssdp(replayer), local_addr=("127.0.0.1", 0)
    )
    replayer.ssdp_port = transport.get_extra_info("sockname")[1]
    try:
        yield replayer
    finally:
        transport.close()
        server.close()
        await replayer.end_visits()
