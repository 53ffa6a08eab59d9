from emulator.profiles import load
from emulator.wifi.face import Face
from emulator.wifi.urls import CameraUrls
from tests.emulator.wifi.faces import recorded_urls

QUERY = "?%211234%21http%2dget%3a%2a%3aimage%2fjpeg%3a%2a%21%21%21%21%21"


def test_family_a_has_the_addresses_of_the_recordings() -> None:
    urls = recorded_urls("DSC-QX10@3.00")
    assert urls.description == "http://10.0.0.1:64321/DmsRmtDesc.xml"
    assert urls.endpoint("camera") == "http://10.0.0.1:10000/sony/camera"
    assert urls.liveview == f"http://10.0.0.1:60152/liveview.JPG{QUERY}"
    picture = "pict140202_0044410001.JPG"
    assert urls.picture(picture) == f"http://10.0.0.1:60152/{picture}{QUERY}"


def test_family_b_has_the_addresses_of_the_recordings() -> None:
    urls = recorded_urls("ILCE-QX1@1.10")
    assert urls.description == "http://192.168.122.1:64321/dd.xml"
    assert urls.action_list == "http://192.168.122.1:8080/sony"
    assert urls.liveview == "http://192.168.122.1:8080/liveview/liveviewstream"
    picture = "pict20140107_000000_0.JPG"
    assert urls.picture(picture) == f"http://192.168.122.1:8080/postview/{picture}"


def test_with_one_port_everything_is_there() -> None:
    urls = CameraUrls.on_one_port(Face.of(load("DSC-QX10@3.00")), "127.0.0.1", 4711)
    addresses = (urls.description, urls.action_list, urls.liveview, urls.picture("p.JPG"))
    assert all(address.startswith("http://127.0.0.1:4711/") for address in addresses)


def test_paths_are_taken_for_what_they_are() -> None:
    a, b = recorded_urls("DSC-QX10@3.00"), recorded_urls("ILCE-QX1@1.10")
    assert a.service_of("/sony/camera") == "camera"
    assert a.service_of("/sony/") is None
    assert a.service_of("/camera") is None
    assert a.is_liveview("/liveview.JPG")
    assert not a.is_liveview("/liveview")
    assert a.picture_of("/pict140202_0044410001.JPG") == "pict140202_0044410001.JPG"
    assert a.picture_of("/a/b.JPG") is None
    assert b.picture_of("/postview/pict20140107_000000_0.JPG") == "pict20140107_000000_0.JPG"
    assert b.picture_of("/pict20140107_000000_0.JPG") is None
