import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from emulator.clock import Clock, VirtualClock
from emulator.wifi.http import Handler, HttpServer, Limits, Peer
from emulator.wifi.outlet import Outlet, encode_head, reset_connection
from emulator.wifi.request import HttpRequest

GET = b"GET / HTTP/1.1\r\nHost: c\r\n\r\n"
HELLO = encode_head(200, "OK", (("Content-Length", "5"),))


@contextlib.asynccontextmanager
async def serving(
    handler: Handler, *, limits: Limits | None = None, clock: Clock | None = None
) -> AsyncIterator[HttpServer]:
    server = HttpServer(handler, limits=limits, clock=clock)
    server.bind("127.0.0.1", 0)
    await server.open()
    try:
        yield server
    finally:
        await server.close()


@contextlib.asynccontextmanager
async def client(server: HttpServer) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


def answering(keep: bool = True) -> Handler:
    async def handle(request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        await outlet.head(HELLO, chunked=False)
        await outlet.body(b"hello")
        await outlet.end()
        return keep

    return handle


async def test_an_answer_is_sent_byte_for_byte_and_nothing_is_added() -> None:
    async with serving(answering(keep=False)) as server, client(server) as (reader, writer):
        writer.write(GET)
        assert await reader.read() == b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


async def test_a_kept_connection_carries_several_requests() -> None:
    async with serving(answering()) as server, client(server) as (reader, writer):
        for _ in range(3):
            writer.write(GET)
            assert await reader.readexactly(len(HELLO) + 5) == HELLO + b"hello"


async def test_after_a_closing_answer_a_second_pipelined_request_is_never_answered() -> None:
    async with serving(answering(keep=False)) as server, client(server) as (reader, writer):
        writer.write(GET + GET)
        assert await reader.read() == HELLO + b"hello"


async def test_nothing_waits_in_the_host_until_what_went_before_was_acknowledged() -> None:
    at_once: list[int] = []

    async def look(request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        connection = peer.writer.get_extra_info("socket")
        at_once.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        return await answering()(request, outlet, peer)

    async with serving(look) as server, client(server) as (reader, writer):
        writer.write(GET)
        await reader.readexactly(len(HELLO))
    assert at_once == [1]


async def test_head_and_body_arrive_in_one_read() -> None:
    async with serving(answering()) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as plain:
            plain.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(plain, GET)
            assert await loop.sock_recv(plain, 4096) == HELLO + b"hello"


async def test_chunks_are_written_piece_by_piece() -> None:
    async def handle(request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        await outlet.head(encode_head(200, "OK", (("Transfer-Encoding", "chunked"),)), chunked=True)
        await outlet.body(b"x" * 136, b"", b"y" * 10)
        await outlet.end()
        return False

    async with serving(handle) as server, client(server) as (reader, writer):
        writer.write(GET)
        await reader.readuntil(b"\r\n\r\n")
        assert await reader.read() == b"88\r\n" + b"x" * 136 + b"\r\nA\r\n" + b"y" * 10 + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"\x00\x01\x02\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 30000\r\n\r\n" + bytes(30_000), b"413"),
    ],
)
async def test_nonsense_and_too_much_are_answered_and_cut(request_bytes: bytes, status: bytes) -> None:
    async with serving(answering()) as server, client(server) as (reader, writer):
        writer.write(request_bytes)
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b'{"error":[' + status in answer


async def test_more_connections_than_are_served_are_told_so() -> None:
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(answering(), limits=Limits(connections=2)))
        for _ in range(2):
            reader, writer = await stack.enter_async_context(client(server))
            writer.write(GET)
            await reader.readexactly(len(HELLO) + 5)
        reader, _ = await stack.enter_async_context(client(server))
        assert (await reader.read()).startswith(b"HTTP/1.1 503 ")


async def advanced_until(clock: VirtualClock, step_s: float, done: Callable[[], Awaitable[bytes]]) -> bytes:
    """Let time pass in steps until the connection's other end has done what it should."""
    ending = asyncio.ensure_future(done())
    while not ending.done():
        await clock.advance(step_s)
        await asyncio.wait([ending], timeout=0.001)
    return ending.result()


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab"])
async def test_a_client_that_is_too_slow_is_dropped(sent: bytes) -> None:
    clock = VirtualClock()
    async with serving(answering(), clock=clock) as server, client(server) as (reader, writer):
        writer.write(sent)
        assert await advanced_until(clock, 30.0, reader.read) == b""


async def test_a_half_closed_client_is_still_answered() -> None:
    async with serving(answering(keep=False)) as server, client(server) as (reader, writer):
        writer.write(GET)
        writer.write_eof()
        assert await reader.read() == HELLO + b"hello"


async def test_a_handler_learns_that_its_client_has_gone() -> None:
    learned = asyncio.Event()

    async def handle(request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        await peer.gone.wait()
        learned.set()
        return False

    async with serving(handle) as server:
        async with client(server) as (_, writer):
            writer.write(GET)
            await writer.drain()
        await learned.wait()


async def test_a_client_that_is_cut_before_its_stream_begins_costs_nothing() -> None:
    told: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context))
    over = asyncio.Event()

    async def handle(request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        await peer.lost.wait()
        over.set()
        peer.keep_few_unread(32 * 1024)
        return False

    async with serving(handle) as server:
        async with client(server) as (_, writer):
            writer.write(GET)
            await writer.drain()
            reset_connection(writer)
        await over.wait()
    assert told == []


async def test_a_client_that_never_reads_is_dropped() -> None:
    clock, dropped = VirtualClock(), asyncio.Event()

    async def handle(request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        peer.keep_few_unread(4096)
        await outlet.head(encode_head(200, "OK", ()), chunked=False)
        try:
            while True:
                await outlet.body(bytes(1 << 20))
        except ConnectionError:
            dropped.set()
            raise

    async with serving(handle, clock=clock) as server, client(server) as (_, writer):
        writer.write(GET)
        await writer.drain()

        async def seen() -> bytes:
            await dropped.wait()
            return b""

        await advanced_until(clock, 5.0, seen)


async def test_a_reset_is_seen_as_one() -> None:
    async def handle(request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        outlet.reset()
        return False

    async with serving(handle) as server, client(server) as (reader, writer):
        writer.write(GET)
        with pytest.raises(ConnectionResetError):
            await reader.read()


async def test_a_bound_port_refuses_until_it_is_opened_and_again_when_it_is_shut() -> None:
    server = HttpServer(answering())
    port = server.bind("127.0.0.1", 0)
    try:
        for _ in range(2):
            assert await connect_error(port) == errno.ECONNREFUSED
            await server.open()
            await server.open()
            async with client(server) as (reader, writer):
                writer.write(GET)
                assert await reader.readexactly(len(HELLO) + 5) == HELLO + b"hello"
                await server.shut()
                with pytest.raises(ConnectionResetError):
                    await reader.read()
        assert await connect_error(port) == errno.ECONNREFUSED
        assert server.port == port
    finally:
        await server.close()


@pytest.mark.parametrize("turns", [1, 2, 3])
async def test_a_server_that_is_shut_while_it_opens_is_shut(turns: int) -> None:
    server = HttpServer(answering())
    port = server.bind("127.0.0.1", 0)
    try:
        opening = asyncio.ensure_future(server.open())
        for _ in range(turns):
            await asyncio.sleep(0)
        await server.shut()
        await opening
        assert await connect_error(port) == errno.ECONNREFUSED
    finally:
        await server.close()


async def test_a_server_whose_opening_is_given_up_gives_its_port_back() -> None:
    server = HttpServer(answering())
    port = server.bind("127.0.0.1", 0)
    opening = asyncio.ensure_future(server.open())
    await asyncio.sleep(0)
    opening.cancel()
    await asyncio.gather(opening, return_exceptions=True)
    await server.close()
    assert await connect_error(port) == errno.ECONNREFUSED


async def test_nobody_else_gets_the_port_whether_the_server_is_shut_or_open() -> None:
    server = HttpServer(answering(keep=False))
    port = server.bind("127.0.0.1", 0)
    other = HttpServer(answering())
    try:
        for _ in range(2):
            with pytest.raises(OSError, match="in use"):
                other.bind("127.0.0.1", port)
            await server.open()
            with pytest.raises(OSError, match="in use"):
                other.bind("127.0.0.1", port)
            async with client(server) as (reader, writer):
                writer.write(GET)
                await reader.read()
            await server.shut()
    finally:
        await server.close()


async def test_a_port_whose_old_connections_are_remembered_can_be_taken_again() -> None:
    server = HttpServer(answering(keep=False))
    port = server.bind("127.0.0.1", 0)
    await server.open()
    async with client(server) as (reader, writer):
        writer.write(GET)
        await reader.read()
        writer.close()
        await writer.wait_closed()
    await server.close()
    assert server.bind("127.0.0.1", port) == port
    await server.open()
    await server.close()


async def test_a_failing_handler_is_loud_and_costs_one_connection_only() -> None:
    told: list[dict[str, object]] = []

    async def handle(request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        if peer.number == 1:
            raise LookupError("a mistake")
        return await answering()(request, outlet, peer)

    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context))
    async with serving(handle) as server:
        async with client(server) as (reader, writer):
            writer.write(GET)
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
        async with client(server) as (reader, writer):
            writer.write(GET)
            assert await reader.readexactly(len(HELLO) + 5) == HELLO + b"hello"
    assert isinstance(told[0]["exception"], LookupError)


async def test_closing_ends_every_connection() -> None:
    entered = asyncio.Event()

    async def handle(request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        entered.set()
        await asyncio.Event().wait()
        return False

    async with serving(handle) as server, client(server) as (reader, writer):
        writer.write(GET)
        await entered.wait()
        await server.close()
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""


async def connect_error(port: int) -> int | None:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError as error:
        return error.errno
    writer.transport.abort()
    return None
