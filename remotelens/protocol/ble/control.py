"""The camera control service: Wi-Fi hand-over, camera status, names, capabilities and setting results.

Battery and media have `supply`, date and time have `wallclock`.

Source: protocol/ble.md 2.1, 5.1 and 5.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from remotelens.errors import LocalProtocolError, RemoteProtocolError
from remotelens.protocol.ble.frame import Frame, decode_frame, decode_frames

WIFI_ON: Final = b"\x01"
WIFI_OFF: Final = b"\x00"
"""Written to CC08, bare."""
SMARTPHONE_CONTROL_ON: Final = Frame(0x0000, b"\x01").encode()
SMARTPHONE_CONTROL_OFF: Final = Frame(0x0000, b"\x00").encode()
"""Written to CCA3, on bodies whose capabilities have `Capability.SMARTPHONE_CONNECTION`."""


class WifiState(IntEnum):
    """State of the camera's access point, CC09 tag 1."""

    TERMINATED = 0
    LAUNCHING = 1
    LAUNCHED = 2
    TERMINATING = 3


class StatusTag(IntEnum):
    """Frames of CC09; 4 and 6 occur too, meaning unknown."""

    WIFI = 0x0001
    IMAGE_TRANSFER = 0x0002
    REMOTE_CONTROL = 0x0003
    CLOCK_SET = 0x0005
    LIVE_STREAMING = 0x0007
    MOVIE_RECORDING = 0x0008
    STREAMING_MODE = 0x0009
    BACKGROUND_TRANSFER = 0x000A


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """Value of CC09: all frames when read, often only the changed one when notified.

    Args:
        frames: the frames in their order, unknown tags too.
    """

    frames: tuple[Frame, ...]

    def data_of(self, tag: int) -> bytes | None:
        """Return the data of the first frame with that tag, None when it is not there."""
        return next((frame.data for frame in self.frames if frame.type == tag), None)

    def flag(self, tag: StatusTag) -> bool | None:
        """Return whether the frame with that tag says yes, None when it is not there."""
        data = self.data_of(tag)
        return None if not data else data[0] != 0

    @property
    def wifi(self) -> WifiState | int | None:
        """State of the access point: a plain number when it is an unknown one, None when not told."""
        data = self.data_of(StatusTag.WIFI)
        if not data:
            return None
        try:
            return WifiState(data[0])
        except ValueError:
            return data[0]

    @property
    def wifi_error(self) -> int | None:
        """Why the access point did not start, 0 when nothing is wrong, None when not told."""
        data = self.data_of(StatusTag.WIFI)
        return None if not data else (data[1] if len(data) > 1 else 0)


def decode_camera_status(value: bytes) -> CameraStatus:
    """Return what CC09 says.

    Raises:
        RemoteProtocolError: not a list of frames.
    """
    return CameraStatus(decode_frames(value))


def wifi_frame(state: int, error: int = 0) -> Frame:
    """Return the frame of CC09 that tells the access point's state."""
    return Frame(StatusTag.WIFI, bytes([state, error]))


@dataclass(frozen=True, slots=True)
class OldWifiStatus:
    """Value of CC05 on older bodies.

    Args:
        state: 1 when the access point is up; 2 was recorded with the camera off.
        reason: why it is not, 0 when nothing is wrong.
    """

    state: int
    reason: int

    @property
    def launched(self) -> bool:
        """The access point is up."""
        return self.state == 1

    def encode(self) -> bytes:
        """Return the bytes on the air."""
        return Frame(0x0000, bytes([self.state, self.reason])).encode()


def decode_old_wifi_status(value: bytes) -> OldWifiStatus:
    """Return what CC05 says.

    Raises:
        RemoteProtocolError: not a frame of two bytes.
    """
    data = decode_frame(value).data
    if len(data) < 2:
        raise RemoteProtocolError(f"{value.hex(' ')} is no Wi-Fi status")
    return OldWifiStatus(data[0], data[1])


def encode_text(text: str) -> bytes:
    """Return a framed text as CC06 (SSID), CC07 (key) and CC11 (friendly name) carry it.

    Raises:
        LocalProtocolError: not ASCII, or too long.
    """
    try:
        return Frame(0x0000, text.encode("ascii")).encode()
    except UnicodeEncodeError as error:
        raise LocalProtocolError("a framed text of the camera is plain ASCII") from error


def decode_text(value: bytes) -> str:
    """Return a framed text: SSID, key or friendly name. Its bytes are not repeated in the error.

    Raises:
        RemoteProtocolError: not one frame, or not ASCII.
    """
    return decode_bare_text(decode_frame(value).data)


def decode_bare_text(value: bytes) -> str:
    """Return a text without a frame: firmware, model, BSSID; zero bytes at the end are dropped.

    Raises:
        RemoteProtocolError: not ASCII.
    """
    try:
        return value.rstrip(b"\0").decode("ascii")
    except UnicodeDecodeError as error:
        raise RemoteProtocolError(f"byte {error.start} of a text is not ASCII") from None


class Capability(IntEnum):
    """What CC0D lists."""

    MEDIA_INFO = 0x0000
    BATTERY_INFO = 0x0001
    SSH_INFO = 0x0008
    SMARTPHONE_CONNECTION = 0x000B


def encode_capabilities(flags: Iterable[tuple[int, int]]) -> bytes:
    """Return CC0D from pairs of capability and flag."""
    triples = b"".join(kind.to_bytes(2, "big") + bytes([flag]) for kind, flag in flags)
    return bytes([len(triples)]) + triples


def decode_capabilities(value: bytes) -> dict[int, bool]:
    """Return which capabilities CC0D lists, and whether the camera has each; unknown ones are kept.

    The header's meaning is not certain, so it is not checked against the length.

    Raises:
        RemoteProtocolError: not a header and triples.
    """
    if not value or (len(value) - 1) % 3:
        raise RemoteProtocolError(f"{value.hex(' ')} is no list of capabilities")
    triples = (value[offset : offset + 3] for offset in range(1, len(value), 3))
    return {int.from_bytes(triple[:2], "big"): triple[2] == 1 for triple in triples}


@dataclass(frozen=True, slots=True)
class SettingResult:
    """A frame of CC0E: how a setting went.

    Args:
        type: which setting; 0x000B is smartphone control.
        ok: the camera took it.
        reason: 1 status error, 2 parameter error.
    """

    type: int
    ok: bool
    reason: int = 0

    def encode(self) -> bytes:
        """Return the bytes on the air."""
        return Frame(self.type, bytes([self.ok]) + self.reason.to_bytes(4, "big")).encode()


def decode_setting_result(value: bytes) -> SettingResult:
    """Return what CC0E says.

    Raises:
        RemoteProtocolError: not a frame of five bytes.
    """
    frame = decode_frame(value)
    if len(frame.data) != 5:
        raise RemoteProtocolError(f"{value.hex(' ')} is no setting result")
    return SettingResult(frame.type, frame.data[0] == 1, int.from_bytes(frame.data[1:], "big"))
