from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shlex
import signal
import sys
from pathlib import Path

import pytest

from remotelens.errors import InvalidValue, WifiJoinFailed
from remotelens.transport.join import WifiCredentials, joiner
from remotelens.transport.join.command import CommandJoiner, _Run
from remotelens.transport.join.secret import WITHHELD

NETWORK = WifiCredentials('DIRECT-qd Q0:"DSC"-QX10 é', "aB3dE5gH", "AA:BB:CC:DD:EE:FF")


def python(code: str, *arguments: str) -> str:
    return shlex.join([sys.executable, "-c", code, *arguments])


async def test_the_program_gets_the_network_on_standard_input_and_nowhere_else(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    code = (
        "import json,os,sys,pathlib;"
        "pathlib.Path(sys.argv[1]).write_text(json.dumps([sys.stdin.read(), sys.argv, dict(os.environ)]))"
    )
    joined = await joiner(f"command:{python(code, str(seen))}").join(NETWORK)
    told, arguments, environment = json.loads(seen.read_text())
    assert json.loads(told) == {
        "ssid": 'DIRECT-qd Q0:"DSC"-QX10 é',
        "key": "aB3dE5gH",
        "bssid": "AA:BB:CC:DD:EE:FF",
    }
    assert "aB3dE5gH" not in str(arguments)
    assert "aB3dE5gH" not in str(environment)
    assert joined.interface is None
    await joined.leave()


async def test_a_network_without_key_and_bssid_is_told_as_null(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    code = "import sys,pathlib; pathlib.Path(sys.argv[1]).write_text(sys.stdin.read())"
    await CommandJoiner(python(code, str(seen)), interface="wlan1").join(WifiCredentials("open"))
    assert json.loads(seen.read_text()) == {"ssid": "open", "key": None, "bssid": None}


async def test_another_exit_code_is_a_failure_in_the_programs_words_without_the_key() -> None:
    code = (
        "import sys,json; print('no', file=sys.stderr); sys.exit('wrong key ' + json.load(sys.stdin)['key'])"
    )
    with pytest.raises(WifiJoinFailed, match=r"did not join DIRECT-.* \(exit code 1\): wrong key …"):
        await CommandJoiner(python(code)).join(NETWORK)


@pytest.mark.parametrize(
    "key", ['pa"ss\\wd12', "secret12 ", " secret12", "se'cre\"t12", "schlüssel", "12345678"]
)
@pytest.mark.parametrize(
    "said",
    [
        "key",
        "json.dumps(key)",
        "json.dumps(key, ensure_ascii=False)",
        "repr(key)",
        "shlex.quote(key)",
        "''.join(chr(92) + c for c in key)",
        "key + chr(10) + chr(9) + key + '  '",
    ],
)
async def test_the_key_is_not_told_in_any_form_that_programs_print(key: str, said: str) -> None:
    run = _Run()
    words = eval(said, {"json": json, "shlex": shlex}, {"key": key})
    run.pipe_data_received(1, f"no\nwrong: {words}\n".encode())
    told = run.last_words(key)
    assert told in {"wrong: …", "wrong: '…'", 'wrong: "…"', "…", WITHHELD}
    assert key.strip() not in told


@pytest.mark.skipif(os.name == "nt", reason="programs there do not fork")
@pytest.mark.parametrize("code", [0, 3])
async def test_a_program_may_leave_another_running(tmp_path: Path, code: int) -> None:
    """As `wpa_supplicant -B` and `dhclient` may do, with the pipe in their hands."""
    seen = tmp_path / "pid"
    program = (
        "import os,pathlib,signal,sys\n"
        "if not (pid := os.fork()): signal.pause()\n"
        "pathlib.Path(sys.argv[1]).write_text(str(pid))\n"
        "print('left it running', flush=True); os._exit(int(sys.argv[2]))"
    )
    expected = pytest.raises(WifiJoinFailed, match=r"\(exit code 3\): left it running ")
    async with asyncio.timeout(20):
        with expected if code else contextlib.nullcontext():
            await CommandJoiner(python(program, str(seen), str(code))).join(NETWORK)
    os.kill(int(seen.read_text()), signal.SIGKILL)  # it is there still


async def test_a_name_that_is_no_text_is_told() -> None:
    with pytest.raises(InvalidValue, match="is no text"):
        await CommandJoiner(python("")).join(WifiCredentials("\udcff\udcfe"))


async def test_a_program_that_reads_nothing_and_says_nothing_is_told_by_its_code() -> None:
    with pytest.raises(WifiJoinFailed, match=r"\(exit code 7\) \("):
        await CommandJoiner(python("import os; os._exit(7)")).join(NETWORK)


async def test_a_program_that_is_not_there_is_told() -> None:
    with pytest.raises(WifiJoinFailed, match="cannot run /nonexistent/join: No such file"):
        await CommandJoiner("/nonexistent/join").join(NETWORK)


@pytest.mark.parametrize("deaf", [False, True])
async def test_a_program_that_does_not_end_is_ended(
    tmp_path: Path, deaf: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("remotelens.transport.join.command._GRACE_S", 0.05)
    code = "import signal,sys\n"
    if deaf:
        code += "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    code += "print('on', flush=True)\nsignal.pause()"
    with pytest.raises(WifiJoinFailed, match=r"did not join .* within 0\.5 s"):
        await CommandJoiner(python(code)).join(NETWORK, timeout_s=0.5)


@pytest.mark.skipif(os.name == "nt", reason="a named pipe tells that the program runs")
async def test_cancelling_ends_the_program(tmp_path: Path) -> None:
    pipe = tmp_path / "pid"
    os.mkfifo(pipe)
    code = "import os,sys,signal; open(sys.argv[1],'w').write(str(os.getpid())); signal.pause()"
    task = asyncio.create_task(CommandJoiner(python(code, str(pipe))).join(NETWORK))
    pid = int(await asyncio.to_thread(pipe.read_text))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_more_output_than_anyone_reads_is_no_obstacle() -> None:
    code = "import sys\nfor n in range(20000): print('x' * 50)\nsys.exit(3)"
    with pytest.raises(WifiJoinFailed, match=r"\(exit code 3\): x+ "):
        await CommandJoiner(python(code)).join(NETWORK)


@pytest.mark.parametrize("text", ["command:", "command:  ", "command:'x", "system:", "", "nm"])
def test_what_names_no_way_to_join_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        joiner(text)
