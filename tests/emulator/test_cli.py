import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from emulator.cli import cli
from remotelens.errors import MissingComponent
from remotelens.version import __version__
from tests.emulator.process import command, left_in, running
from tests.emulator.wire import ask, call, refused

TABLE = {
    "--model", "--lens", "--count", "--host", "--port", "--ble", "--ble-port",
    "--dbus", "--pairing", "--control-port", "--seed",
    "--clock", "--scene", "--still-scale", "--fault", "--ssdp", "--no-ssdp", "--state", "--ready-file",
    "--as-is", "--control-host", "--auth-file",
    "--json", "--help", "-h",
}  # fmt: skip


def test_run_has_the_options_that_are_promised_and_no_others() -> None:
    context = cli.make_context("remotelens-emulator", ["run"], resilient_parsing=True)
    command = cli.commands["run"]
    names = {
        name for option in command.get_params(context) for name in (*option.opts, *option.secondary_opts)
    }
    assert names == TABLE


def test_the_commands_are_those_that_are_there() -> None:
    assert set(cli.commands) == {"run", "models", "profile", "join", "ctl", "record", "replay", "validate"}
    assert CliRunner().invoke(cli, ["--version"]).output.strip().endswith(__version__)


def test_help_loads_none_of_the_rooms_below() -> None:
    script = (
        "import sys; from click.testing import CliRunner; from emulator.cli import cli;"
        "assert CliRunner().invoke(cli, ['run', '--help']).exit_code == 0;"
        "heavy = {'numpy', 'aiohttp', 'bumble', 'bleak', 'msgspec', 'PIL', 'asyncio'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


async def test_the_ready_file_is_printed_as_one_line_and_written(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    async with running("--ready-file", str(path), "--model", "DSC-QX10", "--count", "2") as emulator:
        assert json.loads(path.read_text()) == emulator.ready
        assert [camera["id"] for camera in emulator.ready["cameras"]] == ["qx10-1", "qx10-2"]
        assert (await ask(emulator.camera["port"], "GET", "/DmsRmtDesc.xml")).status == 200
        outcome = await emulator.stop(signal.SIGTERM)
        assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
        assert await refused(emulator.camera["port"])
    assert left_in(tmp_path) == []


async def test_an_interrupt_is_the_orderly_end_even_with_clients_at_work() -> None:
    async with running() as emulator:
        reader, writer = await asyncio.open_connection("127.0.0.1", emulator.camera["port"])
        writer.write(b"GET /liveview.JPG HTTP/1.1\r\nHost: c\r\n\r\n")
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        outcome = await emulator.stop(signal.SIGINT)
        writer.transport.abort()
        assert (outcome.code, outcome.err) == (0, "")


async def test_without_json_a_person_is_told_where_everything_is() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "emulator",
        "run",
        "--no-ssdp",
        "--ble",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode() for _ in range(6)]
    process.terminate()
    await process.communicate()
    text = "".join(lines)
    assert process.returncode == 0
    assert "qx10-1  DSC-QX10 3.00  http://127.0.0.1:" in text
    assert "--ble-adapter hci:tcp:127.0.0.1:" in text
    assert "network DIRECT-" in text


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (["--model", "DSC-QX99"], 2, "no profile"),
        (["--fault", "rpc:dealy=1"], 2, "did you mean delay?"),
        (["--clock", "fast"], 2, "there is no clock"),
        (["--scene", "nowhere"], 2, "there is no scene"),
        (["--host", "203.0.113.77"], 1, "cannot listen on 203.0.113.77"),
        (["--ready-file", "/nowhere/ready.json"], 1, "cannot be written"),
    ],
)
async def test_what_cannot_be_run_ends_with_one_clear_line(words: list[str], code: int, line: str) -> None:
    outcome = await command("run", "--no-ssdp", *words)
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.startswith("remotelens-emulator: ")
    assert len(outcome.err.splitlines()) == 1
    assert line in outcome.err


def test_a_plain_installation_is_told_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    outcome = CliRunner().invoke(cli, ["run", "--ble"])
    assert isinstance(outcome.exception, MissingComponent)
    assert "need h11 and bumble (pip install 'remotelens[emulator]')" in str(outcome.exception)


async def test_an_option_that_is_not_there_is_a_mistake_of_usage() -> None:
    outcome = await command("run", "--wings")
    assert outcome.code == 2
    assert "No such option" in outcome.err


async def test_a_bus_without_bluetooth_is_a_mistake_of_usage() -> None:
    outcome = await command("run", "--dbus")
    assert outcome.code == 2
    assert "say --ble" in outcome.err


async def test_a_port_that_is_taken_ends_with_one_clear_line() -> None:
    async with running() as emulator:
        port = emulator.camera["port"]
        outcome = await command("run", "--no-ssdp", "--port", str(port))
    assert outcome.code == 1
    assert outcome.err == (
        f"remotelens-emulator: a camera cannot listen on 127.0.0.1:{port}: Address already in use"
        " (stop what listens there, or choose another port)\n"
    )


def test_models_tells_how_sure_we_are_of_each() -> None:
    runner = CliRunner()
    items = json.loads(runner.invoke(cli, ["models", "--json"]).output)["items"]
    names = [item["name"] for item in items]
    assert {"DSC-QX10@3.00", "ILCE-QX1@1.10"} <= set(names)
    assert all(sum(item["facts"].values()) > 50 for item in items)
    text = runner.invoke(cli, ["models"]).output
    assert all(name in text for name in names)
    assert "assumed" in text
    assert {item["name"] for item in items if not item["product"]} >= {"CONCEPT-M@1.00", "12S-ULTRA@1.00"}
    assert "CONCEPT-M@1.00  (family B, no product)" in text
    assert "SEL35F18  E 35mm F1.8 OSS" in text


async def test_a_lens_is_put_on_cameras_that_take_one() -> None:
    async with running("--model", "ILCE-QX1", "--lens", "SEL35F18") as emulator:
        answer = await call(emulator.camera["port"], "getAvailableApiList")
    assert b"actTakePicture" in answer.body
    assert b"actZoom" not in answer.body
    outcome = await command("run", "--model", "DSC-QX10", "--lens", "SEL35F18")
    assert outcome.code == 2
    assert "its lens is built in" in outcome.err


async def test_join_stands_for_the_access_point(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    async with running("--ready-file", str(path)) as emulator:
        camera = emulator.camera
        right = json.dumps({"ssid": camera["ssid"], "key": camera["key"], "bssid": None})
        wrong_key = json.dumps({"ssid": camera["ssid"], "key": "12345678", "bssid": None})
        elsewhere = json.dumps({"ssid": "DIRECT-xxQ0:DSC-QX10", "key": camera["key"], "bssid": None})
        joined = await command("join", stdin=right, ready_file=path)
        assert (joined.code, joined.out, joined.err) == (0, "", "")
        refused_key = await command("join", stdin=wrong_key, ready_file=path)
        assert refused_key.code == 4
        assert "does not accept this key" in refused_key.err
        assert "12345678" not in refused_key.err
        absent = await command("join", stdin=elsewhere, ready_file=path)
        assert absent.code == 4
        assert "is on the air" in absent.err
    gone = await command("join", stdin=right, ready_file=path)
    assert (gone.code, len(gone.err.splitlines())) == (4, 1)


@pytest.mark.parametrize("stdin", ["", "{}", "[]", '{"ssid": "x"}', "\xff", '{"ssid": 1, "key": 2}'])
async def test_join_refuses_what_is_no_order(stdin: str) -> None:
    outcome = await command("join", stdin=stdin)
    assert outcome.code == 2
    assert "standard input is not what join takes" in outcome.err


async def test_ctl_works_a_running_emulator(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    async with running("--ready-file", str(path), "--clock", "virtual"):

        async def ctl(*words: str) -> object:
            outcome = await command("ctl", *words, ready_file=path)
            assert (outcome.code, outcome.err) == (0, "")
            return json.loads(outcome.out)

        assert await ctl("battery", "qx10-1", "0.5")
        assert await ctl("advance", "2.5")
        missing = await command("ctl", "power", "qx10-9", "on", ready_file=path)
        assert (missing.code, len(missing.err.splitlines())) == (3, 1)
