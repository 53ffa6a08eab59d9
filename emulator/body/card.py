"""The memory card: what is on it, under which names, and how much fits.

A picture on the card is kept as what it was taken with; its bytes are made when somebody reads it.

Source: models.md 3 (names, sizes), protocol/wifi.md 9.3.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from emulator.body.bell import Bell
from emulator.body.movie import MovieRecipe
from emulator.body.still import StillRecipe
from emulator.profiles import Profile

CAPACITY_BYTES = 16_000_000_000
_FIRST_FOLDER = 100
_LAST_FOLDER = 999
_LAST_FILE = 9999
_RAW_ENDING = "ARW"
_CLIP_FOLDER = "PRIVATE/M4ROOT/CLIP"
"""Where XAVC S clips go, in which numbers have no folders. Source: models.md 3."""

_SOUND_BYTES_S = 16_000
"""Of a sound recording; assumed, as its name is."""

MovieFormat = Literal["mp4", "xavcs"]


@dataclass(frozen=True, slots=True)
class CardFile:
    """One entry of the card.

    Attributes:
        folder: such as ``DCIM/100MSDCF``.
        name: such as ``DSC00001.JPG``.
        kind: ``still``, ``raw``, ``movie`` or ``audio``.
        created: when, by the camera's own clock.
        size_bytes: what it takes on the card.
        number: counts up by one with every picture or movie since the card was formatted.
        recipe: how the still was taken.
        duration_s: of a movie.
        movie: how the movie was taken.
        format: of a movie.
        protected: marked so that the camera does not delete it.
    """

    folder: str
    name: str
    kind: str
    created: datetime
    size_bytes: int
    number: int
    recipe: StillRecipe | None = None
    duration_s: float = 0.0
    movie: MovieRecipe | None = None
    format: MovieFormat = "mp4"
    protected: bool = False

    @property
    def folder_number(self) -> int | None:
        """The number a DCF folder starts with; None for a folder without."""
        digits = self.folder.rpartition("/")[2][:3]
        return int(digits) if digits.isdigit() else None

    @property
    def file_number(self) -> int:
        """The last four digits of the name."""
        return int(self.name.partition(".")[0][-4:])


@dataclass(slots=True)
class _Counter:
    """Counts files through numbered folders: after 9999 comes the next folder's 1."""

    folder: int = _FIRST_FOLDER
    file: int = 0

    def next(self) -> tuple[int, int]:
        if self.file >= _LAST_FILE:
            self.folder = min(self.folder + 1, _LAST_FOLDER)
            self.file = 0
        self.file += 1
        return self.folder, self.file


@dataclass(slots=True)
class _Contents:
    files: list[CardFile] = field(default_factory=list)
    used_bytes: int = 0
    written: int = 0


@dataclass(frozen=True, slots=True)
class CardState:
    """All that makes one card differ from another of its kind, to be kept and put back."""

    present: bool
    full: bool
    protected: bool
    files: tuple[CardFile, ...]
    used_bytes: int
    written: int
    counters: tuple[tuple[int, int], ...]
    capacity_bytes: int = CAPACITY_BYTES


class Card:
    """The memory card, in the camera or not.

    Args:
        profile: how files are named and how large they are counted.
        bell: rung when the card or its contents change.
    """

    def __init__(self, profile: Profile, bell: Bell, *, capacity_bytes: int = CAPACITY_BYTES) -> None:
        self._profile = profile
        self._bell = bell
        self._capacity_bytes = capacity_bytes
        self._present = True
        self._full = False
        self._protected = False
        self._contents = _Contents()
        self._reserved_bytes = 0
        self._stills = _Counter()
        self._movies = _Counter()
        self._clips = _Counter()
        self._still_bytes = self.still_bytes(*self._default_pixels(), "*")

    @property
    def present(self) -> bool:
        """Whether a card is in."""
        return self._present

    @present.setter
    def present(self, present: bool) -> None:
        self._present = present
        self._bell.ring("card")

    @property
    def capacity_bytes(self) -> int:
        """How much there is room for in all."""
        return self._capacity_bytes

    @capacity_bytes.setter
    def capacity_bytes(self, capacity_bytes: int) -> None:
        self._capacity_bytes = capacity_bytes
        self._bell.ring("card")

    @property
    def full(self) -> bool:
        """Whether no further picture of the present size fits; can be forced."""
        return self._full or self._free_bytes < self._still_bytes

    @full.setter
    def full(self, full: bool) -> None:
        self._full = full
        self._bell.ring("card")

    @property
    def protected(self) -> bool:
        """Whether the card cannot be written."""
        return self._protected

    @protected.setter
    def protected(self, protected: bool) -> None:
        self._protected = protected
        self._bell.ring("card")

    @property
    def writable(self) -> bool:
        """Whether a picture can be put on it."""
        return self._present and not self._protected and not self.full

    @property
    def shots_left(self) -> int:
        """How many stills of the present size fit; 0 without a card."""
        if not self._present or self._full:
            return 0
        return max(0, self._free_bytes) // self._still_bytes

    @property
    def minutes_left(self) -> int:
        """How many minutes of movie fit; 0 without a card."""
        if not self._present or self._full:
            return 0
        return int(max(0, self._free_bytes) / self.bytes_s() // 60)

    @property
    def room_bytes(self) -> int:
        """How much can still be recorded; nothing where there is no card or it cannot be written."""
        if not self._present or self._protected or self._full:
            return 0
        return max(0, self._free_bytes)

    def bytes_s(self, *, sound: bool = False) -> float:
        """Return what each second of a movie takes, or of a recording of sound alone."""
        return _SOUND_BYTES_S if sound else self._profile.movie.megabits_s * 1e6 / 8

    def reserve(self, size_bytes: float) -> None:
        """Take so much for the recording that goes on, until it is a file."""
        before = self.minutes_left, self.full
        self._reserved_bytes = int(size_bytes)
        if (self.minutes_left, self.full) != before:
            self._bell.ring("card")

    @property
    def files(self) -> tuple[CardFile, ...]:
        """Everything on the card, oldest first."""
        return tuple(self._contents.files)

    @property
    def state(self) -> CardState:
        """How it stands."""
        contents, counters = self._contents, (self._stills, self._movies, self._clips)
        return CardState(
            self._present,
            self._full,
            self._protected,
            tuple(contents.files),
            contents.used_bytes,
            contents.written,
            tuple((counter.folder, counter.file) for counter in counters),
            self._capacity_bytes,
        )

    @state.setter
    def state(self, state: CardState) -> None:
        self._present, self._full, self._protected = state.present, state.full, state.protected
        self._capacity_bytes = state.capacity_bytes
        self._contents = _Contents(list(state.files), state.used_bytes, state.written)
        self._stills, self._movies, self._clips = (_Counter(*counter) for counter in state.counters)
        self._bell.ring("card")

    def still_bytes(self, width: int, height: int, quality: str, *, gain_ev: float = 0.0) -> int:
        """Return what a still takes on the card; noise does not compress, so a higher ISO takes more."""
        rates = self._profile.stills.bits_per_pixel
        rate = rates.get(quality) or next(iter(rates.values()))
        raw = self._profile.stills.raw_bytes if quality.startswith("RAW") else 0
        return int(width * height * rate / 8 * (1 + 0.1 * max(0.0, gain_ev))) + raw

    def count_in(self, width: int, height: int, quality: str) -> None:
        """Count what is left in stills of this size from now on."""
        self._still_bytes = max(1, self.still_bytes(width, height, quality))

    def add_still(self, recipe: StillRecipe, created: datetime, size_bytes: int, *, raw: bool) -> CardFile:
        """Put a still on the card, with its raw file beside it where there is one."""
        folder, number = self._stills.next()
        place, stem = f"DCIM/{folder}MSDCF", f"DSC{number:05d}"
        if raw:
            raw_bytes = self._profile.stills.raw_bytes
            ending = self._profile.raw.ending if self._profile.raw else _RAW_ENDING
            self._put(CardFile(place, f"{stem}.{ending}", "raw", created, raw_bytes, self._written, recipe))
            size_bytes -= raw_bytes
        file = CardFile(place, f"{stem}.JPG", "still", created, size_bytes, self._count(), recipe)
        self._put(file)
        self._bell.ring("card")
        return file

    def add_movie(
        self,
        created: datetime,
        duration_s: float,
        recipe: MovieRecipe | None = None,
        *,
        format: MovieFormat = "mp4",  # noqa: A002 - the field's name
    ) -> CardFile:
        """Put a movie on the card."""
        movie = self._profile.movie
        if format == "xavcs":
            folder, name = _CLIP_FOLDER, f"C{self._clips.next()[1]:04d}.MP4"
        else:
            folder, name = movie.folder, f"{movie.file_prefix}{self._movies.next()[1]:05d}.MP4"
        size = int(self.bytes_s() * duration_s)
        file = CardFile(folder, name, "movie", created, size, self._count(), None, duration_s, recipe, format)
        self._put(file)
        self._bell.ring("card")
        return file

    def add_audio(self, created: datetime, duration_s: float) -> CardFile:
        """Put a sound recording on the card, which no contents service lists."""
        name = f"{self._profile.movie.file_prefix}{self._movies.next()[1]:05d}.M4A"
        size = int(self.bytes_s(sound=True) * duration_s)
        folder = self._profile.movie.folder
        file = CardFile(folder, name, "audio", created, size, self._count(), None, duration_s)
        self._put(file)
        self._bell.ring("card")
        return file

    def protect(self, file: CardFile, protected: bool) -> CardFile:
        """Mark an entry so that the camera does not delete it, or take the mark off; returns it anew."""
        marked = replace(file, protected=protected)
        self._contents.files[self._contents.files.index(file)] = marked
        self._bell.ring("card")
        return marked

    def count_from(self, folder: int, number: int) -> None:
        """Go on numbering stills after that one, as a card does that was used before.

        Raises:
            ValueError: no DCF folder or file has such a number.
        """
        if not (_FIRST_FOLDER <= folder <= _LAST_FOLDER and 0 <= number <= _LAST_FILE):
            raise ValueError(f"no picture has the number {folder}-{number}: 100 to 999, and 0 to 9999")
        self._stills = _Counter(folder, number)

    def renumber(self, by: int) -> None:
        """Give everything other numbers, on by so many: the card was put in order by another device."""
        files = self._contents.files
        self._contents.files = [
            replace(file, name=_moved(file.name, by), number=file.number + by) for file in files
        ]
        self._contents.written += by
        self._bell.ring("card")

    def remove(self, *files: CardFile) -> None:
        """Delete entries."""
        for file in files:
            self._contents.files.remove(file)
            self._contents.used_bytes -= file.size_bytes
        self._bell.ring("card")

    def format(self) -> None:
        """Delete everything; names go on counting."""
        self._contents = _Contents()
        self._bell.ring("card")

    @property
    def _free_bytes(self) -> int:
        return self._capacity_bytes - self._contents.used_bytes - self._reserved_bytes

    @property
    def _written(self) -> int:
        return self._contents.written + 1

    def _count(self) -> int:
        self._contents.written += 1
        return self._contents.written

    def _put(self, file: CardFile) -> None:
        self._contents.files.append(file)
        self._contents.used_bytes += file.size_bytes

    def _default_pixels(self) -> tuple[int, int]:
        largest = self._profile.stills.sizes[0]
        return largest.width, largest.height


def _moved(name: str, by: int) -> str:
    """Return a file's name with its number moved on; past the last number it starts again at 1."""
    stem, dot, ending = name.partition(".")
    number = (int(stem[-4:]) - 1 + by) % _LAST_FILE + 1
    return f"{stem[:-4]}{number:04d}{dot}{ending}"
