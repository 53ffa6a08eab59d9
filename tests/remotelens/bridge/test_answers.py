"""Answers carry the same records as the command line prints."""

from __future__ import annotations

import json

from remotelens.bridge import answers
from remotelens.camera.state import Setting
from remotelens.cli.output import error_object
from remotelens.errors import CameraBusy
from tests.remotelens.bridge.standin import shot
from tests.remotelens.bridge.states import IDLE_QX10


def test_a_document_has_its_schema_number() -> None:
    assert json.loads(answers.document(answers.shots([shot()]))) == {"schema": 1, "items": [shot().to_dict()]}


def test_an_error_is_told_as_the_command_line_tells_it() -> None:
    error = CameraBusy("it is busy", camera="qx", remedy="wait", code=40403)
    assert answers.error_record(error, "qx") == error_object(error, int(error.exit_code))


def test_an_error_without_a_camera_is_of_the_one_that_was_asked() -> None:
    assert answers.error_record(CameraBusy("it is busy"), "qx")["camera"] == "qx"


def test_what_was_not_obeyed_has_the_form_of_what_would_have_been_answered() -> None:
    assert answers.nothing("shutter") == {"items": []}
    assert answers.nothing("set") == {"settings": {}}
    assert answers.nothing("live_view") == {"live_view": False}
    assert answers.nothing("explode") == {}


def test_settings_are_told_as_the_command_line_tells_them() -> None:
    told = answers.settings({"iso": Setting("100", ("100", "200"), True)})
    assert told == {"settings": {"iso": {"value": "100", "candidates": ["100", "200"], "writable": True}}}


def test_a_state_is_what_status_shows_and_who_it_is() -> None:
    told = answers.state("qx", "the qx", IDLE_QX10, live_view_requested=True)
    assert told == {"id": "qx", "camera": "the qx", **IDLE_QX10.to_dict(), "live_view_requested": True}
