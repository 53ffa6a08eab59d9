from __future__ import annotations

from ipaddress import IPv4Interface

from remotelens.link.found import DiscoveryReport, FoundCamera, Tried, merged
from remotelens.transport.interfaces import Interface

ETH = Interface("eth0", IPv4Interface("192.0.2.2/24"))
WLAN = Interface("wlan0", IPv4Interface("10.0.1.1/8"))
LO = Interface("lo", IPv4Interface("127.0.0.1/8"), loopback=True)


def camera(uuid: str = "u", by: str = "ssdp", interface: str = "eth0") -> FoundCamera:
    url = "http://10.0.0.1:64321/DmsRmtDesc.xml"
    return FoundCamera("DSC-QX10", "10.0.0.1", url, uuid, interface, False, (by,))


def test_a_camera_found_in_two_ways_is_one() -> None:
    [one] = merged([camera(by="probe"), camera(by="ssdp", interface="wlan0"), camera(by="ssdp")])
    assert one.found_by == ("probe", "ssdp")
    assert one.interface == "eth0"


def test_two_cameras_at_one_address_are_two() -> None:
    assert len(merged([camera("a"), camera("b", interface="wlan0")])) == 2


def test_an_empty_search_says_where_it_looked_and_what_a_cameras_network_is_called() -> None:
    report = DiscoveryReport((), (Tried(ETH, wifi="HomeNet", answers=0), Tried(LO)))
    text = str(report.nothing_found())
    assert "searched eth0 (192.0.2.2/24) on HomeNet, lo (127.0.0.1/8)" in text
    assert "this computer is on the Wi-Fi network HomeNet" in text
    assert "DIRECT-xxxx:MODEL, for example DIRECT-qdQ0:DSC-QX10" in text


def test_an_empty_search_on_a_host_without_wifi_says_so() -> None:
    text = str(DiscoveryReport((), (Tried(ETH, error="network is unreachable"),)).nothing_found())
    assert "eth0 (192.0.2.2/24): network is unreachable" in text
    assert "on no Wi-Fi network that can be seen" in text
    assert "there is no network interface" in str(DiscoveryReport((), ()).nothing_found())


def test_an_empty_search_on_a_cameras_network_points_at_the_camera() -> None:
    text = str(DiscoveryReport((), (Tried(WLAN, wifi="DIRECT-qdQ0:DSC-QX10"),)).nothing_found())
    assert "see that the camera of DIRECT-qdQ0:DSC-QX10 is still on and near" in text


def test_what_answered_but_is_no_camera_is_told() -> None:
    report = DiscoveryReport((), (Tried(ETH),), ("HDR-X at 10.0.0.1:64321 offers no remote control now",))
    assert "offers no remote control now" in str(report.nothing_found())


def test_items_and_places_have_the_fields_that_are_promised() -> None:
    assert set(camera().shown()) >= {
        "name", "model", "address", "description_url", "ble_address", "rssi", "found_by",
    }  # fmt: skip
    assert Tried(ETH, "HomeNet", 2).shown() == {
        "interface": "eth0", "address": "192.0.2.2/24", "wifi": "HomeNet", "answers": 2, "error": None,
    }  # fmt: skip
