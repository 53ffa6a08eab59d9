from emulator.clock import VirtualClock
from emulator.faults.engine import FaultEngine
from emulator.faults.frames import Frames
from emulator.faults.rules import parse_rule
from emulator.journal import Journal
from tests.emulator.faults.test_network import Kept

HEADER, PICTURE = bytes(136), bytes(500)


def stream(spec: str) -> tuple[Frames, Kept]:
    clock, kept = VirtualClock(), Kept()
    engine = FaultEngine(clock, Journal(clock), seed=3)
    engine.add(parse_rule(spec))
    return Frames(kept, engine, "qx10-1", "/liveview"), kept


async def test_a_dropped_frame_is_left_out_whole() -> None:
    frames, kept = stream("liveview:drop,after=1,count=1")
    for number in range(3):
        await frames.body(HEADER, bytes([number]))
    assert kept.pieces == [HEADER, b"\0", HEADER, b"\2"]


async def test_a_garbled_frame_keeps_its_header_and_its_length() -> None:
    frames, kept = stream("liveview:garble")
    await frames.body(HEADER, PICTURE)
    header, picture = kept.pieces
    assert header == HEADER
    assert picture != PICTURE
    assert len(picture) == len(PICTURE)


async def test_a_frame_without_a_good_header_keeps_its_picture() -> None:
    frames, kept = stream("liveview:headless")
    await frames.body(HEADER, PICTURE)
    header, picture = kept.pieces
    assert header != HEADER
    assert (len(header), picture) == (136, PICTURE)


async def test_without_rules_frames_pass() -> None:
    clock, kept = VirtualClock(), Kept()
    await Frames(kept, FaultEngine(clock, Journal(clock)), "qx10-1", "/liveview").body(HEADER, PICTURE)
    assert kept.pieces == [HEADER, PICTURE]
