import subprocess
import sys
from typing import Any

import pytest

from emulator.rack import Emulator
from tests.emulator.wire import call

pytest_plugins = ("pytester",)


@pytest.mark.emulated_camera(model="ILCE-QX1", faults=["rpc:error=1,match=getSelfTimer"])
async def test_the_marker_says_which_camera(emulated_camera: Any) -> None:
    assert emulated_camera.ready["model"] == "ILCE-QX1"
    assert "error" in (await call(emulated_camera.port, "getSelfTimer")).json


@pytest.mark.emulated_camera("DSC-QX100")
def test_the_model_may_stand_first(emulated_camera: Any) -> None:
    assert emulated_camera.ready["model"] == "DSC-QX100"


async def test_the_factory_makes_emulators_in_the_tests_own_loop(emulator_factory: type[Emulator]) -> None:
    async with emulator_factory(models=["DSC-QX10", "ILCE-QX1"], clock="virtual") as emulator:
        assert [camera.id for camera in emulator.cameras] == ["qx10-1", "qx1-2"]


def test_the_plugin_loads_nothing_heavy() -> None:
    script = (
        "import sys, pytest, emulator.pytest_plugin;"
        "heavy = {'aiohttp', 'numpy', 'bleak', 'bumble', 'msgspec', 'emulator.rack'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_it_works_by_being_installed_and_shows_the_journal_with_a_failing_test(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import urllib.request

        def test_ok(emulated_camera):
            assert urllib.request.urlopen(emulated_camera.description_url).status == 200

        def test_bad(emulated_camera):
            urllib.request.urlopen(emulated_camera.description_url).close()
            assert False
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "--strict-markers")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*emulated camera*", "*description request*"])


def test_time_stands_still_for_whoever_asks_for_the_clock(emulated_camera: Any, emulator_clock: Any) -> None:
    before = emulator_clock.now()
    emulated_camera.press("full", 0.5)
    assert emulated_camera.state["stills_on_card"] == 0
    emulator_clock.advance(10)
    assert emulated_camera.state["stills_on_card"] == 1
    assert (emulator_clock.now() - before).total_seconds() == 10
    emulator_clock.jump(3600)
    assert emulator_clock.monotonic() == 10


@pytest.mark.emulated_camera(model="ILCE-QX1", scene="chart", seed=7, faults=["chaos:mild"])
def test_the_marker_takes_scene_seed_and_mixes_of_faults(emulated_camera: Any) -> None:
    assert emulated_camera.emulator.stage.name == "chart"
    assert len(emulated_camera.emulator.faults.rules()) > 10
