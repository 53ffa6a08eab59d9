"""The service `camera`: shooting, live view, zoom, focus, events; the settings are in `quartets`.

Source: protocol/wifi.md 5.4, 5.5, 6.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import ClassVar

from emulator.body.camera import Body
from emulator.body.lens import DIRECTIONS, Direction
from emulator.body.machine import Status
from emulator.body.modes import FUNCTION, REMOTE_SHOOTING
from emulator.body.refusals import Reason, Refused
from emulator.body.shutter import Shot
from emulator.wifi.quartets import Quartets
from emulator.wifi.service import Answer, Call, Handler, Urls

SERVICE = "camera"
_MOVEMENTS = ("start", "stop", "1shot")
_SIZES = ("L", "M")


class CameraService:
    """Answers the calls of the service `camera`.

    Args:
        body: the camera.
        urls: its addresses.
    """

    def __init__(self, body: Body, urls: Urls) -> None:
        self._body = body
        self._urls = urls
        self._quartets = Quartets(body)

    @property
    def names(self) -> Iterable[str]:
        """The methods that it answers."""
        return (*self._methods, *self._quartets.names)

    def find(self, name: str) -> Handler | None:
        """Return what answers a method."""
        method = self._methods.get(name)
        return self._quartets.find(name) if method is None else partial(method, self)

    # of itself

    async def _get_application_info(self, _call: Call) -> Answer:
        return Answer(list(self._body.profile.application))

    async def _get_available_api_list(self, _call: Call) -> Answer:
        return Answer([list(self._body.listing.names())])

    async def _get_event(self, call: Call) -> Answer:
        (long_poll,) = call.params
        events = self._body.events
        if not long_poll:
            return Answer(list(events.snapshot(call.version, self._urls.picture)))
        told = await events.poll(call.version, self._urls.picture)
        return Answer(list(told.slots), receipt=lambda: events.told(told))

    async def _get_storage_information(self, _call: Call) -> Answer:
        return Answer([[self._body.teller.storage()]])

    async def _act_format_storage(self, call: Call) -> Answer:
        self._body.modes.format_card(call.params[0])
        return Answer([0])

    async def _rec_mode(self, _call: Call) -> Answer:
        """Answer startRecMode and stopRecMode: this camera is ready to shoot without."""
        return Answer([0])

    # stills

    async def _act_take_picture(self, _call: Call) -> Answer:
        return self._pictures(await self._body.shutter.take())

    async def _await_take_picture(self, _call: Call) -> Answer:
        return self._pictures(await self._body.shutter.wait())

    def _pictures(self, shot: Shot) -> Answer:
        urls = [self._urls.picture(name) for name in shot]
        return Answer([urls], receipt=lambda: self._body.shutter.told(shot))

    async def _start_cont_shooting(self, _call: Call) -> Answer:
        self._body.drive.start_run()
        return Answer([])

    async def _stop_cont_shooting(self, _call: Call) -> Answer:
        self._body.drive.stop("run")
        return Answer([])

    async def _start_bulb_shooting(self, _call: Call) -> Answer:
        self._body.drive.start_bulb()
        return Answer([])

    async def _stop_bulb_shooting(self, _call: Call) -> Answer:
        self._body.drive.stop("bulb")
        return Answer([])

    # movies

    async def _start_movie_rec(self, _call: Call) -> Answer:
        self._body.recorder.start()
        return Answer([0])

    async def _stop_movie_rec(self, _call: Call) -> Answer:
        self._body.recorder.stop()
        return Answer([""])

    async def _start_audio_rec(self, _call: Call) -> Answer:
        self._body.recorder.start("audio")
        return Answer([0])

    async def _stop_audio_rec(self, _call: Call) -> Answer:
        self._body.recorder.stop("audio")
        return Answer([0])

    async def _start_interval_still_rec(self, _call: Call) -> Answer:
        self._body.recorder.start("interval")
        return Answer([0])

    async def _stop_interval_still_rec(self, _call: Call) -> Answer:
        self._body.recorder.stop("interval")
        return Answer([0])

    async def _start_loop_rec(self, _call: Call) -> Answer:
        self._body.recorder.start("loop")
        return Answer([])

    async def _stop_loop_rec(self, _call: Call) -> Answer:
        self._body.recorder.stop("loop")
        return Answer([])

    async def _act_white_balance_one_push_custom(self, _call: Call) -> Answer:
        found = await self._body.one_push.find()
        answer = {
            "inRange": found.in_range,
            "colorTemperature": found.kelvin,
            "lightBalance": 0,
            "colorCompensation": 0,
        }
        return Answer([answer])

    # live view

    async def _start_liveview(self, _call: Call) -> Answer:
        self._require_shooting()
        self._body.viewfinder.running = True
        return Answer([self._urls.liveview])

    async def _start_liveview_with_size(self, call: Call) -> Answer:
        (size,) = call.params
        self._require_shooting()
        if size not in _SIZES:
            raise Refused(Reason.ILLEGAL_ARGUMENT, f"there is no live view size {size!r}")
        self._body.viewfinder.size = size
        self._body.viewfinder.running = True
        return Answer([self._urls.liveview])

    async def _stop_liveview(self, _call: Call) -> Answer:
        self._body.viewfinder.running = False
        return Answer([0])

    async def _set_liveview_frame_info(self, call: Call) -> Answer:
        self._body.viewfinder.frame_info = call.params[0]["frameInfo"]
        return Answer([])

    async def _get_liveview_frame_info(self, _call: Call) -> Answer:
        return Answer([{"frameInfo": self._body.viewfinder.frame_info}])

    async def _get_liveview_size(self, _call: Call) -> Answer:
        return Answer([self._body.viewfinder.size])

    async def _get_supported_liveview_size(self, _call: Call) -> Answer:
        return Answer([list(_SIZES)])

    async def _get_available_liveview_size(self, _call: Call) -> Answer:
        return Answer([self._body.viewfinder.size, list(_SIZES)])

    def _require_shooting(self) -> None:
        """Refuse while the card is being read out, or on the way there."""
        if self._body.settings.get(FUNCTION, REMOTE_SHOOTING) != REMOTE_SHOOTING:
            raise Refused(Reason.NOT_NOW, "the camera is transferring contents")
        if self._body.machine.status is Status.NOT_READY:
            raise Refused(Reason.BUSY, "the camera is not ready")

    # zoom and focus

    async def _act_zoom(self, call: Call) -> Answer:
        direction, movement = call.params
        if direction not in DIRECTIONS or movement not in _MOVEMENTS:
            raise Refused(Reason.ILLEGAL_ARGUMENT, f"no zoom {direction!r} {movement!r}")
        self._require_shooting()
        lens = self._body.lens
        moves: dict[str, Callable[[Direction], None]] = {
            "start": lens.start,
            "stop": lens.stop,
            "1shot": lens.shot,
        }
        moves[movement](direction)
        return Answer([0])

    async def _act_half_press_shutter(self, _call: Call) -> Answer:
        if self._body.machine.status is not Status.IDLE:
            raise Refused(Reason.NOT_NOW, f"no half-press in {self._body.status}")
        self._body.buttons.half_pressed()
        return Answer([])

    async def _cancel_half_press_shutter(self, _call: Call) -> Answer:
        self._body.buttons.half_released()
        return Answer([])

    async def _set_touch_af_position(self, call: Call) -> Answer:
        x, y = _percent(*call.params)
        if self._body.machine.status is not Status.IDLE or not self._body.focus.is_automatic:
            raise Refused(Reason.NOT_NOW, "no touch focus now")
        self._body.focus.cancel_tracking()
        success = await self._body.focus.touch(x, y)
        return Answer([0, {"AFResult": success, "AFType": "Touch"}])

    async def _get_touch_af_position(self, _call: Call) -> Answer:
        is_set = self._body.focus.touched is not None
        return Answer([{"set": is_set, "touchCoordinates": []}])

    async def _cancel_touch_af_position(self, _call: Call) -> Answer:
        self._body.focus.cancel_touch()
        return Answer([])

    async def _act_tracking_focus(self, call: Call) -> Answer:
        position = call.params[0]
        x, y = _percent(position["xPosition"], position["yPosition"])
        self._body.focus.track(x, y)
        return Answer([])

    async def _cancel_tracking_focus(self, _call: Call) -> Answer:
        self._body.focus.cancel_tracking()
        return Answer([])

    _methods: ClassVar[Mapping[str, Callable[..., Awaitable[Answer]]]] = MappingProxyType(
        {
            "getApplicationInfo": _get_application_info,
            "getAvailableApiList": _get_available_api_list,
            "getEvent": _get_event,
            "getStorageInformation": _get_storage_information,
            "actFormatStorage": _act_format_storage,
            "startRecMode": _rec_mode,
            "stopRecMode": _rec_mode,
            "actTakePicture": _act_take_picture,
            "awaitTakePicture": _await_take_picture,
            "startContShooting": _start_cont_shooting,
            "stopContShooting": _stop_cont_shooting,
            "startBulbShooting": _start_bulb_shooting,
            "stopBulbShooting": _stop_bulb_shooting,
            "startMovieRec": _start_movie_rec,
            "stopMovieRec": _stop_movie_rec,
            "startAudioRec": _start_audio_rec,
            "stopAudioRec": _stop_audio_rec,
            "startIntervalStillRec": _start_interval_still_rec,
            "stopIntervalStillRec": _stop_interval_still_rec,
            "startLoopRec": _start_loop_rec,
            "stopLoopRec": _stop_loop_rec,
            "actWhiteBalanceOnePushCustom": _act_white_balance_one_push_custom,
            "startLiveview": _start_liveview,
            "startLiveviewWithSize": _start_liveview_with_size,
            "stopLiveview": _stop_liveview,
            "setLiveviewFrameInfo": _set_liveview_frame_info,
            "getLiveviewFrameInfo": _get_liveview_frame_info,
            "getLiveviewSize": _get_liveview_size,
            "getSupportedLiveviewSize": _get_supported_liveview_size,
            "getAvailableLiveviewSize": _get_available_liveview_size,
            "actZoom": _act_zoom,
            "actHalfPressShutter": _act_half_press_shutter,
            "cancelHalfPressShutter": _cancel_half_press_shutter,
            "setTouchAFPosition": _set_touch_af_position,
            "getTouchAFPosition": _get_touch_af_position,
            "cancelTouchAFPosition": _cancel_touch_af_position,
            "actTrackingFocus": _act_tracking_focus,
            "cancelTrackingFocus": _cancel_tracking_focus,
        }
    )


def _percent(x: float, y: float) -> tuple[float, float]:
    """Return a point of the picture in percent, or refuse one that lies outside."""
    if not (0 <= x <= 100 and 0 <= y <= 100):
        raise Refused(Reason.ILLEGAL_ARGUMENT, f"{x}, {y} lies outside the picture")
    return float(x), float(y)
