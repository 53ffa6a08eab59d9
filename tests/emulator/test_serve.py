import os
import signal
import threading
from typing import Any

import pytest

from emulator.serve import serve
from remotelens.errors import RemoteLensError


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_the_orderly_end(number: signal.Signals) -> None:
    told: list[dict[str, Any]] = []

    def tell(ready: dict[str, Any]) -> None:
        told.append(ready)
        os.kill(os.getpid(), number)

    before = signal.getsignal(number)
    serve(["DSC-QX10"], {"ssdp": False}, tell)
    assert [camera["id"] for camera in told[0]["cameras"]] == ["qx10-1"]
    assert signal.getsignal(number) is before
    assert threading.active_count() >= 1


def test_a_start_that_fails_is_raised() -> None:
    with pytest.raises(RemoteLensError, match="cannot listen"):
        serve(["DSC-QX10"], {"host": "203.0.113.77"}, lambda ready: None)
