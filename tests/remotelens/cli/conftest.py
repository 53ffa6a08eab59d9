"""A camera for the commands, and a folder to run them in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs import Here


@pytest.fixture
def here(tmp_path: Path) -> Here:
    return Here(tmp_path)


@pytest.fixture(scope="module")
def qx10(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a QX10 that takes small pictures."""
    with Here(tmp_path_factory.mktemp("qx10")).emulator(
        "--model", "DSC-QX10@3.00", "--still-scale", "8", "--no-ssdp", "--clock", "scaled:5"
    ) as ready:
        yield f"127.0.0.1:{ready['cameras'][0]['port']}"


@pytest.fixture(scope="module")
def qx1(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a QX1 that takes small pictures."""
    with Here(tmp_path_factory.mktemp("qx1")).emulator(
        "--model", "ILCE-QX1@1.10", "--still-scale", "8", "--no-ssdp", "--clock", "scaled:5"
    ) as ready:
        yield f"127.0.0.1:{ready['cameras'][0]['port']}"
