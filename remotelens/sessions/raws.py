"""The raw files of a session, brought from the card when nothing is left to take.

Fetching them takes the camera out of shooting, so they wait until the pictures are here.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

from remotelens.camera.shot import RAW
from remotelens.errors import LinkError, ProtocolError, RefusedError, RemoteLensError
from remotelens.sessions.engine import Engine
from remotelens.sessions.fetching import FETCH_ATTEMPTS, STOP_GRACE_S, kept_record
from remotelens.sessions.leftovers import cleared
from remotelens.sessions.logbook import Logbook
from remotelens.sessions.progress import FrameStanding, is_other_camera
from remotelens.sessions.waiting import Waiting


class RawFiles:
    """Brings the raw files of frames that have one, each into the journal as soon as it is here.

    Args:
        engine: what has them.
        folder: where they go, beside their pictures and under their names.
        logbook: the session's.
        waiting: the session's.
    """

    def __init__(self, engine: Engine, folder: Path, logbook: Logbook, waiting: Waiting) -> None:
        self._engine = engine
        self._folder = folder
        self._logbook = logbook
        self._waiting = waiting

    async def bring(self, uuid: str | None) -> None:
        """Bring what the card still has; what it does not give out is noted and stays there.

        Args:
            uuid: the present camera's own id; raw files of another one are left alone.

        Raises:
            StopAsked: the session was asked to stop; the rest comes when it is resumed.
            SupplyError: there is no room for them.
        """
        failures = 0
        while left := self._left(uuid):
            try:
                await self._bring(left, uuid)
            except LinkError as error:
                failures = failures + 1 if self._left(uuid) == left else 0
                if failures < FETCH_ATTEMPTS:
                    await self._waiting.for_camera(error)
                    continue
                await self._stay(uuid, error)
            except (ProtocolError, RefusedError) as error:
                await self._stay(uuid, error)
            return

    async def _stay(self, uuid: str | None, error: RemoteLensError) -> None:
        names = ", ".join(map(str, self._left(uuid)))
        await self._logbook.note(f"raw files of frames {names} stay on the card: {error.message}")

    async def _bring(self, left: dict[int, list[Path]], uuid: str | None) -> None:
        """Bring the raw files of these frames' pictures."""
        frames = {path: n for n, paths in left.items() for path in paths}
        everything = [path for frame in self._frames(uuid) for path in self._pictures(frame)]
        async with contextlib.aclosing(self._engine.raws(everything, list(frames), self._folder)) as files:
            while brought := await self._waiting.unless_stopped(anext(files, None), STOP_GRACE_S):
                picture, file = brought
                if isinstance(file, RemoteLensError):
                    words = f"the raw file of frame {frames[picture]} stays on the card: {file.message}"
                    await self._logbook.note(words)
                    continue
                (file,) = await asyncio.to_thread(cleared, self._folder, picture.stem, [file])
                await self._logbook.write(kept_record(self._logbook.now(), frames[picture], file))

    def _left(self, uuid: str | None) -> dict[int, list[Path]]:
        """Return by frame the pictures whose raw file is still to be brought."""
        left = {frame.n: frame for frame in self._frames(uuid) if frame.raws_left}
        return {n: self._without_raw(frame) for n, frame in left.items()}

    def _frames(self, uuid: str | None) -> Sequence[FrameStanding]:
        frames = self._logbook.progress.frames
        return [
            frame
            for frame in (frames[n] for n in sorted(frames))
            if frame.taken is not None and frame.taken.raw and not is_other_camera(uuid, frame.camera_uuid)
        ]

    def _pictures(self, frame: FrameStanding) -> list[Path]:
        return [self._folder / kept.path for kept in frame.kept if kept.file_kind != RAW]

    def _without_raw(self, frame: FrameStanding) -> list[Path]:
        here = {Path(kept.path).stem for kept in frame.kept if kept.file_kind == RAW}
        return [path for path in self._pictures(frame) if path.stem not in here]
