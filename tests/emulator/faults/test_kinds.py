from emulator.faults.kinds import CHANNELS, KINDS, Occasion


def test_every_kind_says_where_it_happens_and_what_the_client_sees() -> None:
    for name, kind in KINDS.items():
        assert kind.channels, name
        assert kind.does, name
        assert kind.value or kind.default is None, name


def test_the_channels_are_those_of_the_documentation() -> None:
    wanted = {"ssdp", "description", "rpc", "event", "liveview", "contents", "ble", "card", "power"}
    assert wanted <= set(CHANNELS)


def test_deeds_happen_to_the_camera_and_not_to_an_answer() -> None:
    deeds = {name for name, kind in KINDS.items() if kind.occasion is Occasion.DEED}
    assert {"full", "freeze", "drift", "address", "forget"} <= deeds
    assert "delay" not in deeds
