"""What `remote` can do: its actions by name, each with the options that belong to it and its words."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remotelens.cli.run import Run
from remotelens.clock import REAL_CLOCK
from remotelens.errors import InvalidValue, ProtocolError, RefusedError, RemoteLensError

if TYPE_CHECKING:
    from remotelens.camera.ble.track import Whereabouts
    from remotelens.camera.remote import Remote
    from remotelens.protocol.ble.location import Position
    from remotelens.protocol.ble.supply import Battery, MediaSlot

    Opens = Callable[[], AbstractAsyncContextManager[Remote]]

MOVE_S = 0.5
SPEED_PERCENT = 50
TAPS = ("c1", "af-on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for beyond the action itself; None where nothing was said."""

    word: str | None = None
    span_s: float | None = None
    bulb_s: float | None = None
    speed_percent: int | None = None
    manual_focus: bool | None = None
    place: str | None = None
    gpx: Path | None = None
    every_s: float | None = None


Work = Callable[[Run, "Opens", Order], Awaitable[None]]
Words = Callable[[dict[str, Any]], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do.

    Attributes:
        work: does it, and fills the run's result.
        words: renders the result as text.
        takes: the options that mean something here.
        choices: what the word after the action can be; empty for none, None for any.
        ready: the camera must be awake, and take buttons.
    """

    work: Work
    words: Words
    takes: frozenset[str] = frozenset()
    choices: tuple[str, ...] | None = ()


async def _shutter(run: Run, opens: Opens, order: Order) -> None:
    async with _ready(opens) as remote:
        autofocus = not order.manual_focus
        if order.bulb_s is None:
            shot = await remote.shutter.shoot(autofocus=autofocus)
        else:
            shot = await remote.shutter.bulb(order.bulb_s, autofocus=autofocus)
    run.result.update(confirmed=True, **asdict(shot))


def _shutter_words(result: dict[str, Any]) -> Iterator[str]:
    focus = {True: "in focus", False: "no focus found", None: "focus not told"}[result["focused"]]
    opened = "" if result["open_s"] is None else f", open for {_seconds(result['open_s'])}"
    yield f"the camera confirms an exposure ({focus}{opened})"
    if result["closed_early"]:
        yield "  it closed before it was released: set the camera's shutter speed to BULB"


async def _half_press(run: Run, opens: Opens, order: Order) -> None:
    async with _ready(opens) as remote:
        seen = await remote.shutter.half_press(order.span_s or 0.0)
    run.result.update(confirmed=seen.focused is not None, **asdict(seen))


def _half_press_words(result: dict[str, Any]) -> Iterator[str]:
    yield {True: "in focus", False: "no focus found", None: "the camera does not tell of its focus"}[
        result["focused"]
    ]


async def _press(run: Run, opens: Opens, order: Order) -> None:
    from remotelens.protocol.ble.remote import Button

    button = Button((order.word or "").replace("-", "_"))
    async with _ready(opens) as remote:
        if button is Button.AF_ON:
            seen = await remote.shutter.half_press(order.span_s or 0.0, button=button)
            run.result.update(confirmed=seen.focused is not None, focused=seen.focused)
        else:
            await remote.buttons.tap(button)
            run.result.update(confirmed=None, focused=None)


def _press_words(result: dict[str, Any]) -> Iterator[str]:
    focus = {True: ": in focus", False: ": no focus found", None: ""}[result["focused"]]
    yield f"pressed{focus}"


async def _record(run: Run, opens: Opens, order: Order) -> None:
    stop = asyncio.Event()
    async with _ready(opens) as remote:
        async with remote.movie.recording() as started_at:
            started_s = REAL_CLOCK.monotonic()
            run.on_interrupt = stop.set
            run.say("recording" + ("; interrupt to stop" if order.span_s is None else ""))
            await _span(stop, order.span_s)
        seconds = REAL_CLOCK.monotonic() - started_s
    run.result.update(confirmed=True, started_at=started_at, seconds=round(seconds, 1))


def _record_words(result: dict[str, Any]) -> Iterator[str]:
    yield f"the camera confirms a movie of {result['seconds']:g} s"


async def _zoom(run: Run, opens: Opens, order: Order) -> None:
    await _move(run, opens, order, "zoom")


async def _focus(run: Run, opens: Opens, order: Order) -> None:
    await _move(run, opens, order, "focus")


async def _move(run: Run, opens: Opens, order: Order, what: str) -> None:
    speed = (order.speed_percent or SPEED_PERCENT) / 100
    async with _ready(opens) as remote:
        move = remote.lens.zoom if what == "zoom" else remote.lens.focus
        moved = await move(order.word or "", order.span_s or MOVE_S, speed=speed)
    run.result.update(confirmed=None, **asdict(moved))


def _move_words(result: dict[str, Any]) -> Iterator[str]:
    yield f"moved to {result['direction']} for {result['seconds']:.1f} s; how far, the camera does not tell"


async def _status(run: Run, opens: Opens, order: Order) -> None:
    del order
    from remotelens.protocol.ble.control import StatusTag, WifiState

    async with opens() as remote:
        advert, readings = remote.camera.advert, remote.readings
        status = await _told(readings.camera_status())
        wifi = None if status is None else status.wifi
        battery = await _told(readings.battery())
        media = await _told(readings.media())
        run.result.update(
            address=remote.camera.address,
            name=remote.camera.name,
            rssi=remote.camera.rssi,
            on=advert.on,
            wake_allowed=advert.wake_allowed,
            remote_enabled=advert.remote_enabled if advert.on else None,
            model=await _told(readings.model()),
            firmware=await _told(readings.firmware()),
            friendly_name=await _told(readings.friendly_name()),
            wifi=wifi.name.lower() if isinstance(wifi, WifiState) else wifi,
            recording=None if status is None else status.flag(StatusTag.MOVIE_RECORDING),
            clock_set=None if status is None else status.flag(StatusTag.CLOCK_SET),
            battery_ratio=_ratio(battery),
            storage=None if media is None else [_slot(slot) for slot in media.slots if slot.flags],
        )


def _status_words(result: dict[str, Any]) -> Iterator[str]:
    awake = "on" if result["on"] else "asleep"
    name = result["name"] or result["model"] or "camera"
    yield f"{name} ({result['address']}): {awake}, {result['rssi']} dBm"
    yield f"  firmware      {_or_dash(result['firmware'])}, called {_or_dash(result['friendly_name'])}"
    ratio = result["battery_ratio"]
    yield f"  battery       {'not told' if ratio is None else f'{ratio:.0%}'}"
    for number, slot in enumerate(result["storage"] or (), 1):
        room = "" if slot["images_left"] is None else f", room for {slot['images_left']} pictures"
        yield f"  slot {number}        {slot['state']}{room}"
    yield f"  Wi-Fi         {_or_dash(result['wifi'])}"
    if result["recording"]:
        yield "  recording a movie"
    if result["remote_enabled"] is False:
        yield "  its menu does not allow remote control (Bluetooth Rmt Ctrl)"


async def _battery(run: Run, opens: Opens, order: Order) -> None:
    del order
    from remotelens.protocol.ble.supply import ExternalPower, PackPosition

    async with opens() as remote:
        battery = await remote.readings.battery()
    run.result.update(
        battery_ratio=_ratio(battery),
        packs=[
            {
                "position": _name(PackPosition, pack.position),
                "percent": pack.percent,
                "level": pack.state,
            }
            for pack in battery.packs
            if pack.in_use
        ],
        power=_name(ExternalPower, battery.power),
    )


def _battery_words(result: dict[str, Any]) -> Iterator[str]:
    for pack in result["packs"]:
        yield f"{pack['position']}: {pack['percent']} %"
    if result["power"] == "usb":
        yield "fed by USB"


async def _clock(run: Run, opens: Opens, order: Order) -> None:
    del order
    async with opens() as remote:
        done = await remote.clock.set()
    run.result.update(
        confirmed=done.confirmed,
        utc=done.setting.utc,
        offset_min=done.setting.offset_min,
        summer_time=done.setting.summer_time,
    )


def _clock_words(result: dict[str, Any]) -> Iterator[str]:
    how = "the camera confirms" if result["confirmed"] else "sent, not confirmed"
    yield f"clock: {how} {result['utc']:%Y-%m-%d %H:%M:%S} UTC, zone {result['offset_min']:+d} min"


async def _rename(run: Run, opens: Opens, order: Order) -> None:
    async with opens() as remote:
        await remote.readings.rename(order.word or "")
        run.result.update(friendly_name=await remote.readings.friendly_name())


def _rename_words(result: dict[str, Any]) -> Iterator[str]:
    yield f"the camera is called {result['friendly_name']}"


async def _location(run: Run, opens: Opens, order: Order) -> None:
    from remotelens.camera.ble.location import SOONEST_S, check_interval
    from remotelens.camera.geotag import geotag

    every_s = SOONEST_S if order.every_s is None else order.every_s
    check_interval(every_s)
    whereabouts = await asyncio.to_thread(_whereabouts, order, every_s)
    stop = asyncio.Event()
    limit = REAL_CLOCK.timeout(None)
    run.result["items"] = []

    def sent(position: Position) -> None:
        if order.span_s is not None and limit.when() is None:
            limit.reschedule(REAL_CLOCK.monotonic() + order.span_s)
        run.add({"utc": position.utc, "latitude": position.latitude, "longitude": position.longitude})

    def lost(error: RemoteLensError, pause_s: float) -> None:
        run.say(f"{error}; trying again in {pause_s:.0f} s")

    feeding = asyncio.create_task(
        geotag(opens, whereabouts, clock=REAL_CLOCK, every_s=every_s, on_sent=sent, on_lost=lost)
    )
    stopping = asyncio.create_task(stop.wait())
    run.on_interrupt = stop.set
    try:
        async with limit:
            await asyncio.wait({feeding, stopping}, return_when=asyncio.FIRST_COMPLETED)
    except TimeoutError:
        run.say("the time is over")
    finally:
        has_ended = feeding.done()
        for task in (feeding, stopping):
            task.cancel()
        await asyncio.wait({feeding, stopping})
    if has_ended:
        feeding.result()


def _whereabouts(order: Order, every_s: float) -> Whereabouts:
    from remotelens.camera.ble.track import Place, Still, load_gpx

    if order.place is not None and order.gpx is None:
        return Still(Place.parse(order.place))
    if order.gpx is not None and order.place is None:
        return load_gpx(order.gpx, pace_s=every_s)
    raise InvalidValue("where the camera is was not said", remedy="give one of --at and --gpx")


def location_item(item: dict[str, Any]) -> Iterator[str]:
    """Render one position that the camera took."""
    yield f"{item['utc']:%H:%M:%S}  {item['latitude']:.6f}, {item['longitude']:.6f}"


def _location_words(result: dict[str, Any]) -> Iterator[str]:
    number = len(result["items"])
    yield f"the camera took {number} position{'' if number == 1 else 's'}"


ACTIONS: dict[str, Action] = {
    "shutter": Action(_shutter, _shutter_words, frozenset({"bulb", "mf"})),
    "half-press": Action(_half_press, _half_press_words, frozenset({"for"})),
    "record": Action(_record, _record_words, frozenset({"for"})),
    "zoom": Action(_zoom, _move_words, frozenset({"for", "speed"}), ("tele", "wide")),
    "focus": Action(_focus, _move_words, frozenset({"for", "speed"}), ("near", "far")),
    "press": Action(_press, _press_words, frozenset({"for"}), TAPS),
    "status": Action(_status, _status_words),
    "battery": Action(_battery, _battery_words),
    "clock": Action(_clock, _clock_words),
    "name": Action(_rename, _rename_words, frozenset(), None),
    "location": Action(_location, _location_words, frozenset({"at", "gpx", "every", "for"})),
}


@contextlib.asynccontextmanager
async def _ready(opens: Opens) -> Any:
    async with opens() as remote:
        await remote.ready()
        yield remote


async def _span(stop: asyncio.Event, span_s: float | None) -> None:
    """Wait until stopped, or for so long."""
    try:
        async with REAL_CLOCK.timeout(span_s) as limit:
            await stop.wait()
    except TimeoutError:
        if not limit.expired():
            raise


async def _told(reading: Awaitable[Any]) -> Any:
    """Return what the camera tells, None where this body, or this moment, has no answer."""
    try:
        return await reading
    except (RefusedError, ProtocolError):
        return None


def _ratio(battery: Battery | None) -> float | None:
    """Return the charge of the pack that feeds the camera, None where none is told of."""
    packs = [] if battery is None else [pack for pack in battery.packs if pack.in_use]
    return packs[0].percent / 100 if packs else None


def _slot(slot: MediaSlot) -> dict[str, Any]:
    from remotelens.protocol.ble.supply import MediaState

    return {
        "state": _name(MediaState, slot.state),
        "images_left": slot.shots_left,
        "movie_seconds_left": slot.seconds_left,
    }


def _name(kind: Any, value: int) -> str | int:
    try:
        return str(kind(value).name.lower())
    except ValueError:
        return value


def _seconds(span_s: float) -> str:
    """Return a span as far as the camera's words can tell it."""
    return f"{span_s:.2f} s" if span_s < 1 else f"{span_s:.1f} s"


def _or_dash(value: Any) -> str:
    return "-" if value is None else str(value)
