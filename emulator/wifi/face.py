"""What a camera's server looks like from outside: paths, header lines, habits.

Most of it is in the profile. What no profile has to say, since it goes with the kind of server, is here.
Marks as in protocol/wifi.md: recorded [R], from Sony's camera code [C], inferred [I].
"""

from __future__ import annotations

from dataclasses import dataclass

from emulator.profiles import Profile

RPC_PATH = "/sony"  # [R] both families
CONTENTS_PATH = "/contentstransfer"  # [R] family B
PLAYBACK_PATH = "/streaming/playbackstream"  # [S] family B
UNIT_INFO = 'pa=""; pl=;'  # [R] family A
SERVER_INFO = 'av=5.0; hn=""; cn="Sony Corporation"; mn="SonyImagingDevice"; mv="1.0";'  # [R] family A

_CONNECTIONS = {"A": 16, "B": 10}
"""Family B: ten [C]. Family A: four or more [I]; with one port for everything it gets room."""


@dataclass(frozen=True, slots=True)
class Face:
    """One camera's server, seen from outside.

    Attributes:
        family: the kind of server, A or B.
        server: how it names itself in SSDP and with its description.
        description_path: where the device description is.
        liveview_target: path and query of the live view.
        picture_prefix: what stands before a picture's name in its address.
        picture_suffix: what follows it.
        keep_alive: whether a connection carries more than one JSON answer.
        live_needs_start: whether the stream exists only after startLiveview.
        first_sequence: the number of a stream's first live view packet.
        size_multiple: what a live view picture's counted size is filled up to.
        padding_multiple: what it is padded to with uncounted bytes.
        connections: how many connections are served at once.
        one_transfer: whether files are sent one after the other.
        ranges: whether part of a file can be asked for.
    """

    family: str
    server: str
    description_path: str
    liveview_target: str
    picture_prefix: str
    picture_suffix: str
    keep_alive: bool
    live_needs_start: bool
    first_sequence: int
    size_multiple: int
    padding_multiple: int
    connections: int
    one_transfer: bool
    ranges: bool

    @classmethod
    def of(cls, profile: Profile) -> Face:
        """Return the face of a camera of this profile."""
        network, live = profile.network, profile.liveview
        prefix, _, suffix = network.picture_path.partition("{name}")
        return cls(
            family=profile.family,
            server=network.server,
            description_path=network.description_path,
            liveview_target=network.liveview_path,
            picture_prefix=prefix,
            picture_suffix=suffix,
            keep_alive=network.keep_alive,
            live_needs_start=live.needs_start,
            first_sequence=live.first_sequence,
            size_multiple=live.multiple_of,
            padding_multiple=live.padding_multiple_of,
            connections=_CONNECTIONS[profile.family],
            one_transfer=profile.rules.one_transfer,
            ranges=profile.rules.ranges,
        )

    @property
    def info(self) -> tuple[tuple[str, str], ...]:
        """The X-AV lines of the description's answer. [R] family A, [I] none on B."""
        if self.family == "B":
            return ()
        return (("X-Av-Server-Info", SERVER_INFO), ("X-Av-Physical-Unit-Info", UNIT_INFO))
