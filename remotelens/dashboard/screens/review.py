"""The pictures taken here, one at a time, with what each says it was taken with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from remotelens.camera.shot import Shot
from remotelens.dashboard import words
from remotelens.dashboard.keys import LIVE_KEYS, REVIEW_KEYS, bindings
from remotelens.dashboard.query import TerminalFacts
from remotelens.dashboard.render.cells import Colours
from remotelens.dashboard.render.decode import BadPicture, Pixels, decode, size_of
from remotelens.dashboard.render.fit import Fit, fit
from remotelens.dashboard.render.graphics import USUAL_CELL, Graphics, clear, image_of
from remotelens.dashboard.render.resize import box_resize
from remotelens.dashboard.terminal import Output
from remotelens.dashboard.view import NOT_READY, Notice, View
from remotelens.dashboard.widgets.keybar import KeyBar
from remotelens.dashboard.widgets.messages import Messages
from remotelens.dashboard.widgets.picture import Picture
from remotelens.library.exif import ExifFacts, read_exif
from remotelens.protocol.wifi.values import ShutterSpeed

_LEAVING = tuple(key for key in LIVE_KEYS if key.action == "app.quit")


class ReviewScreen(Screen[None]):
    """Shows a picture from the disk.

    Args:
        view: gives the newest state, with the pictures there are.
        fetch: has a picture brought to the disk; tells whether there is a camera to bring it.
        output: the terminal.
        facts: what it said of itself.
        true_colour: whether it shows all colours.
    """

    DEFAULT_CSS = """
    ReviewScreen { background: $background; }
    ReviewScreen > #middle { height: 1fr; }
    ReviewScreen #frame { width: 1fr; align: center middle; }
    ReviewScreen #about { width: 38; height: 1fr; background: $surface; padding: 0 1; }
    ReviewScreen.-narrow #about { width: 1fr; height: 5; }
    ReviewScreen.-narrow > #middle { layout: vertical; }
    ReviewScreen Messages { height: 2; }
    ReviewScreen.-low Messages { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(REVIEW_KEYS)  # type: ignore[assignment]  # list is invariant
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (64, "-usual")]  # noqa: RUF012 - Textual's own
    VERTICAL_BREAKPOINTS = [(0, "-low"), (12, "-fair")]  # noqa: RUF012 - as above

    def __init__(
        self,
        view: Callable[[], View],
        fetch: Callable[[Shot], bool],
        output: Output,
        facts: TerminalFacts,
        *,
        true_colour: bool,
    ) -> None:
        super().__init__()
        self._output = output
        self._facts = facts
        self._view = view
        self._fetch = fetch
        self._index = len(view().shots) - 1
        self._colours = Colours.TRUE if true_colour else Colours.INDEXED
        self._turn = 0

    def compose(self) -> ComposeResult:
        """Put the picture beside what is known of it."""
        with Horizontal(id="middle"):
            with Container(id="frame"):
                yield Picture(id="still")
            yield Static(id="about")
        yield Messages()
        yield KeyBar((*REVIEW_KEYS, *_LEAVING))

    def on_mount(self) -> None:
        """Show the newest."""
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        """Show it in the new size."""
        self._show()

    def refresh_shots(self) -> None:
        """Show what has become of the picture: its file may have arrived."""
        self._show()

    def tell(self, notice: Notice) -> None:
        """Show what has happened."""
        if messages := self.query(Messages):
            messages.first().add(notice)

    def action_move(self, step: int) -> None:
        """Go to another picture."""
        index = min(max(0, self._index + step), len(self._view().shots) - 1)
        if index != self._index:
            self._index = index
            self.query_one(Picture).forget()
            self._show()

    def on_unmount(self) -> None:
        """Take real pixels away."""
        if self._output.send is not None:
            self._output.send(clear(self._facts.graphics))

    async def action_fetch(self) -> None:
        """Bring a picture to the disk that was left behind, or that is gone from there."""
        view = self._view()
        shot = view.shots[self._index]
        if shot.path is not None and await asyncio.to_thread(shot.path.is_file):
            self.tell(Notice("it is on the disk"))
        elif shot.path is None and shot.id not in view.left_behind:
            self.tell(Notice("it is on its way"))
        else:
            self.tell(Notice("it is fetched again") if self._fetch(shot) else NOT_READY)

    def action_back(self) -> None:
        """Go back to the live view."""
        self.dismiss()

    def _show(self) -> None:
        self._turn += 1
        self._load(self._view().shots[self._index], self._turn)

    @work(exclusive=True)
    async def _load(self, shot: Shot, turn: int) -> None:
        """Read the picture in a thread; a still takes longer than the loop may wait."""
        about, frame = self.query_one("#about", Static), self.query_one("#frame", Container)
        picture = self.query_one(Picture)
        view = self._view()
        number = f"{self._index + 1} of {len(view.shots)}"
        if shot.path is None:
            about.update(about_content(shot, number, None, where=words.whereabouts(view, shot)))
            return
        exif = await asyncio.to_thread(read_exif, shot.path)
        about.update(about_content(shot, number, exif))
        room = frame.content_size
        if not room.width or not room.height:
            return
        try:
            pixels, cells = await asyncio.to_thread(_load, shot.path, room.width, room.height, self._facts)
        except FileNotFoundError:
            about.update(about_content(shot, number, exif, trouble="the file is gone; r fetches it again"))
            return
        except (BadPicture, OSError) as error:
            reason = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
            about.update(about_content(shot, number, exif, trouble=reason))
            return
        if turn == self._turn and picture.is_attached:
            picture.lay_out(cells, self._colours)
            if self._facts.graphics is Graphics.NONE:
                picture.show(pixels)
                picture.write()
            else:
                picture.show_image(image_of(self._facts.graphics, pixels, cells, None))


def _load(path: Path, columns: int, rows: int, facts: TerminalFacts) -> tuple[Pixels, Fit]:
    """Read a picture from the disk as it fits into so many cells: two pixels each, or the terminal's own."""
    jpeg = path.read_bytes()
    cells = fit(*size_of(jpeg), columns, rows)
    width, height = cells.width, cells.height
    if facts.graphics is not Graphics.NONE:
        across, down = facts.cell_pixels or USUAL_CELL
        width, height = cells.columns * across, cells.rows * down
    return box_resize(decode(jpeg, least_width=width, least_height=height), width, height), cells


def about_content(
    shot: Shot, number: str, exif: ExifFacts | None, *, where: str = "", trouble: str = ""
) -> Content:
    """Return what is known of a picture, a line each.

    Args:
        shot: the picture.
        number: which it is.
        exif: what it says of itself.
        where: where it is, if not on the disk.
        trouble: why it cannot be shown.
    """
    file = shot.files[0] if shot.files else None
    lines: list[tuple[str, str]] = [
        ("picture", number),
        ("camera", shot.camera),
        ("asked", f"{shot.asked_at.astimezone():%Y-%m-%d %H:%M:%S}"),
    ]
    if shot.path is None:
        lines.append(("file", where))
    elif file is not None:
        lines += [
            ("file", shot.path.name),
            ("folder", str(shot.path.resolve().parent)),
            ("size", f"{file.width}×{file.height}, {(file.size_bytes or 0) / 1e6:.1f} MB"),
        ]
    if exif is not None:
        lines += exif_lines(exif)
    lines.append(("on card", {True: "yes", False: "no", None: words.NOT_TOLD}[shot.on_card]))
    if trouble:
        lines.append(("trouble", trouble))
    return Content("\n").join(
        Content.from_markup("[$text-muted]$label[/] $value", label=label.ljust(9), value=words.plain(value))
        for label, value in lines
    )


def exif_lines(exif: ExifFacts) -> list[tuple[str, str]]:
    """Return what a picture says of itself; what it does not say is left out."""
    shutter = str(ShutterSpeed("", exif.exposure_s)) if exif.exposure_s is not None else None
    focal = None if exif.focal_length_mm is None else f"{exif.focal_length_mm:g} mm"
    if focal and exif.focal_length_35mm_mm:
        focal += f" (as {exif.focal_length_35mm_mm} mm on 35 mm film)"
    flash = None if exif.flash_fired is None else ("fired" if exif.flash_fired else "no")
    balance = None if exif.white_balance_auto is None else ("auto" if exif.white_balance_auto else "set")
    told: list[tuple[str, str | None]] = [
        ("model", exif.model),
        ("taken", exif.taken_local),
        ("shutter", shutter),
        ("f-number", None if exif.f_number is None else f"f/{exif.f_number:g}"),
        ("ISO", None if exif.iso is None else str(exif.iso)),
        ("EV", None if exif.bias_ev is None else f"{exif.bias_ev:+.1f}"),
        ("focal l.", focal),
        ("flash", flash),
        ("white b.", balance),
    ]
    return [(label, value) for label, value in told if value is not None]
