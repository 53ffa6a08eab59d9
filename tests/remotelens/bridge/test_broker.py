"""Which broker is meant, and where its password may stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from remotelens.bridge.broker import Broker, parse_broker, read_password
from remotelens.errors import ConfigError, InvalidValue


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("mqtt://here", Broker("here")),
        ("mqtt://here/", Broker("here")),
        ("mqtt://10.0.0.9:1884", Broker("10.0.0.9", 1884)),
        ("mqtt://me@here:1883", Broker("here", 1883, "me")),
        ("mqtt://me%40home@here", Broker("here", 1883, "me@home")),
        ("mqtt://[::1]:1883", Broker("::1")),
    ],
)
def test_a_url_names_a_broker(url: str, broker: Broker) -> None:
    assert parse_broker(url) == broker


@pytest.mark.parametrize(
    "url",
    ["", "here", "http://here", "mqtts://here", "mqtt://", "mqtt://here:99999", "mqtt://here:0", "mqtt://here:x",
     "mqtt://here/path", "mqtt://here?x=1", "mqtt://[::1"],
)  # fmt: skip
def test_what_names_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidValue):
        parse_broker(url)


def test_a_password_in_the_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidValue) as refusal:
        parse_broker("mqtt://me:hunter2@here")
    assert "hunter2" not in str(refusal.value)
    assert "--password-file" in str(refusal.value)


def test_a_password_is_shown_nowhere() -> None:
    broker = parse_broker("mqtt://me@here", password="hunter2")
    assert broker.password == "hunter2"
    assert "hunter2" not in repr(broker)


def test_a_password_without_a_user_is_refused() -> None:
    with pytest.raises(InvalidValue):
        parse_broker("mqtt://here", password="hunter2")


def test_a_password_is_the_first_line_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("hunter 2 \r\nsomething else\n")
    assert read_password(file) == "hunter 2 "


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"x" * 2000])
def test_a_file_without_a_password_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "password"
    file.write_bytes(content)
    with pytest.raises(ConfigError):
        read_password(file)


def test_a_password_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_password(tmp_path / "none")
