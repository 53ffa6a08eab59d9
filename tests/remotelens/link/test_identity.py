from __future__ import annotations

import pytest

from remotelens.errors import CameraNotFound
from remotelens.link.found import FoundCamera
from remotelens.link.identity import Wanted, the_one, uuid_of

A = "00000000-0005-0010-8000-1c994c993998"
B = "000000001000-1010-8000-9AF1701181A3"


def camera(name: str = "DSC-QX10", uuid: str = A) -> FoundCamera:
    return FoundCamera(name, "10.0.0.1", f"http://10.0.0.1:64321/{uuid}", uuid, None, False, ("ssdp",))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), True),
        (Wanted(uuid=A.upper()), True),
        (Wanted(uuid=B), False),
        (Wanted(bssid="1C:99:4C:99:39:98"), True),
        (Wanted(bssid="1E:99:4C:99:39:98"), True),  # the access point sets the local bit
        (Wanted(bssid="1C:99:4C:99:39:99"), False),
        (Wanted(ssid="DIRECT-qdQ0:DSC-QX10"), True),
        (Wanted(ssid="DIRECT-owQ1:ILCE-QX1"), False),
        (Wanted(ssid="odd"), True),
        (Wanted(name="dsc-qx10"), True),
        (Wanted(name="ILCE-QX1"), False),
        (Wanted(uuid=A, name="ILCE-QX1"), True),
    ],
)
def test_the_strongest_thing_known_decides(wanted: Wanted, expected: bool) -> None:
    assert wanted.fits(camera()) is expected


def test_a_mac_is_read_from_the_malformed_uuid_of_a_qx1() -> None:
    assert Wanted(bssid="9a:f1:70:11:81:a3").fits(camera("ILCE-QX1", B))


def test_a_camera_without_a_mac_in_its_uuid_is_known_by_its_model() -> None:
    wanted = Wanted(bssid="9a:f1:70:11:81:a3", ssid="DIRECT-owQ1:ILCE-QX1")
    assert wanted.fits(camera("ILCE-QX1", "odd"))
    assert not wanted.fits(camera("DSC-QX10", "odd"))


def test_only_an_id_of_its_own_makes_certain() -> None:
    assert Wanted(uuid=A).is_surely(camera())
    assert Wanted(bssid="1C:99:4C:99:39:98").is_surely(camera())
    assert not Wanted(uuid=B).is_surely(camera())
    assert not Wanted(bssid="1C:99:4C:99:39:98").is_surely(camera(uuid="odd"))
    assert not Wanted(ssid="DIRECT-qdQ0:DSC-QX10", name="DSC-QX10").is_surely(camera())


def test_a_camera_that_is_it_for_certain_is_taken_before_one_that_may_be() -> None:
    both = [camera(uuid="odd"), camera()]
    assert the_one(both, Wanted(bssid="1C:99:4C:99:39:98", ssid="DIRECT-qdQ0:DSC-QX10")) == both[1]


def test_the_one_that_fits_is_taken_and_several_are_told() -> None:
    both = [camera(), camera("ILCE-QX1", B)]
    assert the_one(both, Wanted(name="ILCE-QX1")) == both[1]
    assert the_one(both, Wanted(name="DSC-QX30")) is None
    with pytest.raises(CameraNotFound, match=r"2 cameras answer: DSC-QX10 at http.*, ILCE-QX1 at http"):
        the_one(both, Wanted())


def test_an_id_is_read_from_a_unique_service_name() -> None:
    assert uuid_of(f"uuid:{A}::urn:schemas-sony-com:service:ScalarWebAPI:1") == A
    assert uuid_of(None) is None
    assert uuid_of("") is None
