"""The pictures stored in the camera: listing, fetching and deleting them.

Only for cameras with the avContent service, and only while they are in Contents Transfer, in which they
cannot shoot. Source: protocol/wifi.md 9.1 and 9.3; quirks 14, 15, 17 and 45.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path

from remotelens.camera.ending import Ending
from remotelens.camera.line import Line
from remotelens.camera.live_view import Opener
from remotelens.camera.pictures import Pictures
from remotelens.camera.playback import Playback, playing
from remotelens.camera.shot import ORIGINAL
from remotelens.camera.state import CONTENTS_TRANSFER, REMOTE_SHOOTING
from remotelens.errors import (
    ContentGone,
    InvalidValue,
    NotAvailableNow,
    NotSupported,
    RefusedError,
    RemoteLensError,
    SupplyError,
)
from remotelens.library.fetch import StoredFile
from remotelens.library.names import safe_name
from remotelens.protocol.wifi.codes import END_OF_CONTENTS_TEXT, ApiError
from remotelens.protocol.wifi.contents import (
    DIRECTORY,
    MAX_PAGE,
    SCHEME,
    Content,
    OriginalFile,
    count_listed,
    count_params,
    decode_contents,
    decode_count,
    decode_names,
    list_params,
)

IN_TRANSFER = "ContentsTransfer"
SWITCH_TIMEOUT_S = 25.0
AFTER_SWITCH_S = 0.3
LIST_TIMEOUT_S = 30.0
DELETE_TIMEOUT_S = 60.0
DELETE_AT_ONCE = 50
MAX_FILE_BYTES = 8 * 1024**3
FORMAT_TIMEOUT_S = 60.0
FORMATTED = "Success"
_SERVICE = "avContent"
_log = logging.getLogger(__name__)


class Contents:
    """What is stored in one camera."""

    def __init__(self, line: Line, pictures: Pictures, open_stream: Opener) -> None:
        self._line = line
        self._pictures = pictures
        self._open_stream = open_stream
        self._switching = asyncio.Lock()
        self._users = 0
        self._returning = False
        """Whether the camera was told to go back to shooting, and has not been seen there yet."""
        self._back = Ending(
            line,
            "setCameraFunction",
            REMOTE_SHOOTING,
            going=lambda state: state.camera_function == CONTENTS_TRANSFER,
            doubt=f"the camera may still be in {CONTENTS_TRANSFER}, in which it takes no pictures",
        )

    @property
    def supported(self) -> bool:
        """Whether this camera gives its stored pictures out over this API."""
        return self._line.has("getContentList", _SERVICE)

    @asynccontextmanager
    async def transfer(self) -> AsyncIterator[None]:
        """Put the camera into Contents Transfer for as long as the block runs.

        Blocks may overlap: the first puts it there, and the last puts it back.

        Raises:
            NotSupported: this camera does not give its stored pictures out.
            AuthenticationNeeded: it does after `actEnableMethods` only.
        """
        if not self.supported:
            raise NotSupported(
                "this camera does not give its stored pictures out over this connection",
                camera=self._line.name,
                remedy="fetch each picture when it is taken, or read the card",
            )
        self._users += 1
        try:
            async with self._switching:
                if self._returning:
                    await self._put_back()
                if self._line.state.camera_function != CONTENTS_TRANSFER:
                    await self._enter()
            yield
        except BaseException:
            try:
                await self._leave()
            except RemoteLensError as error:  # what ended the block is told
                _log.warning("%s", error)
            raise
        await self._leave()

    async def settle(self) -> None:
        """Put the camera back into shooting where that should have been done before.

        Raises:
            RefusedError, LinkError: it is in Contents Transfer still.
        """
        if self._returning:
            async with self._switching:
                if not self._users:
                    await self._put_back()

    async def close(self) -> None:
        """Put the camera back into shooting where a block could not."""
        await self._back.close()

    async def sources(self) -> tuple[str, ...]:
        """Return what holds pictures; usually one card."""
        values = await self._line.call("getSourceList", {"scheme": SCHEME}, service=_SERVICE)
        return decode_names(values, "source")

    async def count(self, source: str) -> int:
        """Return how many pictures and movies a source holds."""
        values = await self._line.call(
            "getContentCount",
            *count_params(source),
            service=_SERVICE,
            version="1.2",
            timeout_s=LIST_TIMEOUT_S,
        )
        return decode_count(values)

    async def entries(
        self, *, newest_first: bool = False, since: datetime | None = None
    ) -> AsyncIterator[Content]:
        """Yield every picture and movie, day by day: a flat list gets extremely slow with many files.

        Args:
            newest_first: the last day first, and its last picture.
            since: leave out the days before that of this moment of the camera's clock.
        """
        first = "" if since is None else f"{since:%Y%m%d}"
        for source in await self.sources():
            days = [day async for day in self._pages(source) if _day_of(day) >= first]
            for day in sorted(days, key=lambda one: one.title, reverse=newest_first):
                if day.kind != DIRECTORY:
                    yield day
                    continue
                sort = "descending" if newest_first else "ascending"
                async for entry in self._pages(day.uri, sort=sort):
                    yield entry

    async def fetch(self, entry: Content, folder: Path, *, size: str = ORIGINAL) -> tuple[StoredFile, ...]:
        """Bring an entry's files into a folder: the picture, and its raw where there is one.

        Args:
            entry: which.
            folder: where they shall stand; nothing there is overwritten.
            size: ``original``, or one of the JPEGs that the camera makes of it: ``large`` (about 2
                megapixels), ``small`` or ``thumbnail``.

        Raises:
            InvalidValue: there is no such size.
            ContentGone: the camera has none in that size.
        """
        if size != ORIGINAL:
            return (await self._fetch_copy(entry, folder, size),)
        return tuple([await self.fetch_file(file, folder) for file in entry.originals])

    async def _fetch_copy(self, entry: Content, folder: Path, size: str) -> StoredFile:
        urls = {"large": entry.large_url, "small": entry.small_url, "thumbnail": entry.thumbnail_url}
        if size not in urls:
            raise InvalidValue(
                f"size cannot be {size}", remedy=f"choose one of {ORIGINAL}, {', '.join(urls)}"
            )
        url = urls[size]
        if url is None:
            raise ContentGone(
                f"the camera gives no {size} picture of this",
                camera=self._line.name,
                remedy="fetch the original",
            )
        stem = Path(entry.originals[0].file_name if entry.originals else "picture").stem
        return await self._pictures.fetch(url, folder, safe_name(f"{stem}-{size}.JPG"))

    async def fetch_file(self, file: OriginalFile, folder: Path, name: str | None = None) -> StoredFile:
        """Bring one file of an entry into a folder.

        Args:
            file: which.
            folder: where it shall stand; nothing there is overwritten.
            name: its file name; None for what the camera calls it.
        """
        name = name or safe_name(file.file_name)
        return await self._pictures.fetch(file.url, folder, name, limit_bytes=MAX_FILE_BYTES)

    def play(self, entry: Content) -> AbstractAsyncContextManager[Playback]:
        """Have the camera play a stored movie for as long as the block runs, and see its images here.

        ::

            async with camera.contents.transfer(), camera.contents.play(entry) as movie:
                await movie.start()
                async for frame in movie.frames(): ...

        Raises:
            NotSupported: the camera does not play it.
        """
        return playing(self._line, entry, self._open_stream)

    async def format(self, storage: str) -> None:
        """Format a card: all that is on it is lost.

        Args:
            storage: its name, as `power.storage` tells it.

        Raises:
            NotSupported: this camera formats nothing.
            AuthenticationNeeded: it does for registered developers only.
            RefusedError: it could not.
        """
        line = self._line
        await line.wait_idle()
        line.require("actFormatStorage", "formatting", "wait until the camera is idle")
        await line.call("actFormatStorage", storage, timeout_s=FORMAT_TIMEOUT_S)
        await line.snapshot()  # so that the result of an earlier formatting is not taken for this one's
        state = await line.until(
            lambda state: state.idle and state.format_result is not None,
            timeout_s=FORMAT_TIMEOUT_S,
            what="the end of formatting",
        )
        if state.format_result != FORMATTED:
            raise RefusedError(
                f"the camera could not format {storage}: {state.format_result}",
                camera=line.name,
                remedy="see that the card is not protected",
            )

    async def delete(self, entries: Iterable[Content]) -> None:
        """Delete pictures and movies from the camera's card.

        Raises:
            RefusedError: some could not be deleted, such as protected ones; the others were.
        """
        uris = [entry.uri for entry in entries]
        for start in range(0, len(uris), DELETE_AT_ONCE):
            batch = {"uri": uris[start : start + DELETE_AT_ONCE]}
            await self._line.call(
                "deleteContent", batch, service=_SERVICE, version="1.1", timeout_s=DELETE_TIMEOUT_S
            )
            await self._line.until(
                lambda state: state.status == IN_TRANSFER,
                timeout_s=DELETE_TIMEOUT_S,
                what="the end of the deletion",
            )

    async def _pages(self, uri: str, *, sort: str = "ascending") -> AsyncIterator[Content]:
        start = 0
        while True:
            params = list_params(uri, start=start, sort=sort)
            try:
                values = await self._line.call(
                    "getContentList", *params, service=_SERVICE, version="1.3", timeout_s=LIST_TIMEOUT_S
                )
            except NotAvailableNow as error:
                if error.code == ApiError.ANY and END_OF_CONTENTS_TEXT in error.message:
                    return
                raise
            for entry in decode_contents(values):
                yield entry
            listed = count_listed(values)
            if listed < MAX_PAGE:
                return
            start += listed

    async def _enter(self) -> None:
        """Put the camera into Contents Transfer; what may have come of a failure is put back."""
        if self._line.state.passing:  # while it saves a picture it refuses that
            await self._line.wait_idle()
        try:
            await self._back.begin("setCameraFunction", CONTENTS_TRANSFER)
        except (RefusedError, SupplyError):
            raise
        except BaseException:
            self._returning = True
            raise
        await self._until_in(CONTENTS_TRANSFER)

    async def _leave(self) -> None:
        """Put the camera back into shooting after its last user, and return when it is."""
        self._users -= 1
        async with self._switching:
            if not self._users:
                self._returning = self._returning or self._back.owed
                await self._put_back()

    async def _put_back(self) -> None:
        if self._returning:
            if self._back.owed:
                await self._back.now()
            await self._until_in(REMOTE_SHOOTING)
            self._returning = False

    async def _until_in(self, function: str) -> None:
        """Return when the camera is in a function: its lens may fold or extend meanwhile."""
        line = self._line
        in_transfer = function == CONTENTS_TRANSFER
        await line.until(
            lambda state: (
                state.camera_function == function
                and (state.status == IN_TRANSFER if in_transfer else state.idle)
            ),
            timeout_s=SWITCH_TIMEOUT_S,
            what=f"the camera in {function}",
        )
        await line.clock.sleep(AFTER_SWITCH_S)


def _day_of(entry: Content) -> str:
    """Return the day of a folder as ``20140818``; what is no folder of a day sorts last."""
    day = entry.title.replace("-", "")
    return day if entry.kind == DIRECTORY and day.isdecimal() else "~"
