"""Sessions begun and resumed with emulated cameras, over real sockets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.device import Device
from emulator.rack import Emulator
from remotelens.camera.connect import connect
from remotelens.errors import InputError, PlanError
from remotelens.plans.schema import parse_plan
from remotelens.sessions.checking import check_settings
from remotelens.sessions.journal import read_journal
from remotelens.sessions.records import Began, Done, Intent, Record, encode_line
from remotelens.sessions.runner import Finish, Runner
from remotelens.sessions.shooting import Way, begin, resume
from remotelens.sessions.store import SessionPlace

PLAN = "version: 1\nname: three\nsteps:\n  - set: {exposure_mode: Program Auto}\n  - capture: {count: 3}\n"
QX1, QX10 = "ILCE-QX1@1.10", "DSC-QX10@3.00"


def emulated(*models: str) -> Emulator:
    return Emulator(models=list(models), still_scale=16, clock="scaled:20", control=False)


async def stopped_at(n: int, device: Device, folder: Path, plan: str = PLAN) -> SessionPlace:
    """Run a plan and stop it after a frame."""
    runners: list[Runner] = []

    def tell(record: Record) -> None:
        if isinstance(record, Intent) and record.n == n:
            runners[0].stop()

    def started(_: SessionPlace, runner: Runner) -> None:
        runners.append(runner)

    way = Way(device.description_url)
    place, finish = await begin(plan, file="p.yaml", folder=folder, way=way, tell=tell, started=started)
    assert finish is Finish.STOPPED
    return place


def rewritten(place: SessionPlace, change: Callable[[list[Record]], list[Record]]) -> None:
    """Have other records in a journal."""
    records = change(list(read_journal(place.journal).records))
    lines = [encode_line(number, record) for number, record in enumerate(records, start=1)]
    place.journal.write_bytes(b"".join(lines))


async def test_a_camera_that_a_killed_process_left_giving_out_its_card_shoots_again(tmp_path: Path) -> None:
    async with emulated(QX1) as emulator:
        device = emulator.cameras[0]
        place = await stopped_at(1, device, tmp_path / "pictures")
        async with connect(device.description_url) as camera:
            await camera.call("camera", "setCameraFunction", ["Contents Transfer"])
        _, finish = await resume(place, way=Way(device.description_url))
    assert finish is Finish.COMPLETE


async def test_a_plan_that_changes_the_mode_twice_is_resumed(tmp_path: Path) -> None:
    plan = (
        "version: 1\nname: two\nsteps:\n  - set: {shutter_speed: 1/250, exposure_mode: Shutter}\n"
        "  - capture: {}\n  - set: {f_number: 5.6, exposure_mode: Aperture}\n  - capture: {count: 2}\n"
    )
    async with emulated(QX1) as emulator:
        device = emulator.cameras[0]
        place = await stopped_at(2, device, tmp_path / "pictures", plan)
        _, finish = await resume(place, way=Way(device.description_url))
    assert finish is Finish.COMPLETE


async def test_another_camera_is_refused_and_nothing_is_sent_to_it(tmp_path: Path) -> None:
    async with emulated(QX10, QX10) as emulator:
        first, second = emulator.cameras
        place = await stopped_at(1, first, tmp_path / "pictures")
        with pytest.raises(InputError, match="begun with another camera"):
            await resume(place, way=Way(second.description_url))
        assert second.state["stills_on_card"] == 0
        told: list[Record] = []
        _, finish = await resume(place, way=Way(second.description_url), other_camera=True, tell=told.append)
        assert (finish, second.state["stills_on_card"]) == (Finish.COMPLETE, 2)


async def test_what_the_first_camera_had_begun_is_unknown_to_another(tmp_path: Path) -> None:
    def cut(records: list[Record]) -> list[Record]:
        return records[: next(i for i, record in enumerate(records) if isinstance(record, Intent)) + 1]

    async with emulated(QX10, QX10) as emulator:
        first, second = emulator.cameras
        place = await stopped_at(1, first, tmp_path / "pictures")
        rewritten(place, cut)
        told: list[Record] = []
        await resume(place, way=Way(second.description_url), other_camera=True, tell=told.append)
    outcomes = {record.n: record.outcome for record in told if isinstance(record, Done)}
    assert outcomes == {1: "unknown", 2: "taken", 3: "taken"}


async def test_a_journal_that_names_no_camera_is_gone_on_with(tmp_path: Path) -> None:
    def unnamed(records: list[Record]) -> list[Record]:
        return [
            Began(at=record.at, run=record.run, model=record.model) if isinstance(record, Began) else record
            for record in records
        ]

    async with emulated(QX10) as emulator:
        device = emulator.cameras[0]
        place = await stopped_at(1, device, tmp_path / "pictures")
        rewritten(place, unnamed)
        _, finish = await resume(place, way=Way(device.description_url))
    assert finish is Finish.COMPLETE


async def test_modes_of_one_step_are_checked_first_as_they_are_applied_first(tmp_path: Path) -> None:
    plan = (
        "version: 1\nname: one\nsteps:\n"
        "  - set: {shutter_speed: 1/250, exposure_mode: Shutter}\n  - capture: {}\n"
    )
    async with emulated(QX1) as emulator:
        device = emulator.cameras[0]
        _, finish = await begin(plan, file="p.yaml", folder=tmp_path / "one", way=Way(device.description_url))
    assert finish is Finish.COMPLETE


def test_a_refused_setting_is_told_with_its_file_and_line() -> None:
    plan = parse_plan("version: 1\nname: a\nsteps:\n  - set: {shuter_speed: 1/60}\n  - capture: {}\n")
    with pytest.raises(PlanError, match=r"^dusk\.yaml:4, set\.shuter_speed: "):
        check_settings(plan, file="dusk.yaml")
