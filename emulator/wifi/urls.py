"""The addresses of one camera: what it hands out, and what a request for one of them means."""

from __future__ import annotations

from dataclasses import dataclass

from emulator.wifi.face import CONTENTS_PATH, PLAYBACK_PATH, RPC_PATH, Face
from emulator.wifi.place import Ports


@dataclass(frozen=True, slots=True)
class CameraUrls:
    """A camera's addresses under its bases.

    Args:
        face: what its server looks like.
        description_base: scheme, host and port of the device description.
        rpc_base: the same of the JSON-RPC services.
        media_base: the same of live view and pictures.

    With one port all bases are the same; a real camera has two or three (protocol/wifi.md 1.3).
    """

    face: Face
    description_base: str
    rpc_base: str
    media_base: str

    @classmethod
    def on_one_port(cls, face: Face, host: str, port: int) -> CameraUrls:
        """Return the addresses of a camera that serves everything on one port."""
        return cls.at(face, host, Ports(port, port, port))

    @classmethod
    def at(cls, face: Face, host: str, ports: Ports) -> CameraUrls:
        """Return the addresses of a camera that serves what it has on those ports."""
        base = f"http://[{host}]:" if ":" in host else f"http://{host}:"
        return cls(face, f"{base}{ports.description}", f"{base}{ports.api}", f"{base}{ports.media}")

    @property
    def description(self) -> str:
        """The device description, as in SSDP's LOCATION."""
        return self.description_base + self.face.description_path

    @property
    def action_list(self) -> str:
        """The base of the services, as in the description's ActionList_URL."""
        return self.rpc_base + RPC_PATH

    def endpoint(self, service: str) -> str:
        """The address of one service."""
        return f"{self.action_list}/{service}"

    @property
    def liveview(self) -> str:
        """The live view stream."""
        return self.media_base + self.face.liveview_target

    def picture(self, name: str) -> str:
        """The address of a fetchable picture."""
        return f"{self.media_base}{self.face.picture_prefix}{name}{self.face.picture_suffix}"

    def content(self, form: str, content_id: str) -> str:
        """The address of a file of a stored picture; the id is percent-encoded already."""
        return f"{self.media_base}{CONTENTS_PATH}/{form}/{content_id}"

    @property
    def playback(self) -> str:
        """The stream of a movie that is played."""
        return self.media_base + PLAYBACK_PATH

    def service_of(self, path: str) -> str | None:
        """Return the service that a path is the endpoint of."""
        base, _, service = path.rpartition("/")
        return service if base == RPC_PATH and service else None

    def is_liveview(self, path: str) -> bool:
        """True for the live view's path, whatever its query."""
        return path == self.face.liveview_target.partition("?")[0]

    def is_playback(self, path: str) -> bool:
        """True for the path of a movie that is played."""
        return path == PLAYBACK_PATH

    def picture_of(self, path: str) -> str | None:
        """Return the picture name in a path, whatever its query."""
        base, _, name = path.rpartition("/")
        return name if base + "/" == self.face.picture_prefix and name else None

    def content_of(self, path: str) -> tuple[str, str] | None:
        """Return form and id in the path of a stored picture's file, as they stand there."""
        _, start, rest = path.partition(f"{CONTENTS_PATH}/")
        form, slash, content_id = rest.partition("/")
        return (form, content_id) if start and path.startswith(start) and slash else None
