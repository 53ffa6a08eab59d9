from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remotelens
from remotelens.errors import ConfigError, RemoteProtocolError
from remotelens.protocol.wifi import auth
from remotelens.protocol.wifi.methods import find
from tests.remotelens.protocol.wifi.fuzz import damaged, json_values, quick
from tests.remotelens.protocol.wifi.recorded import recording

# The published key of set 1 and the recorded nonce and digest, protocol/wifi.md 5.9: a test vector only.
KEY_1 = "90adc8515a40558968fe8318b5b023fdd48d3828a2dda8905f3b93a3cd8e58dc"
NONCE = "GiigWEMzm1MoEmMu"
DIGEST = "KL1kwAzfRAp/gXxYwrZk1K/skVOqvVjWiOvIw7U4ynQ="

FILE = b'{"developerName":"N","developerID":"I","key":"K","methods":"camera/a:camera/b"}'


def test_the_recorded_digest_follows_from_the_recorded_nonce() -> None:
    assert auth.sg(NONCE, KEY_1) == DIGEST
    assert len(DIGEST) == auth.DIGEST_CHARS
    assert len(NONCE) == auth.NONCE_CHARS


def test_the_recorded_exchange_of_a_qx10_is_what_we_would_send() -> None:
    ask, answer, *_ = json.loads(recording("qx10_actEnableMethods.erik-smit.json"))["exchanges"]
    assert find(auth.SERVICE, auth.METHOD) is not None
    assert ask["request"]["method"] == auth.METHOD

    assert ask["request"]["params"] == auth.challenge_params()
    nonce = auth.nonce_of(ask["response"]["result"])
    assert nonce == NONCE

    sent = answer["request"]["params"][0]
    credentials = auth.Credentials(
        developer_name=sent["developerName"],
        developer_id=sent["developerID"],
        key=KEY_1,
        methods=auth.split_methods(sent["methods"]),
    )
    assert auth.answer_params(credentials, nonce) == [sent]
    assert auth.nonce_of(answer["response"]["result"]) == ""


def test_the_shipped_registration_is_the_published_second_set() -> None:
    duck = auth.RUBBER_DUCK

    assert duck.developer_name == "Rubber Duck Paradise"
    assert duck.developer_id == "22222222-2222-2222-2222-222222222222"
    assert hashlib.sha256(duck.method_text.encode()).hexdigest().startswith("e700a8dd3499d863")


def test_the_first_set_is_not_shipped() -> None:
    package = Path(remotelens.__file__).parent
    shipped = "".join(path.read_text() for path in package.rglob("*.py"))

    assert KEY_1 not in shipped
    assert "7DED695E" not in shipped


def test_the_key_stays_out_of_texts() -> None:
    assert auth.RUBBER_DUCK.key not in repr(auth.RUBBER_DUCK)


def test_white_space_in_a_list_of_methods_is_ignored() -> None:
    assert auth.split_methods("camera/a:\tcamera/b:\n camera/c") == ("camera/a", "camera/b", "camera/c")
    assert auth.split_methods("") == ()


@pytest.mark.parametrize("methods", ['"camera/a:camera/b"', '["camera/a","camera/b"]'])
def test_a_registration_is_read_from_a_file(methods: str) -> None:
    text = f'{{"developerName":"N","developerID":"I","key":"K","methods":{methods}}}'

    assert auth.parse_credentials(text.encode()) == auth.Credentials("N", "I", "K", ("camera/a", "camera/b"))


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", FILE[:-1], FILE.replace(b'"K"', b"1"), b"[" * 90_000, b" " * 300_000]
)
def test_a_file_that_is_no_registration_is_refused(text: bytes) -> None:
    with pytest.raises(ConfigError):
        auth.parse_credentials(text)


@pytest.mark.parametrize("values", [[], [{}], [{"dg": 1}], [{"dg": "x" * 1000}], [{"dg": "é"}], ["x"], [[]]])
def test_an_answer_without_a_nonce_is_a_typed_error(values: list[Any]) -> None:
    with pytest.raises(RemoteProtocolError):
        auth.nonce_of(values)


@quick
@given(damaged(FILE), st.lists(json_values, max_size=3))
def test_no_file_and_no_answer_does_more_than_raise_a_typed_error(text: bytes, values: list[Any]) -> None:
    with suppress(ConfigError):
        auth.parse_credentials(text)
    with suppress(RemoteProtocolError):
        auth.nonce_of(values)
