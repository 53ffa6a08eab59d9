"""The operations of the control API that are about one camera, or about which cameras there are."""

from __future__ import annotations

import msgspec

from emulator.body.card import CardFile
from emulator.control import answers, orders
from emulator.control.asking import Asked
from emulator.control.desk import Desk, Told, fields
from emulator.device import Device


class CameraDesk(Desk):
    """Cameras, and what can be done to each."""

    async def cameras(self, _asked: Asked) -> Told:
        """All cameras."""
        return answers.Cameras(items=[camera_now(camera) for camera in self._rack.cameras])

    async def add_camera(self, asked: Asked) -> Told:
        """Put one more camera into the rack."""
        return _told(await self._rack.add_camera(asked.order(orders.CameraOrder).model))

    async def remove_camera(self, asked: Asked) -> Told:
        """Take a camera out of the rack."""
        await self._rack.remove_camera(self._camera(asked))
        return await self.cameras(asked)

    async def camera(self, asked: Asked) -> Told:
        """One camera."""
        return _told(self._camera(asked))

    async def power(self, asked: Asked) -> Told:
        """Press the power button."""
        camera = self._camera(asked)
        await self._hands.press_power(camera, asked.order(orders.PowerOrder).on)
        return _told(camera)

    async def press(self, asked: Asked) -> Told:
        """Press a button."""
        camera, order = self._camera(asked), asked.order(orders.PressOrder)
        self._hands.press(camera, order.button, order.s)
        return _told(camera)

    async def card(self, asked: Asked) -> Told:
        """Change the card."""
        camera, order = self._camera(asked), asked.order(orders.CardOrder)
        self._hands.card(camera, **msgspec.structs.asdict(order))
        return _told(camera)

    async def files(self, asked: Asked) -> Told:
        """What is on the card."""
        return answers.Files(items=[_file(file) for file in self._camera(asked).body.card.files])

    async def protect(self, asked: Asked) -> Told:
        """Mark a file on the card, or take the mark off."""
        protected = asked.order(orders.FileOrder).protected
        file = self._hands.protect(self._camera(asked), asked.variables["file"], protected)
        return answers.File(**fields(_file(file)))

    async def battery(self, asked: Asked) -> Told:
        """Charge or drain the battery."""
        camera, order = self._camera(asked), asked.order(orders.BatteryOrder)
        self._hands.battery(camera, order.ratio, plugged=order.plugged)
        return _told(camera)

    async def dial(self, asked: Asked) -> Told:
        """Turn the mode dial."""
        camera, order = self._camera(asked), asked.order(orders.DialOrder)
        self._hands.dial(camera, exposure_mode=order.exposure_mode, shoot_mode=order.shoot_mode)
        return _told(camera)

    async def settings(self, asked: Asked) -> Told:
        """Change settings in the camera's menu."""
        camera = self._camera(asked)
        self._hands.settings(camera, asked.free)
        return _told(camera)

    async def lens(self, asked: Asked) -> Told:
        """Turn the rings of the lens."""
        camera, order = self._camera(asked), asked.order(orders.LensOrder)
        self._hands.lens(camera, **msgspec.structs.asdict(order))
        return _told(camera)

    async def temperature(self, asked: Asked) -> Told:
        """Bring the camera into warmer or colder air."""
        camera = self._camera(asked)
        self._hands.temperature(camera, asked.order(orders.TemperatureOrder).ambient_c)
        return _told(camera)

    async def trouble(self, asked: Asked) -> Told:
        """Get the camera into trouble, or out of it."""
        camera = self._camera(asked)
        await self._hands.trouble(camera, asked.order(orders.TroubleOrder).on)
        return _told(camera)

    async def wall_clock(self, asked: Asked) -> Told:
        """Set the camera's clock."""
        camera, order = self._camera(asked), asked.order(orders.WallClockOrder)
        self._hands.wall_clock(camera, order.utc, order.offset_min)
        return _told(camera)

    async def join(self, asked: Asked) -> Told:
        """Bring this host onto the camera's network."""
        camera, order = self._camera(asked), asked.order(orders.JoinOrder)
        await self._hands.join(order.ssid, order.key, camera)
        return _told(camera)

    async def leave(self, asked: Asked) -> Told:
        """Take this host off the camera's network."""
        camera = self._camera(asked)
        await camera.leave()
        return _told(camera)

    async def pairing(self, asked: Asked) -> Told:
        """Work the pairing screen."""
        camera, order = self._camera(asked), asked.order(orders.PairingOrder)
        self._hands.pairing(camera, screen=order.screen, accept=order.accept)
        return _told(camera)

    async def radio(self, asked: Asked) -> Told:
        """How a camera's radio stands."""
        return answers.Radio(**self._hands.radio(self._camera(asked)).state)

    async def work_radio(self, asked: Asked) -> Told:
        """Carry a camera about, switch its menu, hold it by a phone, or trouble its radio."""
        hands, order = self._hands.radio(self._camera(asked)), asked.order(orders.RadioOrder)
        if order.trouble is not None:
            hands.trouble(order.trouble)
        if order.link_lasts_s is not None:
            hands.let_links_last(order.link_lasts_s)
        hands.disturb(latency_s=order.latency_s, loss=order.loss)
        steps = [] if order.distance_m is None else [(0.0, order.distance_m)]
        hands.walk([*steps, *((step.s, step.distance_m) for step in order.walk or ())])
        if order.remote is not None:
            hands.allow_remote(order.remote)
        if order.phone is not None:
            await hands.phone(order.phone)
        return await self.radio(asked)

    def _camera(self, asked: Asked) -> Device:
        return self._hands.camera(asked.variables["camera"])


def camera_now(camera: Device) -> answers.CameraNow:
    """Tell how a camera stands."""
    return msgspec.convert(camera.state, answers.CameraNow)


def _told(camera: Device) -> answers.Camera:
    return msgspec.convert(camera.state, answers.Camera)


def _file(file: CardFile) -> answers.FileNow:
    created = file.created.isoformat(timespec="milliseconds")
    return answers.FileNow(file.folder, file.name, file.kind, created, file.size_bytes, file.protected)
