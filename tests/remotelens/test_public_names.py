"""The names that programs of others depend on."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import remotelens
from remotelens import errors

PUBLIC = """
AuthenticationNeeded BatteryLow Camera CameraBusy CameraNotFound CameraState CaptureFailed
CaptureUnknown CardFull Clock ConfigError ConnectFailed ContentGone DESCRIPTORS Descriptor
DiscoveryReport DiskFull Drift ExitCode FocusArea FocusResult FoundCamera Frame IllegalArgument
IncompleteError InputError InvalidValue LinkError LinkLost LinkTimeout LiveView LocalProtocolError
LoopClock MeasuredWhite MissingComponent MovieFrame NotAvailableNow NotSupported PairingRejected
PlanError Playback ProtocolError RealClock RefusedError Remote RemoteLensError
RemoteProtocolError Setting SettingsGuard Shot ShotFile Storage SupplyError
WifiJoinFailed Zoom __version__ connect discover_wifi remote_control
"""


def test_the_public_names_are_these() -> None:
    assert sorted(remotelens.__all__) == sorted(PUBLIC.split())
    assert dir(remotelens) == sorted(PUBLIC.split())


@pytest.mark.parametrize("name", PUBLIC.split())
def test_each_public_name_is_found_in_its_room(name: str) -> None:
    assert getattr(remotelens, name) is not None


def test_what_type_checkers_see_is_what_is_there() -> None:
    source = Path(remotelens.__file__).read_text(encoding="utf-8")
    guard, _ = [node for node in ast.parse(source).body if isinstance(node, ast.If)]
    imported = {
        alias.name: node.module
        for node in guard.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert sorted(imported) == sorted(remotelens.__all__)
    for name, module in imported.items():
        assert module == f"remotelens.{remotelens._HOMES.get(name, 'errors')}"


def test_every_error_of_the_project_is_public() -> None:
    ours = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.RemoteLensError)
    }
    assert ours <= set(remotelens.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'capture'"):
        _ = remotelens.capture  # type: ignore[attr-defined]  # what the test is about


def test_importing_the_package_loads_none_of_its_rooms_and_nothing_heavy() -> None:
    program = "import sys; old = set(sys.modules); import remotelens; print(*sorted(set(sys.modules) - old))"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(answer.stdout.split())
    assert {name for name in loaded if name.startswith("remotelens")} == {"remotelens"}
    assert not loaded & {"aiohttp", "asyncio", "bleak", "bumble", "numpy", "PIL", "msgspec", "click"}
