"""The addresses of real cameras, as the recordings have them."""

from emulator.profiles import load
from emulator.wifi.face import Face
from emulator.wifi.urls import CameraUrls


def recorded_urls(profile_name: str) -> CameraUrls:
    """Return the addresses that a real camera of that profile has."""
    profile = load(profile_name)
    network = profile.network
    base = f"http://{network.address}"
    return CameraUrls(
        Face.of(profile),
        f"{base}:{network.description_port}",
        f"{base}:{network.api_port}",
        f"{base}:{network.picture_port}",
    )
