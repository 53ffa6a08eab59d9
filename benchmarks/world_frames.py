"""What a picture of the emulated world costs, against encoding alone: CPU of this thread's process."""

from __future__ import annotations

import asyncio
import itertools
import resource
from collections.abc import Callable
from dataclasses import replace

from benchmarks.harness import alternate, own_cpu_s, tell
from emulator.body.camera import Body
from emulator.clock import RealClock
from emulator.journal import Journal
from emulator.profiles import load as load_profile
from emulator.world import Exposure, Optics, SensorFacts, View, encode_jpeg, load_scene, meter, render

_SENSOR = SensorFacts(2.412, 288_000, 160, 3.3, 1.9, 0.67, dark_e_s=0.2, prnu=0.006, dsnu_e=0.7)
_OPTICS = Optics(10.4, 2.0, 13.2, 8.8, widest_f_number=1.8)
_FRAMES = 20
_REPEATS = 2000


def main() -> None:
    """Measure live frames and one still, and tell."""
    scene = load_scene("bench", 1)
    still_scene = load_scene("chart", 1)
    exposure = _metered("bench")
    view = View(_OPTICS, exposure, _SENSOR, 640, 480, live=True, white_balance=5000.0)
    picture = render(scene, view)
    count = itertools.count(1)

    def encode() -> None:
        encode_jpeg(picture, quality=22, strip_app0=True)

    def noise() -> None:
        render(still_scene, replace(view, noise_seed=next(count)))

    def moving() -> None:
        render(scene, replace(view, noise_seed=next(count), time_s=next(count) / 30))

    def exposed() -> None:
        render(scene, replace(view, exposure=replace(exposure, iso=160 + next(count) / 100)))

    def focused() -> None:
        render(scene, replace(view, optics=replace(_OPTICS, focus_m=1 + next(count) / 1000)))

    def zoomed() -> None:
        render(
            scene,
            replace(view, optics=replace(_OPTICS, focal_mm=10.4 + next(count) / 100, defocus_px_640=3.0)),
        )

    ways: dict[str, Callable[[], None]] = {
        "encode 640x480 4:2:2 (floor)": encode,
        "new noise only (aim <= 3 x)": noise,
        "what moves has moved": moving,
        "after a change of exposure (aim <= 16 x)": exposed,
        "after a change of focus (aim <= 16 x)": focused,
        "after a change of zoom (aim <= 16 x)": zoomed,
    }
    measured = {name: lambda way=way: _each_ms(way) for name, way in ways.items()}
    figures = alternate({**measured, "come over again (aim <= 0.1 x)": _repeated_ms}, unit="ms")
    tell("Live frames of the emulated world", figures, "encode 640x480 4:2:2 (floor)")

    large = replace(view, width=5472, height=3648, live=False)

    def still() -> float:
        before = own_cpu_s()
        encode_jpeg(render(scene, replace(large, noise_seed=next(count))), quality=95)
        return own_cpu_s() - before

    tell("A still of 20 megapixels", alternate({"render and encode": still}, unit="s", rounds=3))
    print(
        f"  largest memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )


def _repeated_ms() -> float:
    """A frame of a camera before which nothing changes, once each throw of noise has been made."""

    async def measure() -> float:
        body = Body(
            load_profile("DSC-QX100"), load_scene("chart", 1), RealClock(), 0, 0, Journal(RealClock())
        )
        await body.start()
        await body.aim.measure()
        exposure, limits = body.aim.live, body.profile.liveview.jpeg_bytes
        for _ in range(40):
            await body.eye.live_jpeg(exposure, (640, 480), limits)
            await asyncio.sleep(1 / 60)
        before = own_cpu_s()
        for _ in range(_REPEATS):
            await body.eye.live_jpeg(exposure, (640, 480), limits)
        spent = own_cpu_s() - before
        await body.close()
        return spent / _REPEATS * 1000

    return asyncio.run(measure())


def _metered(name: str) -> Exposure:
    luminance = meter(load_scene(name, 1), _OPTICS, 0.0)
    return Exposure(2.8, 2.8**2 * 12.5 / (luminance * 160), 160)


def _each_ms(way: Callable[[], None]) -> float:
    way()
    before = own_cpu_s()
    for _ in range(_FRAMES):
        way()
    return (own_cpu_s() - before) / _FRAMES * 1000


if __name__ == "__main__":
    main()
