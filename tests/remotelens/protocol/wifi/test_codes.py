from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens import errors
from remotelens.protocol.wifi.codes import (
    MEANINGS,
    ApiError,
    Retry,
    error_from,
    is_end_of_contents,
    retry_of,
)
from tests.remotelens.protocol.wifi.fuzz import quick

# protocol/wifi.md 4.3, all rows.
CODES = [*range(16), 401, 403, 404, 406, 413, 414, 501, 503, *range(40400, 40404), *range(41000, 41004)]


def test_every_code_of_the_specification_has_a_meaning() -> None:
    assert sorted(ApiError) == CODES
    assert set(MEANINGS) == set(ApiError)


@pytest.mark.parametrize("code", CODES)
def test_every_code_becomes_a_typed_error_with_a_sentence_and_a_remedy(code: int) -> None:
    error = error_from(code, "", method="setCameraFunction", camera="qx10")

    assert type(error) is not errors.RemoteLensError
    assert isinstance(error, errors.RefusedError | errors.SupplyError)
    assert error.code == code
    assert error.camera == "qx10"
    assert error.remedy
    assert str(error).startswith("qx10: setCameraFunction ")
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1, errors.NotAvailableNow),
        (2, errors.CameraBusy),
        (3, errors.IllegalArgument),
        (7, errors.NotAvailableNow),
        (12, errors.NotSupported),
        (14, errors.NotSupported),
        (403, errors.AuthenticationNeeded),
        (404, errors.NotSupported),
        (503, errors.CameraBusy),
        (40400, errors.CaptureFailed),
        (40401, errors.CameraBusy),
        (40403, errors.CameraBusy),
        (41001, errors.ContentGone),
        (41002, errors.SupplyError),
        (77777, errors.RefusedError),
    ],
)
def test_what_kind_of_error_a_code_is(code: int, kind: type[errors.RemoteLensError]) -> None:
    assert type(error_from(code, "", method="actZoom", camera=None)) is kind


@pytest.mark.parametrize(
    ("code", "retry"),
    [
        (1, Retry.WAIT),
        (7, Retry.WAIT),
        (40401, Retry.WAIT),
        (503, Retry.WAIT),
        (406, Retry.WAIT),
        (2, Retry.POLL_AGAIN),
        (40402, Retry.STOP_POLLING),
        (40403, Retry.AWAIT),
        (3, Retry.NEVER),
        (5, Retry.NEVER),
        (8, Retry.NEVER),
        (12, Retry.NEVER),
        (14, Retry.NEVER),
        (403, Retry.AUTHENTICATE),
        (77777, Retry.NEVER),
    ],
)
def test_what_a_caller_can_do_about_it(code: int, retry: Retry) -> None:
    assert retry_of(code) is retry


def test_a_text_that_only_repeats_the_method_is_left_out() -> None:
    repeated = error_from(403, "setCameraFunction", method="camera.setCameraFunction", camera=None)
    said = error_from(1, "Not Available Now", method="actZoom", camera=None)

    assert "(error 403)" in str(repeated)
    assert "(error 1: Not Available Now)" in str(said)


def test_a_refused_registration_is_told_from_a_bad_call() -> None:
    refused = error_from(5, "Illegal Request", method="actEnableMethods", camera=None)

    assert type(refused) is errors.AuthenticationNeeded
    assert type(error_from(5, "", method="actZoom", camera=None)) is errors.IllegalArgument


def test_the_end_of_a_contents_list_is_no_failure() -> None:
    assert is_end_of_contents(1, "Cannot obtain content list.")
    assert not is_end_of_contents(1, "Not Available Now")
    assert not is_end_of_contents(7, "Cannot obtain content list.")


@quick
@given(st.integers(), st.text())
def test_no_text_of_a_camera_breaks_the_line(code: int, text: str) -> None:
    said = str(error_from(code, text, method="getEvent", camera="x"))

    assert len(said.splitlines()) == 1
    assert len(said) < 600
