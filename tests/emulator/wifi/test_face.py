from emulator.profiles import load
from emulator.wifi.face import SERVER_INFO, UNIT_INFO, Face


def test_family_a_closes_and_streams_without_being_asked() -> None:
    face = Face.of(load("DSC-QX10@3.00"))
    assert (face.family, face.keep_alive, face.live_needs_start) == ("A", False, False)
    assert (face.first_sequence, face.size_multiple, face.padding_multiple) == (0, 128, 1)
    assert face.info == (("X-Av-Server-Info", SERVER_INFO), ("X-Av-Physical-Unit-Info", UNIT_INFO))


def test_family_b_keeps_connections_and_wants_start_liveview() -> None:
    face = Face.of(load("ILCE-QX1@1.10"))
    assert (face.family, face.keep_alive, face.live_needs_start) == ("B", True, True)
    assert (face.first_sequence, face.size_multiple, face.padding_multiple) == (1, 1, 4)
    assert (face.info, face.connections) == ((), 10)
