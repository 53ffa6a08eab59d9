"""The operations of the control API as a table: routes, OpenAPI description and tests come from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from emulator.control import answers, orders

Verb = Literal["GET", "POST", "PUT", "DELETE"]
ONE = "/v1/cameras/{camera}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query.

    Attributes:
        name: as in the query.
        kind: what it is.
        does: what it is for.
        required: whether it must be given.
    """

    name: str
    kind: Literal["string", "integer", "number", "moment"]
    does: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked.

    Attributes:
        name: operationId, and the handler's name.
        verb: of HTTP.
        path: with its variables in braces.
        does: in one line.
        answer: the type of its answer, or its media type where that is no JSON of ours.
        order: the type of its body, where it takes one, or its media type where that is no JSON.
        query: what its query can say.
        refusals: the status codes of what it may refuse, beside 401.
    """

    name: str
    verb: Verb
    path: str
    does: str
    answer: type | str
    order: type[orders.Order] | str | None = None
    query: tuple[Parameter, ...] = ()
    refusals: tuple[int, ...] = ()

    @property
    def tag(self) -> str:
        """Which group it belongs to."""
        return self.path.split("/")[2].partition(".")[0]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of its path."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))


_WAIT = Parameter("wait_s", "number", "wait so many seconds of the host, 60 at most, until there is any")
_WHICH = (
    Parameter("since", "integer", "only entries with a higher number"),
    Parameter("method", "string", "only of this method"),
    Parameter("camera", "string", "only of this camera"),
    Parameter("channel", "string", "only of this channel"),
    Parameter("kind", "string", "only of this kind: request, answer, exchange, change, fault, …"),
    Parameter("from", "moment", "only from this moment on, ISO 8601, in the cameras' time"),
    Parameter("until", "moment", "only before this moment"),
    Parameter("last", "integer", "only so many, the newest"),
)
JSON, BINARY = "application/json", "application/octet-stream"

OPERATIONS: tuple[Operation, ...] = (
    Operation("openapi", "GET", "/v1/openapi.json", "This description.", JSON),
    Operation("health", "GET", "/v1/health", "Whether the emulator is well, and its time.", answers.Health),
    Operation("state", "GET", "/v1/state", "Everything at once.", answers.State),
    Operation(
        "changes",
        "GET",
        "/v1/changes",
        "What has changed since; with wait_s a long poll.",
        answers.ChangesSince,
        query=(Parameter("since", "integer", "only changes with a higher number"), _WAIT),
        refusals=(400,),
    ),
    Operation("cameras", "GET", "/v1/cameras", "All cameras.", answers.Cameras),
    Operation(
        "add_camera",
        "POST",
        "/v1/cameras",
        "Put one more camera into the rack.",
        answers.Camera,
        orders.CameraOrder,
        refusals=(400,),
    ),
    Operation("camera", "GET", ONE, "One camera.", answers.Camera, refusals=(404,)),
    Operation(
        "remove_camera", "DELETE", ONE, "Take a camera out of the rack.", answers.Cameras, refusals=(404,)
    ),
    Operation(
        "power",
        "POST",
        f"{ONE}/power",
        "Press the power button; where time passes by itself, answers when the camera is so.",
        answers.Camera,
        orders.PowerOrder,
        refusals=(400, 404),
    ),
    Operation(
        "press",
        "POST",
        f"{ONE}/press",
        "Press a button.",
        answers.Camera,
        orders.PressOrder,
        refusals=(400, 404),
    ),
    Operation(
        "card",
        "POST",
        f"{ONE}/card",
        "Change the card.",
        answers.Camera,
        orders.CardOrder,
        refusals=(400, 404),
    ),
    Operation("files", "GET", f"{ONE}/card/files", "What is on the card.", answers.Files, refusals=(404,)),
    Operation(
        "protect",
        "PUT",
        f"{ONE}/card/files/{{file}}",
        "Mark a file on the card so that the camera does not delete it, or take the mark off.",
        answers.File,
        orders.FileOrder,
        refusals=(400, 404),
    ),
    Operation(
        "battery",
        "POST",
        f"{ONE}/battery",
        "Charge or drain the battery; plug the power cable in, or pull it out.",
        answers.Camera,
        orders.BatteryOrder,
        refusals=(400, 404),
    ),
    Operation(
        "dial",
        "POST",
        f"{ONE}/dial",
        "Turn the mode dial.",
        answers.Camera,
        orders.DialOrder,
        refusals=(400, 404, 409),
    ),
    Operation(
        "settings",
        "POST",
        f"{ONE}/settings",
        'Change settings in the camera\'s menu, at once: values by name, as in {"SelfTimer": 2}.',
        answers.Camera,
        orders.Order,
        refusals=(400, 404, 409),
    ),
    Operation(
        "lens",
        "POST",
        f"{ONE}/lens",
        "Change the lens, turn its rings, or hold the camera otherwise.",
        answers.Camera,
        orders.LensOrder,
        refusals=(400, 404),
    ),
    Operation(
        "temperature",
        "POST",
        f"{ONE}/temperature",
        "Bring the camera into warmer or colder air.",
        answers.Camera,
        orders.TemperatureOrder,
        refusals=(400, 404),
    ),
    Operation(
        "trouble",
        "POST",
        f"{ONE}/trouble",
        "Get the camera into trouble (cameraStatus Error), or out of it.",
        answers.Camera,
        orders.TroubleOrder,
        refusals=(400, 404, 409),
    ),
    Operation(
        "wall_clock",
        "POST",
        f"{ONE}/clock",
        "Set date, time and zone in the camera's menu.",
        answers.Camera,
        orders.WallClockOrder,
        refusals=(400, 404),
    ),
    Operation(
        "join",
        "POST",
        f"{ONE}/join",
        "Bring this host onto the camera's network.",
        answers.Camera,
        orders.JoinOrder,
        refusals=(400, 403, 404),
    ),
    Operation(
        "leave",
        "POST",
        f"{ONE}/leave",
        "Take this host off the camera's network.",
        answers.Camera,
        refusals=(404,),
    ),
    Operation(
        "pairing",
        "POST",
        f"{ONE}/pairing",
        "Work the pairing screen.",
        answers.Camera,
        orders.PairingOrder,
        refusals=(400, 404, 409),
    ),
    Operation("radio", "GET", f"{ONE}/radio", "A camera's radio.", answers.Radio, refusals=(404, 409)),
    Operation(
        "work_radio",
        "POST",
        f"{ONE}/radio",
        "Carry a camera about, switch its menu, hold it by a phone, or trouble its radio.",
        answers.Radio,
        orders.RadioOrder,
        refusals=(400, 404, 409),
    ),
    Operation("scene", "GET", "/v1/scene", "What the cameras look at.", answers.Scene),
    Operation(
        "set_scene",
        "POST",
        "/v1/scene",
        "Look at another scene, from its beginning.",
        answers.Scene,
        orders.SceneOrder,
        refusals=(400,),
    ),
    Operation(
        "weather",
        "POST",
        "/v1/weather",
        "Change the weather.",
        answers.Scene,
        orders.WeatherOrder,
        refusals=(400, 409),
    ),
    Operation("clock", "GET", "/v1/clock", "The cameras' time.", answers.Clock),
    Operation(
        "advance",
        "POST",
        "/v1/clock/advance",
        "Let time pass that stands still (--clock virtual); answers once everything due has happened.",
        answers.Clock,
        orders.AdvanceOrder,
        refusals=(400, 409),
    ),
    Operation(
        "jump",
        "POST",
        "/v1/clock/jump",
        "Let it be later (or earlier) at once, by the clocks and in the scene; nothing happens in between.",
        answers.Clock,
        orders.JumpOrder,
        refusals=(400,),
    ),
    Operation("fault_kinds", "GET", "/v1/faults/kinds", "All ways to misbehave.", answers.Kinds),
    Operation("faults", "GET", "/v1/faults", "The fault rules at work.", answers.Faults),
    Operation(
        "add_fault",
        "POST",
        "/v1/faults",
        "Put a rule, or a named mix of them, to work.",
        answers.AddedFault,
        orders.FaultOrder,
        refusals=(400,),
    ),
    Operation("clear_faults", "DELETE", "/v1/faults", "End all rules.", answers.Faults),
    Operation("fault", "GET", "/v1/faults/{fault}", "One rule.", answers.Fault, refusals=(404,)),
    Operation(
        "change_fault",
        "PUT",
        "/v1/faults/{fault}",
        "Put another rule in a rule's place.",
        answers.Fault,
        orders.FaultOrder,
        refusals=(400, 404),
    ),
    Operation("remove_fault", "DELETE", "/v1/faults/{fault}", "End a rule.", answers.Faults, refusals=(404,)),
    Operation(
        "journal",
        "GET",
        "/v1/journal",
        "What has happened; with wait_s a long poll.",
        answers.Entries,
        query=(*_WHICH, _WAIT),
        refusals=(400,),
    ),
    Operation("clear_journal", "DELETE", "/v1/journal", "Forget what has happened.", answers.Entries),
    Operation(
        "count",
        "GET",
        "/v1/journal/count",
        "How often a method was requested, ever since the last reset.",
        answers.Count,
        query=(Parameter("method", "string", "which", required=True), Parameter("camera", "string", "whose")),
        refusals=(400,),
    ),
    Operation(
        "har",
        "GET",
        "/v1/journal/har",
        "The HTTP exchanges as an HTTP archive.",
        JSON,
        query=_WHICH,
        refusals=(400,),
    ),
    Operation(
        "btsnoop",
        "GET",
        "/v1/journal/btsnoop",
        "The packets of the virtual air, for Wireshark.",
        BINARY,
        refusals=(409,),
    ),
    Operation("snapshots", "GET", "/v1/snapshots", "What is remembered.", answers.Snapshots),
    Operation(
        "snapshot",
        "POST",
        "/v1/snapshot",
        "Remember how everything stands; refused while a camera is in the middle of something.",
        answers.Snapshot,
        orders.SnapshotOrder,
        refusals=(400, 409),
    ),
    Operation(
        "restore",
        "POST",
        "/v1/restore",
        "Bring everything back to how it stood then.",
        answers.State,
        orders.SnapshotOrder,
        refusals=(400,),
    ),
    Operation(
        "save_snapshot",
        "GET",
        "/v1/snapshots/{name}",
        "A snapshot as a file; it holds the networks' keys.",
        BINARY,
        refusals=(404,),
    ),
    Operation(
        "load_snapshot",
        "PUT",
        "/v1/snapshots/{name}",
        "Remember what such a file holds, under a name.",
        answers.Snapshot,
        BINARY,
        refusals=(400, 413),
    ),
    Operation(
        "forget_snapshot",
        "DELETE",
        "/v1/snapshots/{name}",
        "Remember it no longer.",
        answers.Snapshots,
        refusals=(404,),
    ),
    Operation("reset", "POST", "/v1/reset", "Bring everything back to the start.", answers.Cameras),
)
