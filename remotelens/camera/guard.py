"""Leaves a camera's settings as they were: a snapshot, what has drifted from it since, and the way back."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType

from remotelens.camera.descriptors import DESCRIPTORS
from remotelens.camera.line import Line
from remotelens.camera.settings import Settings, descriptor_of
from remotelens.camera.state import Value
from remotelens.errors import CameraBusy, InvalidValue, RefusedError, RemoteLensError

RESTORE_TIMEOUT_S = 60.0
PASSES = 2
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Drift:
    """One setting that is not what it was.

    Attributes:
        name: the setting.
        before: its value in the snapshot.
        now: its value now; None where the camera does not show it in its present mode.
    """

    name: str
    before: Value
    now: Value | None


class SettingsGuard:
    """The settings of one camera as they were, and what has become of them.

    Attributes:
        before: the snapshot: the settings that had something to choose from then.
        drifted: once the guard has ended: what had drifted by then.
        left: once the guard has ended: what could not be put back, as it is now.
    """

    def __init__(self, line: Line, settings: Settings, names: Iterable[str] | None) -> None:
        self._line = line
        self._settings = settings
        chosen = None if names is None else {descriptor_of(name).name for name in names}
        taken = {
            name: setting.value
            for name, setting in settings.now.items()
            if setting.value is not None and (setting.candidates if chosen is None else name in chosen)
        }
        self.before: Mapping[str, Value] = MappingProxyType(taken)
        self.drifted: tuple[Drift, ...] = ()
        self.left: tuple[Drift, ...] = ()

    def drift(self) -> tuple[Drift, ...]:
        """Return what differs from the snapshot now, whoever changed it."""
        now = {name: self._line.state.value(name) for name in self.before}
        return tuple(
            Drift(name, value, now[name]) for name, value in self.before.items() if now[name] != value
        )

    async def restore(self) -> tuple[Drift, ...]:
        """Put back what has drifted, modes first; return what could not be put back.

        A mode that is put back may change other settings by itself, so each is looked at in its turn, and
        what was refused is tried once more when the others stand.

        Raises:
            LinkError: the camera was lost.
        """
        for _ in range(PASSES):
            for one in DESCRIPTORS:
                wanted = self.before.get(one.name)
                if wanted is not None and self._line.state.value(one.name) != wanted:
                    await self._put_back(one.name, wanted)
            if not self.drift():
                break
        return self.drift()

    async def _put_back(self, name: str, wanted: Value) -> None:
        try:
            await self._settings.set(name, wanted)
        except (InvalidValue, RefusedError) as error:
            _log.info("%s: %s is not put back yet: %s", self._line.name, name, error)


@asynccontextmanager
async def guarded(
    line: Line, settings: Settings, names: Iterable[str] | None = None
) -> AsyncIterator[SettingsGuard]:
    """Take the settings as they are, and put back at the end of the block what differs then."""
    if line.state.passing:
        await line.wait_idle()
    if line.lists_outdated:
        await line.refresh_lists()
    guard = SettingsGuard(line, settings, names)
    try:
        yield guard
    except BaseException:
        try:
            await _put_back(line, guard)
        except RemoteLensError as error:
            _log.warning("%s: the settings were not put back: %s", line.name, error)
        raise
    await _put_back(line, guard)


async def _put_back(line: Line, guard: SettingsGuard) -> None:
    guard.drifted = guard.left = guard.drift()
    if not guard.drifted:
        return
    try:
        async with line.clock.timeout(RESTORE_TIMEOUT_S) as limit:
            guard.left = await guard.restore()
    except TimeoutError:
        if not limit.expired():
            raise
        raise CameraBusy(
            f"the settings were not put back within {RESTORE_TIMEOUT_S:g} s",
            camera=line.name,
            remedy="set them again when the camera is ready",
        ) from None
    for one in guard.left:
        _log.warning(
            "%s: %s was %s and could not be put back; it is %s", line.name, one.name, one.before, one.now
        )
