"""`remotelens bridge` as a program: how it begins, how it ends, and what it leaves on the broker."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from remotelens.bridge.broker import PASSWORD_VARIABLE
from remotelens.cli.commands import bridge as command
from remotelens.cli.main import main
from tests.programs import LIMIT_S, Here
from tests.remotelens.bridge.conftest import LOGIN
from tests.remotelens.bridge.mosquitto import Mosquitto, peer

USER, PASSWORD = LOGIN


@pytest.fixture
def here(tmp_path: Path) -> Here:
    return Here(tmp_path)


@pytest.fixture(scope="module")
def qx10(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an emulated QX10."""
    with Here(tmp_path_factory.mktemp("qx10")).emulator("--still-scale", "8", "--no-ssdp") as ready:
        yield f"127.0.0.1:{ready['cameras'][0]['port']}"


def base_of(process: subprocess.Popen[str]) -> str:
    """Return what the topics of the bridged camera begin with, once it has a place."""
    assert process.stderr is not None
    line = process.stderr.readline()
    assert line.startswith("DSC-QX10 is remotelens/dsc-qx10-"), line
    return line.split()[2]


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Interrupt it, and return how it ended."""
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=LIMIT_S)
    return process.returncode, stdout, stderr


async def test_it_works_until_interrupted_and_leaves_in_order(
    here: Here, broker: Mosquitto, qx10: str
) -> None:
    async with peer(broker) as somebody:
        with here.started("bridge", "--mqtt", broker.url, qx10, "-o", "kept", "--json") as process:
            base = base_of(process)
            await somebody.see(f"{base}/availability", lambda seen: seen == b"online")
            (shot,) = (await somebody.ask(f"{base}/command/shutter"))["items"]
            code, stdout, _ = ended(process)
        await somebody.see(f"{base}/availability", lambda seen: seen == b"offline", after=1)
    (account,) = json.loads(stdout)["items"]
    assert code == 0
    counts = {"commands": 1, "refused": 0, "shots": 1}
    assert account == {"id": base.partition("/")[2], "camera": "DSC-QX10", "topic": base, **counts}
    assert (here.folder / shot["path"]).exists()


async def test_its_last_will_is_heard_when_it_is_killed(here: Here, broker: Mosquitto, qx10: str) -> None:
    async with peer(broker) as somebody:
        with here.started("bridge", "--mqtt", broker.url, qx10) as process:
            base = base_of(process)
            await somebody.see(f"{base}/availability", lambda seen: seen == b"online")
            process.kill()
            await somebody.see(f"{base}/availability", lambda seen: seen == b"offline", after=1)


@pytest.mark.parametrize("place", ["file", "environment"])
async def test_the_password_comes_from_a_file_or_the_environment(
    here: Here, locked_broker: Mosquitto, qx10: str, place: str
) -> None:
    (here.folder / "password").write_text(PASSWORD + "\n")
    url = locked_broker.url.replace("//", f"//{USER}@")
    words = ["bridge", "--mqtt", url, qx10]
    more = {PASSWORD_VARIABLE: PASSWORD} if place == "environment" else {}
    if place == "file":
        words += ["--password-file", "password"]
    async with peer(locked_broker, user=USER, password=PASSWORD) as somebody:
        with here.started(*words, **more) as process:
            base = base_of(process)
            await somebody.see(f"{base}/availability", lambda seen: seen == b"online")
            assert ended(process)[0] == 0


def test_a_wrong_password_ends_it_with_one_clear_line(here: Here, locked_broker: Mosquitto) -> None:
    url = locked_broker.url.replace("//", f"//{USER}@")
    answer = here.remotelens(
        "bridge", "--mqtt", url, "127.0.0.1:9", "--json", **{PASSWORD_VARIABLE: "hunter2"}
    )
    assert answer.code == 1
    assert answer.json["error"]["type"] == "BrokerRefused"
    assert len(answer.stderr.strip().splitlines()) == 1
    assert "does not let in the user 'lens'" in answer.stderr
    assert "hunter2" not in answer.stderr + answer.stdout


def test_no_broker_at_the_start_ends_it_with_one_clear_line(here: Here) -> None:
    answer = here.remotelens("bridge", "--mqtt", "mqtt://127.0.0.1:9", "127.0.0.1:9")
    assert answer.code == 1
    (line,) = answer.stderr.splitlines()
    assert line.startswith("remotelens: no broker at 127.0.0.1:9: connection refused (")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "say where to: --mqtt"),
        (("--mqtt", "mqtt://me:hunter2@127.0.0.1"), "there is a password in the broker's URL"),
        (("--mqtt", "http://127.0.0.1"), "a broker's URL does not begin with http"),
        (("--mqtt", "mqtt://127.0.0.1", "--prefix", "a/#"), "cannot be a prefix"),
        (("--mqtt", "mqtt://me@127.0.0.1", "--password-file", "none"), "cannot be read"),
        (("--mqtt", "mqtt://127.0.0.1", "nonsense!"), "names no camera"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_exit_code_2(
    here: Here, words: tuple[str, ...], told: str
) -> None:
    answer = here.remotelens("bridge", *words)
    assert answer.code == 2
    assert told in answer.stderr
    assert "hunter2" not in answer.stderr
    assert "Traceback" not in answer.stderr


def test_without_the_library_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "find_spec", lambda _: None)
    with pytest.raises(SystemExit) as end:
        main(["bridge", "--mqtt", "mqtt://127.0.0.1"])
    assert end.value.code == 1
    assert "pip install 'remotelens[bridge]'" in capsys.readouterr().err
