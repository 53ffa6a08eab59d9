import math
import zlib

import msgspec
import pytest

from emulator.rack import Emulator
from emulator.snapshot import RackSnapshot
from emulator.snapshot_file import pack, unpack
from remotelens.errors import InvalidValue
from tests.emulator.wire import call


async def standing() -> RackSnapshot:
    """A camera with a picture and a movie on its card, whose battery dies and whose firmware hangs."""
    faults = ["rpc:delay=0.5,match=nothing", "power:dying=1e6,count=1", "power:freeze,after=30,count=1"]
    async with Emulator(
        ["DSC-QX10"], clock="virtual", still_scale=16, scene="sunset", faults=faults
    ) as emulator:
        (camera,), hands = emulator.cameras, emulator.hands
        hands.settings(camera, {"SelfTimer": 2})
        hands.wall_clock(camera, offset_min=120)
        hands.press(camera, "full", 1.0)
        await hands.advance(20)
        hands.dial(camera, shoot_mode="movie")
        await hands.advance(10)
        hands.press(camera, "record")
        await hands.advance(20)
        hands.press(camera, "record")
        await hands.advance(20)
        return emulator.snapshot("x")


async def test_a_snapshot_is_the_same_after_it_was_a_file() -> None:
    kept = await standing()
    back = unpack(pack(kept))
    assert back.at == kept.at
    assert back.rules == kept.rules
    (then,), (now,) = kept.cameras, back.cameras
    assert now.pictures == then.pictures
    assert now.profile == then.profile
    assert now.clock == then.clock
    assert now.mishaps == then.mishaps
    assert then.mishaps.drain is not None
    assert then.mishaps.frozen_s == math.inf
    assert [file.name for file in now.card.files] == [file.name for file in then.card.files]
    still, was = now.card.files[0].recipe, then.card.files[0].recipe
    assert still is not None
    assert was is not None
    assert (still.view, still.tags) == (was.view, was.tags)
    assert still.scene.light_at(0.0) == was.scene.light_at(0.0)


async def test_another_emulator_goes_on_from_the_file() -> None:
    kept = await standing()
    async with Emulator(["ILCE-QX1"], clock="virtual", still_scale=16, seed=7) as emulator:
        emulator.remember("x", unpack(pack(kept)))
        await emulator.restore("x")
        (camera,) = emulator.cameras
        camera.freeze.end()
        assert (camera.body.profile.model, emulator.stage.name) == ("DSC-QX10", "sunset")
        assert len(camera.body.card.files) == 2
        assert (await call(camera.port, "getShootMode")).json["result"] == ["movie"]


async def test_what_is_no_snapshot_is_refused() -> None:
    data = pack(await standing())
    head = data[: data.index(b"\n") + 1]
    for wrong in (
        b"",
        b"PK\3\4",
        head,
        head + b"nonsense",
        data[:-20],
        head + zlib.compress(b"\x80"),
        head + zlib.compress(b"\xc1"),
        head + zlib.compress(bytes(100)),
    ):
        with pytest.raises(InvalidValue):
            unpack(wrong)


async def test_a_file_of_an_older_form_is_refused() -> None:
    data = pack(await standing())
    head, _, rest = data.partition(b"\n")
    with pytest.raises(InvalidValue, match="another version"):
        unpack(head.removesuffix(b"3") + b"2\n" + rest)


async def test_a_file_whose_dice_cannot_lie_so_is_refused() -> None:
    data = pack(await standing())
    start = data.index(b"\n") + 1
    plain = msgspec.msgpack.decode(zlib.decompress(data[start:]))
    for wrong in (
        [4, [0] * 625, None],
        [3, [0] * 624, None],
        [3, [-1] * 625, None],
        [3, [2**63] * 625, None],
    ):
        plain["rules"][0]["dice"] = wrong
        with pytest.raises(InvalidValue, match="damaged"):
            unpack(data[:start] + zlib.compress(msgspec.msgpack.encode(plain)))
