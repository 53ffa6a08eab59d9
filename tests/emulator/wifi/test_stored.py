"""Ids, uris and content objects. Source: protocol/wifi.md 9.3; the recorded ids."""

from __future__ import annotations

import json
from datetime import date

import pytest

from emulator.wifi.stored import content_id, content_uri, day_in, folder_object, form_of, number_in, number_of
from remotelens.protocol.wifi.contents import decode_contents
from tests.emulator.body.rig import RecordedUrls, rig
from tests.recordings import need

FIRST = "index%3A%2F%2F1000%2F00000001-default%2F0000015B-00000987_347_1_1000"


def test_the_first_id_is_the_lowest_one_recorded_and_both_numbers_count_up_with_each_picture() -> None:
    assert content_id(1) == FIRST
    assert content_id(2) == FIRST.replace("15B", "15C").replace("987", "988").replace("_347_", "_348_")


def test_every_recorded_address_is_of_the_form_that_is_made() -> None:
    """Recorded of two family-B bodies; the second number of theirs began elsewhere than ours."""
    recorded = json.loads(need("transcripts", "familyB_answers_and_content_urls.avc.json").read_text())
    base = "http://192.168.122.1:8080/contentstransfer/orgjpeg/"
    ids = [url.removeprefix(base) for url in recorded["orgjpeg_urls"]]
    ids += [uri.removeprefix("image:content?contentId=") for uri in recorded["content_uris"]]
    assert len(ids) == 8
    for given in ids:
        first = int(given.split("%2F")[-1][:8], 16)
        ours = content_id(first - 0x15A)
        assert (ours[:48], ours[-len(f"_{first}_1_1000") :]) == (
            given[:48],
            given[-len(f"_{first}_1_1000") :],
        )
        assert len(ours) == len(given)


def test_an_id_is_read_letter_by_letter() -> None:
    assert number_of(content_id(34000)) == 34000
    decoded = FIRST.replace("%3A", ":").replace("%2F", "/")
    for wrong in (
        "",
        decoded,
        FIRST.replace("%", "%25"),
        FIRST.lower(),
        FIRST + "0",
        FIRST.replace("_347", "_348"),
    ):
        assert number_of(wrong) is None
    assert number_of(FIRST.replace("0000015B-00000987_347", "0000015A-00000986_346")) is None


@pytest.mark.parametrize("uri", ["image:content?contentId=", "video:content?contentId="])
def test_a_content_uri_names_an_entry_or_none(uri: str) -> None:
    assert number_in(uri + FIRST) == 1
    assert number_in(uri + "nonsense") is None
    for wrong in ("", FIRST, "storage:memoryCard1", "audio:content?contentId=1"):
        with pytest.raises(ValueError, match="not the uri"):
            number_in(wrong)


def test_a_storage_uri_names_the_card_or_a_day_of_it() -> None:
    assert day_in("storage:memoryCard1") is None
    assert day_in("storage:memoryCard1?path=2014-08-18") == date(2014, 8, 18)
    for wrong in (
        "",
        "storage:memoryCard2",
        "storage:memoryCard1?path=2014-13-01",
        "storage:memoryCard1?path=",
    ):
        with pytest.raises(ValueError, match=r"day|month|range"):
            day_in(wrong)


def test_a_day_is_a_folder_as_specified() -> None:
    """wifi.md 9.3, first column of the table."""
    assert folder_object(date(2014, 8, 18)) == {
        "uri": "storage:memoryCard1?path=2014-08-18",
        "title": "20140818",
        "content": None,
        "createdTime": "",
        "contentKind": "directory",
        "folderNo": "",
        "fileNo": "",
        "isPlayable": "false",
        "isBrowsable": "true",
        "isProtected": "",
        "remotePlayType": None,
    }


def test_the_directories_of_the_addresses_are_those_specified() -> None:
    segments = ("orgjpeg", "orgraw", "org", "scn", "vga", "thumb")
    assert [form_of(one) for one in segments] == ["original", "raw", "movie", "large", "small", "thumbnail"]
    assert form_of("orgmovie") is None


async def test_a_still_a_raw_still_and_a_movie_say_what_is_specified_of_them() -> None:
    async with rig("ILCE-QX1", still_scale=64) as camera:
        await camera.take()
        await camera.set("StillQuality", {"stillQuality": "RAW+JPEG"})
        await camera.take()
        await camera.film(2.0)
        entries = camera.body.contents.entries()
        assert content_uri(entries[0]) == f"image:content?contentId={FIRST}"
        assert content_uri(entries[2]) == f"video:content?contentId={content_id(3)}"
        await camera.transfer()
        asked = {"uri": "storage:memoryCard1", "stIdx": 0, "cnt": 100, "view": "flat", "sort": ""}
        task = camera.begin("getContentList", asked, service="avContent", version="1.3")
        ((still, both, movie),) = await camera.done(task)
    urls = RecordedUrls()
    created = still["createdTime"]
    assert still == {
        "uri": f"image:content?contentId={FIRST}",
        "title": "",
        "content": {
            "original": [
                {"url": urls.content("orgjpeg", FIRST), "fileName": "DSC00001.JPG", "stillObject": "jpeg"}
            ],
            "largeUrl": urls.content("scn", FIRST),
            "smallUrl": urls.content("vga", FIRST),
            "thumbnailUrl": urls.content("thumb", FIRST),
        },
        "createdTime": created,
        "contentKind": "still",
        "folderNo": "100",
        "fileNo": "0001",
        "isPlayable": "false",
        "isBrowsable": "false",
        "isProtected": "",
        "remotePlayType": None,
    }
    assert created.startswith("2014-01-01T00:00:0")
    assert created.endswith("+00:00")
    assert [(one["fileName"], one["stillObject"]) for one in both["content"]["original"]] == [
        ("DSC00002.JPG", "jpeg"),
        ("DSC00002.ARW", "raw"),
    ]
    assert (movie["contentKind"], movie["remotePlayType"]) == ("movie_mp4", ["simpleStreaming"])
    assert movie["content"]["original"] == [
        {"url": urls.content("org", content_id(3)), "fileName": "MAH00001.MP4", "stillObject": ""}
    ]
    assert (movie["content"]["largeUrl"], movie["content"]["smallUrl"]) == ("", "")
    assert (movie["folderNo"], movie["fileNo"]) == ("100", "0001")
    decoded = decode_contents([[still, both, movie]])
    assert [entry.protected for entry in decoded] == [None, None, None]
