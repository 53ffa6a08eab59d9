"""The board shows each change once."""

from __future__ import annotations

from remotelens.dashboard.board import Board
from remotelens.dashboard.view import View
from remotelens.errors import CameraBusy
from tests.remotelens.dashboard.faces import Recorder


def board_and_face() -> tuple[Board, Recorder]:
    face = Recorder()
    return Board(View("qx"), face), face


async def test_only_changes_are_shown() -> None:
    board, face = board_and_face()
    board.put(live=True)
    board.put(fetching=1)
    board.put(fetching=1)
    assert [view.fetching for view in face.views] == [1]


async def test_what_is_being_done_is_the_newest_of_what_is_under_way() -> None:
    board, face = board_and_face()
    with board.doing("focusing"):
        with board.doing("zooming"):
            assert board.view.doing == "zooming"
        assert board.view.doing == "focusing"
    assert board.view.doing is None
    assert [view.doing for view in face.views] == ["focusing", "zooming", "focusing", None]


async def test_a_wish_is_shown_until_it_is_settled() -> None:
    board, _ = board_and_face()
    board.want("iso", "100")
    board.want("ev", 1.0)
    board.settle("iso")
    assert dict(board.view.wanted) == {"ev": 1.0}


async def test_a_complaint_says_what_happened_what_is_known_and_what_to_do() -> None:
    board, face = board_and_face()
    url = "http://10.0.0.1:60152/postview/pict1.JPG?%211234%21"
    board.complain(CameraBusy(f"the camera is\x1b[2J busy with {url}", remedy="wait"), "nothing was sent")
    (notice,) = face.notices
    assert notice.bad
    assert notice.text == "nothing was sent: the camera is·[2J busy with …/pict1.JPG — wait"
