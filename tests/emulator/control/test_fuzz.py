"""The control API fuzzed from its own description."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from emulator.threaded import ThreadedCamera

schemathesis = pytest.importorskip("schemathesis")
EXAMPLES = 60


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.filterwarnings("ignore")
def test_no_request_makes_the_control_api_answer_otherwise_than_it_says() -> None:
    with ThreadedCamera(clock="virtual", still_scale=16, scene="chart", ble=True) as camera:
        control = camera.emulator.ready["control"]
        headers = {"Authorization": f"Bearer {control['token']}"}
        schema = schemathesis.openapi.from_url(f"{control['url']}/v1/openapi.json", headers=headers)
        checks = [
            schemathesis.checks.CHECKS.get_one(name)
            for name in (
                "not_a_server_error",
                "status_code_conformance",
                "content_type_conformance",
                "response_schema_conformance",
            )
        ]
        for found in schema.get_all_operations():
            fuzz(found.ok(), headers, checks)


def fuzz(operation: Any, headers: dict[str, str], checks: list[Any]) -> None:
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def one(case: Any) -> None:
        if case.query and "wait_s" in case.query:
            case.query = {**case.query, "wait_s": 0}
        response = case.call(headers=headers)
        case.validate_response(response, checks=checks)

    one()
