from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import RemoteProtocolError
from remotelens.protocol.wifi import contents
from remotelens.protocol.wifi.rpc import RpcResult, decode_answer
from tests.remotelens.protocol.wifi.fuzz import json_values, quick
from tests.remotelens.protocol.wifi.recorded import recording

ID = "index%3A%2F%2F1000%2F00000001-default%2F0000015B-00000987_347_1_1000"

# protocol/wifi.md B.8, assembled there from the specification's forms and a recorded id.
STILL = {
    "uri": f"image:content?contentId={ID}",
    "title": "",
    "content": {
        "original": [
            {
                "url": f"http://192.168.122.1:8080/contentstransfer/orgjpeg/{ID}",
                "fileName": "DSC00001.JPG",
                "stillObject": "jpeg",
            },
            {
                "url": f"http://192.168.122.1:8080/contentstransfer/orgraw/{ID}",
                "fileName": "DSC00001.ARW",
                "stillObject": "raw",
            },
        ],
        "largeUrl": f"http://192.168.122.1:8080/contentstransfer/scn/{ID}",
        "smallUrl": "",
        "thumbnailUrl": None,
    },
    "createdTime": "2014-08-18T12:34:56+09:00",
    "contentKind": "still",
    "folderNo": "100",
    "fileNo": "0001",
    "isPlayable": "false",
    "isBrowsable": "false",
    "isProtected": "",
    "remotePlayType": None,
}
FOLDER = {
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


def test_recorded_addresses_and_ids_pass_through_unchanged() -> None:
    recorded = json.loads(recording("familyB_answers_and_content_urls.avc.json"))

    for uri in recorded["content_uris"]:
        found = contents.content_id(uri)
        assert found is not None
        assert f"image:content?contentId={found}" == uri
        assert "%2F" in found
    for url in recorded["orgjpeg_urls"]:
        entry = {**STILL, "content": {"original": [{"url": url, "fileName": "A.JPG", "stillObject": "jpeg"}]}}
        (content,) = contents.decode_contents([[entry]])
        assert content.originals[0].url == url


def test_a_still_is_read() -> None:
    body = json.dumps({"id": 7, "result": [[STILL]]}).replace("/", "\\/").encode()
    answer = decode_answer(body)
    assert isinstance(answer, RpcResult)
    (content,) = contents.decode_contents(answer.values)

    assert content.content_id == ID
    assert content.kind == "still"
    assert [file.file_name for file in content.originals] == ["DSC00001.JPG", "DSC00001.ARW"]
    assert [file.raw for file in content.originals] == [False, True]
    assert content.large_url is not None
    assert content.large_url.endswith(f"/scn/{ID}")
    assert (content.small_url, content.thumbnail_url) == (None, None)
    assert content.created == datetime(2014, 8, 18, 12, 34, 56, tzinfo=timezone(timedelta(hours=9)))
    assert (content.folder_number, content.file_number) == ("100", "0001")
    assert (content.playable, content.browsable, content.protected) == (False, False, None)
    assert not content.is_folder


def test_the_folder_of_a_day_is_read() -> None:
    (content,) = contents.decode_contents([[FOLDER]])

    assert content.is_folder
    assert content.uri == contents.day_uri(date(2014, 8, 18))
    assert content.content_id is None
    assert content.created is None
    assert content.browsable is True
    assert content.originals == ()


def test_a_movie_can_be_played() -> None:
    movie = {**STILL, "contentKind": "movie_mp4", "remotePlayType": ["simpleStreaming"], "isProtected": True}
    (content,) = contents.decode_contents([[movie]])

    assert content.remote_play == ("simpleStreaming",)
    assert content.protected is True


def test_entries_without_an_address_and_members_of_other_types_are_passed_over() -> None:
    entries = [
        7,
        None,
        {},
        {"uri": 1},
        {"uri": "a:b", "content": {"original": [3, {}, {"url": 1}]}, "title": []},
    ]

    (content,) = contents.decode_contents([entries])
    assert content == contents.Content(uri="a:b", kind="")


@pytest.mark.parametrize(
    ("values", "count"), [([{"count": 7}], 7), ([{"count": "12"}], 12), ([{"count": 0}], 0)]
)
def test_a_count_is_a_number_or_a_text(values: list[Any], count: int) -> None:
    assert contents.decode_count(values) == count


@pytest.mark.parametrize(
    "values",
    [
        [],
        [7],
        [{}],
        [{"count": -1}],
        [{"count": True}],
        [{"count": "x"}],
        [{"count": "9" * 5000}],
        [{"count": None}],
    ],
)
def test_what_is_no_count_is_a_typed_error(values: list[Any]) -> None:
    with pytest.raises(RemoteProtocolError):
        contents.decode_count(values)


@pytest.mark.parametrize("values", [[], [None], [{}], [[{"uri": "a"}] * 2000]])
def test_what_is_no_list_is_a_typed_error(values: list[Any]) -> None:
    with pytest.raises(RemoteProtocolError):
        contents.decode_contents(values)
    with pytest.raises(RemoteProtocolError):
        contents.decode_names(values, "source")


def test_schemes_and_sources_are_read() -> None:
    assert contents.decode_names([[{"scheme": "storage"}]], "scheme") == (contents.SCHEME,)
    assert contents.decode_names([[{"source": "storage:memoryCard1"}, {}, 3]], "source") == (contents.SOURCE,)


def test_the_parameters_of_the_documented_calls() -> None:
    # protocol/wifi.md B.8 and 9.3.
    assert contents.count_params(contents.SOURCE) == [
        {"uri": "storage:memoryCard1", "target": "all", "view": "flat"}
    ]
    assert contents.count_params(contents.SOURCE, view="date", target=None) == [
        {"uri": "storage:memoryCard1", "view": "date"}
    ]
    assert contents.list_params(contents.SOURCE, sort="") == [
        {"uri": "storage:memoryCard1", "stIdx": 0, "cnt": 100, "view": "date", "sort": ""}
    ]


@quick
@given(st.lists(json_values | st.lists(st.just(STILL) | json_values), max_size=3))
def test_no_answer_does_more_than_raise_a_typed_error(values: list[Any]) -> None:
    for decode in (contents.decode_contents, contents.decode_count):
        try:
            decode(values)
        except RemoteProtocolError:
            continue


def test_entries_that_are_passed_over_still_count_for_the_next_page() -> None:
    values = [[{"uri": "image:content?contentId=1", "contentKind": "still"}, {"uri": ""}, None, 3]]
    assert len(contents.decode_contents(values)) == 1
    assert contents.count_listed(values) == 4
    with pytest.raises(RemoteProtocolError):
        contents.count_listed([{}])
