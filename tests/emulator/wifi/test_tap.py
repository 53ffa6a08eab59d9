from collections.abc import AsyncIterator

import pytest

from emulator.faults.rules import parse_rule
from emulator.journal import Query
from emulator.journal.exchange import KEPT_BODY_BYTES
from emulator.rack import Emulator
from tests.emulator.wire import call, wire


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(clock="virtual", still_scale=16, scene="chart", control=False) as emulator:
        yield emulator


async def test_what_is_written_down_is_what_the_client_got(emulator: Emulator) -> None:
    answer = await call(emulator.cameras[0].port, "getSelfTimer")
    ((_, exchange),) = emulator.journal.exchanges()
    assert exchange.content == answer.body
    assert exchange.answer_headers == answer.headers
    assert (exchange.method, exchange.verb, exchange.outcome) == ("getSelfTimer", "POST", "done")
    assert exchange.url.endswith(f":{emulator.cameras[0].port}/sony/camera")


async def test_a_fault_shows_in_what_is_written_down(emulator: Emulator) -> None:
    emulator.faults.add(parse_rule("rpc:shorten=5"))
    answer = await call(emulator.cameras[0].port, "getSelfTimer")
    ((_, exchange),) = emulator.journal.exchanges()
    assert exchange.content == answer.body
    assert len(answer.body) == 5
    assert exchange.faults == ["rpc:shorten"]


async def test_a_cut_answer_says_how_it_ended(emulator: Emulator) -> None:
    emulator.faults.add(parse_rule("rpc:reset=3"))
    async with wire(emulator.cameras[0].port) as connection:
        connection.send(
            "POST", "/sony/camera", b'{"method":"getVersions","params":[],"id":1,"version":"1.0"}'
        )
        with pytest.raises(ConnectionError):
            await connection.answer()
    (entry,) = await emulator.journal.wait_for(Query(kind="exchange"))
    assert entry.exchange is not None
    assert (entry.exchange.answer_bytes, entry.exchange.outcome) == (3, "a fault rule resets the connection")


async def test_large_bodies_are_counted_and_not_kept(emulator: Emulator) -> None:
    emulator.faults.add(parse_rule(f"rpc:oversize={KEPT_BODY_BYTES + 1}"))
    await call(emulator.cameras[0].port, "getSelfTimer")
    ((_, exchange),) = emulator.journal.exchanges()
    assert exchange.answer_bytes == KEPT_BODY_BYTES + 1
    assert exchange.content is None
