"""The board: holds the newest `View` of one camera, and tells the face of each change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Protocol

from remotelens.camera.frame import Frame
from remotelens.camera.shot import Shot
from remotelens.camera.state import Value
from remotelens.dashboard.view import Notice, View
from remotelens.dashboard.words import brief, plain
from remotelens.errors import RemoteLensError


class Face(Protocol):
    """Who shows what the operator of a camera finds."""

    def show(self, view: View) -> None:
        """Show a new state."""
        ...

    def tell(self, notice: Notice) -> None:
        """Tell of something that has happened."""
        ...

    async def see(self, frame: Frame) -> None:
        """Show a live view frame; until it returns, newer ones replace each other."""
        ...


class Board:
    """One camera's view and its face.

    Args:
        view: the first one.
        face: who shows it.
    """

    def __init__(self, view: View, face: Face) -> None:
        self.view = view
        self.face = face
        self._words: list[str] = []

    def put(self, **changes: Any) -> None:
        """Change the view, and show it if it is another one then."""
        view = replace(self.view, **changes)
        if view != self.view:
            self.view = view
            self.face.show(view)

    def tell(self, text: str) -> None:
        """Tell of what was done."""
        self.face.tell(Notice(plain(text)))

    def complain(self, error: RemoteLensError, also: str = "") -> None:
        """Tell of what went wrong, what else is known of it first, and what to do about it."""
        known = f"{also}: " if also else ""
        remedy = f" — {error.remedy}" if error.remedy else ""
        self.face.tell(Notice(plain(brief(f"{known}{error.message}{remedy}")), bad=True))

    @contextmanager
    def doing(self, word: str) -> Iterator[None]:
        """Show what is being done while the block runs."""
        self._words.append(word)
        self.put(doing=self._words[-1])
        try:
            yield
        finally:
            self._words.remove(word)
            self.put(doing=self._words[-1] if self._words else None)

    def want(self, name: str, value: Value) -> None:
        """Show a setting as it will be."""
        self.put(wanted=MappingProxyType({**self.view.wanted, name: value}))

    def settle(self, name: str) -> None:
        """Show a setting as it is."""
        self.put(
            wanted=MappingProxyType({key: value for key, value in self.view.wanted.items() if key != name})
        )

    def add_shot(self, shot: Shot) -> None:
        """Show a picture that was taken; its file may be on its way."""
        self.put(shots=(*self.view.shots, shot))

    def replace_shot(self, shot: Shot) -> None:
        """Show what has become of a picture."""
        self.put(shots=tuple(shot if shot.id == known.id else known for known in self.view.shots))
