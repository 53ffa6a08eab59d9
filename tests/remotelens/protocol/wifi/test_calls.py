from __future__ import annotations

from typing import Any

import pytest

from remotelens.errors import InvalidValue
from remotelens.protocol.wifi.calls import check_params, describe, signature
from remotelens.protocol.wifi.methods import METHODS, find


def test_a_signature_says_what_a_method_takes_and_gives() -> None:
    zoom = find("camera", "actZoom")
    assert zoom is not None
    assert signature(zoom) == "camera.actZoom(string, string) -> int"
    assert next(describe(zoom)) == signature(zoom)


def test_every_method_of_the_table_can_be_described() -> None:
    assert all(len(list(describe(method))) == 6 for method in METHODS)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("camera.actZoom", ["in", "start"]),
        ("camera.setTouchAFPosition", [50, 12.5]),
        ("camera.setTrackingFocus", [{"trackingFocus": "On"}]),
        ("camera.getShootMode", []),
        ("avContent.getContentCount", [{"uri": "storage:memoryCard1", "type": None, "view": "date"}]),
        ("avContent.deleteContent", [{"uri": ["image:content?contentId=1"]}]),
        ("camera.noSuchMethod", [1, 2, 3]),
    ],
)
def test_parameters_that_fit_pass(name: str, params: list[Any]) -> None:
    service, _, method = name.partition(".")
    check_params(service, method, params)


@pytest.mark.parametrize(
    ("name", "params", "words"),
    [
        ("camera.actZoom", ["in"], "takes 2 parameters, not 1"),
        ("camera.getShootMode", [1], "takes no parameters, not 1"),
        ("camera.setSelfTimer", ["2"], "parameter 1 of setSelfTimer is not of the type int"),
        ("camera.setSelfTimer", [True], "not of the type int"),
        ("camera.setTouchAFPosition", [float("nan"), 1], "not of the type double"),
        ("camera.getEvent", ["true"], "not of the type bool"),
        ("camera.setTrackingFocus", [{"tracking": "On"}], "not of the type"),
        ("camera.setTrackingFocus", ["On"], "not of the type"),
        ("avContent.deleteContent", [{"uri": "image:1"}], "not of the type"),
        ("avContent.deleteContent", [{"uri": [1]}], "not of the type"),
    ],
)
def test_parameters_that_do_not_fit_are_refused_with_the_signature(
    name: str, params: list[Any], words: str
) -> None:
    service, _, method = name.partition(".")
    with pytest.raises(InvalidValue, match=words) as caught:
        check_params(service, method, params)
    assert name in (caught.value.remedy or "")
