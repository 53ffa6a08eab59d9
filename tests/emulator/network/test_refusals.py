"""Where namespaces cannot be had, that is said, and what to do."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from emulator.network.netns import check_usable
from emulator.rack import Emulator
from remotelens.errors import MissingComponent, RemoteLensError


def test_whoever_is_not_root_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(RemoteLensError, match="only be made by root") as caught:
        Emulator(as_is="cam")
    assert "sudo" in str(caught.value)


def test_other_systems_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(RemoteLensError, match="only in Linux network namespaces"):
        check_usable("cam")


def test_the_program_that_makes_them_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(MissingComponent, match="is not installed"):
        check_usable("cam")
