"""The pictures stored in the camera, as its contents service gives them out: entries, days, files, deletion.

A still and its raw file are one entry. Files are made from what the card keeps of each picture when somebody
asks for them: the original is, byte for byte, what the camera gave out when it was taken.

Source: protocol/wifi.md 9.3; models.md 3 (sizes of the copies).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from emulator.body.capture import Parts
from emulator.body.card import CardFile
from emulator.body.exif import THUMBNAIL_SIZE
from emulator.body.machine import Cause
from emulator.body.movie import MovieRecipe, first_thumbnail, stored_frame
from emulator.body.mp4 import mp4_head
from emulator.body.refusals import Reason, Refused
from emulator.body.still import StillRecipe, develop, develop_raw, develop_thumbnail
from emulator.clock import off_loop

Kind = Literal["still", "movie_mp4", "movie_xavcs"]
Form = Literal["original", "raw", "movie", "large", "small", "thumbnail"]
_KEPT_BYTES = 64_000_000
_FILE_KINDS = ("still", "raw", "movie")


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture or movie.

    Attributes:
        number: counts up by one with every entry since the card was formatted.
        files: what it consists of, the picture itself first.
    """

    number: int
    files: tuple[CardFile, ...]

    @property
    def main(self) -> CardFile:
        """The picture itself, or the movie."""
        return self.files[0]

    @property
    def raw(self) -> CardFile | None:
        """Its raw file."""
        return next((file for file in self.files if file.kind == "raw"), None)

    @property
    def kind(self) -> Kind:
        """What it is, in the words of contentKind."""
        if self.main.kind != "movie":
            return "still"
        return "movie_xavcs" if self.main.format == "xavcs" else "movie_mp4"

    @property
    def created(self) -> datetime:
        """When it was taken, by the camera's clock and in its zone."""
        return self.main.created

    @property
    def protected(self) -> bool:
        """Whether the camera does not delete it."""
        return any(file.protected for file in self.files)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on its way out of the camera.

    Attributes:
        name: its name on the card; of a smaller copy, what it would be.
        size_bytes: how long it is.
        read: yields its bytes from one place to another.
    """

    name: str
    size_bytes: int
    read: Callable[[int, int], AsyncGenerator[bytes, None]]


class Contents:
    """The contents of one camera's card.

    Args:
        parts: the camera.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._made: OrderedDict[Hashable, bytes] = OrderedDict()

    def entries(self, day: date | None = None, kinds: Iterable[str] | None = None) -> list[Entry]:
        """Return what is on the card, of one day and some kinds only where wanted, oldest first.

        Raises:
            Refused: there is no card.
        """
        self._require_card()
        wanted = None if kinds is None else set(kinds)
        grouped: dict[int, list[CardFile]] = {}
        for file in self._parts.card.files:
            if file.kind in _FILE_KINDS and (day is None or file.created.date() == day):
                grouped.setdefault(file.number, []).append(file)
        found = [
            Entry(number, tuple(sorted(files, key=lambda file: file.kind == "raw")))
            for number, files in grouped.items()
        ]
        if wanted is not None:
            found = [entry for entry in found if entry.kind in wanted]
        return sorted(found, key=lambda entry: (entry.created, entry.number))

    def days(self, kinds: Iterable[str] | None = None) -> list[date]:
        """Return the days on which something was taken, earliest first.

        Raises:
            Refused: there is no card.
        """
        return sorted({entry.created.date() for entry in self.entries(kinds=kinds)})

    def find(self, number: int) -> Entry | None:
        """Return an entry by its number, while it is on a card in the camera."""
        if not self._parts.card.present:
            return None
        files = [file for file in self._parts.card.files if file.number == number]
        files.sort(key=lambda file: file.kind == "raw")
        return Entry(number, tuple(files)) if files else None

    async def delete(self, numbers: Sequence[int | None]) -> None:
        """Delete entries; what is protected or not there stays, and the others go.

        It goes on when whoever asked is gone.

        Raises:
            Refused: not in this state; some could not be deleted; the card was taken out.
        """
        self._parts.machine.move(Cause.DELETE)
        deleting = self._parts.work.start(self._delete(numbers), "deletion")
        await asyncio.wait([deleting])
        if deleting.cancelled():
            raise Refused(Reason.INTERRUPTED, "the camera was switched off")
        deleting.result()

    async def file(self, entry: Entry, form: Form) -> StoredFile | None:
        """Return one of an entry's files, made now if need be; None where it has none of that form."""
        main = entry.main
        if form == "movie":
            return None if main.movie is None else self._movie(main, main.movie)
        if form == "raw":
            raw, facts = entry.raw, self._parts.profile.raw
            if raw is None or raw.recipe is None or facts is None:
                return None
            size = self._parts.scaled(facts.size)
            return await self._made_file(raw, form, develop_raw, raw.recipe, size)
        if main.recipe is not None:
            return await self._copy(main, form, main.recipe)
        if main.movie is not None and form == "thumbnail":
            return await self._made_file(main, form, first_thumbnail, main.movie)
        return None

    def pixels(self, recipe: StillRecipe, form: Form) -> tuple[int, int]:
        """Return the width and height of a still in that form."""
        stills = self._parts.profile.stills
        match form:
            case "large":
                return self._parts.scaled(stills.postview[recipe.aspect])
            case "small":
                return self._parts.scaled(stills.small[recipe.aspect])
            case "thumbnail":
                return THUMBNAIL_SIZE
            case _:
                return recipe.view.width, recipe.view.height

    async def _copy(self, file: CardFile, form: Form, recipe: StillRecipe) -> StoredFile:
        if form == "original":
            return await self._made_file(file, form, develop, recipe)
        if form == "thumbnail":
            return await self._made_file(file, form, develop_thumbnail, recipe, self.pixels(recipe, "small"))
        quality = self._parts.profile.stills.postview_quality
        return await self._made_file(file, form, _develop_copy, recipe, self.pixels(recipe, form), quality)

    async def _made_file(
        self, file: CardFile, form: Form, make: Callable[..., bytes], recipe: Hashable, *how: object
    ) -> StoredFile:
        """Return a file that fits into memory; the last ones made are kept for a client that comes back."""
        key = (recipe, form)
        data = self._made.get(key)
        if data is None:
            parts = self._parts
            data = await off_loop(parts.clock, make, recipe, *how)
            self._made[key] = data
        self._made.move_to_end(key)
        while len(self._made) > 1 and sum(map(len, self._made.values())) > _KEPT_BYTES:
            self._made.popitem(last=False)
        name = file.name if form in ("original", "raw") else f"{file.name.partition('.')[0]}.JPG"
        return StoredFile(name, len(data), _reader(data))

    def _movie(self, file: CardFile, recipe: MovieRecipe) -> StoredFile:
        """Return a movie, whose frames are rendered as they are sent."""
        head = mp4_head(
            size=recipe.size,
            frames=recipe.frames,
            frames_s=recipe.frames_s,
            frame_bytes=recipe.frame_bytes,
            created=file.created,
        )
        parts = self._parts

        async def read(start: int, stop: int) -> AsyncGenerator[bytes, None]:
            if start < len(head):
                yield head[start:stop]
            first = max(0, start - len(head)) // recipe.frame_bytes
            for frame in range(first, recipe.frames):
                at = len(head) + frame * recipe.frame_bytes
                if at >= stop:
                    return
                data = await off_loop(parts.clock, stored_frame, recipe, frame)
                yield data[max(0, start - at) : stop - at]

        return StoredFile(file.name, len(head) + recipe.frames * recipe.frame_bytes, read)

    async def _delete(self, numbers: Sequence[int | None]) -> None:
        parts, refusal = self._parts, None
        for number in numbers:
            await parts.clock.sleep(parts.profile.timings.delete)
            if not parts.card.present:
                refusal = Refused(Reason.STORAGE_GONE, "the card was taken out")
                break
            entry = None if number is None else self.find(number)
            if entry is None or entry.protected or parts.card.protected:
                refusal = Refused(Reason.NOT_ALL_DELETED, f"{number} is protected or not there")
            else:
                parts.card.remove(*entry.files)
        parts.machine.move(Cause.DELETED)
        if refusal is not None:
            raise refusal

    def _require_card(self) -> None:
        if not self._parts.card.present:
            raise Refused(Reason.STORAGE_GONE, "there is no card in the camera")


def _develop_copy(recipe: StillRecipe, size: tuple[int, int], quality: int) -> bytes:
    return develop(recipe, size=size, quality=quality)


def _reader(data: bytes) -> Callable[[int, int], AsyncGenerator[bytes, None]]:
    async def read(start: int, stop: int) -> AsyncGenerator[bytes, None]:
        yield data[start:stop]

    return read
