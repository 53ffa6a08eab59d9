"""The addresses of one camera: what it hands out, and what a request for one of them means."""

from __future__ import annotations

from dataclasses import dataclass

from emulator.wifi.face import RPC_PATH, Face


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
        base = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        return cls(face, base, base, base)

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

    def service_of(self, path: str) -> str | None:
        """Return the service that a path is the endpoint of."""
        base, _, service = path.rpartition("/")
        return service if base == RPC_PATH and service else None

    def is_liveview(self, path: str) -> bool:
        """True for the live view's path, whatever its query."""
        return path == self.face.liveview_target.partition("?")[0]

    def picture_of(self, path: str) -> str | None:
        """Return the picture name in a path, whatever its query."""
        base, _, name = path.rpartition("/")
        return name if base + "/" == self.face.picture_prefix and name else None
