"""The topics of one camera, and the id that stands in them.

Source: design section 9, "MQTT"; the characters of an id are those that Home Assistant allows in a discovery
topic (its documentation of the MQTT integration, "Discovery topic").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from remotelens.errors import InvalidValue

PREFIX = "remotelens"
DISCOVERY_PREFIX = "homeassistant"
MOST_ANSWER_TOPIC = 256
_PREFIX = re.compile(r"(?!\$)[!-\"$-*,-.0-~]+(?:/[!-\"$-*,-.0-~]+)*")
_MOST_PREFIX = 100
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9_-]+")
_UNFIT_FOR_ANSWERS = re.compile(r"[#+\x00-\x1f\x7f]")
_TAIL_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Topics:
    """Where one camera is on the broker.

    Args:
        camera_id: its id there.
        prefix: what all topics of the bridge begin with.
        discovery_prefix: what Home Assistant's own topics begin with.
    """

    camera_id: str
    prefix: str = PREFIX
    discovery_prefix: str = DISCOVERY_PREFIX

    @property
    def base(self) -> str:
        """What all topics of the camera begin with."""
        return f"{self.prefix}/{self.camera_id}"

    @property
    def availability(self) -> str:
        """Whether the camera can be used: online or offline, kept by the broker."""
        return f"{self.base}/availability"

    @property
    def state(self) -> str:
        """The camera's state, kept by the broker."""
        return f"{self.base}/state"

    @property
    def shot(self) -> str:
        """The record of each capture."""
        return f"{self.base}/shot"

    @property
    def picture(self) -> str:
        """The picture of a capture, where it was asked for."""
        return f"{self.base}/picture"

    @property
    def live_view(self) -> str:
        """Live view images, while they are asked for."""
        return f"{self.base}/live_view"

    @property
    def commands(self) -> str:
        """The pattern of every command's topic."""
        return f"{self.base}/command/#"

    @property
    def discovery(self) -> str:
        """Where Home Assistant looks for the camera's description, kept by the broker."""
        return f"{self.discovery_prefix}/device/{self.device_id}/config"

    @property
    def home_assistant_status(self) -> str:
        """Where Home Assistant says that it has started."""
        return f"{self.discovery_prefix}/status"

    @property
    def device_id(self) -> str:
        """The camera's id among the devices of Home Assistant, whatever they come from."""
        return f"remotelens_{self.camera_id}"

    def command(self, *words: str) -> str:
        """Return the topic of one command."""
        return "/".join((self.base, "command", *words))

    def command_words(self, topic: str) -> tuple[str, ...] | None:
        """Return what follows `command` in a topic; None where it is no command of this camera's."""
        start = f"{self.base}/command/"
        return tuple(topic[len(start) :].split("/")) if topic.startswith(start) else None

    def may_answer_on(self, topic: str) -> bool:
        """Whether a sender's wish for the answer's topic is one that is followed.

        The bridge may be allowed more on the broker than the sender, so it does not write for others what
        only it may write: the camera's own topics and Home Assistant's.
        """
        ours = (f"{self.base}/", f"{self.discovery_prefix}/", "$")
        return (
            0 < len(topic) <= MOST_ANSWER_TOPIC
            and not _UNFIT_FOR_ANSWERS.search(topic)
            and not topic.startswith(ours)
        )


def check_prefix(text: str) -> str:
    """Return a prefix if topics can begin with it.

    Raises:
        InvalidValue: they cannot.
    """
    if len(text) > _MOST_PREFIX or not _PREFIX.fullmatch(text):
        raise InvalidValue(
            f"{text[:40]!r} cannot be a prefix of topics",
            remedy="use words with slashes between them, without #, + and spaces, such as home/remotelens",
        )
    return text


def id_of_name(name: str) -> str:
    """Return the id of a camera that was given a name."""
    return _NOT_IN_ID.sub("_", name)


def id_of_description(friendly_name: str, udn: str) -> str:
    """Return the id of a camera that has no name here: its model, and the end of its own unique number."""
    model = _NOT_IN_ID.sub("_", friendly_name).strip("_").lower() or "camera"
    tail = "".join(letter for letter in udn.lower() if letter.isascii() and letter.isalnum())[-_TAIL_DIGITS:]
    return f"{model[:40]}-{tail}" if tail else model[:40]
