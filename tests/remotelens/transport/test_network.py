from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Interface

import pytest

from remotelens.errors import ConnectFailed
from remotelens.transport.interfaces import Interface, interfaces
from remotelens.transport.network import bind_to_interface, socket_factory, udp_port, watch_for_silence

LOOPBACK = interfaces()[-1]


async def test_a_datagram_comes_back_with_its_sender() -> None:
    async with asyncio.timeout(5), udp_port(LOOPBACK) as one, udp_port(LOOPBACK) as two:
        one.send(b"hello", two.address)
        assert await two.receive() == (b"hello", one.address)


async def test_datagrams_wait_until_they_are_taken() -> None:
    async with asyncio.timeout(5), udp_port(LOOPBACK) as one, udp_port(LOOPBACK) as two:
        for number in range(5):
            one.send(bytes([number]), two.address)
        assert [(await two.receive())[0] for _ in range(5)] == [bytes([number]) for number in range(5)]


async def test_a_port_that_nobody_has_does_not_disturb_the_socket() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = unused.getsockname()
    async with asyncio.timeout(5), udp_port(LOOPBACK) as one, udp_port(LOOPBACK) as two:
        one.send(b"lost", nobody)
        two.send(b"here", one.address)
        assert (await one.receive())[0] == b"here"


async def test_a_datagram_that_cannot_leave_is_told_at_once() -> None:
    async with udp_port(LOOPBACK) as one:
        with pytest.raises(OSError):  # noqa: PT011 - its words are the system's
            one.send(bytes(70_000), one.address)
        one.send(b"fits", one.address)


async def test_an_address_that_is_not_ours_is_told() -> None:
    elsewhere = Interface("eth9", IPv4Interface("203.0.113.9/24"))
    with pytest.raises(ConnectFailed, match=r"cannot use interface eth9 \(203\.0\.113\.9/24\): "):
        async with udp_port(elsewhere):
            pass


async def test_a_socket_bound_to_loopback_reaches_loopback() -> None:
    try:
        async with (
            asyncio.timeout(5),
            udp_port(LOOPBACK, only_this_interface=True) as one,
            udp_port(LOOPBACK) as two,
        ):
            one.send(b"hello", two.address)
            assert (await two.receive())[0] == b"hello"
    except ConnectFailed as error:
        pytest.skip(f"this system binds no socket to an interface: {error}")


def test_binding_to_no_interface_is_an_os_error() -> None:
    with socket.socket() as sock, pytest.raises(OSError):  # noqa: PT011 - its words are the system's
        bind_to_interface(sock, "nosuch0")


def test_tcp_sockets_have_the_system_watch_for_a_silent_end() -> None:
    info = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 1))
    with socket_factory(None)(info) as sock:
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    with socket.socket() as sock:
        watch_for_silence(sock)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
