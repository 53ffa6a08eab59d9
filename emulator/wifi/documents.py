"""The descriptions that one camera's server hands out, and the head that they are sent with.

Source: header lines as recorded of an HDR-AS30V; family B's are assumed to be the same but for X-AV.
"""

from __future__ import annotations

from datetime import UTC
from email.utils import format_datetime

from emulator.body.camera import Body
from emulator.wifi import imaging_description, media_server
from emulator.wifi.description import describe
from emulator.wifi.face import Face
from emulator.wifi.outlet import encode_head
from emulator.wifi.urls import CameraUrls


class Documents:
    """The documents of one camera.

    Args:
        body: the camera.
        face: the kind of server.
        urls: where everything is.
    """

    def __init__(self, body: Body, face: Face, urls: CameraUrls) -> None:
        self._body = body
        self._face = face
        self._urls = urls

    def find(self, path: str) -> bytes | None:
        """Return the description that a path stands for."""
        profile = self._body.profile
        if path == self._face.description_path:
            return describe(
                self._urls,
                friendly_name=profile.friendly_name,
                uuid=self._body.uuid,
                services=profile.services,
            )
        if path == imaging_description.PATH:
            return imaging_description.describe_imaging(profile, self._body.lens.facts.name)
        return media_server.document(path) if self._face.family == "A" else None

    def head(self, size_bytes: int) -> bytes:
        """Return status line and headers of a description of that size."""
        headers = (
            ("Accept-Range", "none"),
            ("Content-Length", str(size_bytes)),
            ("Content-Type", 'text/xml; charset="utf-8"'),
            ("Connection", "close"),
            ("Date", format_datetime(self._body.camera_time.astimezone(UTC), usegmt=True)),
            ("Server", self._face.server),
            *self._face.info,
        )
        return encode_head(200, "OK", headers)
