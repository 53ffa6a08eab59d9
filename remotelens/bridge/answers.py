"""The documents that go out: the same records as the command line prints, as JSON with a schema number.

Source: design section 9, "Output" and "MQTT".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from remotelens.camera.shot import Shot
from remotelens.camera.state import CameraState, Setting
from remotelens.errors import RemoteLensError

SCHEMA = 1


def document(value: Mapping[str, Any]) -> bytes:
    """Return a document as it goes out."""
    return msgspec.json.encode({"schema": SCHEMA, **value})


def error_record(error: RemoteLensError, camera: str) -> dict[str, Any]:
    """Return an error as the `error` member of an answer; `camera` is the one that was asked."""
    return {
        "type": type(error).__name__,
        "exit": int(error.exit_code),
        "camera": error.camera or camera,
        "message": error.message,
        "remedy": error.remedy,
        "code": error.code,
    }


def shots(taken: Sequence[Shot]) -> dict[str, Any]:
    """Return what a shutter command has led to."""
    return {"items": [shot.to_dict() for shot in taken]}


def settings(changed: Mapping[str, Setting]) -> dict[str, Any]:
    """Return what a setting's command has led to."""
    return {"settings": {name: one.to_dict() for name, one in changed.items()}}


def live_view(running: bool) -> dict[str, Any]:
    """Return what a live view command has led to."""
    return {"live_view": running}


def nothing(word: str) -> dict[str, Any]:
    """Return what a command has led to that was not obeyed.

    Args:
        word: the first word of the command's topic.
    """
    return {"shutter": shots(()), "set": settings({}), "live_view": live_view(False)}.get(word, {})


def state(camera_id: str, name: str, told: CameraState, *, live_view_requested: bool) -> dict[str, Any]:
    """Return a camera's state as `status` shows it, with its id here and what the bridge itself does."""
    return {"id": camera_id, "camera": name, **told.to_dict(), "live_view_requested": live_view_requested}
