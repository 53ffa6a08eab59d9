"""What every method of every profile does: when it may, when a state forbids it, when a value is wrong.

`table` calls them all on emulated cameras and writes down what it saw, one row a method with three cells. A
cell that cannot exist names its reason and begins with a dash. ``python -m tests.emulator.wifi.coverage``
prints it.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.body.modes import FUNCTION
from emulator.profiles import Profile, load, names
from emulator.profiles.model import Method, mode_name
from emulator.wifi.quartets import MEMBERS
from emulator.wifi.stored import content_id
from emulator.wifi.typecheck import fits
from remotelens.protocol.wifi.codes import END_OF_CONTENTS_TEXT
from remotelens.protocol.wifi.events import SLOTS
from remotelens.protocol.wifi.methods import find
from remotelens.protocol.wifi.rpc import RpcFailure, RpcResult
from tests.emulator.body.rig import Rig, rig, statuses

ILLEGAL = 3
BY_STATE = frozenset({1, 7, 40401})
CARD = "storage:memoryCard1"
VERBS = ("getSupported", "getAvailable", "get", "set")
Do = Callable[[Rig], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Row:
    """What was seen of one method of one profile."""

    accepted: str
    by_state: str
    by_value: str


@dataclass(frozen=True, slots=True)
class Case:
    """How a method is called so that it does something.

    Attributes:
        good: parameters that are accepted.
        bad: parameters of the right types that are refused; None: one parameter too many is.
        before: brings the camera where it accepts them.
    """

    good: tuple[Any, ...] = ()
    bad: tuple[Any, ...] | None = None
    before: Do | None = None


def setting_of(profile: Profile, name: str) -> tuple[str, str]:
    """Return verb and setting of a method's name, or two empty texts."""
    for verb in VERBS:
        if name.startswith(verb) and name.removeprefix(verb) in profile.settings:
            return verb, name.removeprefix(verb)
    return "", ""


async def in_mode(camera: Rig, shoot: str, exposure: str) -> None:
    """Bring the camera into a shoot mode and an exposure mode."""
    settings = camera.body.settings
    if exposure and settings.exposure_mode != exposure:
        await camera.set("ExposureMode", exposure)
    if settings.shoot_mode != shoot:
        await camera.set("ShootMode", shoot)


def usable(setting: str) -> Do:
    """Bring the camera into a mode in which a setting has a choice, or at least a value."""

    async def before(camera: Rig) -> None:
        settings = camera.body.profile.settings
        facts = settings[setting]
        exposures = settings["ExposureMode"].supported if "ExposureMode" in settings else ("",)
        modes = [(shoot, exposure) for shoot in settings["ShootMode"].supported for exposure in exposures]

        def worth(mode: tuple[str, str]) -> int:
            choice = facts.candidates_in(mode_name(*mode))
            has_choice = len(choice) > 1 or (bool(choice) and isinstance(choice[0], list | tuple))
            return 2 * has_choice + facts.is_shown(mode_name(*mode))

        await in_mode(camera, *max(modes, key=worth))

    return before


def setting_params(camera: Rig, setting: str, value: Any) -> tuple[Any, ...]:
    """Return how a value is written in a call."""
    if setting in MEMBERS:
        return ({MEMBERS[setting]: value},)
    if setting == "WhiteBalance":
        return value[0], False, -1
    return tuple(value) if setting == "StillSize" else (value,)


def another(camera: Rig, setting: str) -> Any:
    """Return a value that the setting can be set to and does not have; its own where there is no other."""
    settings = camera.body.settings
    if setting in ("ExposureCompensation", "ProgramShift"):
        return 1
    now = settings.value(setting)
    choices = settings.candidates(setting) or settings.supported(setting)
    others = (
        choice
        for choice in choices
        if (choice[:1] != now[:1] if setting == "WhiteBalance" else choice != now)
    )
    return next(others, now)


def nonsense(value: Any) -> Any:
    """Return a value of the same type that no camera offers."""
    if isinstance(value, tuple):
        return ("nonsense", *value[1:])
    return 9999 if isinstance(value, int) else "nonsense"


def calls(*steps: tuple[str, tuple[Any, ...]], until: str = "", seconds: float = 0.0) -> Do:
    """Call these one after the other, then wait."""

    async def before(camera: Rig) -> None:
        for method, params in steps:
            await camera.done(camera.begin(method, *params))
            await camera.clock.advance(0.2)
        if until:
            await camera.until(until)
        await camera.clock.advance(seconds)

    return before


def both(*befores: Do) -> Do:
    """Do one after the other."""

    async def before(camera: Rig) -> None:
        for step in befores:
            await step(camera)

    return before


def shoot_mode(mode: str) -> Do:
    return calls(("setShootMode", (mode,)), seconds=1.0)


async def untold(camera: Rig) -> None:
    """Take a picture whose answer nobody got."""
    task = asyncio.ensure_future(camera.reply("actTakePicture", written=False))
    await camera.done(task)
    await camera.until("IDLE")


async def bulb(camera: Rig) -> None:
    await in_mode(camera, "still", "Manual")
    await camera.set("ShutterSpeed", "BULB")


async def stored(camera: Rig) -> None:
    """Put a still and a movie on the card and go where they are given out."""
    await untold(camera)
    await camera.film(1.0)
    await camera.transfer()


async def playing(camera: Rig) -> None:
    await stored(camera)
    await camera.call("setStreamingContent", _movie(2), service="avContent")


async def played(camera: Rig) -> None:
    await playing(camera)
    await camera.call("startStreaming", service="avContent")


def _movie(number: int) -> dict[str, str]:
    return {"remotePlayType": "simpleStreaming", "uri": f"video:content?contentId={content_id(number)}"}


_RUN = calls(("setContShootingMode", ({"contShootingMode": "Continuous"},)))
_TRACK = ({"xPosition": 50.0, "yPosition": 50.0},)
_TRACKING = calls(("setTrackingFocus", ({"trackingFocus": "On"},)))
_TIME = {"dateTime": "2014-04-01T21:35:43Z", "timeZoneOffsetMinute": 540, "dstOffsetMinute": 0}
_PAGE = {"uri": CARD, "stIdx": 0, "cnt": 10, "view": "date", "sort": ""}
_DECLARATION = {"methods": "", "developerName": "", "developerID": "", "sg": ""}


def recording(mode: str, method: str, until: str = "") -> Do:
    return both(shoot_mode(mode), calls((method, ()), until=until))


CASES: Mapping[str, Case] = {
    "getEvent": Case((False,)),
    "getMethodTypes": Case(("1.0",)),
    "actEnableMethods": Case((_DECLARATION,), (_DECLARATION | {"sg": "x", "developerID": "x"},)),
    "setCurrentTime": Case((_TIME,), (_TIME | {"dateTime": "yesterday"},)),
    "awaitTakePicture": Case(before=untold),
    "startContShooting": Case(before=_RUN),
    "stopContShooting": Case(before=both(_RUN, calls(("startContShooting", ()), until="StillCapturing"))),
    "startBulbShooting": Case(before=bulb),
    "stopBulbShooting": Case(before=both(bulb, calls(("startBulbShooting", ()), seconds=1.0))),
    "startMovieRec": Case(before=shoot_mode("movie")),
    "stopMovieRec": Case(before=recording("movie", "startMovieRec", "MovieRecording")),
    "startAudioRec": Case(before=shoot_mode("audio")),
    "stopAudioRec": Case(before=recording("audio", "startAudioRec", "AudioRecording")),
    "startIntervalStillRec": Case(before=shoot_mode("intervalstill")),
    "stopIntervalStillRec": Case(
        before=recording("intervalstill", "startIntervalStillRec", "IntervalRecording")
    ),
    "startLoopRec": Case(before=shoot_mode("looprec")),
    "stopLoopRec": Case(before=recording("looprec", "startLoopRec", "LoopRecording")),
    "stopLiveview": Case(before=calls(("startLiveview", ()))),
    "startLiveviewWithSize": Case(("L",), ("XL",)),
    "setLiveviewFrameInfo": Case(({"frameInfo": True},)),
    "actZoom": Case(("in", "start"), ("up", "start")),
    "cancelHalfPressShutter": Case(before=calls(("actHalfPressShutter", ()), seconds=2.0)),
    "setTouchAFPosition": Case((50.0, 50.0), (50.0, 100.1)),
    "cancelTouchAFPosition": Case(before=calls(("setTouchAFPosition", (50.0, 50.0)))),
    "actTrackingFocus": Case(_TRACK, ({"xPosition": -1.0, "yPosition": 50.0},), _TRACKING),
    "cancelTrackingFocus": Case(before=both(_TRACKING, calls(("actTrackingFocus", _TRACK), seconds=1.0))),
    "actFormatStorage": Case(("Memory Card 1",), ("Memory Card 9",), untold),
    "getSchemeList": Case(before=stored),
    "getSourceList": Case(({"scheme": "storage"},), ({"scheme": "usb"},), stored),
    "getContentCount": Case(({"uri": CARD, "view": "date"},), ({"uri": CARD, "view": "tree"},), stored),
    "getContentList": Case((_PAGE,), (_PAGE | {"cnt": 101},), stored),
    "deleteContent": Case(
        ({"uri": [f"image:content?contentId={content_id(1)}"]},), ({"uri": ["nonsense"]},), stored
    ),
    "setStreamingContent": Case((_movie(2),), (_movie(2) | {"remotePlayType": "dlna"},), stored),
    "startStreaming": Case(before=playing),
    "pauseStreaming": Case(before=played),
    "stopStreaming": Case(before=playing),
    "seekStreamingPosition": Case(({"positionMsec": 500},), ({"positionMsec": 60_000},), playing),
    "requestToNotifyStreamingStatus": Case(({"polling": False},), None, playing),
}
"""How methods are called that are no settings' and want more than to be called."""

_OF_TYPE: Mapping[str, Any] = {"string": "nonsense", "int": 0, "bool": False, "double": 0.0}

CHANGES_NOTHING = {
    "startRecMode": "– ready without it: this camera is in that mode from the start (clients.md row 28)",
    "stopRecMode": "– ready without it: this camera is in that mode from the start (clients.md row 28)",
}
OF_NO_USE = "– told by getMethodTypes and of no use: the camera has no such setting (wifi.md quirk 4)"
IN_EVERY_STATE = {
    "getVersions": "– asks the server and not the camera (wifi.md 5.5)",
    "getMethodTypes": "– asks the server and not the camera (wifi.md 5.5)",
    "getApplicationInfo": "– listed in every state (wifi.md 7.3)",
    "getAvailableApiList": "– listed in every state (wifi.md 7.3)",
    "getEvent": "– listed in every state (wifi.md 6.2, 7.3)",
    "getStorageInformation": "– listed in every state (wifi.md 5.2, 7.3)",
    "actEnableMethods": "– belongs to no state (wifi.md 5.9)",
    "setCurrentTime": "– belongs to no state (wifi.md 5.6)",
    "getServiceProtocols": "– asks the server and not the camera (wifi.md 5.7)",
    "stopLiveview": "– takes back what may have ended by itself (wifi.md D.1)",
    "cancelHalfPressShutter": "– takes back what may have ended by itself (wifi.md 7.4)",
    "cancelTouchAFPosition": "– takes back what may have ended by itself (wifi.md 7.4)",
}
LISTED_BY_A = "– this server lists it in every state and mode (wifi.md 5.2)"


async def _capturing(camera: Rig) -> None:
    asyncio.ensure_future(camera.reply("actTakePicture"))  # noqa: RUF006 - ends with the camera
    await camera.until("StillCapturing")


async def _mode_of_full_automatic(camera: Rig) -> None:
    if "ExposureMode" in camera.body.settings:
        await in_mode(camera, "still", "Intelligent Auto")


STATES: Mapping[str, Do] = {
    "in contents transfer": Rig.transfer,
    "while a picture is taken": _capturing,
    "in movie mode": shoot_mode("movie"),
    "in Intelligent Auto": _mode_of_full_automatic,
    "idle": calls(),
    "while a movie is played": playing,
}
"""States that forbid something."""


def unlock(camera: Rig) -> None:
    camera.body.unlocked |= {f"{service}/{name}" for service, name in camera.body.profile.method_table}


def case_of(camera: Rig, method: Method) -> Case:
    verb, setting = setting_of(camera.body.profile, method.name)
    if verb == "set":
        value = another(camera, setting)
        bad = setting_params(camera, setting, nonsense(value))
        return Case(setting_params(camera, setting, value), bad, usable(setting))
    if verb:
        return Case(before=usable(setting))
    return CASES.get(method.name) or Case(tuple(_OF_TYPE[kind] for kind in method.params))


def observed(camera: Rig) -> dict[str, Any]:
    """Return all that can be told of the camera from outside, and what pictures and calls leave in it."""
    body = camera.body
    slots = body.events.snapshot(body.profile.events.version, str)
    return {
        **{f"event {place.type}": slot for place, slot in zip(SLOTS, slots, strict=False)},
        "event cameraStatus": statuses(camera),
        "settings": body.settings.snapshot(),
        "zone": body.camera_time.utcoffset(),
        "frame info": body.viewfinder.frame_info,
        "size of the live view": body.viewfinder.size,
        "files": [file.name for file in body.card.files],
        "playback": (body.playback.standing.status, round(body.playback.position_s, 3)),
    }


async def call(camera: Rig, method: Method, params: tuple[Any, ...]) -> RpcResult | RpcFailure:
    """Call, let time pass until there is an answer, and a moment more."""
    version = method.versions[0]
    task = asyncio.ensure_future(camera.reply(method.name, *params, service=method.service, version=version))
    answer: RpcResult | RpcFailure = (await camera.done(task)).answer
    await camera.clock.advance(_settling_s(camera, method))
    return answer


def _settling_s(camera: Rig, method: Method) -> float:
    """Return how long what a method begins takes to show."""
    timings = camera.body.profile.timings
    slow = {f"set{FUNCTION}": timings.camera_function, "actFormatStorage": timings.format}
    if method.name in slow:
        return slow[method.name] + 0.1
    return 3.0 if method.name.startswith("stop") else 0.6


async def accepted_and_by_value(profile: Profile, method: Method) -> tuple[str, str]:
    """Fill the first and the last cell of a row."""
    async with rig(profile, still_scale=64) as camera:
        unlock(camera)
        case = case_of(camera, method)
        if case.before is not None:
            await case.before(camera)
        case = case_of(camera, method)
        before = observed(camera)
        bad = (*case.good, 0) if case.bad is None else case.bad
        refused = await _at_once(camera, method, bad)
        assert isinstance(refused, RpcFailure), f"{method.name} takes {bad}"
        wanted = 5 if method.name == "actEnableMethods" else ILLEGAL
        assert refused.code == wanted, f"{method.name} refuses {bad} with {refused}"
        assert observed(camera) == before, f"{method.name} refuses {bad} and changes something"
        by_value = f"{refused.code}: {', '.join(map(str, bad[-2:]))[:60]}"
        if method.name in CHANGES_NOTHING:
            return CHANGES_NOTHING[method.name], by_value
        answer = await call(camera, method, case.good)
        assert isinstance(answer, RpcResult), f"{profile.name} {method.name}: {answer}"
        if not answer.plural and method.name not in ("getEvent", "getContentList"):
            assert fits(answer.values, method.results), f"{method.name}: {answer.values}"
        after = observed(camera)
        changed = [what for what, value in after.items() if value != before[what]]
        if method.name.startswith(("get", "await", "request")) or method.name == "actEnableMethods":
            assert answer.values, f"{method.name} answers nothing"
            return f"answers {str(answer.values)[:60]}", by_value
        assert changed, f"{profile.name} {method.name} is accepted and changes nothing"
        known = find(method.service, method.name)
        event = f"event {known.event}" if known is not None else ""
        if before.get(event) is not None or after.get(event) is not None:
            assert event in changed, f"{profile.name} {method.name}: {changed}"
        return f"changes {', '.join(sorted(changed))[:80]}", by_value


async def by_state(profile: Profile, missing: list[Method]) -> dict[str, str]:
    """Look for a state that refuses each of these methods."""
    found: dict[str, str] = {}
    for name, reach in STATES.items():
        if reach is playing and "avContent" not in profile.services:
            continue
        left = [method for method in missing if _key(method) not in found]
        while left:
            async with rig(profile, still_scale=64) as camera:
                unlock(camera)
                await reach(camera)
                while left:
                    method = left.pop(0)
                    before = camera.body.status
                    answer = await _at_once(camera, method, case_of(camera, method).good)
                    if not (isinstance(answer, RpcFailure) and answer.code in BY_STATE):
                        break  # accepted: this camera is not any longer where it was
                    if answer.text == END_OF_CONTENTS_TEXT:
                        continue
                    assert camera.body.status == before
                    found[_key(method)] = f"{answer.code} {name}"
    return found


async def _at_once(camera: Rig, method: Method, params: tuple[Any, ...]) -> RpcResult | RpcFailure | None:
    task = asyncio.ensure_future(
        camera.reply(method.name, *params, service=method.service, version=method.versions[0])
    )
    await asyncio.wait([task], timeout=0.01)
    if not task.done():
        task.cancel()
        return None
    return task.result().answer


def _key(method: Method) -> str:
    return f"{method.service}.{method.name}"


def _reason(profile: Profile, method: Method) -> str:
    """Return why no state refuses a method, or nothing where one should."""
    verb, setting = setting_of(profile, method.name)
    if method.name in IN_EVERY_STATE:
        return IN_EVERY_STATE[method.name]
    if not profile.rules.gated and (verb == "getSupported" or setting in ("BeepMode", FUNCTION, "ShootMode")):
        return LISTED_BY_A
    return ""


async def table(profile: Profile) -> dict[str, Row]:
    """Return the rows of one profile."""
    methods = list(profile.method_table.values())
    async with rig(profile) as camera:
        useless = {
            _key(method)
            for method in methods
            if method.name not in camera.dispatcher.answered(method.service)
        }
    states = await by_state(profile, [method for method in methods if method.name not in IN_EVERY_STATE])
    rows: dict[str, Row] = {}
    for method in methods:
        key = _key(method)
        if key in useless:
            rows[key] = Row(OF_NO_USE, states[key], OF_NO_USE)
            continue
        accepted, by_value = await accepted_and_by_value(profile, method)
        rows[key] = Row(accepted, states.get(key) or _reason(profile, method), by_value)
    return rows


def main() -> None:
    for name in sys.argv[1:] or names():
        print(f"\n{name}")  # noqa: T201 - what it is for
        for method, row in asyncio.run(table(load(name))).items():
            print(f"  {method:45} | {row.accepted:80} | {row.by_state:40} | {row.by_value}")  # noqa: T201


if __name__ == "__main__":
    main()
