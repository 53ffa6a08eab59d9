"""The pytest plugin: fixtures with emulated cameras; loads nothing heavy until one is used.

``emulated_camera`` is one camera in a thread and an event loop of its own: it serves synchronous tests,
asynchronous tests of any plugin, and other processes alike. The marker says which::

    @pytest.mark.emulated_camera(model="ILCE-QX1", faults=["rpc:delay=0.5"])
    def test_my_program(emulated_camera): ...

``emulator_clock`` is the time of that camera, which then stands still until the test advances it.
``emulator_factory`` makes an `Emulator` for ``async with`` in the test's own loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from emulator.rack import Emulator
    from emulator.threaded import CameraClock, ThreadedCamera

MARKER = "emulated_camera"
CLOCK = "emulator_clock"
_JOURNAL_TAIL = 30


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(model, scene, faults, seed, …): the camera of the fixture {MARKER}; "
        "the arguments are those of emulator.Emulator, with model for one camera",
    )


@pytest.fixture
def emulated_camera(request: pytest.FixtureRequest) -> Iterator[ThreadedCamera]:
    """Give one emulated camera that runs beside the test."""
    from emulator.threaded import ThreadedCamera

    marker = request.node.get_closest_marker(MARKER)
    options: dict[str, Any] = {} if marker is None else dict(marker.kwargs)
    if marker is not None and marker.args:
        options["model"] = marker.args[0]
    if CLOCK in request.fixturenames:
        options.setdefault("clock", "virtual")
    with ThreadedCamera(**options) as camera:
        request.node.stash[_CAMERA] = camera
        yield camera


@pytest.fixture
def emulator_clock(emulated_camera: ThreadedCamera) -> CameraClock:
    """Give the time of ``emulated_camera``, which stands still but for `advance`."""
    return emulated_camera.clock


@pytest.fixture
def emulator_factory() -> Callable[..., Emulator]:
    """Give the class `Emulator`, for ``async with`` in the test's own loop."""
    from emulator.rack import Emulator

    return Emulator


_CAMERA = pytest.StashKey["ThreadedCamera"]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Show the end of the journal with a test that failed."""
    report: pytest.TestReport = yield
    camera = item.stash.get(_CAMERA, None)
    if call.when == "call" and report.failed and camera is not None:
        report.sections.append(("emulated camera", "\n".join(camera.journal_lines(_JOURNAL_TAIL))))
    return report
