"""Pictures that can be fetched by name: what the postview URLs point to, and how long they live.

Source: protocol/wifi.md 9.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from emulator.body.bell import Bell
from emulator.profiles import Profile

_MOST_OF_RUN = 100


@dataclass(frozen=True, slots=True)
class Picture:
    """One fetchable JPEG.

    Attributes:
        name: its file name in the URL.
        jpeg: the file.
        kind: ``2M`` or ``Original``.
        created: when, by the camera's own clock.
    """

    name: str
    jpeg: bytes
    kind: str
    created: datetime


class Pictures:
    """The fetchable pictures of one camera, the newest last; older ones make room.

    Args:
        profile: how names are made and how many are kept.
        bell: rung for every new picture.
    """

    def __init__(self, profile: Profile, bell: Bell) -> None:
        self._style = profile.rules.picture_name
        self._bell = bell
        self._most = profile.rules.postviews_kept
        self._kept: list[Picture] = []
        self._of_capture = 0
        self._last_second = ""
        self._within_second = 0

    def name_for(self, created: datetime) -> str:
        """Return the name of a picture taken at that time; later ones of the same second count up.

        They also do where the clock has been set back to a second whose pictures can still be fetched.
        """
        second = f"{created:%Y%m%d_%H%M%S}"
        self._within_second = self._within_second + 1 if second == self._last_second else 0
        self._last_second = second
        while (name := self._name(second)) in self.names:
            self._within_second += 1
        return name

    def add(self, picture: Picture, *, same_run: bool = False) -> None:
        """Make a picture fetchable.

        Args:
            picture: the file.
            same_run: it belongs to the continuous run that the one before is of, and does not make that go.
        """
        self._of_capture = self._of_capture + 1 if same_run else 1
        self._kept.append(picture)
        kept = min(max(self._most, self._of_capture), _MOST_OF_RUN)
        del self._kept[: max(0, len(self._kept) - kept)]
        self._bell.ring("pictures")

    def find(self, name: str) -> Picture | None:
        """The newest picture behind a URL's file name, or None once it is gone."""
        return next((picture for picture in reversed(self._kept) if picture.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The names that can be fetched, oldest first."""
        return tuple(picture.name for picture in self._kept)

    @property
    def state(self) -> tuple[Picture, ...]:
        """What can be fetched, oldest first."""
        return tuple(self._kept)

    @state.setter
    def state(self, state: tuple[Picture, ...]) -> None:
        self._kept = list(state)
        self._of_capture = len(state)
        self._bell.ring("pictures")

    def clear(self) -> None:
        """Forget them all: the camera was switched off or changed its function."""
        self._kept.clear()

    def _name(self, second: str) -> str:
        if self._style == "A":
            return f"pict{second[2:]}{self._within_second:04d}.JPG"
        return f"pict{second}_{self._within_second}.JPG"
