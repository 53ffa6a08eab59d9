import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import pytest
import yaml

from emulator.body.camera import Body
from emulator.body.eye import LiveFrame
from emulator.clock import VirtualClock
from emulator.journal import Journal
from emulator.profiles import load
from emulator.wifi.place import Place
from emulator.wifi.server import WifiServer
from remotelens.protocol.wifi.liveview import LiveViewParser, Payload, jpeg_of
from tests.emulator.body.rig import scene
from tests.emulator.wire import Answer, Wire, ask, call, call_body, wire
from tests.recordings import need

JSON_HEADERS = ["Connection", "Content-Length", "Content-Type"]
Result = TypeVar("Result")


class Served:
    """One camera on a socket, under a virtual clock."""

    def __init__(self, profile: str) -> None:
        self.clock = VirtualClock()
        self.journal = Journal(self.clock)
        self.body = Body(load(profile), scene("bench"), self.clock, 0, 0, self.journal, still_scale=8)
        self.server = WifiServer(self.body, self.journal)

    @property
    def port(self) -> int:
        return self.server.port

    async def call(self, method: str, *params: Any, **options: str) -> Answer:
        return await self.passing(call(self.port, method, *params, **options))

    async def result(self, method: str, *params: Any, **options: str) -> Any:
        return (await self.call(method, *params, **options)).json["result"]

    async def passing(self, work: Awaitable[Result], step_s: float = 0.1) -> Result:
        """Let time pass until the work is done."""
        task = asyncio.ensure_future(work)
        while not task.done():
            await self.clock.advance(step_s)
            await asyncio.wait([task], timeout=0.002)
        return task.result()

    async def idle(self) -> None:
        while self.body.status != "IDLE":
            await self.clock.advance(0.1)


@contextlib.asynccontextmanager
async def served(profile: str) -> AsyncIterator[Served]:
    camera = Served(profile)
    async with asyncio.timeout(50):
        camera.server.bind(Place.on_one_port("127.0.0.1"))
        await camera.body.start()
        await camera.server.open()
        try:
            yield camera
        finally:
            await camera.server.close()
            await camera.body.close()


@pytest.fixture
async def qx10() -> AsyncIterator[Served]:
    async with served("DSC-QX10@3.00") as camera:
        yield camera


@pytest.fixture
async def qx1() -> AsyncIterator[Served]:
    async with served("ILCE-QX1@1.10") as camera:
        yield camera


def recorded_exchanges() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    found = []
    for path in sorted(need("transcripts", "as30v_http_vcr.nerab").glob("*.yml")):
        for exchange in yaml.safe_load(path.read_text())["http_interactions"]:
            found.append((exchange["request"], exchange["response"]))
    return found


async def test_every_recorded_exchange_has_its_header_lines_in_order_and_no_others(qx10: Served) -> None:
    """Recorded of an HDR-AS30V, which has the same server; 22 of 22, and 10 with the same body."""
    same_bodies = 0
    exchanges = recorded_exchanges()
    for request, response in exchanges:
        path = re.sub(r"^http://[^/]+", "", request["uri"])
        body = request["body"]["string"].encode()
        wanted = "movie" if response["body"]["string"] == '{"id":1,"result":["movie"]}' else "still"
        if b"setShootMode" not in body:
            await qx10.call("setShootMode", wanted)
            await qx10.idle()
        answer = await qx10.passing(ask(qx10.port, request["method"].upper(), path, body))
        assert [name for name, _ in answer.headers] == list(response["headers"])
        fixed = {name: values[0] for name, values in response["headers"].items()}
        for name in fixed.keys() - {"Content-Length", "Date"}:
            assert answer.header(name) == fixed[name]
        assert answer.header("Content-Length") == str(len(answer.body))
        assert answer.status_line == "HTTP/1.1 200 OK"
        same_bodies += answer.body == response["body"]["string"].encode()
        await qx10.idle()
    assert (len(exchanges), same_bodies) == (22, 10)


async def test_the_date_of_the_description_is_the_cameras_own(qx10: Served) -> None:
    qx10.body.set_clock(datetime(2014, 1, 19, 17, 50, 9, tzinfo=UTC), 60, 0)
    answer = await ask(qx10.port, "GET", "/DmsRmtDesc.xml")
    assert answer.header("Date") == "Sun, 19 Jan 2014 17:50:09 GMT"
    assert parsedate_to_datetime(answer.header("Date") or "").utcoffset() is not None


async def test_family_a_closes_after_each_answer_even_when_asked_to_stay(qx10: Served) -> None:
    async with wire(qx10.port) as connection:
        body = call_body("getShootMode")
        connection.send("POST", "/sony/camera", body, Connection="Keep-Alive")
        connection.send("POST", "/sony/camera", body)
        answer = await connection.answer()
        assert answer.body == b'{"id":1,"result":["still"]}'
        assert await connection.reader.read() == b""


async def test_family_b_keeps_the_connection_and_writes_its_own_form(qx1: Served) -> None:
    async with wire(qx1.port) as connection:
        for number in (1, 2):
            answer = await connection.ask("POST", "/sony/camera", call_body("getShootMode", number=number))
            assert answer.body == b'{"result":["still"],"id":%d}' % number
            assert [name for name, _ in answer.headers] == ["Content-Length", "Content-Type"]
        answer = await connection.ask("POST", "/sony/camera", call_body("getShootMode"), Connection="close")
        assert [name for name, _ in answer.headers] == JSON_HEADERS
        assert await connection.reader.read() == b""


async def test_family_b_tells_an_old_client_that_the_connection_stays(qx1: Served) -> None:
    async with wire(qx1.port) as connection:
        body = call_body("getShootMode")
        answer = await connection.ask("POST", "/sony/camera", body, version="1.0", Connection="Keep-Alive")
        assert answer.header("Connection") == "keep-alive"
        assert (await connection.ask("POST", "/sony/camera", body, version="1.0")).header(
            "Connection"
        ) == "close"


async def test_a_locked_method_is_answered_403_with_its_name(qx10: Served) -> None:
    answer = await qx10.call("setCameraFunction", "Contents Transfer")
    assert answer.status_line == "HTTP/1.1 403 Forbidden"
    assert answer.body == b'{"error":[403,"setCameraFunction"],"id":1}'
    assert [name for name, _ in answer.headers] == JSON_HEADERS


@pytest.mark.parametrize(
    ("verb", "target", "body"),
    [
        ("GET", "/", b""),
        ("GET", "/sony/camera", b""),
        ("POST", "/sony/nonsense", b"{}"),
        ("POST", "/sony/avContent", b"{}"),
        ("POST", "/DmsRmtDesc.xml", b""),
        ("GET", "/dd.xml", b""),
        ("GET", "/pict140202_0044410001.JPG", b""),
        ("DELETE", "/liveview.JPG", b""),
    ],
)
async def test_what_is_not_there_is_answered_404(qx10: Served, verb: str, target: str, body: bytes) -> None:
    answer = await ask(qx10.port, verb, target, body)
    assert (answer.status, answer.body) == (404, b'{"error":[404,"Not Found"]}')


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (b"", b'{"error":[5,"Illegal Request"]}'),
        (b"{nonsense", b'{"error":[5,"Illegal Request"]}'),
        (b'{"method":"getVersions","params":{},"id":3}', b'{"error":[5,"Illegal Request"],"id":3}'),
        (b'{"method":"getVersions","params":[],"id":0}', b'{"error":[5,"Illegal Request"],"id":0}'),
        (b'\xef\xbb\xbf{"method":"getShootMode","params":[],"id":3}', b'{"id":3,"result":["still"]}'),
        (b'{"method":"getShootMode","params":[],"id":3,"version":1.0}', b'{"id":3,"result":["still"]}'),
    ],
)
async def test_odd_calls_are_answered_as_a_camera_does(qx10: Served, body: bytes, answer: bytes) -> None:
    assert (await ask(qx10.port, "POST", "/sony/camera", body)).body == answer


async def test_a_body_over_the_limit_is_refused(qx10: Served) -> None:
    assert (await ask(qx10.port, "POST", "/sony/camera", bytes(30 * 1024))).status == 413


async def test_calls_are_written_down_with_their_answers(qx10: Served) -> None:
    await qx10.call("setSelfTimer", 5)
    asked, answered, _whole = qx10.journal.entries(method="setSelfTimer")
    assert (asked.kind, asked.data["params"]) == ("request", [5])
    assert (answered.kind, answered.data["error"]) == ("answer", 3)
    assert asked.data["connection"] == answered.data["connection"]
    assert qx10.journal.count("setSelfTimer") == 1


async def test_a_picture_is_taken_and_fetched_whole_with_its_length(qx10: Served) -> None:
    ((url,),) = await qx10.result("actTakePicture")
    assert url.startswith(f"http://127.0.0.1:{qx10.port}/pict")
    target = url.removeprefix(f"http://127.0.0.1:{qx10.port}")
    answer = await ask(qx10.port, "GET", target)
    assert answer.status == 200
    assert [name for name, _ in answer.headers] == JSON_HEADERS
    assert (answer.header("Content-Type"), answer.header("Content-Length")) == (
        "image/jpeg",
        str(len(answer.body)),
    )
    assert answer.body.startswith(b"\xff\xd8")
    assert answer.body.endswith(b"\xff\xd9")
    async with wire(qx10.port) as connection:
        connection.send("HEAD", target)
        _, headers = await connection.head()
        assert dict(headers)["Content-Length"] == str(len(answer.body))
        assert await connection.reader.read() == b""


async def test_family_b_keeps_the_latest_picture_only(qx1: Served) -> None:
    targets = []
    for _ in range(2):
        ((url,),) = await qx1.result("actTakePicture")
        targets.append(url.removeprefix(f"http://127.0.0.1:{qx1.port}"))
        await qx1.idle()
    assert re.fullmatch(r"/postview/pict\d{8}_\d{6}_\d+\.JPG", targets[0])
    assert [(await ask(qx1.port, "GET", target)).status for target in targets] == [404, 200]


async def open_stream(
    camera: Served, target: str, version: str = "1.1"
) -> tuple[contextlib.AsyncExitStack, Wire]:
    stack = contextlib.AsyncExitStack()
    connection = await stack.enter_async_context(wire(camera.port))
    connection.send("GET", target, version=version)
    status_line, headers = await connection.head()
    assert status_line == "HTTP/1.1 200 OK"
    assert headers[0] == ("Content-Type", "image/jpeg")
    return stack, connection


async def test_family_a_streams_without_being_started_header_and_picture_in_chunks_of_their_own(
    qx10: Served,
) -> None:
    stack, connection = await open_stream(qx10, "/liveview.JPG?%211234%21http%2dget")
    async with stack:
        for number in range(3):
            header = await qx10.passing(connection.chunk())
            data = await connection.chunk()
            assert len(header) == 136
            assert header[:2] == b"\xff\x01"
            assert int.from_bytes(header[2:4]) == number
            assert len(data) == int.from_bytes(header[12:15])
            assert len(data) % 128 == 0
            assert header[15] == 0
            assert data.startswith(b"\xff\xd8")


async def read_frames(camera: Served, connection: Wire, number: int) -> list[Payload]:
    parser, frames = LiveViewParser(), list[Payload]()
    while len(frames) < number:
        frames += parser.feed(await camera.passing(connection.reader.read(65536)))
    assert (parser.skipped_bytes, parser.resyncs) == (0, 0)
    return frames


async def test_an_http_1_0_client_gets_the_stream_without_chunks_until_it_is_closed(qx10: Served) -> None:
    stack, connection = await open_stream(qx10, "/liveview.JPG", version="1.0")
    async with stack:
        frames = await read_frames(qx10, connection, 3)
        assert [frame.sequence for frame in frames] == [0, 1, 2]
        assert jpeg_of(frames[0]).startswith(b"\xff\xd8")


async def test_family_b_streams_only_once_it_was_started_and_until_it_is_stopped(qx1: Served) -> None:
    assert (await ask(qx1.port, "GET", "/liveview/liveviewstream")).status == 404
    (url,) = await qx1.result("startLiveview")
    target = url.removeprefix(f"http://127.0.0.1:{qx1.port}")
    stack, connection = await open_stream(qx1, target)
    async with stack:
        header = await qx1.passing(connection.chunk())
        data = await connection.chunk()
        assert int.from_bytes(header[2:4]) == 1
        assert len(data) == int.from_bytes(header[12:15]) + header[15]
        await qx1.result("stopLiveview")
        rest = await qx1.passing(connection.reader.read())
        assert rest.endswith(b"0\r\n\r\n")
    assert (await ask(qx1.port, "GET", "/liveview/liveviewstream")).status == 404


@pytest.mark.parametrize("profile", ["DSC-QX10@3.00", "ILCE-QX1@1.10"])
async def test_a_stream_whose_live_view_is_stopped_before_its_first_frame_ends_at_once(profile: str) -> None:
    async with served(profile) as camera:
        asked, stopped = asyncio.Event(), asyncio.Event()
        shown = camera.body.viewfinder.frame

        async def late() -> LiveFrame:
            frame = await shown()
            asked.set()
            await stopped.wait()
            return frame

        camera.body.viewfinder.frame = late  # type: ignore[method-assign]  # a frame that takes its time
        (url,) = await camera.result("startLiveview")
        async with wire(camera.port) as connection:
            connection.send("GET", url.removeprefix(f"http://127.0.0.1:{camera.port}"))
            await asked.wait()
            await camera.result("stopLiveview")
            stopped.set()
            status_line, _ = await connection.head()
            assert status_line == "HTTP/1.1 200 OK"
            assert await connection.reader.read() == b"0\r\n\r\n"


async def test_frame_information_is_sent_only_after_it_was_asked_for(qx1: Served) -> None:
    await qx1.result("startLiveview")
    stack, connection = await open_stream(qx1, "/liveview/liveviewstream", version="1.0")
    async with stack:
        before = await read_frames(qx1, connection, 3)
        await qx1.result("setLiveviewFrameInfo", {"frameInfo": True})
        after = await read_frames(qx1, connection, 8)
    assert {frame.type for frame in before} == {1}
    kinds = [frame.type for frame in after]
    first_info = kinds.index(2)
    assert kinds[first_info:] == [2, 1] * ((len(kinds) - first_info) // 2) + [2] * (
        (len(kinds) - first_info) % 2
    )


async def test_the_stream_ends_with_the_power(qx10: Served) -> None:
    stack, connection = await open_stream(qx10, "/liveview.JPG")
    async with stack:
        await qx10.passing(connection.chunk())
        await qx10.body.power_off()
        await qx10.passing(connection.reader.read())


async def test_a_client_that_says_no_more_still_sees_live_view_until_it_has_left(qx10: Served) -> None:
    stack, connection = await open_stream(qx10, "/liveview.JPG", version="1.0")
    async with stack:
        connection.writer.write_eof()
        frames = await read_frames(qx10, connection, 5)
        assert [frame.sequence for frame in frames[:5]] == [0, 1, 2, 3, 4]
        viewers = dict(qx10.server._servers[0]._connections)
    await qx10.passing(asyncio.wait(viewers))
    assert [exchange.outcome for _, exchange in qx10.journal.exchanges()] == ["done"]
    assert [entry.kind for entry in qx10.journal.entries() if entry.channel == "liveview"][-1] == "closed"


async def test_a_client_that_says_no_more_still_gets_its_picture(qx10: Served) -> None:
    ((url,),) = await qx10.result("actTakePicture")
    await qx10.idle()
    async with wire(qx10.port) as connection:
        connection.send("GET", "/" + url.partition("://")[2].partition("/")[2], version="1.0")
        connection.writer.write_eof()
        answer = await qx10.passing(connection.answer())
    assert answer.status == 200
    assert answer.body.startswith(b"\xff\xd8")


async def heard(journal: Journal, kind: str, number: int) -> None:
    """Wait until the journal holds so many entries of that kind about getEvent."""
    grown = asyncio.Event()
    leave = journal.subscribe(lambda _entry: grown.set())
    while sum(entry.kind == kind for entry in journal.entries(method="getEvent")) < number:
        grown.clear()
        await grown.wait()
    leave()


async def test_a_long_poll_is_answered_when_something_changes(qx10: Served) -> None:
    await qx10.result("getEvent", False)
    polling = asyncio.ensure_future(call(qx10.port, "getEvent", True))
    await heard(qx10.journal, "request", 2)
    await qx10.result("setSelfTimer", 2)
    (event,) = [
        slot for slot in (await qx10.passing(polling)).json["result"] if slot and "currentSelfTimer" in slot
    ]
    assert event["currentSelfTimer"] == 2


async def test_an_abandoned_poll_loses_no_change(qx10: Served) -> None:
    await qx10.result("getEvent", False)
    async with wire(qx10.port) as connection:
        connection.send("POST", "/sony/camera", call_body("getEvent", True))
        await connection.writer.drain()
        await heard(qx10.journal, "request", 2)
    await heard(qx10.journal, "abandoned", 1)
    await qx10.result("setSelfTimer", 10)
    answer = await qx10.result("getEvent", True)
    assert any(slot and slot.get("currentSelfTimer") == 10 for slot in answer if isinstance(slot, dict))
