"""The media server of family A. Source: protocol/wifi.md 9.1, 10 and appendix C; sony_CdsDesc."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from emulator.wifi.media_server import (
    CONNECTION_MANAGER,
    CONTENT_DIRECTORY,
    MANAGER_ACTIONS,
    document,
    file_in,
)
from tests.emulator.wifi.test_server import Served, served
from tests.emulator.wire import Answer, ask
from tests.recordings import need

DC = "{http://purl.org/dc/elements/1.1/}"
DIDL = "{urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/}"


@pytest.fixture
async def sharing() -> AsyncIterator[Served]:
    """An unlocked QX10 in contents transfer, with stills of two days and a movie."""
    async with served("DSC-QX10@3.00") as camera:
        camera.body.unlocked.add("camera/setCameraFunction")
        for day in (18, 19):
            camera.body.set_clock(datetime(2014, 8, day, 12, tzinfo=UTC), 0, 0)
            await camera.call("actTakePicture")
            await camera.idle()
        await camera.call("setShootMode", "movie")
        await camera.idle()
        await camera.call("startMovieRec")
        while camera.body.status != "MovieRecording":
            await camera.clock.advance(0.1)
        await camera.call("stopMovieRec")
        await camera.idle()
        await camera.call("setCameraFunction", "Contents Transfer")
        while camera.body.status != "ContentsTransfer":
            await camera.clock.advance(0.1)
        yield camera


async def soap(camera: Served, action: str, **arguments: Any) -> Answer:
    of_manager = action in MANAGER_ACTIONS
    service = CONNECTION_MANAGER if of_manager else CONTENT_DIRECTORY
    target = f"/upnp/control/{service.split(':')[-2]}"
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in arguments.items())
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<u:{action} xmlns:u="{service}">{inside}</u:{action}></s:Body></s:Envelope>'
    ).encode()
    return await camera.passing(ask(camera.port, "POST", target, body, SOAPACTION=f'"{service}#{action}"'))


async def browse(camera: Served, object_id: str, **changes: Any) -> ET.Element:
    """Return the DIDL of a browse that is answered."""
    arguments = {
        "StartingIndex": 0,
        "ObjectID": object_id,
        "BrowseFlag": "BrowseDirectChildren",
        "Filter": "*",
        "RequestedCount": 0,
        "SortCriteria": "",
    } | changes
    answer = await soap(camera, "Browse", **arguments)
    assert answer.status == 200
    (result,) = ET.fromstring(answer.body).iter("Result")
    assert result.text is not None
    return ET.fromstring(result.text)


async def fault_of(camera: Served, action: str, **arguments: Any) -> int:
    answer = await soap(camera, action, **arguments)
    assert answer.status == 500
    (code,) = ET.fromstring(answer.body).iter("{urn:schemas-upnp-org:control-1-0}errorCode")
    return int(code.text or 0)


def titles(found: ET.Element) -> list[str | None]:
    return [title.text for title in found.iter(f"{DC}title")]


@pytest.mark.parametrize("name", ["Cds", "Cms"])
def test_the_services_describe_themselves_as_recorded(name: str) -> None:
    """Recorded of another Sony camera, with white space that its publisher added."""
    recorded = ET.fromstring(need("transcripts", f"sony_{name}Desc.rocc.xml").read_bytes())
    made = document(f"/{name}Desc.xml")
    assert made is not None

    def plain(element: ET.Element) -> list[Any]:
        text = (element.text or "").strip()
        return [element.tag, element.attrib, text, [plain(child) for child in element]]

    assert plain(ET.fromstring(made)) == plain(recorded)


async def test_the_tree_leads_from_the_root_over_days_to_pictures(sharing: Served) -> None:
    assert titles(await browse(sharing, "0")) == ["Photos", "Movies"]
    assert titles(await browse(sharing, "PhotoRoot")) == ["2014-08-18", "2014-08-19"]
    day = await browse(sharing, "PhotoRoot/2014-08-19")
    (item,) = day.iter(f"{DIDL}item")
    assert item.get("parentID") == "PhotoRoot/2014-08-19"
    assert titles(day) == ["DSC00002.JPG"]
    (moment,) = day.iter(f"{DC}date")
    assert moment.text is not None
    assert moment.text.startswith("2014-08-19T12:00:0")
    assert titles(await browse(sharing, "MovieRoot/2014-08-19")) == ["MAH00001.MP4"]


async def test_a_picture_has_four_files_and_the_original_is_found_as_programs_look_for_it(
    sharing: Served,
) -> None:
    day = await browse(sharing, "PhotoRoot/2014-08-18")
    resources = list(day.iter(f"{DIDL}res"))
    kinds = [resource.get("protocolInfo", "").upper() for resource in resources]
    assert ["JPEG_LRG" in kinds[1], "JPEG_SM" in kinds[2], "JPEG_TN" in kinds[3]] == [True] * 3
    assert "JPEG_" not in kinds[0]
    assert resources[0].get("resolution") == f"{4896 // 8}x{3672 // 8}"
    entry = sharing.body.contents.entries()[0]
    for resource, form in zip(resources, ("original", "large", "small", "thumbnail"), strict=True):
        target = (resource.text or "").removeprefix(f"http://127.0.0.1:{sharing.port}")
        answer = await sharing.passing(ask(sharing.port, "GET", target))
        file = await sharing.body.contents.file(entry, form)  # type: ignore[arg-type]  # one of the forms
        assert file is not None
        assert answer.body == b"".join([piece async for piece in file.read(0, file.size_bytes)])


async def test_pages_and_metadata(sharing: Served) -> None:
    second = await browse(sharing, "PhotoRoot", StartingIndex=1, RequestedCount=1)
    assert titles(second) == ["2014-08-19"]
    itself = await browse(sharing, "PhotoRoot", BrowseFlag="BrowseMetadata")
    (container,) = itself.iter(f"{DIDL}container")
    assert (container.get("parentID"), container.get("childCount")) == ("0", "2")
    item = await browse(sharing, "PhotoRoot/2014-08-18/1", BrowseFlag="BrowseMetadata")
    assert titles(item) == ["DSC00001.JPG"]
    assert titles(await browse(sharing, "0", BrowseFlag="BrowseMetadata")) == ["Root"]


async def test_what_cannot_be_browsed_is_a_fault(sharing: Served) -> None:
    good = {"ObjectID": "0", "BrowseFlag": "BrowseDirectChildren", "StartingIndex": 0, "RequestedCount": 0}
    for wrong, code in (
        ({"ObjectID": "nothing"}, 701),
        ({"ObjectID": "PhotoRoot/2020-01-01"}, 701),
        ({"ObjectID": "PhotoRoot/yesterday"}, 701),
        ({"ObjectID": "PhotoRoot/2014-08-18/9", "BrowseFlag": "BrowseMetadata"}, 701),
        ({"BrowseFlag": "BrowseEverything"}, 402),
        ({"StartingIndex": "x"}, 402),
        ({"SortCriteria": "+dc:date"}, 402),
    ):
        assert await fault_of(sharing, "Browse", **(good | wrong)) == code
    assert await fault_of(sharing, "DestroyObject", ObjectID="0") == 401
    sharing.body.card.present = False
    assert await fault_of(sharing, "Browse", **(good | {"ObjectID": "PhotoRoot"})) == 501


async def test_the_other_calls_are_answered(sharing: Served) -> None:
    for action in ("GetSearchCapabilities", "GetSortCapabilities", "GetSystemUpdateID"):
        assert (await soap(sharing, action)).status == 200
    assert b"image/jpeg" in (await soap(sharing, "GetProtocolInfo")).body
    assert (await soap(sharing, "GetCurrentConnectionIDs")).status == 200
    assert b"Output" in (await soap(sharing, "GetCurrentConnectionInfo", ConnectionID=0)).body
    assert await fault_of(sharing, "GetCurrentConnectionInfo", ConnectionID=7) == 402


async def test_in_remote_shooting_the_media_server_says_that_it_cannot() -> None:
    async with served("DSC-QX10@3.00") as camera:
        await camera.call("actTakePicture")
        await camera.idle()
        asked = {"ObjectID": "0", "BrowseFlag": "BrowseDirectChildren", "StartingIndex": 0}
        assert await fault_of(camera, "Browse", **asked, RequestedCount=0) == 501
        answer = await camera.call("setCameraFunction", "Contents Transfer")
        assert answer.json == {"error": [403, "setCameraFunction"], "id": 1}
        target = "/DSC00001.JPG?%211%21http%2dget%3a%2a%3aimage%2fjpeg%3a%2a%21%21%21%21%21"
        assert (await camera.passing(ask(camera.port, "GET", target))).status == 404


async def test_family_b_has_no_media_server() -> None:
    async with served("ILCE-QX1@1.10") as camera:
        assert (await soap(camera, "Browse", ObjectID="0")).status == 404
        assert (await ask(camera.port, "GET", "/CdsDesc.xml")).status == 404


def test_an_address_names_an_entry_and_a_file() -> None:
    rest = "http%2dget%3a%2a%3aimage%2fjpeg%3a{}%21%21%21%21%21"
    assert file_in(f"/DSC00001.JPG?%2112%21{rest.format('%2a')}") == (12, "original")
    assert file_in(f"/DSC00001.JPG?%2112%21{rest.format('JPEG%5fTN')}") == (12, "thumbnail")
    movie = "/MAH00001.MP4?%213%21http%2dget%3a%2a%3avideo%2fmp4%3a%2a%21%21%21%21%21"
    assert file_in(movie) == (3, "movie")
    for wrong in ("/DSC00001.JPG", f"/DSC00001.JPG?%21x%21{rest.format('%2a')}", "/liveview.JPG?%211234%21"):
        assert file_in(wrong) is None
