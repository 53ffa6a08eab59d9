"""Whether a plan's settings can be meant: on paper, and on the camera that is at hand; nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from remotelens.camera.descriptors import DESCRIPTORS, Category, Descriptor
from remotelens.camera.matching import match
from remotelens.camera.settings import descriptor_of
from remotelens.errors import InvalidValue, NotAvailableNow, NotSupported, PlanError, RemoteLensError
from remotelens.plans.steps import Interval, Plan, Set, SettingValue, Step

if TYPE_CHECKING:
    from remotelens.camera.camera import Camera

_ORDER = {one.name: place for place, one in enumerate(DESCRIPTORS)}


def check_settings(plan: Plan, *, file: str | None = None) -> None:
    """Refuse settings that no camera has, and values that are none of their kind.

    Args:
        plan: what to check.
        file: what its file is called.

    Raises:
        PlanError: with the line.
    """
    for step, name, value in _settings_of(plan.steps):
        try:
            one = descriptor_of(name)
            if one.parse is not None:
                one.parse(str(value))
        except InvalidValue as error:
            raise _refusal(step, name, error, file) from error


def check_on_camera(plan: Plan, camera: Camera, *, file: str | None = None) -> None:
    """Refuse settings that this camera does not have or does not offer.

    What depends on a mode that the plan itself changes before can only be known then.

    Args:
        plan: what to check.
        camera: what it is to be shot with.
        file: what the plan's file is called.

    Raises:
        PlanError: with the line; nothing was sent.
    """
    mode_changed = False
    for step, name, value in _settings_of(plan.steps):
        one = descriptor_of(name)
        try:
            _check_one(one, value, camera, mode_changed=mode_changed)
        except (InvalidValue, NotSupported, NotAvailableNow) as error:
            raise _refusal(step, name, error, file) from error
        mode_changed = mode_changed or one.category is Category.MODE


def _check_one(one: Descriptor, value: SettingValue, camera: Camera, *, mode_changed: bool) -> None:
    try:
        setting = camera.get(one.name)
    except NotAvailableNow:
        if mode_changed:
            return
        raise
    if mode_changed and one.category is not Category.MODE:
        return
    if not setting.writable:
        raise NotAvailableNow(
            f"it cannot be changed now and is {setting.value}", remedy=f"it needs {one.needs}"
        )
    if setting.candidates:
        match(one, value, setting.candidates, camera=camera.name)


def _settings_of(steps: tuple[Step, ...]) -> Iterator[tuple[Set, str, SettingValue]]:
    """Yield the settings in the order in which they are applied: of one step, modes first."""
    for step in steps:
        if isinstance(step, Set):
            for name, value in sorted(step.values, key=lambda one: _ORDER.get(one[0], -1)):
                yield step, name, value
        elif isinstance(step, Interval):
            yield from _settings_of(step.do)


def _refusal(step: Set, name: str, error: RemoteLensError, file: str | None) -> PlanError:
    return PlanError(error.message, file=file, line=step.line, path=f"set.{name}", remedy=error.remedy)
