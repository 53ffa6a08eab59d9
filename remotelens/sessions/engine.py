"""What the runner asks of whatever takes the pictures: a camera, or paper."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from remotelens.errors import RemoteLensError
from remotelens.plans.expand import Shoot
from remotelens.plans.steps import SettingValue
from remotelens.sessions.progress import FrameStanding


@dataclass(frozen=True, slots=True)
class About:
    """What takes the pictures, as far as a journal wants to know."""

    name: str | None
    model: str | None
    family: str | None
    clock_trusted: bool
    uuid: str | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the camera listed at one moment: picture addresses, and how many more its card holds."""

    urls: tuple[str, ...] = ()
    remaining: int | None = None


@dataclass(frozen=True, slots=True)
class Snap:
    """A capture that the camera says it made; `raw` is whether there are raw files of it on the card."""

    urls: tuple[str, ...]
    on_card: bool | None
    raw: bool = False


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is whole on this host."""

    path: Path
    sha256: str
    size_bytes: int
    url: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What became of a frame whose answer was lost, and how that is known.

    `outcome` is taken, missing or unknown; `urls` are where its picture can be fetched; `raw` is whether
    there are raw files of it on the card.
    """

    outcome: str
    words: str
    urls: tuple[str, ...] = ()
    raw: bool = False


class Engine(Protocol):
    """Takes pictures.

    Every method may raise any `RemoteLensError`; a `LinkError` means that the camera may come back.
    """

    async def about(self) -> About:
        """Say what this is."""
        ...

    async def baseline(self) -> Baseline:
        """Say what the camera lists now."""
        ...

    async def apply(self, values: Sequence[tuple[str, SettingValue]]) -> None:
        """Change settings and wait until they are seen."""
        ...

    async def shoot(self, task: Shoot) -> Snap:
        """Take one picture."""
        ...

    async def keep(
        self, frame: FrameStanding, session: Collection[FrameStanding], folder: Path, stem: str, size: str
    ) -> tuple[KeptFile, ...]:
        """Bring a taken frame's pictures to this host, whole or not at all.

        Args:
            frame: which.
            session: all frames of the session, where its picture is to be told from theirs.
            folder: where the session's files are.
            stem: what the files' names begin with.
            size: what was asked for.
        """
        ...

    def raws(
        self, pictures: Sequence[Path], wanted: Collection[Path], folder: Path
    ) -> AsyncGenerator[tuple[Path, KeptFile | RemoteLensError], None]:
        """Bring raw files to this host, one after the other, each with its picture's path, or say why not.

        Args:
            pictures: of all frames with a raw file, in the order in which they were taken.
            wanted: those of them whose raw file is to come.
            folder: where they go.
        """
        ...

    async def evidence(
        self, frames: Sequence[FrameStanding], known_urls: Collection[str]
    ) -> dict[int, Evidence]:
        """Find out what became of frames whose answer was lost."""
        ...

    async def reconnect(self) -> None:
        """Return when the camera is there again, however long that takes."""
        ...

    def requested(self) -> dict[str, Any]:
        """Return the settings that the next picture is asked with."""
        ...
