"""Event snapshots against the forms that protocol/wifi.md gives (B.4, B.5)."""

from __future__ import annotations

from remotelens.protocol.wifi.events import SLOTS, decode_event
from remotelens.protocol.wifi.rpc import Form, RpcResult, encode_answer
from tests.emulator.body.rig import rig

B4_TAIL = (
    '{"currentExposureMode":"Program Auto","exposureModeCandidates":["Intelligent Auto","Superior Auto",'
    '"Program Auto"],"type":"exposureMode"},'
    '{"currentPostviewImageSize":"2M","postviewImageSizeCandidates":["2M","Original"],"type":"postviewImageSize"},'
    '{"currentSelfTimer":0,"selfTimerCandidates":[0,2,10],"type":"selfTimer"},'
    '{"currentShootMode":"still","shootModeCandidates":["still","movie"],"type":"shootMode"},'
    "null,null,null,"
    '{"currentExposureCompensation":0,"maxExposureCompensation":6,"minExposureCompensation":-6,'
    '"stepIndexOfExposureCompensation":1,"type":"exposureCompensation"},'
    "null,null,null,"
    '{"currentIsoSpeedRate":"AUTO","isoSpeedRateCandidates":["AUTO","100","200","400","800","1600","3200"],'
    '"type":"isoSpeedRate"},'
    "null,null,null,"
    '{"checkAvailability":true,"currentColorTemperature":-1,"currentWhiteBalanceMode":"Auto WB",'
    '"type":"whiteBalance"},'
    '{"currentSet":false,"currentTouchCoordinates":[],"type":"touchAFPosition"},'
    '{"focusStatus":"Not Focusing","type":"focusStatus"}]}'
)
B4_HEAD = (
    '{"cameraStatus":"IDLE","type":"cameraStatus"},'
    '{"type":"zoomInformation","zoomIndexCurrentBox":0,"zoomNumberBox":1,"zoomPosition":0,'
    '"zoomPositionCurrentBox":0},'
    '{"liveviewStatus":false,"type":"liveviewStatus"},'
    '{"liveviewOrientation":"0","type":"liveviewOrientation"},'
    "[],[],"
    '{"triggeredError":[],"type":"triggeredError"},'
    '{"motionRecognition":"None","sceneRecognition":"None","steadyRecognition":"None",'
    '"type":"sceneRecognition"},'
    '{"formatResult":"","type":"formatStatus"},'
    '[{"numberOfRecordableImages":-1,"recordTarget":true,"recordableTime":-1,'
    '"storageDescription":"Storage Media","storageID":"No Media","type":"storageInformation"}],'
    '{"beepModeCandidates":["Shutter Only","On","Off"],"currentBeepMode":"On","type":"beepMode"},'
    '{"cameraFunctionCandidates":["Remote Shooting","Contents Transfer"],'
    '"currentCameraFunction":"Remote Shooting","type":"cameraFunction"},'
    "null,"
    '{"checkAvailability":true,"currentAspect":"4:3","currentSize":"18M","type":"stillSize"},'
    '{"cameraFunctionResult":"","type":"cameraFunctionResult"},'
    "null,null,"
)
B5 = (
    '{"type":"zoomSetting","zoom":"Optical Zoom Only","candidate":["Optical Zoom Only","On:Clear Image Zoom",'
    '"On:Digital Zoom"]},'
    '{"type":"stillQuality","stillQuality":"Fine","candidate":["RAW+JPEG","Fine","Standard"]},'
    '{"type":"contShootingMode","contShootingMode":"Single","candidate":["Single","Continuous",'
    '"Spd Priority Cont."]},'
    'null,{"type":"contShooting","contShootingUrl":[]},'
    "null,null,null,null,null,null,null,null,null,null,null,null,null,"
    '{"type":"trackingFocusStatus","trackingFocusStatus":"Not Tracking"},'
    '{"type":"trackingFocus","trackingFocus":"Off","candidate":["On","Off"]},'
    '{"type":"batteryInfo","batteryInfo":[{"batteryID":"externalBattery1","status":"active",'
    '"additionalStatus":"","levelNumer":3,"levelDenom":4,"description":""}]},'
    '{"type":"recordingTime","recordingTime":-1},'
    "null,null]"
)


async def test_a_qx10_in_program_auto_without_card_tells_what_b4_shows_to_the_byte() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        await camera.set("ExposureMode", "Program Auto")
        camera.body.card.present = False
        slots = await camera.call("getEvent", False, version="1.1")
        text = encode_answer(RpcResult(2, slots), Form.SORTED).decode()
    head, _, rest = text.partition('"type":"availableApiList"},')
    assert head.startswith(
        '{"id":2,"result":[{"names":["getMethodTypes","getAvailableApiList","setShootMode"'
    )
    assert head.count(",") - 1 == 59
    assert rest == B4_HEAD + B4_TAIL


async def test_a_qx1_fills_the_slots_of_version_1_2_as_b5_shows() -> None:
    async with rig("ILCE-QX1@1.10") as camera:
        await camera.set("ExposureMode", "Aperture")
        camera.body.battery_ratio = 0.7
        slots = await camera.call("getEvent", False, version="1.2")
        text = encode_answer(RpcResult(2, slots), Form.RESULT_FIRST).decode()
    assert f'{B5},"id":2}}' in text
    assert len(slots) == 60


async def test_a_qx1_with_a_lens_that_cannot_zoom_tells_minus_one_and_does_not_list_zoom() -> None:
    import msgspec

    from emulator.profiles import load, load_lens

    profile = msgspec.structs.replace(load("ILCE-QX1"), lens=load_lens("SEL35F18"))
    async with rig(profile) as camera:
        zoom = (await camera.call("getEvent", False, version="1.2"))[2]
        assert zoom == {
            "type": "zoomInformation",
            "zoomPosition": -1,
            "zoomNumberBox": -1,
            "zoomIndexCurrentBox": -1,
            "zoomPositionCurrentBox": -1,
        }
        assert await camera.error("actZoom", "in", "start") == (1, "Not Available Now")


async def test_every_slot_has_the_type_of_its_place_on_every_profile() -> None:
    from emulator.profiles import names

    for name in names():
        async with rig(name) as camera:
            version = camera.body.profile.events.version
            slots = await camera.call("getEvent", False, version=version)
        filled = 0
        for slot, told in zip(SLOTS, slots, strict=False):
            for one in told if isinstance(told, list) else [told] if told else []:
                assert one["type"] == slot.type, name
                filled += 1
        assert filled == len(decode_event(slots).slots)


async def test_a_qx10_tells_no_battery() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        slots = await camera.call("getEvent", False, version="1.1")
        assert len(slots) == 36
        assert not any("battery" in str(slot) for slot in slots)
