"""The last picture in three lines: its file, its exposure, its size."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from remotelens.camera.shot import Shot
from remotelens.dashboard import words
from remotelens.dashboard.view import View


class LastPicture(Static):
    """What was taken last; blank before that."""

    DEFAULT_CSS = """
    LastPicture { height: 4; background: $surface; color: $foreground; padding: 0 1; text-wrap: nowrap;
        text-overflow: ellipsis; }
    """

    def __init__(self) -> None:
        super().__init__(id="last")

    def show(self, view: View) -> None:
        """Show the last picture there is."""
        content = content_of(view, view.shots[-1]) if view.shots else Content("")
        if content != self.content:
            self.update(content)


def content_of(view: View, shot: Shot) -> Content:
    """Return the lines."""
    file = shot.files[0] if shot.files else None
    if file is None or file.path is None:
        return Content.from_markup(
            "[$text-muted]last picture[/]\n$where", where=words.whereabouts(view, shot)
        )
    return Content.from_markup(
        "[$text-muted]last picture[/]\n[b]$name[/b]\n$exposure\n$size",
        name=words.plain(file.path.name),
        exposure=words.exposure(shot) or words.NOT_TOLD,
        size=f"{file.width}×{file.height}  {(file.size_bytes or 0) / 1e6:.1f} MB",
    )
