"""Remote control of lens-style cameras; importing this package runs nothing else.

The public names stand here and are imported from their rooms when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from remotelens.camera.camera import Camera
    from remotelens.camera.connect import connect
    from remotelens.camera.descriptors import DESCRIPTORS, Descriptor
    from remotelens.camera.evidence import CaptureUnknown
    from remotelens.camera.focus import FocusResult
    from remotelens.camera.frame import FocusArea, Frame
    from remotelens.camera.guard import Drift, SettingsGuard
    from remotelens.camera.live_view import LiveView
    from remotelens.camera.playback import MovieFrame, Playback
    from remotelens.camera.remote import Remote, remote_control
    from remotelens.camera.shot import Shot, ShotFile
    from remotelens.camera.state import CameraState, Setting, Storage, Zoom
    from remotelens.camera.white_balance import MeasuredWhite
    from remotelens.clock import Clock, LoopClock, RealClock
    from remotelens.errors import (
        AuthenticationNeeded,
        BatteryLow,
        CameraBusy,
        CameraNotFound,
        CaptureFailed,
        CardFull,
        ConfigError,
        ConnectFailed,
        ContentGone,
        DiskFull,
        ExitCode,
        IllegalArgument,
        IncompleteError,
        InputError,
        InvalidValue,
        LinkError,
        LinkLost,
        LinkTimeout,
        LocalProtocolError,
        MissingComponent,
        NotAvailableNow,
        NotSupported,
        PairingRejected,
        PlanError,
        ProtocolError,
        RefusedError,
        RemoteLensError,
        RemoteProtocolError,
        SupplyError,
        WifiJoinFailed,
    )
    from remotelens.link.discovery import discover_wifi
    from remotelens.link.found import DiscoveryReport, FoundCamera
    from remotelens.version import __version__

__all__ = [
    "DESCRIPTORS",
    "AuthenticationNeeded",
    "BatteryLow",
    "Camera",
    "CameraBusy",
    "CameraNotFound",
    "CameraState",
    "CaptureFailed",
    "CaptureUnknown",
    "CardFull",
    "Clock",
    "ConfigError",
    "ConnectFailed",
    "ContentGone",
    "Descriptor",
    "DiscoveryReport",
    "DiskFull",
    "Drift",
    "ExitCode",
    "FocusArea",
    "FocusResult",
    "FoundCamera",
    "Frame",
    "IllegalArgument",
    "IncompleteError",
    "InputError",
    "InvalidValue",
    "LinkError",
    "LinkLost",
    "LinkTimeout",
    "LiveView",
    "LocalProtocolError",
    "LoopClock",
    "MeasuredWhite",
    "MissingComponent",
    "MovieFrame",
    "NotAvailableNow",
    "NotSupported",
    "PairingRejected",
    "PlanError",
    "Playback",
    "ProtocolError",
    "RealClock",
    "RefusedError",
    "Remote",
    "RemoteLensError",
    "RemoteProtocolError",
    "Setting",
    "SettingsGuard",
    "Shot",
    "ShotFile",
    "Storage",
    "SupplyError",
    "WifiJoinFailed",
    "Zoom",
    "__version__",
    "connect",
    "discover_wifi",
    "remote_control",
]

_HOMES = {
    "Camera": "camera.camera",
    "CameraState": "camera.state",
    "CaptureUnknown": "camera.evidence",
    "Clock": "clock",
    "DESCRIPTORS": "camera.descriptors",
    "Descriptor": "camera.descriptors",
    "DiscoveryReport": "link.found",
    "Drift": "camera.guard",
    "FocusArea": "camera.frame",
    "FocusResult": "camera.focus",
    "FoundCamera": "link.found",
    "Frame": "camera.frame",
    "LiveView": "camera.live_view",
    "LoopClock": "clock",
    "MeasuredWhite": "camera.white_balance",
    "MovieFrame": "camera.playback",
    "Playback": "camera.playback",
    "RealClock": "clock",
    "Remote": "camera.remote",
    "Setting": "camera.state",
    "SettingsGuard": "camera.guard",
    "Shot": "camera.shot",
    "ShotFile": "camera.shot",
    "Storage": "camera.state",
    "Zoom": "camera.state",
    "__version__": "version",
    "connect": "camera.connect",
    "discover_wifi": "link.discovery",
    "remote_control": "camera.remote",
}


if not TYPE_CHECKING:  # so that type checkers still know which names there are not

    def __getattr__(name: str) -> object:
        """Import a public name from its room; names without one of their own are errors."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(f"remotelens.{_HOMES.get(name, 'errors')}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
