"""Whatever comes over the wire: the right error, the same camera as before, and it goes on answering."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.threaded import ThreadedCamera
from tests.emulator.wifi.bad_calls import PROFILES, BadCall, bad_calls

LIMIT_S = 10
CASES_LONG = 12_000
QUIET = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture)
GOOD = b'{"method":"getShootMode","params":[],"id":1}'
CONTENT_TYPES = (
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "image/jpeg",
    "",
    None,
)


class Target:
    """One camera, spoken to with plain sockets."""

    def __init__(self, camera: ThreadedCamera) -> None:
        self.camera = camera
        self.port: int = camera.ready["port"]

    def exchange(self, *sent: bytes, close: bool = False) -> bytes:
        """Send bytes in those pieces on a connection of its own; return all that comes back."""
        with socket.create_connection(("127.0.0.1", self.port), LIMIT_S) as connection:
            try:
                for piece in sent:
                    connection.sendall(piece)
                if close:
                    return b""
                connection.shutdown(socket.SHUT_WR)
            except ConnectionError:
                pass  # refused before all of it was sent; the answer may have come
            received = b""
            try:
                while data := connection.recv(65536):
                    received += data
            except ConnectionError:
                return received
            return received

    def ask(
        self, service: str, body: bytes, content_type: str | None = "application/json"
    ) -> tuple[int, Any]:
        """Send a call; return the HTTP status and the answer."""
        head = [f"POST /sony/{service} HTTP/1.1", "Host: c", f"Content-Length: {len(body)}"]
        head += [] if content_type is None else [f"Content-Type: {content_type}"]
        answer = self.exchange("\r\n".join([*head, "", ""]).encode() + body)
        head_bytes, _, content = answer.partition(b"\r\n\r\n")
        return int(head_bytes.split()[1]), json.loads(content)

    @property
    def state(self) -> object:
        """What a refused call may not change."""

        def look() -> object:
            body = self.camera.emulator.cameras[0].body
            return (
                dict(body.settings.snapshot()),
                body.status,
                body.viewfinder.running,
                body.viewfinder.frame_info,
                len(body.card.files),
                body.power,
            )

        return self.camera.run(look)

    def is_well(self) -> bool:
        """Whether it answers a good call."""
        status, answer = self.ask("camera", GOOD)
        return status == 200 and answer == {"result": ["still"], "id": 1}


@pytest.fixture(scope="module")
def targets() -> Iterator[dict[str, Target]]:
    with ExitStack() as stack:
        cameras = {
            name: ThreadedCamera(name, control=False, still_scale=16, clock="virtual") for name in PROFILES
        }
        targets = {name: Target(stack.enter_context(camera)) for name, camera in cameras.items()}
        for camera in cameras.values():
            camera.advance(10)
        yield targets


def check(target: Target, bad: BadCall, content_type: str | None) -> None:
    before = target.state
    status, answer = target.ask(bad.service, bad.body, content_type)
    code = answer["error"][0]
    assert code in bad.codes, (bad, answer)
    assert status == (code if code in (403, 404) else 200)
    assert answer.get("id") == bad.number, (bad, answer)
    assert target.state == before


@settings(max_examples=250, deadline=None, suppress_health_check=QUIET)
@given(bad=bad_calls(), content_type=st.sampled_from(CONTENT_TYPES))
def test_a_bad_call_gets_its_error_and_changes_nothing(
    targets: dict[str, Target], bad: BadCall, content_type: str | None
) -> None:
    check(targets[bad.profile], bad, content_type)


@pytest.mark.long
@pytest.mark.timeout(1800)
@settings(max_examples=CASES_LONG, deadline=None, suppress_health_check=QUIET)
@given(bad=bad_calls(), content_type=st.sampled_from(CONTENT_TYPES))
def test_many_bad_calls_get_their_errors_and_change_nothing(
    targets: dict[str, Target], bad: BadCall, content_type: str | None
) -> None:
    check(targets[bad.profile], bad, content_type)


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(name=st.sampled_from(sorted(PROFILES)), noise=st.binary(max_size=300), seed=st.integers(0, 2**32))
def test_bytes_that_are_no_request_do_no_harm(
    targets: dict[str, Target], name: str, noise: bytes, seed: int
) -> None:
    target, chance = targets[name], random.Random(seed)
    good = b"POST /sony/camera HTTP/1.1\r\nContent-Length: 44\r\n\r\n" + GOOD
    cut = chance.randrange(len(good))
    answer = target.exchange(good[:cut] + noise + good[cut:])
    assert not answer or answer.startswith(b"HTTP/1.1 ")
    assert target.is_well()


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_ten_megabytes_are_refused_and_the_camera_goes_on(targets: dict[str, Target], name: str) -> None:
    target, big = targets[name], bytes(10 * 1024 * 1024)
    announced = b"POST /sony/camera HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(big)
    chunked = b"POST /sony/camera HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(big)
    for head in (announced, chunked):
        answer = target.exchange(head, big)
        assert not answer or answer.startswith(b"HTTP/1.1 413 ")
        assert target.is_well()


CALL = b'{"method":"setSelfTimer","params":[2],"id":1,"version":"1.0"}'
HEAD = b"POST /sony/camera HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(CALL)


def test_a_call_that_comes_byte_by_byte_is_answered(targets: dict[str, Target]) -> None:
    answer = targets["DSC-QX10@3.00"].exchange(*(bytes([byte]) for byte in HEAD + CALL))
    assert answer.endswith(b'{"id":1,"result":[0]}')


@pytest.mark.parametrize("name", ["DSC-QX100@3.00", "ILCE-QX1@1.10"])
@pytest.mark.parametrize("left_bytes", [1, 30, len(CALL) + 5])
def test_a_call_of_which_the_end_never_comes_is_not_carried_out(
    targets: dict[str, Target], name: str, left_bytes: int
) -> None:
    target = targets[name]
    before = target.state
    for close in (True, False):
        target.exchange((HEAD + CALL)[:-left_bytes], close=close)
    assert target.is_well()
    assert target.state == before


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_ever_so_many_half_open_connections_hinder_nobody_for_long(
    targets: dict[str, Target], name: str
) -> None:
    target = targets[name]
    open_ones = [socket.create_connection(("127.0.0.1", target.port), LIMIT_S) for _ in range(30)]
    for number, connection in enumerate(open_ones):
        connection.sendall(HEAD[: number % len(HEAD)])
    for connection in open_ones:
        connection.close()
    assert any(target.is_well() for _ in range(20))
