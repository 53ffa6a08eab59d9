"""A list of the values that a setting can take now."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from remotelens.camera.state import Value
from remotelens.dashboard import words
from remotelens.dashboard.dialogs.panel import Panel
from remotelens.dashboard.operator import Operator


class ChoosePanel(Panel):
    """Lets a person choose one of a setting's candidates.

    Args:
        name: the setting.
        candidates: what can be chosen.
        current: what it is.
        operator: whose camera it belongs to, whichever one is looked through by then.
    """

    DEFAULT_CSS = """
    ChoosePanel { min-width: 24; }
    ChoosePanel > OptionList, ChoosePanel > OptionList:focus {
        width: auto; min-width: 20; height: auto; max-height: 100%; border: none; background: $panel;
        padding: 0;
    }
    """

    class Chosen(Message):
        """A value was chosen."""

        def __init__(self, operator: Operator, name: str, value: Value) -> None:
            super().__init__()
            self.operator = operator
            self.name = name
            self.value = value

    def __init__(
        self, name: str, candidates: Sequence[Value], current: Value | None, operator: Operator
    ) -> None:
        super().__init__(id="choose")
        self.border_title = words.label(name)
        self._setting = name
        self._candidates = tuple(candidates)
        self._current = current
        self._operator = operator

    def compose(self) -> ComposeResult:
        """Put the list in."""
        yield OptionList(
            *(Option(words.value(self._setting, value)) for value in self._candidates), markup=False
        )

    @property
    def keyboard(self) -> Widget:
        """The list."""
        return self.query_one(OptionList)

    def on_mount(self) -> None:
        """Start at the present value."""
        if self._current in self._candidates:
            self.query_one(OptionList).highlighted = self._candidates.index(self._current)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Tell what was chosen, and go away."""
        event.stop()
        self.post_message(self.Chosen(self._operator, self._setting, self._candidates[event.option_index]))
        self.action_close()
