"""Brokers: one for everybody, one that wants a password."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.remotelens.bridge.mosquitto import Mosquitto

LOGIN = ("lens", "correct horse")


@pytest.fixture(scope="module")
def _open_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path_factory.mktemp("broker"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def broker(_open_broker: Mosquitto) -> Iterator[Mosquitto]:
    """A broker that lets everybody in; started anew after a test that left something behind on it."""
    yield _open_broker
    _open_broker.stop()
    _open_broker.start()


@pytest.fixture(scope="module")
def locked_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """A broker that lets in only who knows the password."""
    broker = Mosquitto(tmp_path_factory.mktemp("locked"), LOGIN)
    broker.start()
    yield broker
    broker.stop()
