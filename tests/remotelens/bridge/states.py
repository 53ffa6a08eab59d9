"""States of cameras as the bridge meets them, typed in from what emulated ones tell."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from remotelens.camera.state import CameraState, Setting, Storage

EV_THIRDS = tuple(round(step / 3, 1) + 0.0 for step in range(-6, 7))

IDLE_QX10 = CameraState(
    link="ready",
    status="IDLE",
    model="DSC-QX10",
    storage=(Storage("Memory Card 1", "Storage Media", True, 2542, None),),
    available=("actTakePicture", "startLiveview", "stopLiveview", "setIsoSpeedRate", "getEvent"),
    settings=MappingProxyType(
        {
            "shoot_mode": Setting("still", ("still", "movie"), True),
            "exposure_mode": Setting("Program Auto", ("Intelligent Auto", "Program Auto"), True),
            "iso": Setting("AUTO", ("AUTO", "100", "200"), True),
            "ev": Setting(-0.7, EV_THIRDS, True),
            "self_timer": Setting(0, (0, 2, 10), True),
            "f_number": Setting("3.3", (), False),
        }
    ),
)


def without(state: CameraState, *names: str) -> CameraState:
    """Return a state in which the camera does not list some settings."""
    left = {name: setting for name, setting in state.settings.items() if name not in names}
    return replace(state, settings=MappingProxyType(left))


def having(state: CameraState, **more: Setting) -> CameraState:
    """Return a state in which the camera lists more settings, or lists them otherwise."""
    return replace(state, settings=MappingProxyType({**state.settings, **more}))
