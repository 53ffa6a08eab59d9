"""What `status --watch` writes in words."""

from __future__ import annotations

from typing import Any

from remotelens.cli.commands.status import _one_line

READY: dict[str, Any] = {
    "link": "ready",
    "link_reason": None,
    "link_since": "2026-11-25T22:08:10.762Z",
    "link_next_try": None,
    "status": "IDLE",
    "zoom": 40,
    "settings": {
        "beep": {"value": "On", "writable": True},
        "iso": {"value": "AUTO", "writable": False},
    },
}
LOST = {
    **READY,
    "link": "lost",
    "link_reason": "the connection broke",
    "link_next_try": "2026-11-25T22:08:14.762Z",
    "status": None,
}


def test_a_ready_camera_is_shown_with_what_can_be_set() -> None:
    assert _one_line(READY) == "ready  IDLE  zoom 40  beep On"


def test_a_ready_camera_with_something_amiss_says_what() -> None:
    assert _one_line({**READY, "link_reason": "another program follows it"}).endswith(
        "  (another program follows it)"
    )


def test_a_lost_camera_shows_no_old_settings_but_reason_since_and_next_try() -> None:
    assert _one_line(LOST) == "lost since 22:08:10 UTC  the connection broke  next try 22:08:14 UTC"


def test_a_stage_under_way_has_no_next_try() -> None:
    assert _one_line({**LOST, "link": "waking", "link_next_try": None}).startswith(
        "waking, not ready since 22:08:10"
    )
    assert "next try" not in _one_line({**LOST, "link_next_try": None})
