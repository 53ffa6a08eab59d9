"""What widgets that draw their own lines have in common."""

from __future__ import annotations

from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Lines(Widget):
    """A widget that draws line by line; working out its own style costs Textual more than a line does."""

    _ground: Style | None = None

    @property
    def ground(self) -> Style:
        """The style of the widget itself."""
        if self._ground is None:
            self._ground = self.rich_style
        return self._ground

    @property
    def blank_line(self) -> Strip:
        """A line with nothing in it."""
        return Strip.blank(self.size.width, self.ground)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a part; there is no border or padding to be put around them."""
        lines = [self.render_line(y) for y in range(crop.y, crop.bottom)]
        whole = crop.x == 0 and crop.right >= self.size.width
        return lines if whole else [line.crop(crop.x, crop.right) for line in lines]

    def notify_style_update(self) -> None:
        """Work the style out again: theme or rules have changed."""
        self._ground = None
        super().notify_style_update()
